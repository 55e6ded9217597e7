"""How much of an office's time may be booked, and where the minutes of a visit go. Pure.

A slot is a pool of counter-minutes: what the counters planned to be open in it can work, times the share that is booked at all
(the rest is for walk-ins). Services compete for it as far as they share counters. A visit could be served by a set of
counters; any number of visits can be served together exactly when, for every group of counters, the visits that only this
group could serve do not need more minutes than it has (Hall's condition). Only the groups that hang together count: unions
of visits' counter sets that overlap. Each such group is a pool, and a visit takes its minutes in every pool that contains its
counters. So five counters with four services are sold once, not four times, and a rare service never sells a counter that
another visit needs.

Longer visits go on in the following slots. Cases, for one counter, slots of 15 minutes, a share of 60 % (9 minutes a slot):

| visits                        | minutes taken, slot by slot     |
|-------------------------------|---------------------------------|
| one of 30 minutes             | 9, 9, 9, 3                      |
| then another of 30            | not before the fourth: 6, 9, 9, 6 |
| of 10 minutes each, at once   | 9 + 1; 8 + 2; 7 + 3; ...        |

Shares that are no whole minutes carry over: 85 % of 15 is 12, 13, 13, 13, 12, ...
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from office.hours import OpenSpan

Counters = frozenset[int]
"""Ids of counters."""

NOBODY: Counters = frozenset()
MOST_PLACES = 99
"""More places than this are not counted: nobody reads them, and a slot of a large office would take long."""


@dataclass(frozen=True)
class PlannedSlot:
    """A slot by plan, aware UTC. `within` are the minutes each counter (id) is planned to be open in it, `before` those since
    the session began: they decide how fractions of the share are carried over.
    """

    starts_at: datetime
    ends_at: datetime
    within: Mapping[int, int]
    before: Mapping[int, int]


@dataclass(frozen=True)
class Use:
    """Minutes that a visit for `services` (ids) takes in one slot; `first` when it begins there."""

    services: frozenset[int]
    minutes: int
    first: bool = True


@dataclass(frozen=True)
class Plan:
    """What holds for all slots of an office: which counters (ids) take each bookable service (id), the share that may be
    booked (per cent), the length of a slot, and how many bookings of a service one slot takes at most, where that is set.
    """

    skills: Mapping[int, Counters]
    share: int
    slot_minutes: int
    places: Mapping[int, int]

    def counters(self, services: Collection[int]) -> Counters:
        """The counters that take all of `services`: one visit is served at one counter."""
        each = [self.skills.get(service, NOBODY) for service in services]
        return each[0].intersection(*each[1:]) if each else NOBODY


@dataclass(frozen=True)
class Pool:
    """Of a pool in one slot: what may be booked and what is, in minutes (or places, for the cap of a service)."""

    capacity: int
    booked: int

    @property
    def room(self) -> int:
        """What is left."""
        return self.capacity - self.booked


def day_slots(counters: Mapping[int, Sequence[OpenSpan]], slot_minutes: int) -> list[PlannedSlot]:
    """The slots of a day, in order: steps of `slot_minutes` from each opening; a rest before closing is not offered.

    `counters` are the planned spans by counter id. A session lasts as long as any of them is open.
    """
    step = timedelta(minutes=slot_minutes)
    # Counters mostly keep the office's hours: what they work in a slot is counted once for all that do.
    patterns = list(dict.fromkeys(tuple(spans) for spans in counters.values()))
    kept = {counter: patterns.index(tuple(spans)) for counter, spans in counters.items()}
    slots = []
    for session in _joined(span for spans in counters.values() for span in spans):
        before = dict.fromkeys(counters, 0)
        start = session.opens_at
        while start + step <= session.closes_at:
            minutes = [_minutes(pattern, start, start + step) for pattern in patterns]
            within = {counter: minutes[pattern] for counter, pattern in kept.items()}
            slots.append(PlannedSlot(start, start + step, within, before))
            before = {counter: before[counter] + within[counter] for counter in counters}
            start += step
    return slots


def gathered(slots: Iterable[PlannedSlot], uses: Mapping[datetime, Sequence[Use]]) -> dict[datetime, list[Use]]:
    """What is used of each of `slots`, by its beginning.

    `uses` are by the beginning they were booked for: after a change of hours that may lie within a slot, and counts there.
    """
    begins = sorted(uses)
    found = {}
    for slot in slots:
        inside = begins[bisect_left(begins, slot.starts_at) : bisect_left(begins, slot.ends_at)]
        found[slot.starts_at] = [use for begin in inside for use in uses[begin]]
    return found


def capacity(slot: PlannedSlot, counters: Counters, share: int) -> int:
    """The minutes of these counters that may be booked in the slot."""
    before = sum(slot.before.get(counter, 0) for counter in counters)
    within = sum(slot.within.get(counter, 0) for counter in counters)
    return (before + within) * share // 100 - before * share // 100


def groups(demands: Iterable[Counters]) -> frozenset[Counters]:
    """Every union of overlapping counter sets: the pools that have to be watched. At most 2 to the number of different sets."""
    return _closed(frozenset(demand for demand in demands if demand))


@lru_cache(maxsize=1024)
def _closed(demands: frozenset[Counters]) -> frozenset[Counters]:
    found: set[Counters] = set()
    fresh = set(demands)
    while fresh:
        found |= fresh
        fresh = {one | other for one in fresh for other in found if one & other} - found
    return frozenset(found)


def pools(slot: PlannedSlot, plan: Plan, uses: Sequence[Use], watched: frozenset[Counters]) -> dict[str, Pool]:
    """What every pool of the slot may give and has given.

    `watched` are the groups of the plan's own services; demands of `uses` that are no group yet are added. Where less is
    planned than booked, the slot closes at what is booked: nobody is dropped and nobody is added.
    """
    found = {}
    demands = [(plan.counters(use.services), use.minutes) for use in uses]
    for group in with_demands(watched, (demand for demand, _minutes in demands)):
        booked = sum(minutes for demand, minutes in demands if demand and demand <= group)
        found[group_key(group)] = Pool(max(capacity(slot, group, plan.share), booked), booked)
    for service, most in plan.places.items():
        booked = sum(use.first and service in use.services for use in uses)
        found[service_key(service)] = Pool(max(most, booked), booked)
    return found


def with_demands(watched: frozenset[Counters], demands: Iterable[Counters]) -> frozenset[Counters]:
    """`watched` and whatever unions further demands make with them."""
    unknown = {demand for demand in demands if demand} - watched
    return groups(watched | unknown) if unknown else watched


def keys_for(counters: Counters, names: Iterable[str]) -> list[str]:
    """Which of the pools `names` a visit at `counters` takes minutes from: those that contain all of them."""
    return [name for name in names if name.startswith("c") and counters <= _group_of(name)]


def room_for(counters: Counters, slot: PlannedSlot, plan: Plan, uses: Sequence[Use], watched: frozenset[Counters]) -> int:
    """How many minutes a visit that `counters` could serve may still take in the slot; `watched` as for `pools`."""
    demands = [(plan.counters(use.services), use.minutes) for use in uses]
    rooms = []
    for group in with_demands(watched, [counters, *(demand for demand, _minutes in demands)]):
        if counters and counters <= group:
            booked = sum(minutes for demand, minutes in demands if demand and demand <= group)
            rooms.append(max(0, capacity(slot, group, plan.share) - booked))
    return min(rooms, default=0)


def places_by_cap(services: Collection[int], plan: Plan, uses: Sequence[Use]) -> int:
    """How many more visits for `services` may begin in a slot with these `uses`, by the caps that are set."""
    caps = (
        plan.places[service] - sum(use.first and service in use.services for use in uses)
        for service in services
        if service in plan.places
    )
    return max(0, min(caps, default=MOST_PLACES))


def spread(rooms: Sequence[int], minutes: int, most: int) -> list[int] | None:
    """How a visit of `minutes` takes them from consecutive slots with these rooms; None when it does not fit.

    It begins in the first and takes as much as it can of each, at most `most` (a slot's length: it sits at one counter).
    """
    parts: list[int] = []
    for room in rooms:
        if minutes == 0:
            break
        part = min(room, most, minutes)
        if part <= 0:
            return None
        parts.append(part)
        minutes -= part
    return parts if minutes == 0 else None


def places_left(rooms: Sequence[int], minutes: int, most: int) -> int:
    """How many more visits of `minutes` could begin in the first of these slots, one after the other."""
    left, rest = 0, list(rooms)
    while left < MOST_PLACES and (parts := spread(rest, minutes, most)):
        left += 1
        for index, part in enumerate(parts):
            rest[index] -= part
    return left


def window(slots: Sequence[PlannedSlot], first: int, counters: Counters, plan: Plan, minutes: int) -> list[PlannedSlot]:
    """The consecutive slots from index `first` that a visit may take: as many as it needs in an empty session, and one more.

    Empty when it cannot begin there even if nothing is booked: the session of these counters ends too soon.
    """
    found: list[PlannedSlot] = []
    rooms: list[int] = []
    for slot in slots[first:]:
        after = found[-1].ends_at if found else slot.starts_at
        if slot.starts_at != after or not any(slot.within.get(counter) for counter in counters):
            break
        fits = spread(rooms, minutes, plan.slot_minutes) is not None
        found.append(slot)
        rooms.append(capacity(slot, counters, plan.share))
        if fits:
            return found
    return found if spread(rooms, minutes, plan.slot_minutes) else []


def group_key(group: Counters) -> str:
    """A group of counters as its pool is named: "c1.4"."""
    return "c" + ".".join(str(counter) for counter in sorted(group))


def service_key(service: int) -> str:
    """The cap of a service as its pool is named: "s12"."""
    return f"s{service}"


def written(services: Iterable[int]) -> str:
    """Services as a use keeps them: "7.12"."""
    return ".".join(str(service) for service in sorted(set(services)))


def read_services(text: str) -> frozenset[int]:
    """The same as `written` takes."""
    return frozenset(int(part) for part in text.split("."))


def _group_of(name: str) -> Counters:
    return frozenset(int(part) for part in name[1:].split("."))


def _joined(spans: Iterable[OpenSpan]) -> list[OpenSpan]:
    """The spans in which at least one counter is open."""
    joined: list[OpenSpan] = []
    for span in sorted(spans):
        if joined and span.opens_at <= joined[-1].closes_at:
            joined[-1] = OpenSpan(joined[-1].opens_at, max(joined[-1].closes_at, span.closes_at))
        else:
            joined.append(span)
    return joined


def _minutes(spans: Iterable[OpenSpan], start: datetime, end: datetime) -> int:
    common = (min(span.closes_at, end) - max(span.opens_at, start) for span in spans)
    return sum(max(0, stretch // timedelta(minutes=1)) for stretch in common)
