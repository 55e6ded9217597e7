"""What is broken now, by office: machines that are silent, whose clock is wrong or whose page is old, and printers.

Six statements, however many offices: a city of 584 with 3,000 machines is read at once (docs/fleet.md has the figure).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from office.models import Office
from office.settings import Settings
from office.store import hours_by_id
from setup import fleet_store
from setup.alarm_rules import Fault, MachineSeen, PrinterSeen, machine_fault, printer_fault
from setup.today_view import on_duty

ORDERS = ("faults", "since", "name")
FAULTS = ("silent", "printer", "clock", "outdated")
OFFICES_AT_MOST = 50
"""So many offices stand on the page; whoever has more broken at once asks for one of them, or for one kind of fault."""


@dataclass(frozen=True)
class Wish:
    """What the page is asked for: one office with all that stands there, one kind of fault, an order, also what is muted."""

    office: str = ""
    fault: str = ""
    order: str = "faults"
    all: bool = False


@dataclass(frozen=True)
class FleetLine:
    """A machine (or a printer, kind "printer") and its fault; None: it is well."""

    id: int
    kind: str
    name: str
    fault: Fault | None
    ahead_ms: int | None = None
    heard_at: datetime | None = None
    replaced: bool = False


@dataclass(frozen=True)
class FleetOffice:
    """An office, whom to call there, and its lines; `muted`: outside its hours, when an office may be dark."""

    code: str
    name: str
    technician: str
    hotline: str
    lines: Sequence[FleetLine]
    muted: bool = False

    @property
    def broken(self) -> int:
        """How many of its lines have a fault."""
        return sum(1 for line in self.lines if line.fault)

    @property
    def machines(self) -> int:
        """How many of its lines are machines, which can be revoked; a printer cannot."""
        return sum(1 for line in self.lines if line.kind != "printer")

    @property
    def since(self) -> datetime | None:
        """Since when the oldest of its faults is there."""
        return min((line.fault.since for line in self.lines if line.fault and line.fault.since), default=None)


@dataclass(frozen=True)
class Fleet:
    """The offices to look after, in the order that was asked for, and the figures of the whole city.

    `left_out` counts offices beyond OFFICES_AT_MOST; `muted` faults that are not shown because their office is closed.
    """

    offices: Sequence[FleetOffice]
    machines: int
    printers: int
    broken: int
    muted: int
    left_out: int = 0
    names: Sequence[tuple[str, str]] = field(default_factory=list)


def fleet(session: Session, wish: Wish, *, release: str, now: datetime, tz: ZoneInfo) -> Fleet:
    """The city's machines and printers at `now`; `release` is the version of the present pages."""
    machines, printers = fleet_store.all_machines(session), fleet_store.all_printers(session, now)
    rows = session.execute(
        select(Office.id, Office.code, Office.name, Office.technician, Office.hotline, Office.settings)
        .order_by(Office.folded, Office.id)
    ).all()  # fmt: skip
    places = [row for row in rows if row.id in machines or row.code in printers]
    found = {row.id: _office(row, machines.get(row.id, ()), printers.get(row.code, ()), release, now) for row in places}
    dark = _dark(session, [row for row in places if found[row.id].broken], now, tz)
    marked = [replace(found[row.id], muted=row.id in dark) for row in places]
    shown = _ordered([each for each in (_wanted(each, wish) for each in marked) if each is not None], wish.order)
    return Fleet(
        shown[:OFFICES_AT_MOST],
        machines=sum(map(len, machines.values())),
        printers=sum(map(len, printers.values())),
        broken=sum(each.broken for each in marked if not each.muted),
        muted=sum(each.broken for each in marked if each.muted),
        left_out=max(0, len(shown) - OFFICES_AT_MOST),
        names=[(row.code, row.name) for row in places],
    )


def _office(
    row: Any, machines: Iterable[MachineSeen], printers: Iterable[PrinterSeen], release: str, now: datetime
) -> FleetOffice:
    lines = [
        FleetLine(each.id, each.kind, each.name, machine_fault(each, release, now), each.ahead_ms, each.heard_at)
        for each in machines
    ]
    lines += [
        FleetLine(each.id, "printer", each.name, printer_fault(each), replaced=each.replaced) for each in printers
    ]
    return FleetOffice(row.code, row.name, row.technician, row.hotline, lines)


def _dark(session: Session, rows: Sequence[Any], now: datetime, tz: ZoneInfo) -> set[int]:
    """The offices that may be dark now."""
    hours: Mapping[int, Any] = hours_by_id(session, [row.id for row in rows], tz) if rows else {}
    return {row.id for row in rows if not on_duty(hours[row.id], Settings.of(row.settings), now)}


def _wanted(office: FleetOffice, wish: Wish) -> FleetOffice | None:
    """What of an office is shown: whoever asks for one office sees all that stands there."""
    if wish.office:
        return office if office.code == wish.office else None
    if office.muted and not wish.all:
        return None
    lines = [line for line in office.lines if line.fault and _is(line, wish.fault)]
    return replace(office, lines=lines) if lines else None


def _is(line: FleetLine, fault: str) -> bool:
    if not fault:
        return True
    return line.kind == "printer" if fault == "printer" else line.fault is not None and line.fault.code == fault


def _ordered(offices: list[FleetOffice], order: str) -> list[FleetOffice]:
    if order == "name":
        return offices
    if order == "since":
        return sorted(offices, key=lambda each: each.since.timestamp() if each.since else 0.0)
    return sorted(offices, key=lambda each: -each.broken)
