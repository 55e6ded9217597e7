"""What is watched from outside, of all rooms: figures for `/metrics`, and the parts `/readyz` asks.

Sums over all offices and nothing of a single one: a figure for each of 584 wards would be 584 series of each, and who wants to
know how a ward is doing reads its report. Every figure is one statement on an index, because somebody asks every few seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from core.backup import BACKUPS, latest
from core.clock import Clock
from core.config import Config
from core.database import Database
from core.metrics import Figure
from notices.store import most_overdue
from office.hours import local_day
from office.store import published_count
from printer.store import jobs_on_their_way, spool_age
from queueing.line_store import waiting_in_all

SPOOL_STUCK_S = 60
"""A job that waited longer than any printer's sequence takes means that nobody works the spool."""
OUTBOX_STUCK_S = 120
"""A batch at a slow gateway takes less: nobody empties the outbox."""

WAITING_SESSIONS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def figures(database: Database, clock: Clock, config: Config) -> list[Figure]:
    """The figures that are the same whichever worker reads them."""
    found = [
        Figure(
            "dung_gio_waiting_people", "Numbers that wait to be called today, in all offices.",
            lambda session: {"": waiting_in_all(session, local_day(clock.now(), config.tz))},
        ),
        Figure("dung_gio_offices_published", "Offices that publish hours.", lambda session: {"": published_count(session)}),
        Figure(
            "dung_gio_print_jobs", "Print jobs on their way, by state.", lambda session: jobs_on_their_way(session), label="state"
        ),
        Figure(
            "dung_gio_spool_oldest_seconds", "How long the oldest job has waited that could still come out.",
            lambda session: {"": spool_age(session, clock.now())},
        ),
        Figure(
            "dung_gio_outbox_oldest_seconds", "For how long the message that is due longest has been due.",
            lambda session: {"": most_overdue(session, clock.now())},
        ),
        Figure(
            "dung_gio_last_backup_timestamp_seconds", "When the newest file in DATA_DIR/backups was written.",
            lambda _session: _newest_backup(config.data_dir / BACKUPS),
        ),
    ]  # fmt: skip
    if not database.is_sqlite:
        found += [
            Figure("dung_gio_database_waiting_sessions", "Sessions that wait for a lock just now.", _asking(WAITING_SESSIONS)),
            Figure("dung_gio_database_deadlocks", "Transactions ended because they waited for each other.", _asking(DEADLOCKS)),
        ]
    return found


def _newest_backup(folder: Path) -> Mapping[str, float]:
    at = latest(folder)
    return {} if at is None else {"": at}


def _asking(statement: TextClause) -> Callable[[Session], Mapping[str, float]]:
    return lambda session: {"": float(session.execute(statement).scalar_one())}


def checks(database: Database, clock: Clock) -> dict[str, Callable[[], str]]:
    """Each says ok, or what is wrong."""

    def answers() -> str:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
        return "ok"

    def spool() -> str:
        with database.reading() as session:
            age = spool_age(session, clock.now())
        return "ok" if age < SPOOL_STUCK_S else f"the oldest job has waited {age:.0f} s"

    def outbox() -> str:
        with database.reading() as session:
            age = most_overdue(session, clock.now())
        return "ok" if age < OUTBOX_STUCK_S else f"a message has been due for {age:.0f} s"

    return {"database": answers, "spool": spool, "outbox": outbox}
