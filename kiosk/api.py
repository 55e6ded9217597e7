"""The JSON calls of numbers and check-ins (contract.md), and what the kiosk's own screen asks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Blueprint
from pydantic import BaseModel, Field, StrictBool
from sqlalchemy.orm import Session

from core.api import Body, Text, endpoint
from core.i18n import gettext as _
from core.pages import limiter
from core.refusals import FormRefused
from core.rights import NotAllowed, actor, requires
from core.web import config, local, now
from kiosk import actions
from kiosk.actions import Admitted, Place
from kiosk.finding import find_today
from kiosk.opening import is_taking, moment_words, next_taking
from kiosk.paper import NO_PRINTER, printer_state
from kiosk.screens import page_data
from kiosk.words import in_both_languages, said
from office.models import Office
from office.store import hours_of, office_by_code, service_by_code, services_of
from queueing import store as tickets
from queueing import views
from queueing.models import Ticket

CHECK_INS = "240 per minute"
"""Tries of one device or person (contract.md: at least 120 for a kiosk): no hall is that quick, and codes are not guessed."""

blueprint = Blueprint("kiosk_api", __name__, url_prefix="/api/v1")

Lang = Literal["vi", "en"]


class NumberIn(Body):
    """A walk-in's wish. `lang` stays on the ticket: slip, page and call follow it."""

    service: Annotated[Text, Field(min_length=1, max_length=64)]
    priority: StrictBool = False
    lang: Lang = "vi"


class CheckInIn(Body):
    """One of these. `qr` is what a scanner read; staff may also search by phone or name."""

    qr: Annotated[str | None, Field(max_length=2000)] = None
    code: Annotated[Text | None, Field(max_length=40)] = None
    phone: Annotated[Text | None, Field(max_length=60)] = None
    name: Annotated[Text | None, Field(max_length=80)] = None
    lang: Lang = "vi"


class PrintOut(BaseModel):
    """How the paper is: the state of the slip's job, or "none", and of the printer."""

    state: str
    printer: str


class NumberOut(BaseModel):
    """A ticket as whoever took it needs it: for how many `people`. `counters` are the numbers of those that may call it."""

    id: int
    number: str
    token: str
    service: str
    priority: bool
    people: int
    state: str
    people_ahead: int | None
    wait: dict[str, int] | None
    counters: list[int]
    counter: int | None
    print: PrintOut


class CheckInOut(NumberOut):
    """A ticket and how the check-in went. `sentence` tells the person; `told` are its key and its places."""

    outcome: Literal["on_time", "expected", "late", "already", "returned"]
    sentence: str
    sentence_key: str
    told: dict[str, str]


class KioskOut(BaseModel):
    """What the first screen shows beside its tiles. `waiting` counts people by service code."""

    now: datetime
    open: bool
    opens_at: datetime | None
    opens_words: dict[str, str] | None
    waiting: dict[str, int]
    printer: str
    revision: str


@blueprint.post("/offices/<office>/tickets")
@requires("kiosk", "staff")
@endpoint(summary="Take a number", body=NumberIn, answers={201: NumberOut})
def take_ticket(session: Session, office: str, body: NumberIn) -> tuple[NumberOut, int]:
    """A walk-in's number, printed where the device has a printer."""
    at = office_by_code(session, office)
    service = service_by_code(session, at, body.service)
    ticket = actions.take_number(session, at, service, priority=body.priority, lang=body.lang, place=here(), now=now())
    return NumberOut(**_ticket(session, at, ticket)), 201


@blueprint.post("/offices/<office>/check-ins")
@limiter.limit(CHECK_INS, key_func=lambda: f"{actor().kind}:{actor().id}")
@requires("kiosk", "staff")
@endpoint(summary="Check in", body=CheckInIn, answers={201: CheckInOut, 200: CheckInOut})
def check_in(session: Session, office: str, body: CheckInIn) -> tuple[CheckInOut, int]:
    """A booking by QR, code, phone or name; a ticket's own QR answers where it stands."""
    at = office_by_code(session, office)
    admitted = _admitted(session, at, body)
    key, places = admitted.told
    return CheckInOut(
        **_ticket(session, at, admitted.ticket),
        outcome=admitted.outcome,
        sentence=said(key, places),
        sentence_key=key,
        told=places,
    ), 201 if admitted.made else 200


@blueprint.get("/offices/<office>/kiosk")
@requires("kiosk", "staff")
@endpoint(summary="The state of a kiosk", answers={200: KioskOut})
def kiosk_state(session: Session, office: str) -> KioskOut:
    """Open or not, people waiting, the printer: asked after every change of the board."""
    at = office_by_code(session, office)
    is_open = is_taking(session, at, now(), config().tz)
    opens_at = None if is_open else next_taking(session, at, now(), config().tz)
    return KioskOut(
        now=local(now()),
        open=is_open,
        opens_at=local(opens_at) if opens_at else None,
        opens_words=in_both_languages(lambda: moment_words(opens_at, now(), config().tz)) if opens_at else None,
        waiting=_waiting(session, at),
        printer=printer_state(session, at, actor()),
        revision=page_data(session, at, actor())["revision"],
    )


def here() -> Place:
    """Where the present request is made."""
    return Place(actor(), config().tz, config().public_url)


def _admitted(session: Session, at: Office, body: CheckInIn) -> Admitted:
    given = [name for name in ("qr", "code", "phone", "name") if (getattr(body, name) or "").strip()]
    if len(given) != 1:
        raise FormRefused({"code": _("Xin đưa mã QR vào khe quét, hoặc nhập mã lịch hẹn.")})
    if given[0] in ("qr", "code"):
        return actions.check_in(session, at, getattr(body, given[0]), place=here(), lang=body.lang, now=now())
    if actor().kind != "staff":
        raise NotAllowed()
    found = find_today(session, at, phone=body.phone, name=body.name, actor=actor(), now=now(), tz=config().tz)
    return actions.check_in_booking(session, at, found, place=here(), lang=body.lang, now=now(), shown=False)


def _ticket(session: Session, at: Office, ticket: Ticket) -> dict[str, Any]:
    """The line's own view of the ticket, with the state of the paper in words a program may rely on."""
    seen = views.ticket_view(session, ticket, now(), config().tz)
    return seen | {"print": PrintOut(state=seen["print"]["state"] or NO_PRINTER, printer=printer_state(session, at, actor()))}


def _waiting(session: Session, at: Office) -> dict[str, int]:
    days = tickets.line_days(hours_of(session, at, config().tz), now())
    waiting = Counter(ticket.service_id for ticket in tickets.live_tickets(session, at, days) if ticket.state == "waiting")
    return {service.code: waiting[service.id] for service in services_of(session, at) if waiting[service.id]}
