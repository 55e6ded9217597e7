"""The JSON calls of published hours and appointments (contract.md)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint
from pydantic import AwareDatetime, BaseModel, Field, StrictBool
from sqlalchemy.orm import Session

from booking import actions, holding, links, offers, phone_codes, store, waiting_actions
from booking.actions import Wish
from booking.forms import MOST_PEOPLE, companions, typed_phone, visitor
from booking.limits import (
    codes_per_device,
    codes_per_phone,
    device_of_request,
    finds_per_phone,
    holder_of_request,
    holds_per_device,
    per_device,
    per_phone,
)
from booking.marks import phone_hash
from booking.models import Appointment, WaitingEntry
from booking.waiting_actions import Patience
from core.api import Body, endpoint
from core.i18n import choose_language
from core.rights import requires
from core.sharing import shared
from core.web import config, local, now
from core.words import nfc
from office.models import Office, Service
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of

blueprint = Blueprint("booking_api", __name__, url_prefix="/api/v1")


class ServiceOut(BaseModel):
    """What the office does at its counters. `minutes` is a plan, not a promise."""

    code: str
    name: str
    field: str
    bookable: bool
    minutes: int
    documents: list[str]
    fee: str
    prefix: str


class SlotOut(BaseModel):
    """A slot that has not started, and how many more bookings of the service it takes."""

    starts_at: datetime
    ends_at: datetime
    left: int


class SlotQuery(Body):
    """`service` is a code, `day` an office-local day."""

    service: str
    day: date


class PersonIn(Body):
    """Somebody who comes along, for a service of their own; without a name, a further procedure of the person who books."""

    name: str | None = None
    service: str


class HoldIn(Body):
    """A slot to be kept while name and phone are typed, for one visit: `people` as in a booking, their names do not matter."""

    service: str
    starts_at: AwareDatetime
    people: list[PersonIn] = Field(default=[], max_length=MOST_PEOPLE)


class HoldOut(BaseModel):
    """The slot is kept until then; a booking that names the hold uses it up."""

    hold: str
    expires_at: datetime


class AppointmentIn(Body):
    """A booking. `consent` must be true: the notice about personal data was read and agreed to."""

    service: str
    starts_at: AwareDatetime
    name: str
    phone: str
    consent: StrictBool = False
    hold: str | None = None
    people: list[PersonIn] = Field(default=[], max_length=MOST_PEOPLE)
    phone_code: str = ""


class WaitingIn(Body):
    """Somebody who waits for any hour of a full day. `consent` as for a booking."""

    service: str
    day: date
    name: str
    phone: str
    consent: StrictBool = False
    phone_code: str = ""


class OfferOut(BaseModel):
    """A place that is kept for whoever waits."""

    starts_at: datetime
    until: datetime


class WaitingOut(BaseModel):
    """How somebody waits. `state`: waiting, offered, accepted or left; `ahead`: how many of that day are before them."""

    token: str
    page_url: str
    day: date
    service: str
    state: str
    ahead: int
    offer: OfferOut | None
    appointment: str | None


class PhoneIn(Body):
    """A telephone that is to be confirmed."""

    phone: str


class FindIn(Body):
    """What a person still has of a booking whose link is lost."""

    code: str
    phone: str


class FoundOut(BaseModel):
    """Where the booking is."""

    page_url: str


class MoveIn(Body):
    """The new beginning."""

    starts_at: AwareDatetime


class BookedOut(BaseModel):
    """A booking as whoever made it needs it."""

    code: str
    token: str
    starts_at: datetime
    arrive_from: datetime
    arrive_until: datetime
    page_url: str
    qr_url: str
    ics_url: str


class AppointmentOut(BookedOut):
    """A booking as its page shows it. `state`: booked or cancelled; `ticket`: its number once the person has checked in."""

    office: str
    service: str
    name: str
    people: list[PersonIn]
    state: str
    ticket: str | None


@blueprint.get("/offices/<office>/services")
@shared
@requires("anyone")
@endpoint(summary="What an office does", answers={200: list[ServiceOut]})
def list_services(session: Session, office: str) -> list[ServiceOut]:
    """The active services in the office's own order."""
    offer = offers.load(session, store.published_office(session, office), now(), config().tz)
    return [_service(service, offer.is_bookable(service)) for service in offer.services.values()]


@blueprint.get("/offices/<office>/slots")
@shared
@requires("anyone")
@endpoint(summary="Slots of a day", query=SlotQuery, answers={200: list[SlotOut]})
def list_slots(session: Session, office: str, query: SlotQuery) -> list[SlotOut]:
    """The slots of one service on one local day; none that has started, none on a day that may not be booked."""
    offer = offers.load(session, store.published_office(session, office), now(), config().tz)
    slots = offers.day_slots(session, offer, offer.want(nfc(query.service)), query.day)
    return [SlotOut(starts_at=local(s.starts_at), ends_at=local(s.ends_at), left=s.left) for s in slots]


@blueprint.post("/offices/<office>/phone-codes")
@codes_per_phone
@codes_per_device
@requires("anyone")
@endpoint(summary="Send a code to a phone", body=PhoneIn, answers={204: None}, keep_answer=False)
def send_phone_code(session: Session, office: str, body: PhoneIn) -> None:
    """Where the office asks for one (`code_needed`), the booking then carries it as `phone_code`."""
    place = store.published_office(session, office)
    phone_codes.send_code(session, place, typed_phone(body.phone), now=now(), secret=config().secret_key)


@blueprint.post("/offices/<office>/holds")
@holds_per_device
@requires("anyone")
@endpoint(summary="Keep a slot while typing", body=HoldIn, answers={201: HoldOut})
def make_hold(session: Session, office: str, body: HoldIn) -> tuple[HoldOut, int]:
    """A device keeps one slot: another hold gives the first back."""
    codes = tuple(nfc(code) for code in (body.service, *(person.service for person in body.people)))
    place = store.published_office(session, office)
    hold = holding.hold_slot(session, place, codes, body.starts_at, holder=holder_of_request(), now=now(), tz=config().tz)
    return HoldOut(hold=hold.token, expires_at=local(hold.expires_at)), 201


@blueprint.delete("/offices/<office>/holds/<token>")
@requires("anyone")
@endpoint(summary="Give a held slot back", answers={204: None})
def give_hold_back(session: Session, office: str, token: str) -> None:
    """At once; twice is the same as once."""
    holding.release_hold(session, store.published_office(session, office), token, now=now(), tz=config().tz)


@blueprint.post("/offices/<office>/appointments")
@per_phone
@per_device
@phone_codes.tries_counted
@requires("anyone")
@endpoint(summary="Book", body=AppointmentIn, answers={201: BookedOut})
def make_appointment(session: Session, office: str, body: AppointmentIn) -> tuple[BookedOut, int]:
    """Book a slot for one person, for a household of up to five more, or for several procedures of one person."""
    comer = visitor(body.name, body.phone, body.consent)
    place = store.published_office(session, office)
    phone_codes.confirm(session, place, comer.phone, body.phone_code, now=now(), secret=config().secret_key)
    wish = Wish(
        service=nfc(body.service),
        starts_at=body.starts_at,
        visitor=comer,
        people=companions(comer, [(person.name, person.service) for person in body.people]),
        lang=choose_language(),
        hold=body.hold,
        device=device_of_request(),
        phone_hash=phone_hash(comer.phone, config().secret_key),
    )
    made = actions.book(session, place, wish, now=now(), tz=config().tz, public_url=config().public_url)
    return BookedOut(**_booked(place, made)), 201


@blueprint.get("/appointments/<token>")
@requires("anyone")
@endpoint(summary="A booking", answers={200: AppointmentOut})
def show_appointment(session: Session, token: str) -> AppointmentOut:
    """The booking this token opens."""
    return _appointment(session, store.appointment_by_token(session, token))


@blueprint.delete("/appointments/<token>")
@requires("anyone")
@endpoint(summary="Cancel a booking", answers={204: None})
def cancel_appointment(session: Session, token: str) -> None:
    """Give the place back; twice is the same as once."""
    actions.cancel(session, token, now=now(), tz=config().tz, public_url=config().public_url)


@blueprint.post("/appointments/<token>/move")
@requires("anyone")
@endpoint(summary="Move a booking", body=MoveIn, answers={200: AppointmentOut})
def move_appointment(session: Session, token: str, body: MoveIn) -> AppointmentOut:
    """Another hour for the same booking; code and token stay."""
    moved = actions.move(session, token, body.starts_at, now=now(), tz=config().tz, public_url=config().public_url)
    return _appointment(session, moved)


@blueprint.post("/offices/<office>/waiting-list")
@per_phone
@per_device
@phone_codes.tries_counted
@requires("anyone")
@endpoint(summary="Wait for a full day", body=WaitingIn, answers={201: WaitingOut})
def join_waiting_list(session: Session, office: str, body: WaitingIn) -> tuple[WaitingOut, int]:
    """Whoever is first in line is offered a place that comes free, by message and on the page."""
    comer = visitor(body.name, body.phone, body.consent)
    place = store.published_office(session, office)
    phone_codes.confirm(session, place, comer.phone, body.phone_code, now=now(), secret=config().secret_key)
    patience = Patience(
        service=nfc(body.service),
        on=body.day,
        visitor=comer,
        lang=choose_language(),
        device=device_of_request(),
        phone_hash=phone_hash(comer.phone, config().secret_key),
    )
    entry = waiting_actions.join(session, place, patience, now=now(), tz=config().tz, public_url=config().public_url)
    return _waiting(session, entry), 201


@blueprint.get("/waiting-list/<token>")
@requires("anyone")
@endpoint(summary="How somebody waits", answers={200: WaitingOut})
def show_waiting(session: Session, token: str) -> WaitingOut:
    """The place in line, and what is offered."""
    return _waiting(session, waiting_actions.find(session, token))


@blueprint.post("/waiting-list/<token>/accept")
@requires("anyone")
@endpoint(summary="Accept the offered place", answers={201: BookedOut})
def accept_offer(session: Session, token: str) -> tuple[BookedOut, int]:
    """The place becomes a booking."""
    made = waiting_actions.accept(session, token, now=now(), tz=config().tz, public_url=config().public_url)
    return BookedOut(**_booked(made.office, made)), 201


@blueprint.post("/waiting-list/<token>/leave")
@requires("anyone")
@endpoint(summary="Stop waiting", answers={200: WaitingOut})
def leave_waiting_list(session: Session, token: str) -> WaitingOut:
    """What was offered goes to the next; twice is the same as once."""
    return _waiting(
        session, waiting_actions.leave(session, token, now=now(), tz=config().tz, public_url=config().public_url)
    )


def _waiting(session: Session, entry: WaitingEntry) -> WaitingOut:
    offer = waiting_actions.offer_of(session, entry)
    return WaitingOut(
        token=entry.token,
        page_url=links.waiting_url(config().public_url, entry.token),
        day=entry.on,
        service=entry.service.code,
        state=entry.state,
        ahead=waiting_actions.ahead_of(session, entry),
        offer=OfferOut(starts_at=local(offer.starts_at), until=local(offer.until)) if offer else None,
        appointment=waiting_actions.token_of_booking(session, entry),
    )


def _service(service: Service, bookable: bool) -> ServiceOut:
    return ServiceOut(
        code=service.code,
        name=service.name,
        field=service.field,
        bookable=bookable,
        minutes=service.minutes,
        documents=[str(document) for document in service.documents],
        fee=service.fee,
        prefix=service.prefix,
    )


@blueprint.post("/offices/<office>/find")
@finds_per_phone
@requires("anyone")
@endpoint(summary="Find a booking by code and phone", body=FindIn, answers={200: FoundOut}, keep_answer=False)
def find(session: Session, office: str, body: FindIn) -> FoundOut:
    """A lost link is not a lost booking."""
    found = store.find_lost(session, store.published_office(session, office), body.code, typed_phone(body.phone))
    return FoundOut(page_url=links.page_url(config().public_url, found.token))


def _booked(office: Office, appointment: Appointment) -> dict[str, Any]:
    arrive_from, arrive_until = arrival_window(appointment.starts_at, policy_of(office, appointment.service))
    return {
        "code": appointment.code,
        "token": appointment.token,
        "starts_at": local(appointment.starts_at),
        "arrive_from": local(arrive_from),
        "arrive_until": local(arrive_until),
        "page_url": links.page_url(config().public_url, appointment.token),
        "qr_url": links.qr_url(config().public_url, appointment.token),
        "ics_url": links.ics_url(config().public_url, appointment.token),
    }


def _appointment(session: Session, appointment: Appointment) -> AppointmentOut:
    ticket = store.ticket_of(session, appointment)
    return AppointmentOut(
        **_booked(appointment.office, appointment),
        office=appointment.office.code,
        service=appointment.service.code,
        name=appointment.name,
        people=[PersonIn(name=person["name"], service=person["service"]) for person in appointment.people],
        state=appointment.state,
        ticket=ticket.label if ticket else None,
    )
