"""The edges of a day: calling goes on after a break, a slip is good for the next working day, a past day's ticket has expired."""

from __future__ import annotations

from datetime import date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from office.hours import OFFICE_HOURS, DayException, Hours, Weekly, open_spans
from queueing.day_rules import FATES, carried_due, carry_day, count_fates, fate, resumes_at, state_shown
from queueing.lifecycle_rules import LIVE, State
from queueing.waiting_rules import Span

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 11, day) for day in (23, 24, 25, 27))
NEXT_MONDAY, NEXT_TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
WARD = Hours.of(OFFICE_HOURS, HANOI)


def at(clock: str, on: date = MONDAY) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=HANOI)


def spans(on: date = MONDAY) -> list[Span]:
    return [Span(span.opens_at, span.closes_at) for span in open_spans(WARD, on)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("07:40", "08:00"),
        ("08:00", None),
        ("09:00", None),
        ("11:29", None),
        ("11:30", "13:30"),
        ("11:45", "13:30"),
        ("13:30", None),
        ("17:00", None),
        ("22:00", None),
    ],
)
def test_calling_goes_on_at_the_next_opening_of_the_day(now: str, expected: str | None) -> None:
    found = resumes_at(spans(), at(now))
    assert found == (at(expected) if expected else None)


def test_counters_that_break_in_turns_leave_no_break() -> None:
    one, other = Span(at("08:00"), at("11:30")), Span(at("11:00"), at("17:00"))
    assert resumes_at([one, other], at("11:45")) is None
    assert resumes_at([one], at("11:45")) is None
    assert resumes_at([Span(at("13:30"), at("17:00")), one], at("11:45")) == at("13:30")


@pytest.mark.parametrize(
    ("on", "now", "expected"),
    [
        pytest.param(MONDAY, at("16:55"), TUESDAY, id="the next day"),
        pytest.param(MONDAY, at("00:01", TUESDAY), TUESDAY, id="after midnight, still the next day"),
        pytest.param(FRIDAY, at("16:55", FRIDAY), NEXT_MONDAY, id="over the weekend"),
        pytest.param(FRIDAY, at("07:30", NEXT_MONDAY), NEXT_MONDAY, id="forgotten on Friday, found on Monday before opening"),
        pytest.param(FRIDAY, at("16:59", NEXT_MONDAY), NEXT_MONDAY, id="found while Monday is open"),
        pytest.param(FRIDAY, at("17:00", NEXT_MONDAY), NEXT_TUESDAY, id="found when Monday is over"),
    ],
)
def test_a_slip_is_good_for_the_next_day_that_is_worked(on: date, now: datetime, expected: date) -> None:
    assert carry_day(WARD, on, now) == expected


def test_a_holiday_is_no_working_day_and_an_office_that_never_opens_has_none() -> None:
    holiday = Hours.of(OFFICE_HOURS, HANOI, [DayException(TUESDAY, holiday=True)])
    assert carry_day(holiday, MONDAY, at("16:00")) == WEDNESDAY
    assert carry_day(Hours.of(Weekly(((),) * 7), HANOI), MONDAY, at("16:00")) is None


def test_a_slip_counts_from_when_numbers_are_given_on_its_day() -> None:
    assert carried_due(WARD, TUESDAY, 30) == at("07:30", TUESDAY)
    assert carried_due(WARD, date(2026, 11, 28), 30) is None


@pytest.mark.parametrize("state", get_args(State))
def test_a_live_ticket_of_a_day_that_is_over_is_told_as_expired_and_nothing_else_changes(state: State) -> None:
    assert state_shown(state, MONDAY, [MONDAY]) == state
    assert state_shown(state, MONDAY, [MONDAY, TUESDAY]) == state
    assert state_shown(state, MONDAY, [TUESDAY]) == ("expired" if state in LIVE else state)


@pytest.mark.parametrize(
    ("state", "outcome", "expected"),
    [
        ("done", "served", "served"),
        ("done", "papers_missing", "missing_papers"),
        ("done", "left", "left"),
        ("done", None, "served"),
        ("cancelled", None, "cancelled"),
        ("expired", None, "expired"),
        ("expired", "carried", "carried"),
        ("expired", "missed", "missed"),
        *((state, None, None) for state in LIVE),
    ],
)
def test_what_became_of_a_ticket_has_one_name(state: str, outcome: str | None, expected: str | None) -> None:
    assert fate(state, outcome) == expected


def test_every_fate_is_counted() -> None:
    ends = [("done", "served"), ("done", "served"), ("expired", "carried"), ("waiting", None)]
    assert count_fates(ends) == dict.fromkeys(FATES, 0) | {"served": 2, "carried": 1}
