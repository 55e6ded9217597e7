"""Whose booked hours a plan could not keep. Pure.

Bookings are kept in the order they were made, each as it stands: with the minutes it has in its slots. Where one of those has no
room, it is tried as if it were booked now, from its own hour on; a visit that could still be booked at its hour keeps it. It
is kept in all of its slots or in none. Cases, for one counter, slots of 9 minutes, visits as (first slot, second slot):

| visits in the order of booking | hurt    | why                                                             |
|--------------------------------|---------|-----------------------------------------------------------------|
| a (9, 0), b (0, 9)             | nobody  |                                                                 |
| a (9, 0), b (5, 0)             | b       | who booked first keeps the hour                                 |
| a (10, 0)                      | nobody  | made when two counters were there; one takes it as (9, 1)       |
| a (10, 0), b (0, 9)            | b       | 8 are left of the second slot, and nothing of a third           |
| a (9, 0), b (5, 4), c (0, 9)   | b       | b goes as a whole, so c is kept                                 |
| any in a slot not planned      | it      |                                                                 |
| any for what no counter takes  | it      |                                                                 |
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking import capacity_rules
from booking.capacity_rules import Plan, PlannedSlot, Use


@dataclass(frozen=True)
class OwnedUse:
    """Minutes a booking (its id; None: a hold) takes of the slot it was given, by that slot's beginning (aware UTC)."""

    owner: int | None
    starts_at: datetime
    use: Use


class SlotFinder:
    """Which of `slots` (by time) an instant lies in: after a change of hours they may begin at other minutes."""

    def __init__(self, slots: Sequence[PlannedSlot]) -> None:
        self._slots = slots
        self._begins = [slot.starts_at for slot in slots]

    def index(self, instant: datetime) -> int | None:
        """The place of the slot; None when no slot is planned then."""
        index = bisect_right(self._begins, instant) - 1
        return index if index >= 0 and instant < self._slots[index].ends_at else None


def hurt(slots: Sequence[PlannedSlot], plan: Plan, uses: Iterable[OwnedUse]) -> frozenset[int]:
    """Which bookings cannot be kept in `slots` (by time) as planned; `uses` are those of bookings, to be kept first before."""
    keeper = _Keeper(slots, plan)
    return frozenset(owner for owner, visit in _visits(uses).items() if not keeper.keep(visit))


def impossible(slots: Sequence[PlannedSlot], plan: Plan, uses: Iterable[OwnedUse]) -> frozenset[int]:
    """Which of these could not be kept even if nobody else had booked: the office is closed then, or no counter does it."""
    return frozenset(owner for owner, visit in _visits(uses).items() if not _Keeper(slots, plan).keep(visit))


def _visits(uses: Iterable[OwnedUse]) -> dict[int, list[OwnedUse]]:
    visits: dict[int, list[OwnedUse]] = {}
    for each in uses:
        if each.owner is not None:
            visits.setdefault(each.owner, []).append(each)
    return visits


class _Keeper:
    """What is kept of every slot so far, by its place."""

    def __init__(self, slots: Sequence[PlannedSlot], plan: Plan) -> None:
        self._slots, self._plan = slots, plan
        self._finder = SlotFinder(slots)
        self._kept: dict[int, list[Use]] = {}
        self._watched = capacity_rules.groups(plan.skills.values())

    def keep(self, visit: Sequence[OwnedUse]) -> bool:
        """Keep a visit as it stands, or as it could be booked now; whether that was possible."""
        services = visit[0].use.services
        parts = self._as_it_stands(visit) or self._as_booked_now(visit)
        for index, minutes in parts or ():
            self._kept.setdefault(index, []).append(Use(services, minutes))
        return parts is not None

    def _as_it_stands(self, visit: Sequence[OwnedUse]) -> list[tuple[int, int]] | None:
        parts = []
        for each in visit:
            index = self._finder.index(each.starts_at)
            if index is None or self._room(index, each.use.services) < each.use.minutes:
                return None
            parts.append((index, each.use.minutes))
        return parts

    def _as_booked_now(self, visit: Sequence[OwnedUse]) -> list[tuple[int, int]] | None:
        services, minutes = visit[0].use.services, sum(each.use.minutes for each in visit)
        index = self._finder.index(min(each.starts_at for each in visit))
        if index is None:
            return None
        counters = self._plan.counters(services)
        window = capacity_rules.window(self._slots, index, counters, self._plan, minutes)
        rooms = [self._room(place, services) for place in range(index, index + len(window))]
        parts = capacity_rules.spread(rooms, minutes, self._plan.slot_minutes)
        return list(enumerate(parts, index)) if parts else None

    def _room(self, index: int, services: frozenset[int]) -> int:
        counters = self._plan.counters(services)
        kept = self._kept.get(index, ())
        return capacity_rules.room_for(counters, self._slots[index], self._plan, kept, self._watched) if counters else 0


def fingerprint(bookings: Iterable[tuple[int, datetime]]) -> str:
    """A short mark of a list of bookings (id, hour): another list has another mark."""
    lines = sorted(f"{booking}@{starts_at.timestamp():.0f}" for booking, starts_at in bookings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
