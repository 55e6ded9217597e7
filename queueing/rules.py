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
from datetime import datetime
from typing import Any

from queueing.policy import Policy
from queueing.standing_rules import CounterView as CounterView
from queueing.standing_rules import Origin as Origin
from queueing.standing_rules import People as People
from queueing.standing_rules import ServiceId as ServiceId
from queueing.standing_rules import Standing as Standing
from queueing.standing_rules import Waiting as Waiting
from queueing.turn_rules import BY_HAND as BY_HAND
from queueing.turn_rules import Called as Called
from queueing.turn_rules import Turns as Turns
from queueing.turn_rules import turns_of as turns_of
from queueing.waiting_rules import Span, waited_open_minutes


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
    mine = People(counter, (standing(who, now, opening) for who in line if counter.takes(who)))
    return choose(mine, turns_of(log, counter.id), policy, now, takers=takers_of(counters))


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


def choose(
    mine: People,
    turns: Turns,
    policy: Policy,
    now: datetime,
    later: float = 0.0,
    takers: Mapping[ServiceId, int] | None = None,
) -> Choice | None:
    """`next_call` among people whom the counter takes and whose wait is known; `later` open minutes have passed since it was."""
    return _Decision(mine, turns, policy, now, later, takers or {}).choose()


@dataclass(frozen=True, slots=True)
class _Decision:
    mine: People
    turns: Turns
    policy: Policy
    now: datetime
    later: float
    takers: Mapping[ServiceId, int]

    def choose(self) -> Choice | None:
        if not self.mine.left:
            return None
        if self.policy.order == "fifo":
            everybody = (person.who for person in self.mine.left.values())
            first = min(everybody, key=lambda w: (w.checked_in_at, self.mine.rank(w), w.id))
            return Choice(first.id, 4, Reason("arrival", {"arrived_at": first.checked_in_at}))
        due = [who for who in self.mine.bookings.values() if who.call_from(self.policy) <= self.now]
        return self._guard(due) or self._before_bookings() or self._rest(due)

    def _guard(self, due: Sequence[Waiting]) -> Choice | None:
        longest = self.mine.longest_waiting()
        over = longest is not None and longest.waited + self.later > self.policy.guard
        if longest is None or not over or (due and self.turns.bookings < self.policy.ratio):
            return None
        overdue = [] if self.turns.overdue_used else [w for w in due if w.overdue(self.policy, self.now)]
        if overdue:
            return self._booked("booked_overdue", 1, overdue)
        minutes = int(longest.waited + self.later)
        params = {"minutes": minutes, "guard": self.policy.guard, "due_at": longest.who.due_at}
        return Choice(longest.who.id, 2, Reason("guard", params))

    def _before_bookings(self) -> Choice | None:
        """Mode `all`: a priority person at most once in n calls; n is at least 2, or bookings would never be called."""
        calls = self.turns.calls
        if self.policy.priority != "all" or (calls is not None and calls < max(2, self.policy.interleave) - 1):
            return None
        return self._priority("priority_first", 1, {})

    def _rest(self, due: Sequence[Waiting]) -> Choice | None:
        if due:
            return self._booked("booked", 1, due)
        if not self.mine.walk_ins:
            return self._booked("early", 5, list(self.mine.bookings.values()))
        choice = None
        if self.policy.priority == "strict":
            choice = self._priority("priority", 3, {"after": 0})
        elif self.policy.priority == "interleaved" and self.turns.others >= self.policy.interleave:
            choice = self._priority("priority", 3, {"after": self.policy.interleave})
        return choice or self._walk_in()

    def _booked(self, code: str, tier: int, bookings: Sequence[Waiting]) -> Choice:
        first = min(bookings, key=self._by_slot if code != "early" else lambda w: (w.early_tries, *self._by_slot(w)))
        return Choice(first.id, tier, Reason(code, {"slot_at": first.slot_at, "arrived_at": first.checked_in_at}))

    def _priority(self, code: str, tier: int, params: dict[str, Any]) -> Choice | None:
        first = self.mine.first_with_priority()
        return None if first is None else Choice(first.who.id, tier, Reason(code, {**params, "due_at": first.who.due_at}))

    def _walk_in(self) -> Choice:
        first = self.mine.first_due()
        assert first is not None
        return Choice(first.who.id, 4, own_reason(first.who))

    def _by_slot(self, who: Waiting) -> tuple[Any, ...]:
        """A counter that takes a rare service keeps free for it: of one slot, those go first whom fewer counters could call."""
        takers = self.takers.get(who.service, 0)
        scarce = takers if who.only_counter is None else min(takers, 1)
        return who.slot_at, not who.priority, scarce, who.checked_in_at, self.mine.rank(who), who.id
