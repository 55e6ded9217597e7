"""A month of an office's calendar: what each day is, as its page shows it. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from office.hours import DayException, Hours, WeeklySpan

USUAL, OFF, CLOSED, OTHER, EXTRA = "usual", "off", "closed", "other", "extra"
"""As its weekday; a weekday without hours; closed against its weekday; other hours; works like another weekday ("làm bù")."""


@dataclass(frozen=True)
class MonthDay:
    """A day. `own` says that the office itself said something of it, `name` why; `inside` that it is of the month shown."""

    on: date
    state: str
    spans: tuple[WeeklySpan, ...]
    name: str = ""
    own: bool = False
    holiday: bool = False
    as_weekday: int | None = None
    inside: bool = True

    @property
    def half(self) -> bool:
        """Whether it is open in the morning or in the afternoon only."""
        return bool(self.spans) and (self.spans[-1].closes <= _NOON or self.spans[0].opens >= _NOON)


_NOON = 12 * 60


def month_of(text: str, today: date, ahead: int) -> date:
    """The first day of the month written "2026-12", from this month to `ahead` months later; this month for anything else."""
    this = today.replace(day=1)
    try:
        wanted = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return wanted if this <= wanted <= moved(this, ahead) else this


def moved(month: date, by: int) -> date:
    """The first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def weeks(month: date, hours: Hours, own: Mapping[date, DayException]) -> list[list[MonthDay]]:
    """The weeks of a month, Monday first, filled up with the days around it. `own` are the days the office spoke of itself."""
    days = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [[day_of(on, hours, own, inside=on.month == month.month) for on in week] for week in days]


def day_of(on: date, hours: Hours, own: Mapping[date, DayException], *, inside: bool = True) -> MonthDay:
    """What a day is."""
    usual = hours.weekly.days[on.weekday()]
    said = hours.exceptions.get(on)
    if said is None:
        return MonthDay(on, USUAL if usual else OFF, usual, inside=inside)
    like = said.works_as
    spans = said.spans if said.spans is not None else hours.weekly.days[like if like is not None else on.weekday()]
    state = CLOSED if not spans else EXTRA if like is not None else OTHER
    return MonthDay(on, state, tuple(spans), said.note, on in own, said.holiday, like, inside)


def last_day(month: date) -> date:
    """The last day of a month."""
    return moved(month, 1) - timedelta(days=1)
