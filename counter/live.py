"""The line of an office, live on the console and the tablet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.realtime import Feed, Snapshot
from core.web import now
from counter import lines
from office.models import Office
from office.store import office_by_code


def _snapshots(session: Session, office: str, keys: Sequence[str]) -> Mapping[str, Snapshot]:
    shown = lines.snapshot(session, office_by_code(session, office), now()).model_dump(mode="json")
    return dict.fromkeys(keys, shown)


def _office_of(session: Session, key: str) -> str | None:
    return session.scalar(select(Office.code).where(Office.code == key))


LINE = Feed("/line", "office", ("officer", "head", "helper"), _office_of, _snapshots, hands=4)
