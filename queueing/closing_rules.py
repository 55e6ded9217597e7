"""Whether a number taken now would still be called before the counters break or close. Pure.

`hours` are the planned hours of the counters that take the service (those of any of them, joined), t the median of the call:

| the service's counters                            | t                            | verdict                                   |
|---------------------------------------------------|------------------------------|-------------------------------------------|
| nobody is planned, or nobody can say (no t)       | any                          | `fits`: nothing is known against it       |
| work now                                          | before the end of this span  | `fits`                                    |
| work now                                          | later, and a span follows    | `after_break`, from that span's beginning |
| do not work yet (before opening, over a break)    | before the last end          | `fits`: the screens say from when         |
| any                                               | at or after the last end     | `closing`: no number any more             |

At the end of a span, t counts as later: nobody is called at the minute the counters close.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from queueing.waiting_rules import Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say before a number is given. `opens_at`: from when people are called after the break."""

    kind: Literal["fits", "after_break", "closing"] = "fits"
    opens_at: datetime | None = None


def verdict(called_at: datetime | None, hours: Sequence[Span], now: datetime) -> Verdict:
    """By the table above. `hours` are in order and do not touch one another."""
    if called_at is None or not hours:
        return Verdict()
    if all(_over(span, called_at) for span in hours):
        return Verdict("closing")
    opens_at = after_break(called_at, hours, now)
    return Verdict() if opens_at is None else Verdict("after_break", opens_at)


def after_break(called_at: datetime, hours: Sequence[Span], now: datetime) -> datetime | None:
    """The beginning of the span in which somebody is called who would not be called in the one that is running now."""
    running = next((span for span in hours if span.start <= now and not _over(span, now)), None)
    if running is None or not _over(running, called_at):
        return None
    return next((span.start for span in hours if span.start > now and not _over(span, called_at)), None)


def _over(span: Span, at: datetime) -> bool:
    return span.end is not None and at >= span.end
