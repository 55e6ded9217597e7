"""What the set-up page shows of an office, gathered from the rooms below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.call_list import how_many_to_call
from office import store as office_store
from office.hours import Hours, is_open, local_day, next_opening
from office.models import Counter, Office, Service, Staff
from office.words import field_name
from printer import store as printers
from printer.actions import reference_of_trial
from printer.models import Printer
from queueing.day_store import undecided_before
from setup import stop_actions, store, words
from setup.rules import written_week
from setup.stop_actions import StopLine


@dataclass(frozen=True)
class CounterLine:
    """A counter, who sits there, when it is planned to be staffed, and what it takes: services by field."""

    counter: Counter
    state: tuple[str, str]
    officer: str | None
    plan: str
    fields: Mapping[str, Sequence[Service]]


@dataclass(frozen=True)
class PrinterLine:
    """A printer, how it was when last asked, and what became of the last test print."""

    printer: Printer
    state: tuple[str, str]
    last_test: str | None


@dataclass(frozen=True)
class Overview:
    """The page's data; texts are in the language of the request. `undecided` are past days never closed, with their tickets."""

    open_now: bool
    opens_at: datetime | None
    tickets: Mapping[str, int]
    counters: Sequence[CounterLine]
    services: Sequence[Service]
    untaken: Sequence[Service]
    staff: Sequence[Staff]
    printers: Sequence[PrinterLine]
    week: Sequence[tuple[str, str]]
    to_call: int
    stops: Sequence[StopLine]
    undecided: Mapping[date, int]


def overview(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Overview:
    """Everything the page of `office` shows at `now`."""
    hours = office_store.hours_of(session, office, tz)
    services = office_store.services_of(session, office)
    skills = office_store.skills_of(session, office)
    taken = {service for counter in skills.values() for service in counter}
    staff = office_store.staff_of(session, office)
    names = {member.id: member.name for member in staff}
    plans = office_store.counter_hours_of(session, office, hours)
    return Overview(
        open_now=is_open(hours, now),
        opens_at=next_opening(hours, now),
        tickets=store.tickets_by_state(session, office, local_day(now, tz)),
        counters=[
            _counter_line(counter, plans[counter.id], services, skills.get(counter.id, ()), names)
            for counter in office_store.counters_of(session, office)
        ],
        services=services,
        untaken=[service for service in services if service.id not in taken],
        staff=[member for member in staff if member.active],
        printers=[_printer_line(session, printer, now) for printer in printers.printers_at(session, office.code)],
        week=list(zip(words.weekdays(), written_week(hours.weekly).values(), strict=True)),
        to_call=how_many_to_call(session, office, now=now, tz=tz),
        stops=stop_actions.lines(session, office, now, tz),
        undecided=undecided_before(session, office, local_day(now, tz)),
    )


def _counter_line(
    counter: Counter, hours: Hours, services: Sequence[Service], skills: Sequence[int], names: Mapping[int, str]
) -> CounterLine:
    fields: dict[str, list[Service]] = {}
    for service in services:
        if service.id in skills:
            fields.setdefault(field_name(service.field), []).append(service)
    officer = names.get(counter.staff_id) if counter.staff_id is not None else None
    plan = words.counter_plan(counter.planned, own_hours=hours.own is not None)
    return CounterLine(counter, words.counter_state(counter.state), officer, plan, fields)


def _printer_line(session: Session, printer: Printer, now: datetime) -> PrinterLine:
    tested = printers.state_of(session, reference_of_trial(printer), now)
    return PrinterLine(printer, words.printer_state(printer.state), words.job_state(tested) if tested else None)
