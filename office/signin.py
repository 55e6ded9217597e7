"""Who is asking: a bearer token, a signed session cookie of staff, or the cookie of a paired device."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal

from flask import Response, current_app, request
from flask import session as cookie
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.rights import ANONYMOUS, Actor
from core.web import reading
from office import actor_store, store
from office.models import Staff

DEVICE_COOKIE = "device"
DEVICE_COOKIE_LIVES_S = 5 * 365 * 86400


def identify() -> Actor:
    """The actor of the present request or socket. A bearer token counts first, then staff, then device."""
    token = _bearer()
    device_token = request.cookies.get(DEVICE_COOKIE)
    staff_mark = cookie.get("staff")
    if not token and not device_token and not staff_mark:
        return ANONYMOUS
    with reading() as session:
        if token:
            return _by_bearer(session, token)
        return _by_session(session, staff_mark) or _by_device_cookie(session, device_token) or ANONYMOUS


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


def _bearer() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _by_bearer(session: Session, token: str) -> Actor:
    return _actor(actor_store.by_bearer(session, token), "bearer") or ANONYMOUS


def _by_session(session: Session, mark: Any) -> Actor | None:
    if not isinstance(mark, dict) or not isinstance(mark.get("id"), int) or not isinstance(mark.get("epoch"), int):
        return None
    return _actor(actor_store.by_sign_in(session, mark["id"], mark["epoch"], str(mark.get("mark"))), "cookie")


def _by_device_cookie(session: Session, token: str | None) -> Actor | None:
    return _actor(actor_store.by_device_token(session, token), "cookie") if token else None


def _actor(who: Row[Any] | None, via: Literal["cookie", "bearer"]) -> Actor | None:
    if who is None:
        return None
    return Actor(who.kind, who.id, who.role, who.office, via, on_site=bool(who.on_site), name=who.name)
