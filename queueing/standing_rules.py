"""Who stands in the line, as the rule sees them: people, counters, and whom a counter takes. Pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from queueing.policy import Policy
from queueing.waiting_rules import MINUTE, MomentClock, Span

ServiceId = int | str
Origin = Literal["walk_in", "late", "wrong_person", "transferred", "missed", "returned", "carried"]
"""How a ticket came into the line; the reason of a tier-4 call says it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A callable ticket: checked in, today, waiting, not held.

    `booked` is true for a booking that was not late; it needs its `slot_at`. `spans` are the times it spent waiting (empty:
    since check-in without a break). `only_counter`: sent to that one open counter. `prefers`: this open counter knows the
    visit. `early_tries`: early calls nobody answered. `lead` and `late` override the policy for its service, `minutes` (planned
    for a whole household) the service's usual length.
    """

    id: int
    service: ServiceId
    due_at: datetime
    checked_in_at: datetime
    booked: bool = False
    slot_at: datetime | None = None
    priority: bool = False
    spans: tuple[Span, ...] = ()
    origin: Origin = "walk_in"
    from_counter: str = ""
    only_counter: int | None = None
    prefers: int | None = None
    early_tries: int = 0
    lead: int | None = None
    late: int | None = None
    minutes: int | None = None

    def __post_init__(self) -> None:
        if self.booked and self.slot_at is None:
            raise ValueError("a booked ticket has a slot")

    def lead_by(self, policy: Policy) -> int:
        """How many minutes before its slot a booking becomes due for a call."""
        return policy.lead if self.lead is None else self.lead

    def late_by(self, policy: Policy) -> int:
        """How many minutes after its slot a booking is within its own tolerance."""
        return policy.late if self.late is None else self.late

    def call_from(self, policy: Policy) -> datetime:
        """When a booking becomes due for a call."""
        assert self.slot_at is not None
        return self.slot_at - timedelta(minutes=self.lead_by(policy))


@dataclass(frozen=True, slots=True)
class CounterView:
    """A counter that calls. `services` in its own order. `idle_since` None: it serves somebody, until about `free_at`."""

    id: int
    services: tuple[ServiceId, ...]
    idle_since: datetime | None = None
    free_at: datetime | None = None

    def takes(self, who: Waiting) -> bool:
        """Whether this counter may call `who`. One sent to a counter is taken there whatever its services."""
        if who.only_counter is not None:
            return who.only_counter == self.id
        return who.service in self.services


@dataclass(slots=True, eq=False)
class Standing:
    """A person in the line at a moment. Instants are those of its `MomentClock`.

    `waited`: the open minutes waited so far; who comes later in a replay begins below nothing, and a booking does not need them.
    Of a booking only: `slot`, from when it is due for a call, and from when it waits beyond its own tolerance (whole minutes are
    compared): its hour has passed and the office is late.
    """

    id: int
    who: Waiting
    arrived: int
    due: int
    waited: float = 0.0
    slot: int = 0
    call_from: int = 0
    overdue_from: int = 0

    @property
    def lead(self) -> int:
        """For how long before its slot a booking is due for a call."""
        return self.slot - self.call_from

    def arriving(self, at: int) -> Standing:
        """The same booking, should the person come then."""
        return Standing(self.id, self.who, at, self.due, 0.0, self.slot, self.call_from, self.overdue_from)


def standing(who: Waiting, policy: Policy, clock: MomentClock) -> Standing:
    """`who` at the moment of `clock`."""
    arrived, due = clock.at(who.checked_in_at), clock.at(who.due_at)
    if who.booked and who.slot_at is not None:
        slot = clock.at(who.slot_at)
        overdue_from = clock.next_minute(slot + who.late_by(policy) * MINUTE)
        return Standing(who.id, who, arrived, due, 0.0, slot, slot - who.lead_by(policy) * MINUTE, overdue_from)
    waited = 0
    for start, end in who.spans or (Span(who.checked_in_at),):
        since, until = clock.at(start), 0 if end is None else min(clock.at(end), 0)
        waited += clock.open_between(since if since > due else due, until)
    return Standing(who.id, who, arrived, due, waited / MINUTE)


Entry = tuple[Any, ...]
"""What people are ordered by, the ticket, the person."""


class _Order:
    """People in one order. Who has left is passed over, so the first is found without sorting anew."""

    __slots__ = ("entries", "passed")

    def __init__(self, entries: list[Entry]) -> None:
        self.entries, self.passed = entries, 0

    def copy(self) -> _Order:
        return _Order(self.entries.copy())

    def insert(self, entry: Entry) -> None:
        insort(self.entries, entry, self.passed)

    def first(self, left: Container[int]) -> Standing | None:
        entries, place = self.entries, self.passed
        last = len(entries)
        while place < last and entries[place][-2] not in left:
            place += 1
        self.passed = place
        return entries[place][-1] if place < last else None


class People:
    """Those of `line` whom one counter takes, in the orders the rule asks for. It may be asked again and again.

    `takers`: how many counters take each service. `left`: the tickets that are still there; who replays the line keeps it.
    """

    __slots__ = ("_by_due", "_by_priority", "_by_slot", "_by_wait", "_lead", "_ranks", "counter", "left", "takers")

    def __init__(self, counter: CounterView, line: Mapping[int, Standing], takers: Mapping[ServiceId, int]) -> None:
        self.counter, self.takers = counter, takers
        self.left: Container[int] = line
        self._ranks = {service: rank for rank, service in reversed(list(enumerate(counter.services)))}
        mine = [person for person in line.values() if counter.takes(person.who)]
        walk_ins = [self._entry(person) for person in mine if not person.who.booked]
        bookings = [self._slot_entry(person) for person in mine if person.who.booked]
        self._by_due = _Order(sorted(map(self._due_entry, walk_ins)))
        self._by_wait = _Order(sorted(map(self._wait_entry, walk_ins)))
        self._by_priority = _Order(sorted(entry for entry in walk_ins if entry[-1].who.priority))
        self._by_slot = _Order(sorted(bookings))
        self._lead = max((entry[-1].lead for entry in bookings), default=0)

    def copy(self, left: Container[int]) -> People:
        """The same people, to be called once more; `left` are those of them who are there."""
        other = People(self.counter, {}, self.takers)
        other.left, other._lead = left, self._lead
        other._by_due, other._by_priority = self._by_due.copy(), self._by_priority.copy()
        other._by_wait, other._by_slot = self._by_wait.copy(), self._by_slot.copy()
        return other

    def add(self, person: Standing) -> None:
        """Somebody joins."""
        if person.who.booked:
            self._by_slot.insert(self._slot_entry(person))
            self._lead = max(self._lead, person.lead)
            return
        entry = self._entry(person)
        self._by_due.insert(self._due_entry(entry))
        self._by_wait.insert(self._wait_entry(entry))
        if person.who.priority:
            self._by_priority.insert(entry)

    def longest_waiting(self) -> Standing | None:
        """The walk-in who has waited longest."""
        return self._by_wait.first(self.left)

    def first_due(self) -> Standing | None:
        """The walk-in who is due first; whose visit another counter knows comes last."""
        return self._by_due.first(self.left)

    def first_with_priority(self) -> Standing | None:
        """The walk-in with priority who is due first."""
        return self._by_priority.first(self.left)

    def booking_due(self, at: int) -> Standing | None:
        """The first booking that may be called by now."""
        first = self._by_slot.first(self.left)
        if first is None or first.call_from <= at:
            return first
        return next(self._bookings_due(at), None) if first.slot - self._lead <= at else None

    def booking_overdue(self, at: int) -> Standing | None:
        """The first booking that waits beyond its tolerance."""
        return next((person for person in self._bookings_due(at) if person.overdue_from <= at), None)

    def booking_early(self) -> Standing | None:
        """The first of all bookings, however far away; who did not answer an early call comes after the others."""
        first = self._by_slot.first(self.left)
        if first is None or not first.who.early_tries:
            return first
        entries = [entry for entry in self._by_slot.entries if entry[-2] in self.left]
        return cast(Standing, min(entries, key=lambda entry: (entry[-1].who.early_tries, entry))[-1])

    def first_arrived(self) -> Standing | None:
        """Who came first, whatever for."""
        return min(self.everybody(), key=lambda person: (person.arrived, self.rank(person.who), person.id), default=None)

    def everybody(self) -> list[Standing]:
        """All of them who are still there."""
        return [entry[-1] for order in (self._by_due, self._by_slot) for entry in order.entries if entry[-2] in self.left]

    def rank(self, who: Waiting) -> int:
        """The place of somebody's service in the counter's own order."""
        return self._ranks.get(who.service, len(self._ranks))

    def slot_order(self, person: Standing) -> tuple[Any, ...]:
        """A counter that takes a rare service keeps free for it: of one slot, those go first whom fewer counters could call."""
        who = person.who
        takers = self.takers.get(who.service, 0)
        scarce = takers if who.only_counter is None else min(takers, 1)
        return person.slot, not who.priority, scarce, person.arrived, self.rank(who)

    def _slot_entry(self, person: Standing) -> Entry:
        return *self.slot_order(person), person.id, person

    def _entry(self, person: Standing) -> Entry:
        return person.due, self.rank(person.who), person.arrived, person.id, person

    def _due_entry(self, entry: Entry) -> Entry:
        prefers = entry[-1].who.prefers
        return prefers is not None and prefers != self.counter.id, *entry

    def _wait_entry(self, entry: Entry) -> Entry:
        return -entry[-1].waited, *entry

    def _bookings_due(self, at: int) -> Iterator[Standing]:
        """Bookings that may be called by now, in their order. None is called longer than `_lead` before its slot."""
        order, latest = self._by_slot, at + self._lead
        if order.first(self.left) is None:
            return
        for place in range(order.passed, len(order.entries)):
            entry = order.entries[place]
            person: Standing = entry[-1]
            if person.slot > latest:
                return
            if person.call_from <= at and entry[-2] in self.left:
                yield person
