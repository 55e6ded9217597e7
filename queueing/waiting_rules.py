"""How long somebody has waited, as the office counts it: only while it was open and they were in the line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

MINUTE = 60_000_000
"""Of a `MomentClock`: microseconds."""
NEVER = 10**18
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


class Span(NamedTuple):
    """From `start` to `end`, or until now when `end` is None."""

    start: datetime
    end: datetime | None = None


def waited_open_minutes(spans: Iterable[Span], opening: Iterable[Span], now: datetime) -> float:
    """Minutes of `spans` that lie within `opening` and before `now`. Both are lists of separate spans."""
    hours = list(opening)
    total = timedelta(0)
    for span in spans:
        for open_span in hours:
            start = max(span.start, open_span.start)
            end = min(span.end or now, open_span.end or now, now)
            total += max(end - start, timedelta(0))
    return total / timedelta(minutes=1)


def microseconds(minutes: float) -> int:
    """So many minutes in whole microseconds: those of `timedelta(minutes=minutes)`."""
    whole = int(minutes)
    return whole * MINUTE + round((minutes - whole) * MINUTE)


class MomentClock:
    """Instants as whole microseconds after one moment, below nothing before it, and how long an office was open between them.

    Who compares instants a thousand times puts each so once: it is as exact as a `datetime`.
    """

    __slots__ = ("_into_minute", "_open_from", "_open_until", "now", "opening")

    def __init__(self, now: datetime, opening: Iterable[Span]) -> None:
        self.now = now
        self.opening = self.hours(opening)
        self._into_minute = now.second * _SECOND + now.microsecond
        self._open_from, self._open_until = next((span for span in self.opening if span[0] <= 0 < span[1]), (0, 0))

    def at(self, instant: datetime) -> int:
        """The microseconds until `instant`."""
        away = instant - self.now
        return away.days * _DAY + away.seconds * _SECOND + away.microseconds

    def instant(self, at: int) -> datetime:
        """The instant so many microseconds away."""
        return self.now + timedelta(0, 0, at)

    def next_minute(self, at: int) -> int:
        """When a clock on the wall shows another minute than it does then."""
        return at + MINUTE - (at + self._into_minute) % MINUTE

    def hours(self, spans: Iterable[Span]) -> list[tuple[int, int]]:
        """Start and end of each of `spans`, by start; one without an end ends never."""
        return sorted((self.at(span.start), NEVER if span.end is None else self.at(span.end)) for span in spans)

    def open_between(self, start: int, end: int) -> int:
        """How many microseconds of this time the office was open; none of a time that ends before it starts."""
        if self._open_from <= start and end <= self._open_until:
            return end - start if end > start else 0
        total = 0
        for opens, closes in self.opening:
            since, until = opens if opens > start else start, closes if closes < end else end
            if since < until:
                total += until - since
        return total

    def open_minutes(self, at: int) -> float:
        """How many minutes the office will be open from the moment until then."""
        return self.open_between(0, at) / MINUTE
