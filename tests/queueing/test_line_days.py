"""Invented days, minute by minute: what must hold over a day and not only at one decision."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queueing.policy import Policy
from queueing.rules import Called, CounterView, Waiting, next_call
from tests.queueing.line_builders import ALL_DAY, booked, counters, minute, policies, walk_in


@dataclass
class Watched:
    """A walk-in over the guard: the people over it who had waited as long, and who was called before."""

    ahead: frozenset[int]
    overtaken: int = 0
    guard_calls: list[int] = field(default_factory=list)


class Day(RuleBasedStateMachine):
    """People come, counters call: the bound of queueing.rules is kept for every walk-in over the guard."""

    @initialize(policy=policies, counters=counters(3))
    def open(self, policy: Policy, counters: list[CounterView]) -> None:
        self.policy, self.counters = policy, counters
        self.now = 0.0
        self.line: dict[int, Waiting] = {}
        self.log: list[Called] = []
        self.came = 0
        self.watched: dict[int, Watched] = {}

    @rule(service=st.sampled_from("ABC"), priority=st.booleans())
    def somebody_takes_a_number(self, service: str, priority: bool) -> None:
        self.came += 1
        self.line[self.came] = walk_in(self.came, self.now, service, priority=priority)

    @rule(service=st.sampled_from("ABC"), away=st.integers(-2, 6), priority=st.booleans())
    def somebody_with_a_booking_comes(self, service: str, away: int, priority: bool) -> None:
        slot = (self.now // 15 + away) * 15
        if slot + self.policy.late >= self.now:
            self.came += 1
            self.line[self.came] = booked(self.came, slot, self.now, service, priority=priority)

    @rule(minutes=st.sampled_from([1, 5, 15, 40]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes
        self._watch()

    @rule(times=st.integers(1, 6), which=st.integers(0, 2))
    def a_counter_calls(self, times: int, which: int) -> None:
        counter = self.counters[which % len(self.counters)]
        for _ in range(times):
            self.now += 0.5
            self._watch()
            self._call(counter)

    def _watch(self) -> None:
        over = {w.id: w for w in self.line.values() if not w.booked and self.now - self._taken(w) > self.policy.guard}
        for who in over.values():
            longer = frozenset(o.id for o in over.values() if o.due_at <= who.due_at and o.id != who.id)
            self.watched.setdefault(who.id, Watched(longer))

    def _taken(self, who: Waiting) -> float:
        return (who.due_at - minute(0)).total_seconds() / 60

    def _call(self, counter: CounterView) -> None:
        choice = next_call(self.line.values(), counter, self.log, self.policy, minute(self.now), ALL_DAY)
        if choice is None:
            assert not any(counter.takes(who) for who in self.line.values())
            return
        chosen = self.line.pop(choice.ticket)
        assert chosen.id not in {call.ticket for call in self.log}
        code = choice.reason.code
        self.log.append(Called(counter.id, chosen.id, code, chosen.booked, chosen.priority, minute(self.now)))
        for number, watched in self.watched.items():
            if number in self.line and counter.takes(self.line[number]):
                if code == "guard":
                    watched.guard_calls.append(chosen.id)
                else:
                    watched.overtaken += 1

    @invariant()
    def the_guard_goes_to_nobody_who_has_waited_less(self) -> None:
        for watched in getattr(self, "watched", {}).values():
            assert set(watched.guard_calls) <= watched.ahead, "a guard's turn passed over somebody who had waited longer"

    @invariant()
    def nobody_over_the_guard_is_overtaken_more_often_than_stated(self) -> None:
        for number, watched in getattr(self, "watched", {}).items():
            taking = sum(1 for counter in self.counters if number in self.line and counter.takes(self.line[number]))
            if taking:
                bound = (len(watched.ahead) + taking) * (self.policy.ratio + 1)
                assert watched.overtaken <= bound

    @invariant()
    def priority_people_go_first_at_most_once_in_n_calls(self) -> None:
        runs: dict[int, int] = defaultdict(lambda: 99)
        for call in getattr(self, "log", []):
            if call.reason == "priority_first":
                assert runs[call.counter] >= max(2, self.policy.interleave) - 1
            if call.reason != "early":
                runs[call.counter] = 0 if call.priority and not call.booked else runs[call.counter] + 1


Day.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestDay = Day.TestCase
