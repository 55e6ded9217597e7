"""What happened to a slip or a printer."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class PrintJobChanged(Event):
    """The job of `reference` is now in `state`; `place` is where its printer stands."""

    reference: str
    place: str
    state: str


@dataclass(frozen=True)
class PrinterChanged(Event):
    """The printer `key` at `place` is now in `state` (paper out, well again, ...)."""

    key: str
    place: str
    state: str
