"""Whether a number taken now would still be called before a break or the end of the day, and what is told of counters to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queueing.closing_rules import Verdict, verdict
from queueing.desk_rules import LATE, PAUSE, SOON, Calling, CounterNow, all_calling, calling, hoped_for, joined
from queueing.forecast_rules import Wait
from queueing.prospects import Prospect
from queueing.waiting_rules import Span
from tests.queueing.line_builders import WARD_DAY, minute

MORNING, AFTERNOON = WARD_DAY
FITS, CLOSING = Verdict(), Verdict("closing")
AFTER_LUNCH = Verdict("after_break", AFTERNOON.start)


@pytest.mark.parametrize(
    ("now", "called", "hours", "said"),
    [
        (60, 209, WARD_DAY, FITS),
        (60, 210, WARD_DAY, AFTER_LUNCH),
        (200, 400, WARD_DAY, AFTER_LUNCH),
        (200, 540, WARD_DAY, CLOSING),
        (400, 539, WARD_DAY, FITS),
        (400, 540, WARD_DAY, CLOSING),
        (-10, 5, WARD_DAY, FITS),
        (-10, 400, WARD_DAY, FITS),
        (250, 335, WARD_DAY, FITS),
        (250, 560, WARD_DAY, CLOSING),
        (600, 600, WARD_DAY, CLOSING),
        (200, 220, (MORNING,), CLOSING),
        (60, None, WARD_DAY, FITS),
        (60, 9999, (), FITS),
    ],
)
def test_a_number_is_given_while_it_will_be_called(
    now: float, called: float | None, hours: tuple[Span, ...], said: Verdict
) -> None:
    assert verdict(None if called is None else minute(called), hours, minute(now)) == said


# --- counters to come -------------------------------------------------------------------------------------------------


def counter(
    state: str, now: float, *, planned: bool = True, since: float | None = None, back: float | None = None
) -> Calling | None:
    """When a counter of the ward calls that stands like this since the minute `since`."""
    stands = CounterNow(
        state, planned, WARD_DAY, None if since is None else minute(since), None if back is None else minute(back)
    )
    return calling(stands, WARD_DAY, minute(now))


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        (counter("open", 60), Calling(WARD_DAY)),
        (counter("open", 400), Calling((AFTERNOON,))),
        (counter("open", 600), Calling(())),
        (counter("paused", 60, since=50, back=80), Calling(WARD_DAY, minute(80))),
        (counter("paused", 60, since=50, back=55), Calling(WARD_DAY, minute(60), SOON)),
        (counter("paused", 60, since=55), Calling(WARD_DAY, minute(60), PAUSE - timedelta(minutes=5))),
        (counter("paused", 60, since=10), Calling(WARD_DAY, minute(60), SOON)),
        (counter("closed", -20), Calling(WARD_DAY, minute(0), SOON)),
        (counter("closed", 5), Calling(WARD_DAY, minute(5), SOON)),
        (counter("closed", 5, since=2), Calling((AFTERNOON,), AFTERNOON.start, SOON)),
        (counter("closed", 60), Calling((AFTERNOON,), AFTERNOON.start, SOON)),
        (counter("closed", 250), Calling((AFTERNOON,), AFTERNOON.start, SOON)),
        (counter("closed", 400), None),
        (counter("closed", 60, planned=False), None),
        (counter("open", 60, planned=False), Calling(WARD_DAY)),
    ],
)
def test_a_counter_calls_when_it_is_there_or_planned_to_be(calls: Calling | None, expected: Calling | None) -> None:
    assert calls == expected


def test_a_counter_open_beyond_its_own_hours_works_with_the_office() -> None:
    stands = CounterNow("open", True, (MORNING,))
    assert calling(stands, WARD_DAY, minute(400)) == Calling((AFTERNOON,))


def test_a_closed_counter_is_hoped_for_only_while_it_is_planned() -> None:
    stands = CounterNow("closed", True, WARD_DAY)
    assert hoped_for(stands, minute(60)) == Calling(WARD_DAY, minute(60), LATE)
    assert hoped_for(stands, minute(250)) is None
    assert hoped_for(CounterNow("closed", False, WARD_DAY), minute(60)) is None
    assert hoped_for(CounterNow("open", True, WARD_DAY), minute(60)) is None


CLOSED = CounterNow("closed", True, WARD_DAY)
THEN = Calling((AFTERNOON,), AFTERNOON.start, SOON)
HOPED, IN_HOPE = Calling(WARD_DAY, minute(60), LATE), Calling((MORNING,), minute(60), LATE)


@pytest.mark.parametrize(
    ("first", "second", "skills", "expected"),
    [
        (CLOSED, CLOSED, ({1}, {1}), (HOPED, HOPED)),
        (CounterNow("open", True, WARD_DAY), CLOSED, ({1}, {1}), (Calling(WARD_DAY), THEN)),
        (CounterNow("closed", True, WARD_DAY, minute(50)), CLOSED, ({1}, {1}), (THEN, THEN)),
        (CounterNow("closed", True, WARD_DAY, minute(-900)), CLOSED, ({1}, {1}), (HOPED, HOPED)),
        (CounterNow("closed", False, WARD_DAY), CLOSED, ({1}, {1}), (None, HOPED)),
        (CounterNow("open", True, WARD_DAY), CounterNow("closed", True, (MORNING,)), ({1}, {2}), (Calling(WARD_DAY), IN_HOPE)),
    ],
)
def test_in_a_span_in_which_nobody_has_come_yet_everybody_planned_is_hoped_for(
    first: CounterNow, second: CounterNow, skills: tuple[set[int], set[int]], expected: tuple[Calling | None, Calling | None]
) -> None:
    plans = all_calling({1: first, 2: second}, {1: skills[0], 2: skills[1]}, WARD_DAY, minute(60))
    assert (plans.get(1), plans.get(2)) == expected


def test_a_counter_that_has_just_begun_or_not_yet_is_not_hoped_for_instead() -> None:
    assert all_calling({1: CLOSED}, {1: {1}}, WARD_DAY, minute(5)) == {1: Calling(WARD_DAY, minute(5), SOON)}
    assert all_calling({1: CLOSED}, {1: {1}}, WARD_DAY, minute(250)) == {1: THEN}


def test_spans_that_touch_are_one() -> None:
    assert joined([Span(minute(10), minute(20)), Span(minute(0), minute(10)), Span(minute(30), minute(40))]) == (
        Span(minute(0), minute(20)),
        Span(minute(30), minute(40)),
    )


# --- what is told under the lock --------------------------------------------------------------------------------------

PROSPECT = Prospect(
    made_at=minute(60),
    joining={"A": Wait(20, 10, 30), "B": Wait(0, 0, 2)},
    booked={7: Wait(12, 8, 15)},
    takers={"A": frozenset({1, 2}), "B": frozenset({3}), "C": frozenset({2})},
    means={"A": 10.0, "B": 10.0, "C": 30.0},
    hours={"A": WARD_DAY},
)


@pytest.mark.parametrize(
    ("since", "wait"),
    [
        ((), Wait(20, 10, 30)),
        (("A",), Wait(25, 13, 38)),
        (("A", "A"), Wait(30, 16, 45)),
        (("C",), Wait(35, 19, 52)),
        (("B",), Wait(20, 10, 30)),
    ],
)
def test_each_who_came_since_puts_off_the_call_by_a_visit_over_the_counters(since: tuple[str, ...], wait: Wait) -> None:
    assert PROSPECT.of_walk_in("A", since, minute(60)) == wait


def test_a_forecast_told_three_minutes_later_is_three_minutes_shorter_and_never_negative() -> None:
    assert PROSPECT.of_walk_in("A", (), minute(63)) == Wait(17, 7, 27)
    assert PROSPECT.of_walk_in("A", (), minute(200)) == Wait(0, 0, 0)
    assert PROSPECT.of_walk_in("Z", (), minute(60)) is None


def test_a_booked_person_is_told_what_was_said_of_the_booking_else_the_hour() -> None:
    assert PROSPECT.of_booking(7, "A", minute(70), minute(60)) == Wait(12, 8, 15)
    assert PROSPECT.of_booking(8, "A", minute(100), minute(60)) == Wait(45, 40, 70)
    assert PROSPECT.of_booking(8, "B", minute(100), minute(60)) == Wait(0, 0, 2), "an idle counter calls at once"
    assert PROSPECT.of_booking(8, "Z", minute(100), minute(60)) is None


def test_the_break_is_certain_only_when_even_the_soonest_call_comes_after_it() -> None:
    now = minute(195)
    sure = PROSPECT.foreseen("A", Wait(140, 135, 160), None, now)
    perhaps = PROSPECT.foreseen("A", Wait(140, 12, 160), None, now)
    assert (sure.after_break, sure.perhaps_after_break) == (AFTERNOON.start, None)
    assert (perhaps.after_break, perhaps.perhaps_after_break) == (None, AFTERNOON.start)
    assert PROSPECT.foreseen("A", Wait(10, 5, 14), None, now).perhaps_after_break is None


def test_a_booked_person_is_told_the_clock_before_the_hour_and_minutes_after_it() -> None:
    wait = Wait(32, 28, 40)
    assert PROSPECT.foreseen("A", wait, minute(90), minute(60)).call_about == minute(90)
    assert PROSPECT.foreseen("A", wait, minute(104), minute(60)).call_about == minute(105), "an idle counter may call sooner"
    assert PROSPECT.foreseen("A", wait, minute(60), minute(60)).call_about is None
