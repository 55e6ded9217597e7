"""The machines and printers of one office or of all, as plain data: one statement each, however many offices.

A display says itself how it is; of a kiosk and a print agent every request is a sign of life (see fleet_seen.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from office.models import Device, DeviceReport, Office
from printer.models import Printer
from printer.store import MAY_PRINT, agent_is_gone
from setup.alarm_rules import MachineSeen, PrinterSeen

_MACHINES = (
    select(
        Device.id, Device.office_id, Device.kind, Device.name, Device.paired_at, Device.seen_at,
        DeviceReport.at.label("said_at"), DeviceReport.state,
    )
    .outerjoin(DeviceReport, DeviceReport.device_id == Device.id)
    .where(Device.revoked_at.is_(None), Device.token_hash.is_not(None))
    .order_by(Device.office_id, Device.kind, Device.name, Device.id)
)  # fmt: skip


def machines_of(session: Session, office: Office) -> list[MachineSeen]:
    """The paired devices of one office."""
    return [_machine(row) for row in session.execute(_MACHINES.where(Device.office_id == office.id))]


def all_machines(session: Session) -> Mapping[int, list[MachineSeen]]:
    """The paired devices of every office, by office id."""
    found: dict[int, list[MachineSeen]] = defaultdict(list)
    for row in session.execute(_MACHINES):
        found[row.office_id].append(_machine(row))
    return found


def printers_of(session: Session, office: Office, now: datetime) -> list[PrinterSeen]:
    """The printers in service of one office."""
    rows = session.scalars(select(Printer).where(Printer.place == office.code).order_by(Printer.key)).all()
    return _seen(rows, now)


def all_printers(session: Session, now: datetime) -> Mapping[str, list[PrinterSeen]]:
    """The printers in service of every office, by office code."""
    found: dict[str, list[Printer]] = defaultdict(list)
    for row in session.scalars(select(Printer).order_by(Printer.key)):
        found[row.place].append(row)
    return {place: _seen(rows, now) for place, rows in found.items()}


def devices_by_id(session: Session, ids: Iterable[int]) -> Sequence[tuple[Device, Office]]:
    """These devices with their offices, those that are not revoked, in the order of the offices' ids."""
    found = (
        select(Device, Office)
        .join(Office, Office.id == Device.office_id)
        .where(Device.id.in_(list(ids)), Device.revoked_at.is_(None))
        .order_by(Office.id, Device.id)
    )
    return [(row[0], row[1]) for row in session.execute(found)]


def keep_seen(session: Session, seen: Mapping[int, datetime]) -> None:
    """Write down when these devices were last heard of, in the order of their ids: who writes the same ones waits, no more."""
    devices = Device.__table__
    session.connection().execute(
        update(Device).where(devices.c.id == bindparam("device_id")).values(seen_at=bindparam("at")),
        [{"device_id": device, "at": at} for device, at in sorted(seen.items())],
    )


def _machine(row: Any) -> MachineSeen:
    heard = [at for at in (row.seen_at, row.said_at) if at is not None]
    state = row.state if isinstance(row.state, dict) else {}
    ahead = state.get("ahead_ms")
    return MachineSeen(
        row.id, row.kind, row.name, row.paired_at, max(heard, default=None),
        ahead_ms=ahead if isinstance(ahead, int) else None, release=str(state.get("release") or ""),
    )  # fmt: skip


def _seen(rows: Sequence[Printer], now: datetime) -> list[PrinterSeen]:
    by_id = {row.id: row for row in rows}
    return [_printer(row, by_id, now) for row in rows if row.active]


def _printer(row: Printer, by_id: Mapping[int, Printer], now: datetime) -> PrinterSeen:
    gone = agent_is_gone(row, now)
    state, since = ("off", row.agent_seen_at) if gone else (row.state, row.state_since)
    other = by_id.get(row.fallback_id or 0)
    replaced = other is not None and other.active and other.state in MAY_PRINT and state not in MAY_PRINT
    return PrinterSeen(row.id, row.name, state, since, replaced)
