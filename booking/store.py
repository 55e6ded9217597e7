"""Every query and every lock of bookings.

Order of locks in one transaction (architecture.md): idempotency key, the appointment itself, slots by their time, the waiting
list, the office.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from booking.forms import clean_code
from booking.models import Appointment, PhoneMark
from booking.refusals import AppointmentUnknown, NothingFound, OfficeUnknown
from core.rights import NotFound
from core.words import fold
from office.models import Office
from office.store import office_by_code
from queueing.models import Ticket

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")

# --- Finding a booking ------------------------------------------------------------------------------------------------


def published_office(session: Session, code: str) -> Office:
    """The office with this code, if it publishes hours. Raises OfficeUnknown (a NotFound)."""
    try:
        office = office_by_code(session, code)
    except NotFound as error:
        raise OfficeUnknown() from error
    if not office.published:
        raise OfficeUnknown()
    return office


def appointment_by_token(session: Session, token: str) -> Appointment:
    """As `find_by_token`. Raises AppointmentUnknown (a NotFound)."""
    appointment = find_by_token(session, token)
    if appointment is None:
        raise AppointmentUnknown()
    return appointment


def find_by_token(session: Session, token: str) -> Appointment | None:
    """The booking whose page this token opens, cancelled ones too."""
    if not _TOKEN.fullmatch(token):
        return None
    return session.scalar(select(Appointment).where(Appointment.token == token))


def find_by_code(session: Session, office: Office, code: str) -> Appointment | None:
    """The booking of this office with this code, however it was typed; cancelled and past ones too."""
    clean = clean_code(code)
    if clean is None:
        return None
    return session.scalar(select(Appointment).where(Appointment.office_id == office.id, Appointment.code == clean))


def find_lost(session: Session, office: Office, code: str, phone: str) -> Appointment:
    """The booking with this code that was made with this phone (E.164). Raises NothingFound."""
    found = find_by_code(session, office, code)
    if found is None or found.phone != phone:
        raise NothingFound()
    return found


def find_by_phone(session: Session, office: Office, phone: str, on: date) -> list[Appointment]:
    """The live bookings of this office and local day made with this phone (E.164, see `booking.forms.e164`)."""
    return _live(session, office, on, Appointment.phone == phone)


def find_by_name(session: Session, office: Office, name: str, on: date) -> list[Appointment]:
    """The live bookings of this office and local day whose name holds these words, tones and case aside."""
    words = fold(name)
    return _live(session, office, on, Appointment.name_folded.contains(words, autoescape=True)) if words else []


def live_on(session: Session, office: Office, on: date) -> list[Appointment]:
    """All live bookings of this office and local day, by their hour."""
    return _live(session, office, on)


def lock_by_token(session: Session, token: str) -> Appointment | None:
    """As `find_by_token`, and held until commit: nobody moves, cancels or checks it in meanwhile."""
    if not _TOKEN.fullmatch(token):
        return None
    return session.scalar(
        select(Appointment).where(Appointment.token == token).with_for_update().execution_options(populate_existing=True)
    )


def _live(session: Session, office: Office, on: date, *conditions: ColumnElement[bool]) -> list[Appointment]:
    live = (Appointment.office_id == office.id, Appointment.on == on, Appointment.state == "booked")
    found = select(Appointment).where(*live, *conditions).options(joinedload(Appointment.service))
    return list(session.scalars(found.order_by(Appointment.starts_at, Appointment.id)))


def code_in_use(session: Session, office: Office, code: str) -> bool:
    """Whether the office has given this code before."""
    taken = select(Appointment.id).where(Appointment.office_id == office.id, Appointment.code == code)
    return session.scalar(taken) is not None


@dataclass(frozen=True)
class PhoneUse:
    """What a phone has booked for one day, at all offices: the ordinals and the fields in use."""

    ordinals: frozenset[int]
    fields: frozenset[str]


def phone_use(session: Session, phone: str, on: date, *, apart_from: int | None = None) -> PhoneUse:
    """The live bookings of a phone on a day, except the appointment `apart_from` (the one being moved)."""
    rows = session.execute(
        select(Appointment.nth, Appointment.field).where(
            Appointment.phone == phone,
            Appointment.on == on,
            Appointment.state == "booked",
            Appointment.id != (apart_from or 0),
        )
    ).all()
    return PhoneUse(frozenset(row.nth for row in rows), frozenset(row.field for row in rows))


def ticket_of(session: Session, appointment: Appointment) -> Ticket | None:
    """The ticket this booking became when its person checked in."""
    return session.scalar(select(Ticket).where(Ticket.appointment_id == appointment.id))


def marks_of(session: Session, phone: str) -> int:
    """How many bookings of this phone (hashed) somebody else came with, as long as they are kept."""
    marks = select(func.count()).select_from(PhoneMark).where(PhoneMark.phone_hash == phone)
    return session.execute(marks).scalar_one()
