"""The edges of a day: when calling goes on after a break, for which day a slip is good, what a past day's ticket is. Pure.

When calling goes on, for an office open 08:00-11:30 and 13:30-17:00:

| now   | `resumes_at` |
|-------|--------------|
| 07:40 | 08:00        |
| 09:00 | none: open   |
| 11:45 | 13:30        |
| 17:05 | none: over   |

For which day a slip is good that is given instead of being served, Monday to Friday:

| the ticket's day | given on         | `carry_day` |
|------------------|------------------|-------------|
| Monday           | Monday           | Tuesday     |
| Friday           | Friday           | Monday      |
| Friday (forgotten) | Monday 07:30   | Monday      |
| Friday (forgotten) | Monday 17:30   | Tuesday     |

What became of a ticket, for the day's count (`fate`): the outcome where there is one, else its state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from office.hours import LOOK_AHEAD_DAYS, Hours, local_day, open_spans
from queueing.lifecycle_rules import LIVE, State
from queueing.waiting_rules import Span

CARRIED = "carried"
"""The outcome of a ticket that goes on with a slip for another day, and the `arrival` of the ticket it becomes there."""
MISSED = "missed"
"""The outcome of a ticket whose person had not come back when the day was closed."""

Fate = Literal["served", "missing_papers", "left", "cancelled", "missed", "expired", "carried"]
FATES: tuple[Fate, ...] = ("served", "missing_papers", "left", "cancelled", "missed", "expired", "carried")
_BY_OUTCOME: dict[str, Fate] = {
    "served": "served", "papers_missing": "missing_papers", "left": "left", MISSED: "missed", CARRIED: "carried",
}  # fmt: skip


def resumes_at(opening: Iterable[Span], now: datetime) -> datetime | None:
    """When calling goes on: the next beginning of `opening` (the spans of these days). None while it is open, or over."""
    spans = list(opening)
    if any(span.start <= now and (span.end is None or now < span.end) for span in spans):
        return None
    return min((span.start for span in spans if span.start > now), default=None)


def carry_day(hours: Hours, on: date, now: datetime) -> date | None:
    """The day a slip given now instead of serving a ticket of the day `on` is good for: the next that is worked, and not over.

    None when the office does not open within LOOK_AHEAD_DAYS.
    """
    first = max(on + timedelta(days=1), local_day(now, hours.tz))
    days = (first + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS))
    return next((day for day in days if any(span.closes_at > now for span in open_spans(hours, day))), None)


def first_opening(hours: Hours, on: date) -> datetime | None:
    """When a day is first opened; None when it is closed."""
    return next((span.opens_at for span in open_spans(hours, on)), None)


def carried_due(hours: Hours, on: date, numbers_before: int) -> datetime | None:
    """From when a slip from the day before counts: the first moment of its day at which numbers are given.

    That is the day's first opening for whoever looks at waiting times (they count from opening), and before every walk-in of that
    day, also those who take a number before the doors open.
    """
    opening = first_opening(hours, on)
    return opening - timedelta(minutes=numbers_before) if opening else None


def state_shown(state: State, on: date, days: Sequence[date]) -> State:
    """A ticket's state as its person is told it: one of a day that is over has expired, whether a job ran or not.

    `days` are those whose tickets stand in the line.
    """
    return "expired" if state in LIVE and on < min(days) else state


def fate(state: str, outcome: str | None) -> Fate | None:
    """What became of a ticket; None while that is not decided."""
    if state in LIVE:
        return None
    by_state: Fate = "served" if state == "done" else "cancelled" if state == "cancelled" else "expired"
    return _BY_OUTCOME.get(outcome or "", by_state)


def count_fates(tickets: Iterable[tuple[str, str | None]]) -> dict[Fate, int]:
    """How many tickets (state, outcome) had each fate; all of them are named."""
    counted = Counter(fate(state, outcome) for state, outcome in tickets)
    return {each: counted[each] for each in FATES}
