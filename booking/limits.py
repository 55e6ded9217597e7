"""Who is counted together when something is asked too often: a phone and a device, never the address a whole hall shares.

Nobody who books for a family, and no helper who books for a village on one telephone, meets these limits; they stop
programs. A program without a cookie has no device: its phones are counted, and the last resort per address
(`core.pages.PER_ADDRESS`) holds. Keys are keyed hashes: neither the storage (Redis) nor the log has a phone in it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask_limiter.util import get_remote_address
from limits import parse_many
from werkzeug.wrappers import Response

from booking.forms import e164
from booking.holding import Holder
from booking.marks import address_hash, device_hash, phone_hash
from core.i18n import gettext as _
from core.pages import TooMany, limiter
from core.rights import actor
from core.web import config

BOOKINGS = "30 per minute;100 per hour;200 per day"
"""Bookings and entries on waiting lists asked for, refused ones too; of a phone, and of a device."""

HOLDS = "60 per minute;300 per hour;600 per day"
"""Slots a device has kept: each choice of an hour is one, and each person added to a booking another."""

CODES = "5 per hour;10 per day"
"""Codes sent to a phone, besides the one a minute of `booking.phone_codes`."""

CODES_OF_DEVICE = "10 per minute;50 per hour;100 per day"
"""Codes a device asks for, to whichever phones."""

FINDS = "10 per minute;60 per hour"
"""Tries to find a booking of one phone by its code: codes have 24 bits and more, so a guesser would need years."""

COOKIE = "browser"
"""Not "device": that cookie makes a browser one of the office's own devices (`office.signin`)."""

COOKIE_LIVES_S = 400 * 86400
"""As long as browsers keep a cookie at most."""

F = TypeVar("F", bound=Callable[..., Any])
Told = Callable[[], str]

_MARK = re.compile(r"[A-Za-z0-9_-]{22}")


def device_of_request() -> str:
    """The keyed hash of the device that asks; "" for a program without the cookie, and for kiosks and staff, who serve many."""
    mark = _mark() if actor().kind == "anonymous" else ""
    return device_hash(mark, config().secret_key) if mark else ""


def holder_of_request() -> Holder:
    """Who keeps a slot."""
    return Holder(device_of_request(), address_hash(get_remote_address(), config().secret_key))


def remember_device(response: Response) -> Response:
    """Give a browser without one a random mark. It tells nothing about a person; only its keyed hash is ever stored."""
    if not _mark() and actor().kind == "anonymous" and not (request.endpoint or "").endswith("static"):
        https = current_app.config["SESSION_COOKIE_SECURE"]
        mark = secrets.token_urlsafe(16)
        response.set_cookie(COOKIE, mark, max_age=COOKIE_LIVES_S, httponly=True, samesite="Lax", secure=https)
    return response


def phone_of_request() -> str:
    """The key under which the phone in the form or the JSON body is counted; "" when there is no number in it."""
    if "counted_phone" not in g:
        try:
            g.counted_phone = "phone:" + phone_hash(e164(sent_text("phone")), config().secret_key)
        except ValueError:
            g.counted_phone = ""
    return str(g.counted_phone)


def sent_text(name: str) -> str:
    """A field of the form, or a member of the JSON body; "" when there is none, or when it is no text."""
    if name in request.form:
        return str(request.form[name])
    try:
        body = request.get_json(silent=True, force=True)
    except RecursionError:  # thousands of brackets in one another: the view refuses them
        body = None
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


def _device_key() -> str:
    return f"device:{device_of_request()}"


def _mark() -> str:
    mark = request.cookies.get(COOKIE, "")
    return mark if _MARK.fullmatch(mark) else ""


def _too_often_phone() -> str:
    return _("Số điện thoại này đã gửi quá nhiều yêu cầu. Xin chờ một lúc rồi thử lại, hoặc đến điểm phục vụ lấy số trực tiếp.")


def _too_often_device() -> str:
    return _("Máy này đã gửi quá nhiều yêu cầu. Xin chờ một lúc rồi thử lại, hoặc đến điểm phục vụ lấy số trực tiếp.")


def _of_phone(windows: str, scope: str) -> Callable[[F], F]:
    """A decorator of a route: `windows` for each phone, over all routes of one `scope`. Without a number nothing is counted."""
    return _limit(windows, scope, phone_of_request, phone_of_request, _too_often_phone)


def _of_device(windows: str, scope: str) -> Callable[[F], F]:
    """The same for each device; without one nothing is counted."""
    return _limit(windows, scope, _device_key, device_of_request, _too_often_device)


def _limit(windows: str, scope: str, key: Told, known: Told, said: Told) -> Callable[[F], F]:
    limit = limiter.shared_limit(
        windows,
        scope=scope,
        key_func=key,
        exempt_when=lambda: not known(),
        error_message=said,
        override_defaults=False,
    )

    def decorate(view: F) -> F:
        limited = limit(view)

        @wraps(limited)
        def run(*arguments: Any, **named: Any) -> Any:
            # A body too large or torn off is refused here: raised in a key, it would pass for a storage that is broken.
            request.get_data(parse_form_data=True)
            return limited(*arguments, **named)

        return cast(F, run)

    return decorate


def count_code() -> None:
    """Count a code that a page is about to send, together with those of the decorated call. Raises TooMany."""
    counted = [(CODES, "codes", phone_of_request(), _too_often_phone)]
    if device_of_request():
        counted.append((CODES_OF_DEVICE, "codes of a device", _device_key(), _too_often_device))
    for windows, scope, key, said in counted:
        if key and not all(limiter.limiter.hit(window, key, scope) for window in parse_many(windows)):
            raise TooMany(said())


per_phone = _of_phone(BOOKINGS, "bookings")
per_device = _of_device(BOOKINGS, "bookings of a device")
holds_per_device = _of_device(HOLDS, "holds of a device")
codes_per_phone = _of_phone(CODES, "codes")
codes_per_device = _of_device(CODES_OF_DEVICE, "codes of a device")
finds_per_phone = _of_phone(FINDS, "finds")
