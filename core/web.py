"""What every page and call uses of the present application: its database, clock, configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from core.clock import Clock
from core.config import Config
from core.database import Database
from core.events import EventBus


@dataclass(frozen=True)
class Services:
    """The parts of a running application that are made once, in `wsgi.create_app`.

    `background` are loops that every worker runs beside the requests until their stop is set, `housekeeping` those that one
    worker of all runs (core/background.py); `warming` reads what will be asked for, once: a worker beside its first requests, a
    painter before them. `checks` answer "ok" or what is wrong, for /readyz.
    """

    config: Config
    clock: Clock
    database: Database
    bus: EventBus
    background: list[Callable[[threading.Event], None]] = field(default_factory=list)
    housekeeping: list[Callable[[threading.Event], None]] = field(default_factory=list)
    warming: list[Callable[[], None]] = field(default_factory=list)
    checks: dict[str, Callable[[], str]] = field(default_factory=dict)


def services() -> Services:
    """The parts of the current application."""
    return cast(Services, current_app.extensions["dung-gio"])


def transaction() -> AbstractContextManager[Session]:
    """A session that may write; committed at the end of the block."""
    return services().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """A session that reads one consistent moment."""
    return services().database.reading()


def now() -> datetime:
    """The present instant by the application's clock: aware, UTC."""
    return services().clock.now()


def config() -> Config:
    """The configuration of the current application."""
    return services().config


def local(instant: datetime) -> datetime:
    """`instant` on the office's wall clock."""
    return instant.astimezone(config().tz)
