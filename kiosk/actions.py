"""Taking a number and checking in: what the line, the bookings and the paper do together, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.models import Appointment
from booking.store import find_by_code, find_by_token, lock_by_token
from booking.visits import further_services
from core.i18n import LANGUAGES, day_words
from core.refusals import Refusal
from core.rights import Actor, NotFound
from kiosk import refusals
from kiosk.opening import is_taking, moment_words, next_taking
from kiosk.paper import print_ticket
from kiosk.promises import Asked, Desk, promise_booked, promise_walk_in
from kiosk.scanned import read_scanned
from kiosk.words import Told
from office.hours import local_day
from office.models import Counter, Office, Service
from office.refusals import FieldStopped
from office.stops import refuse_if_stopped
from office.store import hours_of, office_by_id, services_of
from queueing import actions as line
from queueing import checkin_rules, day_actions
from queueing import store as tickets
from queueing.forecasts import Forecast
from queueing.models import WRONG_PERSON, Ticket
from queueing.prospects import Foreseen
from queueing.refusals import MayNotReturn, WrongState

Outcome = Literal["on_time", "expected", "late", "already", "returned", "carried"]


@dataclass(frozen=True)
class Place:
    """Where and for whom it is done: the office's clock and address, who presses, and the forecast made before."""

    actor: Actor
    tz: ZoneInfo
    public_url: str
    known: Forecast | None = None

    @property
    def desk(self) -> Desk:
        """The same without who presses."""
        return Desk(self.tz, self.public_url, self.known)


@dataclass(frozen=True)
class Admitted:
    """A person in the line. `made` says that the ticket is new, `foreseen` how long its person waits; `told` is the key of the
    sentence and its places.
    """

    ticket: Ticket
    made: bool
    outcome: Outcome
    told: Told
    foreseen: Foreseen | None = None


NOTHING_ASKED = Asked()


def take_number(
    session: Session,
    office: Office,
    service: Service,
    *,
    priority: bool,
    lang: str,
    place: Place,
    now: datetime,
    asked: Asked = NOTHING_ASKED,
) -> tuple[Ticket, Foreseen]:
    """Give a walk-in the next number of `service` and queue its slip; the ticket and what was said of its wait.

    Raises NotOnSite, Closed, FieldStopped, Closing, AfterBreak. Locks the office's line until commit.
    """
    _on_site(place.actor)
    if not is_taking(session, office, now, place.tz):
        raise _closed(session, office, now, place.tz)
    source = _source(place.actor)
    ticket = line.take_ticket(
        session, office, service, priority=priority, lang=lang, source=source, actor=place.actor, now=now, tz=place.tz
    )
    foreseen = promise_walk_in(session, office, ticket, asked, place.desk, now)
    print_ticket(session, office, ticket, place.actor, tz=place.tz, public_url=place.public_url, now=now, foreseen=foreseen)
    return ticket, foreseen


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
    return _stand(session, office, ticket, place=place, now=now)


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
            raise refusals.BookingUsed(ways=_take(session, office, now, place, appointment.service.code))
        return _stand(session, office, ticket, place=place, now=now)
    outcome = arrival.outcome
    if outcome not in ("on_time", "expected", "late"):
        raise _refusal(session, office, appointment, arrival, place, now, shown=shown)
    _refuse_stopped(session, office, appointment, place, now, shown=shown)
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
        source=_source(place.actor),
        actor=place.actor,
        people=1 + len(appointment.people),
        further=further_services(session, appointment, 1 + len(appointment.people)),
        lang=lang if lang != LANGUAGES[0] else appointment.lang,
    )
    if not made:
        return _stand(session, office, ticket, place=place, now=now)
    told = (f"outcome_{outcome}", hours_told(arrival, place.tz))
    foreseen = promise_booked(session, office, ticket, arrival.call_from, place.desk, now)
    print_ticket(
        session, office, ticket, place.actor, tz=place.tz, public_url=place.public_url, now=now, told=told, foreseen=foreseen
    )
    return Admitted(ticket, True, outcome, told, foreseen)


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


def hours_told(arrival: checkin_rules.Arrival, tz: ZoneInfo) -> dict[str, str]:
    """The hours of a check-in's sentence, on the office's wall clock."""
    instants = {
        "slot": arrival.slot_at,
        "call_from": arrival.call_from,
        "arrive_from": arrival.arrive_from,
        "until": arrival.arrive_until,
    }
    return {name: f"{instant.astimezone(tz):%H:%M}" for name, instant in instants.items()}


def _stand(session: Session, office: Office, ticket: Ticket, *, place: Place, now: datetime) -> Admitted:
    """Where a ticket stands; a missed person, or one sent for papers, joins the line again."""
    if ticket.office_id != office.id:
        raise refusals.OtherOffice(office=office_by_id(session, ticket.office_id).name, ways=_take(session, office, now, place))
    if day_actions.slip_day(ticket) is not None:
        return _carried(session, office, ticket, place=place, now=now)
    if ticket.on not in tickets.line_days(hours_of(session, office, place.tz), now):
        raise refusals.WrongDay(day=day_words(ticket.on), slot="", past=True, slip=True, ways=_take(session, office, now, place))
    if ticket.state in ("cancelled", "expired"):
        raise refusals.BookingCancelled(ways=_take(session, office, now, place, ticket.service.code))
    if ticket.state in ("missed", "done"):
        return _back_in_line(session, office, ticket, place=place, now=now)
    counter = session.get(Counter, ticket.counter_id) if ticket.counter_id else None
    return Admitted(ticket, False, "already", (f"outcome_{ticket.state}", {"counter": str(counter.number) if counter else ""}))


def _carried(session: Session, office: Office, ticket: Ticket, *, place: Place, now: datetime) -> Admitted:
    """A slip from the day before: on its day it becomes a ticket, once, and from then on stands where that one stands."""
    on = day_actions.slip_day(ticket)
    if on is not None and on < local_day(now, place.tz):
        raise refusals.WrongDay(day=day_words(on), slot="", past=True, slip=True, ways=_take(session, office, now, place))
    made, new = day_actions.take_carried_ticket(
        session, office, ticket, now=now, tz=place.tz, source=_source(place.actor), actor=place.actor
    )
    if not new:
        return _stand(session, office, made, place=place, now=now)
    told: Told = ("outcome_carried", {})
    print_ticket(session, office, made, place.actor, tz=place.tz, public_url=place.public_url, now=now, told=told)
    return Admitted(made, True, "carried", told)


def _refuse_stopped(
    session: Session, office: Office, appointment: Appointment, place: Place, now: datetime, *, shown: bool
) -> None:
    """Raise FieldStopped for a booking whose field is stopped today, with the way to another hour. Locked, it is asked again."""
    try:
        refuse_if_stopped(session, office, appointment.service, local_day(now, place.tz))
    except FieldStopped as stopped:
        raise FieldStopped(**stopped.details, ways=[_change_hour(appointment, place, shown=shown)]) from stopped


def _change_hour(appointment: Appointment, place: Place, *, shown: bool) -> dict[str, Any]:
    """The way out "another hour": its page for whoever holds the QR, on the own phone for who does not."""
    page = f"{place.public_url}/a/{appointment.token}"
    return {"do": "change_hour", "token": appointment.token, "url": page} if shown else {"do": "change_hour"}


def _back_in_line(session: Session, office: Office, ticket: Ticket, *, place: Place, now: datetime) -> Admitted:
    try:
        returned = line.return_ticket(session, ticket, actor=place.actor, now=now, tz=place.tz)
    except (WrongState, MayNotReturn) as refusal:
        session.refresh(ticket)
        if ticket.state != "done":  # Somebody else brought the person back, or called them, a moment ago.
            return _stand(session, office, ticket, place=place, now=now)
        raise refusals.VisitOver(ways=_take(session, office, now, place)) from refusal
    return Admitted(returned, False, "returned", ("outcome_returned", {}))


def _refusal(
    session: Session,
    office: Office,
    appointment: Appointment,
    arrival: checkin_rules.Arrival,
    place: Place,
    now: datetime,
    *,
    shown: bool,
) -> Refusal:
    """The refusal of a booking that makes no ticket now, with its ways out."""
    told = hours_told(arrival, place.tz)
    ways = _take(session, office, now, place, appointment.service.code)
    if arrival.outcome in ("other_day_future", "rebook"):
        ways.append(_change_hour(appointment, place, shown=shown))
    if arrival.outcome == "cancelled":
        return refusals.BookingCancelled(ways=ways)
    if arrival.outcome == "other_office":
        return refusals.OtherOffice(office=appointment.office.name, ways=ways)
    if arrival.outcome == "rebook":
        return refusals.TooLate(**told, ways=ways)
    day = day_words(local_day(arrival.slot_at, place.tz))
    return refusals.WrongDay(**told, day=day, past=arrival.outcome == "other_day_past", ways=ways)


def _take(session: Session, office: Office, now: datetime, place: Place, code: str | None = None) -> list[dict[str, Any]]:
    """The way out "an ordinary number now": of the same service where this office offers it; none while it is closed."""
    if not is_taking(session, office, now, place.tz):
        return []
    offered = any(service.code == code for service in services_of(session, office))
    return [{"do": "take_number", "service": code if offered else None}]


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


def _closed(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Refusal:
    opens_at = next_taking(session, office, now, tz)
    if opens_at is None:
        return refusals.Closed(opens_at=None, when=None)
    return refusals.Closed(opens_at=opens_at.astimezone(tz).isoformat(), when=moment_words(opens_at, now, tz))


def _source(actor: Actor) -> str:
    return {"device": "kiosk", "staff": "staff"}.get(actor.kind, "phone")
