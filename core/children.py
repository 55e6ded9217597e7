"""How a server and a process of its own speak: 4 bytes of length, big-endian, and a body."""

from __future__ import annotations

import struct
from typing import Protocol


class Reads(Protocol):
    """A stream of bytes that waits for all it is asked for."""

    def read(self, size: int, /) -> bytes: ...


class Writes(Protocol):
    """A stream of bytes that takes all it is given."""

    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


def write_message(stream: Writes, body: bytes) -> None:
    """One message, flushed."""
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def read_message(stream: Reads) -> bytes | None:
    """The next message, or None when the other side has gone, in the middle of one too."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">I", head)
    body = stream.read(size)
    return body if len(body) == size else None
