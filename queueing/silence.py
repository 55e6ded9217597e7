"""Whether a counter has been left alone, by the office's own setting: decided when it is read, never by a job."""

from __future__ import annotations

from datetime import datetime, timedelta

from office.models import Counter, Office
from office.settings import Settings
from queueing.lifecycle_rules import is_silent


def heard_at(counter: Counter) -> datetime | None:
    """When its console was last heard of; a counter that was opened before anybody listened counts from then."""
    return counter.seen_at or counter.state_at


def left_alone(office: Office, counter: Counter, now: datetime) -> bool:
    """Whether the counter says it works and its console has fallen silent."""
    return is_silent(counter.state, heard_at(counter), Settings.of(office.settings).silent_after_s, now)


def silent_minutes(counter: Counter, now: datetime) -> int:
    """For how many whole minutes nothing was heard."""
    heard = heard_at(counter)
    return int((now - heard) / timedelta(minutes=1)) if heard else 0
