"""The forecast of an office at this moment: read, computed at most once a second, and kept for everybody who asks.

Never inside a write transaction: a computation takes milliseconds, and calling must not wait for it. Who gives a number takes the
`Prospect` before the transaction begins and carries it in as plain data. The board is sent before any forecast is computed.

The line does not know bookings: who is still expected is told by a function that the composition hands over (`ExpectedOf`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from office.hours import local_day, open_spans
from office.models import Office
from queueing import forecast_store as store
from queueing.desk_rules import CounterNow, all_calling, joined
from queueing.forecast_rules import Desk, Expected, Outlook, Scene, Wait, outlook
from queueing.hall import Hall
from queueing.models import Ticket
from queueing.prospects import Foreseen, Prospect, later
from queueing.rules import CounterView, ServiceId
from queueing.service_times import ServiceTime, learn
from queueing.waiting_rules import Span

log = logging.getLogger(__name__)

EXTENSION = "forecasts"
PAUSE_S = 1.0
"""How often an office's forecast is computed at most."""
GIVING = 5
"""So many pauses old may be the one a number is given by: a slip says whole minutes, and who came since is added."""
FRESH = timedelta(seconds=30)
"""How long one is good when nothing changes: a visit that lasts and lasts makes the wait longer all the same."""

ExpectedOf = Callable[[Session, Office, Sequence[date], datetime], Sequence[Expected]]
"""The bookings of these days nobody has checked in for, which may still be met."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was computed of an office: at which `seq`, when, what it says. `settled`: of the line as it is now."""

    seq: int
    made_at: datetime
    outlook: Outlook
    prospect: Prospect
    settled: bool = True

    def of(self, ticket: Ticket, now: datetime) -> Wait | None:
        """The wait of a waiting ticket; of one that came since, that of whoever joins now."""
        if ticket.state != "waiting":
            return None
        wait = self.outlook.waits.get(ticket.id)
        if wait is None and not self.settled:
            wait = self.outlook.joining.get(ticket.service_id)
        return None if wait is None else later(wait, 0, self.made_at, now)

    def foreseen(self, ticket: Ticket, call_from: datetime | None, now: datetime) -> Foreseen:
        """The same with what else has to be said of it."""
        return self.prospect.foreseen(ticket.service_id, self.of(ticket, now), call_from, now)


@dataclass
class _Kept:
    forecast: Forecast | None = None
    computed: float = 0.0
    computing: threading.Lock = field(default_factory=threading.Lock)
    learned: tuple[date, Mapping[ServiceId, float], Mapping[ServiceId, ServiceTime]] | None = None


class Forecasts:
    """The forecasts of all offices in one process."""

    def __init__(self, expected_of: ExpectedOf, *, pause_s: float = PAUSE_S) -> None:
        self._expected_of = expected_of
        self.pause_s = pause_s
        self.computed = 0
        self._behind: set[str] = set()
        self._offices: dict[int, _Kept] = defaultdict(_Kept)

    def at(self, session: Session, office: Office, now: datetime, tz: ZoneInfo, *, giving: bool = False) -> Forecast:
        """The forecast of this moment; within a second of the last one, that one, not `settled`. Ask in a reading only.

        `giving`: a number is given by it, in whose transaction it is brought up to date.
        """
        kept = self._offices[office.id]
        known = kept.forecast
        if known is not None and known.seq == office.seq and abs(now - known.made_at) < FRESH:
            return known
        pause_s = self.pause_s * (GIVING if giving else 1)
        early = known is not None and time.monotonic() - kept.computed < pause_s
        if known is not None and (early or not kept.computing.acquire(blocking=False)):
            self._behind.add(office.code)
            return replace(known, settled=False)
        if known is None:
            kept.computing.acquire()
        try:
            kept.computed = time.monotonic()
            kept.forecast = self._compute(kept, Hall(session, office, now, tz))
            self.computed += 1
            self._behind.discard(office.code)
            return kept.forecast
        finally:
            kept.computing.release()

    def is_behind(self, office: str) -> bool:
        """Whether somebody was last told of this office (code) what had been computed before its last change."""
        return office in self._behind

    def _compute(self, kept: _Kept, hall: Hall) -> Forecast:
        scene = self._scene(kept, hall)
        offered = sorted({service for desk in scene.desks for service in desk.view.services}, key=str)
        found = _foreseen(scene, offered)
        prospect = Prospect(
            made_at=hall.now,
            last_ticket=store.last_ticket(hall.session, hall.office, hall.days),
            joining=found.joining,
            booked=found.booked,
            takers={s: frozenset(d.view.id for d in scene.desks if s in d.view.services) for s in offered},
            means={service: time.mean for service, time in scene.times.items()},
            hours=_hours_by_service(hall, scene.desks),
        )
        return Forecast(hall.office.seq, hall.now, found, prospect)

    def _scene(self, kept: _Kept, hall: Hall) -> Scene:
        line = hall.line
        usual = {service.id: service.minutes for service in hall.services.values()}
        return Scene(
            waiting=line.waiting,
            desks=_desks(hall),
            log=line.log,
            policy=line.policy,
            now=hall.now,
            opening=line.opening,
            times=self._times(kept, hall, {service: float(minutes) for service, minutes in usual.items()}),
            shares={who.id: who.minutes / usual[cast(int, who.service)] for who in line.waiting if who.minutes is not None},
            expected=tuple(self._expected_of(hall.session, hall.office, hall.days, hall.now)),
        )

    def _times(self, kept: _Kept, hall: Hall, catalogue: Mapping[ServiceId, float]) -> Mapping[ServiceId, ServiceTime]:
        """The learned times: read once a day, for the history of a month is long."""
        on = local_day(hall.now, hall.tz)
        if kept.learned is None or kept.learned[:2] != (on, catalogue):
            kept.learned = (on, catalogue, learn(store.visits_of(hall.session, hall.office, on), on, catalogue))
        return kept.learned[2]


def forecasts() -> Forecasts:
    """Those of the present application."""
    return cast(Forecasts, current_app.extensions[EXTENSION])


def _foreseen(scene: Scene, services: Sequence[ServiceId]) -> Outlook:
    """The outlook; without one, numbers are given and people are called all the same."""
    try:
        return outlook(scene, services)
    except Exception:
        log.exception("the forecast of an office could not be computed; nobody is told how long it takes")
        return Outlook({}, {})


# --- counters ---------------------------------------------------------------------------------------------------------


def _desks(hall: Hall) -> tuple[Desk, ...]:
    """The counters that call today, or are hoped for."""
    office = joined(hall.line.opening)
    stands = {counter.id: _counter_now(hall, counter.id) for counter in hall.counters}
    plans = all_calling(stands, hall.skills, office, hall.now)
    serving = store.serving_now(hall.session, hall.office, hall.calls)
    return tuple(
        Desk(
            view=CounterView(counter.id, tuple(hall.skills.get(counter.id, ())), counter.idle_at),
            hours=plan.hours,
            from_at=plan.from_at,
            serving=serving.get(counter.id),
            delay=plan.delay,
        )
        for counter in hall.counters
        if (plan := plans.get(counter.id)) is not None
    )


def _counter_now(hall: Hall, counter_id: int) -> CounterNow:
    counter = next(counter for counter in hall.counters if counter.id == counter_id)
    return CounterNow(counter.state, counter.planned, _spans(hall, counter_id), counter.state_at, counter.back_at)


def _spans(hall: Hall, counter_id: int) -> tuple[Span, ...]:
    """The counter's planned hours of the present days; an office open round the clock does not close at midnight."""
    hours, tomorrow = hall.counter_hours[counter_id], hall.days[-1] + timedelta(days=1)
    spans = [Span(s.opens_at, s.closes_at) for day in (*hall.days, tomorrow) for s in open_spans(hours, day)]
    midnight = open_spans(hours, tomorrow)[:1]
    today = [span for span in joined(spans) if not midnight or span.start < midnight[0].opens_at]
    return tuple(today)


def _hours_by_service(hall: Hall, desks: Sequence[Desk]) -> Mapping[ServiceId, tuple[Span, ...]]:
    """When a counter that takes the service is planned to be there, or is there."""
    there = {desk.view.id: desk.hours for desk in desks}
    hours: dict[ServiceId, list[Span]] = defaultdict(list)
    for counter in hall.counters:
        spans = (*(_spans(hall, counter.id) if counter.planned else ()), *there.get(counter.id, ()))
        for service in hall.skills.get(counter.id, ()):
            hours[service] += spans
    return {service: joined(spans) for service, spans in hours.items()}
