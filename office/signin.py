"""Who is asking: a bearer token, a signed session cookie of staff, or the cookie of a paired device."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from flask import Flask, Request, Response, current_app, request
from flask import session as cookie
from flask.sessions import SessionMixin
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.dated_cookies import DatedCookie, cookie_time
from core.rights import ANONYMOUS, Actor
from core.web import reading
from office import actor_store, store
from office.actor_store import SignIn
from office.models import Staff

DEVICE_COOKIE = "device"
DEVICE_COOKIE_LIVES_S = 5 * 365 * 86400


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows to say who makes it, tokens hashed. A bearer token counts alone."""

    bearer: str | None = None
    sign_in: SignIn | None = None
    device: str | None = None


NOTHING = Shown()


def identify() -> Actor:
    """The actor of the present request."""
    shown = _shown(request, cookie)
    if shown == NOTHING:
        return ANONYMOUS
    with reading() as session:
        return who_are(session, [shown])[0]


def shown_by(app: Flask, environ: dict[str, Any]) -> Shown:
    """What the request shows that a socket began with."""
    asked = app.request_class(environ, populate_request=False)
    return _shown(asked, cast(SessionMixin, app.session_interface.open_session(app, asked)))


def who_are(session: Session, shown: Sequence[Shown]) -> list[Actor]:
    """Who each of these is now, in at most three statements. A bearer token counts first, then staff, then device."""
    now = cookie_time()
    signed = {each.sign_in for each in shown if each.sign_in and each.sign_in.since <= now <= each.sign_in.until}
    bearers = actor_store.by_bearer(session, {each.bearer for each in shown if each.bearer})
    staff = actor_store.by_sign_in(session, signed)
    strangers = (each for each in shown if each.sign_in not in staff)
    devices = actor_store.by_device_token(session, {each.device for each in strangers if each.device})

    def who(each: Shown) -> Actor:
        if each.bearer:
            return _actor(bearers.get(each.bearer), "bearer")
        return _actor(staff.get(each.sign_in) or devices.get(each.device), "cookie")

    return [who(each) for each in shown]


def remember_staff(staff: Staff) -> None:
    """Sign `staff` in on this browser. The cookie is signed, so it outlives a restart of the server."""
    cookie.clear()
    cookie["staff"] = {"id": staff.id, "epoch": staff.epoch, "mark": secrets.token_urlsafe(16)}
    cookie.permanent = True


def forget_staff(session: Session, now: datetime) -> None:
    """Sign out on this browser: also a copy of its cookie that somebody kept is worth nothing from now on."""
    mark = (cookie.get("staff") or {}).get("mark")
    if mark:
        store.end_sign_in(session, mark, now, forget_before=now - current_app.permanent_session_lifetime)
    cookie.clear()


def remember_device(response: Response, token: str) -> Response:
    """Make this browser a device until its token is revoked."""
    https = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(DEVICE_COOKIE, token, max_age=DEVICE_COOKIE_LIVES_S, httponly=True, samesite="Strict", secure=https)
    return response


def _shown(asked: Request, opened: SessionMixin) -> Shown:
    scheme, _space, token = asked.headers.get("Authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    sign_in, device = _sign_in(opened), asked.cookies.get(DEVICE_COOKIE)  # looked at in any case: an answer says that it varies
    if bearer:
        return Shown(bearer=store.hashed(bearer))
    return Shown(sign_in=sign_in, device=store.hashed(device) if device else None)


def _sign_in(opened: SessionMixin) -> SignIn | None:
    mark, dated = opened.get("staff"), cast(DatedCookie, opened)
    if not isinstance(mark, dict) or not isinstance(mark.get("id"), int) or not isinstance(mark.get("epoch"), int):
        return None
    return SignIn(mark["id"], mark["epoch"], store.hashed(str(mark.get("mark"))), dated.since, dated.until)


def _actor(who: Row[Any] | None, via: Literal["cookie", "bearer"]) -> Actor:
    if who is None:
        return ANONYMOUS
    return Actor(who.kind, who.id, who.role, who.office, via, on_site=bool(who.on_site), name=who.name)
