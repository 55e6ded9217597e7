"""Today, live on the head's tablet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.realtime import Feed, Snapshot
from core.web import now
from office.models import Office
from office.store import office_by_code
from setup.today_view import today


def _snapshots(session: Session, office: str, keys: Sequence[str]) -> Mapping[str, Snapshot]:
    return dict.fromkeys(keys, today(session, office_by_code(session, office), now()).model_dump(mode="json"))


def _office_of(session: Session, key: str) -> str | None:
    return session.scalar(select(Office.code).where(Office.code == key))


TODAY = Feed("/today", "office", ("head",), _office_of, _snapshots)
