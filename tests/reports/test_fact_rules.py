"""What one visit counts as in the figures: the cases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.fact_rules import Kept, Part, Promised, Punctual, Stretch, Visit, kept, parts_of, percentile, punctual
from reports.rules import MANY, spread_of, spread_of_tally

NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EVENING = NINE + timedelta(hours=9)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


State = tuple[str, float, float | None] | tuple[str, float, float | None, int]


def visit(
    *states: State,
    state: str = "done",
    arrived: float = 0,
    slot: float | None = None,
    arrival: str | None = None,
    calls: tuple[float, ...] | None = None,
) -> Visit:
    """A visit told in minutes after nine: (state, from, until, service). A name that ends in "+" goes on to a further service."""
    stretches = tuple(
        Stretch(
            name.rstrip("+"), NINE + minutes(since), None if until is None else NINE + minutes(until), *(service or [1]),
            counter=7 if name in ("called", "serving") else None, staff=9 if name in ("called", "serving") else None,
            further=name.endswith("+"),
        )
        for name, since, until, *service in states
    )  # fmt: skip
    told = tuple(stretch.since for stretch in stretches if stretch.state == "called")
    counted = told if calls is None else tuple(NINE + minutes(call) for call in calls)
    return Visit(NINE + minutes(arrived), state, stretches, counted, None if slot is None else NINE + minutes(slot), arrival)


def parts(told: Visit) -> list[Part]:
    return parts_of(told, UTC)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(visit(("waiting", 0, 12), ("called", 12, 13), ("serving", 13, 20)), 12, id="a walk-in waits from arrival"),
        pytest.param(
            visit(("waiting", 0, 25), ("called", 25, None), slot=20, arrival="on_time"), 5, id="a booked one from the slot"
        ),
        pytest.param(
            visit(("waiting", 25, 32), ("called", 32, None), arrived=25, slot=20, arrival="on_time"),
            7,
            id="or from arrival after it",
        ),
        pytest.param(visit(("waiting", 0, 15), ("called", 15, None), slot=20, arrival="on_time"), 0, id="called early: no wait"),
        pytest.param(
            visit(("waiting", 0, 5), ("held", 5, 25), ("waiting", 25, 30), ("called", 30, None)), 10, id="holding does not count"
        ),
        pytest.param(
            visit(("waiting", 0, 5), ("called", 5, 6), ("waiting", 6, 40), ("called", 40, 41)), 5, id="the first call ends it"
        ),
        pytest.param(visit(("waiting", 0, None), state="waiting"), None, id="not called yet"),
    ],
)
def test_waiting_is_counted_from_being_due_to_the_first_call(told: Visit, expected: float | None) -> None:
    assert parts(told)[0].waited_s == (None if expected is None else expected * 60)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(visit(("waiting", 0, 1), ("called", 1, 2), ("serving", 2, 10)), 8, id="the time of serving"),
        pytest.param(visit(("serving", 2, 10), ("held", 10, 30), ("serving", 30, 33)), 11, id="two parts, without the holding"),
        pytest.param(visit(("called", 1, 2), ("waiting", 2, 5), ("called", 5, 9)), 4, id="no serve pressed: from the last call"),
        pytest.param(visit(("called", 1, 2), ("serving", 2, None), state="serving"), None, id="still being served"),
        pytest.param(visit(("called", 1, 2), ("missed", 2, None), state="missed"), None, id="did not turn up"),
        pytest.param(visit(), None, id="nothing recorded"),
    ],
)
def test_service_time_is_the_time_of_serving_of_finished_visits(told: Visit, expected: float | None) -> None:
    assert parts(told)[0].served_s == (None if expected is None else expected * 60)


A, B = 1, 2
TWO_SERVICES = (
    ("waiting", 0, 10, A), ("called", 10, 11, A), ("serving", 11, 20, A),
    ("waiting+", 20, 26, B), ("called", 26, 27, B), ("serving", 27, 30, B),
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(visit(*TWO_SERVICES), [(A, 600, 540), (B, 360, 180)], id="each service has its own wait and time"),
        pytest.param(visit(*TWO_SERVICES[:4], state="waiting"), [(A, 600, 540), (B, None, None)], id="and waits for the second"),
        pytest.param(
            visit(*TWO_SERVICES[:3], ("waiting+", 20, 20.1, B), ("serving", 20.1, 25, A)),
            [(A, 600, 834)],
            id="going on that was taken back begins nothing",
        ),
        pytest.param(
            visit(("waiting", 0, 2, A), ("waiting", 2, 9, B), ("called", 9, 10, B), ("serving", 10, 12, B)),
            [(B, 540, 120)],
            id="what was done counts, not what was asked for",
        ),
        pytest.param(
            visit(("waiting", 0, 2, A), ("called", 2, 3, A), ("waiting", 3, 9, B), ("called", 9, 10, B), ("serving", 10, 12, B)),
            [(B, 120, 120)],
            id="a transfer is one part",
        ),
        pytest.param(
            visit(("called", 0, 4, A), ("waiting+", 4, None, B), state="waiting"),
            [(A, 0, 240), (B, None, None)],
            id="without serve",
        ),
        pytest.param(visit(), [(0, None, None)], id="nothing recorded"),
    ],
)
def test_a_visit_is_cut_into_what_was_done_for_each_service(
    told: Visit, expected: list[tuple[int, int | None, int | None]]
) -> None:
    assert [(part.service, part.waited_s, part.served_s) for part in parts(told)] == expected


def test_a_part_tells_where_by_whom_and_in_which_hours() -> None:
    [part] = parts(visit(("waiting", 0, 70), ("called", 70, 71), ("serving", 71, 80)))
    assert (part.counter, part.staff, part.hour, part.served_hour) == (7, 9, 2, 3)


def booked(called: float | None, **more: object) -> Visit:
    waiting = ("waiting", 0.0, called)
    states = (waiting, ("called", called, None)) if called is not None else (waiting,)
    return visit(*states, slot=20, **{"arrival": "on_time", **more})  # type: ignore[arg-type]  # test shorthand


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        pytest.param(booked(25), EVENING, True, id="5 minutes after the slot"),
        pytest.param(booked(25.1), EVENING, False, id="later than that"),
        pytest.param(booked(10), EVENING, True, id="before the slot"),
        pytest.param(booked(29, arrived=25), EVENING, True, id="counted from a check-in after the slot's start"),
        pytest.param(booked(25, arrival="expected"), EVENING, True, id="who came early is punctual"),
        pytest.param(booked(25, arrival="late"), EVENING, None, id="who came late is not counted"),
        pytest.param(booked(None, state="waiting"), NINE + minutes(25), None, id="not decided yet"),
        pytest.param(booked(None, state="waiting"), NINE + minutes(26), False, id="not called in time"),
        pytest.param(
            visit(("waiting", 0, 10), ("cancelled", 10, None), state="cancelled", slot=20, arrival="on_time"),
            EVENING,
            None,
            id="left before the time was over",
        ),
        pytest.param(visit(("called", 3, None)), EVENING, None, id="walk-ins are not counted"),
    ],
)
def test_punctual_booked_people_are_called_within_five_minutes(told: Visit, now: datetime, expected: bool | None) -> None:
    assert judged(punctual(told), now) is expected


def judged(found: Punctual | None, now: datetime) -> bool | None:
    """As the figures judge it when they are read."""
    if found is None:
        return None
    return False if found.limit_at is not None and found.limit_at < now else found.on_time


def test_a_call_that_was_taken_back_is_no_call() -> None:
    states = (("waiting", 0.0, 5.0), ("called", 5.0, 5.5), ("waiting", 5.5, 12.0), ("called", 12.0, None))
    assert parts(visit(*states, state="called", calls=(12,)))[0].waited_s == 11.5 * 60


@pytest.mark.parametrize(
    ("called", "held"),
    [(10, True), (9.6, True), (9.4, False), (20, True), (20.4, True), (20.6, False), (0, False)],
)
def test_a_range_holds_in_whole_minutes(called: float, held: bool) -> None:
    told = Visit(NINE, "done", (), (NINE + minutes(called),), promised=Promised(NINE, 15, 10, 20))
    assert kept(told) == Kept(round(abs(called - 15) * 60), held)


def test_who_was_told_nothing_or_not_called_does_not_count() -> None:
    assert kept(Visit(NINE, "done", (), (NINE,))) is None
    assert kept(Visit(NINE, "waiting", (), (), promised=Promised(NINE, 15, 10, 20))) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], (None, None)), ([4], (4, 4)), ([1, 2, 3, 4], (2, 4)), ([10, 1, 2, 3, 4, 5, 6, 7, 8, 9], (5, 9))],
)
def test_percentiles_are_times_that_occurred(values: list[int], expected: tuple[int | None, int | None]) -> None:
    assert (percentile(values, 50), percentile(values, 90)) == expected


@given(st.lists(st.integers(0, 30_000), min_size=1))
def test_the_median_is_never_above_the_90th_percentile_and_both_occurred(times: list[int]) -> None:
    middle, high = percentile(times, 50), percentile(times, 90)
    assert middle is not None
    assert high is not None
    assert middle <= high
    assert {middle, high} <= set(times)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_many_times_counted_are_those_put_in_order(times: list[int]) -> None:
    assert spread_of(times) == spread_of_tally(Counter(times))
    often = times * (MANY // len(times) + 1)
    assert spread_of(often).p50 == percentile(often, 50)
    assert spread_of(often).p90 == percentile(often, 90)
    assert spread_of(often).mean == pytest.approx(sum(times) / len(times))
