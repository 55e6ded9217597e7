"""What machines ask of the server: is it alive, can it work, and how is it doing. Their answers are English, for technicians.

`/healthz`  the process answers.
`/readyz`   every part of the whole in words. 503 only where no work can be done, so that a proxy takes nobody out of service for
            a Redis that is away: screens hear of changes from the database then, a second later.
`/metrics`  figures for Prometheus, for this machine only, or for who has METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections.abc import Callable

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from core.metrics import metrics
from core.rights import NotFound, nameless, requires
from core.web import config, reading, services

log = logging.getLogger(__name__)

VITAL = frozenset({"database"})
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")
"""What a proxy leaves behind: a request with one of these came from elsewhere, whoever hands it over."""

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@nameless
@requires("anyone")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@nameless
@requires("anyone")
def readyz() -> tuple[dict[str, str], int]:
    """`status` is ready, degraded (work goes on, somebody should look) or not ready; each part says ok, or what is wrong."""
    answers = {name: _checked(name, check) for name, check in services().checks.items()}
    wrong = {name for name, answer in answers.items() if answer != "ok"}
    status = "not ready" if wrong & VITAL else "degraded" if wrong else "ready"
    return {"status": status, **answers}, 503 if wrong & VITAL else 200


def _checked(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        # Somebody asks every few seconds: one line each, not a page.
        log.error("%s does not answer: %s", name, type(error).__name__)
        return "no answer"


@blueprint.get("/metrics")
@nameless
@requires("anyone")
def exposition() -> Response:
    """Prometheus' text format. Raises NotFound for who may not read it: there is nothing to see for strangers."""
    if not _may_look():
        raise NotFound()
    try:
        with reading() as session:
            shown = metrics().exposition(session)
    except Exception as error:
        log.error("the database's figures are missing: %s", type(error).__name__)
        shown = metrics().exposition(None)
    return Response(shown, content_type=CONTENT_TYPE_LATEST)


def _may_look() -> bool:
    """With METRICS_TOKEN: who has it. Without: a program of this very machine that asks directly.

    Behind a proxy on the same machine everybody seems to come from it; those are told by what the proxy adds, and the proxies'
    files of deploy/ refuse the address besides.
    """
    token = config().metrics_token
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
