"""Years of visits that are over, written by the database itself: tickets with their stretches, calls, promises and log entries.

What a real day leaves: each ticket waited, was called once, served and done, with a promise and three entries of the log. The
hashes of the log are made up; everything else is as the actions leave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, text

from core.database import Database
from office.models import Counter, Office, Service

A_DAY = 300
AT_ONCE = 250_000
"""Tickets a transaction."""


@dataclass(frozen=True)
class Past:
    """Of how many visits, until when, and whose: `wards` offices in turn, whose rows have ids in a row."""

    visits: int
    today: date
    wards: int
    office: int
    service: int
    services: int
    counter: int
    counters: int

    @property
    def days(self) -> int:
        """How many days it takes."""
        return -(-self.visits // (self.wards * A_DAY))


def write(url: str, visits: int, today: date) -> None:
    """Give the wards of a fresh database a past, before anybody takes a number today."""
    database = Database(url)
    with database.reading() as session:
        offices = list(session.scalars(select(Office.id).order_by(Office.id)))
        services = list(session.scalars(select(Service.id).order_by(Service.id)))
        counters = list(session.scalars(select(Counter.id).order_by(Counter.id)))
    wards = len(offices)
    past = Past(
        visits, today, wards, offices[0], services[0], len(services) // wards, counters[0], len(counters) // wards
    )
    for first in range(0, visits, AT_ONCE):
        last = min(first + AT_ONCE, visits)
        with database.transaction() as session:
            for statement in statements(past, first, last, sqlite=database.is_sqlite):
                session.execute(text(statement))
    if not database.is_sqlite:
        with database.transaction() as session:
            for table in ("tickets", "ticket_intervals", "calls", "line_log"):
                session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))"))
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # autovacuum does it within a minute
    database.dispose()


def statements(past: Past, first: int, last: int, *, sqlite: bool) -> list[str]:
    """The INSERTs of the visits from `first` until before `last`, in the words of the database."""
    begins = (past.today - timedelta(days=past.days)).isoformat()
    ward, nth = f"(i % {past.wards})", f"((i / {past.wards}) % {A_DAY})"
    day = f"(i / {past.wards * A_DAY})"
    if sqlite:
        numbers = f"WITH RECURSIVE g(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM g WHERE i + 1 < {last})"
        on = f"date('{begins}', {day} || ' days')"
        label, mark = f"printf('A%03d', {nth} + 1)", "printf('%064x', i)"
    else:
        numbers = f"WITH g(i) AS (SELECT generate_series({first}, {last - 1}))"
        on = f"(date '{begins}' + ({day})::int)"
        label, mark = f"'A' || lpad(({nth} + 1)::text, 3, '0')", "lpad(to_hex(i), 64, '0')"

    def at(seconds: int) -> str:
        """So many seconds after the person came; people come every 100 seconds from eight o'clock in Hanoi on."""
        if sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{begins}', {day} || ' days', ({came} + {seconds}) || ' seconds')"
        return f"(({on})::timestamp at time zone 'UTC' + ({came} + {seconds}) * interval '1 second')"

    came = f"3600 + {nth} * 100"
    office, service = f"{past.office} + {ward}", f"{past.service} + {ward} * {past.services} + {nth} % {past.services}"
    counter = f"{past.counter} + {ward} * {past.counters} + {nth} % {past.counters}"
    false, empty = ("0", "'[]'") if sqlite else ("false", "'[]'")
    stretches = [("waiting", 0, 900, ""), ("called", 900, 930, ""), ("serving", 930, 1400, ""), ("done", 1400, None, "served")]
    told = [("taken", 0), ("called", 900), ("finished", 1400)]
    entry = f"({day} * {A_DAY} + {nth}) * 3"
    return [
        f"""{numbers} INSERT INTO tickets (id, office_id, "on", prefix, number, label, token, service_id, kind, arrived_at,
            due_at, priority, needs_help, lang, source, people, minutes, state, state_at, attempts, first_called_at, further,
            cycle, outcome, missing_papers, version)
            SELECT i + 1, {office}, {on}, 'A', {nth} + 1, {label}, 'past-' || i, {service}, 'walk_in', {at(0)}, {at(0)},
            {false}, {false}, 'vi', 'kiosk', 1, 10, 'done', {at(1400)}, 1, {at(900)}, {empty}, 0, 'served', {empty}, 4 FROM g""",
        *(
            f"""{numbers} INSERT INTO ticket_intervals (id, ticket_id, state, service_id, counter_id, from_at, to_at, why)
            SELECT i * 4 + {number}, i + 1, '{state}', {service}, {"NULL" if number == 1 else counter}, {at(start)},
            {"NULL" if end is None else at(end)}, '{why}' FROM g"""
            for number, (state, start, end, why) in enumerate(stretches, 1)
        ),
        f"""{numbers} INSERT INTO calls (id, office_id, "on", ticket_id, counter_id, called_at, last_called_at, times, tier,
            reason, params, answered_at)
            SELECT i + 1, {office}, {on}, i + 1, {counter}, {at(900)}, {at(900)}, 1, '4', 'walk_in',
            '{{"due_at": "2026-01-05T01:00:00+00:00", "from_counter": "", "priority": false}}', {at(930)} FROM g""",
        f"""{numbers} INSERT INTO promises (ticket_id, office_id, "on", told_at, median, low, high)
            SELECT i + 1, {office}, {on}, {at(0)}, 15, 8, 25 FROM g""",
        *(
            f"""{numbers} INSERT INTO line_log (id, office_id, n, "on", at, what, ticket_id, detail, hash)
            SELECT i * 3 + {number}, {office}, {entry} + {number}, {on}, {at(seconds)}, '{what}', i + 1,
            '{{"number": "A001", "kind": "walk_in", "service": 1, "state": "{what}", "policy": "00000000"}}', {mark} FROM g"""
            for number, (what, seconds) in enumerate(told, 1)
        ),
    ]
