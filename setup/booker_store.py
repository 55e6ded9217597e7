"""How many bookings each phone and each device made, counted in the database: no name is read and no phone leaves it whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from booking.masks import masked_phone
from booking.models import Appointment, PhoneMark
from office.models import Office
from queueing.models import Ticket
from setup.rules import LOOK_BACK, Booker

DEVICE_MARK_LENGTH = 6
"""Signs of a device's keyed hash: enough to tell an office's devices apart."""


def bookers_by_phone(session: Session, office: Office, today: date) -> list[Booker]:
    """By phone, the last three digits of each; bookings whose data were deleted are nobody's any more."""
    return _bookers(session, office, today, Appointment.phone, masked_phone)


def bookers_by_device(session: Session, office: Office, today: date) -> list[Booker]:
    """By device; bookings made by a program without one are left out."""
    return _bookers(session, office, today, Appointment.device, lambda device: device[:DEVICE_MARK_LENGTH])


def _bookers(
    session: Session, office: Office, today: date, whose: InstrumentedAttribute[str], mark: Callable[[str], str]
) -> list[Booker]:
    """Of the last thirty days, and of those to come."""
    wrong = select(PhoneMark.id).where(PhoneMark.appointment_id == Appointment.id).exists()
    here = select(Ticket.id).where(Ticket.appointment_id == Appointment.id).exists()
    became = case(
        (Appointment.state == "cancelled", "cancelled"),
        (wrong, "wrong_person"),
        (here, "came"),
        (Appointment.on < today, "not_come"),
        else_="coming",
    )
    each = (
        select(whose.label("whose"), became.label("became"), Appointment.id)
        .where(Appointment.office_id == office.id, Appointment.on >= today - LOOK_BACK)
        .where(whose != "", Appointment.erased_at.is_(None))
        .subquery()
    )
    kinds = ("coming", "came", "cancelled", "not_come", "wrong_person")
    sums = [func.sum(case((each.c.became == kind, 1), else_=0)).label(kind) for kind in kinds]
    rows = session.execute(select(each.c.whose, func.min(each.c.id).label("first"), *sums).group_by(each.c.whose))
    return [
        Booker(mark(row.whose), row.coming, row.came, row.cancelled, row.not_come, row.wrong_person, row.first) for row in rows
    ]
