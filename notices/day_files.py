"""Lines of JSON in one file a day, from which single lines and whole days can be taken away again.

Any number of processes append and take away at once: each does it under the lock of the folder, which the system lets go
when its process dies. A file is replaced as a whole, so a power cut leaves the old one or the new one.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from core.patience import in_a_thread

PATIENCE_S = 10.0
"""How long to wait for another process that rewrites a day."""


class DayFiles:
    """The files `<stem>-<day>.jsonl` of a folder, readable by their owner only."""

    def __init__(self, folder: Path, stem: str) -> None:
        self.folder = folder
        self.stem = stem

    def of(self, on: date) -> Path:
        """Where the lines of a day are."""
        return self.folder / f"{self.stem}-{on.isoformat()}.jsonl"

    def append(self, on: date, line: Mapping[str, Any]) -> str:
        """Add a line; gives the file's name. It is on the disk when this returns, or an error is raised and nothing was added."""
        path, written = self.of(on), (json.dumps(line, ensure_ascii=False) + "\n").encode()
        with self._locked():
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                before = os.fstat(descriptor).st_size
                if os.write(descriptor, written) < len(written):
                    os.ftruncate(descriptor, before)
                    raise OSError("the disk is full")
                in_a_thread(os.fsync, descriptor)
            finally:
                os.close(descriptor)
        return path.name

    def forget(self, on: date, ids: Collection[int]) -> None:
        """Take the lines with these ids away, and any that cannot be read; a file without lines goes."""
        path, unwanted = self.of(on), set(ids)
        with self._locked():
            if not path.exists():
                return
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if _id_of(line) not in unwanted | {None}]
            if not kept:
                path.unlink()
            elif len(kept) < len(lines):
                self._replace(path, b"".join(kept))
            self._settle()

    def forget_before(self, on: date) -> None:
        """Take whole days away, and what has no day: a rewriting that was cut off, or one file for all days of an old version."""
        if not self.folder.exists():
            return
        with self._locked():
            for path in self.folder.glob(f"{self.stem}*.jsonl*"):
                dated = path.suffix == ".jsonl" and path.name.startswith(f"{self.stem}-")
                if not dated or path.name < self.of(on).name:
                    path.unlink()
            self._settle()

    def _replace(self, path: Path, content: bytes) -> None:
        new = path.with_suffix(".jsonl.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            in_a_thread(os.fsync, descriptor)
        new.replace(path)

    def _settle(self) -> None:
        """Have the folder itself on the disk: a file that is gone is gone after a power cut, too."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            in_a_thread(os.fsync, descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time. Waits cooperatively: a lock that blocks would stop every request of this process."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.folder / f".{self.stem}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            give_up_at = time.monotonic() + PATIENCE_S
            while not _taken(descriptor):
                if time.monotonic() > give_up_at:
                    raise TimeoutError
                time.sleep(0.005)
            yield
        finally:
            os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _id_of(line: bytes) -> int | None:
    """None for a line that was torn off."""
    try:
        found = json.loads(line)["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None
