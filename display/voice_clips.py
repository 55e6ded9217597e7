"""A ward's own voice: a folder of recorded clips, checked when it is read (docs/displays.md says what is recorded).

    DATA_DIR/voice/<set>/<vi|en>/<clip>.wav|mp3|ogg

Nothing half: a sentence is offered only when every clip of it is there and whole, and what is wrong is said in one sentence.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import time
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tinytag import TinyTag
from tinytag.tinytag import TinyTagException

from display.announce import Language

FOLDER = "voice"
MIMETYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"}
PARTS = ("before", "between", "after")
"""Pieces of the sentence; all other clips are words."""
SHORTEST_S, LONGEST_WORD_S, LONGEST_PART_S = 0.1, 3.0, 10.0
LARGEST = 2 * 1024 * 1024
MOST_FILES = 200
SILENT = 0.01
"""A recording whose loudest moment stays below this share of full scale is of a microphone that was off."""
LOOK_AGAIN_S = 10.0
OGG_HEAD = 27
"""Bytes of a page's head, the last of which says how many lengths follow (RFC 3533)."""

log = logging.getLogger(__name__)


FaultKind = Literal["unreadable", "cut", "length", "silent", "large", "twice"]
_TOLD: dict[FaultKind, str] = {
    "unreadable": "cannot be read",
    "cut": "is cut off",
    "length": "is {seconds:.1f} s long",
    "silent": "is silent",
    "large": "is larger than 2 MB",
    "twice": "is there twice",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a recording, and how long it is where that is it."""

    kind: FaultKind
    seconds: float = 0.0

    def told(self) -> str:
        """For the technician's command line and the log."""
        return _TOLD[self.kind].format(seconds=self.seconds)


@dataclass(frozen=True)
class Clip:
    """One recording. `tag` stands for its bytes, so that a browser may keep it for good."""

    path: Path
    tag: str


@dataclass(frozen=True)
class ClipSet:
    """The clips of one language that can be played, what is wrong with the others, and files whose names mean nothing."""

    folder: Path
    clips: dict[str, Clip]
    faults: dict[str, Fault]

    def has(self, names: Iterable[str]) -> bool:
        """Whether every one of these clips can be played."""
        return all(name in self.clips for name in names)

    def missing(self, needed: Iterable[str]) -> list[str]:
        """Which of these clips there is no file for."""
        return [name for name in dict.fromkeys(needed) if name not in self.clips and name not in self.faults]

    def complaint(self, needed: Iterable[str]) -> str | None:
        """What is wrong with the set for an office that needs these clips, in one sentence; None when it is complete."""
        missing = self.missing(needed)
        wrong = [f"{name} {fault.told()}" for name, fault in self.faults.items()]
        told = ([f"missing: {', '.join(missing)}"] if missing else []) + ([f"not usable: {', '.join(wrong)}"] if wrong else [])
        return f"{self.folder}: {'; '.join(told)}." if told else None


class ClipSets:
    """The sets under one DATA_DIR, each read when it is first asked for and again when a file of it changes."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._kept: dict[Path, tuple[float, tuple[object, ...], ClipSet]] = {}
        self._told: dict[Path, str] = {}

    def of(self, name: str, language: Language) -> ClipSet:
        """The set of this name; an empty one when there is no such folder. The disk is looked at every ten seconds at most."""
        folder = self._folder / name / language
        kept = self._kept.get(folder)
        if kept and time.monotonic() - kept[0] < LOOK_AGAIN_S:
            return kept[2]
        files = _files(folder)
        seen = tuple((path.name, found.st_size, found.st_mtime_ns) for path, found in files)
        clips = kept[2] if kept and kept[1] == seen else read_set(folder)
        self._kept[folder] = (time.monotonic(), seen, clips)
        return clips

    def tell(self, clips: ClipSet, needed: Iterable[str]) -> None:
        """Tell the technician of a set that is not whole, in the log: once, and again when something else is wrong with it."""
        complaint = clips.complaint(needed)
        if complaint and self._told.get(clips.folder) != complaint:
            self._told[clips.folder] = complaint
            log.warning("recorded clips are not whole, another voice is used: %s", complaint)


def read_set(folder: Path) -> ClipSet:
    """Read and check every file of a folder."""
    clips: dict[str, Clip] = {}
    faults: dict[str, Fault] = {}
    for path, found in _files(folder):
        name = path.stem.lower()
        if name in clips or name in faults:
            clips.pop(name, None)
            faults[name] = Fault("twice")
            continue
        fault = _fault(path, found.st_size, LONGEST_PART_S if name in PARTS else LONGEST_WORD_S)
        if fault:
            faults[name] = fault
        else:
            clips[name] = Clip(path, hashlib.sha256(path.read_bytes()).hexdigest()[:16])
    return ClipSet(folder, clips, faults)


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in MIMETYPES and path.is_file())
        return [(path, path.stat()) for path in found[:MOST_FILES]]
    except OSError:
        return []


def _fault(path: Path, size: int, longest_s: float) -> Fault | None:
    """What is wrong with a recording, or None."""
    if size > LARGEST:
        return Fault("large")
    try:
        tag = TinyTag.get(path)
        seconds, cut = tag.duration or 0.0, _is_cut(path, size, tag)
        level = _level(path) if path.suffix.lower() == ".wav" else None
    except (OSError, EOFError, ValueError, TinyTagException, wave.Error):
        return Fault("unreadable")
    if not math.isfinite(seconds) or seconds <= 0:
        return Fault("unreadable")
    if cut:
        return Fault("cut")
    if not SHORTEST_S <= seconds <= longest_s:
        return Fault("length", seconds)
    if level is not None and level < SILENT:
        return Fault("silent")
    return None


def _is_cut(path: Path, size: int, tag: TinyTag) -> bool:
    """Whether there is less of a recording than its head tells of.

    An Ogg file ends where its last page does. The bits a second in its head are a wish: speech takes far fewer.
    """
    if path.suffix.lower() != ".ogg":
        return (tag.duration or 0.0) * (tag.bitrate or 0.0) * 1000 / 8 > size * 1.25
    data, place = path.read_bytes(), 0
    while data[place : place + 4] == b"OggS" and place + OGG_HEAD <= len(data):
        lengths = data[place + OGG_HEAD : place + OGG_HEAD + data[place + OGG_HEAD - 1]]
        place += OGG_HEAD + data[place + OGG_HEAD - 1] + sum(lengths)
    return place != len(data)


def _level(path: Path) -> float | None:
    """The loudest moment of a WAV file, 0 to 1; None for a kind that the browsers read and this does not."""
    try:
        with wave.open(str(path)) as sound:
            frames, width = sound.readframes(sound.getnframes()), sound.getsampwidth()
            if len(frames) < sound.getnframes() * width * sound.getnchannels():
                raise EOFError
    except wave.Error as error:
        if "unknown format" in str(error):
            return None
        raise
    if width != 2:
        return None
    samples = array("h", frames)
    return max(map(abs, samples), default=0) / 32768
