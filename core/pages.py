"""What all pages share: security headers, errors as page or JSON, limits, and the assets of the design."""

from __future__ import annotations

import json
import logging
import re

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, generate_csrf
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from core import compression
from core.access import request_id
from core.i18n import gettext as _
from core.refusals import Refusal
from core.rights import NotSignedIn, actor
from core.web import local, now

log = logging.getLogger(__name__)

SIGN_IN = "office.sign_in"
"""The endpoint of the sign-in page; it belongs to a room above this one and is known by its name only."""

PER_ADDRESS = "3000 per minute"
"""The last resort against floods: a whole hall shares one address (contract.md: at least 600)."""


def _needs_no_last_resort() -> bool:
    """A signed-in person and a paired device are known; only strangers share the limit of their address.

    A limit of a form's own (passwords, codes) holds for everybody.
    """
    return actor().kind != "anonymous" or (request.endpoint or "").endswith("static")


limiter = Limiter(
    key_func=get_remote_address,
    default_limits=[PER_ADDRESS],
    default_limits_exempt_when=_needs_no_last_resort,
    headers_enabled=True,
    in_memory_fallback_enabled=True,  # a Redis that is away must not turn every stranger's request into an error
)

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self'{sockets}; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
RETRY_AFTER_S = 60
"""What a refusal of too many requests says when it knows no better."""

HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")

blueprint = Blueprint("core", __name__, static_folder="static/core", static_url_path="/static/core", template_folder="templates")


class TooMany(Refusal):
    """Too many requests; `Retry-After` says how long to wait."""

    code = "too_many"
    status = 429

    def __init__(self, said: str = "") -> None:
        """`said` is the sentence of a limit that has one of its own."""
        super().__init__()
        self._said = said

    def sentence(self) -> str:
        return self._said or _("Có quá nhiều yêu cầu cùng lúc. Xin chờ một phút rồi thử lại.")


class PageExpired(Refusal):
    """The form's CSRF mark is missing or of another session."""

    code = "csrf"
    status = 400

    def sentence(self) -> str:
        return _("Trang này đã mở quá lâu. Hãy tải lại trang rồi làm lại.")


TORN_BODIES = (ParseException, NoMoreData)
"""What reading a body raises that its sender cut off or wrote wrongly: nobody's failure but the sender's."""

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "server_error"}


class HttpRefusal(Refusal):
    """What the web framework itself refuses: unknown address, wrong method, too large a body."""

    def __init__(self, error: HTTPException) -> None:
        super().__init__()
        self.status = error.code or 500
        self.code = _HTTP_CODES.get(self.status, "bad_request")

    def sentence(self) -> str:
        return {
            404: _("Không tìm thấy trang này. Hãy kiểm tra lại đường dẫn, hoặc về trang đầu."),
            405: _("Trang này không nhận cách gửi đó. Hãy quay lại và thử lại."),
            413: _("Nội dung gửi lên quá lớn."),
            500: _("Hệ thống gặp lỗi. Xin thử lại sau ít phút; những gì đã xác nhận vẫn còn nguyên."),
        }.get(self.status, _("Yêu cầu không đúng. Hãy quay lại và thử lại."))


def install(app: Flask) -> None:
    """Register the shared routes, headers and error handlers. After `rights.install`: limits ask who it is."""
    app.register_blueprint(blueprint)
    compression.install(app)
    app.after_request(_harden)  # before the limiter's own, which then runs first: the last named is the first to run
    limiter.init_app(app)
    app.context_processor(lambda: {"local": local, "now": now, "actor": actor, "language": str(get_locale())})
    app.context_processor(lambda: {"csrf_token": csrf_mark, "sign_in_mark": generate_csrf, "request_id": request_id})
    app.register_error_handler(Refusal, show_refusal)
    app.register_error_handler(CSRFError, lambda error: show_refusal(PageExpired()))
    app.register_error_handler(HTTPException, lambda error: _show_http(error))
    for torn in TORN_BODIES:
        app.register_error_handler(torn, lambda error: show_refusal(HttpRefusal(BadRequest())))
    app.register_error_handler(Exception, _show_failure)


def csrf_mark() -> str:
    """The CSRF mark for the forms and scripts of a page; none for strangers, whose requests are not asked for it.

    So a stranger's page holds no secret and may travel compressed. Only the sign-in form asks a stranger: `sign_in_mark()`.
    """
    return str(generate_csrf()) if actor().via == "cookie" else ""


def _harden(response: Response) -> Response:
    # Older browsers of TVs do not take a websocket of the same host for 'self': it is named.
    sockets = f" ws://{request.host} wss://{request.host}" if HOST.fullmatch(request.host) else ""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(sockets=sockets))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    if response.status_code not in (429, 503):
        response.headers.pop("Retry-After", None)  # the limiter says it with every answer
    if not (request.endpoint or "").endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best_match(["text/html", "application/json"]) == (
        "application/json"
    )


def show_refusal(refusal: Refusal) -> AnyResponse:
    """A refusal as problem+json for programs, as a page for people; who is not signed in is led to the sign-in page."""
    response = _shown(refusal)
    if refusal.status == 429:
        response.headers.setdefault("Retry-After", str(refusal.details.get("retry_after", RETRY_AFTER_S)))
    return response


def _shown(refusal: Refusal) -> AnyResponse:
    if _wants_json():
        problem = {
            "type": "about:blank",
            "title": refusal.code,
            "status": refusal.status,
            "code": refusal.code,
            "detail": refusal.sentence(),
            "request_id": request_id(),
        } | refusal.details
        return Response(json.dumps(problem, ensure_ascii=False, default=str), refusal.status, mimetype="application/problem+json")
    if isinstance(refusal, NotSignedIn) and request.method == "GET" and SIGN_IN in current_app.view_functions:
        return redirect(url_for(SIGN_IN, next=request.full_path.rstrip("?")))
    page = render_template("core/error.html", sentence=refusal.sentence(), code=refusal.code, links=refusal.ways_out())
    return Response(page, refusal.status)


def _show_http(error: HTTPException) -> AnyResponse:
    if error.code is not None and error.code < 400:
        return error.get_response()
    said = error.description or "" if isinstance(error, RateLimitExceeded) and error.limit.error_message else ""
    refusal: Refusal = TooMany(said) if error.code == 429 else HttpRefusal(error)
    response = show_refusal(refusal)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _show_failure(error: Exception) -> AnyResponse:
    log.exception("request failed: %s", request_id())
    return show_refusal(HttpRefusal(HTTPException()))
