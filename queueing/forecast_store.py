"""What a forecast reads: visits of recent days, who is at the counters now, what was promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from office.models import Counter, Office, Service
from queueing.forecast_rules import Serving, Wait
from queueing.lifecycle_rules import OPEN
from queueing.line_store import CallRow
from queueing.models import Promise, Ticket, TicketInterval
from queueing.service_times import DAYS, Visit
from queueing.store import one_of_states

_PROMISE = insert(cast(Table, Promise.__table__))
MOST_VISITS = 4000
"""The newest so many tickets are enough to learn from, however busy the office and however long its history."""


def visits_of(session: Session, office: Office, on: date) -> list[Visit]:
    """The visits that ended at counters of the office in the days before `on`, and that day: one of each service of a ticket.

    A call that nobody answered is no part of a visit, and neither is the time somebody was put aside.
    """
    newest = (
        select(Ticket.id)
        .where(Ticket.office_id == office.id, Ticket.on.between(on - timedelta(days=DAYS), on), Ticket.state == "done")
        .order_by(Ticket.id.desc())
        .limit(MOST_VISITS)
        .subquery()
    )
    rows = session.execute(
        select(TicketInterval.ticket_id, TicketInterval.service_id, TicketInterval.state, TicketInterval.from_at,
               TicketInterval.to_at, Ticket.on, Ticket.people, Ticket.minutes, Service.minutes.label("usual"))
        .join(Ticket, Ticket.id == TicketInterval.ticket_id)
        .join(Service, Service.id == TicketInterval.service_id)
        .where(TicketInterval.ticket_id.in_(select(newest.c.id)))
        .order_by(TicketInterval.ticket_id, TicketInterval.id)
    ).all()  # fmt: skip
    lasted: dict[tuple[int, int], timedelta] = defaultdict(timedelta)
    about: dict[tuple[int, int], tuple[date, float]] = {}
    for row, following in zip(rows, [*rows[1:], None], strict=False):
        answered = following is not None and following.ticket_id == row.ticket_id and following.state in ("serving", "done")
        if row.to_at is not None and (row.state == "serving" or (row.state == "called" and answered)):
            lasted[row.ticket_id, row.service_id] += row.to_at - row.from_at
            about[row.ticket_id, row.service_id] = (row.on, row.minutes / row.usual if row.people > 1 else 1.0)
    return [Visit(key[1], *_visit(lasted[key], *about[key])) for key in lasted]


def _visit(lasted: timedelta, on: date, share: float) -> tuple[date, float, float]:
    return on, lasted / timedelta(minutes=1), share


def serving_now(session: Session, office: Office, calls: Iterable[CallRow]) -> Mapping[int, Serving]:
    """Who is called to or served at each counter (id), since the call; `calls` are those of the present days, oldest first."""
    called_at = {(call.ticket_id, call.counter_id): call.called_at for call in calls if not call.withdrawn}
    rows = session.execute(
        select(Ticket.id, Ticket.counter_id, Ticket.service_id, Ticket.state_at, Ticket.people, Ticket.minutes,
               Service.minutes.label("usual"))
        .join(Service, Service.id == Ticket.service_id)
        .join(Counter, Counter.id == Ticket.counter_id)
        .where(Counter.office_id == office.id, one_of_states(OPEN))
    )  # fmt: skip
    return {
        row.counter_id: Serving(
            row.service_id,
            called_at.get((row.id, row.counter_id), row.state_at),
            row.minutes / row.usual if row.people > 1 else 1.0,
        )
        for row in rows
    }


def last_ticket(session: Session, office: Office, days: Sequence[date]) -> int:
    """The id of the newest ticket of these days; 0 when there is none."""
    return session.scalar(select(func.max(Ticket.id)).where(Ticket.office_id == office.id, Ticket.on.in_(days))) or 0


def keep_promise(session: Session, ticket: Ticket, wait: Wait, now: datetime) -> None:
    """Write down what the person of a new ticket is told, in the transaction that makes the ticket."""
    told = {"told_at": now, "median": wait.median, "low": wait.low, "high": wait.high}
    session.execute(_PROMISE, {"ticket_id": ticket.id, "office_id": ticket.office_id, "on": ticket.on, **told})
