"""The whole line: everybody once, in the order the counters will call."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from queueing.order_rules import NO_COUNTER, Coming, Line, Replay, ahead_of_each, line_order
from queueing.policy import Policy
from queueing.rules import Called, CounterView, People, Rule, Waiting, next_call, standing, takers_of, turns_by_counter
from queueing.waiting_rules import MomentClock, microseconds
from tests.queueing.line_builders import ALL_DAY, WARD_DAY, booked, counters, logs, minute, people, policies, walk_in

ONE = CounterView(1, ("A",), minute(0))
TWO = CounterView(2, ("B",), minute(0))
BOTH = CounterView(3, ("A", "B"), minute(0))
TEN = {"A": 10.0, "B": 10.0, "C": 10.0}


def order_of(line: list[Waiting], counters: list[CounterView], now: float = 60, **more: object) -> list[int]:
    places = line_order(line, counters, [], Policy(lead=10), minute(now), WARD_DAY, TEN)
    return [place.who.id for place in places]


def test_a_booking_stands_where_its_turn_will_come() -> None:
    line = [walk_in(i, 50 + i) for i in range(1, 6)] + [booked(9, 90, 55)]
    assert order_of(line, [ONE]) == [1, 2, 9, 3, 4, 5]


def test_two_counters_call_twice_as_many_before_it() -> None:
    line = [walk_in(i, 50 + i) for i in range(1, 6)] + [booked(9, 90, 55)]
    assert order_of(line, [ONE, BOTH]) == [1, 2, 3, 4, 9, 5]


def test_a_counter_that_still_serves_calls_later() -> None:
    line = [walk_in(1, 50, "A"), walk_in(2, 51, "B")]
    busy = CounterView(1, ("A",), None, minute(75))
    places = line_order(line, [busy, TWO], [], Policy(), minute(60), WARD_DAY, TEN)
    assert [(p.who.id, p.counter, p.about_at) for p in places] == [(2, 2, minute(60)), (1, 1, minute(75))]


def test_over_lunch_the_line_stands_still() -> None:
    places = line_order([walk_in(1, 195), walk_in(2, 196)], [ONE], [], Policy(), minute(205), WARD_DAY, TEN)
    assert [p.about_at for p in places] == [minute(205), minute(330)]


def test_people_before_opening_are_ordered_for_the_opening() -> None:
    places = line_order([walk_in(1, -20), walk_in(2, -25)], [ONE], [], Policy(), minute(-10), WARD_DAY, TEN)
    assert [(p.who.id, p.about_at) for p in places] == [(2, minute(0)), (1, minute(10))]


def test_after_closing_the_counters_serve_on() -> None:
    places = line_order([walk_in(1, 500), walk_in(2, 501)], [ONE], [], Policy(), minute(545), WARD_DAY, TEN)
    assert [p.about_at for p in places] == [minute(545), minute(555)]


def test_people_whose_counter_is_closed_stay_in_the_line_after_the_others() -> None:
    places = line_order([walk_in(1, 10, "C"), walk_in(2, 20), walk_in(3, 5, "C")], [ONE], [], Policy(), minute(60), ALL_DAY)
    assert [(p.who.id, p.counter) for p in places] == [(2, 1), (3, NO_COUNTER), (1, NO_COUNTER)]


def test_somebody_sent_to_a_counter_that_is_gone_is_not_forgotten() -> None:
    places = line_order([walk_in(1, 10, only_counter=7)], [], [], Policy(), minute(60), ALL_DAY)
    assert [p.who.id for p in places] == [1]


def test_only_people_for_a_common_counter_are_ahead() -> None:
    line = [walk_in(1, 10, "A"), walk_in(2, 11, "B"), walk_in(3, 12, "A"), walk_in(4, 13, "C"), walk_in(5, 14, "C")]
    order = line_order(line, [ONE, TWO], [], Policy(), minute(60), ALL_DAY, TEN)
    assert ahead_of_each(order, [ONE, TWO]) == {1: 0, 2: 0, 3: 1, 4: 0, 5: 1}
    shared = line_order(line, [ONE, BOTH], [], Policy(), minute(60), ALL_DAY, TEN)
    assert ahead_of_each(shared, [ONE, BOTH])[3] == 2


@given(line=people(), its=counters(3), closed=counters(4), sent=st.lists(st.integers(1, 5), max_size=12))
def test_who_is_ahead_is_counted_as_if_everybody_were_compared_with_everybody(
    line: list[Waiting], its: list[CounterView], closed: list[CounterView], sent: list[int]
) -> None:
    to = dict(zip((who.id for who in line), sent, strict=False))
    line = [replace(who, only_counter=to.get(who.id)) for who in line]
    closed = [replace(each, id=each.id + 3) for each in closed]
    order = line_order(line, its, [], Policy(), minute(120), WARD_DAY, TEN)

    def competes(one: Waiting, other: Waiting) -> bool:
        its_own = [c for c in its if c.takes(one)] or [c for c in closed if c.takes(one)]
        return one.service == other.service or any(c.takes(other) for c in its_own)

    expected = {
        place.who.id: sum(competes(place.who, other.who) for other in order[:position]) for position, place in enumerate(order)
    }
    assert ahead_of_each(order, its, closed) == expected


def test_before_any_counter_opens_the_counters_that_will_take_a_ticket_count() -> None:
    line = [walk_in(1, 10, "A"), walk_in(2, 11, "B"), walk_in(3, 12, "A"), walk_in(4, 13, "C")]
    order = line_order(line, [], [], Policy(), minute(60), ALL_DAY, TEN)
    assert ahead_of_each(order, [], [BOTH]) == {1: 0, 2: 1, 3: 2, 4: 0}
    assert ahead_of_each(order, [ONE], [BOTH])[3] == 1, "an open counter that takes only A does not wait for B"


@given(line=people(), log=logs, policy=policies, its=counters(4), timed=st.booleans(), shuffle=st.randoms(use_true_random=False))
def test_everybody_stands_in_the_line_once_whatever_order_they_are_read_in(
    line: list[Waiting], log: list[Called], policy: Policy, its: list[CounterView], timed: bool, shuffle: random.Random
) -> None:
    minutes = TEN if timed else None
    order = line_order(line, its, log, policy, minute(120), WARD_DAY, minutes)
    assert sorted(place.who.id for place in order) == sorted(who.id for who in line)
    mixed = list(line)
    shuffle.shuffle(mixed)
    again = line_order(mixed, list(reversed(its)), list(reversed(log)), policy, minute(120), WARD_DAY, minutes)
    assert again == order
    ahead = ahead_of_each(order, its)
    assert all(0 <= ahead[place.who.id] <= position for position, place in enumerate(order))


def test_the_line_knows_which_service_is_rare() -> None:
    """Of one slot the person for C goes first at the counter that takes it: the other counter takes A and B only."""
    both, all_three = CounterView(1, ("A", "B"), minute(0)), CounterView(2, ("A", "B", "C"), minute(0))
    line = [booked(1, 60, 50, "A"), booked(2, 60, 51, "B"), booked(3, 60, 59, "C")]
    rest = Line(tuple(line), (both, all_three), (), Policy(), minute(60), WARD_DAY, TEN)
    choice = rest.next_call(2)
    assert (choice and choice.ticket) == 3
    assert [(place.who.id, place.counter) for place in rest.order()][:2] == [(1, 1), (3, 2)]


@given(line=people(), log=logs, policy=policies, its=counters(1))
def test_the_line_of_one_counter_is_what_pressing_next_again_and_again_gives(
    line: list[Waiting], log: list[Called], policy: Policy, its: list[CounterView]
) -> None:
    counter, waiting, pressed = its[0], list(line), []
    past = list(log)
    while choice := next_call(waiting, counter, past, policy, minute(120), ALL_DAY):
        chosen = next(who for who in waiting if who.id == choice.ticket)
        waiting.remove(chosen)
        pressed.append(choice)
        past.append(Called(1, chosen.id, choice.reason.code, chosen.booked, chosen.priority, minute(120 + len(past) / 1000)))
    order = line_order(line, [counter], log, policy, minute(120), ALL_DAY)
    assert [place.choice for place in order if place.counter == counter.id] == pressed


@given(line=people(), log=logs, policy=policies, its=counters(3))
def test_a_line_may_be_asked_again_and_again(
    line: list[Waiting], log: list[Called], policy: Policy, its: list[CounterView]
) -> None:
    asked = Line(tuple(line), tuple(its), tuple(log), policy, minute(120), WARD_DAY, TEN)
    next_ones = [asked.next_call(counter.id) for counter in its]
    assert asked.order() == asked.order()
    assert [asked.next_call(counter.id) for counter in its] == next_ones
    assert next_ones == [next_call(line, counter, log, policy, minute(120), WARD_DAY, its) for counter in its]


@given(line=people(), log=logs, policy=policies, its=counters(1))
def test_the_first_of_the_line_is_the_one_the_counter_calls_now(
    line: list[Waiting], log: list[Called], policy: Policy, its: list[CounterView]
) -> None:
    order = line_order(line, its, log, policy, minute(120), ALL_DAY, TEN)
    choice = next_call(line, its[0], log, policy, minute(120), ALL_DAY, its)
    assert next((p.choice for p in order if p.counter == its[0].id), None) == choice


@st.composite
def comers(draw: st.DrawFn) -> list[Waiting]:
    """People who come in the hour after minute 120, in whole minutes."""
    found = []
    for number in range(20_001, 20_001 + draw(st.integers(0, 8))):
        at, service, priority = draw(st.integers(121, 180)), draw(st.sampled_from("ABC")), draw(st.booleans())
        if draw(st.booleans()):
            lead = draw(st.none() | st.sampled_from([0, 30]))
            found.append(booked(number, draw(st.integers(110, 240)), at, service, priority=priority, lead=lead))
        else:
            found.append(walk_in(number, at, service, priority=priority))
    return found


@given(line=people(), coming=comers(), log=logs, policy=policies, its=counters(3))
def test_at_every_call_of_a_replay_the_rule_would_call_the_same_person(
    line: list[Waiting], coming: list[Waiting], log: list[Called], policy: Policy, its: list[CounterView]
) -> None:
    clock = MomentClock(minute(120), WARD_DAY)
    present, takers = {who.id: standing(who, policy, clock) for who in line}, takers_of(its)
    replay = Replay(Rule(policy, clock), [People(view, present, takers) for view in its], turns_by_counter(log))

    def played() -> list[tuple[int, int, Waiting, str]]:
        theirs = [Coming(clock.at(who.checked_in_at), standing(who, policy, clock)) for who in coming]
        steps = replay.run(dict(present), lambda _who: microseconds(7), {}, theirs, [who.id for who in coming])
        return [(at, counter, person.who, code) for at, counter, person, code in steps]

    waiting, past, views = [*line, *coming], list(log), {view.id: view for view in its}
    for at, counter, who, code in played():
        now = clock.instant(at)
        here = [each for each in waiting if each.checked_in_at <= now]
        choice = next_call(here, views[counter], past, policy, now, WARD_DAY, its)
        assert choice
        assert (choice.ticket, choice.reason.code) == (who.id, code)
        waiting.remove(who)
        past.append(Called(counter, who.id, code, who.booked, who.priority, now))
    assert not [who for who in waiting if any(view.takes(who) for view in its)]
    assert played() == played(), "nothing of a replay is left in the next one"


def test_a_line_of_two_hundred_is_ordered_quickly() -> None:
    numbers = random.Random(7)
    line = [
        booked(i, numbers.randrange(0, 240, 15), numbers.randrange(120), numbers.choice("ABC"))
        if i % 2
        else walk_in(i, numbers.random() * 120, numbers.choice("ABC"), priority=not i % 5)
        for i in range(200)
    ]
    its = [CounterView(i, tuple("ABC"[: 1 + i % 3]), minute(0)) for i in range(1, 7)]
    started = time.perf_counter()
    order = line_order(line, its, [], Policy(), minute(120), WARD_DAY, TEN)
    ahead_of_each(order, its)
    assert time.perf_counter() - started < 0.3, "200 people are ordered in about 0.05 s; this leaves room for a busy machine"
