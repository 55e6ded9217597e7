"""When the doors are open: a table of days, and what must hold on every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.holidays_vn import proposed
from office.hours import (
    MINUTES_A_DAY,
    OFFICE_HOURS,
    ROUND_THE_CLOCK,
    DayException,
    Hours,
    Weekly,
    WeeklySpan,
    for_counter,
    is_open,
    kiosk_open,
    local_day,
    next_opening,
    open_spans,
    parse_spans,
    session_end,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)


def at(day: int, clock: str, month: int = 11) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


def office(*exceptions: DayException) -> Hours:
    return Hours.of(OFFICE_HOURS, HANOI, exceptions)


def walls(hours: Hours, on: date) -> list[str]:
    """The open spans of a day as local wall-clock texts."""
    return [f"{span.opens_at.astimezone(HANOI):%H:%M}-{span.closes_at.astimezone(HANOI):%H:%M}" for span in open_spans(hours, on)]


HOLIDAY = DayException(date(2026, 11, 24), holiday=True, note="Ngày Văn hóa Việt Nam")
CLOSED = DayException(date(2026, 11, 25))
SPECIAL = DayException(date(2026, 11, 26), parse_spans(["09:00-11:00"]))
SWAP = DayException(date(2026, 11, 28), spans=None, works_as=0)
EXTRA_MORNING = DayException(date(2026, 11, 29), parse_spans(["08:00-11:30"]), works_as=0)
WARD = office(HOLIDAY, CLOSED, SPECIAL, SWAP, EXTRA_MORNING)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 22), []),
        (MONDAY, ["08:00-11:30", "13:30-17:00"]),
        (date(2026, 11, 24), []),
        (date(2026, 11, 25), []),
        (date(2026, 11, 26), ["09:00-11:00"]),
        (date(2026, 11, 27), ["08:00-11:30", "13:30-17:00"]),
        (date(2026, 11, 28), ["08:00-11:30", "13:30-17:00"]),
        (date(2026, 11, 29), ["08:00-11:30"]),
    ],
    ids=["sunday", "monday", "holiday", "closed day", "special hours", "friday", "swapped saturday", "extra morning"],
)
def test_a_day_is_open_as_its_weekday_unless_the_office_says_otherwise(on: date, expected: list[str]) -> None:
    assert walls(WARD, on) == expected


POLICE_DESK = Weekly.parse({**{str(day): ["08:00-11:30", "13:30-17:00"] for day in range(5)}, "5": ["08:00-11:30"]})
MORNINGS = Weekly.parse({"0": ["08:00-11:30"], "3": ["08:00-10:00"]})


@pytest.mark.parametrize(
    ("own", "on", "expected"),
    [
        (None, MONDAY, ["08:00-11:30", "13:30-17:00"]),
        (POLICE_DESK, date(2026, 12, 5), ["08:00-11:30"]),
        (POLICE_DESK, date(2026, 11, 24), []),
        (MORNINGS, MONDAY, ["08:00-11:30"]),
        (MORNINGS, date(2026, 11, 26), ["09:00-10:00"]),
        (MORNINGS, date(2026, 11, 27), []),
        (MORNINGS, date(2026, 11, 28), ["08:00-11:30"]),
        (MORNINGS, date(2026, 11, 29), ["08:00-11:30"]),
    ],
    ids=[
        "office's hours", "residence desk on saturday", "residence desk on a holiday", "only mornings",
        "cut by special hours", "own free day", "swapped saturday worked as monday", "extra morning",
    ],
)  # fmt: skip
def test_a_counter_keeps_its_own_hours_cut_by_the_offices_exceptions(own: Weekly | None, on: date, expected: list[str]) -> None:
    assert walls(for_counter(WARD, own), on) == expected


@pytest.mark.parametrize(
    ("now", "open_now", "kiosk", "opening", "end"),
    [
        (at(23, "07:29"), False, False, at(23, "08:00"), None),
        (at(23, "07:30"), False, True, at(23, "08:00"), None),
        (at(23, "08:00"), True, True, at(23, "13:30"), at(23, "11:30")),
        (at(23, "11:29"), True, True, at(23, "13:30"), at(23, "11:30")),
        (at(23, "11:30"), False, False, at(23, "13:30"), None),
        (at(23, "13:00"), False, True, at(23, "13:30"), None),
        (at(23, "16:59"), True, True, at(26, "09:00"), at(23, "17:00")),
        (at(23, "17:00"), False, False, at(26, "09:00"), None),
        (at(24, "09:00"), False, False, at(26, "09:00"), None),
        (at(28, "08:00"), True, True, at(28, "13:30"), at(28, "11:30")),
    ],
)
def test_doors_and_kiosk_follow_the_sessions(
    now: datetime, open_now: bool, kiosk: bool, opening: datetime, end: datetime | None
) -> None:
    assert is_open(WARD, now) is open_now
    assert kiosk_open(WARD, now) is kiosk
    assert next_opening(WARD, now) == opening
    assert session_end(WARD, now) == end


@pytest.mark.parametrize("clock", ["00:00", "00:01", "12:00", "23:59"])
def test_a_round_the_clock_office_never_closes_not_even_at_midnight(clock: str) -> None:
    hours = Hours.of(ROUND_THE_CLOCK, HANOI)
    now = at(23, clock)
    assert is_open(hours, now)
    assert kiosk_open(hours, now)
    assert next_opening(hours, now) is None
    assert session_end(hours, now) is None


def test_a_round_the_clock_office_changes_its_day_at_its_own_midnight() -> None:
    assert local_day(at(23, "23:59"), HANOI) == MONDAY
    assert local_day(at(24, "00:00"), HANOI) == date(2026, 11, 24)
    hours = Hours.of(ROUND_THE_CLOCK, HANOI)
    (monday,) = open_spans(hours, MONDAY)
    (tuesday,) = open_spans(hours, MONDAY + timedelta(days=1))
    assert monday.closes_at == tuesday.opens_at == at(24, "00:00")


def test_a_closed_day_interrupts_the_round_the_clock_office() -> None:
    hours = Hours.of(ROUND_THE_CLOCK, HANOI, [CLOSED])
    assert session_end(hours, at(24, "12:00")) == at(25, "00:00")
    assert next_opening(hours, at(25, "12:00")) == at(26, "00:00")


def test_an_office_that_closed_for_good_has_no_next_opening() -> None:
    hours = Hours.of(Weekly.parse({}), HANOI)
    assert next_opening(hours, at(23, "09:00")) is None
    assert not kiosk_open(hours, at(23, "09:00"))


def test_a_day_that_loses_an_hour_elsewhere_still_has_its_wall_clock_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = Hours.of(ROUND_THE_CLOCK, berlin)
    (span,) = open_spans(hours, date(2026, 3, 29))
    assert span.closes_at - span.opens_at == timedelta(hours=23)


@pytest.mark.parametrize(
    "days",
    [
        {"0": ["8h-11h"]}, {"0": ["11:30-08:00"]}, {"0": ["08:00-24:01"]}, {"0": ["08:60-09:00"]},
        {"7": ["08:00-09:00"]}, {"0": ["08:00-11:00", "10:30-12:00"]}, {"0": ["22:00-02:00"]},
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(days: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError):
        Weekly.parse(days)


def test_weekly_hours_are_written_as_they_are_read() -> None:
    written = {"0": ["08:00-11:30", "13:30-17:00"], "6": ["00:00-24:00"]}
    assert Weekly.parse(written).written() == written


def test_the_holidays_of_2026_have_the_new_day_and_the_swap() -> None:
    rows = {row.on: row for row in proposed(2026)}
    assert rows[date(2026, 11, 24)].note == "Ngày Văn hóa Việt Nam"
    assert rows[date(2026, 8, 31)].holiday
    hours = Hours.of(OFFICE_HOURS, HANOI, rows.values())
    assert walls(hours, date(2026, 8, 22)) == ["08:00-11:30", "13:30-17:00"]
    assert walls(hours, date(2026, 8, 31)) == []
    assert walls(hours, date(2026, 2, 17)) == []


@st.composite
def day_spans(draw: st.DrawFn) -> tuple[WeeklySpan, ...]:
    marks = sorted(draw(st.sets(st.integers(0, MINUTES_A_DAY // 15), max_size=6)))
    return tuple(WeeklySpan(a * 15, b * 15) for a, b in zip(marks[::2], marks[1::2], strict=False))


weeks = st.lists(day_spans(), min_size=7, max_size=7).map(lambda days: Weekly(tuple(days)))
exceptions = st.builds(
    DayException,
    on=st.dates(date(2026, 11, 20), date(2026, 11, 30)),
    spans=day_spans(),
    works_as=st.none() | st.integers(0, 6),
)
hours_of_any_office = st.builds(
    lambda weekly, days, own: for_counter(Hours.of(weekly, HANOI, days), own),
    weeks,
    st.lists(exceptions, max_size=4),
    st.none() | weeks,
)
instants = st.integers(0, 12 * MINUTES_A_DAY).map(lambda minutes: at(19, "00:00") + timedelta(minutes=minutes))


@settings(max_examples=150, deadline=None)
@given(hours_of_any_office, instants)
def test_the_end_of_a_session_is_closed_and_every_minute_before_it_open(hours: Hours, now: datetime) -> None:
    end = session_end(hours, now)
    if not is_open(hours, now):
        assert end is None
    elif end is not None:
        assert now < end
        assert not is_open(hours, end)
        assert is_open(hours, end - timedelta(minutes=1))


@settings(max_examples=150, deadline=None)
@given(hours_of_any_office, instants)
def test_the_next_opening_is_open_and_the_minute_before_it_closed(hours: Hours, now: datetime) -> None:
    opening = next_opening(hours, now)
    if opening is not None:
        assert opening > now
        assert is_open(hours, opening)
        assert not is_open(hours, opening - timedelta(minutes=1))
        assert kiosk_open(hours, opening - timedelta(minutes=30))


@settings(max_examples=150, deadline=None)
@given(hours_of_any_office, st.dates(date(2026, 11, 20), date(2026, 11, 30)))
def test_spans_of_a_day_are_in_order_apart_and_of_that_day(hours: Hours, on: date) -> None:
    spans = open_spans(hours, on)
    assert spans == sorted(spans)
    for span in spans:
        assert span.opens_at < span.closes_at
        assert local_day(span.opens_at, HANOI) == on
        assert local_day(span.closes_at - timedelta(minutes=1), HANOI) == on
    for before, after in pairwise(spans):
        assert before.closes_at <= after.opens_at
