"""Who still has to be called because the office changed its plan, and who need not be any more. Pure.

Judged when the list is read; the first row that fits decides:

| the booking and its entry                                   | state       |
|-------------------------------------------------------------|-------------|
| cancelled by its person, or its data deleted                | `cancelled` |
| the person has checked in                                   | `came`      |
| at another hour by now                                      | `moved`     |
| somebody called                                             | `called`    |
| its hour has begun                                          | `over`      |
| the plan keeps its hour after all                           | `kept`      |
| a message went out, or is still on its way                  | `told`      |
| anything else: no message could be sent, or it failed       | `open`      |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

CallState = Literal["open", "told", "called", "moved", "cancelled", "came", "over", "kept"]

PATIENCE = timedelta(minutes=30)
"""A message that still waits after this long is taken for failed: by then the outbox has given up, or nobody empties it."""


@dataclass(frozen=True)
class Sent:
    """The message about a lost hour: how it stands (queued, sent, failed), and since when it exists."""

    state: str
    since: datetime


@dataclass(frozen=True)
class Listed:
    """An entry with what is known of its booking. `kept`: the present plan keeps its hour; `message`: None if none was made."""

    cancelled: bool
    checked_in: bool
    moved: bool
    called: bool
    over: bool
    kept: bool
    message: Sent | None


def state(entry: Listed, now: datetime) -> CallState:
    """Decide by the table above."""
    rows: tuple[tuple[bool, CallState], ...] = (
        (entry.cancelled, "cancelled"),
        (entry.checked_in, "came"),
        (entry.moved, "moved"),
        (entry.called, "called"),
        (entry.over, "over"),
        (entry.kept, "kept"),
        (entry.message is not None and not _failed(entry.message, now), "told"),
    )
    return next((found for fits, found in rows if fits), "open")


def _failed(message: Sent, now: datetime) -> bool:
    return message.state == "failed" or (message.state == "queued" and now - message.since > PATIENCE)
