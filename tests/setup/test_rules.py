"""The hours form is read as people write it, and a change shows whom it touches."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from office.hours import OFFICE_HOURS, ROUND_THE_CLOCK, DayException, Hours, Weekly
from setup.rules import Booked, HoursMistyped, Touched, read_week, touched, written_week

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("08:00-11:30, 13:30-17:00", "08:00-11:30, 13:30-17:00"),
        ("13:30 - 17:00; 8:00–11:30", "08:00-11:30, 13:30-17:00"),
        ("00:00-24:00", "00:00-24:00"),
        (" , ", ""),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, expected: str) -> None:
    assert written_week(read_week({0: typed}))[0] == expected


@pytest.mark.parametrize("typed", ["sáng", "08:00", "11:30-08:00", "08:00-12:00, 11:00-17:00", "08:00-25:00", "08:70-09:00"])
def test_hours_that_cannot_be_meant_are_refused_with_their_weekday(typed: str) -> None:
    with pytest.raises(HoursMistyped) as refused:
        read_week({2: typed, 3: "08:00-11:30", 6: typed})
    assert refused.value.weekdays == [2, 6]


def test_what_is_shown_is_what_can_be_typed() -> None:
    assert read_week(written_week(OFFICE_HOURS)) == OFFICE_HOURS


@pytest.mark.parametrize(
    ("booked", "is_touched"),
    [
        pytest.param(Booked(at(9), 10), False, id="within the morning"),
        pytest.param(Booked(at(11, 20), 10), False, id="to the last minute"),
        pytest.param(Booked(at(11, 25), 10), True, id="over the end of the morning"),
        pytest.param(Booked(at(12), 10), True, id="at lunch"),
        pytest.param(Booked(at(9, day=22), 10), True, id="on Sunday"),
        pytest.param(Booked(at(9, day=24), 10), True, id="on a holiday"),
    ],
)
def test_a_booking_outside_the_hours_is_touched(booked: Booked, is_touched: bool) -> None:
    holiday = DayException(date(2026, 11, 24), holiday=True)
    assert bool(touched([booked], Hours.of(OFFICE_HOURS, HANOI, [holiday]), HANOI)) is is_touched


def test_touched_bookings_are_told_by_day_and_hour() -> None:
    bookings = [Booked(at(12, 15), 10), Booked(at(9, day=22), 10), Booked(at(12), 10)]
    assert touched(bookings, Hours.of(OFFICE_HOURS, HANOI), HANOI) == [
        Touched(date(2026, 11, 22), (at(9, day=22),)),
        Touched(MONDAY, (at(12), at(12, 15))),
    ]


def test_an_office_that_never_closes_touches_nobody() -> None:
    assert touched([Booked(at(3), 30)], Hours.of(ROUND_THE_CLOCK, HANOI), HANOI) == []
    assert len(touched([Booked(at(3), 30)], Hours.of(Weekly(((),) * 7), HANOI), HANOI)) == 1
