"""The log: one event a line, as text or as JSON, with the number of the request it belongs to and nothing about a person.

Modules write with the standard `logging`; structlog dresses every line alike, theirs, gunicorn's and the libraries'. That no
name or phone is written is the duty of whoever writes. `scrubbed` is the second net below: gunicorn quotes whole addresses when
a request breaks it, and the address of a booking is its key.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog
from flask import g, has_request_context

Line = MutableMapping[str, Any]

SECRET_IN_PATH = re.compile(r"/(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{16,}|(?<=/pair/)[\w-]+")
"""A part of an address that opens a booking, a ticket or a device: long and mixed as no folder is, or a code to pair with."""
PHONE = re.compile(r"(?<![\w.])(?:\+?84|0)\d{9}(?!\w)")
QUOTED = ("event", "exception")
"""The members of a line that may hold words of somebody else."""

QUIET = ("alembic", "engineio.server", "socketio.server")


def configure(
    log_format: str, counted: Callable[[str, str], None] = lambda level, logger: None, stream: TextIO | None = None
) -> None:
    """Send every line of this process to `stream` (stderr). `counted` is told level and logger of each warning and worse."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(log_format))
    handler.addFilter(_Counting(counted))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.WARNING if library == "alembic" else logging.ERROR)


def formatter(log_format: str) -> logging.Formatter:
    """What turns a record of the standard library into a line: `log_format` is text or json."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
    ]
    drawn: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if log_format == "json" else _as_text
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            scrubbed,
            drawn,
        ],
    )


def scrubbed(_logger: Any, _method: str, line: Line) -> Line:
    """The line without keys in addresses and without telephone numbers, wherever somebody else's words are quoted."""
    for member in QUOTED:
        if isinstance(line.get(member), str):
            line[member] = PHONE.sub("(phone)", SECRET_IN_PATH.sub("/(key)", line[member]))
    return line


def _with_request(_logger: Any, _method: str, line: Line) -> Line:
    if has_request_context() and "request_id" in g:
        line.setdefault("request_id", g.request_id)
    return line


def _as_text(_logger: Any, _method: str, line: Line) -> str:
    """2026-11-23T02:00:00Z INFO core.access: request route=/o/<office>/ status=200."""
    head = f"{line.pop('timestamp')} {line.pop('level').upper()} {line.pop('logger')}: {line.pop('event')}"
    trace = line.pop("exception", "")
    members = "".join(f" {name}={value}" for name, value in line.items() if value not in (None, ""))
    return f"{head}{members}" + (f"\n{trace}" if trace else "")


class _Counting(logging.Filter):
    """Lets every line through, and has those counted that somebody should look at."""

    def __init__(self, counted: Callable[[str, str], None]) -> None:
        super().__init__()
        self._counted = counted

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            self._counted(record.levelname.lower(), record.name)
        return True
