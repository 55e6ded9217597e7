"""Every request has a number, one line in the log, and a place in the figures.

The number stands in the answer's header, on the page of a refusal and in problem documents: a citizen reads it out on the
telephone and the technician finds the line. Of the address only the route's template is written, never the path or the query:
the path of a booking is its key. Of the caller the kind is written (`anonymous`, a role, a kind of device), never who or whence.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

from flask import Flask, Response, g, request

from core.metrics import UNMATCHED, metrics
from core.rights import actor
from core.web import config

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
"""What a proxy in front may call the request."""
OFFICE = re.compile(r"[A-Za-z0-9-]{1,20}")

PROBES = frozenset({"health.healthz", "health.readyz", "health.exposition"})
"""Asked every few seconds by machines, like the files of the looks by browsers: counted, and not written when all is well."""


def install(app: Flask) -> None:
    """Number, count and write down the requests of `app`. Before anything else that asks something before or after a request."""
    app.before_request(_arrived)
    app.after_request(_answered)


def request_id() -> str:
    """The number of the present request: what a person can read out on the telephone.

    A proxy's own number is taken only where a proxy is trusted to have set it (TRUSTED_PROXIES): a stranger may not choose it.
    """
    if "request_id" not in g:
        given = request.headers.get(HEADER, "") if config().trusted_proxies else ""
        g.request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex[:12]
    return str(g.request_id)


def _arrived() -> None:
    g.arrived = time.perf_counter()
    request_id()


def _answered(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("arrived", time.perf_counter())
    route = request.url_rule.rule if request.url_rule is not None else UNMATCHED
    metrics().request_answered(request.method, route, response.status_code, seconds)
    response.headers[HEADER] = request_id()
    if response.status_code >= 500 or not _is_small_talk():
        log.info("request", extra=_line(route, response.status_code, seconds))
    return response


def _is_small_talk() -> bool:
    endpoint = request.endpoint or ""
    return endpoint in PROBES or endpoint.rpartition(".")[2] == "static"


def _line(route: str, status: int, seconds: float) -> dict[str, Any]:
    who = actor()
    return {
        "method": request.method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "office": who.office or _office_of_address(status),
        "actor": who.role or who.kind,
    }


def _office_of_address(status: int) -> str | None:
    """The office's code in the address; where there is no such office, what somebody typed there is not repeated."""
    office = (request.view_args or {}).get("office")
    return office if status not in (404, 405) and isinstance(office, str) and OFFICE.fullmatch(office) else None
