"""The pages of one booking, by its link: my booking, its QR, calendar file, move, cancel, data to be deleted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from booking import actions, links, offers, papers, privacy, rules, steps, store, words
from booking.models import Appointment
from booking.pages import blueprint
from booking.steps import Page, Typed
from core.i18n import day_words
from core.qr import qr_svg
from core.refusals import Refusal
from core.rights import requires
from core.web import config, local, now, reading, transaction
from office.store import services_of
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of

MINUTE = timedelta(minutes=1)
"""Told "until 09:10", a person may come at 09:10:59 (calling-rules.md: whole minutes are compared)."""


@blueprint.get("/a/<token>")
@requires("anyone")
def mine(token: str) -> str:
    """The booking this token opens: QR, when to come, what to bring, and what can be changed."""
    with reading() as session:
        return render_template("booking/mine.html", **_mine(session, token))


@blueprint.get("/a/<token>/qr")
@requires("anyone")
def big_qr(token: str) -> Response | str:
    """The QR as large as the screen, on white: what a scanner reads best; of a booking that is over, its page."""
    with reading() as session:
        shown = _mine(session, token)
        if shown["state"] in ("coming", "missed", "checked_in"):
            return render_template("booking/qr.html", **shown)
    return redirect(url_for("booking.mine", token=token), 303)


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
        actions.cancel(session, token, now=now(), tz=config().tz, public_url=config().public_url)
    return redirect(url_for("booking.mine", token=token), 303)


@blueprint.get("/a/<token>/erase")
@requires("anyone")
def ask_erase(token: str) -> str:
    """Ask before name and phone are deleted: it cannot be taken back."""
    with reading() as session:
        return render_template("booking/erase.html", **_mine(session, token))


@blueprint.post("/a/<token>/erase")
@requires("anyone")
def erase(token: str) -> Response:
    """Delete name and phone; a visit still to come is cancelled first."""
    with transaction() as session:
        privacy.erase(session, token, now=now(), tz=config().tz, public_url=config().public_url)
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
        want = actions.want_of(offer, found)
        wanted = request.values.get("day") or request.form.get("at", "")[:10] or found.on.isoformat()
        context = _mine(session, token) | steps.times(session, offer, want, wanted, found)
        page = render_template("booking/times.html", moving=True, typed=Typed(), refusal=refusal, **context)
    return page, refusal.status if refusal else 200


def _mine(session: Session, token: str) -> dict[str, Any]:
    """What the pages of one booking show."""
    found = store.appointment_by_token(session, token)
    arrive_from, arrive_until = arrival_window(found.starts_at, policy_of(found.office, found.service))
    today = local(now()).date()
    ticket = store.ticket_of(session, found)
    services = {service.code: service for service in services_of(session, found.office)} if found.people else {}
    return {
        "appointment": found,
        "office": found.office,
        "office_name": found.office.name,
        "service": found.service,
        "people": [(person["name"], services.get(person["service"]), person.get("absent")) for person in found.people],
        "day": day_words(found.on),
        "hour": local(found.starts_at),
        "arrive_from": local(arrive_from),
        "arrive_until": local(arrive_until),
        "moved_from": words.hour_words(local(found.moved_from_at)) if found.moved_from_at else "",
        "next_day": rules.answered_next_day(local(found.starts_at), found.service.same_day),
        "qr": qr_svg(links.page_url(config().public_url, token)),
        "page_url": links.page_url(config().public_url, token),
        "ticket": ticket,
        "state": _state(found, ticket is not None, today, now() >= arrive_until + MINUTE),
        "can_arrive": "kiosk.arrived" in current_app.view_functions and found.on == today,
    }


def _state(appointment: Appointment, checked_in: bool, today: date, missed: bool) -> str:
    """How the booking stands: erased, cancelled, checked_in, over, missed (today, too late for the hour) or coming."""
    if appointment.erased_at is not None:
        return "erased"
    if appointment.state == "cancelled":
        return "cancelled"
    if checked_in:
        return "checked_in"
    if appointment.on < today:
        return "over"
    return "missed" if missed else "coming"
