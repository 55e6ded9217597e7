"""Every query of the log: its entries, and the rows they tell of.

Columns, not objects: what a session has read before must not hide what a row says now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Row, Table, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from office.models import Counter, Office, Staff
from queueing.log_rules import Entry
from queueing.models import Call, DayClosing, LogEntry, Ticket, TicketInterval

POLICY = "policy"
"""What an entry is called that tells the whole policy of the office."""


_entries = cast(Table, LogEntry.__table__)
_LAST = (
    select(_entries.c.n, _entries.c.hash, _entries.c.detail)
    .where(_entries.c.office_id == bindparam("office"))
    .order_by(_entries.c.n.desc())
    .limit(literal_column("1"))
)


class Last(NamedTuple):
    """The end of a log."""

    n: int
    hash: str
    detail: dict[str, Any]


def last_entry(session: Session, office: Office) -> Last | None:
    """Where the office's log ends. One statement."""
    row = session.execute(_LAST, {"office": office.id}).first()
    return Last(row.n, row.hash, row.detail) if row is not None else None


def all_entries(session: Session, office: Office) -> Iterator[Entry]:
    """Every entry of the office in order, a thousand at a time."""
    return _read(session, office)


def first_entry(session: Session, office: Office) -> Entry | None:
    """With it the log begins: what is older has no entry."""
    first = select(func.min(LogEntry.n)).where(LogEntry.office_id == office.id).scalar_subquery()
    return next(_read(session, office, LogEntry.n == first), None)


def entries_of_day(session: Session, office: Office, on: date) -> list[Entry]:
    """The entries of one day of the office, in order."""
    return list(_read(session, office, LogEntry.on == on))


def entries_spanning(session: Session, office: Office, on: date) -> list[Entry]:
    """The entries from the first of a day to its last, also those of another day that were put among them."""
    of_day = (LogEntry.office_id == office.id, LogEntry.on == on)
    first, last = session.execute(select(func.min(LogEntry.n), func.max(LogEntry.n)).where(*of_day)).one()
    return [] if first is None else list(_read(session, office, LogEntry.n.between(first, last)))


def entries_about(session: Session, office: Office, on: date) -> list[Entry]:
    """The entries about the tickets of one day, whenever they were written: a ticket may be decided on a later day."""
    tickets = select(Ticket.id).where(Ticket.office_id == office.id, Ticket.on == on)
    return list(_read(session, office, LogEntry.ticket_id.in_(tickets)))


def entries_of_lost_tickets(session: Session, office: Office, on: date) -> list[Entry]:
    """The entries of a day about tickets that are in no table any more."""
    there = select(Ticket.id).where(Ticket.id == LogEntry.ticket_id).exists()
    return list(_read(session, office, LogEntry.on == on, LogEntry.ticket_id.is_not(None), ~there))


def entry_before(session: Session, office: Office, n: int) -> Entry | None:
    """The entry before entry `n`."""
    return next(_read(session, office, LogEntry.n == n - 1), None)


def policy_before(session: Session, office: Office, n: int) -> Entry | None:
    """The entry that tells the policy in force before entry `n`."""
    latest = select(func.max(LogEntry.n)).where(LogEntry.office_id == office.id, LogEntry.what == POLICY, LogEntry.n < n)
    return next(_read(session, office, LogEntry.n == latest.scalar_subquery()), None)


def leads_to(session: Session, office: Office, digest: str) -> bool:
    """Whether an entry of the office has this hash."""
    found = select(LogEntry.n).where(LogEntry.office_id == office.id, LogEntry.hash == digest)
    return session.scalar(found.limit(1)) is not None


def _read(session: Session, office: Office, *which: Any) -> Iterator[Entry]:
    columns = select(LogEntry.n, LogEntry.on, LogEntry.at, LogEntry.what, LogEntry.ticket_id, LogEntry.detail, LogEntry.hash)
    rows = session.execute(
        columns.where(LogEntry.office_id == office.id, *which).order_by(LogEntry.n).execution_options(yield_per=1000)
    )
    for row in rows:
        yield Entry(office.code, row.n, row.on, row.at, row.what, row.ticket_id, row.detail, row.hash)


# --- the rows it tells of ---------------------------------------------------------------------------------------------


def days_of(session: Session, office: Office) -> list[date]:
    """The days that have tickets or entries."""
    tickets = session.scalars(select(Ticket.on).where(Ticket.office_id == office.id).distinct())
    entries = session.scalars(select(LogEntry.on).where(LogEntry.office_id == office.id).distinct())
    return sorted({*tickets, *entries})


def closings_of(session: Session, office: Office, on: date | None) -> Sequence[Row[date, datetime, str]]:
    """The closed days of the office, or that one, in order."""
    closings = select(DayClosing.on, DayClosing.closed_at, DayClosing.log_hash).where(DayClosing.office_id == office.id)
    return session.execute((closings if on is None else closings.where(DayClosing.on == on)).order_by(DayClosing.on)).all()


def ticket_rows(session: Session, office: Office, on: date) -> dict[int, Row[Any]]:
    """The tickets of a day by id."""
    rows = select(*Ticket.__table__.columns).where(Ticket.office_id == office.id, Ticket.on == on)
    return {row.id: row for row in session.execute(rows)}


def interval_rows(session: Session, office: Office, on: date) -> dict[int, Row[Any]]:
    """The stretches of the tickets of a day by id."""
    rows = select(*TicketInterval.__table__.columns).join(Ticket, Ticket.id == TicketInterval.ticket_id)
    return {row.id: row for row in session.execute(rows.where(Ticket.office_id == office.id, Ticket.on == on))}


def call_rows(session: Session, office: Office, on: date) -> dict[int, Row[Any]]:
    """The calls of a day by id, those taken back too."""
    rows = select(*Call.__table__.columns).where(Call.office_id == office.id, Call.on == on)
    return {row.id: row for row in session.execute(rows)}


def staff_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The names of these staff members by id: the log itself keeps ids only."""
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


def counter_numbers(session: Session, office: Office) -> dict[int, int]:
    """The number of each counter by id."""
    rows = session.execute(select(Counter.id, Counter.number).where(Counter.office_id == office.id))
    return {row.id: row.number for row in rows}
