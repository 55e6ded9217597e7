"""The product as a real server process for tests: `python -m core.server tests.serving:create_app`."""

from __future__ import annotations

import os
from datetime import datetime

from flask import Flask

import wsgi
from core.clock import SetClock
from core.config import load_config


def create_app() -> Flask:
    """The product with its clock set to TEST_CLOCK (RFC 3339) and running on from there."""
    start = datetime.fromisoformat(os.environ["TEST_CLOCK"])
    return wsgi.create_app(load_config(), SetClock(start, runs=True))
