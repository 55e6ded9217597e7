"""Invented days, call by call: what must hold over a day and not only at one decision."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from queueing.policy import Policy
from queueing.rules import Called, CounterView, Waiting, next_call
from tests.queueing.line_builders import ALL_DAY, OPENS, booked, counters, minute, policies, walk_in


@dataclass
class Watched:
    """A walk-in over the guard: those over it who had waited as long, and how often others were called before."""

    ahead: frozenset[int]
    overtaken: int = 0


class Office:
    """A line and its counters. Each call is checked: nobody twice, nobody forgotten, and the bounds of queueing.rules."""

    def __init__(self, policy: Policy, counters: list[CounterView]) -> None:
        self.policy, self.counters = policy, counters
        self.now = 0.0
        self.came = 0
        self.line: dict[int, Waiting] = {}
        self.log: list[Called] = []
        self.watched: dict[int, Watched] = {}
        self.since_priority: dict[int, int] = defaultdict(lambda: 99)

    def take_number(self, service: str, priority: bool) -> None:
        self.came += 1
        self.line[self.came] = walk_in(self.came, self.now, service, priority=priority)

    def check_in(self, service: str, slots_away: int, priority: bool) -> None:
        slot = (self.now // 15 + slots_away) * 15
        if slot + self.policy.late >= self.now:
            self.came += 1
            self.line[self.came] = booked(self.came, slot, self.now, service, priority=priority)

    def call(self, counter: CounterView) -> None:
        self._watch()
        choice = next_call(self.line.values(), counter, self.log, self.policy, minute(self.now), ALL_DAY, self.counters)
        if choice is None:
            assert not any(counter.takes(who) for who in self.line.values()), "told nobody while somebody waits"
            return
        chosen = self.line.pop(choice.ticket)
        assert chosen.id not in {call.ticket for call in self.log}, "called twice"
        self._check_overtaking(counter, chosen, choice.reason.code)
        self._check_priority(counter, chosen, choice.reason.code)
        called = Called(counter.id, chosen.id, choice.reason.code, chosen.booked, chosen.priority, minute(self.now))
        self.log.append(called)

    def _watch(self) -> None:
        """From now on everybody who is over the guard is counted for; one call is made at a time, so none is missed."""
        over = [w for w in self.line.values() if not w.booked and self._waited(w) > self.policy.guard]
        for who in over:
            as_long = frozenset(o.id for o in over if o.due_at <= who.due_at and o.id != who.id)
            self.watched.setdefault(who.id, Watched(as_long))

    def _waited(self, who: Waiting) -> float:
        return self.now - (who.due_at - OPENS).total_seconds() / 60

    def _check_overtaking(self, counter: CounterView, chosen: Waiting, code: str) -> None:
        for number, watched in self.watched.items():
            if number not in self.line or not counter.takes(self.line[number]):
                continue
            if code == "guard":
                assert chosen.id in watched.ahead, "the guard passed over somebody who has waited longer"
                continue
            watched.overtaken += 1
            taking = sum(1 for c in self.counters if c.takes(self.line[number]))
            assert watched.overtaken <= (len(watched.ahead) + taking) * (self.policy.ratio + 1)

    def _check_priority(self, counter: CounterView, chosen: Waiting, code: str) -> None:
        if code == "priority_first":
            assert self.since_priority[counter.id] >= max(2, self.policy.interleave) - 1
        if code != "early":
            first = chosen.priority and not chosen.booked
            self.since_priority[counter.id] = 0 if first else self.since_priority[counter.id] + 1


class Day(RuleBasedStateMachine):
    """Hypothesis looks for the strange day."""

    @initialize(policy=policies, counters=counters(3))
    def open(self, policy: Policy, counters: list[CounterView]) -> None:
        self.office = Office(policy, counters)

    @rule(service=st.sampled_from("ABC"), priority=st.booleans())
    def somebody_takes_a_number(self, service: str, priority: bool) -> None:
        self.office.take_number(service, priority)

    @rule(service=st.sampled_from("ABC"), slots_away=st.integers(-2, 6), priority=st.booleans())
    def somebody_with_a_booking_comes(self, service: str, slots_away: int, priority: bool) -> None:
        self.office.check_in(service, slots_away, priority)

    @rule(minutes=st.sampled_from([1, 5, 15, 40]))
    def time_passes(self, minutes: int) -> None:
        self.office.now += minutes

    @rule(times=st.integers(1, 6), which=st.integers(0, 2))
    def a_counter_calls(self, times: int, which: int) -> None:
        for _ in range(times):
            self.office.now += 0.5
            self.office.call(self.office.counters[which % len(self.office.counters)])


Day.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestDay = Day.TestCase


@settings(max_examples=60, deadline=None)
@given(
    policy=policies,
    counters=counters(3),
    people_a_call=st.integers(1, 3),
    booked_share=st.floats(0.3, 0.95),
    chance=st.integers(0, 2**32).map(random.Random),
)
def test_on_an_overrun_day_nobody_is_overtaken_more_often_than_stated(
    policy: Policy, counters: list[CounterView], people_a_call: int, booked_share: float, chance: random.Random
) -> None:
    """More people than calls, most of them booked and many overdue: the day on which the guard has to work."""
    office = Office(policy, counters)
    for _ in range(80):
        for _ in range(people_a_call):
            service, priority = chance.choice("ABC"), chance.random() < 0.2
            if chance.random() < booked_share:
                office.check_in(service, chance.randint(-1, 2), priority)
            else:
                office.take_number(service, priority)
        office.now += chance.choice([0.5, 1, 2, 5])
        office.call(chance.choice(counters))


@given(policy=policies, counters=counters(3), chance=st.integers(0, 2**32).map(random.Random))
def test_when_nobody_comes_any_more_everybody_of_an_open_counter_is_called(
    policy: Policy, counters: list[CounterView], chance: random.Random
) -> None:
    office = Office(policy, counters)
    for _ in range(20):
        office.now += chance.choice([1, 5])
        office.take_number(chance.choice("ABC"), chance.random() < 0.3)
        office.check_in(chance.choice("ABC"), chance.randint(-1, 8), chance.random() < 0.3)
    for step in range(40 * len(counters)):
        office.now += 1
        office.call(counters[step % len(counters)])
    assert not [who for who in office.line.values() if any(c.takes(who) for c in counters)]
