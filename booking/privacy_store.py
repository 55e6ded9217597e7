"""Every query of what is personal and has to go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.models import Appointment, CallListEntry, PhoneMark, WaitingEntry
from office.models import Office
from office.settings import Settings


def settings_of_offices(session: Session) -> Mapping[int, Settings]:
    """The settings of every office, by its id."""
    return {row.id: Settings.of(row.settings) for row in session.execute(select(Office.id, Office.settings))}


def old_appointments(session: Session, offices: Collection[int], before: date, limit: int) -> list[Appointment]:
    """Up to `limit` bookings of days before then with their data, held until commit; those held by others are passed over."""
    old = (Appointment.erased_at.is_(None), Appointment.on < before, Appointment.office_id.in_(offices))
    found = select(Appointment).where(*old).order_by(Appointment.on, Appointment.id).limit(limit)
    return list(session.scalars(found.with_for_update(skip_locked=True)))


def old_waiting(session: Session, offices: Collection[int], before: date, limit: int) -> list[WaitingEntry]:
    """The same of the waiting lists."""
    old = (WaitingEntry.erased_at.is_(None), WaitingEntry.on < before, WaitingEntry.office_id.in_(offices))
    found = select(WaitingEntry).where(*old).order_by(WaitingEntry.on, WaitingEntry.id).limit(limit)
    return list(session.scalars(found.with_for_update(skip_locked=True)))


def waiting_of(session: Session, appointments: Collection[int]) -> list[WaitingEntry]:
    """The waiting that became these bookings, with its data, held until commit."""
    became = (WaitingEntry.appointment_id.in_(appointments), WaitingEntry.erased_at.is_(None))
    return list(session.scalars(select(WaitingEntry).where(*became).with_for_update()))


def forget_calls(session: Session, appointments: Collection[int]) -> None:
    """Take these bookings from the lists of people to call."""
    session.execute(delete(CallListEntry).where(CallListEntry.appointment_id.in_(appointments)))


def forget_marks(session: Session, offices: Collection[int], before: datetime) -> int:
    """Forget that somebody else came with a booking, where it was marked before then; gives how many."""
    old = delete(PhoneMark).where(PhoneMark.office_id.in_(offices), PhoneMark.marked_at < before)
    return len(session.execute(old.returning(PhoneMark.id)).all())


def appointments_of(session: Session, phone: str, office: Office | None) -> list[Appointment]:
    """The bookings of a phone (E.164), past and cancelled ones too, at one office or at all."""
    mine = [Appointment.phone == phone] if office is None else [Appointment.phone == phone, Appointment.office_id == office.id]
    return list(session.scalars(select(Appointment).where(*mine).order_by(Appointment.id)))


def waiting_entries_of(session: Session, phone: str, office: Office | None) -> list[WaitingEntry]:
    """The same on the waiting lists."""
    mine = [WaitingEntry.phone == phone] if office is None else [WaitingEntry.phone == phone, WaitingEntry.office_id == office.id]
    return list(session.scalars(select(WaitingEntry).where(*mine).order_by(WaitingEntry.id)))
