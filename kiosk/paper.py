"""Which printer a slip goes to. A missing printer never keeps anybody from a number."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.rights import Actor
from kiosk.words import Told, said
from office.models import Device, Office
from printer import actions as printing
from printer import store as printers
from printer.models import Printer
from queueing import views
from queueing.models import Ticket
from queueing.prospects import Foreseen
from queueing.slips import ticket_slip

NO_PRINTER = "none"


def printer_for(session: Session, office: Office, actor: Actor) -> Printer | None:
    """The printer named for the kiosk that asks; where none is named, and for staff, the office's first in service."""
    if actor.kind == "anonymous":
        return None
    device = session.get(Device, actor.id) if actor.kind == "device" else None
    if device is not None and device.printer_key:
        return printers.find_printer(session, device.printer_key)
    return printers.first_in_service(session, office.code)


def printer_state(session: Session, office: Office, actor: Actor) -> str:
    """How paper is for whoever asks, their printer's fallback counted: a state of `printer.models`, or "none"."""
    printer = printer_for(session, office, actor)
    return NO_PRINTER if printer is None else printers.state_for_people(session, printer)


def print_ticket(
    session: Session,
    office: Office,
    ticket: Ticket,
    actor: Actor,
    *,
    tz: ZoneInfo,
    public_url: str,
    now: datetime,
    told: Told | None = None,
    foreseen: Foreseen | None = None,
) -> None:
    """Queue the slip of a new ticket, in the transaction that makes it."""
    printer = printer_for(session, office, actor)
    if printer is None:
        return
    seen = views.ticket_view(session, ticket, now, tz)
    with force_locale(ticket.lang):
        sentence = said(*told) if told is not None else ""
    slip = ticket_slip(
        office, ticket, counters=seen["counters"], ahead=seen["people_ahead"], tz=tz, public_url=public_url, told=sentence,
        foreseen=foreseen or Foreseen(),
    )  # fmt: skip
    reference, wait = views.print_reference(ticket.id), expires_in(actor)
    printing.submit(session, printer.key, slip, reference=reference, kind="ticket", now=now, expires_in=wait)


def expires_in(actor: Actor) -> timedelta:
    """How long paper for whoever asks may still come out: people leave a kiosk, an officer waits for it."""
    return printing.KIOSK_EXPIRES_IN if actor.kind == "device" else printing.EXPIRES_IN
