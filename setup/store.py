"""Queries of the set-up pages over the rooms below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from core.addresses import GREATEST_ID
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
    """A counter of this office. Raises NotFound, also for another office's."""
    counter = session.get(Counter, counter_id)
    if counter is None or counter.office_id != office.id:
        raise NotFound()
    return counter


def days_from(session: Session, office: Office, since: date, *, until: date) -> list[SpecialDay]:
    """The special days of the office from a day on, and the city's up to `until` where the office says nothing; by date."""
    own = SpecialDay.office_id == office.id
    of_city = and_(SpecialDay.office_id.is_(None), SpecialDay.on <= until)
    rows = session.scalars(select(SpecialDay).where(or_(own, of_city), SpecialDay.on >= since).order_by(SpecialDay.on)).all()
    said = {row.on for row in rows if row.office_id is not None}
    return [row for row in rows if row.office_id is not None or row.on not in said]


def day_of(session: Session, office: Office, day_id: int) -> SpecialDay:
    """A special day of this office. Raises NotFound, also for the city's and another office's."""
    day = session.get(SpecialDay, day_id) if 0 < day_id <= GREATEST_ID else None
    if day is None or day.office_id != office.id:
        raise NotFound()
    return day


def city_day(session: Session, on: date) -> SpecialDay | None:
    """What the city says of a day, if it says anything."""
    return session.scalar(select(SpecialDay).where(SpecialDay.office_id.is_(None), SpecialDay.on == on))


def put_day(session: Session, office: Office, day: DayException) -> None:
    """Say this of a day of the office, in place of what was said before."""
    remove_day(session, office, day.on)
    spans = [[span.opens, span.closes] for span in day.spans or ()]
    session.add(SpecialDay(office_id=office.id, on=day.on, name=day.note, holiday=day.holiday, spans=spans))
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
