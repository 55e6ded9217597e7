"""Builds the demo ward, once: services from the catalogue, counters, hours, staff, a kiosk, a display, a file printer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.words import fold
from office import actions, store
from office.hours import MINUTES_A_DAY
from office.models import Counter, CounterService, Device, Office, Procedure, Service, SpecialDay, WeeklyHours
from printer.models import Printer
from setup import demo_ward as ward

_ENGLISH = Path(__file__).parent / "data" / "services_en.json"
_SAME_DAY = "Trong ngày"
"""How the catalogue's processing time begins when dossiers from 15:00 on move to the next working day."""

ALL_DAY = [[0, MINUTES_A_DAY]]


def is_built(session: Session, office: Office) -> bool:
    """Whether the office has been set up before: then nothing of it is changed any more."""
    return bool(store.counters_of(session, office))


def build(session: Session, office: Office, password_hashes: Mapping[str, str], today: date, now: datetime) -> None:
    """Make `office` the demo ward: published and open round the clock. `password_hashes` by user name."""
    office.published = True
    office.settings = dict(ward.SETTINGS)
    office.address, office.hotline, office.notice = ward.ADDRESS, ward.HOTLINE, ward.NOTICE
    furnish(session, office, today)
    for weekday in range(7):
        session.add(WeeklyHours(office_id=office.id, weekday=weekday, opens=0, closes=MINUTES_A_DAY))
    for person in ward.STAFF:
        actions.add_staff(
            session,
            username=person.username,
            name=person.name,
            password_hash=password_hashes[person.username],
            role=person.role,
            office=None if person.role == "city" else office,
            now=now,
        )
    _add_devices(session, office)
    store.lock_office(session, office)


def furnish(session: Session, office: Office, today: date) -> None:
    """Give an office a service for every procedure of the catalogue, and the demo ward's counters with their fields."""
    _add_counters(session, office, _add_services(session, office, store.procedures(session, today)))


def keep_open_on_holidays(session: Session, office: Office) -> None:
    """Open the demo round the clock on the city's special days too, where the office has said nothing of its own."""
    own = set(session.scalars(select(SpecialDay.on).where(SpecialDay.office_id == office.id)))
    for day in session.scalars(select(SpecialDay).where(SpecialDay.office_id.is_(None))).all():
        if day.on not in own:
            session.add(SpecialDay(office_id=office.id, on=day.on, name=day.name, holiday=day.holiday, spans=ALL_DAY))


def devices(session: Session, office: Office) -> dict[str, Device]:
    """The demo's own kiosk and display that are not revoked, by kind: the first of each."""
    live = [device for device in store.devices_of(session, office) if device.revoked_at is None and device.kind != "agent"]
    return {device.kind: device for device in sorted(live, key=lambda device: -device.id)}


def catalogue_services(procedures: Sequence[Procedure]) -> list[Service]:
    """A service for each procedure, and the general ones last, in the order of the screens: rows of no office and no session."""
    english = json.loads(_ENGLISH.read_text(encoding="utf-8"))
    order = list(ward.PREFIXES)
    ranked = sorted(procedures, key=lambda p: order.index(p.field) if p.field in order else len(order))
    services = [_from_procedure(procedure, english.get(procedure.code, "")) for procedure in ranked]
    services += [
        Service(
            code=general.code,
            name=general.name,
            name_en=general.name_en,
            field=general.name,
            prefix=general.prefix,
            minutes=general.minutes,
            bookable=general.bookable,
            common=True,
        )
        for general in ward.GENERAL
    ]
    for position, service in enumerate(services):
        service.position, service.folded = position, fold(service.name)
    return services


def _add_services(session: Session, office: Office, procedures: Sequence[Procedure]) -> list[Service]:
    services = catalogue_services(procedures)
    for service in services:
        service.office_id = office.id
    session.add_all(services)
    session.flush()
    return services


def _from_procedure(procedure: Procedure, name_en: str) -> Service:
    return Service(
        code=procedure.code,
        procedure_id=procedure.id,
        name=procedure.name,
        name_en=name_en,
        field=procedure.field,
        prefix=ward.PREFIXES.get(procedure.field, ward.OTHER_PREFIX),
        minutes=procedure.counter_minutes,
        documents=procedure.documents,
        fee=procedure.fee,
        processing_time=procedure.processing_time,
        common=procedure.common,
        same_day=is_same_day(procedure),
    )


def _add_counters(session: Session, office: Office, services: Sequence[Service]) -> None:
    general = {service.name for service in ward.GENERAL}
    rest = {service.field for service in services}.difference(general, *ward.COUNTERS.values())
    for number, fields in ward.COUNTERS.items():
        counter = Counter(office_id=office.id, number=number)
        session.add(counter)
        session.flush()
        wanted = general.union(fields, rest if number in ward.REST_COUNTERS else ())
        for position, service in enumerate(service for service in services if service.field in wanted):
            session.add(CounterService(counter_id=counter.id, service_id=service.id, position=position))


def _add_devices(session: Session, office: Office) -> None:
    session.add(
        Printer(key=ward.PRINTER_KEY, place=office.code, name="Máy in của ki-ốt 1", kind="file", address=ward.PRINTER_FOLDER)
    )
    actions.add_device(session, office, "kiosk", "Ki-ốt lấy số 1", printer_key=ward.PRINTER_KEY)
    actions.add_device(session, office, "display", "Bảng gọi số ở sảnh")


def is_same_day(procedure: Procedure) -> bool:
    """Whether a dossier handed in from 15:00 on moves to the next day: its catalogue says that it takes a day."""
    return procedure.processing_time.startswith(_SAME_DAY)
