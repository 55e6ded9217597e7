"""Personal data past their days: once an hour, in small batches, by any number of workers at once.

Bookings and waiting lists are kept for the office's `retention_days` after their day; what was written about them goes with
them. A live booking is of today or later and therefore never touched.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import phone_codes, privacy, privacy_store, slot_store, telling
from core.clock import Clock
from core.database import Database
from notices import actions as notices
from office.hours import local_day
from office.settings import Settings

log = logging.getLogger(__name__)

TIDY_EVERY_S = 3600.0
BREATH_S = 0.05
"""Between two batches: requests that wait for the write lock go first."""

BATCH = 100
"""In one transaction: on SQLite (two cores, 20,000 old bookings) another writer waited a quarter of a second at most."""

CODES_KEPT = timedelta(days=1)
HOLDS_KEPT = timedelta(days=1)
"""A hold has the keyed hashes of a device and an address; its slots have long been put right by then."""

LONGEST_DAYS = 36500

Step = Callable[[Session], int]
"""One batch in a transaction of its own; gives how much it did. It is repeated until it finds nothing."""


def tidy_personal(
    database: Database, clock: Clock, tz: ZoneInfo, forget_files: Callable[[date], None], stop: threading.Event
) -> None:
    """Keep deleting what is past its days until `stop` is set. `forget_files` takes away the files of messages before a day."""
    while not stop.is_set():
        try:
            tidy_once(database, clock.now(), tz, forget_files, stop)
        except Exception:
            log.exception("personal data past their days could not be deleted; it is tried again")
        stop.wait(TIDY_EVERY_S)


def tidy_once(
    database: Database, now: datetime, tz: ZoneInfo, forget_files: Callable[[date], None], stop: threading.Event
) -> None:
    """Delete all that is past its days now, or as much as there is time for until `stop` is set."""
    with database.reading() as session:
        settings = privacy_store.settings_of_offices(session)
    kept: dict[int, list[int]] = defaultdict(list)
    for office, each in settings.items():
        kept[_days(each)].append(office)
    longest = max(kept, default=LONGEST_DAYS) + max((each.book_days for each in settings.values()), default=0) + 1
    written_before = now - timedelta(days=longest)
    for step in _steps(kept, written_before, now, tz):
        while _done(database, step):
            if stop.wait(BREATH_S):
                return
    forget_files(written_before.astimezone(UTC).date())
    database.forget_deleted()


def _days(settings: Settings) -> int:
    """A day at least: at midnight people may still be in the line of a day that is just over."""
    return min(max(settings.retention_days, 1), LONGEST_DAYS)


def _steps(kept: dict[int, list[int]], written_before: datetime, now: datetime, tz: ZoneInfo) -> Iterator[Step]:
    """`kept`: the offices (ids) that keep data for so many days."""
    for days, offices in kept.items():
        before = local_day(now, tz) - timedelta(days=days)
        yield partial(_old_appointments, offices=offices, before=before, now=now)
        yield partial(_old_waiting, offices=offices, before=before, now=now)
        yield partial(privacy_store.forget_marks, offices=offices, before=now - timedelta(days=days))
    of_codes = telling.CODE_REFERENCE
    yield partial(notices.erase_written_before, before=now - CODES_KEPT, now=now, limit=BATCH, reference=of_codes)
    yield partial(notices.erase_written_before, before=written_before, now=now, limit=BATCH)
    yield partial(phone_codes.forget_old, now=now)
    yield partial(slot_store.forget_long_expired, before=now - HOLDS_KEPT, limit=BATCH)


def _done(database: Database, step: Step) -> int:
    with database.transaction() as session:
        return step(session)


def _old_appointments(session: Session, offices: Collection[int], before: date, now: datetime) -> int:
    found = privacy_store.old_appointments(session, offices, before, BATCH)
    privacy.anonymise(session, found, now)
    return len(found)


def _old_waiting(session: Session, offices: Collection[int], before: date, now: datetime) -> int:
    found = privacy_store.old_waiting(session, offices, before, BATCH)
    privacy.anonymise_waiting(session, found, now)
    return len(found)
