"""What a head types into the hours form, and what a change of hours would do to people who have booked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from office.hours import Hours, Weekly, WeeklySpan, local_day, open_spans, parse_spans

_BETWEEN = re.compile(r"[,;\n]")


@dataclass(frozen=True)
class Booked:
    """A live booking: when it begins and for how many minutes."""

    starts_at: datetime
    minutes: int


@dataclass(frozen=True)
class Touched:
    """The bookings of one local day that a change would leave outside the hours, by wall clock."""

    on: date
    starts_at: tuple[datetime, ...]


class HoursMistyped(Exception):
    """Which weekdays (0 Monday) cannot be read."""

    def __init__(self, weekdays: list[int]) -> None:
        super().__init__(weekdays)
        self.weekdays = weekdays


def read_week(typed: Mapping[int, str]) -> Weekly:
    """The week of a form: per weekday "08:00-11:30, 13:30-17:00", or nothing for closed. Raises HoursMistyped."""
    days: list[tuple[WeeklySpan, ...]] = []
    wrong = []
    for weekday in range(7):
        parts = [part for part in _BETWEEN.split(typed.get(weekday, "")) if part.strip()]
        try:
            days.append(parse_spans(parts))
        except ValueError:
            wrong.append(weekday)
    if wrong:
        raise HoursMistyped(wrong)
    return Weekly(tuple(days))


def written_week(week: Weekly) -> dict[int, str]:
    """The same as `read_week` takes."""
    return {weekday: ", ".join(str(span) for span in spans) for weekday, spans in enumerate(week.days)}


def touched(bookings: Iterable[Booked], hours: Hours, tz: ZoneInfo) -> list[Touched]:
    """The bookings that do not lie wholly within the open hours, by day and hour."""
    outside = sorted(booked.starts_at.astimezone(tz) for booked in bookings if not _fits(booked, hours, tz))
    return [Touched(on, tuple(starts)) for on, starts in groupby(outside, key=lambda at: at.date())]


def _fits(booked: Booked, hours: Hours, tz: ZoneInfo) -> bool:
    ends_at = booked.starts_at + timedelta(minutes=booked.minutes)
    spans = open_spans(hours, local_day(booked.starts_at, tz))
    return any(span.opens_at <= booked.starts_at and ends_at <= span.closes_at for span in spans)
