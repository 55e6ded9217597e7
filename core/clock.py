"""The only place that asks what time it is.

Instants are aware datetimes in UTC. Everything else is given its `now`, so a test can live on any day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Answers the present instant: aware, UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that starts at a given instant and moves only when told, or runs on from there.

    `runs=True` lets time pass at its usual speed from `start`: what a browser test needs.
    """

    def __init__(self, start: datetime, *, runs: bool = False) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._start = start.astimezone(UTC)
        self._runs = runs
        self._set_at = datetime.now(UTC)

    def now(self) -> datetime:
        if self._runs:
            return self._start + (datetime.now(UTC) - self._set_at)
        return self._start

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back) by `by`."""
        self._start += by
