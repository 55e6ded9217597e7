"""Queries of the set-up pages over the rooms below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from booking.models import Appointment
from core.rights import NotFound
from office.hours import Weekly
from office.models import Device, Office, WeeklyHours
from printer.models import Printer
from queueing.models import Ticket
from setup.rules import Booked


def tickets_by_state(session: Session, office: Office, on: date) -> Mapping[str, int]:
    """How many tickets of the day are in each state."""
    rows = session.execute(
        select(Ticket.state, func.count().label("people"))
        .where(Ticket.office_id == office.id, Ticket.on == on)
        .group_by(Ticket.state)
    )
    return {row.state: row.people for row in rows}


def bookings_after(session: Session, office: Office, now: datetime) -> list[Booked]:
    """The live bookings that are still to come."""
    rows = session.execute(
        select(Appointment.starts_at, Appointment.minutes).where(
            Appointment.office_id == office.id, Appointment.state == "booked", Appointment.starts_at > now
        )
    )
    return [Booked(row.starts_at, row.minutes) for row in rows]


def replace_weekly_hours(session: Session, office: Office, week: Weekly) -> None:
    """Put `week` in place of the office's hours; counters with hours of their own keep them."""
    session.execute(delete(WeeklyHours).where(WeeklyHours.office_id == office.id, WeeklyHours.counter_id.is_(None)))
    session.add_all(
        WeeklyHours(office_id=office.id, weekday=weekday, opens=span.opens, closes=span.closes)
        for weekday, spans in enumerate(week.days)
        for span in spans
    )


def device_of(session: Session, office: Office, device_id: int) -> Device:
    """A device of this office. Raises NotFound, also for another office's."""
    device = session.get(Device, device_id)
    if device is None or device.office_id != office.id:
        raise NotFound()
    return device


def printer_of(session: Session, office: Office, printer_id: int) -> Printer:
    """A printer that stands in this office. Raises NotFound, also for another office's."""
    printer = session.get(Printer, printer_id)
    if printer is None or printer.place != office.code:
        raise NotFound()
    return printer
