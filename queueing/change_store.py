"""The queries of changing tickets, and of who sits where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from core.database import insert_or
from office.models import Counter, Office, Service, Staff
from queueing.models import NumberCounter, Ticket, TicketInterval


def returned_before(session: Session, ticket: Ticket) -> int:
    """How often the ticket's visit was opened again."""
    counted = select(func.count()).where(TicketInterval.ticket_id == ticket.id, TicketInterval.why == "returned")
    return session.execute(counted).scalar_one()


def minutes_of(session: Session, service_ids: Collection[int]) -> Mapping[int, int]:
    """The planned minutes of these services."""
    rows = session.execute(select(Service.id, Service.minutes).where(Service.id.in_(service_ids)))
    return {row.id: row.minutes for row in rows}


# --- numbers on paper -------------------------------------------------------------------------------------------------


def numbers_given(session: Session, office: Office, on: date, numbers: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Which of these numbers (prefix, number) somebody has already on a day."""
    prefixes, values = {prefix for prefix, _number in numbers}, {number for _prefix, number in numbers}
    rows = session.execute(
        select(Ticket.prefix, Ticket.number).where(
            Ticket.office_id == office.id, Ticket.on == on, Ticket.prefix.in_(prefixes), Ticket.number.in_(values)
        )
    )
    return {(row.prefix, row.number) for row in rows} & set(numbers)


def raise_numbers(session: Session, office: Office, on: date, last: Mapping[str, int]) -> None:
    """See to it that no number up to `last` of its prefix is given on this day any more. The rows are locked until commit."""
    for prefix, number in sorted(last.items()):
        made = insert_or(session, NumberCounter).values(office_id=office.id, on=on, prefix=prefix, last=number)
        greater = case((NumberCounter.last < number, number), else_=NumberCounter.last)
        session.execute(
            made.on_conflict_do_update(
                index_elements=[NumberCounter.office_id, NumberCounter.on, NumberCounter.prefix], set_={"last": greater}
            )
        )


# --- who sits where ---------------------------------------------------------------------------------------------------


def officers_of(session: Session, office: Office) -> Sequence[Staff]:
    """The active officers and heads of an office, by name as typed."""
    officers = select(Staff).where(Staff.office_id == office.id, Staff.active, Staff.role.in_(("officer", "head")))
    return session.scalars(officers.order_by(Staff.name, Staff.id)).all()


def hear(session: Session, counter: Counter, staff_id: int | None, now: datetime) -> None:
    """Note that the console of this counter is alive, if `staff_id` still sits there. Locks nothing and numbers no change."""
    session.execute(
        update(Counter)
        .where(Counter.id == counter.id, Counter.staff_id == staff_id)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )
