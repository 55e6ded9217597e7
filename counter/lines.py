"""The whole line as officers and helpers see it: one snapshot for the socket, the JSON call and the first load.

The line itself comes from `queueing.line_views`; what stands above it is added here: bookings still expected, by hour and
service only, and how the office's printer is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import Appointment
from booking.store import live_on
from core.web import config
from counter.shapes import Called, ExpectedVisit, Line, LineCounter, LineTicket, PrinterShown, Why
from office.hours import local_day
from office.models import Office
from printer.store import printers_at
from queueing import line_views
from queueing.checkin_rules import still_expected
from queueing.models import Call, Ticket
from queueing.store import policy_of

PRINTER_STATES = ("paper_out", "cover", "off", "unknown", "near_end", "ok")
"""The worst first: an office with several printers is told of the one that needs somebody."""


def snapshot(session: Session, office: Office, now: datetime) -> Line:
    """The line as it is; read in one transaction, with the office's version."""
    line = line_views.line_view(session, office, now, config().tz)
    return Line.model_validate(line | {"expected": _expected(session, office, now), "printer": _printer(session, office)})


def counters(session: Session, office: Office, now: datetime) -> list[LineCounter]:
    """Every counter, by number."""
    shown = line_views.counters_view(session, office, now, config().tz)
    return [LineCounter.model_validate(each) for each in shown]


def one(session: Session, ticket: Ticket, now: datetime) -> LineTicket:
    """One ticket as it is, decided or not."""
    return LineTicket.model_validate(line_views.line_ticket_view(session, ticket, now, config().tz))


def called(session: Session, call: Call, now: datetime) -> Called:
    """Who was called by `call`, and why."""
    reason = Why.model_validate(line_views.call_reason(call, config().tz))
    return Called(ticket=one(session, call.ticket, now), reason=reason)


def _expected(session: Session, office: Office, now: datetime) -> list[ExpectedVisit]:
    bookings = live_on(session, office, local_day(now, config().tz))
    here = set(session.scalars(select(Ticket.appointment_id).where(Ticket.appointment_id.in_(_ids(bookings)))))
    return [
        ExpectedVisit.model_validate({"starts_at": each.starts_at, "service": each.service}, from_attributes=True)
        for each in bookings
        if each.id not in here and still_expected(each.starts_at, policy_of(office, each.service), now)
    ]


def _ids(bookings: list[Appointment]) -> list[int]:
    return [each.id for each in bookings]


def _printer(session: Session, office: Office) -> PrinterShown | None:
    states = {printer.state for printer in printers_at(session, office.code) if printer.active}
    worst = next((state for state in PRINTER_STATES if state in states), None)
    return PrinterShown(state=worst) if worst else None
