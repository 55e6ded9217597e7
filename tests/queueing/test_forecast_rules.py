"""How long somebody will wait: what must hold of every answer, and a table of moments with what is told."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.forecast_rules import COMES, Desk, Expected, Scene, Serving, Wait, chance_to_come, forecast, outlook
from queueing.policy import Policy
from queueing.rules import CounterView, Waiting
from queueing.service_times import ServiceTime
from queueing.waiting_rules import Span
from tests.queueing.line_builders import WARD_DAY, booked, counters, logs, minute, people, policies, walk_in

TIMES = {service: ServiceTime.of_mean(10) for service in "ABC"}
NOW = 60


def desk(number: int, services: str = "A", since: float | None = None, **more: Any) -> Desk:
    """A counter that is free, or serves an A since the minute `since`."""
    serving = None if since is None else Serving("A", minute(since))
    view = CounterView(number, tuple(services), None if serving else minute(0))
    return Desk(view, more.pop("hours", WARD_DAY), serving=serving, **more)


def scene(*waiting: Waiting, desks: list[Desk], now: float = NOW, **more: Any) -> Scene:
    return Scene(waiting, tuple(desks), (), Policy(), minute(now), WARD_DAY, TIMES, **more)


def wait_of(ticket: int, moment: Scene) -> Wait:
    return forecast(moment)[ticket]


LINE = [walk_in(number, 40 + number) for number in range(1, 11)]


def test_at_an_idle_counter_nobody_waits() -> None:
    assert wait_of(1, scene(walk_in(1, 60), desks=[desk(1)])) == Wait(0, 0, 2)


def test_the_tenth_at_one_counter_waits_for_nine_visits() -> None:
    wait = wait_of(10, scene(*LINE, desks=[desk(1)]))
    assert 80 <= wait.median <= 100
    assert wait.low < wait.median < wait.high


def test_two_counters_halve_the_wait() -> None:
    one, two = (wait_of(10, scene(*LINE, desks=[desk(n) for n in range(1, 1 + count)])) for count in (1, 2))
    assert 0.4 * one.median <= two.median <= 0.6 * one.median


def test_a_counter_that_does_not_take_the_service_does_not_help() -> None:
    assert wait_of(10, scene(*LINE, desks=[desk(1), desk(2, "B")])) == wait_of(10, scene(*LINE, desks=[desk(1)]))


def test_a_visit_that_has_begun_long_ago_ends_sooner() -> None:
    just, long_ago = (wait_of(1, scene(walk_in(1, 59), desks=[desk(1, since=since)])) for since in (60, 52))
    assert long_ago.median < just.median


def test_long_visits_are_waited_for_longer() -> None:
    moment = scene(*LINE, desks=[desk(1)])
    assert wait_of(10, replace(moment, times={"A": ServiceTime.of_mean(20)})).median > 1.8 * wait_of(10, moment).median


def test_a_household_takes_as_long_as_its_people() -> None:
    line = [walk_in(1, 50), walk_in(2, 51)]
    moment = scene(*line, desks=[desk(1)])
    assert wait_of(2, replace(moment, shares={1: 4.0})).median > 3 * wait_of(2, moment).median


def test_the_line_stands_still_over_lunch() -> None:
    line = [walk_in(number, 190 + number / 100) for number in range(1, 6)]
    wait = wait_of(5, scene(*line, desks=[desk(1)], now=195))
    assert wait.low >= 330 - 195, "forty minutes of visits do not fit into the fifteen before lunch"
    assert wait.median < 330 - 195 + 40


def test_a_counter_opens_when_it_is_planned_to() -> None:
    afternoon = desk(1, hours=(Span(minute(330), minute(540)),))
    assert wait_of(1, scene(walk_in(1, 60), desks=[afternoon])).low == 270


def test_a_pause_is_waited_for() -> None:
    assert wait_of(1, scene(walk_in(1, 60), desks=[desk(1, from_at=minute(80))])).median == 20
    unsaid = wait_of(1, scene(walk_in(1, 60), desks=[desk(1, from_at=minute(60), delay=timedelta(minutes=15))]))
    assert unsaid.low < 5
    assert unsaid.high > 20


def test_bookings_still_expected_are_served_before_a_walk_in() -> None:
    line = [walk_in(1, 60), walk_in(2, 60)]
    coming = tuple(Expected("A", minute(65)) for _each in range(3))
    alone, with_them = (wait_of(2, scene(*line, desks=[desk(1, since=60)], expected=them)) for them in ((), coming))
    assert with_them.median >= alone.median + 15


def test_a_booking_that_can_only_come_too_late_is_behind_the_walk_ins() -> None:
    line, coming = [walk_in(1, 60), walk_in(2, 60)], tuple(Expected("A", minute(69)) for _each in range(3))
    with_them = scene(*line, desks=[desk(1, since=69)], now=70, expected=coming)
    alone = replace(with_them, expected=())
    assert wait_of(2, replace(with_them, policy=Policy(late=0))).high == wait_of(2, alone).high
    assert wait_of(2, with_them).high > wait_of(2, alone).high + 5


def test_who_books_and_lets_wait_for_it_is_expected_less_and_less() -> None:
    chances = [chance_to_come(Expected("A", minute(60)), minute(now)) for now in (0, 55, 60, 65, 70)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == pytest.approx(COMES)
    assert chances[-1] < 0.2


def test_a_booked_person_is_called_at_the_hour_not_after_the_line() -> None:
    line = [*LINE, booked(99, 90, 55)]
    assert abs(wait_of(99, scene(*line, desks=[desk(1)])).median - 30) <= 8


def test_nobody_knows_how_long_it_takes_where_no_counter_is_planned() -> None:
    assert forecast(scene(walk_in(1, 60, "C"), desks=[desk(1)])) == {}


def test_who_takes_a_number_now_waits_a_visit_longer_than_the_last() -> None:
    found = outlook(scene(*LINE, desks=[desk(1, "AB")]), ["A", "B"])
    assert found.joining["A"].median >= found.waits[10].median + 5
    assert set(found.joining) == {"A", "B"}
    assert outlook(scene(*LINE, desks=[desk(1, "AB")]), []).waits == found.waits, "to ask takes nobody's time"


def test_a_booking_that_may_check_in_any_moment_has_an_answer_of_its_own() -> None:
    soon = Expected("A", minute(70), booking=7)
    found = outlook(scene(walk_in(1, 60), desks=[desk(1, since=60)], expected=(soon,)), [])
    assert 0 <= found.booked[7].low <= found.booked[7].high <= 30


# --- of every scene ---------------------------------------------------------------------------------------------------

expected = st.builds(
    Expected,
    service=st.sampled_from("ABC"),
    slot_at=st.integers(100, 300).map(minute),
    share=st.sampled_from([1.0, 3.0]),
    chance=st.floats(0.3, 0.99),
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    desks = []
    for view in draw(counters(4)):
        since = draw(st.none() | st.integers(30, 120))
        serving = None if since is None else Serving(draw(st.sampled_from("ABC")), minute(since))
        late = draw(st.none() | st.integers(100, 200))
        delay = timedelta(minutes=draw(st.sampled_from([0, 10])))
        desks.append(Desk(replace(view, free_at=None), WARD_DAY, None if late is None else minute(late), serving, delay))
    return Scene(
        tuple(draw(people())),
        tuple(desks),
        tuple(draw(logs)),
        draw(policies),
        minute(120),
        WARD_DAY,
        {service: ServiceTime(draw(st.floats(2, 40)), draw(st.floats(0.15, 1))) for service in "ABC"},
        expected=tuple(draw(st.lists(expected, max_size=6))),
    )


@given(moment=scenes())
def test_every_range_holds_its_median_and_begins_not_before_now(moment: Scene) -> None:
    found = outlook(moment, "ABC")
    for wait in (*found.waits.values(), *found.joining.values()):
        assert 0 <= wait.low <= wait.median <= wait.high
    takers = {who.id for who in moment.waiting if any(each.view.takes(who) for each in moment.desks)}
    assert set(found.waits) == takers, "everybody a counter takes is told something"


@given(moment=scenes(), shuffle=st.randoms(use_true_random=False))
def test_the_same_scene_has_the_same_answer_in_whatever_order_it_is_read(moment: Scene, shuffle: random.Random) -> None:
    mixed = list(moment.waiting)
    shuffle.shuffle(mixed)
    again = replace(moment, waiting=tuple(mixed), desks=tuple(reversed(moment.desks)), log=tuple(reversed(moment.log)))
    assert forecast(again) == forecast(moment)


@given(
    taken=st.lists(st.integers(0, 119), min_size=2, max_size=12, unique=True),
    count=st.integers(1, 4),
    median=st.floats(2, 40),
    coming=st.lists(expected, max_size=6),
    policy=policies,
)
def test_nobody_later_in_a_line_of_one_service_is_forecast_earlier(
    taken: list[int], count: int, median: float, coming: list[Expected], policy: Policy
) -> None:
    line = tuple(walk_in(number, at) for number, at in enumerate(sorted(taken), 1))
    desks = tuple(desk(number, since=110) for number in range(1, count + 1))
    its = [replace(each, service="A") for each in coming]
    moment = Scene(line, desks, (), policy, minute(120), WARD_DAY, {"A": ServiceTime(median)}, expected=tuple(its))
    waits = [forecast(moment)[who.id] for who in line]
    for earlier, later in pairwise(waits):
        assert (earlier.low, earlier.median, earlier.high) <= (later.low, later.median, later.high)
        assert earlier.low <= later.low
        assert earlier.median <= later.median
        assert earlier.high <= later.high


