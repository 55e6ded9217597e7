"""The product as a real server process for tests: `python -m core.server tests.serving:create_app`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

import wsgi
from core.clock import SetClock
from core.config import load_config

AHEAD = "clock-ahead"
"""The file in DATA_DIR that says by how many seconds the office's clock is ahead of this machine's."""


SET = "TEST_CLOCK_SET"
"""By which process the clock was set, and when: a painter, which that process starts, goes by the same."""


class MovableClock:
    """A clock that runs, and that a test moves from outside while the server works."""

    def __init__(self, ahead: Path) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self._ahead.read_text()))


def create_app() -> Flask:
    """The product by the movable clock of DATA_DIR; where there is none, by one set to TEST_CLOCK (RFC 3339) that runs on."""
    config = load_config()
    ahead = config.data_dir / AHEAD
    if ahead.exists():
        return wsgi.create_app(config, MovableClock(ahead))
    return wsgi.create_app(config, SetClock(datetime.fromisoformat(os.environ["TEST_CLOCK"]) + _since_it_was_set(), runs=True))


def _since_it_was_set() -> timedelta:
    now = datetime.now(UTC)
    by, _space, at = os.environ.get(SET, "0 ").partition(" ")
    if int(by) == os.getppid():
        return now - datetime.fromisoformat(at)
    os.environ[SET] = f"{os.getpid()} {now.isoformat()}"
    return timedelta(0)
