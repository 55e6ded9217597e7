"""A day replayed: what the simulator may and may not do, whatever the day."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing.policy import Policy
from queueing.simulation_files import DayCounter, Person, WardDay
from queueing.simulation_report import overtakings, summary
from queueing.simulator import Moment, Replayed, Served, Told, at, simulate
from queueing.ward_days import KINDS, generate
from tests.queueing.line_builders import policies

DAYS = 100
"""As many as the targets are stated for."""


def walk_in(name: str, arrives: float, service: str = "A", minutes: float = 10, priority: bool = False) -> Person:
    return Person(name, "walk_in", service, arrives, None, minutes, priority)


def booked(name: str, slot: float, arrives: float | None, service: str = "A", minutes: float = 10) -> Person:
    return Person(name, "booked", service, arrives, slot, minutes)


def counter(name: str = "1", services: str = "A", *spans: tuple[float, float]) -> DayCounter:
    return DayCounter(name, tuple(services), spans or ((0, 210),))


def calls(people: list[Person], *counters: DayCounter, **policy: object) -> list[tuple[str, str, float, str]]:
    """Who was called where, when and why."""
    day = WardDay(tuple(people), counters or (counter(),))
    its = Policy(**policy)  # type: ignore[arg-type]  # by name
    return [(who.person.person, who.counter, who.called, who.reason) for who in simulate(day, its).served]


# --- by example -------------------------------------------------------------------------------------------------------


def test_people_are_called_as_the_counter_is_free_and_as_the_rule_says() -> None:
    people = [walk_in("w1", 0), walk_in("w2", 1), walk_in("w3", 2), booked("b1", 30, 3, minutes=4)]
    assert calls(people) == [
        ("w1", "1", 0, "walk_in"), ("w2", "1", 10, "walk_in"), ("w3", "1", 20, "walk_in"), ("b1", "1", 30, "booked"),
    ]  # fmt: skip


def test_a_booking_goes_first_from_its_lead_on_and_early_rather_than_nobody() -> None:
    people = [walk_in("w1", 0), walk_in("w2", 1), booked("b1", 15, 5), booked("b2", 60, 8)]
    assert [who[0::3] for who in calls(people)] == [("w1", "walk_in"), ("b1", "booked"), ("w2", "walk_in"), ("b2", "early")]


def test_who_comes_too_late_is_a_walk_in_from_then_on() -> None:
    day = WardDay(
        (booked("b1", 0, 11), booked("b2", 0, 10.9, minutes=4), walk_in("w1", 10.5, minutes=4), walk_in("w0", 0, minutes=22)),
        (counter(),),
    )
    served = simulate(day, Policy()).served
    assert [(who.person.person, who.kind, who.due, who.reason) for who in served] == [
        ("w0", "walk_in", 0, "walk_in"),
        ("b2", "booked", 10.9, "booked"),
        ("w1", "walk_in", 10.5, "walk_in"),
        ("b1", "late", 11, "late"),
    ]


def test_who_never_comes_is_never_called_and_blocks_nobody() -> None:
    day = WardDay((booked("b1", 0, None), walk_in("w1", 1)), (counter(),))
    replayed = simulate(day, Policy())
    assert [who.person.person for who in replayed.served] == ["w1"]
    assert replayed.never_came == 1


def test_before_opening_and_over_lunch_nobody_is_called() -> None:
    people = [walk_in("w1", -10), walk_in("w2", 25), walk_in("w3", 35)]
    lunch = counter("1", "A", (0, 30), (60, 90))
    assert [who[2] for who in calls([*people, walk_in("w0", -20, minutes=28)], lunch)] == [0, 28, 60, 70]


def test_counters_open_at_the_last_closing_serve_on_until_nobody_waits() -> None:
    people = [walk_in("w1", 85, minutes=20), walk_in("w2", 86), walk_in("w3", 89), walk_in("w4", 130)]
    until_90, until_60 = counter("1", "A", (0, 90)), counter("2", "A", (0, 60))
    assert [who[:3] for who in calls(people, until_90, until_60)] == [
        ("w1", "1", 85), ("w2", "1", 105), ("w3", "1", 115), ("w4", "1", 130),
    ]  # fmt: skip


def test_a_service_whose_counters_close_early_is_served_on_there_and_nothing_else_is() -> None:
    people = [walk_in("b1", 0, "B", 70), walk_in("b2", 5, "B"), walk_in("a1", 62), walk_in("a2", 63)]
    assert [who[:3] for who in calls(people, counter("1", "A", (0, 90)), counter("2", "BA", (0, 60)))] == [
        ("b1", "2", 0), ("a1", "1", 62), ("b2", "2", 70), ("a2", "1", 72),
    ]  # fmt: skip


def test_of_free_counters_the_one_with_fewest_services_calls() -> None:
    assert calls([walk_in("w1", 5)], counter("1", "AB"), counter("2", "A"))[0][1] == "2"


def test_plain_first_come_goes_by_arrival_alone() -> None:
    people = [walk_in("w0", 0), booked("b1", 15, 9), walk_in("w1", 8), walk_in("w2", 9.5, priority=True)]
    assert [who[0::3] for who in calls(people, order="fifo")] == [
        ("w0", "arrival"), ("w1", "arrival"), ("b1", "arrival"), ("w2", "arrival"),
    ]  # fmt: skip


def test_the_forecaster_sees_what_an_office_knows_at_check_in_and_nothing_more() -> None:
    moments: list[Moment] = []

    def remember(moment: Moment) -> dict[int, Told]:
        moments.append(moment)
        return {who.id: Told(3, 1, 5) for who in moment.line.waiting}

    people = [
        walk_in("w1", 0, minutes=12.5),
        walk_in("w2", 14, "B", 20),
        booked("b1", 30, 29),
        booked("b2", 0, None),
        walk_in("w3", 40),
    ]
    day = WardDay(tuple(people), (counter("1", "AB"), counter("2", "A", (20, 90))), {"A": 8.0})
    served = simulate(day, Policy(), remember).served
    assert [who.told for who in served] == [Told(3, 1, 5)] * 4
    second, last = moments[1], moments[-1]
    assert [who.service for who in second.line.waiting] == ["B"]
    assert [view.id for view in second.line.counters] == [1], "counter 2 is not open yet"
    assert [len(desk.hours) for desk in second.desks] == [1, 1]
    assert second.expected == tuple(e for e in moments[0].expected if e.slot_at == at(30)), "0 + late has passed"
    assert second.finished == (("A", 12.5),)
    assert moments[2].desks[0].serving == "B"
    assert moments[2].desks[0].since == at(14)
    assert last.expected == ()
    assert last.catalogue == {"A": 8.0}


# --- whatever the day -------------------------------------------------------------------------------------------------

SERVICES = "ABC"
half_minutes = st.integers(-20, 260).map(lambda half: half / 2)
closing = st.sampled_from(
    [((0.0, 60.0),), ((0.0, 90.0),), ((10.0, 90.0),), ((0.0, 40.0), (55.0, 90.0)), ((0.0, 30.0), (30.5, 60.0))]
)


@st.composite
def ward_days(draw: st.DrawFn) -> WardDay:
    """A small day of any kind: counters with services and hours of their own, people who come early, late or never."""
    lists = st.lists(st.sampled_from(SERVICES), unique=True, min_size=1).map(tuple)
    counters = [DayCounter(str(n), draw(lists), draw(closing)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    taken = sorted({service for each in counters for service in each.services})
    return WardDay(tuple(draw(person(n, taken)) for n in range(draw(st.integers(0, 20)))), tuple(counters))


@st.composite
def person(draw: st.DrawFn, number: int, services: list[str]) -> Person:
    slot = draw(st.none() | st.integers(0, 7).map(lambda n: n * 15.0))
    arrives = draw(half_minutes) if slot is None else draw(st.none() | st.integers(-40, 20).map(lambda m, s=slot: s + m))  # type: ignore[misc]
    minutes = draw(st.sampled_from([0.0, 0.5, 5.0, 10.0, 40.0]))
    kind = "walk_in" if slot is None else "booked"
    return Person(f"p{number}", kind, draw(st.sampled_from(services)), arrives, slot, minutes, draw(st.booleans()))  # type: ignore[arg-type]


orders = st.one_of(policies, st.just(Policy()), st.just(Policy(order="fifo")))
few = settings(max_examples=40, deadline=None)


def shown(replayed: Replayed) -> list[tuple[str, str, float, str]]:
    return [(who.person.person, who.counter, who.called, who.reason) for who in replayed.served]


@few
@given(day=ward_days(), policy=orders)
def test_everybody_who_comes_is_called_exactly_once_and_not_before(day: WardDay, policy: Policy) -> None:
    replayed = simulate(day, policy)
    came = sorted(p.person for p in day.people if p.arrives is not None)
    assert sorted(who.person.person for who in replayed.served) == came
    assert replayed.never_came == len(day.people) - len(came)
    assert all(who.called >= who.arrived == who.person.arrives for who in replayed.served)


@few
@given(day=ward_days(), policy=orders)
def test_no_counter_serves_two_at_once_or_what_it_does_not_take(day: WardDay, policy: Policy) -> None:
    services = {c.counter: c.services for c in day.counters}
    free: dict[str, float] = defaultdict(lambda: float("-inf"))
    for who in simulate(day, policy).served:
        assert who.person.service in services[who.counter]
        assert who.called >= free[who.counter] - 1e-6
        free[who.counter] = who.called + who.person.minutes


@few
@given(day=ward_days(), policy=orders)
def test_no_open_counter_is_idle_while_somebody_it_takes_waits(day: WardDay, policy: Policy) -> None:
    """And a closed one calls nobody, unless nobody else takes the service any more."""
    served = simulate(day, policy).served
    last = {s: max(c.closes for c in day.counters if s in c.services) for c in day.counters for s in c.services}
    for each in day.counters:
        visits = sorted((who.called, who.called + who.person.minutes) for who in served if who.counter == each.counter)
        for who in served:
            if who.person.service not in each.services:
                continue
            hours = list(each.spans)
            if last[who.person.service] == each.closes:
                hours.append((each.closes, 10_000.0))
            if who.counter == each.counter:
                assert any(opens - 1e-6 <= who.called < closes for opens, closes in hours)
            for opens, closes in hours:
                idle = _uncovered(max(opens, who.arrived), min(closes, who.called), visits)
                assert idle < 1e-6, f"{each.counter} is idle for {idle} minutes while {who.person.person} waits"


def _uncovered(start: float, end: float, visits: list[tuple[float, float]]) -> float:
    """How many minutes between start and end lie in none of the visits."""
    idle = max(0.0, end - start)
    for begins, ends in visits:
        idle -= max(0.0, min(end, ends) - max(start, begins))
    return idle


@few
@given(day=ward_days(), policy=orders, shuffle=st.randoms(use_true_random=False))
def test_the_same_day_gives_the_same_calls_in_whatever_order_it_is_written_down(
    day: WardDay, policy: Policy, shuffle: random.Random
) -> None:
    first = simulate(day, policy)
    people, counters = list(day.people), list(day.counters)
    shuffle.shuffle(people)
    shuffle.shuffle(counters)
    assert shown(simulate(day, policy)) == shown(first)
    assert shown(simulate(replace(day, people=tuple(people), counters=tuple(counters)), policy)) == shown(first)


@few
@given(day=ward_days(), policy=orders, chance=st.randoms(use_true_random=False))
def test_no_call_depends_on_how_long_a_visit_that_has_not_ended_will_be(
    day: WardDay, policy: Policy, chance: random.Random
) -> None:
    """The policy never sees `minutes` ahead of time: one visit made longer changes no call until it would have ended."""
    served = simulate(day, policy).served
    if not served:
        return
    one = chance.choice(served)
    longer = replace(day, people=tuple(replace(p, minutes=p.minutes + 7) if p == one.person else p for p in day.people))
    until = one.called + one.person.minutes
    assert _before(simulate(longer, policy).served, until) == _before(served, until)


def _before(served: tuple[Served, ...], until: float) -> list[tuple[str, str, float, str]]:
    return [(who.person.person, who.counter, who.called, who.reason) for who in served if who.called < until - 1e-6]


@few
@given(day=ward_days(), policy=policies)
def test_a_walk_in_over_the_guard_is_overtaken_at_most_as_often_as_stated(day: WardDay, policy: Policy) -> None:
    """At most (b + m) x (ratio + 1) times: b have waited as long, m counters take the service."""
    _check_overtakings(simulate(day, policy))


@pytest.mark.parametrize("policy", [Policy(), Policy(ratio=1, guard=15), Policy(priority="all", interleave=2)])
def test_on_crowded_ward_days_nobody_is_overtaken_more_often_than_stated(policy: Policy) -> None:
    crowded = replace(KINDS["ward"], load=1.15)
    found = [_check_overtakings(simulate(generate(crowded, seed), policy)) for seed in range(3)]
    assert sum(found) > 100, "nobody waited long, so nothing was shown"


def _check_overtakings(replayed: Replayed) -> int:
    found = overtakings(replayed)
    for who, over, times in found:
        as_long = sum(o.kind != "booked" and o.due <= who.due and o.called >= over for o in replayed.served) - 1
        taking = sum(who.person.service in counter.services for counter in replayed.counters)
        assert times <= (as_long + taking) * (replayed.policy.ratio + 1)
    return len(found)


# --- on invented days: the targets -----------------------------------------------------------------------------------


def replay(kind: str, policy: Policy) -> dict[str, object]:
    return summary([simulate(generate(KINDS[kind], seed), policy) for seed in range(DAYS)])


@pytest.mark.parametrize(("kind", "within_5"), [("even", 0.97), ("long", 0.90)])
def test_punctual_people_are_called_on_time_and_nobody_pays_more_than_two_per_cent(kind: str, within_5: float) -> None:
    """At 95 % load, half of the people booked. Where every counter takes every service; where a long one has only two of five."""
    started = time.perf_counter()
    rule, fifo = replay(kind, Policy()), replay(kind, Policy(order="fifo"))
    assert time.perf_counter() - started < 60, "two hundred days take about three seconds; this leaves room for a busy machine"
    assert rule["punctual"]["within_5"] >= within_5  # type: ignore[index]
    assert fifo["punctual"]["within_5"] < 0.7  # type: ignore[index]
    assert rule["wait"]["all"]["mean"] <= fifo["wait"]["all"]["mean"] * 1.02  # type: ignore[index]
    assert rule["stay"]["all"] <= fifo["stay"]["all"] * 1.02  # type: ignore[index]
