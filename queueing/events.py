"""What happened in a line. The screens follow `office.events.OfficeChanged`; these are for whoever tells people."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class TicketTaken(Event):
    """Somebody joined the line of this office."""

    office: str
    ticket: int


@dataclass(frozen=True)
class TicketCalled(Event):
    """Somebody was called to a counter, for the first time of this call or again (`times`)."""

    office: str
    ticket: int
    call: int
    times: int


@dataclass(frozen=True)
class TicketMissed(Event):
    """Somebody did not answer the call and may come back."""

    office: str
    ticket: int
