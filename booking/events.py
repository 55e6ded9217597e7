"""What happened to the bookings of an office."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class BookingsChanged(Event):
    """Who is expected at this office has changed; its line has not."""

    office: str


@dataclass(frozen=True)
class PlacesChanged(Event):
    """What is free at this office has changed, and nobody's booking with it: a slot is held, or given back."""

    office: str


@dataclass(frozen=True)
class PlanChanged(Event):
    """When this office or its counters are there has changed: bookings being made meanwhile may not fit it."""

    office: str
