"""Who stands in the line, as the rule sees them: people, counters, and whom a counter takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, Literal

from queueing.checkin_rules import whole_minute
from queueing.policy import Policy
from queueing.waiting_rules import Span

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

    def call_from(self, policy: Policy) -> datetime:
        """When a booking becomes due for a call."""
        assert self.slot_at is not None
        return self.slot_at - timedelta(minutes=policy.lead if self.lead is None else self.lead)

    def overdue(self, policy: Policy, now: datetime) -> bool:
        """Whether a booking waits beyond its own tolerance: its hour has passed and the office is late."""
        assert self.slot_at is not None
        late = policy.late if self.late is None else self.late
        return whole_minute(now) > self.slot_at + timedelta(minutes=late)


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


@dataclass(frozen=True, slots=True)
class Standing:
    """A person in the line with the open minutes waited so far."""

    who: Waiting
    waited: float


class People:
    """Those whom one counter takes. It may be asked again and again: who was called leaves it, who comes joins.

    The first of an order is found without sorting anew: who has left is passed over.
    """

    __slots__ = ("_by_due", "_by_priority", "_by_wait", "bookings", "counter", "left", "ranks", "walk_ins")

    def __init__(self, counter: CounterView, people: Iterable[Standing] = ()) -> None:
        self.counter = counter
        self.ranks = {service: rank for rank, service in reversed(list(enumerate(counter.services)))}
        self.left: dict[int, Standing] = {}
        self.bookings: dict[int, Waiting] = {}
        self.walk_ins = 0
        self._by_due, self._by_priority, self._by_wait = (list[tuple[Any, ...]]() for _order in range(3))
        for person in people:
            self.add(person)

    def copy(self) -> People:
        """The same people, to be called once more."""
        other = People(self.counter)
        other.left, other.bookings, other.walk_ins = dict(self.left), dict(self.bookings), self.walk_ins
        other._by_due, other._by_priority, other._by_wait = list(self._by_due), list(self._by_priority), list(self._by_wait)
        return other

    def add(self, person: Standing) -> None:
        """Somebody joins."""
        who = person.who
        self.left[who.id] = person
        if who.booked:
            self.bookings[who.id] = who
            return
        self.walk_ins += 1
        due = (who.due_at, self.rank(who), who.checked_in_at, who.id, person)
        heappush(self._by_due, (who.prefers is not None and who.prefers != self.counter.id, *due))
        heappush(self._by_wait, (-person.waited, *due))
        if who.priority:
            heappush(self._by_priority, due)

    def discard(self, ticket: int) -> None:
        """Somebody leaves, if here."""
        person = self.left.pop(ticket, None)
        if person is not None and self.bookings.pop(ticket, None) is None:
            self.walk_ins -= 1

    def longest_waiting(self) -> Standing | None:
        """The walk-in who has waited longest."""
        return self._first(self._by_wait)

    def first_due(self) -> Standing | None:
        """The walk-in who is due first; whose visit another counter knows comes last."""
        return self._first(self._by_due)

    def first_with_priority(self) -> Standing | None:
        """The walk-in with priority who is due first."""
        return self._first(self._by_priority)

    def rank(self, who: Waiting) -> int:
        """The place of somebody's service in the counter's own order."""
        return self.ranks.get(who.service, len(self.ranks))

    def _first(self, order: list[tuple[Any, ...]]) -> Standing | None:
        while order and order[0][-2] not in self.left:
            heappop(order)
        return order[0][-1] if order else None
