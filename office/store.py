"""Every query and lock of the office's tables."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.events import record
from core.rights import NotFound
from office.events import OfficeChanged
from office.hours import DayException, Hours, Weekly, WeeklySpan, for_counter
from office.models import (
    Counter,
    CounterService,
    Device,
    EndedSignIn,
    Office,
    Pairing,
    Procedure,
    Service,
    SpecialDay,
    Staff,
    WeeklyHours,
)

_offices = cast(Table, Office.__table__)
_STAFF_OF = select(Staff).where(Staff.office_id == bindparam("office")).order_by(Staff.username)
_BY_CODE = select(Office).where(Office.code == bindparam("code"))
_COUNTER = select(Counter, Office).join(Office, Office.id == Counter.office_id).where(Counter.id == bindparam("counter"))
_SKILLS = (
    select(Counter.office_id, CounterService.counter_id, CounterService.service_id)
    .join(Counter, Counter.id == CounterService.counter_id)
    .join(Service, Service.id == CounterService.service_id)
    .where(Counter.office_id.in_(bindparam("offices", expanding=True)), Service.active)
    .order_by(CounterService.counter_id, CounterService.position, CounterService.service_id)
)
_RAISE_SEQ = (
    update(_offices)
    .where(_offices.c.id == bindparam("office"))
    .values(seq=_offices.c.seq + 1)
    .returning(_offices.c.seq, _offices.c.plan_mark, _offices.c.settings)
)


def office_by_code(session: Session, code: str) -> Office:
    """The office with this code. Raises NotFound."""
    # PostgreSQL has no text with a zero character in it: such a code is nobody's.
    office = None if "\0" in code else session.scalar(_BY_CODE, {"code": code})
    if office is None:
        raise NotFound()
    return office


def office_by_id(session: Session, office_id: int) -> Office:
    """The office with this id, which a row that points at it guarantees."""
    return session.get_one(Office, office_id)


def lock_office(session: Session, office: Office) -> Office:
    """Lock the line of `office` and number the change: its `seq` is raised by one.

    First statement that touches the line in its transaction; held until commit, so changes of one office's line happen one
    after another. The screens of the office are told after commit.
    """
    session.flush()
    now = session.execute(_RAISE_SEQ, {"office": office.id}).one()
    for name, value in now._mapping.items():  # as they are under the lock, whatever was read before
        set_committed_value(office, name, value)
    record(session, OfficeChanged(office.code, office.seq))
    return office


def versions(session: Session, codes: Iterable[str]) -> Mapping[str, int]:
    """The present version of each of these offices."""
    rows = session.execute(select(Office.code, Office.seq).where(Office.code.in_(list(codes))))
    return {row.code: row.seq for row in rows}


def offices(session: Session, *, published_only: bool = False) -> Sequence[Office]:
    """All offices by name; or those that publish hours."""
    query = select(Office).order_by(Office.published.desc(), Office.folded)
    return session.scalars(query.where(Office.published) if published_only else query).all()


def published_count(session: Session) -> int:
    """How many offices publish hours."""
    return session.execute(select(func.count()).where(Office.published)).scalar_one()


def services_of(session: Session, office: Office) -> Sequence[Service]:
    """The active services of an office in its own order."""
    active = select(Service).where(Service.office_id == office.id, Service.active)
    return session.scalars(active.order_by(Service.position, Service.id)).all()


def service_by_code(session: Session, office: Office, code: str) -> Service:
    """An active service of this office. Raises NotFound, also for another office's."""
    wanted = select(Service).where(Service.office_id == office.id, Service.code == code, Service.active)
    service = None if "\0" in code else session.scalar(wanted)
    if service is None:
        raise NotFound()
    return service


def counters_of(session: Session, office: Office) -> Sequence[Counter]:
    """The counters of an office by number, without those there are no more."""
    here = select(Counter).where(Counter.office_id == office.id, ~Counter.retired)
    return session.scalars(here.order_by(Counter.number)).all()


def counter_by_id(session: Session, counter_id: int) -> Counter:
    """The counter with this id. Raises NotFound; whose it is, the caller checks with `core.rights.ensure_office`."""
    counter = session.get(Counter, counter_id)
    if counter is None or counter.retired:
        raise NotFound()
    return counter


def counter_with_office(session: Session, counter_id: int) -> tuple[Counter, Office]:
    """The counter with this id, and its office, in one statement. Raises NotFound, like `counter_by_id`."""
    row = session.execute(_COUNTER, {"counter": counter_id}).first()
    if row is None or row[0].retired:
        raise NotFound()
    return row[0], row[1]


def skills_of(session: Session, office: Office) -> Mapping[int, tuple[int, ...]]:
    """The ids of the active services each counter takes, in the counter's own order, by counter id."""
    return skills_by_id(session, [office.id])[office.id]


def skills_by_id(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[int, tuple[int, ...]]]:
    """The same for offices that are known by id only, by office id."""
    skills: dict[int, dict[int, list[int]]] = {key: defaultdict(list) for key in ids}
    for office_id, counter_id, service_id in session.execute(_SKILLS, {"offices": ids}):
        skills[office_id][counter_id].append(service_id)
    return {key: {counter: tuple(taken) for counter, taken in its.items()} for key, its in skills.items()}


def hours_of(session: Session, office: Office, tz: ZoneInfo) -> Hours:
    """The office's weekly hours and its special days; the city's days hold where the office says nothing else."""
    return hours_of_each(session, [office], tz)[office.id]


def hours_of_office(session: Session, office: Office) -> Weekly:
    """The office's own weekly hours, without its special days."""
    own = _weekly(session, WeeklyHours.office_id == office.id, WeeklyHours.counter_id.is_(None))
    return own.get((office.id, None), _CLOSED)


def hours_of_each(session: Session, offices: Iterable[Office], tz: ZoneInfo) -> dict[int, Hours]:
    """The same for many offices, by office id: a whole city costs as many queries as one office."""
    return hours_by_id(session, [office.id for office in offices], tz)


def hours_by_id(session: Session, ids: Sequence[int], tz: ZoneInfo) -> dict[int, Hours]:
    """The same for offices that are known by id only."""
    weekly = _weekly(session, WeeklyHours.office_id.in_(ids), WeeklyHours.counter_id.is_(None))
    days = _special_days(session, ids)
    return {key: Hours.of(weekly.get((key, None), _CLOSED), tz, [*days[None], *days[key]]) for key in ids}


def counter_hours_of(session: Session, office: Office, hours: Hours) -> dict[int, Hours]:
    """The hours of every counter of the office by counter id: its own, or `hours`, the office's."""
    own = _weekly(session, WeeklyHours.office_id == office.id, WeeklyHours.counter_id.is_not(None))
    return {counter.id: for_counter(hours, own.get((office.id, counter.id))) for counter in counters_of(session, office)}


def own_weeks(session: Session, ids: Sequence[int]) -> dict[int, Weekly]:
    """The weekly hours of those counters of these offices (by id) that have their own, by counter id."""
    return {counter: week for weeks in own_weeks_by_id(session, ids).values() for counter, week in weeks.items()}


def own_weeks_by_id(session: Session, ids: Sequence[int]) -> dict[int, dict[int, Weekly]]:
    """The same by office id and counter id."""
    weeks: dict[int, dict[int, Weekly]] = {key: {} for key in ids}
    for (office, counter), week in _weekly(session, WeeklyHours.office_id.in_(ids), WeeklyHours.counter_id.is_not(None)).items():
        if counter is not None:
            weeks[office][counter] = week
    return weeks


_CLOSED = Weekly(((),) * 7)


def _weekly(session: Session, *conditions: ColumnElement[bool]) -> dict[tuple[int, int | None], Weekly]:
    """The weeks that fit, by office id and counter id (None: the office's own)."""
    weeks: dict[tuple[int, int | None], list[list[WeeklySpan]]] = defaultdict(lambda: [[] for _day in range(7)])
    columns = (WeeklyHours.office_id, WeeklyHours.counter_id, WeeklyHours.weekday, WeeklyHours.opens, WeeklyHours.closes)
    for row in session.execute(select(*columns).where(*conditions).order_by(WeeklyHours.opens)):
        weeks[row.office_id, row.counter_id][row.weekday].append(WeeklySpan(row.opens, row.closes))
    return {whose: Weekly(tuple(tuple(spans) for spans in days)) for whose, days in weeks.items()}


def _special_days(session: Session, office_ids: Sequence[int]) -> dict[int | None, list[DayException]]:
    """The special days by office id, the city's under None: given first to `Hours.of`, they yield to the office's own."""
    rows = session.scalars(
        select(SpecialDay).where(or_(SpecialDay.office_id.in_(office_ids), SpecialDay.office_id.is_(None)))
    )
    days: dict[int | None, list[DayException]] = defaultdict(list)
    for row in rows:
        days[row.office_id].append(day_exception(row))
    return days


def day_exception(row: SpecialDay) -> DayException:
    """What a row says of its day."""
    spans = None if row.as_weekday is not None and not row.spans else tuple(WeeklySpan(a, b) for a, b in row.spans)
    return DayException(row.on, spans, row.as_weekday, row.holiday, row.name)


def procedures(session: Session, on: date) -> Sequence[Procedure]:
    """The procedures of the catalogue valid on a day."""
    return session.scalars(
        select(Procedure)
        .where(Procedure.valid_from <= on, or_(Procedure.valid_to.is_(None), Procedure.valid_to >= on))
        .order_by(Procedure.id)
    ).all()


# --- people and devices --------------------------------------------------------------------------------------------


def hashed(secret: str) -> str:
    """How a random secret of 32 bytes is stored. Not for passwords: those are argon2."""
    return hashlib.sha256(secret.encode()).hexdigest()


def staff_by_username(session: Session, username: str) -> Staff | None:
    """The active staff member with this user name."""
    return session.scalar(select(Staff).where(Staff.username == username.strip().lower(), Staff.active))


def staff_of(session: Session, office: Office) -> Sequence[Staff]:
    """The staff of an office by user name."""
    return session.scalars(_STAFF_OF, {"office": office.id}).all()


def seat_of(session: Session, staff_id: int | None) -> Counter | None:
    """The counter this person sits at, in whichever office: at most one, the constraint says so. Nobody sits at none."""
    if staff_id is None:  # a closed counter has nobody either
        return None
    return session.scalar(select(Counter).where(Counter.staff_id == staff_id))


def devices_of(session: Session, office: Office) -> Sequence[Device]:
    """The devices of an office, revoked ones too, by name."""
    return session.scalars(select(Device).where(Device.office_id == office.id).order_by(Device.name, Device.id)).all()


def pairing_by_code(session: Session, code: str, now: datetime) -> tuple[Pairing, Device] | None:
    """The unused, unexpired pairing with this code, and its device if that is not revoked."""
    row = session.execute(
        select(Pairing, Device)
        .join(Device, Device.id == Pairing.device_id)
        .where(
            Pairing.code_hash == hashed(code.strip().upper()),
            Pairing.used_at.is_(None),
            Pairing.expires_at > now,
            Device.revoked_at.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row else None


def use_pairing(session: Session, pairing: Pairing, now: datetime) -> bool:
    """Mark a pairing used; False when somebody else has just done so. Conditional update: works once."""
    result = session.execute(
        update(Pairing).where(Pairing.id == pairing.id, Pairing.used_at.is_(None)).values(used_at=now).returning(Pairing.id)
    )
    return result.scalar() is not None


def end_sign_in(session: Session, mark: str, now: datetime, *, forget_before: datetime) -> None:
    """Remember that the sign-in with this mark is over; those ended before `forget_before` have expired by themselves."""
    session.execute(delete(EndedSignIn).where(EndedSignIn.ended_at < forget_before))
    session.merge(EndedSignIn(mark=hashed(mark), ended_at=now))
