"""A change of the set-up written into the tables: the only place that does.

Whoever writes holds the office's row. What somebody has used is not taken away with its history: the foreign keys say so (InUse).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.database import Base, dialect_of
from core.words import fold
from office import actions as offices
from office.hours import Weekly
from office.models import (
    Counter,
    CounterService,
    Device,
    DeviceReport,
    Invitation,
    Office,
    Pairing,
    Procedure,
    Service,
    Staff,
    WeeklyHours,
)
from office.refusals import UsernameTaken
from setup.change_rules import ALWAYS_THERE, HOURS, OFFICE, SETTINGS, Difference, Part, kind_of, merged, name_of
from setup.parts_store import DEVICE_FIELDS, NO_PASSWORD, OFFICE_FIELDS, SERVICE_FIELDS, STAFF_FIELDS, day_of_part, services_of
from setup.refusals import InUse, ProcedureUnknown, ServiceUnknown
from setup.store import put_day, remove_day, replace_weekly_hours


def write(session: Session, office: Office, present: Mapping[str, Part], change: Difference, now: datetime) -> None:
    """Make `change` of the set-up that is `present`. Holds the office's row. Raises InUse, ServiceUnknown, ProcedureUnknown."""
    whole = merged(present, change)
    coming = [part for part in change.after if change.after[part] is not None]
    going = [part for part in change.after if change.after[part] is None]
    for part in _by_kind(coming, ("service", "counter")):
        _WRITERS[kind_of(part)](session, office, name_of(part), whole[part], change.after[part] or {}, now)
    session.flush()
    for part in _by_kind(going, ("counter", "service")):
        _take_away(session, office, part)
    session.flush()


def _by_kind(parts: Iterable[str], first: tuple[str, str]) -> list[str]:
    """A counter refers to services: they come before it, and go after it."""
    order = {kind: place for place, kind in enumerate(first)}
    return sorted(parts, key=lambda part: order.get(kind_of(part), len(first)))


def _write_office(session: Session, office: Office, _name: str, whole: Part, changed: Part, now: datetime) -> None:
    for name in OFFICE_FIELDS:
        if name in changed:
            setattr(office, name, whole[name])
    if "notice_until" in changed:
        until = whole["notice_until"]
        office.notice_until = datetime.fromisoformat(until) if until else None


def _write_settings(session: Session, office: Office, _name: str, whole: Part, changed: Part, now: datetime) -> None:
    office.settings = whole


def _write_hours(session: Session, office: Office, _name: str, whole: Part, changed: Part, now: datetime) -> None:
    replace_weekly_hours(session, office, Weekly.parse(whole))


def _write_service(session: Session, office: Office, code: str, whole: Part, changed: Part, now: datetime) -> None:
    service = session.scalar(select(Service).where(Service.office_id == office.id, Service.code == code))
    if service is None:
        service = Service(office_id=office.id, code=code)
        session.add(service)
    for name in SERVICE_FIELDS:
        setattr(service, name, whole[name])
    service.folded = fold(whole["name"])
    if "procedure" in changed:
        service.procedure_id = _procedure_id(session, whole["procedure"])
    session.flush()


def _procedure_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    newest = select(Procedure.id).where(Procedure.code == code).order_by(Procedure.valid_from.desc()).limit(1)
    found = session.scalar(newest)
    if found is None:
        raise ProcedureUnknown(code=code)
    return found


def _write_counter(session: Session, office: Office, number: str, whole: Part, changed: Part, now: datetime) -> None:
    counter = session.scalar(select(Counter).where(Counter.office_id == office.id, Counter.number == int(number)))
    if counter is None:
        counter = Counter(office_id=office.id, number=int(number), state="closed")
        session.add(counter)
    for name in ("name", "planned", "retired"):
        setattr(counter, name, whole[name])
    session.flush()
    if "hours" in changed:
        week = Weekly.parse(whole["hours"]) if whole["hours"] is not None else None
        replace_weekly_hours(session, office, week, counter_id=counter.id)
    if "services" in changed:
        _put_skills(session, office, counter, whole["services"])


def _put_skills(session: Session, office: Office, counter: Counter, codes: Sequence[str]) -> None:
    ids = {service.code: service.id for service in services_of(session, office)}
    for code in codes:
        if code not in ids:
            raise ServiceUnknown(service=code)
    session.execute(delete(CounterService).where(CounterService.counter_id == counter.id))
    session.add_all(
        CounterService(counter_id=counter.id, service_id=ids[code], position=position) for position, code in enumerate(codes)
    )
    session.flush()


def _write_day(session: Session, office: Office, on: str, whole: Part, changed: Part, now: datetime) -> None:
    put_day(session, office, day_of_part(on, whole))


def _write_staff(session: Session, office: Office, username: str, whole: Part, changed: Part, now: datetime) -> None:
    member = session.scalar(select(Staff).where(Staff.username == username))
    if member is None:
        member = Staff(username=username, password_hash=NO_PASSWORD, office_id=office.id, created_at=now)
        session.add(member)
    elif member.office_id != office.id:
        raise UsernameTaken()
    for name in STAFF_FIELDS:
        setattr(member, name, whole[name])
    if changed.get("active") is False:
        member.epoch += 1
    session.flush()


def _write_device(session: Session, office: Office, key: str, whole: Part, changed: Part, now: datetime) -> None:
    device = session.get(Device, int(key))
    if device is None:
        device = Device(id=int(key), office_id=office.id)
        session.add(device)
    elif device.office_id != office.id:
        raise InUse(part=f"device:{key}")
    for name in DEVICE_FIELDS:
        setattr(device, name, whole[name])
    if changed.get("revoked"):
        offices.revoke(device, now)


_WRITERS = {
    OFFICE: _write_office,
    SETTINGS: _write_settings,
    HOURS: _write_hours,
    "service": _write_service,
    "counter": _write_counter,
    "day": _write_day,
    "staff": _write_staff,
    "device": _write_device,
}


def next_device_id(session: Session) -> int:
    """The id that a device to be added will have, given away once. Inside the transaction that adds it."""
    if dialect_of(session) == "postgresql":
        return int(session.scalar(text("SELECT nextval(pg_get_serial_sequence('devices', 'id'))")) or 0)
    return 1 + int(session.scalar(select(func.max(Device.id))) or 0)


def _take_away(session: Session, office: Office, part: str) -> None:
    if kind_of(part) == "day":
        remove_day(session, office, date.fromisoformat(name_of(part)))
        return
    assert part not in ALWAYS_THERE
    row = _row_of(session, office, part)
    try:
        with session.begin_nested():
            for whats in _goes_with(row):
                session.execute(whats)
            session.delete(row)
            session.flush()
    except IntegrityError as error:
        raise InUse(part=part) from error


def _row_of(session: Session, office: Office, part: str) -> Base:
    kind, name = kind_of(part), name_of(part)
    wanted: dict[str, Any] = {
        "service": lambda: select(Service).where(Service.office_id == office.id, Service.code == name),
        "counter": lambda: select(Counter).where(Counter.office_id == office.id, Counter.number == int(name)),
        "staff": lambda: select(Staff).where(Staff.office_id == office.id, Staff.username == name),
        "device": lambda: select(Device).where(Device.office_id == office.id, Device.id == int(name)),
    }
    row: Base = session.scalars(wanted[kind]()).one()
    return row


def _goes_with(row: Base) -> list[Any]:
    """What belongs to a row alone and goes with it. An invitation that was used is history: its person has been here."""
    if isinstance(row, Counter):
        skills = delete(CounterService).where(CounterService.counter_id == row.id)
        return [skills, delete(WeeklyHours).where(WeeklyHours.counter_id == row.id)]
    if isinstance(row, Staff):
        return [delete(Invitation).where(Invitation.staff_id == row.id, Invitation.used_at.is_(None))]
    if isinstance(row, Device):
        unused = delete(Pairing).where(Pairing.device_id == row.id, Pairing.used_at.is_(None))
        return [unused, delete(DeviceReport).where(DeviceReport.device_id == row.id)]
    return []
