"""The office today as its head sees it: one snapshot for the socket, the JSON call and the first load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.expected import still_to_come
from core.web import config
from office.hours import Hours, is_open, next_opening
from office.models import Counter, Office
from office.settings import Settings
from office.store import hours_of
from queueing import line_views
from queueing.change_store import officers_of
from queueing.line_views import View
from setup import alarm_rules, fleet_store
from setup.alarm_rules import CounterSeen, HeldSeen, Limits, MachineSeen, PrinterSeen, Scene
from setup.today_shapes import (
    AlarmNow,
    CounterNow,
    Longest,
    MachineNow,
    NumberSince,
    OfficerNow,
    PrinterNow,
    ServedNow,
    TodayNow,
)


def today(session: Session, office: Office, now: datetime) -> TodayNow:
    """Everything the page shows; read in one transaction, with the office's version."""
    tz, settings = config().tz, Settings.of(office.settings)
    line = line_views.line_view(session, office, now, tz)
    hours = hours_of(session, office, tz)
    counters = _counters(session, office, line)
    machines, printers = fleet_store.machines_of(session, office), fleet_store.printers_of(session, office, now)
    expected = _expected(session, office, now)
    held = [_since(ticket) for ticket in line["held"]]
    longest = max(line["waiting"], key=lambda ticket: ticket["waited"], default=None)
    scene = Scene(
        open_now=is_open(hours, now),
        on_duty=on_duty(hours, settings, now),
        waiting=len(line["waiting"]),
        longest=(longest["number"], longest["waited"]) if longest else None,
        counters=[CounterSeen(each.id, each.number, each.state, each.silent_at, each.back_at) for each in counters],
        held=[HeldSeen(each.number, each.since) for each in held],
        printers=printers,
        machines=machines,
        limits=Limits(settings.wait_alarm, settings.hold_alarm),
    )
    return TodayNow(
        version=office.seq,
        now=now,
        open_now=scene.open_now,
        on_duty=scene.on_duty,
        opens_at=None if scene.open_now else next_opening(hours, now),
        waiting=scene.waiting,
        longest=_longest_shown(longest) if longest else None,
        expected=len(expected),
        overdue=sum(1 for starts_at in expected if starts_at < now),
        late=[_since(ticket) for ticket in line["waiting"] if ticket["arrival"] == "late"],
        missed=[_since(ticket) for ticket in line["missed"]],
        held=held,
        counters=counters,
        officers=_officers(session, office, counters),
        **_machines(printers, machines, now),
        **_notice(office, now),
        alarms=[AlarmNow.model_validate(each, from_attributes=True) for each in alarm_rules.alarms(scene, now)],
    )


def on_duty(hours: Hours, settings: Settings, now: datetime) -> bool:
    """Whether somebody should be there: from when numbers are given until closing."""
    if is_open(hours, now):
        return True
    opens_at = next_opening(hours, now)
    return opens_at is not None and opens_at - now <= timedelta(minutes=settings.numbers_before)


def _counters(session: Session, office: Office, line: View) -> list[CounterNow]:
    rows = session.execute(select(Counter.id, Counter.state_at).where(Counter.office_id == office.id))
    since = {row.id: row.state_at for row in rows}
    return [
        CounterNow(
            id=each["id"],
            number=each["number"],
            name=each["name"],
            state=each["state"],
            since=since.get(each["id"]),
            pause_reason=each["pause_reason"],
            back_at=each["back_at"],
            silent_at=(each["seen_at"] or line["now"]) if each["silent"] else None,
            officer=each["staff"]["id"] if each["staff"] else None,
            officer_name=each["staff"]["name"] if each["staff"] else "",
            ticket=_served(each["ticket"]) if each["ticket"] else None,
        )
        for each in line["counters"]
    ]


def _served(ticket: View) -> ServedNow:
    return ServedNow(number=ticket["number"], state=ticket["state"], since=ticket["state_at"])


def _since(ticket: View) -> NumberSince:
    return NumberSince(number=ticket["number"], since=ticket["state_at"])


def _longest_shown(ticket: View) -> Longest:
    """A booked person waits from the booked hour on, however early that person came: so says `waited` of the line."""
    return Longest(number=ticket["number"], minutes=ticket["waited"], service=ticket["service"]["code"])


def _officers(session: Session, office: Office, counters: Sequence[CounterNow]) -> list[OfficerNow]:
    seats = {each.officer: each for each in counters if each.officer is not None}
    found = []
    for person in officers_of(session, office):
        at = seats.get(person.id)
        found.append(
            OfficerNow(id=person.id, name=person.name, counter=at.number if at else None, busy=bool(at and at.ticket))
        )
    return found


def _machines(printers: Sequence[PrinterSeen], machines: Sequence[MachineSeen], now: datetime) -> dict[str, Any]:
    silent = {each.id for each in machines if _is_silent(each, now)}
    return {
        "printers": [PrinterNow(id=each.id, name=each.name, state=each.state, replaced=each.replaced) for each in printers],
        "machines": [
            MachineNow(id=each.id, kind=each.kind, name=each.name, heard_at=each.heard_at, silent=each.id in silent)
            for each in machines
        ],
    }


def _is_silent(machine: MachineSeen, now: datetime) -> bool:
    fault = alarm_rules.machine_fault(machine, "", now)
    return fault is not None and fault.code == "silent"


def _expected(session: Session, office: Office, now: datetime) -> list[datetime]:
    """The booked hours until the end of this one whose people have not checked in and still may in time."""
    tz = config().tz
    ends_at = now.astimezone(tz).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return [starts_at for starts_at, _service in still_to_come(session, office, now, tz) if starts_at < ends_at]


def _notice(office: Office, now: datetime) -> dict[str, Any]:
    """A notice whose time is over is none, as in the hall."""
    holds = bool(office.notice) and (office.notice_until is None or now < office.notice_until)
    return {"notice": office.notice if holds else "", "notice_until": office.notice_until if holds else None}
