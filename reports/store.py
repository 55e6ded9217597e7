"""Names and offices behind the figures. Reads only; the figures themselves are in figures_store.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from office.models import Office, Service, Staff


def services_of(session: Session, office: Office) -> Mapping[int, Service]:
    """Every service the office has or had, by id and in the office's order."""
    rows = session.scalars(select(Service).where(Service.office_id == office.id).order_by(Service.position, Service.id))
    return {row.id: row for row in rows}


def staff_names(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """Names of officers, those who have left too."""
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def office_names(session: Session) -> list[tuple[int, str, str, bool]]:
    """Id, code, name and whether it is published, of every office, by name."""
    rows = session.execute(select(Office.id, Office.code, Office.name, Office.published).order_by(Office.folded, Office.code))
    return [(row.id, row.code, row.name, row.published) for row in rows]
