"""The figures a head is shown are what they are said to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules import Share, Stretch, Visit, by_service, called_on_time, figures, served_for, spread, waited

NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EVENING = NINE + timedelta(hours=9)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def visit(
    *states: tuple[str, float, float | None],
    state: str = "done",
    arrived: float = 0,
    slot: float | None = None,
    arrival: str | None = None,
    service: str = "A",
) -> Visit:
    """A visit told in minutes after nine: (state, from, until)."""
    stretches = tuple(
        Stretch(name, NINE + minutes(since), None if until is None else NINE + minutes(until)) for name, since, until in states
    )
    slot_at = None if slot is None else NINE + minutes(slot)
    called_at = next((stretch.since for stretch in stretches if stretch.state == "called"), None)
    return Visit(service, NINE + minutes(arrived), state, stretches, called_at, slot_at, arrival)


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
    assert waited(told) == (None if expected is None else minutes(expected))


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
    assert served_for(told) == (None if expected is None else minutes(expected))


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
    assert called_on_time(told, now) is expected


def test_a_call_that_was_taken_back_is_no_call() -> None:
    told = visit(("waiting", 0, 5), ("called", 5, 5.5), ("waiting", 5.5, 12), ("called", 12, None), state="called")
    assert waited(replace(told, called_at=NINE + minutes(12))) == minutes(11.5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([4], (4, 4, 4)),
        ([1, 2, 3, 4], (2.5, 2, 4)),
        ([10, 1, 2, 3, 4, 5, 6, 7, 8, 9], (5.5, 5, 9)),
    ],
)
def test_percentiles_are_times_that_occurred(values: list[float], expected: tuple[float, ...] | None) -> None:
    found = spread([*map(minutes, values), None])
    assert (found and (found.mean, found.p50, found.p90)) == (expected and tuple(map(minutes, expected)))


@given(st.lists(st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=9)), min_size=1))
def test_the_median_is_never_above_the_90th_percentile_and_both_occurred(times: list[timedelta]) -> None:
    found = spread(times)
    assert found is not None
    assert min(times) <= found.p50 <= found.p90 <= max(times)
    assert {found.p50, found.p90} <= set(times)


def test_a_day_is_summed_up_as_a_whole_and_by_service() -> None:
    day = [
        visit(("waiting", 0, 10), ("called", 10, 11), ("serving", 11, 21)),
        visit(("waiting", 0, 20), ("called", 20, None), state="called"),
        visit(("waiting", 0, None), state="waiting", service="B"),
    ]
    whole = figures(day, 3, EVENING)
    assert (whole.taken, whole.served, whole.no_shows) == (3, 1, 3)
    assert whole.wait is not None
    assert (whole.wait.count, whole.wait.mean) == (2, minutes(15))
    assert whole.punctual == Share(0, 0)
    assert whole.punctual.percent is None
    parts = by_service(day, {"C": 3}, EVENING)
    assert {code: (part.taken, part.served, part.no_shows) for code, part in parts.items()} == {
        "A": (2, 1, 0),
        "B": (1, 0, 0),
        "C": (0, 0, 3),
    }
