"""Bringing the facts of visits up to date: quietly beside the requests, and what is left when somebody wants to see figures."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from core.database import Database
from reports import fact_store

log = logging.getLogger(__name__)

EVERY_S = 60.0
BREATH_S = 0.2
"""Between two transactions of the loop: a counter's press on SQLite waits for one of them at most."""
PAGE_BREATH_S = 0.001
"""The same where a person waits: whoever wants to write comes in between, else ten transactions are one stop of 0.4 s."""
MOST_FOR_A_PAGE = 10
"""How many transactions (of `fact_store.AT_ONCE` tickets) a page waits for; the rest is left to the loop, as the page says."""


def run(database: Database, tz: ZoneInfo, stop: threading.Event) -> None:
    """Catch up with every office, again and again."""
    while not stop.wait(EVERY_S):
        try:
            with database.reading() as session:
                offices = fact_store.behind(session)
            for office_id in offices:
                while _step(database, office_id, tz) and not stop.wait(BREATH_S):
                    pass
        except Exception:
            log.exception("could not bring the facts of visits up to date; it is tried again in a minute")


def for_a_page(database: Database, tz: ZoneInfo, offices: Iterable[int] | None) -> bool:
    """Catch up with these offices (None: all) as far as a page can wait; whether all of it was done."""
    with database.reading() as session:
        behind = fact_store.behind(session, offices)
    steps = 0
    for office_id in behind:
        while _step(database, office_id, tz):
            time.sleep(PAGE_BREATH_S)
            steps += 1
            if steps >= MOST_FOR_A_PAGE:
                return False
        time.sleep(PAGE_BREATH_S)
        steps += 1
        if steps >= MOST_FOR_A_PAGE:
            return office_id == behind[-1]
    return True


def left(database: Database, offices: Iterable[int] | None) -> int:
    """How many tickets of these offices (None: of all) no figure counts yet."""
    with database.reading() as session:
        return fact_store.left(session, fact_store.behind(session, offices))


def _step(database: Database, office_id: int, tz: ZoneInfo) -> bool:
    with database.transaction() as session:
        return fact_store.catch_up(session, office_id, tz)
