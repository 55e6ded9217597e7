"""Who may say how satisfied they were, until when, and for how long it may be said otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queueing.lifecycle_rules import LIVE
from queueing.rating_rules import CHANGE_S, RATE_DAYS, Verdict, may_rate
from tests.conftest import MONDAY_MORNING as OVER

WEEK = RATE_DAYS * 86400


@pytest.mark.parametrize(
    ("rated_after", "asked_after", "verdict"),
    [
        (None, 0, "yes"),
        (None, WEEK - 1, "yes"),
        (None, WEEK, "too_late"),
        (60, 60, "yes"),
        (60, 60 + CHANGE_S - 1, "yes"),
        (60, 60 + CHANGE_S, "fixed"),
        (WEEK - 1, WEEK + CHANGE_S - 2, "yes"),
        (WEEK - 1, WEEK + CHANGE_S - 1, "fixed"),
    ],
)
def test_a_visit_that_is_over_is_rated(rated_after: int | None, asked_after: int, verdict: Verdict) -> None:
    rated_at = None if rated_after is None else OVER + timedelta(seconds=rated_after)
    assert may_rate("done", OVER, rated_at, OVER + timedelta(seconds=asked_after)) == verdict


@pytest.mark.parametrize("state", [*LIVE, "cancelled", "expired"])
def test_nothing_else_is_rated(state: str) -> None:
    assert may_rate(state, OVER, None, OVER) == "not_over"
