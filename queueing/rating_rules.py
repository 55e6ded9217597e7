"""How satisfied a person was: who may say so, until when, and for how long it may be said otherwise. Pure.

| the visit                               | rated already           | may be rated                      |
|-----------------------------------------|-------------------------|-----------------------------------|
| done, at most RATE_DAYS ago             | no                      | yes                               |
| done                                    | less than CHANGE_S ago  | yes: the last touch counts        |
| done                                    | longer ago              | no: it is fixed                   |
| done, longer ago                        | no                      | no: too late                      |
| not over, given up, or of a past day    |                         | no                                |

Only the five faces: a free text would hold names and stories of people, and nobody is there to answer it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

BEST = 5
SCORES = tuple(range(BEST, 0, -1))
"""5 is "Rất hài lòng", 1 "Rất không hài lòng"; shown in this order."""
CHANGE_S = 600
"""A finger that slipped is put right within ten minutes of the first touch; then nobody changes it who finds the slip."""
RATE_DAYS = 7
"""The page may be opened again at home; after a week nobody remembers the visit for what it was."""

Verdict = Literal["yes", "not_over", "too_late", "fixed"]


def may_rate(state: str, over_at: datetime, rated_at: datetime | None, now: datetime) -> Verdict:
    """Whether a ticket in this state since `over_at`, first rated at `rated_at`, may be rated now."""
    if state != "done":
        return "not_over"
    if rated_at is not None:
        return "yes" if now < changeable_until(rated_at) else "fixed"
    return "yes" if now < over_at + timedelta(days=RATE_DAYS) else "too_late"


def changeable_until(rated_at: datetime) -> datetime:
    """Until when a rating first given at `rated_at` may be changed."""
    return rated_at + timedelta(seconds=CHANGE_S)
