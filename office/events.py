"""What happened in an office."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class OfficeChanged(Event):
    """Something the screens of this office show has changed; `version` is the office's new `seq`."""

    office: str
    version: int
