"""The rows behind the visit facts, and keeping the facts up to date with the log of each line.

Every change of a ticket has an entry in its office's log, numbered without a gap: the tickets named by entries after
`FactMark.through_n` are those whose facts are old. So no job has to have run, and none can run twice: who catches up holds the
office's mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.database import insert_or
from office.models import Office
from queueing.models import Call, LogEntry, Promise, Ticket, TicketInterval
from queueing.store import UNDONE
from reports.fact_rules import Promised, Stretch, Visit, kept, parts_of, punctual
from reports.models import FactMark, VisitFact

AT_ONCE = 400
"""Tickets whose facts are worked out in one transaction: about 40 ms, for so long nobody else may write to SQLite."""


def behind(session: Session, offices: Iterable[int] | None = None) -> list[int]:
    """The ids of the offices (of these, or of all) whose facts are not those of this moment."""
    last_n = select(func.max(LogEntry.n)).where(LogEntry.office_id == Office.id).scalar_subquery()
    never = and_(FactMark.office_id.is_(None), select(Ticket.id).where(Ticket.office_id == Office.id).exists())
    found = (
        select(Office.id)
        .outerjoin(FactMark, FactMark.office_id == Office.id)
        .where(or_(FactMark.through_n < last_n, FactMark.next_id < FactMark.until_id, never))
    )
    return list(session.scalars(found if offices is None else found.where(Office.id.in_(list(offices)))))


def left(session: Session, offices: Iterable[int]) -> int:
    """How many tickets of these offices are still to be gone through."""
    its = list(offices)
    changed = (
        select(func.count(func.distinct(LogEntry.ticket_id)))
        .join(FactMark, FactMark.office_id == LogEntry.office_id)
        .where(LogEntry.office_id.in_(its), LogEntry.n > FactMark.through_n)
    )
    older = (
        select(func.count())
        .select_from(Ticket)
        .outerjoin(FactMark, FactMark.office_id == Ticket.office_id)
        .where(
            Ticket.office_id.in_(its),
            or_(FactMark.office_id.is_(None), and_(Ticket.id > FactMark.next_id, Ticket.id <= FactMark.until_id)),
        )
    )
    return (session.scalar(changed) or 0) + (session.scalar(older) or 0)


def catch_up(session: Session, office_id: int, tz: ZoneInfo) -> bool:
    """Work out the facts of at most AT_ONCE tickets; whether some are left. Holds the office's mark until commit."""
    mark = _locked_mark(session, office_id)
    if mark.next_id < mark.until_id:
        ids = session.scalars(
            select(Ticket.id)
            .where(Ticket.office_id == office_id, Ticket.id > mark.next_id, Ticket.id <= mark.until_id)
            .order_by(Ticket.id)
            .limit(AT_ONCE)
        ).all()
        mark.next_id = ids[-1] if len(ids) == AT_ONCE else mark.until_id
        _write(session, ids, tz)
        return True
    entries = session.execute(
        select(LogEntry.n, LogEntry.ticket_id)
        .where(LogEntry.office_id == office_id, LogEntry.n > mark.through_n)
        .order_by(LogEntry.n)
        .limit(AT_ONCE)
    ).all()
    if entries:
        mark.through_n = entries[-1].n
        _write(session, sorted({row.ticket_id for row in entries if row.ticket_id is not None}), tz)
    return len(entries) == AT_ONCE


def _locked_mark(session: Session, office_id: int) -> FactMark:
    """The office's mark, held; made at first with all tickets there are still to be gone through."""
    its = FactMark.office_id == office_id
    locked = update(FactMark).where(its).values(through_n=FactMark.through_n).returning(FactMark.office_id)
    if session.scalar(locked) is None:
        last_n = session.scalar(select(func.max(LogEntry.n)).where(LogEntry.office_id == office_id)) or 0
        last_id = session.scalar(select(func.max(Ticket.id)).where(Ticket.office_id == office_id)) or 0
        fresh = {"office_id": office_id, "through_n": last_n, "next_id": 0, "until_id": last_id}
        session.execute(insert_or(session, FactMark).values(fresh).on_conflict_do_nothing())
        session.scalar(locked)
    return session.scalars(select(FactMark).where(its).execution_options(populate_existing=True)).one()


def _write(session: Session, ticket_ids: Sequence[int], tz: ZoneInfo) -> None:
    if not ticket_ids:
        return
    session.execute(delete(VisitFact).where(VisitFact.ticket_id.in_(ticket_ids)))
    rows = [row for ticket, visit in visits(session, ticket_ids) for row in _rows(ticket, visit, tz)]
    if rows:
        session.execute(insert(VisitFact), rows)


def _rows(ticket: Ticket, visit: Visit, tz: ZoneInfo) -> list[dict[str, object]]:
    on_time, told = punctual(visit), kept(visit)
    return [
        {
            "ticket_id": ticket.id, "part": number, "office_id": ticket.office_id, "on": ticket.on,
            "service_id": part.service or ticket.service_id, "counter_id": part.counter, "staff_id": part.staff,
            "hour": part.hour, "served_hour": part.served_hour, "waited_s": part.waited_s, "served_s": part.served_s,
            "booked": ticket.slot_at is not None,
            "state": None if number else ticket.state,
            "outcome": None if number else ticket.outcome,
            "on_time": None if number or on_time is None else on_time.on_time,
            "on_time_limit_at": None if number or on_time is None else on_time.limit_at,
            "error_s": None if number or told is None else told.error_s,
            "held": None if number or told is None else told.held,
        }
        for number, part in enumerate(parts_of(visit, tz))
    ]  # fmt: skip


def visits(session: Session, ticket_ids: Sequence[int]) -> list[tuple[Ticket, Visit]]:
    """These tickets with their lives, by id."""
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for row in session.execute(
        select(TicketInterval.ticket_id, TicketInterval.state, TicketInterval.from_at, TicketInterval.to_at,
               TicketInterval.service_id, TicketInterval.counter_id, TicketInterval.staff_id, TicketInterval.why)
        .where(TicketInterval.ticket_id.in_(ticket_ids))
        .order_by(TicketInterval.id)
    ):  # fmt: skip
        further = row.state == "waiting" and row.why == "further"
        stretches[row.ticket_id].append(
            Stretch(row.state, row.from_at, row.to_at, row.service_id, row.counter_id, row.staff_id, further)
        )
    calls, promised = _calls(session, ticket_ids), _promises(session, ticket_ids)
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id)).all()
    return [
        (
            ticket,
            Visit(
                arrived_at=ticket.arrived_at, state=ticket.state, stretches=tuple(stretches[ticket.id]),
                calls=tuple(calls[ticket.id]), slot_at=ticket.slot_at, arrival=ticket.arrival, promised=promised.get(ticket.id),
            ),
        )
        for ticket in tickets
    ]  # fmt: skip


def _calls(session: Session, ticket_ids: Sequence[int]) -> Mapping[int, list[datetime]]:
    """When each ticket was called, in order. An unanswered early call changes nothing (calling-rules.md, tier 5), so it is not
    what the person waited for."""
    unanswered_early = and_(Call.reason == "early", Call.withdrawn_at.is_not(None))
    calls: dict[int, list[datetime]] = defaultdict(list)
    for row in session.execute(
        select(Call.ticket_id, Call.called_at)
        .where(Call.ticket_id.in_(ticket_ids), Call.tier != UNDONE, ~unanswered_early)
        .order_by(Call.called_at, Call.id)
    ):
        calls[row.ticket_id].append(row.called_at)
    return calls


def _promises(session: Session, ticket_ids: Sequence[int]) -> Mapping[int, Promised]:
    told = select(Promise.ticket_id, Promise.told_at, Promise.median, Promise.low, Promise.high)
    rows = session.execute(told.where(Promise.ticket_id.in_(ticket_ids)))
    return {row.ticket_id: Promised(row.told_at, row.median, row.low, row.high) for row in rows}
