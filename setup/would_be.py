"""The office's offer as it would be with another set-up: one way for every change, so also for an undo, a file, a template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import offers
from booking.offers import Offer
from core.words import fold
from office.hours import Hours, Weekly, for_counter, local_day
from office.models import Counter, Office, Service, SpecialDay
from office.settings import Settings
from office.stops import said
from office.store import day_exception
from setup.change_rules import HOURS, SETTINGS, Part, kind_of, name_of
from setup.parts_store import day_of_part, services_of

_NO_COLUMNS = ("procedure",)


def offer(session: Session, office: Office, setup: Mapping[str, Part], now: datetime, tz: ZoneInfo) -> Offer:
    """What `office` would offer if it were set up like this. A service or counter that is new has an id below zero."""
    hours = _hours(session, setup, tz)
    services = _services(session, office, setup)
    ids = {service.code: service.id for service in services}
    counters = _counters(session, office, setup)
    skills = {key: tuple(ids[code] for code in part["services"] if code in ids) for key, part in counters.items()}
    plans = {key: for_counter(hours, _week(part["hours"])) for key, part in counters.items()}
    settings, stops = Settings.of(setup[SETTINGS]), said(session, office, local_day(now, tz))
    return offers.assemble(office, now, tz, settings, hours, services, skills, plans, stops)


def _week(hours: dict[str, Any] | None) -> Weekly | None:
    return Weekly.parse(hours) if hours is not None else None


def _hours(session: Session, setup: Mapping[str, Part], tz: ZoneInfo) -> Hours:
    of_city = [day_exception(row) for row in session.scalars(select(SpecialDay).where(SpecialDay.office_id.is_(None)))]
    own = [day_of_part(name_of(name), part) for name, part in setup.items() if kind_of(name) == "day"]
    return Hours.of(Weekly.parse(setup[HOURS]), tz, [*of_city, *own])


def _services(session: Session, office: Office, setup: Mapping[str, Part]) -> list[Service]:
    """The active ones in their order; rows of no session, as plain data with names."""
    ids = {service.code: service.id for service in services_of(session, office)}
    found = []
    for place, (name, part) in enumerate(setup.items()):
        if kind_of(name) == "service" and part["active"]:
            code = name_of(name)
            columns = {field: value for field, value in part.items() if field not in _NO_COLUMNS}
            key = ids.get(code, -1 - place)
            found.append(Service(id=key, office_id=office.id, code=code, folded=fold(part["name"]), **columns))
    return sorted(found, key=lambda service: (service.position, service.id))


def _counters(session: Session, office: Office, setup: Mapping[str, Part]) -> dict[int, Part]:
    """Those planned to be staffed, by id."""
    rows = session.execute(select(Counter.number, Counter.id).where(Counter.office_id == office.id))
    ids = {row.number: row.id for row in rows}
    planned = {int(name_of(name)): part for name, part in setup.items() if kind_of(name) == "counter"}
    return {ids.get(number, -number): part for number, part in planned.items() if part["planned"] and not part["retired"]}
