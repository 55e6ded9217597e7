"""An office's set-up read as plain data (see change_rules). It is written by parts_writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from office.hours import DayException, WeeklySpan
from office.models import Counter, CounterService, Office, Procedure, Service, SpecialDay
from office.store import devices_of, hours_of_office, own_weeks, staff_of
from setup.change_rules import HOURS, OFFICE, SETTINGS, Part

NO_PASSWORD = "!"  # noqa: S105  # no password has this hash: who has it can sign in with none
OFFICE_FIELDS = ("address", "hotline", "technician", "notice", "guidance", "published")
SERVICE_FIELDS = (
    "name", "name_en", "field", "prefix", "minutes", "documents", "fee", "processing_time", "bookable", "common", "same_day",
    "early", "late", "places", "active", "position",
)  # fmt: skip
STAFF_FIELDS = ("name", "role", "active", "may_pick")
DEVICE_FIELDS = ("kind", "name", "on_site", "printer_key", "screen_mm", "options")


_SERVICE_PART = (*SERVICE_FIELDS, "procedure")
_SERVICES = (
    # Columns, no entities: all wards of the city are read for a template, a hundred services each.
    select(Service.id, Service.code, *(getattr(Service, name) for name in SERVICE_FIELDS), Procedure.code)
    .outerjoin(Procedure, Procedure.id == Service.procedure_id)
    .where(Service.office_id == bindparam("office"))
    .order_by(Service.position, Service.id)
)


# --- reading ----------------------------------------------------------------------------------------------------------


def read(session: Session, office: Office) -> dict[str, Part]:
    """Everything that can be set up of an office."""
    found: dict[str, Part] = {
        OFFICE: {name: getattr(office, name) for name in OFFICE_FIELDS}
        | {"notice_until": office.notice_until.isoformat() if office.notice_until else None},
        SETTINGS: dict(office.settings),
        HOURS: hours_of_office(session, office).written(),
    }
    codes = {}
    for id_, code, *values in session.execute(_SERVICES, {"office": office.id}):
        codes[id_] = code
        found[f"service:{code}"] = dict(zip(_SERVICE_PART, values, strict=True))
    found |= _counters(session, office, codes)
    found |= read_days(session, office)
    for member in staff_of(session, office):
        found[f"staff:{member.username}"] = {name: getattr(member, name) for name in STAFF_FIELDS}
    for device in devices_of(session, office):
        fields = {name: getattr(device, name) for name in DEVICE_FIELDS}
        found[f"device:{device.id}"] = fields | {"revoked": device.revoked_at is not None}
    return found


def _counters(session: Session, office: Office, codes: Mapping[int, str]) -> dict[str, Part]:
    counters = session.scalars(select(Counter).where(Counter.office_id == office.id).order_by(Counter.number)).all()
    weeks = own_weeks(session, [office.id])
    taken: dict[int, list[str]] = {counter.id: [] for counter in counters}
    rows = session.execute(
        select(CounterService.counter_id, CounterService.service_id)
        .where(CounterService.counter_id.in_(list(taken)))
        .order_by(CounterService.counter_id, CounterService.position, CounterService.service_id)
    )
    for counter_id, service_id in rows:
        taken[counter_id].append(codes[service_id])
    return {
        f"counter:{counter.number}": {
            "name": counter.name,
            "planned": counter.planned,
            "retired": counter.retired,
            "hours": weeks[counter.id].written() if counter.id in weeks else None,
            "services": taken[counter.id],
        }
        for counter in counters
    }


def read_days(session: Session, office: Office) -> dict[str, Part]:
    """What the office itself says of single days."""
    rows = session.scalars(select(SpecialDay).where(SpecialDay.office_id == office.id).order_by(SpecialDay.on))
    return {f"day:{row.on.isoformat()}": day_part(row) for row in rows}


def services_of(session: Session, office: Office) -> Sequence[Service]:
    """All services of an office in its own order, also those offered no longer."""
    mine = select(Service).where(Service.office_id == office.id)
    return session.scalars(mine.order_by(Service.position, Service.id)).all()


def day_part(row: SpecialDay | DayException) -> Part:
    """What is said of a day, as a part."""
    if isinstance(row, SpecialDay):
        return {"name": row.name, "holiday": row.holiday, "spans": list(row.spans), "as_weekday": row.as_weekday}
    spans = [[span.opens, span.closes] for span in row.spans or ()]
    return {"name": row.note, "holiday": row.holiday, "spans": spans, "as_weekday": row.works_as}


def day_of_part(on: str, part: Part) -> DayException:
    """The other way round."""
    spans = tuple(WeeklySpan(opens, closes) for opens, closes in part["spans"])
    whole = None if part["as_weekday"] is not None and not spans else spans
    return DayException(date.fromisoformat(on), whole, part["as_weekday"], part["holiday"], part["name"])
