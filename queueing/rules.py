"""Who is called next at a counter, and why. Pure.

Cases, tier by tier; D: bookings in time whose slot is at most `lead` minutes away, O: walk-ins that have waited longer than
the guard, "mine": callable tickets this counter takes, "scarce": the fewer open counters take the service, the sooner:

| mine                                   | called                                   | reason          | tier |
|----------------------------------------|------------------------------------------|-----------------|------|
| nobody                                 | nobody                                   |                 |      |
| D, no O                                | first of D by slot, priority, scarce, check-in | `booked`  | 1    |
| D and O, a booking's turn              | first of D                               | `booked`        | 1    |
| D and O, the guard's turn              | longest waiting of O                     | `guard`         | 2    |
| same, one of D past s + late, not used | that one, once between two guard turns   | `booked_overdue`| 1    |
| O, no D                                | longest waiting of O                     | `guard`         | 2    |
| mode `all`, 1 in n calls, not guard's  | first priority walk-in by due_at         | `priority_first`| 1    |
| no D, no O, `strict`                   | first priority walk-in by due_at         | `priority`      | 3    |
| no D, no O, `interleaved`, n others    | first priority walk-in by due_at         | `priority`      | 3    |
| no D, no O, otherwise                  | first walk-in by due_at                  | how it came     | 4    |
| bookings further away only             | first by tries, then as D                | `early`         | 5    |
| order `fifo`                           | first by arrival                         | `arrival`       | 4    |

Whose turn it is says the log of this counter (queueing.turn_rules). Hence the bound. Let b people over the guard have waited
as long as w (nobody can join them but who had waited longer before and was held or missed), and let m counters take w. Then at
most **(b + m) x (ratio + 1)** bookings and priority people are called before w: between two guard turns of a counter there are
at most `ratio` of them and one overdue.

Why scarce goes first within a slot only, and not among walk-ins, and where the defaults come from: docs/simulator.md.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from queueing.checkin_rules import whole_minute
from queueing.policy import Policy
from queueing.turn_rules import BY_HAND as BY_HAND
from queueing.turn_rules import Called as Called
from queueing.turn_rules import Turns as Turns
from queueing.turn_rules import turns_of as turns_of
from queueing.waiting_rules import Span, waited_open_minutes

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
class Reason:
    """Why this one: a stable code and what a sentence about it needs (instants, minutes, counts)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """The next ticket of a counter."""

    ticket: int
    tier: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """A person in the line with the open minutes waited so far."""

    who: Waiting
    waited: float


def next_call(
    line: Iterable[Waiting],
    counter: CounterView,
    log: Iterable[Called],
    policy: Policy,
    now: datetime,
    opening: Sequence[Span],
    counters: Iterable[CounterView] = (),
) -> Choice | None:
    """The ticket this counter calls now, or None when nobody it takes is callable.

    `log` holds today's calls of the office, `opening` its open hours of today, `counters` are those open now (none: no service
    is scarce). The order of none of them matters.
    """
    people = [standing(who, now, opening) for who in line if counter.takes(who)]
    return decide(people, counter, turns_of(log, counter.id), policy, now, takers=takers_of(counters))


def takers_of(counters: Iterable[CounterView]) -> Mapping[ServiceId, int]:
    """How many of these counters take each service."""
    return Tally(service for counter in counters for service in set(counter.services))


def standing(who: Waiting, now: datetime, opening: Sequence[Span]) -> Standing:
    """`who` with the open minutes waited since due; a booking does not need them."""
    if who.booked:
        return Standing(who, 0.0)
    spans = who.spans or (Span(who.checked_in_at),)
    since_due = [Span(max(span.start, who.due_at), span.end) for span in spans]
    return Standing(who, waited_open_minutes(since_due, opening, now))


def own_reason(who: Waiting) -> Reason:
    """Why a walk-in stands in the line at all: how and when it came."""
    params = {"due_at": who.due_at, "slot_at": who.slot_at, "arrived_at": who.checked_in_at, "from_counter": who.from_counter}
    return Reason(who.origin, params)


def asked_first(counter: CounterView) -> tuple[int, bool, float, int]:
    """The order in which free counters are asked: the fewest services first, then the longest idle.

    A counter whose idle time is unknown comes after those that are known to wait.
    """
    since = counter.idle_since
    return len(counter.services), since is None, since.timestamp() if since else 0.0, counter.id


def decide(
    people: Iterable[Standing],
    counter: CounterView,
    turns: Turns,
    policy: Policy,
    now: datetime,
    later: float = 0.0,
    takers: Mapping[ServiceId, int] | None = None,
) -> Choice | None:
    """`next_call` for people whose wait is known; `later` open minutes have passed since it was measured."""
    mine = [person for person in people if counter.takes(person.who)]
    ranks = {service: rank for rank, service in reversed(list(enumerate(counter.services)))}
    return _Decision(counter, ranks, turns, policy, now, later, takers or {}).choose(mine)


@dataclass(frozen=True, slots=True)
class _Decision:
    counter: CounterView
    ranks: Mapping[ServiceId, int]
    turns: Turns
    policy: Policy
    now: datetime
    later: float
    takers: Mapping[ServiceId, int]

    def choose(self, mine: Sequence[Standing]) -> Choice | None:
        if not mine:
            return None
        if self.policy.order == "fifo":
            first = min((p.who for p in mine), key=lambda w: (w.checked_in_at, self._rank(w), w.id))
            return Choice(first.id, 4, Reason("arrival", {"arrived_at": first.checked_in_at}))
        walk_ins = [p for p in mine if not p.who.booked]
        due = [p.who for p in mine if p.who.booked and p.who.call_from(self.policy) <= self.now]
        return self._guard(walk_ins, due) or self._before_bookings(walk_ins) or self._rest(mine, walk_ins, due)

    def _guard(self, walk_ins: Sequence[Standing], due: Sequence[Waiting]) -> Choice | None:
        over = [p for p in walk_ins if p.waited + self.later > self.policy.guard]
        if not over or (due and self.turns.bookings < self.policy.ratio):
            return None
        overdue = [] if self.turns.overdue_used else [w for w in due if w.overdue(self.policy, self.now)]
        if overdue:
            return self._booked("booked_overdue", 1, overdue)
        longest = min(over, key=lambda p: (-p.waited, self._by_due(p.who)))
        minutes = int(longest.waited + self.later)
        params = {"minutes": minutes, "guard": self.policy.guard, "due_at": longest.who.due_at}
        return Choice(longest.who.id, 2, Reason("guard", params))

    def _before_bookings(self, walk_ins: Sequence[Standing]) -> Choice | None:
        """Mode `all`: a priority person at most once in n calls; n is at least 2, or bookings would never be called."""
        calls = self.turns.calls
        if self.policy.priority != "all" or (calls is not None and calls < max(2, self.policy.interleave) - 1):
            return None
        return self._priority("priority_first", 1, walk_ins, {})

    def _rest(self, mine: Sequence[Standing], walk_ins: Sequence[Standing], due: Sequence[Waiting]) -> Choice | None:
        if due:
            return self._booked("booked", 1, due)
        if not walk_ins:
            return self._booked("early", 5, [p.who for p in mine])
        choice = None
        if self.policy.priority == "strict":
            choice = self._priority("priority", 3, walk_ins, {"after": 0})
        elif self.policy.priority == "interleaved" and self.turns.others >= self.policy.interleave:
            choice = self._priority("priority", 3, walk_ins, {"after": self.policy.interleave})
        return choice or self._walk_in(walk_ins)

    def _booked(self, code: str, tier: int, bookings: Sequence[Waiting]) -> Choice:
        first = min(bookings, key=self._by_slot if code != "early" else lambda w: (w.early_tries, *self._by_slot(w)))
        return Choice(first.id, tier, Reason(code, {"slot_at": first.slot_at, "arrived_at": first.checked_in_at}))

    def _priority(self, code: str, tier: int, walk_ins: Sequence[Standing], params: dict[str, Any]) -> Choice | None:
        first = min((p.who for p in walk_ins if p.who.priority), key=self._by_due, default=None)
        return None if first is None else Choice(first.id, tier, Reason(code, {**params, "due_at": first.due_at}))

    def _walk_in(self, walk_ins: Sequence[Standing]) -> Choice:
        first = min((p.who for p in walk_ins), key=lambda w: (self._better_elsewhere(w), self._by_due(w)))
        return Choice(first.id, 4, own_reason(first))

    def _better_elsewhere(self, who: Waiting) -> bool:
        return who.prefers is not None and who.prefers != self.counter.id

    def _by_slot(self, who: Waiting) -> tuple[Any, ...]:
        """A counter that takes a rare service keeps free for it: of one slot, those go first whom fewer counters could call."""
        takers = self.takers.get(who.service, 0)
        scarce = takers if who.only_counter is None else min(takers, 1)
        return who.slot_at, not who.priority, scarce, who.checked_in_at, self._rank(who), who.id

    def _by_due(self, who: Waiting) -> tuple[datetime, int, datetime, int]:
        return who.due_at, self._rank(who), who.checked_in_at, who.id

    def _rank(self, who: Waiting) -> int:
        return self.ranks.get(who.service, len(self.ranks))
