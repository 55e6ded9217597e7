"""The office's last working days from its rows: tickets and their stretches, and the log's openings of counters. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from office import hours as office_hours
from office.hours import Hours
from office.models import Office
from office.store import hours_of, skills_of
from queueing.log_store import counter_numbers
from queueing.models import LogEntry, Ticket, TicketInterval
from reports.fact_rules import Stretch
from reports.own_day_rules import STARTS_AT, Came, Mark, OwnDay, own_day

MOST_DAYS = 10
LOOK_BACK = timedelta(days=60)
FEWEST_PEOPLE = 10
"""A day with fewer finished visits than this is none that anything can be learnt from."""
OPENED, ENDED = "counter_opened", ("counter_paused", "counter_closed")


def last_days(session: Session, office: Office, today: date) -> list[date]:
    """The last working days before today, at most MOST_DAYS, the latest first."""
    days = (
        select(Ticket.on)
        .where(Ticket.office_id == office.id, Ticket.state == "done", Ticket.on < today, Ticket.on >= today - LOOK_BACK)
        .group_by(Ticket.on)
        .having(func.count() >= FEWEST_PEOPLE)
        .order_by(Ticket.on.desc())
        .limit(MOST_DAYS)
    )
    return list(session.scalars(days))


def own_days(session: Session, office: Office, days: Sequence[date], tz: ZoneInfo) -> list[OwnDay]:
    """These days as the simulator takes them; a day on which nobody could be replayed is left out."""
    numbers = counter_numbers(session, office)
    skills = {numbers[counter]: its for counter, its in skills_of(session, office).items() if counter in numbers}
    hours = hours_of(session, office, tz)
    found = (_own_day(session, office, on, numbers, skills, hours) for on in days)
    return [own for own in found if own.day.people]


def _own_day(
    session: Session, office: Office, on: date, numbers: Mapping[int, int], skills: Mapping[int, Sequence[int]], hours: Hours
) -> OwnDay:
    starts_at = datetime.combine(on, time(STARTS_AT), tzinfo=hours.tz)
    open_then = office_hours.open_spans(hours, on)
    spans = tuple((_minute(span.opens_at, starts_at), _minute(span.closes_at, starts_at)) for span in open_then)
    return own_day(starts_at, _came(session, office, on, numbers), _marks(session, office, on, starts_at), skills, spans)


def _came(session: Session, office: Office, on: date, numbers: Mapping[int, int]) -> list[Came]:
    """The tickets of the day with their lives, by id."""
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    of_day = (Ticket.office_id == office.id, Ticket.on == on)
    for row in session.execute(
        select(TicketInterval.ticket_id, TicketInterval.state, TicketInterval.from_at, TicketInterval.to_at,
               TicketInterval.service_id, TicketInterval.counter_id)
        .join(Ticket, Ticket.id == TicketInterval.ticket_id)
        .where(*of_day)
        .order_by(TicketInterval.id)
    ):  # fmt: skip
        counter = numbers.get(row.counter_id)
        stretches[row.ticket_id].append(Stretch(row.state, row.from_at, row.to_at, row.service_id, counter))
    tickets = select(Ticket.id, Ticket.arrived_at, Ticket.slot_at, Ticket.arrival, Ticket.priority).where(*of_day)
    return [
        Came(row.id, row.arrived_at, row.slot_at, row.arrival, row.priority, tuple(stretches[row.id]))
        for row in session.execute(tickets.order_by(Ticket.id))
    ]


def _marks(session: Session, office: Office, on: date, starts_at: datetime) -> Mapping[int, list[Mark]]:
    """When each counter (by number) opened, paused and closed that day."""
    marks: dict[int, list[Mark]] = defaultdict(list)
    entries = select(LogEntry.what, LogEntry.at, LogEntry.detail).where(
        LogEntry.office_id == office.id, LogEntry.on == on, LogEntry.what.in_((OPENED, *ENDED))
    )
    for row in session.execute(entries.order_by(LogEntry.n)):
        marks[row.detail["counter"]].append(Mark(_minute(row.at, starts_at), row.what == OPENED))
    return marks


def _minute(at: datetime, starts_at: datetime) -> float:
    return round((at - starts_at) / timedelta(minutes=1), 1)
