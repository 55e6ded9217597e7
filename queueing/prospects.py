"""What somebody who joins the line now is told: plain data that a computation left behind, good under the line's lock. Pure.

A forecast is computed from a moment that is past when the number is given: others may have taken one since. Each of them who
could be called by a counter that would call this person adds the mean of its service over the number of those counters.

A booked person is told what the courses said of that booking. Of one they did not reach: where a counter is idle, that nobody
waits; else not before the hour of the call, and then as those who join now at the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from queueing.closing_rules import Verdict, after_break, verdict
from queueing.forecast_rules import Wait
from queueing.rules import ServiceId
from queueing.waiting_rules import Span

SHORT, LONG = 0.6, 1.5
"""The 80 % range of a few visits in terms of what they take on average."""
DUE = 5
"""Minutes a booking that is due waits for a counter, as a rule, where nothing better is known."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A wait and what else has to be said of it, as instants.

    `after_break`: a break comes before the call, which ends then; `perhaps_after_break`: it may. `call_about`: a booked person
    whose hour has not come is told the clock, not the minutes.
    """

    wait: Wait | None = None
    after_break: datetime | None = None
    perhaps_after_break: datetime | None = None
    call_about: datetime | None = None


@dataclass(frozen=True, slots=True)
class Prospect:
    """`joining`, `booked`: as in `forecast_rules.Outlook`, from `made_at`. `last_ticket` is the newest ticket that was seen.

    By service: `takers`, the counters that call; `hours`, when a counter is planned to be there; `means`, how long a visit is.
    """

    made_at: datetime
    last_ticket: int = 0
    joining: Mapping[ServiceId, Wait] = field(default_factory=dict)
    booked: Mapping[int, Wait] = field(default_factory=dict)
    takers: Mapping[ServiceId, frozenset[int]] = field(default_factory=dict)
    means: Mapping[ServiceId, float] = field(default_factory=dict)
    hours: Mapping[ServiceId, tuple[Span, ...]] = field(default_factory=dict)

    def of_walk_in(self, service: ServiceId, since: Iterable[ServiceId], now: datetime) -> Wait | None:
        """The wait of somebody who takes a number of `service` after people of the services `since` did; None: nobody knows."""
        wait = self.joining.get(service)
        return None if wait is None else later(wait, self.pushed(service, since), self.made_at, now)

    def of_booking(self, booking: int, service: ServiceId, call_from: datetime, now: datetime) -> Wait | None:
        """The wait of somebody who checks in with this booking."""
        known, other = self.booked.get(booking), self.joining.get(service)
        if known is not None:
            return later(known, 0, self.made_at, now)
        if other is None or other.median == 0:
            return other
        until = max(0, round((call_from - now) / timedelta(minutes=1)))
        median = until + min(DUE, other.median)
        return Wait(median, until, max(until + other.high, median))

    def says(self, service: ServiceId, wait: Wait | None, now: datetime) -> Verdict:
        """Whether a number of this service would still be called before a break or the end of the day."""
        return verdict(None if wait is None else _in(wait.median, now), self.hours.get(service, ()), now)

    def foreseen(self, service: ServiceId, wait: Wait | None, call_from: datetime | None, now: datetime) -> Foreseen:
        """What to say of a wait; `call_from` is the hour from which a booked person is called."""
        if wait is None:
            return Foreseen()
        hours, median, low = self.hours.get(service, ()), _in(wait.median, now), _in(wait.low, now)
        likely = after_break(median, hours, now)
        # A range is told in whole minutes: a call at the very end of the break is one after it.
        certain = likely is not None and low > likely - timedelta(minutes=1)
        about = None
        if call_from is not None and call_from > now and likely is None:
            about = _whole_five(max(median, call_from))  # an idle counter may call before the hour; nobody is told to count on it
        return Foreseen(wait, likely if certain else None, None if certain else likely, about)

    def pushed(self, service: ServiceId, since: Iterable[ServiceId]) -> float:
        """The minutes by which those who came since put off the call."""
        its = self.takers.get(service, frozenset())
        others = (self.means.get(other, 0.0) for other in since if its & self.takers.get(other, frozenset()))
        return sum(others) / len(its) if its else 0.0


def _whole_five(instant: datetime) -> datetime:
    """The nearest five minutes on the clock."""
    nearest = instant + timedelta(minutes=2, seconds=30)
    return nearest.replace(minute=nearest.minute // 5 * 5, second=0, microsecond=0)


def _in(minutes: int, now: datetime) -> datetime:
    return now + timedelta(minutes=minutes)


def later(wait: Wait, minutes: float, made_at: datetime, now: datetime) -> Wait:
    """A wait told at `now` instead of `made_at`, put off by some minutes, which are as uncertain as visits are."""
    passed = int((now - made_at) / timedelta(minutes=1))
    put_off = (minutes, minutes * SHORT, minutes * LONG)
    told = zip((wait.median, wait.low, wait.high), put_off, strict=True)
    return Wait(*(max(0, each - passed + round(more)) for each, more in told))
