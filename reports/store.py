"""Every query behind the figures. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from booking.models import Appointment
from office.models import Office, Service
from queueing.models import Call, Promise, Ticket, TicketInterval
from queueing.store import UNDONE
from reports.rules import Promised, Stretch, Visit


@dataclass(frozen=True)
class Period:
    """Office-local days, both included."""

    since: date
    until: date


def visits(session: Session, office: Office, period: Period) -> list[Visit]:
    """The tickets of the office in the period, with their stretches, by number."""
    in_period = (Ticket.office_id == office.id, Ticket.on.between(period.since, period.until))
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for row in session.execute(
        select(TicketInterval.ticket_id, TicketInterval.state, TicketInterval.from_at, TicketInterval.to_at)
        .join(Ticket, Ticket.id == TicketInterval.ticket_id)
        .where(*in_period)
        .order_by(TicketInterval.id)
    ):
        stretches[row.ticket_id].append(Stretch(row.state, row.from_at, row.to_at))
    # An unanswered early call changes nothing (calling-rules.md, tier 5), so it is not what the person waited for.
    unanswered_early = and_(Call.reason == "early", Call.withdrawn_at.is_not(None))
    first_call = (
        select(func.min(Call.called_at))
        .where(Call.ticket_id == Ticket.id, Call.tier != UNDONE, ~unanswered_early)
        .scalar_subquery()
        .label("called_at")
    )
    tickets = session.execute(
        select(Ticket.id, Service.code, Ticket.arrived_at, Ticket.state, first_call, Ticket.slot_at, Ticket.arrival,
               Promise.told_at, Promise.median, Promise.low, Promise.high)
        .join(Service, Service.id == Ticket.service_id)
        .outerjoin(Promise, Promise.ticket_id == Ticket.id)
        .where(*in_period)
        .order_by(Ticket.id)
    )  # fmt: skip
    return [
        Visit(
            service=row.code,
            arrived_at=row.arrived_at,
            state=row.state,
            stretches=tuple(stretches[row.id]),
            called_at=row.called_at,
            slot_at=row.slot_at,
            arrival=row.arrival,
            promised=None if row.told_at is None else Promised(row.told_at, row.median, row.low, row.high),
        )
        for row in tickets
    ]


def no_shows(session: Session, office: Office, period: Period, today: date) -> Mapping[str, int]:
    """Bookings of past days of the period to which nobody came, by code of service. Derived when read: no job marks them."""
    came = select(Ticket.id).where(Ticket.appointment_id == Appointment.id).exists()
    rows = session.execute(
        select(Service.code, func.count().label("people"))
        .select_from(Appointment)
        .join(Service, Service.id == Appointment.service_id)
        .where(
            Appointment.office_id == office.id,
            Appointment.state == "booked",
            Appointment.on.between(period.since, period.until),
            Appointment.on < today,
            ~came,
        )
        .group_by(Service.code)
    )
    return {row.code: row.people for row in rows}


def service_names(session: Session, office: Office) -> Mapping[str, str]:
    """The name of every service the office has or had, by code and in the office's order."""
    rows = session.execute(
        select(Service.code, Service.name).where(Service.office_id == office.id).order_by(Service.position, Service.id)
    )
    return {row.code: row.name for row in rows}
