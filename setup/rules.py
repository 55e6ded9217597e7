"""What a head types into the hours forms, and which phones and devices book more than is usual. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from office.hours import Weekly, WeeklySpan, parse_spans

_BETWEEN = re.compile(r"[,;\n]")


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
        try:
            days.append(read_day(typed.get(weekday, "")))
        except ValueError:
            wrong.append(weekday)
    if wrong:
        raise HoursMistyped(wrong)
    return Weekly(tuple(days))


def read_day(typed: str) -> tuple[WeeklySpan, ...]:
    """The spans of one day as typed: "08:00-11:30, 13:30-17:00"; none for nothing. Raises ValueError."""
    return parse_spans(part for part in _BETWEEN.split(typed) if part.strip())


def written_week(week: Weekly) -> dict[int, str]:
    """The same as `read_week` takes."""
    return {weekday: ", ".join(str(span) for span in spans) for weekday, spans in enumerate(week.days)}


# --- who books how much -----------------------------------------------------------------------------------------------

LOOK_BACK = timedelta(days=30)
USUAL_BOOKINGS = 8
"""In thirty days: what somebody needs who helps parents and neighbours. More is no proof of anything, but worth a look."""
USUAL_WASTED = 2
"""Cancelled, not come to, or used by somebody else."""


@dataclass(frozen=True)
class Booker:
    """The bookings of one phone or one device. `mark` tells it from others without telling who it is.

    `coming` are those still to come, `came` those somebody came with; all of them together are `bookings`.
    """

    mark: str
    coming: int
    came: int
    cancelled: int
    not_come: int
    wrong_person: int
    first: int
    """The id of its first booking: the order of those that are alike."""

    @property
    def bookings(self) -> int:
        """All of them."""
        return self.coming + self.came + self.cancelled + self.not_come + self.wrong_person

    @property
    def wasted(self) -> int:
        """Places that nobody else could have."""
        return self.cancelled + self.not_come + self.wrong_person

    @property
    def over_usual(self) -> bool:
        """Whether it books, or wastes, more than people usually do."""
        return self.bookings > USUAL_BOOKINGS or self.wasted > USUAL_WASTED


def worth_a_look(bookers: Iterable[Booker]) -> list[Booker]:
    """Those over the usual first, then by what is wasted and booked; the same order every time."""
    return sorted(bookers, key=lambda each: (not each.over_usual, -each.wasted, -each.bookings, each.first))
