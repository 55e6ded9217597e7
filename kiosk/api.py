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
from kiosk import actions, booking_slips, guide_sheets, hours
from kiosk.finding import find_today
from kiosk.opening import is_taking, moment_words, next_taking
from kiosk.paper import NO_PRINTER, printer_state
from kiosk.place import Admitted, Given, Place
from kiosk.promises import Asked, refuse_early
from kiosk.screens import page_data
from kiosk.stopped import stopped_today
from kiosk.words import in_both_languages, said
from office.hours import local_day
from office.models import Office
from office.plans import plan_of
from office.store import office_by_code
from queueing import line_store, views
from queueing import store as tickets
from queueing.forecasts import Forecast, forecasts
from queueing.models import Ticket
from queueing.prospects import Foreseen

CHECK_INS = "240 per minute"
"""Tries of one device or person (contract.md: at least 120 for a kiosk): no hall is that quick, and codes are not guessed."""

blueprint = Blueprint("kiosk_api", __name__, url_prefix="/api/v1")
blueprint.register_blueprint(guide_sheets.blueprint)
blueprint.register_blueprint(booking_slips.blueprint)
blueprint.register_blueprint(hours.blueprint)

Lang = Literal["vi", "en"]


class NumberIn(Body):
    """A walk-in's wish. `lang` stays on the ticket: slip, page and call follow it.

    `after_break` false: whoever asks wants to be refused (`after_break`) rather than given a number that is called after the
    break only; true: that number is wanted. `despite_closing`: staff give a number that will hardly be called today.
    """

    service: Annotated[Text, Field(min_length=1, max_length=64)]
    priority: StrictBool = False
    lang: Lang = "vi"
    after_break: StrictBool | None = None
    despite_closing: StrictBool = False


class CheckInIn(Body):
    """One of these. `qr` is what a scanner read; staff may also search by phone or name."""

    qr: Annotated[str | None, Field(max_length=2000)] = None
    code: Annotated[Text | None, Field(max_length=40)] = None
    phone: Annotated[Text | None, Field(max_length=60)] = None
    name: Annotated[Text | None, Field(max_length=80)] = None
    lang: Lang = "vi"


class PrintOut(BaseModel):
    """How the paper is: the state of the slip's job, or "none", and of the printer; `at` names the printer it comes out at, where
    that is not the one it was meant for.
    """

    state: str
    printer: str
    at: str | None


class NumberOut(BaseModel):
    """A ticket as whoever took it needs it: for how many `people`. `counters` are the numbers of those that may call it,
    `resumes_at` is when calling goes on, before opening and over a break. `wait` and the instants after it are those of
    `display.live.TicketNow`; of a new ticket, what was promised.
    """

    id: int
    number: str
    token: str
    service: str
    priority: bool
    people: int
    state: str
    people_ahead: int | None
    resumes_at: datetime | None
    wait: dict[str, int] | None
    after_break: datetime | None
    perhaps_after_break: datetime | None
    call_about: datetime | None
    counters: list[int]
    counter: int | None
    print: PrintOut


class CheckInOut(NumberOut):
    """A ticket and how the check-in went. `sentence` tells the person; `told` are its key and its places."""

    outcome: Literal["on_time", "expected", "late", "already", "returned", "carried"]
    sentence: str
    sentence_key: str
    told: dict[str, str]


class KioskOut(BaseModel):
    """What the first screen shows beside its tiles. `waiting` counts people by service code; `stopped` says of services that give
    no numbers today why, in both languages, and `all_stopped` the same when it is all of them.
    """

    now: datetime
    open: bool
    opens_at: datetime | None
    opens_words: dict[str, str] | None
    waiting: dict[str, int]
    stopped: dict[str, dict[str, str]]
    all_stopped: dict[str, str] | None
    printer: str
    revision: str


def forecast_now(session: Session, office: str, **_more: Any) -> Forecast:
    """The forecast a number is given by. It is made in a reading, never while the line is locked."""
    return _forecast(session, office_by_code(session, office))


def _forecast(session: Session, at: Office) -> Forecast:
    return forecasts().at(session, at, now(), config().tz, giving=True)


def _before_number(session: Session, office: str, body: NumberIn) -> Forecast:
    """The same, and whoever comes too late for today hears it before anything is locked."""
    if body.despite_closing and actor().kind != "staff":
        raise NotAllowed()
    at = office_by_code(session, office)
    known = _forecast(session, at)
    if actor().on_site and is_taking(session, at, now(), config().tz):
        service = plan_of(session, at, config().tz).service(body.service)
        refuse_early(session, at, service, _asked(body), here(known).desk, now())
    return known


def _asked(body: NumberIn) -> Asked:
    return Asked(body.despite_closing, body.after_break)


@blueprint.post("/offices/<office>/tickets")
@requires("kiosk", "staff")
@endpoint(summary="Take a number", body=NumberIn, answers={201: NumberOut}, before=_before_number)
def take_ticket(session: Session, office: str, body: NumberIn, known: Forecast) -> tuple[NumberOut, int]:
    """A walk-in's number, printed where the device has a printer."""
    at = office_by_code(session, office)
    service = plan_of(session, at, config().tz).service(body.service)
    given = actions.take_number(
        session, at, service, priority=body.priority, lang=body.lang, place=here(known), now=now(), asked=_asked(body)
    )
    return NumberOut(**_new(given)), 201


@blueprint.post("/offices/<office>/check-ins")
@limiter.limit(CHECK_INS, key_func=lambda: f"{actor().kind}:{actor().id}")
@requires("kiosk", "staff")
@endpoint(summary="Check in", body=CheckInIn, answers={201: CheckInOut, 200: CheckInOut}, before=forecast_now)
def check_in(session: Session, office: str, body: CheckInIn, known: Forecast) -> tuple[CheckInOut, int]:
    """A booking by QR, code, phone or name; a ticket's own QR answers where it stands."""
    at = office_by_code(session, office)
    admitted = _admitted(session, at, body, here(known))
    key, places = admitted.told
    return CheckInOut(
        **(_new(admitted.given) if admitted.given is not None else _known(session, at, admitted.ticket, known)),
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
        **stopped_today(session, at, local_day(now(), config().tz)),
        printer=printer_state(session, at, actor()),
        revision=page_data(session, at, actor())["revision"],
    )


def here(known: Forecast | None = None) -> Place:
    """Where the present request is made, and the forecast that was made for it."""
    return Place(actor(), config().tz, config().public_url, known)


def _admitted(session: Session, at: Office, body: CheckInIn, place: Place) -> Admitted:
    given = [name for name in ("qr", "code", "phone", "name") if (getattr(body, name) or "").strip()]
    if len(given) != 1:
        raise FormRefused({"code": _("Xin đưa mã QR vào khe quét, hoặc nhập mã lịch hẹn.")})
    if given[0] in ("qr", "code"):
        return actions.check_in(session, at, getattr(body, given[0]), place=place, lang=body.lang, now=now())
    if actor().kind != "staff":
        raise NotAllowed()
    found = find_today(session, at, phone=body.phone, name=body.name, actor=actor(), now=now(), tz=config().tz)
    return actions.check_in_booking(session, at, found, place=place, lang=body.lang, now=now(), shown=False)


def _new(given: Given) -> dict[str, Any]:
    """A new ticket as it was seen in the hall when its slip was queued."""
    return _ticket(given.seen, given.foreseen, given.seen["printer"])


def _known(session: Session, at: Office, ticket: Ticket, known: Forecast) -> dict[str, Any]:
    """A ticket that was there before, or came back."""
    seen = views.ticket_view(session, ticket, now(), config().tz)
    return _ticket(seen, known.foreseen(ticket, None, now()), printer_state(session, at, actor()))


def _ticket(seen: dict[str, Any], foreseen: Foreseen, printer: str) -> dict[str, Any]:
    """The line's own view of the ticket, with the state of the paper in words a program may rely on."""
    shown = seen["print"]
    seen = seen | views.foreseen_view(foreseen)
    instants = {name: local(datetime.fromisoformat(seen[name])) if seen[name] else None for name in _INSTANTS}
    return seen | instants | {"print": PrintOut(state=shown["state"] or NO_PRINTER, printer=printer, at=shown["at"])}


_INSTANTS = ("resumes_at", "after_break", "perhaps_after_break", "call_about")


def _waiting(session: Session, at: Office) -> dict[str, int]:
    plan = plan_of(session, at, config().tz)
    shown = line_store.shown_tickets(session, at, tickets.line_days(plan.hours, now()))
    waiting = Counter(ticket.service_id for ticket in shown if ticket.state == "waiting")
    return {service.code: waiting[service.id] for service in plan.offered if waiting[service.id]}
