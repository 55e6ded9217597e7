"""The figures of many visits, counted from the visit facts. Reads only.

People are counted by the database. Times are read once, a chunk at a time, and counted here for all groups together: a window
function sorts all rows anew for each group, and on SQLite nobody else of this process is answered before it has ended.
Percentiles are by nearest rank, so always a time that occurred.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from booking.models import Appointment
from queueing.actions import PAPERS_MISSING
from queueing.models import Rating, Ticket
from reports.models import VisitFact
from reports.rules import Counts, Figures, Ratings, Spread, spread_of, spread_of_tally

Key = tuple[Any, ...]
"""What a group is called: a value for each column it is grouped by; () for all together."""
Column = InstrumentedAttribute[Any]
Times = tuple[Column, Sequence[Column]]
"""A column of VisitFact that holds seconds, and the columns it is grouped by."""

CHUNK = 4000
"""Rows read in one go: some 10 ms, after which others have their turn."""
BREATH_S = 0.001
"""Not 0: gevent then goes on with whoever is ready and looks at no socket (measured: /healthz 2.2 s instead of 0.07)."""


@dataclass(frozen=True)
class Scope:
    """Which visits: of these offices (ids; None: all), on office-local days, both included; undecided ones judged `now`."""

    offices: Sequence[int] | None
    since: date
    until: date
    now: datetime

    def of(self, table: type[VisitFact] | type[Appointment] | type[Rating]) -> ColumnElement[bool]:
        """The condition on a table that has the office and the day."""
        days = table.on == self.since if self.since == self.until else table.on.between(self.since, self.until)
        return days if self.offices is None else and_(table.office_id.in_(list(self.offices)), days)


def figures(session: Session, scope: Scope, by: Sequence[Column] = ()) -> dict[Key, Figures]:
    """All figures of each group; `by` are columns of VisitFact."""
    waits, services = spreads(session, scope, [(VisitFact.waited_s, by), (VisitFact.served_s, by)])
    return {key: Figures.of(row, waits.get(key), services.get(key)) for key, row in counts(session, scope, by).items()}


def counts(session: Session, scope: Scope, by: Sequence[Column] = ()) -> dict[Key, Counts]:
    """The people of each group that has any visit."""
    asked = select(*by, *sums(scope)).where(scope.of(VisitFact)).group_by(*by)
    at, rows = len(by), session.execute(asked)
    return {tuple(row[:at]): counts_of(row[at:]) for row in rows if row[at] is not None}


def sums(scope: Scope) -> list[ColumnElement[Any]]:
    """What is summed up of the people of a group, in the order of the fields of Counts."""
    whole = VisitFact.part == 0
    late = and_(VisitFact.on_time.is_(None), VisitFact.on_time_limit_at < scope.now)
    counted = {
        "taken": whole,
        "served": and_(whole, VisitFact.state == "done"),
        "met": VisitFact.on_time.is_(True),
        "judged": or_(VisitFact.on_time.is_not(None), late),
        "missing": and_(whole, VisitFact.outcome == PAPERS_MISSING),
        "told": VisitFact.error_s.is_not(None),
        "held": VisitFact.held.is_(True),
    }
    found: dict[str, ColumnElement[Any]] = {name: func.sum(case((condition, 1), else_=0)) for name, condition in counted.items()}
    found["error"] = func.sum(VisitFact.error_s)
    return [found[field.name] for field in fields(Counts)]


def counts_of(row: Sequence[Any]) -> Counts:
    """What such a row says."""
    return Counts(*(int(each or 0) for each in row))


def taken(session: Session, scope: Scope, one: Column, other: Column) -> tuple[Counter[Any], Counter[Any]]:
    """How many numbers were taken, by one column of VisitFact and by another, from one reading."""
    asked = select(one, other, func.count()).where(scope.of(VisitFact), VisitFact.part == 0).group_by(one, other)
    by_one, by_other = Counter[Any](), Counter[Any]()
    for here, there, people in session.execute(asked):
        by_one[here] += people
        by_other[there] += people
    return by_one, by_other


def spreads(session: Session, scope: Scope, asked: Sequence[Times]) -> list[dict[Key, Spread]]:
    """For each of `asked`, mean, median and 90th percentile of the groups that have a time; all of them in one reading."""
    columns = {column.key: column for value, by in asked for column in (value, *by)}
    tallies = [_Tally(value.key, [column.key for column in by], list(columns)) for value, by in asked]
    # Of the table, not of the class: an entity's loader would go through every row once more.
    bare = [VisitFact.__table__.c[name] for name in columns]
    read = select(*bare).where(scope.of(VisitFact)).execution_options(yield_per=CHUNK)
    for rows in session.execute(read).partitions():
        table = list(zip(*rows, strict=True))
        for tally in tallies:
            tally.add(table)
        time.sleep(BREATH_S)  # whoever waits for this process is answered now; a reader holds no lock
    found = []
    for tally in tallies:
        found.append(tally.spreads())
        time.sleep(BREATH_S)
    return found


class _Tally:
    """The times of each group of one of `Times`. Four bytes a time: a month of the city is four million."""

    def __init__(self, value: str, by: Sequence[str], columns: Sequence[str]) -> None:
        self._value, self._by = columns.index(value), [columns.index(name) for name in by]
        self._all: Counter[int | None] = Counter()
        self._groups: defaultdict[Any, array[int]] = defaultdict(lambda: array("i"))

    def add(self, table: Sequence[Sequence[Any]]) -> None:
        """Count some rows, given column by column."""
        values = table[self._value]
        if not self._by:
            self._all.update(values)
            return
        keys = table[self._by[0]] if len(self._by) == 1 else zip(*(table[place] for place in self._by), strict=True)
        groups = self._groups
        for key, seconds in zip(keys, values, strict=True):
            if seconds is not None:
                groups[key].append(seconds)

    def spreads(self) -> dict[Key, Spread]:
        """Of each group that has a time."""
        if not self._by:
            told = {seconds: people for seconds, people in self._all.items() if seconds is not None}
            return {(): spread_of_tally(told)} if told else {}
        return {(key if len(self._by) > 1 else (key,)): spread_of(times) for key, times in self._groups.items()}


def no_shows(session: Session, scope: Scope, today: date, by: Sequence[InstrumentedAttribute[Any]] = ()) -> dict[Key, int]:
    """Bookings of past days to which nobody came; `by` are columns of Appointment. Derived when read: no job marks them."""
    came = select(Ticket.id).where(Ticket.appointment_id == Appointment.id).exists()
    rows = session.execute(
        select(*by, func.count().label("people"))
        .where(scope.of(Appointment), Appointment.state == "booked", Appointment.on < today, ~came)
        .group_by(*by)
    )
    return {tuple(row[: len(by)]): row.people for row in rows}


def ratings(session: Session, scope: Scope, by: Sequence[Column] = ()) -> dict[Key, Ratings]:
    """How many people gave each score; `by` are columns of Rating, or of Ticket: the service that was done last."""
    asked = select(*by, Rating.score, func.count().label("people")).select_from(Rating).where(scope.of(Rating))
    if any(column.class_ is Ticket for column in by):  # else no ticket is looked at: the city has 40,000 ratings a day
        asked = asked.join(Ticket, Ticket.id == Rating.ticket_id)
    rows = session.execute(asked.group_by(*by, Rating.score))
    found: dict[Key, list[int]] = {}
    for row in rows:
        found.setdefault(tuple(row[: len(by)]), [0] * 5)[row.score - 1] += row.people
    return {key: Ratings((one, two, three, four, five)) for key, (one, two, three, four, five) in found.items()}


def missing_papers(session: Session, scope: Scope) -> dict[int, tuple[int, Counter[str]]]:
    """By id of the service at which the visit ended: how many people lacked papers, and how many lacked which."""
    rows = session.execute(
        select(Ticket.service_id, Ticket.missing_papers)
        .join(VisitFact, VisitFact.ticket_id == Ticket.id)
        .where(scope.of(VisitFact), VisitFact.part == 0, VisitFact.outcome == PAPERS_MISSING)
    )
    found: dict[int, tuple[int, Counter[str]]] = {}
    for service, papers in rows:
        people, tally = found.get(service, (0, Counter[str]()))
        tally.update(set(papers))
        found[service] = (people + 1, tally)
    return found
