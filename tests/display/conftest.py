"""A hall with an officer at counter 1 and people who take numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask

from core.clock import SetClock
from core.database import Database
from core.rights import Actor
from office import store as office_store
from queueing import actions, counter_actions, store, visit_actions
from tests import builders
from tests.conftest import HANOI

CODE = "00070"


@dataclass
class Hall:
    """The office, and what people do in it."""

    database: Database
    clock: SetClock
    officer: Actor

    def take(self, service: str = "A", lang: str = "vi") -> str:
        """Take a number; gives its token."""
        with self.database.transaction() as session:
            office = office_store.office_by_code(session, CODE)
            ticket = actions.take_ticket(
                session,
                office,
                office_store.service_by_code(session, office, service),
                now=self.clock.now(),
                tz=HANOI,
                source="kiosk",
                actor=Actor(),
                lang=lang,
            )
            return ticket.token

    def check_in(self, slot_at: datetime) -> str:
        """Somebody with a booking for `slot_at` is here; gives the ticket's token."""
        with self.database.transaction() as session:
            office = office_store.office_by_code(session, CODE)
            service = office_store.service_by_code(session, office, "A")
            now = self.clock.now()
            ticket, _new = actions.take_booked_ticket(
                session, office, service, appointment_id=1, slot_at=slot_at, arrival="expected",
                due_at=slot_at, minutes=10, now=now, tz=HANOI, source="kiosk", actor=Actor(),
            )  # fmt: skip
            return ticket.token

    def send_for_papers(self, token: str, *papers: str) -> None:
        """The visit ends with papers missing."""
        with self.database.transaction() as session:
            ticket = store.ticket_by_token(session, token)
            visit_actions.finish(session, ticket, actor=self.officer, now=self.clock.now(), missing_papers=papers)

    def call(self) -> None:
        """Call the next one to counter 1."""
        with self.database.transaction() as session:
            counter = office_store.counters_of(session, office_store.office_by_code(session, CODE))[0]
            call = counter_actions.call_next(session, counter, actor=self.officer, now=self.clock.now(), tz=HANOI)
            assert call is not None

    def do(self, verb: str, token: str) -> None:
        """One of recall, serve and absent at the counter."""
        with self.database.transaction() as session:
            ticket = store.ticket_by_token(session, token)
            getattr(counter_actions, verb)(session, ticket, actor=self.officer, now=self.clock.now())

    def state_of(self, token: str) -> str:
        """The state of a ticket."""
        with self.database.reading() as session:
            return store.ticket_by_token(session, token).state


@pytest.fixture
def hall(app: Flask, clock: SetClock) -> Hall:
    """Open at nine on a Monday, nobody waiting yet."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        office = builders.make_office(session, CODE)
        staff = builders.make_staff(session, office)
        builders.open_counter(office.counters[0], staff, clock.now())
        officer = Actor("staff", staff.id, "officer", CODE)
    return Hall(database, clock, officer)
