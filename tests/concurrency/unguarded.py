"""The product with one guard taken out: the controls of the race tests start this.

Each guard is replaced by what one writes first: look, then write, with a moment in between in which others get their
turn. What a database in autocommit does between two statements SQLite does here too: without the write lock and without
BEGIN IMMEDIATE, for these hold every race off by themselves.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking import store as booking_store
from booking.models import Slot
from core import database, idempotency
from core.idempotency import IdempotencyKey, Stored
from tests import serving
from tests.builders import LONG_AGO

MOMENT_S = 0.05


def create_app() -> Flask:
    """The product of the tests without the guard that WITHOUT_GUARD names."""
    if os.environ["DATABASE_URL"].startswith("sqlite"):
        _let_writers_in_together()
    {"last_place": _without_last_place, "key": _without_key}[os.environ["WITHOUT_GUARD"]]()
    return serving.create_app()


def _let_writers_in_together() -> None:
    database.Database._locked = lambda self: nullcontext()  # type: ignore[method-assign,return-value,assignment]
    database._begin_sqlite = lambda connection: None


def _without_last_place() -> None:
    def take_minutes(session: Session, slot: int, minutes: int, capacity: int) -> bool:
        booked = session.execute(select(Slot.booked).where(Slot.id == slot)).scalar_one()
        gevent.sleep(MOMENT_S)
        if booked + minutes > capacity:
            return False
        session.execute(update(Slot).where(Slot.id == slot).values(booked=booked + minutes))
        return True

    booking_store.take_minutes = take_minutes


def _without_key() -> None:
    def claim(session: Session, key: str, **_asked: Any) -> Stored | None:
        session.info["idempotency_scope"] = key
        found = session.get(IdempotencyKey, key)
        gevent.sleep(MOMENT_S)
        return Stored(found.status or 0, found.answer or "") if found else None

    def keep(session: Session, status: int, answer: str) -> None:
        key = session.info["idempotency_scope"]
        session.merge(IdempotencyKey(scope=key, fingerprint="", status=status, answer=answer, created_at=LONG_AGO))

    idempotency.claim = claim
    idempotency.keep = keep
