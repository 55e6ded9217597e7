"""Who is still expected today, as plain data for the forecast of the line: the line itself does not know bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from booking.models import Appointment
from office.hours import local_day
from office.models import Office, Service
from office.plans import PlannedService, plan_of
from queueing.checkin_rules import still_expected
from queueing.forecast_rules import COMES, Expected
from queueing.models import Ticket
from queueing.store import policy_of

LOOKED_BACK = timedelta(days=28)
ENOUGH = 50
"""From so many bookings of the last weeks on, how many people come is learned; before, the rest is the usual share."""

_NOT_HERE = (
    select(Appointment.starts_at, Appointment.service_id)
    .outerjoin(Ticket, Ticket.appointment_id == Appointment.id)
    .where(
        Appointment.office_id == bindparam("office"),
        Appointment.on == bindparam("on"),
        Appointment.state == "booked",
        Ticket.id.is_(None),
    )
    .order_by(Appointment.starts_at, Appointment.id)
)


class ExpectedBookings:
    """The bookings still expected. How many of those who book come is learned per office, once a day."""

    def __init__(self) -> None:
        self._comes: dict[int, tuple[date, float]] = {}

    def __call__(self, session: Session, office: Office, days: Sequence[date], now: datetime) -> list[Expected]:
        """Those of these days without a ticket whose hour may still be met (`checkin_rules.still_expected`)."""
        policy = policy_of(office)
        rows = session.execute(
            select(Appointment.id, Appointment.service_id, Appointment.starts_at, Appointment.minutes,
                   Service.minutes.label("usual"))
            .join(Service, Service.id == Appointment.service_id)
            .outerjoin(Ticket, Ticket.appointment_id == Appointment.id)
            .where(
                Appointment.office_id == office.id,
                Appointment.on.in_(days),
                Appointment.state == "booked",
                Ticket.id.is_(None),
            )
            .order_by(Appointment.starts_at, Appointment.id)
        )  # fmt: skip
        chance = self._share_that_comes(session, office, days[-1])
        return [
            Expected(row.service_id, row.starts_at, row.minutes / row.usual, chance, row.id)
            for row in rows
            if still_expected(row.starts_at, policy, now)
        ]

    def _share_that_comes(self, session: Session, office: Office, today: date) -> float:
        known = self._comes.get(office.id)
        if known is None or known[0] != today:
            known = self._comes[office.id] = (today, comes(*_booked_and_came(session, office, today)))
        return known[1]


def still_to_come(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> list[tuple[datetime, PlannedService]]:
    """Hour and service of the bookings of today nobody has checked in for, and whose hour may still be met; by their hour."""
    rows = session.execute(_NOT_HERE, {"office": office.id, "on": local_day(now, tz)}).all()
    services = plan_of(session, office, tz).services
    return [
        (row.starts_at, services[row.service_id])
        for row in rows
        if still_expected(row.starts_at, policy_of(office, services[row.service_id]), now)
    ]


def comes(booked: int, came: int) -> float:
    """The share of those who booked that comes: learned from so many, and the usual one while they are few."""
    trust = min(1.0, booked / ENOUGH)
    learned = came / booked if booked else COMES
    return min(0.99, max(0.3, trust * learned + (1 - trust) * COMES))


def _booked_and_came(session: Session, office: Office, today: date) -> tuple[int, int]:
    row = session.execute(
        select(func.count(Appointment.id).label("booked"), func.count(Ticket.id).label("came"))
        .outerjoin(Ticket, Ticket.appointment_id == Appointment.id)
        .where(
            Appointment.office_id == office.id,
            Appointment.on.between(today - LOOKED_BACK, today - timedelta(days=1)),
            Appointment.state == "booked",
        )
    ).one()
    return row.booked, row.came
