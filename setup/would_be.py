"""The office's offer as it would be with another set-up: one way for every change, so also for an undo, a file, a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import offers
from booking.offers import Offer
from core.words import fold
from office.hours import DayException, Hours, Weekly, for_counter, local_day
from office.models import Counter, Office, Service, SpecialDay
from office.settings import Settings
from office.stops import Stopped, said
from office.store import day_exception
from setup.change_rules import HOURS, SETTINGS, Part, kind_of, name_of
from setup.parts_store import day_of_part
from setup.store import ids_by

_NO_COLUMNS = ("procedure",)


def two_offers(
    session: Session, office: Office, setups: tuple[Mapping[str, Part], Mapping[str, Part]], now: datetime, tz: ZoneInfo
) -> tuple[Offer, Offer]:
    """What `office` would offer if it were set up like each of these, e.g. as it is and as it shall be; all is read once.

    A service or counter that is new has an id below zero.
    """
    rows = _Rows(
        [day_exception(row) for row in session.scalars(select(SpecialDay).where(SpecialDay.office_id.is_(None)))],
        ids_by(session, select(Service.code, Service.id).where(Service.office_id == office.id)),
        ids_by(session, select(Counter.number, Counter.id).where(Counter.office_id == office.id)),
        said(session, office, local_day(now, tz)),
    )
    one, other = (_offer(rows, office, setup, now, tz) for setup in setups)
    return one, other


@dataclass(frozen=True)
class _Rows:
    """What does not stand in a set-up: days of the city, ids by code and by number, what is stopped today."""

    of_city: Sequence[DayException]
    services: Mapping[str, int]
    counters: Mapping[int, int]
    stops: tuple[Stopped, ...]


def _offer(rows: _Rows, office: Office, setup: Mapping[str, Part], now: datetime, tz: ZoneInfo) -> Offer:
    own = [day_of_part(name_of(name), part) for name, part in setup.items() if kind_of(name) == "day"]
    hours = Hours.of(Weekly.parse(setup[HOURS]), tz, [*rows.of_city, *own])
    services = _services(rows, office, setup)
    ids = {service.code: service.id for service in services}
    counters = _counters(rows, setup)
    skills = {key: tuple(ids[code] for code in part["services"] if code in ids) for key, part in counters.items()}
    plans = {key: for_counter(hours, _week(part["hours"])) for key, part in counters.items()}
    return offers.assemble(office, now, tz, Settings.of(setup[SETTINGS]), hours, services, skills, plans, rows.stops)


def _week(hours: dict[str, Any] | None) -> Weekly | None:
    return Weekly.parse(hours) if hours is not None else None


def _services(rows: _Rows, office: Office, setup: Mapping[str, Part]) -> list[Service]:
    """The active ones in their order; rows of no session, as plain data with names."""
    found = []
    for place, (name, part) in enumerate(setup.items()):
        if kind_of(name) == "service" and part["active"]:
            code = name_of(name)
            columns = {field: value for field, value in part.items() if field not in _NO_COLUMNS}
            key = rows.services.get(code, -1 - place)
            found.append(Service(id=key, office_id=office.id, code=code, folded=fold(part["name"]), **columns))
    return sorted(found, key=lambda service: (service.position, service.id))


def _counters(rows: _Rows, setup: Mapping[str, Part]) -> dict[int, Part]:
    """Those planned to be staffed, by id."""
    planned = {int(name_of(name)): part for name, part in setup.items() if kind_of(name) == "counter"}
    staffed = {number: part for number, part in planned.items() if part["planned"] and not part["retired"]}
    return {rows.counters.get(number, -number): part for number, part in staffed.items()}
