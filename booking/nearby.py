"""Where else: the nearest other offices that do the same procedure and have a free hour, for whoever finds a day full.

Working it out takes some ten milliseconds, and when bookings open hundreds of people are told at once: what was found is
kept for FRESH, or until bookings at one of the offices found have changed, and one request at a time works it out.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from booking import city, city_rules, city_store
from booking.city_rules import Visit
from booking.city_store import Elsewhere
from booking.events import BookingsChanged, PlacesChanged
from core.clock import Clock
from office.hours import local_day
from office.models import Office, Service

AT_MOST = 3
ASKED_TOGETHER = 12
"""So many neighbours are looked at in one go; the next ones only when these have not AT_MOST free hours."""
ASKED_AT_MOST = 36
FRESH = timedelta(seconds=10)


@dataclass(frozen=True)
class NearbyOffice:
    """Another office that does the procedure: under which code of its own, and its next free hour (the office's wall clock)."""

    code: str
    name: str
    address: str
    url_service_code: str
    next_free: datetime


@dataclass(frozen=True)
class _Found:
    at: datetime
    offices: tuple[NearbyOffice, ...]


class Nearby:
    """What one process has found lately."""

    def __init__(self, clock: Clock, tz: ZoneInfo) -> None:
        self._clock = clock
        self._tz = tz
        self._found: dict[tuple[int, int, date | None], _Found] = {}
        self._working = threading.Lock()

    def on_places_changed(self, event: BookingsChanged | PlacesChanged) -> None:
        """An hour of that office may be gone."""
        naming = [key for key, found in list(self._found.items()) if any(each.code == event.office for each in found.offices)]
        for key in naming:
            self._found.pop(key, None)

    def offices(self, session: Session, office: Office, service: Service, on: date | None) -> list[NearbyOffice]:
        """As `nearby_offices`."""
        key, now = (office.id, service.id, on), self._clock.now()
        with self._working:
            kept = self._found.get(key)
            if kept is None or not timedelta(0) <= now - kept.at < FRESH:
                self._found = {each: found for each, found in self._found.items() if now - found.at < FRESH}
                kept = self._found[key] = _Found(now, tuple(_nearest_free(session, office, service, on, now, self._tz)))
        return [each for each in kept.offices if each.next_free > now]


def nearby_offices(session: Session, office: Office, service: Service, on: date | None = None) -> list[NearbyOffice]:
    """Up to three other published offices with a free hour for the same procedure, the nearest first.

    With `on`, only hours of that local day count. Near is by unit code (`city_rules.nearest`): offices have no coordinates
    in our data. None for what is no procedure: results are collected, and papers added, where the dossier lies.
    """
    return cast(Nearby, current_app.extensions["nearby"]).offices(session, office, service, on)


def _nearest_free(
    session: Session, office: Office, service: Service, on: date | None, now: datetime, tz: ZoneInfo
) -> list[NearbyOffice]:
    others = {other.office: other for other in city_store.elsewhere(session, office, service)}
    order = city_rules.nearest(office.unit_code, {key: other.unit_code for key, other in others.items()})
    found: dict[int, datetime] = {}
    for start in range(0, min(len(order), ASKED_AT_MOST), ASKED_TOGETHER):
        asked = [others[key] for key in order[start : start + ASKED_TOGETHER]]
        found |= _free_at(session, asked, on, now, tz)
        if len(found) >= AT_MOST:
            break
    chosen = [key for key in order if key in found][:AT_MOST]
    names = city_store.by_ids(session, chosen)
    return [
        NearbyOffice(names[key].code, names[key].name, names[key].address, others[key].service_code, found[key].astimezone(tz))
        for key in chosen
    ]


def _free_at(session: Session, asked: Sequence[Elsewhere], on: date | None, now: datetime, tz: ZoneInfo) -> dict[int, datetime]:
    """The next free hour of the procedure at those of these offices (by id) that have one."""
    today = local_day(now, tz)
    plans = {plan.id: plan for plan in city_store.plans(session, [other.office for other in asked], tz, today)}
    tried = []
    for other in asked:
        counters = plans[other.office].plan.counters([other.service])
        if counters:
            tried.append(plans[other.office].trying(Visit(other.service, other.minutes, counters)))

    def fetch(ids: Collection[int], first: datetime, last: datetime) -> city.Uses:
        return city_store.uses_of(session, ids, first, last, now)

    free = city.next_beginnings(tried, now, fetch, on)
    return {office: starts[0] for office, starts in free.items() if starts}
