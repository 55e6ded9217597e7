"""Queries of the set-up pages over the rooms below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from core.database import Base
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
    rows = [
        {"office_id": office.id, "counter_id": counter_id, "weekday": weekday, "opens": span.opens, "closes": span.closes}
        for weekday, spans in enumerate(week.days if week else ())
        for span in spans
    ]
    insert_all(session, WeeklyHours, rows)


def counter_of(session: Session, office: Office, counter_id: int) -> Counter:
    """A counter of this office that there is. Raises NotFound, also for another office's."""
    counter = session.get(Counter, counter_id)
    if counter is None or counter.office_id != office.id or counter.retired:
        raise NotFound()
    return counter


def put_days(session: Session, office: Office, days: Collection[DayException]) -> None:
    """Say this of these days of the office, in place of what was said before."""
    remove_days(session, office, [day.on for day in days])
    insert_all(session, SpecialDay, [{"office_id": office.id, "on": day.on, **_said(day)} for day in days])


def _said(day: DayException) -> dict[str, Any]:
    spans = [[span.opens, span.closes] for span in day.spans or ()]
    return {"name": day.note, "holiday": day.holiday, "spans": spans, "as_weekday": day.works_as}


def remove_days(session: Session, office: Office, days: Collection[date]) -> None:
    """Say nothing of these days any more."""
    if days:
        session.execute(delete(SpecialDay).where(SpecialDay.office_id == office.id, SpecialDay.on.in_(days)))


def ids_by(session: Session, asked: Select[Any, int]) -> dict[Any, int]:
    """Ids by what stands in the first column of the statement."""
    return {row[0]: row[1] for row in session.execute(asked)}


def insert_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows in one statement: objects would be written one by one on SQLite, which gives ids to one row at a time."""
    if rows:
        # Without this option rows in which another column is empty would be another statement.
        session.execute(insert(table), rows, execution_options={"render_nulls": True})


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
