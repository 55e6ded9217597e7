"""What may be booked. Pure: planned hours and booked minutes in, slots and places out.

A place is counted in counter-minutes, not in heads: a slot holds what the counters of its pool can work in it, times the
share that is booked at all (the rest is for walk-ins). A pool is what counters share: services that any counter takes
together, directly or through a third, compete for the same minutes; two pools never do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from office.hours import OpenSpan

NEXT_DAY_FROM_MINUTE = 15 * 60
"""Dossiers handed in from 15:00 on move on the next working day (domain.md, "Law that shapes screens and data")."""


@dataclass(frozen=True)
class PlannedCounter:
    """A counter on one day: the bookable services it takes (ids) and when it is planned to be open."""

    services: frozenset[int]
    spans: tuple[OpenSpan, ...]


@dataclass(frozen=True)
class PlannedSlot:
    """A slot of one pool by plan: `capacity` counter-minutes may be booked from `starts_at` to `ends_at` (aware UTC)."""

    starts_at: datetime
    ends_at: datetime
    capacity: int


@dataclass(frozen=True)
class OfferedSlot:
    """A slot as a person sees it for one service: how many more bookings of that service it takes."""

    starts_at: datetime
    ends_at: datetime
    left: int


def pools(counters: Iterable[frozenset[int]]) -> dict[int, frozenset[int]]:
    """For each service (id) that a counter takes, the services of its pool: the connected component it is in.

    `counters` are the bookable services of each counter.
    """
    found: list[frozenset[int]] = []
    for services in counters:
        touching = [pool for pool in found if pool & services]
        joined = services.union(*touching)
        found = [pool for pool in found if not pool & services] + ([joined] if joined else [])
    return {service: pool for pool in found for service in pool}


def pool_key(pool: Collection[int]) -> str:
    """The name a pool's slots are stored under: its lowest service id, which outlives most changes of skills."""
    return f"p{min(pool)}"


def plan(
    counters: Sequence[PlannedCounter], pool: frozenset[int], *, slot_minutes: int, share: int, longest: int
) -> list[PlannedSlot]:
    """The slots of one pool on one day, in order.

    Slots run in steps of `slot_minutes` from each opening; a rest shorter than a slot before closing is not offered. The
    capacity is the pool's counters' planned minutes times `share` (per cent), rounded down. Where that is too little for
    the `longest` service of the pool (minutes), as many neighbouring slots as it takes are offered as one beginning, at the
    first of them: the share stays what it is, and a long service can be booked at a single counter.
    """
    spans = [span for counter in counters if counter.services & pool for span in counter.spans]
    slots: list[PlannedSlot] = []
    for session in _joined(spans):
        grid = _grid(session, spans, timedelta(minutes=slot_minutes))
        slots += _gathered(grid, share, longest)
    return slots


def places_left(slot: PlannedSlot, booked: int, minutes: int, now: datetime) -> int:
    """How many more bookings of `minutes` the slot takes; none once it has started."""
    if slot.starts_at <= now:
        return 0
    return max(0, (slot.capacity - booked) // minutes)


def offered(slots: Iterable[PlannedSlot], booked: Mapping[datetime, int], minutes: int, now: datetime) -> list[OfferedSlot]:
    """The slots of a day that have not started, for a service of `minutes`; full ones stay, with none left."""
    return [
        OfferedSlot(slot.starts_at, slot.ends_at, places_left(slot, booked.get(slot.starts_at, 0), minutes, now))
        for slot in slots
        if slot.starts_at > now and slot.capacity > 0
    ]


def next_free(slots: Iterable[OfferedSlot]) -> OfferedSlot | None:
    """The earliest slot with a place left."""
    return min((slot for slot in slots if slot.left > 0), key=lambda slot: slot.starts_at, default=None)


def alternatives(slots: Iterable[OfferedSlot], wanted: datetime, count: int = 3) -> list[OfferedSlot]:
    """The free slots nearest to the wanted beginning, earliest first: what to offer when it is taken."""
    free = sorted((slot for slot in slots if slot.left > 0), key=lambda slot: abs(slot.starts_at - wanted))
    return sorted(free[:count], key=lambda slot: slot.starts_at)


def bookable_days(today: date, days_ahead: int) -> list[date]:
    """The local days that may be booked: today and the next `days_ahead`."""
    return [today + timedelta(days=ahead) for ahead in range(days_ahead + 1)]


def free_ordinal(taken: Collection[int], limit: int) -> int | None:
    """The lowest ordinal from 1 to `limit` a phone has not used that day; None when the limit is reached."""
    return next((nth for nth in range(1, limit + 1) if nth not in taken), None)


def answered_next_day(local_start: datetime, same_day: bool) -> bool:
    """Whether the result of a same-day procedure handed in at this wall-clock time comes a working day later."""
    return same_day and local_start.hour * 60 + local_start.minute >= NEXT_DAY_FROM_MINUTE


def _joined(spans: Iterable[OpenSpan]) -> list[OpenSpan]:
    """The spans in which at least one counter is open."""
    joined: list[OpenSpan] = []
    for span in sorted(spans):
        if joined and span.opens_at <= joined[-1].closes_at:
            joined[-1] = OpenSpan(joined[-1].opens_at, max(joined[-1].closes_at, span.closes_at))
        else:
            joined.append(span)
    return joined


def _grid(session: OpenSpan, spans: Sequence[OpenSpan], step: timedelta) -> list[PlannedSlot]:
    """Slots of one session with all the planned minutes of their counters as capacity."""
    count = (session.closes_at - session.opens_at) // step
    starts = [session.opens_at + step * index for index in range(count)]
    return [
        PlannedSlot(start, start + step, sum(_minutes_within(span, start, start + step) for span in spans)) for start in starts
    ]


def _minutes_within(span: OpenSpan, start: datetime, end: datetime) -> int:
    common = min(span.closes_at, end) - max(span.opens_at, start)
    return max(0, common // timedelta(minutes=1))


def _gathered(grid: Sequence[PlannedSlot], share: int, longest: int) -> list[PlannedSlot]:
    """The bookable slots of one session: neighbours are gathered until they hold the longest service."""
    gathered: list[PlannedSlot] = []
    waiting: list[PlannedSlot] = []
    for slot in grid:
        waiting.append(slot)
        capacity = sum(part.capacity for part in waiting) * share // 100
        if capacity >= longest:
            gathered.append(PlannedSlot(waiting[0].starts_at, waiting[0].ends_at, capacity))
            waiting = []
    return gathered
