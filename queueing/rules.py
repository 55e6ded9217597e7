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
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from queueing.policy import Policy
from queueing.standing_rules import CounterView as CounterView
from queueing.standing_rules import Origin as Origin
from queueing.standing_rules import People as People
from queueing.standing_rules import ServiceId as ServiceId
from queueing.standing_rules import Standing as Standing
from queueing.standing_rules import Waiting as Waiting
from queueing.standing_rules import standing as standing
from queueing.turn_rules import BY_HAND as BY_HAND
from queueing.turn_rules import Called as Called
from queueing.turn_rules import Turns as Turns
from queueing.turn_rules import turns_by_counter as turns_by_counter
from queueing.waiting_rules import MomentClock, Span

Pick = tuple[Standing, str]
"""Who is called, and the code of the reason."""
_TIERS = {"booked": 1, "booked_overdue": 1, "priority_first": 1, "guard": 2, "priority": 3, "early": 5}
"""Of each reason; all others are 4."""


class Reason(NamedTuple):
    """Why this one: a stable code and what a sentence about it needs (instants, minutes, counts)."""

    code: str
    params: Mapping[str, Any]


class Choice(NamedTuple):
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
    clock = MomentClock(now, opening)
    mine = {who.id: standing(who, policy, clock) for who in line if counter.takes(who)}
    turns = turns_by_counter(call for call in log if call.counter == counter.id)
    return Rule(policy, clock).next_call(People(counter, mine, takers_of(counters)), turns.get(counter.id, Turns()))


def takers_of(counters: Iterable[CounterView]) -> Mapping[ServiceId, int]:
    """How many of these counters take each service."""
    return Tally(chain.from_iterable(set(counter.services) for counter in counters))


def own_reason(who: Waiting) -> Reason:
    """Why a walk-in stands in the line at all: how and when it came."""
    params = {"due_at": who.due_at, "slot_at": who.slot_at, "arrived_at": who.checked_in_at, "from_counter": who.from_counter}
    return Reason(who.origin, params)


def asked_first(counter: CounterView) -> tuple[int, bool, float, int]:
    """The order in which free counters are asked (`asking_order`)."""
    since = counter.idle_since
    return asking_order(len(counter.services), None if since is None else since.timestamp(), counter.id)


def asking_order(services: int, idle_since: float | None, counter: int) -> tuple[int, bool, float, int]:
    """The counter that takes the fewest services is asked first, then the longest idle.

    A counter whose idle time is unknown comes after those that are known to wait. The times of all of them are counted from
    the same moment, in the same unit.
    """
    return services, idle_since is None, idle_since or 0, counter


class Rule:
    """The table of cases under one policy, for people as they stand at the moment of `clock`; it may be asked of later ones."""

    __slots__ = ("clock", "policy")

    def __init__(self, policy: Policy, clock: MomentClock) -> None:
        self.policy, self.clock = policy, clock

    def next_call(self, mine: People, turns: Turns) -> Choice | None:
        """The ticket a counter calls at this very moment, None when nobody is there."""
        pick = self.pick(mine, turns, 0)
        return None if pick is None else self.explained(*pick, 0)

    def pick(self, mine: People, turns: Turns, at: int) -> Pick | None:
        """Whom a counter calls then."""
        if self.policy.order == "fifo":
            first = mine.first_arrived()
            return None if first is None else (first, "arrival")
        due = mine.booking_due(at)
        return self._guard(mine, turns, due, at) or self._before_bookings(mine, turns) or self._rest(mine, turns, due)

    def explained(self, person: Standing, code: str, at: int) -> Choice:
        """What was picked then, with what a sentence about it needs."""
        return Choice(person.id, _TIERS.get(code, 4), self._reason(person, code, at))

    def _guard(self, mine: People, turns: Turns, due: Standing | None, at: int) -> Pick | None:
        if due is not None and turns.bookings < self.policy.ratio:
            return None
        longest = mine.longest_waiting()
        if longest is None or self._waited(longest, at) <= self.policy.guard:
            return None
        overdue = None if due is None or turns.overdue_used else mine.booking_overdue(at)
        return (longest, "guard") if overdue is None else (overdue, "booked_overdue")

    def _before_bookings(self, mine: People, turns: Turns) -> Pick | None:
        """Mode `all`: a priority person at most once in n calls; n is at least 2, or bookings would never be called."""
        if self.policy.priority != "all" or (turns.calls is not None and turns.calls < max(2, self.policy.interleave) - 1):
            return None
        first = mine.first_with_priority()
        return None if first is None else (first, "priority_first")

    def _rest(self, mine: People, turns: Turns, due: Standing | None) -> Pick | None:
        if due is not None:
            return due, "booked"
        first, mode = None, self.policy.priority
        if mode == "strict" or (mode == "interleaved" and turns.others >= self.policy.interleave):
            first = mine.first_with_priority()
        return (first, "priority") if first is not None else self._walk_in(mine) or self._early(mine)

    def _walk_in(self, mine: People) -> Pick | None:
        first = mine.first_due()
        return None if first is None else (first, first.who.origin)

    def _early(self, mine: People) -> Pick | None:
        first = mine.booking_early()
        return None if first is None else (first, "early")

    def _waited(self, person: Standing, at: int) -> float:
        return person.waited + self.clock.open_minutes(at)

    def _reason(self, person: Standing, code: str, at: int) -> Reason:
        who = person.who
        match code:
            case "arrival":
                return Reason(code, {"arrived_at": who.checked_in_at})
            case "booked" | "booked_overdue" | "early":
                return Reason(code, {"slot_at": who.slot_at, "arrived_at": who.checked_in_at})
            case "guard":
                minutes = int(self._waited(person, at))
                return Reason(code, {"minutes": minutes, "guard": self.policy.guard, "due_at": who.due_at})
            case "priority_first":
                return Reason(code, {"due_at": who.due_at})
            case "priority":
                after = 0 if self.policy.priority == "strict" else self.policy.interleave
                return Reason(code, {"after": after, "due_at": who.due_at})
        return own_reason(who)
