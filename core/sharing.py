"""Answers for everybody: any page of any site may read them, and a cache between may keep them for some seconds.

Only what is the same for all is marked so. An answer is kept by others only when the request came without a cookie and
without a credential, so that nothing of a signed-in person is ever kept, whatever the answer would say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

SECONDS = 15
"""For so long a portal may show what it has read before it asks again."""

F = TypeVar("F", bound=Callable[..., Any])


def shared(view: F) -> F:
    """Mark a view whose answer to GET is the same for everybody. Stands below the route decorator."""
    view.shared = True  # type: ignore[attr-defined]  # functions take attributes; their type does not say so
    return view


def install(app: Flask) -> None:
    """Send what is marked so. After `pages.install`: a tag is made of the words, before they are compressed."""
    app.after_request(_share)


def _share(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "shared", False) or request.method not in ("GET", "HEAD"):
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    if response.status_code == 200 and _from_a_stranger():
        response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
        response.add_etag()
        response.make_conditional(request)
    return response


def _from_a_stranger() -> bool:
    """Nobody's cookie, nobody's token; and no `?lang=`, which is remembered in a cookie."""
    return not request.cookies and "Authorization" not in request.headers and "lang" not in request.args
