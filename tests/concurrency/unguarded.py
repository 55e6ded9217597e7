"""The product with one guard taken out: the controls of the race tests start this.

Each guard is replaced by what one writes first: look, then write, with a moment in between in which others get their
turn. What a database in autocommit does between two statements SQLite does here too: without the write lock and without
BEGIN IMMEDIATE, for these hold every race off by themselves.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking import slot_store, waiting_actions, waiting_list
from booking.capacity_rules import PlannedSlot
from booking.models import Slot, SlotPool, WaitingEntry
from core import database, idempotency
from core.database import insert_or
from core.idempotency import IdempotencyKey, Stored
from office.models import Office, Service
from queueing import actions as queueing_actions
from queueing import day_store, desk_actions, line_store, log_store
from queueing import store as queueing_store
from queueing.models import CarryQuota, NumberCounter
from queueing.order_rules import Line
from tests import serving
from tests.builders import LONG_AGO

MOMENT_S = 0.3


def create_app() -> Flask:
    """The product of the tests without the guard that WITHOUT_GUARD names."""
    if os.environ["DATABASE_URL"].startswith("sqlite"):
        _let_writers_in_together()
    take_out = {
        "last_place": _last_place, "slot_order": _slot_order, "offer": _offer, "claim": _claim, "holders": _holders,
        "numbers": _numbers, "line": _line, "key": _key, "log": _log,
        "release": _release, "stop": _stop, "carry": _carry,
    }  # fmt: skip
    take_out[os.environ["WITHOUT_GUARD"]]()
    return serving.create_app()


def _let_writers_in_together() -> None:
    database.Database._locked = lambda self: nullcontext()  # type: ignore[method-assign,return-value,assignment]
    database._begin_sqlite = lambda watch, connection: None


def _last_place() -> None:
    def lock_slots(session: Session, office: Office, slots: Iterable[PlannedSlot]) -> dict[datetime, int]:
        wanted = [{"office_id": office.id, "starts_at": slot.starts_at, "ends_at": slot.ends_at} for slot in slots]
        session.execute(insert_or(session, Slot).values(wanted).on_conflict_do_nothing())
        begins = [slot["starts_at"] for slot in wanted]
        rows = session.execute(select(Slot.starts_at, Slot.id).where(Slot.office_id == office.id, Slot.starts_at.in_(begins)))
        return {row.starts_at: row.id for row in rows}

    def take_minutes(session: Session, slot: int, pools: Collection[str], minutes: int) -> bool:
        mine = (SlotPool.slot_id == slot, SlotPool.pool.in_(pools))
        found = session.execute(select(SlotPool.pool, SlotPool.booked, SlotPool.capacity).where(*mine)).all()
        gevent.sleep(MOMENT_S)
        if any(row.booked + minutes > row.capacity for row in found):
            return False
        for row in found:
            session.execute(update(SlotPool).where(*mine, SlotPool.pool == row.pool).values(booked=row.booked + minutes))
        return True

    slot_store.lock_slots = lock_slots
    slot_store.take_minutes = take_minutes


def _slot_order() -> None:
    lock_slots, turns = slot_store.lock_slots, itertools.count()

    def lock_one_by_one(session: Session, office: Office, slots: Iterable[PlannedSlot]) -> dict[datetime, int]:
        found: dict[datetime, int] = {}
        for slot in sorted(slots, key=lambda slot: slot.starts_at, reverse=next(turns) % 2 == 1):
            found |= lock_slots(session, office, [slot])
            gevent.sleep(MOMENT_S)
        return found

    slot_store.lock_slots = lock_one_by_one


def _offer() -> None:
    def look(session: Session, token: str) -> WaitingEntry:
        entry = waiting_actions.find(session, token)
        gevent.sleep(MOMENT_S)
        return entry

    waiting_actions._locked = look


def _claim() -> None:
    def look(session: Session, entry: WaitingEntry) -> bool:
        state = session.execute(select(WaitingEntry.state).where(WaitingEntry.id == entry.id)).scalar_one()
        gevent.sleep(MOMENT_S)
        return state == "waiting"

    waiting_list._claimed = look


def _holders() -> None:
    live_holds_of_address = slot_store.live_holds_of_address

    def look(*arguments: Any, **named: Any) -> int:
        live = live_holds_of_address(*arguments, **named)
        gevent.sleep(MOMENT_S)
        return live

    slot_store.lock_holders = lambda _session, *_holders: None
    slot_store.live_holds_of_address = look


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
    line_at = line_store.line_at

    def line_at_slowly(*arguments: Any, **options: Any) -> Line:
        line = line_at(*arguments, **options)
        gevent.sleep(MOMENT_S)
        return line

    queueing_store.lock_line = _no_lock
    line_store.line_at = line_at_slowly


def _release() -> None:
    left_alone = desk_actions.left_alone

    def look(*arguments: Any) -> bool:
        alone = left_alone(*arguments)
        gevent.sleep(MOMENT_S)
        return alone

    queueing_store.lock_line = _no_lock
    desk_actions.left_alone = look  # type: ignore[attr-defined]  # imported by name there


def _log() -> None:
    last_entry = log_store.last_entry

    def look(session: Session, office: Office) -> log_store.Last | None:
        last = last_entry(session, office)
        gevent.sleep(MOMENT_S)
        return last

    queueing_store.lock_line = _no_lock
    log_store.last_entry = look


def _stop() -> None:
    refuse = queueing_actions.refuse_if_stopped

    def look(session: Session, office: Office, service: Service, on: date) -> None:
        refuse(session, office, service, on)
        gevent.sleep(MOMENT_S)

    queueing_store.lock_line = _no_lock
    queueing_actions.refuse_if_stopped = look  # type: ignore[attr-defined]


def _carry() -> None:
    def look(session: Session, office: Office, on: date, places: int) -> bool:
        row = session.get(CarryQuota, (office.id, on))
        used = row.used if row else 0
        gevent.sleep(MOMENT_S)
        if used >= places:
            return False
        session.merge(CarryQuota(office_id=office.id, on=on, used=used + 1, places=places))
        return True

    queueing_store.lock_line = _no_lock
    day_store.take_carry_place = look


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
