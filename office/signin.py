"""Who is asking: a bearer token, a signed session cookie of staff, or the cookie of a paired device."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, cast

from flask import Response, current_app, request
from flask import session as cookie
from sqlalchemy.orm import Session

from core.rights import ANONYMOUS, Actor
from core.web import reading
from office import store
from office.models import Device, Staff

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
    staff = store.staff_by_token(session, token)
    if staff is not None:
        return _staff_actor(session, staff, "bearer")
    device = store.device_by_token(session, token)
    return _device_actor(session, device, "bearer") if device is not None else ANONYMOUS


def _by_session(session: Session, mark: Any) -> Actor | None:
    if not isinstance(mark, dict):
        return None
    staff = store.staff_by_id(session, cast(int, mark.get("id")))
    if staff is None or staff.epoch != mark.get("epoch") or store.sign_in_ended(session, str(mark.get("mark"))):
        return None
    return _staff_actor(session, staff, "cookie")


def _by_device_cookie(session: Session, token: str | None) -> Actor | None:
    device = store.device_by_token(session, token) if token else None
    return _device_actor(session, device, "cookie") if device is not None else None


def _staff_actor(session: Session, staff: Staff, via: Any) -> Actor:
    office = store.office_by_id(session, staff.office_id).code if staff.office_id is not None else None
    return Actor("staff", staff.id, staff.role, office, via, name=staff.name)


def _device_actor(session: Session, device: Device, via: Any) -> Actor:
    office = store.office_by_id(session, device.office_id).code
    return Actor("device", device.id, device.kind, office, via, on_site=device.on_site, name=device.name)
