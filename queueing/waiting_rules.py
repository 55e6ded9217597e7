"""How long somebody has waited, as the office counts it: only while it was open and they were in the line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, or until now when `end` is None."""

    start: datetime
    end: datetime | None = None


def waited_open_minutes(spans: Iterable[Span], opening: Iterable[Span], now: datetime) -> float:
    """Minutes of `spans` that lie within `opening` and before `now`. Both are lists of separate spans."""
    hours = list(opening)
    total = timedelta(0)
    for span in spans:
        for open_span in hours:
            start = max(span.start, open_span.start)
            end = min(span.end or now, open_span.end or now, now)
            total += max(end - start, timedelta(0))
    return total / timedelta(minutes=1)
