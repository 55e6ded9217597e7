"""How each figure is computed. Pure: visits and counts in, figures out. The page says the same in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CALLED_WITHIN = timedelta(minutes=5)
"""A punctual booked person counts as called on time up to this long after being due (calling-rules.md, "Where it comes from")."""

PUNCTUAL = ("on_time", "expected")


@dataclass(frozen=True)
class Stretch:
    """A ticket's time in one state; `until` None is still running."""

    state: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Promised:
    """What a person was told when the number was given: minutes from `told_at` until the call, and the range of 80 %."""

    told_at: datetime
    median: int
    low: int
    high: int


@dataclass(frozen=True)
class Visit:
    """A ticket as the figures see it. `slot_at` and `arrival` are a booking's; `stretches` are in order.

    `called_at` is the first call that counts: not undone, and no early one that nobody answered. None when there was none.
    """

    service: str
    arrived_at: datetime
    state: str
    stretches: tuple[Stretch, ...]
    called_at: datetime | None = None
    slot_at: datetime | None = None
    arrival: str | None = None
    promised: Promised | None = None


@dataclass(frozen=True)
class Spread:
    """Mean, median and 90th percentile of some times, and of how many."""

    count: int
    mean: timedelta
    p50: timedelta
    p90: timedelta


@dataclass(frozen=True)
class Share:
    """`met` of `of` people."""

    met: int
    of: int

    @property
    def percent(self) -> int | None:
        """Rounded to a whole per cent; None of nobody."""
        return round(100 * self.met / self.of) if self.of else None


@dataclass(frozen=True)
class Kept:
    """How far off the forecast was on average, and of how many people its range held."""

    mean_error: timedelta
    held: Share


@dataclass(frozen=True)
class Figures:
    """The figures of some visits."""

    taken: int
    served: int
    no_shows: int
    wait: Spread | None
    service: Spread | None
    punctual: Share
    kept: Kept | None = None
    kept_walk_in: Kept | None = None
    kept_booked: Kept | None = None


def due_at(visit: Visit) -> datetime:
    """When waiting begins to count: at arrival, or at the slot's start for who came before it."""
    return max(visit.slot_at or visit.arrived_at, visit.arrived_at)


def waited(visit: Visit) -> timedelta | None:
    """Time in the state waiting between being due and the first call; None when never called. Held time does not count."""
    called_at = visit.called_at
    if called_at is None:
        return None
    start = due_at(visit)
    spans = ((s.since, s.until or called_at) for s in visit.stretches if s.state == "waiting")
    counted = (min(until, called_at) - max(since, start) for since, until in spans)
    return sum((span for span in counted if span > timedelta(0)), timedelta(0))


def served_for(visit: Visit) -> timedelta | None:
    """Time in the state serving of a finished visit; from the last call on where "serve" was never pressed."""
    if visit.state != "done":
        return None
    spans = [s.until - s.since for s in visit.stretches if s.state == "serving" and s.until]
    if not spans:
        spans = [s.until - s.since for s in visit.stretches if s.state == "called" and s.until][-1:]
    return sum(spans, timedelta(0)) if spans else None


def called_on_time(visit: Visit, now: datetime) -> bool | None:
    """Whether a punctual booked person was called within CALLED_WITHIN of being due; None when it is not one, not yet
    decided, or the visit was called off before the call was due."""
    if visit.slot_at is None or visit.arrival not in PUNCTUAL:
        return None
    limit = due_at(visit) + CALLED_WITHIN
    if visit.called_at is not None:
        return visit.called_at <= limit
    if now <= limit or (visit.state == "cancelled" and visit.stretches[-1].since <= limit):
        return None
    return False


def kept(visits: Iterable[Visit]) -> Kept | None:
    """The promise of each visit against its first call that counts; None of nobody. Who was told nothing, or was not called, is
    left out. The range was told in whole minutes, so the call is compared in whole minutes."""
    known = [(visit.promised, visit.called_at - visit.promised.told_at) for visit in visits if visit.promised and visit.called_at]
    if not known:
        return None
    errors = [abs(took - timedelta(minutes=promised.median)) for promised, took in known]
    held = sum(promised.low <= round(took / timedelta(minutes=1)) <= promised.high for promised, took in known)
    return Kept(sum(errors, timedelta(0)) / len(known), Share(held, len(known)))


def spread(times: Iterable[timedelta | None]) -> Spread | None:
    """Of the times that are known; None when there is none. Percentiles by nearest rank: always a time that occurred."""
    known = sorted(time for time in times if time is not None)
    if not known:
        return None
    return Spread(len(known), sum(known, timedelta(0)) / len(known), _percentile(known, 50), _percentile(known, 90))


def figures(visits: Sequence[Visit], no_shows: int, now: datetime) -> Figures:
    """All figures of these visits and this many bookings to which nobody came."""
    on_time = [met for met in (called_on_time(visit, now) for visit in visits) if met is not None]
    return Figures(
        taken=len(visits),
        served=sum(visit.state == "done" for visit in visits),
        no_shows=no_shows,
        wait=spread(waited(visit) for visit in visits),
        service=spread(served_for(visit) for visit in visits),
        punctual=Share(sum(on_time), len(on_time)),
        kept=kept(visits),
        kept_walk_in=kept(visit for visit in visits if visit.slot_at is None),
        kept_booked=kept(visit for visit in visits if visit.slot_at is not None),
    )


def by_service(visits: Sequence[Visit], no_shows: Mapping[str, int], now: datetime) -> dict[str, Figures]:
    """The figures of each service (by code) that had a visit or a no-show."""
    codes = sorted({visit.service for visit in visits} | set(no_shows))
    return {
        code: figures([visit for visit in visits if visit.service == code], no_shows.get(code, 0), now) for code in codes
    }


def _percentile(ordered: Sequence[timedelta], percent: int) -> timedelta:
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
