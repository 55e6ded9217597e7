"""A change of the set-up written into the tables: the only place that does.

Whoever writes holds the office's row. What somebody has used is not taken away with its history: the foreign keys say so (InUse).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.database import Base, dialect_of
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
    Service,
    Staff,
    WeeklyHours,
)
from office.refusals import UsernameTaken
from setup import services_writing
from setup.change_rules import ALWAYS_THERE, HOURS, OFFICE, SETTINGS, Difference, Part, kind_of, merged, name_of
from setup.parts_store import DEVICE_FIELDS, NO_PASSWORD, OFFICE_FIELDS, STAFF_FIELDS, day_of_part
from setup.refusals import InUse
from setup.store import put_days, remove_days, replace_weekly_hours


def write(session: Session, office: Office, present: Mapping[str, Part], change: Difference, now: datetime) -> None:
    """Make `change` of the set-up that is `present`. Holds the office's row. Raises InUse, ServiceUnknown, ProcedureUnknown.

    What there may be many of (services, skills, days) costs a fixed number of statements, however many of them change.
    """
    whole = merged(present, change)
    coming = {part: fields for part, fields in change.after.items() if fields is not None}
    going = [part for part, fields in change.after.items() if fields is None]
    # A counter refers to services: they come before it, and go after it.
    services_writing.write(session, office, whole, _of("service", coming))
    for part in coming:
        if kind_of(part) in _WRITERS:
            _WRITERS[kind_of(part)](session, office, name_of(part), whole[part], coming[part], now)
    services_writing.write_skills(session, office, _of("counter", coming))
    put_days(session, office, [day_of_part(on, whole[f"day:{on}"]) for on in _of("day", coming)])
    session.flush()
    _take_all_away(session, office, going)
    session.flush()


def _of(kind: str, parts: Mapping[str, Part]) -> dict[str, Part]:
    return {name_of(part): fields for part, fields in parts.items() if kind_of(part) == kind}


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
    "counter": _write_counter,
    "staff": _write_staff,
    "device": _write_device,
}


def next_device_id(session: Session) -> int:
    """The id that a device to be added will have, given away once. Inside the transaction that adds it."""
    if dialect_of(session) == "postgresql":
        return int(session.scalar(text("SELECT nextval(pg_get_serial_sequence('devices', 'id'))")) or 0)
    return 1 + int(session.scalar(select(func.max(Device.id))) or 0)


def _take_all_away(session: Session, office: Office, going: Collection[str]) -> None:
    days, services = ([name_of(part) for part in going if kind_of(part) == kind] for kind in ("day", "service"))
    remove_days(session, office, [date.fromisoformat(on) for on in days])
    for part in going:
        if kind_of(part) not in ("day", "service"):
            _take_away(session, office, part)
    if services and not services_writing.take_away(session, office, services):
        for code in services:  # which of them is used?
            _take_away(session, office, f"service:{code}")


def _take_away(session: Session, office: Office, part: str) -> None:
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
