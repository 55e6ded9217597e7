"""The pages of published hours: the city, the three steps of a booking, and my booking.

Every step is an address, so Back and reload show the same again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from booking import actions, links, offers, papers, rules, steps, store, words
from booking.actions import Wish
from booking.forms import FINDS, finder, typed_phone, visitor
from booking.models import Appointment
from booking.steps import Page, Typed
from core import idempotency
from core.i18n import choose_language, day_words
from core.idempotency import KeyReused
from core.pages import limiter
from core.qr import qr_svg
from core.refusals import FormRefused, Refusal
from core.rights import requires
from core.web import config, local, now, reading, transaction
from office.hours import Hours, is_open, next_opening
from office.models import Office
from office.store import hours_of_each, offices
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of, waiting_counts

blueprint = Blueprint("booking", __name__, template_folder="templates", static_folder="static", static_url_path="/booking/static")
MINUTE = timedelta(minutes=1)
"""Told "until 09:10", a person may come at 09:10:59 (calling-rules.md: whole minutes are compared)."""
STEPS = ("booking.city", "booking.services", "booking.times", "booking.confirm")


@blueprint.after_request
def _keep_steps(response: Response) -> Response:
    """Let the browser keep the steps for Back; pages with anything personal on them stay uncached."""
    if request.method == "GET" and request.endpoint in STEPS:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@dataclass(frozen=True)
class Place:
    """An office on the city page. `opens`: when it opens next, in words, while it is closed."""

    code: str
    name: str
    address: str
    folded: str
    published: bool
    open_now: bool
    opens: str
    waiting: int


@blueprint.get("/")
@requires("anyone")
def city() -> str:
    """All offices; those that publish hours first, with how it stands there now."""
    typed = words.legible(request.args.get("q", ""))[:80]
    with reading() as session:
        found = [office for office in offices(session) if words.matches(office.folded, typed)]
        waiting = waiting_counts(session, [office.code for office in found if office.published], local(now()).date())
        hours = hours_of_each(session, [office for office in found if office.published], config().tz)
        places = [_place(office, hours.get(office.id), waiting.get(office.code, 0)) for office in found]
    return render_template("booking/city.html", places=places, typed=typed)


def _place(office: Office, hours: Hours | None, waiting: int) -> Place:
    """`hours` are those of a published office."""
    open_now, opens = False, ""
    if hours is not None:
        open_now = is_open(hours, now())
        opens_at = None if open_now else next_opening(hours, now())
        opens = words.hour_words(local(opens_at)) if opens_at else ""
    return Place(office.code, office.name, office.address, office.folded, office.published, open_now, opens, waiting)


# --- The three steps ----------------------------------------------------------------------------------------------------


@blueprint.get("/o/<office>/")
@requires("anyone")
def services(office: str) -> Page:
    """Step 1: which service; the papers to bring stand under each."""
    with reading() as session:
        return steps.service_step(steps.load(session, office))


@blueprint.route("/o/<office>/time", methods=["GET", "POST"])
@requires("anyone")
def times(office: str) -> Page:
    """Step 2: day and hour. By POST it is the same step, with what was typed in step 3 carried along."""
    with reading() as session:
        return steps.time_step(session, steps.load(session, office), Typed.of(request.values))


@blueprint.route("/o/<office>/confirm", methods=["GET", "POST"])
@requires("anyone")
def confirm(office: str) -> Page:
    """Step 3: name, phone, consent. By POST it comes back with what was typed before."""
    with reading() as session:
        return steps.confirm_step(session, steps.load(session, office), Typed.of(request.values))


@blueprint.get("/o/<office>/find")
@requires("anyone")
def find(office: str) -> Page:
    """Ask for code and phone of a booking whose link is lost."""
    return _find_page(office, None)


@blueprint.post("/o/<office>/find")
@limiter.limit(FINDS, key_func=lambda: finder(request.form.get("phone")))
@requires("anyone")
def find_sent(office: str) -> Response | Page:
    """Lead to the booking, or say that nothing matches, with what was typed still there."""
    try:
        with reading() as session:
            place = store.published_office(session, office)
            phone = typed_phone(request.form.get("phone", ""))
            token = store.find_lost(session, place, request.form.get("code", ""), phone).token
    except Refusal as refusal:
        return _find_page(office, refusal)
    return redirect(url_for("booking.mine", token=token), 303)


def _find_page(office: str, refusal: Refusal | None) -> Page:
    with reading() as session:
        place = store.published_office(session, office)
        typed = {name: words.legible(request.form.get(name, ""))[:60] for name in ("code", "phone")}
        page = render_template(
            "booking/find.html", office=place, office_name=place.name, typed=typed, refusal=refusal
        )
    return page, refusal.status if refusal else 200


@blueprint.post("/o/<office>/book")
@requires("anyone")
def book(office: str) -> Response | Page:
    """Book; or show the step that has to be done again, with everything typed still there."""
    typed = Typed.of(request.form)
    try:
        with transaction() as session:
            token = _book_once(session, store.published_office(session, office), typed)
    except (FormRefused, KeyReused) as refusal:
        with reading() as session:
            errors = refusal.errors if isinstance(refusal, FormRefused) else None
            return steps.confirm_step(session, steps.load(session, office), typed, errors, refusal)
    except Refusal as refusal:
        with reading() as session:
            return steps.time_step(session, steps.load(session, office), typed, refusal)
    return redirect(url_for("booking.mine", token=token), 303)


def _book_once(session: Session, office: Office, typed: Typed) -> str:
    """The token of the booking; the same when the same form is sent twice."""
    key = typed.key or secrets.token_urlsafe(16)
    stored = idempotency.claim(session, key, method="POST", path=request.path, caller="form", body=typed.asked, now=now())
    if stored is not None:
        return stored.answer
    wish = Wish(
        service=typed.service,
        starts_at=steps.instant(typed.at),
        visitor=visitor(typed.name, typed.phone, bool(typed.consent)),
        lang=choose_language(),
    )
    made = actions.book(session, office, wish, now=now(), tz=config().tz, public_url=config().public_url)
    idempotency.keep(session, 303, made.token)
    return made.token


# --- My booking ---------------------------------------------------------------------------------------------------------


@blueprint.get("/a/<token>")
@requires("anyone")
def mine(token: str) -> str:
    """The booking this token opens: QR, when to come, what to bring, and what can be changed."""
    with reading() as session:
        return render_template("booking/mine.html", **_mine(session, token))


@blueprint.get("/a/<token>/qr.svg")
@requires("anyone")
def qr(token: str) -> Response:
    """The QR of the booking's page as a picture."""
    with reading() as session:
        found = store.appointment_by_token(session, token)
        return Response(qr_svg(links.page_url(config().public_url, found.token)), mimetype="image/svg+xml")


@blueprint.get("/a/<token>.ics")
@requires("anyone")
def calendar_file(token: str) -> Response:
    """The booking for a telephone's calendar."""
    with reading() as session:
        found = store.appointment_by_token(session, token)
        response = Response(papers.calendar_file(found, config().public_url), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="lich-hen-{found.code}.ics"'
    return response


@blueprint.get("/a/<token>/cancel")
@requires("anyone")
def ask_cancel(token: str) -> str:
    """Ask before a booking is given up: opening a link changes nothing by itself."""
    with reading() as session:
        return render_template("booking/cancel.html", **_mine(session, token))


@blueprint.post("/a/<token>/cancel")
@requires("anyone")
def cancel(token: str) -> Response:
    """Give the place back."""
    with transaction() as session:
        actions.cancel(session, token, now=now(), tz=config().tz)
    return redirect(url_for("booking.mine", token=token), 303)


@blueprint.get("/a/<token>/move")
@requires("anyone")
def ask_move(token: str) -> Response | Page:
    """Choose another day and hour for the same booking, while it can still be changed."""
    with reading() as session:
        if _mine(session, token)["state"] not in ("coming", "missed"):
            return redirect(url_for("booking.mine", token=token), 303)
    return _move_page(token, None)


@blueprint.post("/a/<token>/move")
@requires("anyone")
def move(token: str) -> Response | Page:
    """Give the booking the hour chosen; or show what else is free."""
    try:
        with transaction() as session:
            at = steps.instant(request.form.get("at", ""))
            actions.move(session, token, at, now=now(), tz=config().tz, public_url=config().public_url)
    except Refusal as refusal:
        return _move_page(token, refusal)
    return redirect(url_for("booking.mine", token=token, moved=1), 303)


def _move_page(token: str, refusal: Refusal | None) -> Page:
    with reading() as session:
        found = store.appointment_by_token(session, token)
        offer = offers.load(session, found.office, now(), config().tz)
        service = offer.bookable(found.service.code)
        wanted = request.values.get("day") or request.form.get("at", "")[:10] or found.on.isoformat()
        context = _mine(session, token) | steps.times(session, offer, service, wanted, found)
        page = render_template("booking/times.html", moving=True, typed=Typed(), refusal=refusal, **context)
    return page, refusal.status if refusal else 200


def _mine(session: Session, token: str) -> dict[str, Any]:
    """What the pages of one booking show."""
    found = store.appointment_by_token(session, token)
    arrive_from, arrive_until = arrival_window(found.starts_at, policy_of(found.office, found.service))
    today = local(now()).date()
    ticket = store.ticket_of(session, found)
    return {
        "appointment": found,
        "office": found.office,
        "office_name": found.office.name,
        "service": found.service,
        "day": day_words(found.on),
        "hour": local(found.starts_at),
        "arrive_from": local(arrive_from),
        "arrive_until": local(arrive_until),
        "next_day": rules.answered_next_day(local(found.starts_at), found.service.same_day),
        "qr": qr_svg(links.page_url(config().public_url, token)),
        "page_url": links.page_url(config().public_url, token),
        "ticket": ticket,
        "state": _state(found, ticket is not None, today, now() >= arrive_until + MINUTE),
        "can_arrive": "kiosk.arrived" in current_app.view_functions and found.on == today,
    }


def _state(appointment: Appointment, checked_in: bool, today: date, missed: bool) -> str:
    """How the booking stands: cancelled, checked_in, over, missed (today, too late for the hour) or coming."""
    if appointment.state == "cancelled":
        return "cancelled"
    if checked_in:
        return "checked_in"
    if appointment.on < today:
        return "over"
    return "missed" if missed else "coming"
