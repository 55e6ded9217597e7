"""The waiting list as pages: join for a full day, and, by its link, accept what is offered or stop waiting."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from booking import limits, phone_codes, privacy, steps, store, waiting_actions, words
from booking.forms import visitor
from booking.marks import phone_hash
from booking.pages import blueprint
from booking.refusals import CodeNeeded, DayHasRoom, SlotUnknown
from booking.steps import Page, Typed
from booking.waiting_actions import Patience
from core import idempotency
from core.i18n import choose_language, day_words
from core.refusals import FormRefused, Refusal
from core.rights import requires
from core.web import config, local, now, reading, transaction
from office.models import Office


@blueprint.route("/o/<office>/wait", methods=["GET"])
@requires("anyone")
def ask_wait(office: str) -> Page:
    """Ask who wants to wait for any hour of a full day."""
    with reading() as session:
        return _join_page(session, office, Typed.of(request.values))


@blueprint.post("/o/<office>/wait")
@limits.per_phone
@limits.per_device
@phone_codes.tries_counted
@requires("anyone")
def wait(office: str) -> Response | Page:
    """Join the waiting list; or show the page again with what was typed, or the hours when one is free after all.

    With `ask` it is the page itself, for who had typed something before the day turned out to be full.
    """
    typed, told = Typed.of(request.form), None
    try:
        if "ask" not in request.form:
            with transaction() as session:
                token = _join_once(session, store.published_office(session, office), typed)
            return redirect(url_for("booking.waiting", token=token), 303)
    except DayHasRoom as refusal:
        with reading() as session:
            return steps.time_step(session, steps.load(session, office), typed, refusal)
    except Refusal as refusal:
        told = steps.send_code(office, typed, refusal) if isinstance(refusal, CodeNeeded) else refusal
    with reading() as session:
        return _join_page(session, office, typed, told)


def _join_once(session: Session, office: Office, typed: Typed) -> str:
    """The token of the place on the list; the same when the same form is sent twice."""
    key, asked = typed.key or secrets.token_urlsafe(16), typed.asked + request.form.get("day", "").encode()
    stored = idempotency.claim(session, key, method="POST", path=request.path, caller="form", body=asked, now=now())
    if stored is not None:
        return stored.answer
    comer = visitor(typed.name, typed.phone, bool(typed.consent))
    phone_codes.confirm(session, office, comer.phone, typed.phone_code, now=now(), secret=config().secret_key)
    patience = Patience(
        service=typed.service,
        on=_day(),
        visitor=comer,
        lang=choose_language(),
        device=limits.device_of_request(),
        phone_hash=phone_hash(comer.phone, config().secret_key),
    )
    entry = waiting_actions.join(session, office, patience, now=now(), tz=config().tz, public_url=config().public_url)
    idempotency.keep(session, 303, entry.token)
    return entry.token


def _join_page(session: Session, office: str, typed: Typed, refusal: Refusal | None = None) -> Page:
    offer = steps.load(session, office)
    service, on = offer.bookable(typed.service), _day()
    page = render_template(
        "booking/wait.html",
        office=offer.office,
        office_name=offer.office.name,
        settings=offer.settings,
        code_asked=steps.code_asked(typed, refusal),
        service=service,
        day=day_words(on),
        on=on.isoformat(),
        # A new key for every page shown: only pressing twice on one page is the same request.
        typed=replace(typed, key=secrets.token_urlsafe(16)),
        errors=refusal.errors if isinstance(refusal, FormRefused) else {},
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def _day() -> date:
    """The day that is asked for. Raises SlotUnknown."""
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError as error:
        raise SlotUnknown() from error


@blueprint.get("/w/<token>")
@requires("anyone")
def waiting(token: str) -> Page:
    """How somebody waits: place in line, an offer with its time, or what became of it."""
    return _page(token)


@blueprint.post("/w/<token>/accept")
@requires("anyone")
def accept(token: str) -> Response | Page:
    """Take the offered place."""
    try:
        with transaction() as session:
            made = waiting_actions.accept(session, token, now=now(), tz=config().tz, public_url=config().public_url)
            booking = made.token
    except Refusal as refusal:
        return _page(token, refusal)
    return redirect(url_for("booking.mine", token=booking), 303)


@blueprint.post("/w/<token>/leave")
@requires("anyone")
def leave(token: str) -> Response:
    """Stop waiting."""
    with transaction() as session:
        waiting_actions.leave(session, token, now=now(), tz=config().tz, public_url=config().public_url)
    return redirect(url_for("booking.waiting", token=token), 303)


@blueprint.post("/w/<token>/erase")
@requires("anyone")
def erase_waiting(token: str) -> Response:
    """Stop waiting and delete name and phone."""
    with transaction() as session:
        privacy.erase_waiting(session, token, now=now(), tz=config().tz, public_url=config().public_url)
    return redirect(url_for("booking.waiting", token=token), 303)


def _page(token: str, refusal: Refusal | None = None) -> Page:
    with reading() as session:
        page = render_template("booking/waiting.html", refusal=refusal, **_waiting(session, token))
    return page, refusal.status if refusal else 200


def _waiting(session: Session, token: str) -> dict[str, Any]:
    """What the page of somebody who waits shows."""
    entry = waiting_actions.find(session, token)
    offered = waiting_actions.offer_of(session, entry)
    return {
        "entry": entry,
        "office": entry.office,
        "office_name": entry.office.name,
        "service": entry.service,
        "day": day_words(entry.on),
        "ahead": waiting_actions.ahead_of(session, entry),
        "hour": words.hour_words(local(offered.starts_at)) if offered else "",
        "until": local(offered.until) if offered else None,
        "seconds": max(0, int((offered.until - now()).total_seconds())) if offered else 0,
        "over": entry.on < local(now()).date(),
        "booking": waiting_actions.token_of_booking(session, entry),
    }
