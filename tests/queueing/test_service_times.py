"""How long visits take, learned from few and from many, with the mistakes every log has."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.service_times import DAYS, ENOUGH, ServiceTime, Visit, learn

TODAY = date(2026, 11, 23)


def visits(minutes: list[float], days_ago: int = 1, service: str = "A") -> list[Visit]:
    return [Visit(service, TODAY - timedelta(days=days_ago), each) for each in minutes]


def learned(seen: list[Visit], estimate: float = 10) -> ServiceTime:
    return learn(seen, TODAY, {"A": estimate})["A"]


def drawn(count: int, median: float, spread: float = 0.4) -> list[float]:
    chance = random.Random(5)
    return [median * exp(chance.gauss(0, spread)) for _each in range(count)]


def test_without_any_visit_the_catalogue_is_believed() -> None:
    assert learned([]).mean == pytest.approx(10)


def test_after_enough_visits_the_catalogue_says_nothing_any_more() -> None:
    seen = visits(drawn(2 * ENOUGH, 20))
    assert learned(seen, estimate=5) == learned(seen, estimate=60)
    assert learned(seen).median == pytest.approx(20, rel=0.1)
    assert learned(visits(drawn(400, 20))).spread == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize("count", [1, 5, 10, 20, 29])
def test_each_visit_moves_the_estimate_a_little_towards_what_is_seen(count: int) -> None:
    fewer, more = learned(visits([20.0] * count)).median, learned(visits([20.0] * (count + 1))).median
    assert learned([]).median < fewer < more <= 20.0001


def test_two_hours_of_a_forgotten_done_and_a_press_by_mistake_change_little() -> None:
    clean = drawn(60, 12)
    spoiled = learned(visits([*clean, 130, 180, 240, 0.01, 0.0]))
    assert spoiled.median == pytest.approx(learned(visits(clean)).median, rel=0.08)
    assert spoiled.mean < 1.2 * learned(visits(clean)).mean, "a mean of the plain minutes would be a third longer"


def test_what_was_done_last_week_counts_more_than_what_was_done_last_month() -> None:
    assert learned([*visits([10.0] * 40, 26), *visits([20.0] * 40, 2)]).median > 15
    assert learned([*visits([10.0] * 40, 2), *visits([20.0] * 40, 26)]).median < 15


def test_visits_of_long_ago_and_of_other_services_are_not_looked_at() -> None:
    assert learned([*visits([60.0] * 99, DAYS + 1), *visits([60.0] * 99, service="B")]) == learned([])


def test_a_household_counts_as_its_people() -> None:
    family = [Visit("A", TODAY, 40, share=4.0)] * ENOUGH
    assert learned(family).median == pytest.approx(10)


def test_the_longer_a_visit_has_lasted_the_longer_it_is_in_all() -> None:
    time = ServiceTime(10, 0.5)
    assert time.left(0, 0.5) == pytest.approx(10)
    assert 10 < 10 + time.left(10, 0.5) < 20 + time.left(20, 0.5)
    assert time.left(600, 0.5) == 60, "of one that outlasts all others nobody knows"


@given(
    lasted=st.floats(0, 600), chance=st.floats(0.01, 0.98), median=st.floats(1, 90), spread=st.floats(0.15, 1.0)
)
def test_what_is_left_of_a_visit_is_never_negative_and_grows_with_the_chance(
    lasted: float, chance: float, median: float, spread: float
) -> None:
    time = ServiceTime(median, spread)
    assert 0 <= time.left(lasted, chance) <= time.left(lasted, chance + 0.01) + 1e-9


@given(minutes=st.lists(st.floats(0, 500), max_size=80), estimate=st.floats(1, 60), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_visits_does_not_matter_and_the_result_is_a_time(
    minutes: list[float], estimate: float, shuffle: random.Random
) -> None:
    time = learned(visits(minutes), estimate)
    assert time.median > 0
    assert 0 < time.spread <= 1
    shuffled = list(minutes)
    shuffle.shuffle(shuffled)
    again = learned(visits(shuffled), estimate)
    assert (again.median, again.spread) == pytest.approx((time.median, time.spread))
