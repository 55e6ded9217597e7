"""The JSON calls of published hours and appointments (contract.md)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, request
from pydantic import AwareDatetime, BaseModel, Field, StrictBool
from sqlalchemy.orm import Session

from booking import actions, links, offers, store
from booking.actions import Companion, Wish
from booking.forms import FINDS, clean_name, finder, typed_phone, visitor
from booking.models import Appointment
from core.api import Body, endpoint
from core.i18n import choose_language
from core.pages import limiter
from core.refusals import FormRefused
from core.rights import requires
from core.web import config, local, now
from core.words import nfc
from office.hours import is_open
from office.models import Office, Service
from office.store import hours_of_each, offices
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of, waiting_counts

blueprint = Blueprint("booking_api", __name__, url_prefix="/api/v1")


class OfficeOut(BaseModel):
    """An office that publishes hours."""

    code: str
    name: str
    address: str
    open_now: bool
    waiting: int
    url: str


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
    """Somebody who comes along, for a service of their own."""

    name: str
    service: str


class AppointmentIn(Body):
    """A booking. `consent` must be true: the notice about personal data was read and agreed to."""

    service: str
    starts_at: AwareDatetime
    name: str
    phone: str
    consent: StrictBool = False
    people: list[PersonIn] = Field(default=[], max_length=5)


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


@blueprint.get("/offices")
@requires("anyone")
@endpoint(summary="Published offices", answers={200: list[OfficeOut]})
def list_offices(session: Session) -> list[OfficeOut]:
    """All offices that publish hours, with how many people wait there now."""
    found = offices(session, published_only=True)
    hours = hours_of_each(session, found, config().tz)
    waiting = waiting_counts(session, [office.code for office in found], local(now()).date())
    return [
        OfficeOut(
            code=office.code,
            name=office.name,
            address=office.address,
            open_now=is_open(hours[office.id], now()),
            waiting=waiting.get(office.code, 0),
            url=f"{config().public_url}/o/{office.code}/",
        )
        for office in found
    ]


@blueprint.get("/offices/<office>/services")
@requires("anyone")
@endpoint(summary="What an office does", answers={200: list[ServiceOut]})
def list_services(session: Session, office: str) -> list[ServiceOut]:
    """The active services in the office's own order."""
    offer = offers.load(session, store.published_office(session, office), now(), config().tz)
    return [_service(service, offer.is_bookable(service)) for service in offer.services.values()]


@blueprint.get("/offices/<office>/slots")
@requires("anyone")
@endpoint(summary="Slots of a day", query=SlotQuery, answers={200: list[SlotOut]})
def list_slots(session: Session, office: str, query: SlotQuery) -> list[SlotOut]:
    """The slots of one service on one local day; none that has started, none on a day that may not be booked."""
    offer = offers.load(session, store.published_office(session, office), now(), config().tz)
    slots = offers.day_slots(session, offer, offer.bookable(nfc(query.service)), query.day)
    return [SlotOut(starts_at=local(s.starts_at), ends_at=local(s.ends_at), left=s.left) for s in slots]


@blueprint.post("/offices/<office>/appointments")
@requires("anyone")
@endpoint(summary="Book", body=AppointmentIn, answers={201: BookedOut})
def make_appointment(session: Session, office: str, body: AppointmentIn) -> tuple[BookedOut, int]:
    """Book a slot for one person, or for a household of up to five more."""
    wish = Wish(
        service=nfc(body.service),
        starts_at=body.starts_at,
        visitor=visitor(body.name, body.phone, body.consent),
        people=tuple(_companion(index, person) for index, person in enumerate(body.people)),
        lang=choose_language(),
    )
    place = store.published_office(session, office)
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
    actions.cancel(session, token, now=now(), tz=config().tz)


@blueprint.post("/appointments/<token>/move")
@requires("anyone")
@endpoint(summary="Move a booking", body=MoveIn, answers={200: AppointmentOut})
def move_appointment(session: Session, token: str, body: MoveIn) -> AppointmentOut:
    """Another hour for the same booking; code and token stay."""
    moved = actions.move(session, token, body.starts_at, now=now(), tz=config().tz, public_url=config().public_url)
    return _appointment(session, moved)


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
@limiter.limit(FINDS, key_func=lambda: finder((request.get_json(silent=True) or {}).get("phone")))
@requires("anyone")
@endpoint(summary="Find a booking by code and phone", body=FindIn, answers={200: FoundOut}, keep_answer=False)
def find(session: Session, office: str, body: FindIn) -> FoundOut:
    """A lost link is not a lost booking."""
    found = store.find_lost(session, store.published_office(session, office), body.code, typed_phone(body.phone))
    return FoundOut(page_url=links.page_url(config().public_url, found.token))


def _companion(index: int, person: PersonIn) -> Companion:
    try:
        return Companion(clean_name(person.name), nfc(person.service))
    except ValueError as error:
        raise FormRefused({f"people.{index}.name": str(error)}) from error


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
        people=[PersonIn(**person) for person in appointment.people],
        state=appointment.state,
        ticket=ticket.label if ticket else None,
    )
