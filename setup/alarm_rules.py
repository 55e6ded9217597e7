"""What a head and the city are warned of: people who wait too long, counters, paper, machines. Pure.

Of the hall (only on duty: from when numbers are given until closing; outside of that an office may be dark):

| what                                                                     | code           | tone  |
|--------------------------------------------------------------------------|----------------|-------|
| the doors are open, people wait, and no counter is open                  | nobody_open    | red   |
| somebody has waited `limits.wait` minutes or more (0: never said)        | wait_long      | red   |
| a counter says it works and nothing is heard of its console              | counter_silent | red   |
| a pause should have ended PAUSE_OVER ago                                 | pause_over     | amber |
| a number is held for `limits.held` minutes or more                       | held_long      | amber |

Of a printer: it prints nothing (red), another one prints for it (amber), its roll ends soon (amber).

Of a machine, paired and not revoked; the first that fits, because a silent machine's clock is yesterday's news:

| last heard of                       | its clock        | its page         | code     | tone  |
|-------------------------------------|------------------|------------------|----------|-------|
| SILENT_AFTER ago; or never, and it  |                  |                  | silent   | red   |
| was paired so long ago              |                  |                  |          |       |
| lately                              | CLOCK_WRONG off  |                  | clock    | amber |
| lately                              | right or unknown | not the present  | outdated | amber |
| lately                              | right or unknown | present, unknown | none     |       |

A machine without a token was never paired and is nobody's loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Tone = Literal["red", "amber"]

SILENT_AFTER = timedelta(minutes=3)
"""A display speaks every 30 s, a kiosk asks every 20 s, an agent every 10 s; what is heard is written once in half a minute."""
CLOCK_WRONG = timedelta(seconds=60)
PAUSE_OVER = timedelta(minutes=5)
OUT = ("paper_out", "cover", "off")
"""States of a printer that prints nothing."""


@dataclass(frozen=True)
class Limits:
    """The office's own thresholds, in minutes; 0 means never."""

    wait: int
    held: int


@dataclass(frozen=True)
class CounterSeen:
    """A counter as far as it may alarm: `silent_at` is when it was last heard of, where that is too long ago."""

    id: int
    number: int
    state: str
    silent_at: datetime | None = None
    back_at: datetime | None = None


@dataclass(frozen=True)
class HeldSeen:
    """A number put aside."""

    number: str
    since: datetime


@dataclass(frozen=True)
class PrinterSeen:
    """A printer in service; `replaced`: another one prints for it."""

    id: int
    name: str
    state: str
    since: datetime | None = None
    replaced: bool = False


@dataclass(frozen=True)
class MachineSeen:
    """A paired device: when it was last heard of, how wrong its clock is and which release its page has, where known."""

    id: int
    kind: str
    name: str
    paired_at: datetime | None = None
    heard_at: datetime | None = None
    ahead_ms: int | None = None
    release: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one printer or machine, and since when where anybody knows: a clock does not say when it went wrong."""

    code: str
    tone: Tone
    since: datetime | None


@dataclass(frozen=True)
class Scene:
    """An office at one moment. `longest` is who has waited longest: the number and its open minutes."""

    open_now: bool
    on_duty: bool
    waiting: int
    longest: tuple[str, int] | None
    counters: Sequence[CounterSeen]
    held: Sequence[HeldSeen]
    printers: Sequence[PrinterSeen]
    machines: Sequence[MachineSeen]
    limits: Limits


@dataclass(frozen=True)
class Alarm:
    """One warning: `about` is a number, a counter's number or a name; `ref` its row; `minutes` how long."""

    code: str
    tone: Tone
    about: str = ""
    ref: int | None = None
    minutes: int | None = None
    kind: str = ""


def alarms(scene: Scene, now: datetime) -> list[Alarm]:
    """Everything to be warned of, what is worst first; nothing while the office may be dark."""
    if not scene.on_duty:
        return []
    found = [*_of_the_hall(scene, now), *_of_printers(scene.printers, now), *_of_machines(scene.machines, now)]
    return sorted(found, key=lambda alarm: alarm.tone != "red")


def printer_fault(printer: PrinterSeen) -> Fault | None:
    """What is wrong with a printer."""
    if printer.state in OUT:
        return Fault(printer.state, "amber" if printer.replaced else "red", printer.since)
    return Fault("near_end", "amber", printer.since) if printer.state == "near_end" else None


def machine_fault(machine: MachineSeen, release: str, now: datetime) -> Fault | None:
    """What is wrong with a machine; `release` is the version of the present pages, "" where nobody knows."""
    since = machine.heard_at or machine.paired_at
    if since is None:
        return None
    if now - since >= SILENT_AFTER:
        return Fault("silent", "red", since)
    if machine.ahead_ms is not None and timedelta(milliseconds=abs(machine.ahead_ms)) >= CLOCK_WRONG:
        return Fault("clock", "amber", None)
    if release and machine.release and machine.release != release:
        return Fault("outdated", "amber", None)
    return None


def _of_the_hall(scene: Scene, now: datetime) -> Iterator[Alarm]:
    if scene.open_now and scene.waiting and all(counter.state != "open" for counter in scene.counters):
        yield Alarm("nobody_open", "red")
    if scene.longest and 0 < scene.limits.wait <= scene.longest[1]:
        yield Alarm("wait_long", "red", about=scene.longest[0], minutes=scene.longest[1])
    for counter in scene.counters:
        if counter.silent_at is not None:
            yield Alarm("counter_silent", "red", str(counter.number), counter.id, _minutes(counter.silent_at, now))
        elif counter.state == "paused" and counter.back_at is not None and now - counter.back_at >= PAUSE_OVER:
            yield Alarm("pause_over", "amber", str(counter.number), counter.id, _minutes(counter.back_at, now))
    for held in scene.held:
        minutes = _minutes(held.since, now)
        if 0 < scene.limits.held <= minutes:
            yield Alarm("held_long", "amber", about=held.number, minutes=minutes)


def _of_printers(printers: Sequence[PrinterSeen], now: datetime) -> Iterator[Alarm]:
    for printer in printers:
        fault = printer_fault(printer)
        if fault is not None:
            minutes = _minutes(fault.since, now) if fault.since else None
            kind = fault.code + ("_replaced" if printer.replaced and fault.code in OUT else "")
            yield Alarm("printer", fault.tone, printer.name, printer.id, minutes, kind)


def _of_machines(machines: Sequence[MachineSeen], now: datetime) -> Iterator[Alarm]:
    """Silence only: clocks and releases are for who keeps the machines."""
    for machine in machines:
        fault = machine_fault(machine, "", now)
        if fault is not None and fault.code == "silent" and fault.since is not None:
            yield Alarm("machine_silent", fault.tone, machine.name, machine.id, _minutes(fault.since, now), machine.kind)


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since) / timedelta(minutes=1)))
