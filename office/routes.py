"""Signing in and out, and making a browser a device."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.pages import limiter
from core.patience import in_a_thread
from core.refusals import Refusal
from core.rights import actor, csrf, requires
from core.web import now, reading, transaction
from core.words import nfc
from office import actions, pair_codes, signin, store
from office.actions import Paired
from office.words import service_name

blueprint = Blueprint(
    "office", __name__, template_folder="templates", static_folder="static", static_url_path="/pair/static"
)
PAIRING_COOKIE = "pairing"
PAIRING_COOKIE_LIVES_S = 24 * 3600

blueprint.app_context_processor(lambda: {"service_name": service_name})

HOME = {"head": "/office/", "technician": "/office/", "city": "/office/", "helper": "/door/", "officer": "/counter/"}
"""Where each role's work is; pages of rooms above this one, known by address only."""


def _matches(stored: str | None, password: str) -> bool:
    """argon2 inside the event loop would stop every other request for 100 ms."""
    return in_a_thread(actions.password_matches, stored, password)


def _refused(response: Response) -> bool:
    """Only what was wrong counts: a whole ward signs in at half past seven from one address."""
    return response.status_code >= 400


def _who_from_where() -> str:
    """A user name from one address: guessing from elsewhere never locks out who sits in the office."""
    return f"{get_remote_address()} {_username()}"


def _username() -> str:
    return nfc(request.form.get("username", ""))[:100]


@blueprint.get("/sign-in")
@requires("anyone")
def sign_in() -> str:
    """The sign-in page."""
    return render_template("office/sign_in.html", next=_inside(request.args.get("next", "")), username="", refusal=None)


@blueprint.post("/sign-in")
@limiter.limit("30 per minute", deduct_when=_refused)
@limiter.limit("10 per minute", key_func=_who_from_where, deduct_when=_refused)
@requires("anyone")
def sign_in_sent() -> str | Response | tuple[str, int]:
    """Sign in, and go where the person was going."""
    csrf.protect()
    username = _username()
    target = _inside(request.form.get("next", ""))
    try:
        with reading() as session:
            staff = actions.sign_in(session, username, request.form.get("password", "")[:200], _matches)
    except Refusal as refusal:
        return render_template("office/sign_in.html", next=target, username=username, refusal=refusal), refusal.status
    with transaction() as session:
        actions.audit(session, "signed_in", now(), office_id=staff.office_id, staff_id=staff.id)
    signin.remember_staff(staff)
    return redirect(target or HOME[staff.role])


@blueprint.post("/sign-out")
@requires("staff")
def sign_out() -> Response:
    """Sign out on this browser. An open counter stays open: closing it is a decision of its own."""
    with transaction() as session:
        signin.forget_staff(session, now())
    return redirect(url_for("office.sign_in"))


@blueprint.get("/pair/")
@requires("anyone")
def pair_shown() -> Response:
    """Show the code of this machine: whoever manages the office types it, and the machine becomes what was chosen there."""
    mark = request.cookies.get(PAIRING_COOKIE, "") or secrets.token_urlsafe(32)
    code = pair_codes.code_of(mark, current_app.config["SECRET_KEY"])
    response = make_response(render_template("office/pair_shown.html", code=code))
    https = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        PAIRING_COOKIE, mark, max_age=PAIRING_COOKIE_LIVES_S, path="/pair/", httponly=True, samesite="Strict", secure=https
    )
    return response


@blueprint.post("/pair/claim")
@requires("anyone")
def pair_claimed() -> Response:
    """Asked by the page that shows the code: 200 with where to go once it is a device, 204 until then."""
    mark = request.cookies.get(PAIRING_COOKIE, "")
    code = pair_codes.SHOWN + pair_codes.code_of(mark, current_app.config["SECRET_KEY"])
    with reading() as session:
        granted = mark and store.pairing_by_code(session, code, now())
    if not granted:
        return Response(status=204, mimetype="application/json")
    with transaction() as session:
        paired, target = _paired(session, code)
    response = signin.remember_device(jsonify(url=target), paired.token)
    response.delete_cookie(PAIRING_COOKIE, path="/pair/")
    return response


@blueprint.get("/pair/<code>")
@requires("anyone")
def pair(code: str) -> str:
    """Ask before this browser becomes a device: opening a link changes nothing by itself."""
    code = nfc(code)[:20].replace("-", "")
    with reading() as session:
        found = store.pairing_by_code(session, code, now())
        office = store.office_by_id(session, found[1].office_id) if found else None
        return render_template("office/pair.html", code=code, device=found[1] if found else None, office=office, refusal=None)


@blueprint.post("/pair/")
@limiter.limit("30 per minute", deduct_when=_refused)
@requires("anyone")
def pair_sent() -> Response | tuple[str, int]:
    """Make this browser the device of the code."""
    code = nfc(request.form.get("code", ""))[:20].replace(" ", "").replace("-", "")
    try:
        with transaction() as session:
            paired, target = _paired(session, code)
    except Refusal as refusal:
        page = render_template("office/pair.html", code=code, device=None, office=None, refusal=refusal)
        return page, refusal.status
    return signin.remember_device(make_response(redirect(target)), paired.token)


def _paired(session: Session, code: str) -> tuple[Paired, str]:
    """The device that this browser is from now on, and its page. Raises PairingUnknown."""
    paired = actions.pair(session, code, now())
    office = store.office_by_id(session, paired.device.office_id)
    actions.audit(session, "device_paired", now(), office_id=office.id, device_id=paired.device.id, staff_id=_staff_id())
    return paired, f"/{paired.device.kind}/{office.code}"


def _staff_id() -> int | None:
    return actor().id if actor().kind == "staff" else None


def _inside(target: str) -> str:
    """`target` when it is an address of this site, else nothing: a sign-in page must not lead elsewhere."""
    if target != nfc(target):  # an address has no white space and no control characters
        return ""
    parts = urlsplit(target.replace("\\", "/"))
    return target if target.startswith("/") and not target.startswith("//") and not parts.netloc else ""
