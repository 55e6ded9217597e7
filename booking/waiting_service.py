"""What runs beside the requests for the waiting lists: unanswered offers go on to the next, and what came free is offered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import waiting_actions, waiting_list
from core.clock import Clock
from core.database import Database
from office.hours import local_day

log = logging.getLogger(__name__)

EVERY_S = 5.0


def serve_waiting(database: Database, clock: Clock, tz: ZoneInfo, public_url: str, stop: threading.Event) -> None:
    """Look every few seconds until `stop` is set. Any number of workers may do it: each step locks what it changes."""
    while not stop.is_set():
        try:
            serve_once(database, clock, tz, public_url)
        except Exception:
            log.exception("the waiting lists could not be looked after; it is tried again")
        stop.wait(EVERY_S)


def serve_once(database: Database, clock: Clock, tz: ZoneInfo, public_url: str) -> None:
    """Pass on what nobody answered, then offer what is free to whoever is first in line."""
    now = clock.now()

    def each(ids: list[int], step: Callable[[Session, int], object]) -> None:
        for entry_id in ids:
            with database.transaction() as session:
                step(session, entry_id)

    with database.reading() as session:
        lapsed = waiting_list.lapsed(session, now)
        first = waiting_list.first_in_line(session, local_day(now, tz))
    each(lapsed, lambda session, entry: waiting_actions.lapse(session, entry, now=now, tz=tz, public_url=public_url))
    each(first, lambda session, entry: _offer(session, entry, now, tz, public_url))


def _offer(session: Session, entry_id: int, now: datetime, tz: ZoneInfo, public_url: str) -> None:
    entry = waiting_list.still_waiting(session, entry_id)
    if entry is not None:
        waiting_actions.offer_free(session, entry, now=now, tz=tz, public_url=public_url)
