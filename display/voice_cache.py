"""Sounds that were made, kept on the disk: bounded, and each written whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

MOST_BYTES = 128 * 1024 * 1024
"""Some seven hundred sentences: the last minutes of a city, the last days of a ward."""
KEPT_SHARE = 0.75
HALF_MADE_NS = 3600 * 10**9
KEY = re.compile(r"[0-9a-f]{32}")


class SoundCache:
    """WAV files by key in one folder, at most `most_bytes`; what was asked for longest ago goes first."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def find(self, key: str) -> Path | None:
        """The sound with this key, if it is there."""
        path = self._path(key)
        try:
            os.utime(path)  # the mark of its last use, by which the oldest goes first
        except OSError:
            return None
        return path

    def keep(self, key: str, make: Callable[[Path], None]) -> Path:
        """Let `make` write the sound to a file of its own, which then takes the place of `key` in one step."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        os.close(descriptor)
        part = Path(name)
        try:
            make(part)
            part.replace(self._path(key))
        finally:
            part.unlink(missing_ok=True)
        self._tidy()
        return self._path(key)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("no key of a sound")
        return self._folder / f"{key}.wav"

    def _tidy(self) -> None:
        """Throw away the longest unused ones when there is too much; another process may do the same at this moment.

        What a process left half made when it was killed goes too, once it is an hour older than the newest.
        """
        sounds: list[tuple[int, int, str]] = []
        parts: list[tuple[int, int, str]] = []
        for entry in os.scandir(self._folder):
            try:
                found = entry.stat()
            except OSError:
                continue
            (sounds if entry.name.endswith(".wav") else parts).append((found.st_mtime_ns, found.st_size, entry.path))
        newest = max(sounds, default=(0, 0, ""))[0]
        for used, _size, path in parts:
            if used < newest - HALF_MADE_NS:
                Path(path).unlink(missing_ok=True)
        total = sum(size for _used, size, _path in sounds)
        if total <= self._most_bytes:
            return
        for _used, size, path in sorted(sounds)[:-1]:
            Path(path).unlink(missing_ok=True)
            total -= size
            if total <= self._most_bytes * KEPT_SHARE:
                break
