"""Queries of the set-up pages over the rooms below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.rights import NotFound
from office.hours import DayException, Weekly
from office.models import Counter, Device, Office, SpecialDay, WeeklyHours
from printer.models import Printer
from queueing.models import Ticket


def tickets_by_state(session: Session, office: Office, on: date) -> Mapping[str, int]:
    """How many tickets of the day are in each state."""
    rows = session.execute(
        select(Ticket.state, func.count().label("people"))
        .where(Ticket.office_id == office.id, Ticket.on == on)
        .group_by(Ticket.state)
    )
    return {row.state: row.people for row in rows}


# --- hours ------------------------------------------------------------------------------------------------------------


def replace_weekly_hours(session: Session, office: Office, week: Weekly | None, counter_id: int | None = None) -> None:
    """Put `week` in place of the office's hours, or of a counter's; None leaves no hours of its own."""
    session.execute(delete(WeeklyHours).where(WeeklyHours.office_id == office.id, WeeklyHours.counter_id == counter_id))
    session.add_all(
        WeeklyHours(office_id=office.id, counter_id=counter_id, weekday=weekday, opens=span.opens, closes=span.closes)
        for weekday, spans in enumerate(week.days if week else ())
        for span in spans
    )


def counter_of(session: Session, office: Office, counter_id: int) -> Counter:
    """A counter of this office that there is. Raises NotFound, also for another office's."""
    counter = session.get(Counter, counter_id)
    if counter is None or counter.office_id != office.id or counter.retired:
        raise NotFound()
    return counter


def put_day(session: Session, office: Office, day: DayException) -> None:
    """Say this of a day of the office, in place of what was said before."""
    remove_day(session, office, day.on)
    spans = [[span.opens, span.closes] for span in day.spans or ()]
    said = {"name": day.note, "holiday": day.holiday, "spans": spans, "as_weekday": day.works_as}
    session.add(SpecialDay(office_id=office.id, on=day.on, **said))
    session.flush()


def remove_day(session: Session, office: Office, on: date) -> None:
    """Say nothing of a day any more."""
    session.execute(delete(SpecialDay).where(SpecialDay.office_id == office.id, SpecialDay.on == on))


# --- machines ---------------------------------------------------------------------------------------------------------


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
