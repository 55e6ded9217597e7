"""Languages: Vietnamese is what the screens are written in, English is one touch away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import flask_babel
from flask import Flask, Response, g, has_app_context, has_request_context, request
from flask_babel import Babel

LANGUAGES = ("vi", "en")
COOKIE = "lang"


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of the request, its %(name)s places filled; as it stands where there is no request.

    A line of people says hundreds: in the language they are written in nothing is looked up.
    """
    if has_app_context() and str(flask_babel.get_locale()) != LANGUAGES[0]:
        return str(flask_babel.gettext(message, **values))
    return message % values if values else message


def choose_language() -> str:
    """`?lang=` of this request, else the language chosen before, else Vietnamese."""
    if not has_request_context():  # the command line, or no application at all
        return str(g.get("lang", LANGUAGES[0])) if has_app_context() else LANGUAGES[0]
    for wanted in (g.get("lang"), request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return LANGUAGES[0]


def day_words(on: date) -> str:
    """A day of the office's calendar in the language of the request: "Thứ Hai 23/11"."""
    return str(flask_babel.format_date(on, "EEEE dd/MM"))


def install(app: Flask) -> None:
    """Set up translations from core/translations, and remember a language that was asked for."""
    Babel(
        app,
        default_locale=LANGUAGES[0],
        default_translation_directories=str(Path(__file__).parent / "translations"),
        locale_selector=choose_language,
    )

    @app.after_request
    def remember(response: Response) -> Response:
        wanted = request.args.get("lang")
        if wanted in LANGUAGES and wanted != request.cookies.get(COOKIE):
            https = app.config["SESSION_COOKIE_SECURE"]
            response.set_cookie(COOKIE, wanted, max_age=365 * 86400, samesite="Lax", httponly=True, secure=https)
        return response
