"""Who may use what. Every route names its right; one without is refused, and a test fails on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, cast

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from core.dated_cookies import DatedCookies
from core.i18n import gettext as _
from core.refusals import Refusal

Who = Literal["anyone", "staff", "officer", "head", "helper", "technician", "city", "kiosk", "display", "agent"]
F = TypeVar("F", bound=Callable[..., Any])

csrf = CSRFProtect()


@dataclass(frozen=True)
class Actor:
    """Who makes this request. `office` is the code of the actor's office; None for anonymous people and the city.

    `via` is where the right came from: CSRF is asked only of 'cookie', which a browser sends by itself.
    """

    kind: Literal["anonymous", "staff", "device"] = "anonymous"
    id: int | None = None
    role: str | None = None
    office: str | None = None
    via: Literal["none", "cookie", "bearer"] = "none"
    on_site: bool = True
    name: str = ""

    def may(self, who: tuple[Who, ...]) -> bool:
        """Whether this actor is one of `who`; the city administrator may do what any staff may."""
        if "anyone" in who:
            return True
        if self.kind == "staff":
            return "staff" in who or self.role in who or (self.role == "city" and bool(set(who) & _STAFF_ROLES))
        return self.kind == "device" and self.role in who

    def belongs_to(self, office: str) -> bool:
        """Whether the actor may act in this office."""
        return self.role == "city" or self.office == office


_STAFF_ROLES = frozenset({"officer", "head", "helper", "technician", "city"})
ANONYMOUS = Actor()


class Doorkeeper(Protocol):
    """Knows sockets by what the requests showed that they began with."""

    def shown_by(self, app: Flask, environ: dict[str, Any]) -> Any:
        """What a request shows, to be kept as long as its socket lives; never None."""

    def who_are(self, session: Session, shown: Sequence[Any]) -> list[Actor]:
        """Who each of these is now; for hundreds in a few statements."""


class NotSignedIn(Refusal):
    """Nobody, or nobody known, asked for what needs a right."""

    code = "not_signed_in"
    status = 401

    def sentence(self) -> str:
        return _("Ông/bà cần đăng nhập để dùng trang này.")


class NotAllowed(Refusal):
    """A known actor asked for what is not theirs to do."""

    code = "not_allowed"
    status = 403

    def sentence(self) -> str:
        return _("Tài khoản này không có quyền làm việc đó. Hãy hỏi người quản lý của điểm phục vụ.")


class NotFound(Refusal):
    """No such thing here, or it is another office's: the two look the same on purpose."""

    code = "not_found"
    status = 404

    def sentence(self) -> str:
        return _("Không tìm thấy. Hãy kiểm tra lại đường dẫn hoặc mã.")


def requires(*who: Who) -> Callable[[F], F]:
    """Mark a view with who may use it. Stands below the route decorator."""

    def mark(view: F) -> F:
        view.right = who  # type: ignore[attr-defined]  # functions take attributes; their type does not say so
        return view

    return mark


def nameless(view: F) -> F:
    """Mark a view that asks nobody who they are: what watches the server is answered while the database is away, too."""
    view.nameless = True  # type: ignore[attr-defined]  # functions take attributes; their type does not say so
    return view


def right_of(view: Callable[..., Any]) -> tuple[Who, ...] | None:
    """The right a view names, or None."""
    return getattr(view, "right", None)


def actor() -> Actor:
    """Who makes the present request."""
    return cast(Actor, g.get("actor", ANONYMOUS))


def ensure_office(code: str) -> None:
    """Raise NotFound unless the actor belongs to the office `code`."""
    if not actor().belongs_to(code):
        raise NotFound()


def install(app: Flask, identify: Callable[[], Actor]) -> None:
    """Ask `identify` who it is before every request, and hold every view to its right."""
    app.session_interface = DatedCookies()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)

    @app.before_request
    def enforce() -> None:
        if request.endpoint is None or request.endpoint.rpartition(".")[2] == "static":
            return
        view = current_app.view_functions[request.endpoint]
        who = right_of(view)
        g.actor = ANONYMOUS if getattr(view, "nameless", False) else identify()
        if who is None or not g.actor.may(who):
            raise NotSignedIn() if g.actor.kind == "anonymous" else NotAllowed()
        office = (request.view_args or {}).get("office")
        if office is not None and "anyone" not in who and not g.actor.belongs_to(office):
            raise NotAllowed()
        if g.actor.via == "cookie" and request.method not in ("GET", "HEAD", "OPTIONS"):
            csrf.protect()
