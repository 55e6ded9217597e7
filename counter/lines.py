"""The whole line as officers and helpers see it: one snapshot for the socket, the JSON call and the first load.

The line itself comes from `queueing.line_views`; what stands above it is added here: bookings still expected, by hour and
service only, whose booking a ticket is, with masked names, and how the office's printer is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking import visits
from booking.expected import still_to_come
from booking.masks import masked_name
from booking.models import Appointment
from core.web import config
from counter.shapes import (
    Called,
    ExpectedVisit,
    Line,
    LineCounter,
    LineTicket,
    PersonShown,
    PrinterShown,
    StaffShown,
    StopShown,
    VisitShown,
    Why,
)
from office import stops
from office.hours import local_day
from office.models import Office
from office.plans import AnyService, plan_of
from office.store import counters_of
from office.words import service_name
from printer.store import printers_at, state_for_people
from queueing import day_store, line_views
from queueing.change_store import officers_of
from queueing.models import Call, Ticket
from queueing.store import office_of_ticket

PRINTER_STATES = ("paper_out", "cover", "off", "unknown", "near_end", "ok")
"""The worst first: an office with several printers is told of the one that needs somebody."""


def snapshot(session: Session, office: Office, now: datetime) -> Line:
    """The line as it is; read in one transaction, with the office's version."""
    line = line_views.line_view(session, office, now, config().tz)
    at_counters = [counter["ticket"] for counter in line["counters"] if counter["ticket"]]
    _add_visits(session, office, [*line["waiting"], *line["missed"], *line["held"], *at_counters])
    above = {"expected": _expected(session, office, now), "printer": _printer(session, office)}
    return Line.model_validate(line | above | _edges(session, office, now))


def counters(session: Session, office: Office, now: datetime) -> list[LineCounter]:
    """Every counter, by number. Also shown to staff who have nothing to do with the line's people, so without their names."""
    shown = line_views.counters_view(session, office, now, config().tz)
    return [LineCounter.model_validate(each) for each in shown]


def one(session: Session, ticket: Ticket, now: datetime) -> LineTicket:
    """One ticket as it is, decided or not."""
    shown = line_views.line_ticket_view(session, ticket, now, config().tz)
    _add_visits(session, office_of_ticket(session, ticket), [shown])
    return LineTicket.model_validate(shown)


def several(session: Session, office: Office, tickets: Sequence[Ticket], now: datetime) -> list[LineTicket]:
    """The same for many tickets of one office, in their order: sixty cost as many queries as one."""
    shown = line_views.line_ticket_views(session, office, tickets, now, config().tz)
    _add_visits(session, office, shown)
    return [LineTicket.model_validate(each) for each in shown]


def staff(session: Session, office: Office) -> list[StaffShown]:
    """Who may sit at a counter of the office, by name, with the number of the counter they sit at."""
    seats = {counter.staff_id: counter.number for counter in counters_of(session, office)}
    return [
        StaffShown(id=person.id, name=person.name, role=person.role, counter=seats.get(person.id))
        for person in officers_of(session, office)
    ]


def people_of(
    appointment: Appointment, present: int, services: Collection[AnyService], name_of: Callable[[str], str]
) -> list[PersonShown]:
    """Everybody of a booking whose ticket counts `present` people; `name_of` gives the name as it may be shown."""
    return [
        PersonShown(name=name_of(each.name), service=service_name(each.service) if each.service else "", absent=each.absent)
        for each in visits.comers(appointment, present, services)
    ]


def masked(name: str) -> str:
    """The name as a screen may show it; nothing where it was deleted."""
    return masked_name(name) if name.strip() else ""


def _add_visits(session: Session, office: Office, tickets: Iterable[dict[str, Any]]) -> None:
    """Say of each ticket that came with a booking who its people are, masked."""
    booked = {ticket["appointment"]: ticket for ticket in tickets if ticket["appointment"] is not None}
    if not booked:
        return
    services = plan_of(session, office, config().tz).services.values()
    for appointment_id, appointment in visits.by_id(session, booked).items():
        people = people_of(appointment, booked[appointment_id]["people"], services, masked)
        booked[appointment_id]["visit"] = VisitShown(booking=appointment_id, people=people)


def called(session: Session, call: Call, now: datetime) -> Called:
    """Who was called by `call`, and why."""
    reason = Why.model_validate(line_views.call_reason(call, config().tz))
    return Called(ticket=one(session, call.ticket, now), reason=reason)


def _expected(session: Session, office: Office, now: datetime) -> list[ExpectedVisit]:
    return [
        ExpectedVisit.model_validate({"starts_at": starts_at, "service": service}, from_attributes=True)
        for starts_at, service in still_to_come(session, office, now, config().tz)
    ]


def _edges(session: Session, office: Office, now: datetime) -> dict[str, Any]:
    """What is stopped today, and which days are not closed."""
    today = local_day(now, config().tz)
    undecided = day_store.undecided_until(session, office, today)
    return {
        "stops": [StopShown.model_validate(stop, from_attributes=True) for stop in stops.live(session, office, today)],
        "closing": {
            "undecided": undecided.get(today, 0),
            "past": [{"on": on, "undecided": count} for on, count in undecided.items() if on < today],
        },
    }


def _printer(session: Session, office: Office) -> PrinterShown | None:
    """The worst of the office's printers as people find it, and the worst of those for which another one prints."""
    active = [printer for printer in printers_at(session, office.code) if printer.active]
    shown = {printer.id: state_for_people(session, printer) for printer in active}
    worst = _worst(shown.values())
    replaced = _worst(printer.state for printer in active if printer.state != shown[printer.id])
    return PrinterShown(state=worst, replaced=replaced) if worst else None


def _worst(states: Iterable[str]) -> str | None:
    found = set(states)
    return next((state for state in PRINTER_STATES if state in found), None)
