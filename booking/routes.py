"""The three steps of a booking. Every step is an address, so Back and reload show the same again."""

from __future__ import annotations

import secrets

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from booking import actions, holding, limits, phone_codes, steps, store
from booking.actions import Wish
from booking.forms import companions, visitor
from booking.marks import phone_hash
from booking.pages import blueprint
from booking.refusals import CodeNeeded, NotTogether, TooManyHolds
from booking.steps import Page, Typed
from core import idempotency
from core.i18n import choose_language
from core.idempotency import KeyReused
from core.refusals import FormRefused, Refusal
from core.rights import requires
from core.web import config, now, reading, transaction
from office.models import Office


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


@blueprint.get("/o/<office>/confirm")
@requires("anyone")
def confirm(office: str) -> Page:
    """Step 3: name, phone, consent. What holds the slot stands in the address; opening it holds nothing."""
    with reading() as session:
        return steps.confirm_step(session, steps.load(session, office), Typed.of(request.values))


@blueprint.post("/o/<office>/confirm")
@limits.holds_per_device
@requires("anyone")
def hold(office: str) -> Response | Page:
    """Keep the slot while somebody types, and show step 3; again for each person who is added or dropped."""
    typed = Typed.of(request.form)
    if "add" in request.form:
        typed = typed.with_another()
    typed = typed.without(request.form.get("drop", ""))
    try:
        typed = typed.held(_hold(office, typed))
    except TooManyHolds:
        pass  # The booking itself needs no hold.
    except Refusal as refusal:
        with reading() as session:
            if isinstance(refusal, NotTogether):
                return steps.confirm_step(session, steps.load(session, office), typed, refusal=refusal)
            return steps.time_step(session, steps.load(session, office), typed, refusal)
    if typed.personal:
        with reading() as session:
            return steps.confirm_step(session, steps.load(session, office), typed)
    return redirect(url_for("booking.confirm", office=office, at=typed.at, **typed.address), 303)


def _hold(office: str, typed: Typed) -> str:
    with transaction() as session:
        place = store.published_office(session, office)
        holder, at = limits.holder_of_request(), steps.instant(typed.at)
        return holding.hold_slot(session, place, typed.codes, at, holder=holder, now=now(), tz=config().tz).token


@blueprint.post("/o/<office>/book")
@limits.per_phone
@limits.per_device
@phone_codes.tries_counted
@requires("anyone")
def book(office: str) -> Response | Page:
    """Book; or show the step that has to be done again, with everything typed still there."""
    typed = Typed.of(request.form)
    try:
        with transaction() as session:
            token = _book_once(session, store.published_office(session, office), typed)
    except CodeNeeded as asked:
        told = steps.send_code(office, typed, asked)
        with reading() as session:
            return steps.confirm_step(session, steps.load(session, office), typed, refusal=told)
    except (FormRefused, KeyReused, NotTogether) as refusal:
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
    comer = visitor(typed.name, typed.phone, bool(typed.consent))
    wish = Wish(
        service=typed.service,
        starts_at=steps.instant(typed.at),
        visitor=comer,
        people=companions(comer, [(name if name.strip() else None, service) for name, service in typed.people]),
        lang=choose_language(),
        hold=typed.hold or None,
        device=limits.device_of_request(),
        phone_hash=phone_hash(comer.phone, config().secret_key),
    )
    phone_codes.confirm(session, office, comer.phone, typed.phone_code, now=now(), secret=config().secret_key)
    made = actions.book(session, office, wish, now=now(), tz=config().tz, public_url=config().public_url)
    idempotency.keep(session, 303, made.token)
    return made.token
