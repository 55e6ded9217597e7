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


def ogg(path: Path, seconds: float = 0.4, *, head: bytes | None = None) -> Path:
    """An Ogg file of silence: packets of Opus, 20 ms each (RFC 7845). `head` is another one, of which nobody plays the rest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    skipped, count = 312, round(seconds * 50)
    head = head or b"OpusHead" + struct.pack("<BBHIHB", 1, 1, skipped, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 5) + b"tests" + struct.pack("<I", 0)
    silence = [bytes.fromhex("f8fffe")] * count
    pages = [([head], 0, 2), ([tags], 0, 0), (silence, skipped + 960 * count, 4)]
    path.write_bytes(b"".join(_ogg_page(number, *page) for number, page in enumerate(pages)))
    return path


def _ogg_page(number: int, packets: list[bytes], position: int, kind: int) -> bytes:
    """One page (RFC 3533): head, lengths and packets, and over all of it a check sum."""
    head = b"OggS" + struct.pack("<BBqII", 0, kind, position, 1, number)
    body = bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    check = 0
    for byte in head + bytes(4) + body:
        check ^= byte << 24
        for _bit in range(8):
            check = (check << 1 ^ (0x04C11DB7 if check & 0x80000000 else 0)) & 0xFFFFFFFF
    return head + struct.pack("<I", check) + body


def record(folder: Path, names: Iterable[str]) -> Path:
    """A set with all these clips, each of another pitch so that no two are the same file."""
    for place, name in enumerate(names):
        tone(folder / f"{name}.wav", 0.2 + 0.001 * place, hertz=300 + 10 * place)
    return folder
