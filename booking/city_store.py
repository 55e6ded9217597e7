"""The queries of the city page: many offices in as many statements as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking import city_rules
from booking.capacity_rules import Use, read_services
from booking.city_rules import Bookable, OfficePlan
from booking.models import Hold, Slot, SlotUse
from office.hours import for_counter
from office.models import Counter, CounterService, Office, Service
from office.settings import Settings
from office.stops import EVERYTHING, said_of_each
from office.store import hours_by_id, own_weeks


@dataclass(frozen=True)
class Listed:
    """An office as the city lists it."""

    id: int
    code: str
    name: str
    address: str
    folded: str
    published: bool


@dataclass(frozen=True)
class Elsewhere:
    """Where else a procedure is done: an office's id and unit code, and its own service for it."""

    office: int
    unit_code: str
    service: int
    service_code: str
    minutes: int


def listed(session: Session, *, published_only: bool = False) -> list[Listed]:
    """All offices by name, those that publish hours first; or only those."""
    columns = (Office.id, Office.code, Office.name, Office.address, Office.folded, Office.published)
    query = select(*columns).order_by(Office.published.desc(), Office.folded)
    return [Listed(*row) for row in session.execute(query.where(Office.published) if published_only else query)]


def published(session: Session) -> dict[str, int]:
    """The ids of the offices that publish hours, by code."""
    return {row.code: row.id for row in session.execute(select(Office.code, Office.id).where(Office.published))}


def numbers_before(session: Session, ids: Collection[int]) -> dict[int, int]:
    """How many minutes before an opening each of these offices (by id) begins to give numbers."""
    stored = session.execute(select(Office.id, Office.settings).where(Office.id.in_(ids)))
    return {row.id: Settings.of(row.settings).numbers_before for row in stored}


def by_ids(session: Session, ids: Collection[int]) -> dict[int, Listed]:
    """These offices by id."""
    columns = (Office.id, Office.code, Office.name, Office.address, Office.folded, Office.published)
    return {row.id: Listed(*row) for row in session.execute(select(*columns).where(Office.id.in_(ids)))}


def plans(session: Session, ids: Sequence[int], tz: ZoneInfo, today: date) -> list[OfficePlan]:
    """The bookable side of these offices (by id): seven statements, however many they are; one more where something is stopped.

    Columns, not objects: an office has some fifty services, and a city of objects takes a second to build.
    """
    stored = session.execute(select(Office.id, Office.settings).where(Office.id.in_(ids))).all()
    hours, own = hours_by_id(session, ids, tz), own_weeks(session, ids)
    counters, skills = _counters(session, ids)
    services, caps = _services(session, ids)
    stopped = _stopped(session, ids, today)
    return [
        city_rules.plan_of(
            office,
            Settings.of(settings),
            hours[office],
            {counter: for_counter(hours[office], own.get(counter)) for counter in counters[office]},
            services[office],
            {service.id: frozenset(skills[service.id]) for service in services[office]},
            caps[office],
            {today: stopped[office]} if office in stopped else None,
        )
        for office, settings in stored
    ]


def _counters(session: Session, ids: Sequence[int]) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    """The planned counters by office, and by each service they take."""
    rows = session.execute(
        select(Counter.office_id, Counter.id, CounterService.service_id)
        .outerjoin(CounterService, CounterService.counter_id == Counter.id)
        .where(Counter.office_id.in_(ids), Counter.planned)
    )
    counters: dict[int, set[int]] = defaultdict(set)
    skills: dict[int, set[int]] = defaultdict(set)
    for office, counter, service in rows:
        counters[office].add(counter)
        skills[service].add(counter)
    return counters, skills


def _services(session: Session, ids: Sequence[int]) -> tuple[Mapping[int, list[Bookable]], Mapping[int, dict[int, int]]]:
    """The active services, and the caps that are set, by office."""
    rows = session.execute(
        select(Service.office_id, Service.id, Service.minutes, Service.places, Service.bookable)
        .where(Service.office_id.in_(ids), Service.active)
        .order_by(Service.id)
    )
    services: dict[int, list[Bookable]] = defaultdict(list)
    caps: dict[int, dict[int, int]] = defaultdict(dict)
    for office, service, minutes, places, bookable in rows:
        services[office].append(Bookable(service, minutes, bookable))
        if places is not None:
            caps[office][service] = places
    return services, caps


def _stopped(session: Session, ids: Sequence[int], today: date) -> Mapping[int, frozenset[int]]:
    """The services that are not given today, of the offices that stopped anything."""
    stops = said_of_each(session, ids, today)
    if not stops:
        return {}
    rows = session.execute(select(Service.office_id, Service.id, Service.field).where(Service.office_id.in_(list(stops))))
    fields = {office: {stop.field for stop in of_office} for office, of_office in stops.items()}
    found: dict[int, set[int]] = defaultdict(set)
    for office, service, field in rows:
        if fields[office] & {EVERYTHING, field}:
            found[office].add(service)
    return {office: frozenset(services) for office, services in found.items()}


def uses_of(
    session: Session, ids: Collection[int], first: datetime, last: datetime, now: datetime
) -> Mapping[int, Mapping[datetime, list[Use]]]:
    """What bookings and live holds use of the slots of these offices (by id) that begin from `first` until before `last`."""
    rows = session.execute(
        select(Slot.office_id, Slot.starts_at, SlotUse.services, SlotUse.minutes, SlotUse.first)
        .join(SlotUse, SlotUse.slot_id == Slot.id)
        .outerjoin(Hold, Hold.id == SlotUse.hold_id)
        .where(
            Slot.office_id.in_(ids),
            Slot.starts_at >= first,
            Slot.starts_at < last,
            or_(SlotUse.hold_id.is_(None), Hold.expires_at > now),
        )
    )
    uses: dict[int, dict[datetime, list[Use]]] = defaultdict(lambda: defaultdict(list))
    read: dict[str, frozenset[int]] = {}
    for office, starts_at, services, minutes, begins in rows:
        ids_of = read.get(services) or read.setdefault(services, read_services(services))
        uses[office][starts_at].append(Use(ids_of, minutes, begins))
    return uses


def elsewhere(session: Session, office: Office, service: Service) -> list[Elsewhere]:
    """The other published offices that do the same procedure and take bookings for it; none for what is no procedure.

    The same by the catalogue's row or by its code: a catalogue may hold several versions of one procedure.
    """
    if service.procedure_id is None:
        return []
    rows = session.execute(
        select(Office.id, Office.unit_code, Service.id, Service.code, Service.minutes)
        .join(Service, Service.office_id == Office.id)
        .where(
            Office.published,
            Office.id != office.id,
            Service.active,
            Service.bookable,
            Service.procedure_id.is_not(None),
            or_(Service.procedure_id == service.procedure_id, Service.code == service.code),
        )
        .order_by(Service.id)
    )
    return [Elsewhere(*row) for row in rows]
