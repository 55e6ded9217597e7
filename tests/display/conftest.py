"""A hall with an officer at counter 1 and people who take numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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

    def call(self, number: int = 1) -> None:
        """Call the next one to this counter."""
        with self.database.transaction() as session:
            counter = office_store.counters_of(session, office_store.office_by_code(session, CODE))[number - 1]
            call = counter_actions.call_next(session, counter, actor=self.officer, now=self.clock.now(), tz=HANOI)
            assert call is not None

    def open(self, number: int, *, pause: int | None = None) -> None:
        """A colleague opens this counter, and rests for so many minutes."""
        with self.database.transaction() as session:
            office = office_store.office_by_code(session, CODE)
            counter = office_store.counters_of(session, office)[number - 1]
            builders.open_counter(counter, builders.make_staff(session, office, f"canbo{number}"), self.clock.now())
            if pause is not None:
                counter.state, counter.back_at = "paused", self.clock.now() + timedelta(minutes=pause)

    def back(self, token: str) -> None:
        """Who was missed is back in the line."""
        with self.database.transaction() as session:
            ticket = store.ticket_by_token(session, token)
            actions.return_ticket(session, ticket, actor=self.officer, now=self.clock.now(), tz=HANOI)

    def tell(self, notice: str, until: datetime, guidance: list[str]) -> None:
        """The head writes for the hall."""
        with self.database.transaction() as session:
            office = office_store.office_by_code(session, CODE)
            office.notice, office.notice_until, office.guidance = notice, until, guidance

    def pair(self, options: dict[str, Any], *, elsewhere: bool = False) -> str:
        """A display with these options, of this office or of another; gives its token."""
        with self.database.transaction() as session:
            office = builders.make_office(session, "00071") if elsewhere else office_store.office_by_code(session, CODE)
            return builders.make_device(session, office, "display", options=options)

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
    return opened_hall(app, clock)


def opened_hall(app: Flask, clock: SetClock) -> Hall:
    """The office with counter 1 open."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        office = builders.make_office(session, CODE)
        staff = builders.make_staff(session, office)
        builders.open_counter(office.counters[0], staff, clock.now())
        officer = Actor("staff", staff.id, "officer", CODE)
    return Hall(database, clock, officer)
