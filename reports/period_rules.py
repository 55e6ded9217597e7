"""The days a report is about, and the shortcuts to the usual ones. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """Office-local days, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days of the calendar."""
        return (self.until - self.since).days + 1


def shortcuts(today: date) -> dict[str, Period]:
    """What a head asks for most, by name. Weeks begin on Monday; what is under way ends today."""
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    last_month = first - timedelta(days=1)
    yesterday = today - timedelta(days=1)
    return {
        "today": Period(today, today),
        "yesterday": Period(yesterday, yesterday),
        "week": Period(monday, today),
        "last_week": Period(monday - timedelta(days=7), monday - timedelta(days=1)),
        "month": Period(first, today),
        "last_month": Period(last_month.replace(day=1), last_month),
        "year": Period(today.replace(month=1, day=1), today),
    }
