"""The product with one guard taken out: the controls of the race tests start this.

Each guard is replaced by what one writes first: look, then write, with a moment in between in which others get their
turn. What a database in autocommit does between two statements SQLite does here too: without the write lock and without
BEGIN IMMEDIATE, for these hold every race off by themselves.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from datetime import date
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking import store as booking_store
from booking.models import Slot
from core import database, idempotency
from core.idempotency import IdempotencyKey, Stored
from office.models import Office
from queueing import store as queueing_store
from queueing.models import NumberCounter
from queueing.order_rules import Line
from tests import serving
from tests.builders import LONG_AGO

MOMENT_S = 0.3


def create_app() -> Flask:
    """The product of the tests without the guard that WITHOUT_GUARD names."""
    if os.environ["DATABASE_URL"].startswith("sqlite"):
        _let_writers_in_together()
    take_out = {"last_place": _last_place, "numbers": _numbers, "line": _line, "key": _key}
    take_out[os.environ["WITHOUT_GUARD"]]()
    return serving.create_app()


def _let_writers_in_together() -> None:
    database.Database._locked = lambda self: nullcontext()  # type: ignore[method-assign,return-value,assignment]
    database._begin_sqlite = lambda connection: None


def _last_place() -> None:
    def take_minutes(session: Session, slot: int, minutes: int, capacity: int) -> bool:
        booked = session.execute(select(Slot.booked).where(Slot.id == slot)).scalar_one()
        gevent.sleep(MOMENT_S)
        if booked + minutes > capacity:
            return False
        session.execute(update(Slot).where(Slot.id == slot).values(booked=booked + minutes))
        return True

    booking_store.take_minutes = take_minutes


def _numbers() -> None:
    def next_number(session: Session, office_id: int, on: date, prefix: str) -> int:
        row = session.get(NumberCounter, (office_id, on, prefix))
        number = row.last + 1 if row else 1
        gevent.sleep(MOMENT_S)
        session.merge(NumberCounter(office_id=office_id, on=on, prefix=prefix, last=number))
        return number

    queueing_store.lock_line = _no_lock
    queueing_store.next_number = next_number


def _line() -> None:
    load_line = queueing_store.load_line

    def load_line_slowly(*arguments: Any) -> Line:
        line = load_line(*arguments)
        gevent.sleep(MOMENT_S)
        return line

    queueing_store.lock_line = _no_lock
    queueing_store.load_line = load_line_slowly


def _no_lock(_session: Session, office: Office) -> Office:
    return office


def _key() -> None:
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
