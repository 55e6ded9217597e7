"""When the page of a day's bookings is saved, and for which day. Pure.

It is saved some minutes before each opening, so that the office can go on by hand when the power or the server is away. For an
office open 08:00-11:30 and 13:30-17:00, saving 30 minutes before:

| now   | `opening_due` |
|-------|---------------|
| 07:29 | none          |
| 07:30 | 08:00         |
| 12:59 | 08:00         |
| 13:00 | 13:30         |
| 23:00 | 13:30         |

Who starts late saves the last one that is due. An office that opens at midnight saves the page of the next day before it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from office.hours import Hours, local_day, open_spans


def opening_due(hours: Hours, now: datetime, minutes_before: int) -> datetime | None:
    """The latest opening, of today or of the day that is about to begin, whose page has to be there by now."""
    today, before = local_day(now, hours.tz), timedelta(minutes=minutes_before)
    spans = (span for day in (today, today + timedelta(days=1)) for span in open_spans(hours, day))
    return max((span.opens_at for span in spans if span.opens_at - before <= now), default=None)
