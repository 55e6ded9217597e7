"""Signed sessions that say how long they are good: a socket is asked who it is again, hours after the request it began with."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import TimestampSigner, base64_decode

_SIGNER = TimestampSigner("only asked for the time")


def cookie_time() -> int:
    """The present second by the clock that signs the cookies, which is no office's."""
    return _SIGNER.get_timestamp()


class DatedCookie(SecureCookieSession):
    """Good from `since` to `until`, both by `cookie_time`."""

    since = until = 0


class DatedCookies(SecureCookieSessionInterface):
    """Opens sessions as Flask does, which refuses what nobody here signed and what is older than it may be."""

    session_class = DatedCookie

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        signed = request.cookies.get(self.get_cookie_name(app))
        if not signed:  # machines and most telephones: nothing to make a signer for
            return self.session_class()
        session = super().open_session(app, request)
        if isinstance(session, DatedCookie) and session:  # so the signature holds, and the time is what was signed
            _payload, signed_at, _signature = signed.rsplit(".", 2)
            session.since = int.from_bytes(base64_decode(signed_at))
            session.until = session.since + int(app.permanent_session_lifetime.total_seconds())
        return session
