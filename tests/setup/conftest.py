"""The office whose hours change."""

from __future__ import annotations

import pytest
from flask import Flask

from core.clock import SetClock
from tests.setup.lost_hours import Ward


@pytest.fixture
def ward(app: Flask, clock: SetClock) -> Ward:
    """The office 00070 on a Monday at nine, nobody booked yet."""
    return Ward(app, clock)
