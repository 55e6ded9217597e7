"""How many statements the presses of a busy ward cost: pinned, so that nobody makes them dearer without seeing it.

Counted through the API as a kiosk and a console ask it, with a key, when the office's plan is known already: from who asks to the
log, the slip and the stored answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from core.clock import SetClock
from office.models import Staff
from office.store import office_by_code, service_by_code
from tests import builders
from tests.kiosk.hall import Hall, make_appointment, make_hall
from tests.pages import CheckedClient
from tests.queries import counted


@dataclass
class Presses:
    """A kiosk and a console. `asked` are the statements of the last press, without the BEGINs that only SQLite sends as such."""

    hall: Hall
    counter: int
    asked: list[str] = field(default_factory=list)
    keys: count[int] = field(default_factory=count)

    def send(self, method: str, path: str, token: str, body: dict[str, str] | None = None) -> TestResponse:
        self.hall.clock.advance(timedelta(seconds=2))
        headers = builders.bearer(token) | {"Idempotency-Key": f"key-{next(self.keys)}"}
        with counted(self.hall.database.engine) as asked:
            answer = self.hall.client.open(f"/api/v1/{path}", method=method, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        self.asked = [statement for statement in asked if not statement.startswith("BEGIN")]
        return answer

    def take(self) -> int:
        self.send("POST", "offices/00070/tickets", self.hall.kiosk, {"service": "A"})
        return len(self.asked)

    def check_in(self) -> int:
        number = next(self.keys)
        with self.hall.database.transaction() as session:
            office, starts_at = office_by_code(session, "00070"), self.hall.clock.now() + timedelta(minutes=5)
            service = service_by_code(session, office, "A")
            booked = make_appointment(session, office, service, starts_at, f"code-{number}", phone=f"+849{number:08}")
            token = booked.token
        self.send("POST", "offices/00070/check-ins", self.hall.kiosk, {"qr": f"http://localhost:8000/a/{token}"})
        return len(self.asked)

    def call(self) -> int:
        self.send("POST", f"counters/{self.counter}/call-next", self.hall.staff, {})
        return len(self.asked)

    def press(self, verb: str) -> int:
        shown = self.send("GET", "offices/00070/line", self.hall.staff).get_json()
        ticket = next(each["ticket"]["id"] for each in shown["counters"] if each["id"] == self.counter)
        self.send("POST", f"tickets/{ticket}/{verb}", self.hall.staff, {})
        return len(self.asked)

    def look(self, what: str) -> int:
        self.send("GET", f"offices/00070/{what}", self.hall.staff)
        return len(self.asked)


@pytest.fixture
def presses(app: Flask, client: CheckedClient, clock: SetClock) -> Presses:
    hall = make_hall(app, client, clock)
    app.extensions["forecasts"].pause_s = 3600  # a forecast is made beside the presses: it is no part of their cost
    with hall.writing() as (session, office):
        officer = session.scalars(select(Staff).where(Staff.office_id == office.id)).one()
        builders.open_counter(office.counters[0], officer, clock.now())
        counter = office.counters[0].id
    made = Presses(hall, counter)
    for _each in range(4):
        made.take()
    made.check_in()
    made.call()
    return made


def test_taking_a_number_costs_at_most_21_statements(presses: Presses) -> None:
    assert presses.take() <= 21, presses.asked


def test_checking_in_costs_at_most_25_statements(presses: Presses) -> None:
    assert presses.check_in() <= 25, presses.asked


def test_calling_the_next_person_costs_at_most_24_statements(presses: Presses) -> None:
    """With somebody there, who is finished by the same press."""
    assert presses.call() <= 24, presses.asked


def test_serving_and_finishing_cost_at_most_20_statements_each(presses: Presses) -> None:
    assert presses.press("serve") <= 20, presses.asked
    assert presses.press("finish") <= 20, presses.asked


def test_calling_at_a_free_counter_costs_at_most_20_statements(presses: Presses) -> None:
    presses.press("finish")
    assert presses.call() <= 20, presses.asked


def test_a_board_costs_at_most_8_statements_and_a_line_at_most_20(presses: Presses) -> None:
    """Both with who asks, which is one statement."""
    assert presses.look("board") <= 8, presses.asked
    presses.look("line")
    assert presses.look("line") <= 20, presses.asked


GROW = ("tickets", "ticket_intervals", "calls", "appointments", "print_jobs", "promises")
"""Not the log: its last entry is found by its key, from the end."""
OF_ALL_DAYS = ("(office_id=?)", "(office_id=? AND on<?)")


def _walks(engine: Engine, statement: str) -> list[str]:
    """Where SQLite would go through all rows of a table that grows, or through all those of an office.

    The index of what is not decided is no way through the past: it holds the present only.
    """
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?")).all()
    steps = [row.detail for row in plan]
    scans = [step for step in steps if step.split()[0] == "SCAN" and step.split()[1] in GROW]
    return scans + [
        step
        for step in steps
        if step.split()[0] == "SEARCH" and step.split()[1] in GROW and step.endswith(OF_ALL_DAYS) and "undecided" not in step
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_press_and_no_look_walks_through_the_days_that_are_over(presses: Presses) -> None:
    engine, asked = presses.hall.database.engine, set[str]()
    presses.take()
    asked |= set(presses.asked)
    presses.call()
    asked |= set(presses.asked)
    for verb in ("serve", "finish"):
        presses.press(verb)
        asked |= set(presses.asked)
    for what in ("board", "line"):
        presses.look(what)
        asked |= set(presses.asked)
    reads = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(reads) >= 20
    assert {statement: walks for statement in reads if (walks := _walks(engine, statement))} == {}
    assert _walks(engine, "SELECT count(*) FROM tickets WHERE office_id = ?"), "else nothing would be found"
