"""Taking a number and checking in: what the line, the bookings and the paper do together, in one transaction."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.models import Appointment
from booking.store import find_by_code, find_by_token, lock_by_token
from booking.visits import further_services
from core.i18n import LANGUAGES
from core.rights import Actor, NotFound
from kiosk import refusals
from kiosk.opening import is_taking
from kiosk.paper import print_ticket
from kiosk.place import Admitted, Given, Place
from kiosk.promises import Asked, promise_booked, promise_walk_in
from kiosk.scanned import read_scanned
from kiosk.standing import stand
from kiosk.ways import closed, hours_told, refusal_of, take_way, with_other_hour
from office.models import Office
from office.plans import AnyService
from office.refusals import FieldStopped
from office.store import office_by_id
from queueing import actions as line
from queueing import checkin_rules
from queueing import store as tickets
from queueing.hall import Hall
from queueing.models import WRONG_PERSON, Ticket

NOTHING_ASKED = Asked()


def take_number(
    session: Session,
    office: Office,
    service: AnyService,
    *,
    priority: bool,
    lang: str,
    place: Place,
    now: datetime,
    asked: Asked = NOTHING_ASKED,
) -> Given:
    """Give a walk-in the next number of `service` and queue its slip.

    Raises NotOnSite, Closed, FieldStopped, Closing, AfterBreak. Locks the office's line until commit.
    """
    _on_site(place.actor)
    if not is_taking(session, office, now, place.tz):
        raise closed(session, office, now, place.tz)
    ticket = line.take_ticket(
        session, office, service, priority=priority, lang=lang, source=place.source, actor=place.actor, now=now, tz=place.tz
    )
    hall = Hall(session, office, now, place.tz)
    foreseen = promise_walk_in(hall, ticket, asked, place.desk)
    return print_ticket(hall, ticket, place, foreseen=foreseen)


def check_in(session: Session, office: Office, scanned: str, *, place: Place, lang: str, now: datetime) -> Admitted:
    """Check in whoever shows this QR text or code: a booking joins the line, a ticket is told where it stands.

    Raises NotOnSite, UnknownCode and the refusals of a booking that cannot be met now. Locks the booking, then the line.
    """
    _on_site(place.actor)
    read = read_scanned(scanned)
    if read.kind == "card":
        raise refusals.CardScanned()
    appointment = _appointment_of(session, office, read.kind, read.text)
    if appointment is not None:
        return check_in_booking(session, office, appointment, place=place, lang=lang, now=now, shown=read.kind != "words")
    ticket = _ticket_of(session, read.kind, read.text)
    if ticket is None:
        raise refusals.UnknownCode()
    return stand(session, office, ticket, place=place, now=now)


def check_in_booking(
    session: Session, office: Office, appointment: Appointment, *, place: Place, lang: str, now: datetime, shown: bool
) -> Admitted:
    """Check in a booking by the rule of `queueing.checkin_rules`. `shown`: the person holds its QR, so its page may be offered.

    Two at once make one ticket: the second waits for the booking's row and finds the ticket (and one ticket a booking is a
    constraint).
    """
    appointment = lock_by_token(session, appointment.token) or appointment
    ticket = tickets.ticket_of_appointment(session, appointment.id)
    arrival = arrival_of(office, appointment, ticket, place.tz, now)
    if ticket is not None and arrival.outcome == "already":
        if ticket.arrival == WRONG_PERSON:
            raise refusals.BookingUsed(ways=take_way(session, office, now, place, appointment.service.code))
        return stand(session, office, ticket, place=place, now=now)
    outcome = arrival.outcome
    if outcome not in ("on_time", "expected", "late"):
        raise refusal_of(session, office, appointment, arrival, place, now, shown=shown)
    try:
        ticket, made = line.take_booked_ticket(
            session,
            office,
            appointment.service,
            appointment_id=appointment.id,
            slot_at=arrival.slot_at,
            arrival=outcome,
            due_at=arrival.due_at or now,
            minutes=appointment.minutes,
            now=now,
            tz=place.tz,
            source=place.source,
            actor=place.actor,
            people=1 + len(appointment.people),
            further=further_services(session, appointment, 1 + len(appointment.people)),
            lang=lang if lang != LANGUAGES[0] else appointment.lang,
        )
    except FieldStopped as stopped:
        raise with_other_hour(stopped, appointment, place, shown=shown) from stopped
    if not made:
        return stand(session, office, ticket, place=place, now=now)
    told = (f"outcome_{outcome}", hours_told(arrival, place.tz))
    hall = Hall(session, office, now, place.tz)
    given = print_ticket(hall, ticket, place, told=told, foreseen=promise_booked(hall, ticket, arrival.call_from, place.desk))
    return Admitted(ticket, True, outcome, told, given)


def arrive(session: Session, token: str, *, place: Place, now: datetime) -> Ticket:
    """ "I am here" from the own phone. Only within the time of arrival: whoever is early or late shows up at the office.

    Raises NotFound, TooEarlyFromAfar, LateFromAfar and the refusals of a check-in.
    """
    appointment = lock_by_token(session, token)
    if appointment is None:
        raise NotFound()
    office = office_by_id(session, appointment.office_id)
    arrival = arrival_of(office, appointment, tickets.ticket_of_appointment(session, appointment.id), place.tz, now)
    told = hours_told(arrival, place.tz)
    if arrival.outcome in ("expected", "other_day_future"):
        raise refusals.TooEarlyFromAfar(**told)
    if arrival.outcome in ("late", "rebook", "other_day_past"):
        raise refusals.LateFromAfar(**told)
    admitted = check_in_booking(session, office, appointment, place=place, lang=appointment.lang, now=now, shown=True)
    return admitted.ticket


def arrival_of(
    office: Office, appointment: Appointment, ticket: Ticket | None, tz: ZoneInfo, now: datetime
) -> checkin_rules.Arrival:
    """What the rule says of this booking at this office now. One that the office moved is met at its old hour, too."""
    booking = checkin_rules.Booking(
        appointment.starts_at,
        also_at=appointment.moved_from_at,
        here=appointment.office_id == office.id,
        cancelled=appointment.state == "cancelled",
        checked_in=ticket is not None,
    )
    return checkin_rules.check_in(booking, tickets.policy_of(office, appointment.service), now, tz)


def _appointment_of(session: Session, office: Office, kind: str, text: str) -> Appointment | None:
    if kind in ("appointment", "token"):
        return find_by_token(session, text)
    return find_by_code(session, office, text) if kind == "words" else None


def _ticket_of(session: Session, kind: str, text: str) -> Ticket | None:
    if kind not in ("ticket", "token"):
        return None
    try:
        return tickets.ticket_by_token(session, text)
    except NotFound:
        return None


def _on_site(actor: Actor) -> None:
    if not actor.on_site:
        raise refusals.NotOnSite()
