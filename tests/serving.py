"""The product as a real server process for tests: `python -m core.server tests.serving:create_app`."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

import wsgi
from core.clock import SetClock
from core.config import load_config

MOVED = "clock-moved"
"""The file in DATA_DIR that says by how many seconds a test has moved the clock of a running server."""


class MovableClock:
    """Starts at `start` and runs; a test moves it from outside, while the server works."""

    def __init__(self, start: datetime, moved: Path) -> None:
        self._clock = SetClock(start, runs=True)
        self._moved = moved

    def now(self) -> datetime:
        return self._clock.now() + timedelta(seconds=float(self._moved.read_text()) if self._moved.exists() else 0)


def create_app() -> Flask:
    """The product with its clock set to TEST_CLOCK (RFC 3339) and running on from there."""
    config = load_config()
    start = datetime.fromisoformat(os.environ["TEST_CLOCK"])
    return wsgi.create_app(config, MovableClock(start, config.data_dir / MOVED))
