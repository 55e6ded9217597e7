"""Services, and which counter takes them, written into the tables: all of an office at once, for there may be a hundred.

A template changes every service of many offices. One statement each kept the whole office's line locked for half a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core.words import fold
from office.models import Counter, CounterService, Office, Procedure, Service
from setup.change_rules import Part
from setup.parts_store import SERVICE_FIELDS
from setup.refusals import ProcedureUnknown, ServiceUnknown
from setup.store import ids_by, insert_all


def write(session: Session, office: Office, whole: Mapping[str, Part], changed: Mapping[str, Part]) -> None:
    """Put `changed` services (by code, the fields that change) as the set-up `whole` has them. Raises ProcedureUnknown."""
    if not changed:
        return
    mine = select(Service).where(Service.office_id == office.id, Service.code.in_(changed))
    known = {service.code: service for service in session.scalars(mine)}
    procedures = _procedures(session, {fields["procedure"] for fields in changed.values() if fields.get("procedure")})
    rows = {code: _row(whole[f"service:{code}"], fields, procedures) for code, fields in changed.items()}
    columns = {column for code in known for column in rows[code]}
    for code, service in known.items():
        for column, value in rows.pop(code).items():
            setattr(service, column, value)
        for column in columns:  # the same columns of every row, so that one statement changes all
            flag_modified(service, column)
    session.flush()
    insert_all(session, Service, [{"office_id": office.id, "code": code, **row} for code, row in rows.items()])


def _row(whole: Part, changed: Part, procedures: Mapping[str, int]) -> dict[str, Any]:
    """The columns of a service that change. A new one has all of them: a part that comes names every field."""
    row = {name: whole[name] for name in SERVICE_FIELDS if name in changed}
    if "name" in row:
        row["folded"] = fold(row["name"])
    if "procedure" in changed:
        row["procedure_id"] = procedures[changed["procedure"]] if changed["procedure"] is not None else None
    return row


def _procedures(session: Session, codes: Collection[str]) -> dict[str, int]:
    """The newest procedure (its id) with each of these codes. Raises ProcedureUnknown."""
    newest = select(Procedure.code, Procedure.id).where(Procedure.code.in_(codes)).order_by(Procedure.valid_from)
    found = {row.code: row.id for row in session.execute(newest)} if codes else {}
    for code in codes:
        if code not in found:
            raise ProcedureUnknown(code=code)
    return found


def write_skills(session: Session, office: Office, changed: Mapping[str, Part]) -> None:
    """Which services (codes, in their order) these counters (by number) take, where that changes. Raises ServiceUnknown."""
    wanted: dict[int, list[str]] = {int(number): fields["services"] for number, fields in changed.items() if "services" in fields}
    if not wanted:
        return
    services = ids_by(session, select(Service.code, Service.id).where(Service.office_id == office.id))
    here = select(Counter.number, Counter.id).where(Counter.office_id == office.id, Counter.number.in_(wanted))
    counters = ids_by(session, here)
    for code in (code for codes in wanted.values() for code in codes):
        if code not in services:
            raise ServiceUnknown(service=code)
    session.execute(delete(CounterService).where(CounterService.counter_id.in_(counters.values())))
    rows = [
        {"counter_id": counters[number], "service_id": services[code], "position": position}
        for number, codes in wanted.items()
        for position, code in enumerate(codes)
    ]
    insert_all(session, CounterService, rows)


def take_away(session: Session, office: Office, codes: Iterable[str]) -> bool:
    """Delete these services at once; false when one of them was used, and then none of them is."""
    try:
        with session.begin_nested():
            session.execute(delete(Service).where(Service.office_id == office.id, Service.code.in_(list(codes))))
    except IntegrityError:
        return False
    return True
