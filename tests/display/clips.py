"""Recordings for tests: tones instead of a voice, as WAV, MP3 and Ogg."""

from __future__ import annotations

import math
import struct
import wave
from array import array
from collections.abc import Iterable
from pathlib import Path

RATE = 8000


def tone(path: Path, seconds: float = 0.4, *, hertz: float = 440, level: float = 0.5) -> Path:
    """A WAV file of one tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    peak = level * 32767
    samples = array("h", (int(peak * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE))))
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, len(samples), "NONE", ""))
        sound.writeframes(samples.tobytes())
    return path


def mp3(path: Path, seconds: float = 0.5, *, promised: float | None = None) -> Path:
    """An MP3 file of silence: empty frames of 128 kbit/s at 44.1 kHz. `promised` is the length its head tells of."""
    head, frames = struct.pack(">I", 0xFFFB9064), round(seconds * 44100 / 1152)
    told = b""
    if promised is not None:
        count = round(promised * 44100 / 1152)
        told = (head + bytes(32) + b"Xing" + struct.pack(">III", 3, count, count * 417)).ljust(417, b"\0")
    path.write_bytes(told + (head + bytes(413)) * frames)
    return path


def record(folder: Path, names: Iterable[str]) -> Path:
    """A set with all these clips, each of another pitch so that no two are the same file."""
    for place, name in enumerate(names):
        tone(folder / f"{name}.wav", 0.2 + 0.001 * place, hertz=300 + 10 * place)
    return folder
