"""What the city shows: where it is open, how many wait, which hour is free next, and who else does a procedure nearby.

Working out what is free takes a millisecond an office, so no request does it for a city. Each process keeps what it knows
of every office that publishes hours, and a loop beside the requests looks again: at once at an office of which it hears
that bookings changed, and at every office each REFRESH_S, because holds run out and other processes book. What is older
than TRUE_FOR is not shown.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from booking import city_rules, city_store
from booking.capacity_rules import Use
from booking.city_rules import Doors, OfficePlan
from booking.city_store import Listed
from booking.events import BookingsChanged, PlacesChanged
from core.clock import Clock
from core.database import Database
from core.patience import give_way, patiently
from office.events import OfficeChanged
from office.hours import local_day
from office.store import hours_by_id
from queueing.line_store import waiting_counts

log = logging.getLogger(__name__)

TRUE_FOR = timedelta(seconds=60)
"""What was looked up longer ago is not shown: better no time than one that may be gone."""
REFRESH = timedelta(seconds=30)
LINE_MOVED = timedelta(seconds=25)
"""An office's line changes with every call, its hours hardly ever, and the event is the same: so often it is looked at for it."""
BATCH = 20
BREATH_S = 0.05
"""Between two batches, so that looking up a whole city takes seconds and no request waits for it."""
CALM_S = 0.25
"""At least so long between two looks at an office that everybody is booking at."""
PAUSE_S = 1.0

KEPT = 3
"""So many free hours are kept of an office: when the first begins, the next is shown at once."""
ENOUGH = 2
SLOTS_OF_DAY = 24 * 60
"""More slots than any day has."""

Uses = Mapping[int, Mapping[datetime, Sequence[Use]]]
Fetch = Callable[[Collection[int], datetime, datetime], Uses]
"""Of which offices (ids), and of slots that begin from when until before when."""


@dataclass(frozen=True)
class Known:
    """What was found at an office `at` that instant: the next free beginnings, and the last beginning of that
    day by plan, looked up when none of it is free."""

    at: datetime
    doors: Doors
    free: tuple[datetime, ...]
    last_today: datetime | None


@dataclass(frozen=True)
class Place:
    """An office as the city shows it; instants are aware UTC.

    `opens_at` is the next opening while it is closed. `known` says that its free hours are known: then `free` is the earliest,
    or none, and `full_today` that today's are all taken. `changed_at` is since when this process has seen it so.
    """

    code: str
    name: str
    address: str
    folded: str
    published: bool
    open_now: bool
    opens_at: datetime | None
    waiting: int
    known: bool
    free: datetime | None
    full_today: bool
    changed_at: datetime = field(compare=False)


class City:
    """What one process knows of the offices that publish hours."""

    def __init__(self, database: Database, clock: Clock, tz: ZoneInfo) -> None:
        self._database = database
        self._clock = clock
        self._tz = tz
        self._known: dict[int, Known] = {}
        self._looked: dict[int, datetime] = {}
        self._codes: dict[str, int] = {}
        self._marked: set[str] = set()
        self._woken = threading.Event()
        self._seen: dict[str, Place] = {}

    # --- Keeping it true ------------------------------------------------------------------------------------------

    def on_places_changed(self, event: BookingsChanged | PlacesChanged) -> None:
        """Look at that office at once."""
        self._mark(event.office)

    def on_office_changed(self, event: OfficeChanged) -> None:
        """Its hours may have changed, or only its line: look at it, unless that was done just now."""
        looked = self._looked.get(self._codes.get(event.office, 0))
        if looked is None or self._clock.now() - looked >= LINE_MOVED:
            self._mark(event.office)

    def _mark(self, code: str) -> None:
        self._marked.add(code)
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Keep looking until `stop` is set. A failure of the database is logged and tried again."""
        while not stop.is_set():
            more = False
            try:
                with patiently():
                    more = self.look()
            except Exception:
                log.exception("what is free in the city could not be looked up; it is tried again")
            if more:
                stop.wait(BREATH_S)
                continue
            stop.wait(CALM_S)
            self._woken.wait(PAUSE_S)
            self._woken.clear()

    def look(self) -> bool:
        """Look at a batch of offices: those marked, then those looked at longest ago; says whether there are more."""
        marked, self._marked = self._marked, set()
        with self._database.reading() as session:
            self._codes = city_store.published(session)
        now = self._clock.now()
        for gone in self._known.keys() - self._codes.values():
            del self._known[gone]
        first = [office for code, office in self._codes.items() if code in marked]
        others = [office for code, office in self._codes.items() if code not in marked and self._is_due(office, now)]
        others.sort(key=lambda office: (office in self._looked, self._looked.get(office)))
        batch, later = first[:BATCH], set(first[BATCH:])
        batch += others[: BATCH - len(batch)]
        self._marked |= {code for code in marked if self._codes.get(code) in later}
        if batch:
            self._look_at(batch, now)
        return len(first) + len(others) > BATCH

    def _is_due(self, office: int, now: datetime) -> bool:
        looked = self._looked.get(office)
        return looked is None or not timedelta(0) <= now - looked < REFRESH

    def _look_at(self, offices: list[int], now: datetime) -> None:
        """Look at these; when one of them cannot be worked out, at each by itself, and go on without that one."""
        self._looked.update(dict.fromkeys(offices, now))
        try:
            self._known.update(self._worked_out(offices, now))
        except (ValueError, TypeError, LookupError):
            if len(offices) > 1:
                for office in offices:
                    self._look_at([office], now)
                return
            log.exception("what is free at the office with the id %d cannot be worked out", offices[0])
            self._known.pop(offices[0], None)

    def _worked_out(self, offices: list[int], now: datetime) -> dict[int, Known]:
        with self._database.reading() as session:
            plans = city_store.plans(session, offices, self._tz, local_day(now, self._tz))

        def fetch(ids: Collection[int], first: datetime, last: datetime) -> Uses:
            with self._database.reading() as session:
                return city_store.uses_of(session, ids, first, last, now)

        free = next_beginnings(plans, now, fetch)
        return {plan.id: _known(plan, free[plan.id], now) for plan in plans}

    # --- What is shown --------------------------------------------------------------------------------------------

    def known(self, office: int, now: datetime) -> Known | None:
        """What is known of an office (id), while it is true."""
        known = self._known.get(office)
        return known if known and timedelta(0) <= now - known.at <= TRUE_FOR else None

    def places(self, session: Session, offices: Sequence[Listed]) -> list[Place]:
        """These offices as they are now. Where nothing is known yet the hours are read, and no free hour is named."""
        now = self._clock.now()
        published = [office for office in offices if office.published]
        waiting = waiting_counts(session, [office.code for office in published], local_day(now, self._tz))
        known = {office.id: self.known(office.id, now) for office in published}
        unknown = [office for office, found in known.items() if found is None]
        hours = hours_by_id(session, unknown, self._tz) if unknown else {}
        doors = {office: city_rules.doors(each, now) for office, each in hours.items()}
        doors |= {office: found.doors for office, found in known.items() if found}
        return [self._place(each, known.get(each.id), doors.get(each.id), waiting.get(each.code, 0), now) for each in offices]

    def _place(self, office: Listed, known: Known | None, doors: Doors | None, waiting: int, now: datetime) -> Place:
        open_now = doors is not None and doors.is_open(now)
        opens_at = doors.opens_at(now) if doors and not open_now else None
        free = next((start for start in known.free if start > now), None) if known else None
        today = local_day(now, self._tz)
        taken = free is None or local_day(free, self._tz) != today
        full_today = bool(known and known.last_today and known.last_today > now) and taken
        place = Place(
            code=office.code,
            name=office.name,
            address=office.address,
            folded=office.folded,
            published=office.published,
            open_now=open_now,
            opens_at=opens_at,
            waiting=waiting,
            known=known is not None,
            free=free,
            full_today=full_today,
            changed_at=now,
        )
        seen = self._seen.get(office.code)
        if seen is None or seen != place:
            seen = self._seen[office.code] = place
        return seen


def city() -> City:
    """What the present application knows of its city."""
    return cast(City, current_app.extensions["city"])


def _known(plan: OfficePlan, free: list[datetime], now: datetime) -> Known:
    today = local_day(now, plan.hours.tz)
    planned: list[datetime] = []
    if not free or local_day(free[0], plan.hours.tz) != today:
        planned = city_rules.beginnings(plan, today, {}, now, _known_until(plan, today), SLOTS_OF_DAY)
    return Known(now, city_rules.doors(plan.hours, now), tuple(free), planned[-1] if planned else None)


def next_beginnings(
    plans: Sequence[OfficePlan], now: datetime, fetch: Fetch, on: date | None = None
) -> dict[int, list[datetime]]:
    """The next KEPT beginnings at which something can be booked, by office id; only those of the local day `on`, if given.

    One statement a day, as many days as it takes. Between two offices others may go on: nothing may be locked.
    """
    found: dict[int, list[datetime]] = {plan.id: [] for plan in plans}
    days = {plan.id: [day for day in plan.days(now) if on in (None, day)] for plan in plans}
    for day in sorted({day for of_plan in days.values() for day in of_plan}):
        lacking = [plan for plan in plans if day in days[plan.id] and len(found[plan.id]) < ENOUGH]
        if not lacking:
            continue
        begins, known_until = _midnight(lacking[0], day), _known_until(lacking[0], day)
        uses = fetch([plan.id for plan in lacking], max(now, begins), known_until)
        for plan in lacking:
            give_way()
            most = KEPT - len(found[plan.id])
            found[plan.id] += city_rules.beginnings(plan, day, uses.get(plan.id, {}), now, known_until, most)
    return found


def _midnight(plan: OfficePlan, day: date) -> datetime:
    return datetime.combine(day, time(), plan.hours.tz)


def _known_until(plan: OfficePlan, day: date) -> datetime:
    return _midnight(plan, day + timedelta(days=1)) + city_rules.OVER_MIDNIGHT
