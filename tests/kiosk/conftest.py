"""The hall every test of the kiosk stands in."""

from __future__ import annotations

import pytest
from flask import Flask

from core.clock import SetClock
from tests.kiosk.hall import Hall, make_hall
from tests.pages import CheckedClient


@pytest.fixture
def hall(app: Flask, client: CheckedClient, clock: SetClock) -> Hall:
    """The office 00070, open round the clock, on Monday 23 November 2026 at nine."""
    return make_hall(app, client, clock)
