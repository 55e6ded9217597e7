"""What the head's page of today is sent; the guard that nothing else of a row gets out. No names of citizens, no words."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


class AlarmNow(BaseModel):
    """A warning (setup/alarm_rules.py); `about` is a number, a counter's number or the name of a machine."""

    code: str
    tone: str
    about: str
    ref: int | None
    minutes: int | None
    kind: str


class NumberSince(BaseModel):
    """A ticket's number, and since when it is as it is."""

    number: str
    since: datetime


class Longest(BaseModel):
    """Who has waited longest, for which service (its code): `minutes` count from when due, while the office was open."""

    number: str
    minutes: int
    service: str


class ServedNow(BaseModel):
    """The number at a counter: called to it or being served, since when."""

    number: str
    state: str
    since: datetime


class CounterNow(BaseModel):
    """A counter: who sits there, whom it serves, until when it pauses; `silent_at`: last heard of, where too long ago."""

    id: int
    number: int
    name: str
    state: str
    since: datetime | None
    pause_reason: str
    back_at: datetime | None
    silent_at: datetime | None
    officer: int | None
    officer_name: str
    ticket: ServedNow | None


class OfficerNow(BaseModel):
    """Who may sit at a counter; `counter` is the number of the one they sit at, `busy` whether somebody is there."""

    id: int
    name: str
    counter: int | None
    busy: bool


class PrinterNow(BaseModel):
    """A printer in service; `replaced`: another one prints for it."""

    id: int
    name: str
    state: str
    replaced: bool


class MachineNow(BaseModel):
    """A paired kiosk, display or print agent, and when it was last heard of."""

    id: int
    kind: str
    name: str
    heard_at: datetime | None
    silent: bool


class TodayNow(BaseModel):
    """An office today at `now`. `expected` bookings come until the end of this hour, `overdue` of them should be here already.

    `late` are tickets of people who came too late for their booking, `missed` and `held` those that were called in vain and put
    aside. `on_duty` is false while the office may be dark: then nothing alarms.
    """

    version: int
    now: datetime
    open_now: bool
    on_duty: bool
    opens_at: datetime | None
    waiting: int
    longest: Longest | None
    expected: int
    overdue: int
    late: list[NumberSince]
    missed: list[NumberSince]
    held: list[NumberSince]
    counters: list[CounterNow]
    officers: list[OfficerNow]
    printers: list[PrinterNow]
    machines: list[MachineNow]
    notice: str
    notice_until: datetime | None
    alarms: list[AlarmNow]
