"""Which printer a slip goes to. A missing printer never keeps anybody from a number."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.rights import Actor
from kiosk.place import Given, Place
from kiosk.words import Told, said
from office.models import Device, Office
from printer import actions as printing
from printer import store as printers
from printer.models import Printer
from queueing import views
from queueing.hall import Hall
from queueing.models import Ticket
from queueing.prospects import Foreseen
from queueing.slips import ticket_slip

NO_PRINTER = "none"
_NAMED = (
    select(Device.printer_key, Printer)
    .outerjoin(Printer, Printer.key == Device.printer_key)
    .where(Device.id == bindparam("device"))
)


def printer_for(session: Session, office: Office, actor: Actor) -> Printer | None:
    """The printer named for the kiosk that asks; where none is named, and for staff, the office's first in service.

    A kiosk outside the office has its own or none: nobody there could take what comes out at the office.
    """
    if actor.kind == "anonymous":
        return None
    named = session.execute(_NAMED, {"device": actor.id}).first() if actor.kind == "device" else None
    if named is not None and named.printer_key:
        printer: Printer | None = named[1]
        return printer
    if not actor.on_site:
        return None
    return printers.first_in_service(session, office.code)


def printer_state(session: Session, office: Office, actor: Actor) -> str:
    """How paper is for whoever asks, their printer's fallback counted: a state of `printer.models`, or "none"."""
    return _state(session, printer_for(session, office, actor))


def _state(session: Session, printer: Printer | None) -> str:
    return NO_PRINTER if printer is None else printers.state_for_people(session, printer)


def print_ticket(hall: Hall, ticket: Ticket, place: Place, *, foreseen: Foreseen, told: Told | None = None) -> Given:
    """Queue the slip of a new ticket, in the transaction that makes it; the ticket as its person sees it then.

    `hall` has the ticket in its line. Of the printer `seen` tells in `printer`, of the slip in `print`.
    """
    session, seen = hall.session, views.new_ticket_view(hall, ticket)
    printer = printer_for(session, hall.office, place.actor)
    if printer is not None:
        with force_locale(ticket.lang):
            sentence = said(*told) if told is not None else ""
        slip = ticket_slip(
            hall.office, ticket, counters=seen["counters"], ahead=seen["people_ahead"], tz=place.tz,
            public_url=place.public_url, told=sentence, foreseen=foreseen, service=hall.services[ticket.service_id],
        )  # fmt: skip
        reference, wait = views.print_reference(ticket.id), expires_in(place.actor)
        job = printing.submit_to(session, printer, slip, reference=reference, kind="ticket", now=hall.now, expires_in=wait)
        seen["print"] = views.paper_view(printers.paper_of(job, hall.now))
    return Given(ticket, foreseen, seen | {"printer": _state(session, printer)})


def expires_in(actor: Actor) -> timedelta:
    """How long paper for whoever asks may still come out: people leave a kiosk, an officer waits for it."""
    return printing.KIOSK_EXPIRES_IN if actor.kind == "device" else printing.EXPIRES_IN
