"""What an ESC/POS printer answers, told apart by bit pattern (Epson's command reference, "status").

Three kinds share one stream: the answer to DLE EOT (0xx1xx10), the answer to GS r (0xx0xxxx), and the four bytes of the
automatic status (ASB: 0xx1xx00, then three of 0xx0xxxx) that some printers send whenever they like. XON and XOFF fit none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from printer.outcome import Condition


@dataclass(frozen=True)
class Reply:
    """One answer: `status` to DLE EOT, `acknowledged` to GS r 1, `automatic` for ASB."""

    kind: Literal["status", "acknowledged", "automatic"]
    data: bytes


class ReplyStream:
    """Cuts the printer's bytes into replies, however they are chopped on the way."""

    def __init__(self) -> None:
        self._automatic = bytearray()

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that are complete with `data`."""
        for byte in data:
            if self._automatic and byte & 0x90 == 0:
                self._automatic.append(byte)
                if len(self._automatic) == 4:
                    yield Reply("automatic", bytes(self._automatic))
                    self._automatic.clear()
                continue
            self._automatic.clear()
            if byte & 0x93 == 0x10:
                self._automatic.append(byte)
            elif byte & 0x93 == 0x12:
                yield Reply("status", bytes((byte,)))
            elif byte & 0x90 == 0:
                yield Reply("acknowledged", bytes((byte,)))


def condition_of_status(printer: int, offline: int, paper: int) -> Condition:
    """The answers to DLE EOT 1, 2 and 4: ok 12; near end n=4 1E; out n=1 1A, n=2 32, n=4 7E; cover n=1 1A, n=2 16."""
    if offline & 0x04:
        return Condition("cover", "cover open")
    if paper & 0x60 or offline & 0x20:
        return Condition("paper_out", "paper out")
    if offline & 0x40 or printer & 0x08:
        return Condition("off", "offline or in error")
    return Condition("near_end", "paper near its end") if paper & 0x0C else Condition("ok")


def condition_of_automatic(data: bytes) -> Condition:
    """The four bytes of ASB."""
    if data[0] & 0x20:
        return Condition("cover", "cover open")
    if data[2] & 0x0C:
        return Condition("paper_out", "paper out")
    if data[0] & 0x08:
        return Condition("off", "offline")
    return Condition("near_end", "paper near its end") if data[2] & 0x03 else Condition("ok")


def condition_of_acknowledgement(byte: int) -> Condition:
    """The paper sensors in the answer to GS r 1."""
    if byte & 0x0C:
        return Condition("paper_out", "paper out")
    return Condition("near_end", "paper near its end") if byte & 0x03 else Condition("ok")
