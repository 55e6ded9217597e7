"""The history of how an office is set up: numbered changes, each with what was before and after, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.rights import NotFound
from office.models import Office, OfficeChange


def record_change(
    session: Session,
    office: Office,
    what: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    staff_id: int | None,
    now: datetime,
    undoes: OfficeChange | None = None,
) -> OfficeChange:
    """Write a change down as the next version. Holds the office's row (`office.store.lock_office`): its number has no gap."""
    newest = session.scalar(select(func.max(OfficeChange.n)).where(OfficeChange.office_id == office.id))
    made = OfficeChange(
        office_id=office.id,
        n=(newest or 0) + 1,
        at=now,
        staff_id=staff_id,
        what=what,
        before=dict(before),
        after=dict(after),
        undoes_id=undoes.id if undoes is not None else None,
    )
    session.add(made)
    session.flush()
    return made


def change_of(session: Session, office: Office, n: int) -> OfficeChange:
    """The change with this number. Raises NotFound."""
    found = session.scalar(select(OfficeChange).where(OfficeChange.office_id == office.id, OfficeChange.n == n))
    if found is None:
        raise NotFound()
    return found


def changes_of(session: Session, office: Office, *, before: int | None, most: int) -> Sequence[OfficeChange]:
    """The newest changes of an office, those below the number `before`."""
    mine = select(OfficeChange).where(OfficeChange.office_id == office.id)
    found = mine if before is None else mine.where(OfficeChange.n < before)
    return session.scalars(found.order_by(OfficeChange.n.desc()).limit(most)).all()


def undone_by(session: Session, office: Office, changes: Sequence[OfficeChange]) -> Mapping[int, OfficeChange]:
    """The change that took each of these back, by the id of the one taken back."""
    ids = [change.id for change in changes]
    backs = session.scalars(select(OfficeChange).where(OfficeChange.undoes_id.in_(ids))).all() if ids else ()
    return {change.undoes_id: change for change in backs if change.undoes_id is not None}
