"""What of an office changes seldom, read once and kept by the process: services, who takes them, hours, special days.

Whether it still holds the database says in the same transaction: every transaction that changes one of those tables gives the
office another `plan_mark` (here, whoever commits it), so each process, however many there are, sees a change with its very
next action. A mark is random, not a number: a database that was restored from a copy never says the mark of what it has not.
Whoever has the line locked has the newest mark from `office.store.lock_office`. What a transaction has changed itself it reads
from the tables. SQL that is not sent through these models has to change `plan_mark` itself.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, event, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.orm.attributes import set_committed_value

from core.database import Database, kept_of
from core.patience import give_way
from core.rights import NotFound
from office import store
from office.hours import Hours, Weekly, for_counter
from office.models import Counter, CounterService, Office, Service, SpecialDay, WeeklyHours

log = logging.getLogger(__name__)

_KEPT: Final = "plans"
_CHANGED: Final = "plan_changed"
_TABLES = (Service, CounterService, WeeklyHours, SpecialDay)
_COLUMNS = Service.__table__.c
_MARKS = select(Office.id, Office.plan_mark).where(Office.id.in_(bindparam("offices", expanding=True)))
READ_AHEAD_AT_ONCE = 25
"""Offices whose plans are read together before others get their turn: some milliseconds."""
CITY: Final = None
"""Instead of an office's id: the change holds for every office."""


@dataclass(frozen=True, slots=True)
class PlannedService:
    """A row of `services` as it stands, that nobody can change: it is shared by all requests of the process."""

    id: int
    office_id: int
    code: str
    procedure_id: int | None
    name: str
    name_en: str
    folded: str
    field: str
    prefix: str
    minutes: int
    documents: list[Any]
    fee: str
    processing_time: str
    bookable: bool
    common: bool
    same_day: bool
    early: int | None
    late: int | None
    places: int | None
    active: bool
    position: int


AnyService = Service | PlannedService
_SERVICES = (
    select(*(_COLUMNS[each.name] for each in fields(PlannedService)))
    .where(_COLUMNS.office_id.in_(bindparam("offices", expanding=True)))
    .order_by(_COLUMNS.position, _COLUMNS.id)
)


@dataclass(frozen=True)
class Plan:
    """The plan of one office. `services` are all by id, also those offered no longer; `skills` the active ones of each counter.

    `own_weeks` are the weekly hours of the counters that have their own.
    """

    services: Mapping[int, PlannedService]
    skills: Mapping[int, tuple[int, ...]]
    hours: Hours
    own_weeks: Mapping[int, Weekly]

    @cached_property
    def offered(self) -> tuple[PlannedService, ...]:
        """The active services in the office's own order."""
        return tuple(service for service in self.services.values() if service.active)

    @cached_property
    def minutes(self) -> Mapping[int | str, float]:
        """The usual minutes of each service."""
        return {service.id: float(service.minutes) for service in self.services.values()}

    @cached_property
    def _by_code(self) -> Mapping[str, PlannedService]:
        return {service.code: service for service in self.offered}

    def service(self, code: str) -> PlannedService:
        """The active service with this code. Raises NotFound."""
        found = self._by_code.get(code)
        if found is None:
            raise NotFound()
        return found

    def counter_hours(self, counters: Iterable[Counter]) -> dict[int, Hours]:
        """The hours of each counter by id: its own, or the office's."""
        return {counter.id: for_counter(self.hours, self.own_weeks.get(counter.id)) for counter in counters}


def plan_of(session: Session, office: Office, tz: ZoneInfo) -> Plan:
    """The office's plan as this transaction sees it; costs no statement while nothing of it changes."""
    if _has_changed(session, office.id):
        return _read(session, office, tz)
    kept = _kept(session)
    known = kept.get((office.id, tz))
    if known is not None and known[0] == office.plan_mark:
        return known[1]
    mark, plan = _read_settled(session, office, tz)
    set_committed_value(office, "plan_mark", mark)
    kept[office.id, tz] = mark, plan
    return plan


def read_ahead(database: Database, tz: ZoneInfo) -> None:
    """Read the plans of all offices once, before a city that comes back asks for each: it costs a fifth. All others go first."""
    try:
        with database.reading() as session:
            ids = session.scalars(select(Office.id).order_by(Office.id)).all()
        for begin in range(0, len(ids), READ_AHEAD_AT_ONCE):
            with database.reading() as session:
                _keep(session, ids[begin : begin + READ_AHEAD_AT_ONCE], tz)
            give_way()
    except Exception:
        log.exception("could not read the plans of all offices ahead; each is read when it is asked for")


def _keep(session: Session, ids: Sequence[int], tz: ZoneInfo) -> None:
    """Keep those plans that are not kept yet, in a session that sees one moment: what it reads belongs to the mark it reads."""
    kept = _kept(session)
    marks = {row.id: row.plan_mark for row in session.execute(_MARKS, {"offices": ids})}
    unknown = [key for key, mark in marks.items() if (key, tz) not in kept or kept[key, tz][0] != mark]
    for key, plan in _read_each(session, unknown, tz).items():
        kept[key, tz] = marks[key], plan


def _kept(session: Session) -> dict[tuple[int, ZoneInfo], tuple[str, Plan]]:
    kept: dict[tuple[int, ZoneInfo], tuple[str, Plan]] = kept_of(session).setdefault(_KEPT, {})
    return kept


def _read_settled(session: Session, office: Office, tz: ZoneInfo) -> tuple[str, Plan]:
    """The plan and its mark: read again when somebody changed it meanwhile, for a writer without a lock sees that happen."""
    present = select(Office.plan_mark).where(Office.id == office.id)
    mark = office.plan_mark
    while True:
        plan = _read(session, office, tz)
        now = session.execute(present).scalar_one()
        if now == mark:
            return mark, plan
        mark = now


def _read(session: Session, office: Office, tz: ZoneInfo) -> Plan:
    return _read_each(session, [office.id], tz)[office.id]


def _read_each(session: Session, ids: Sequence[int], tz: ZoneInfo) -> dict[int, Plan]:
    services: dict[int, dict[int, PlannedService]] = {key: {} for key in ids}
    for row in session.execute(_SERVICES, {"offices": ids}):
        service = PlannedService(*map(_shared, row))
        services[service.office_id][service.id] = service
    skills, hours = store.skills_by_id(session, ids), store.hours_by_id(session, ids, tz)
    weeks = store.own_weeks_by_id(session, ids)
    return {key: Plan(services[key], skills[key], hours[key], weeks[key]) for key in ids}


def _shared(value: Any) -> Any:
    """584 wards offer the same procedures: their names are kept once."""
    if isinstance(value, str):
        return sys.intern(value)
    return [_shared(part) for part in value] if isinstance(value, list) else value


# --- changes ----------------------------------------------------------------------------------------------------------


def _has_changed(session: Session, office_id: int) -> bool:
    """Whether this transaction has changed the plan, be it not flushed yet."""
    changed = session.info.get(_CHANGED, ())
    if changed and (office_id in changed or CITY in changed or any(isinstance(each, tuple) for each in changed)):
        return True
    return any(isinstance(row, _TABLES) for row in _touched(session))


def _touched(session: Session) -> Iterator[object]:
    yield from session.new
    yield from session.dirty
    yield from session.deleted


def _note(session: Session, *whose: Any) -> None:
    session.info.setdefault(_CHANGED, set()).update(whose)


@event.listens_for(Session, "before_flush")
def _note_rows(session: Session, *_more: Any) -> None:
    for row in _touched(session):
        if isinstance(row, CounterService):
            _note(session, ("counter", row.counter_id))
        elif isinstance(row, Service | WeeklyHours | SpecialDay):
            _note(session, row.office_id)


@event.listens_for(Session, "do_orm_execute")
def _note_statements(asked: ORMExecuteState) -> None:
    if asked.is_select or asked.bind_mapper is None or asked.bind_mapper.class_ not in _TABLES:
        return
    table, session = asked.bind_mapper.class_, asked.session
    column: Any = table.counter_id if table is CounterService else table.office_id
    if asked.is_insert:
        given = asked.parameters or [{}]
        rows = [given] if isinstance(given, Mapping) else given
        whose = [row.get(column.key) for row in rows]
    else:
        where = getattr(asked.statement, "whereclause", None)
        touched = select(column).distinct()
        whose = list(session.scalars(touched if where is None else touched.where(where)))
    _note(session, *(("counter", each) if table is CounterService else each for each in whose))


@event.listens_for(Session, "before_commit")
def _change_marks(session: Session) -> None:
    """Mark the change in the transaction that makes it. Holds the office's row: last of all locks, as ever."""
    if session.in_nested_transaction():
        return
    session.flush()
    changed: set[Any] = session.info.get(_CHANGED, set())
    if not changed:
        return
    counters = [each[1] for each in changed if isinstance(each, tuple)]
    of_counters = session.scalars(select(Counter.office_id).where(Counter.id.in_(counters))) if counters else ()
    whose = {each for each in changed if not isinstance(each, tuple)} | set(of_counters)
    wanted = select(Office.id).order_by(Office.id).with_for_update()
    ids = list(session.scalars(wanted if CITY in whose else wanted.where(Office.id.in_(whose))))
    marked = update(Office).where(Office.id.in_(ids)).values(plan_mark=secrets.token_hex(8))
    session.execute(marked.execution_options(synchronize_session=False))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_CHANGED, None)
