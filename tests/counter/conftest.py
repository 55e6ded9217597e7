"""An office with two officers and a helper, and people in its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.clock import SetClock
from core.database import Database
from core.rights import ANONYMOUS
from office.models import Counter, Office
from office.store import service_by_code
from queueing import actions
from tests.builders import bearer, make_office, make_staff, make_token
from tests.conftest import HANOI
from tests.pages import CheckedClient


@dataclass
class Desk:
    """What a test does at a counter: `post` as somebody, `take` numbers, and look at what came of it."""

    app: Flask
    client: CheckedClient
    clock: SetClock
    database: Database
    tokens: dict[str, str]
    staff: dict[str, int]
    counters: list[int]
    office: str

    def post(self, path: str, body: dict[str, Any] | None = None, who: str = "canbo1", key: str = "") -> TestResponse:
        """POST to the API as `who`, with an Idempotency-Key when given."""
        extra = {"Idempotency-Key": key} if key else {}
        return self.client.post(f"/api/v1/{path}", json=body or {}, headers=bearer(self.tokens[who]) | extra)

    def get(self, path: str, who: str = "canbo1") -> TestResponse:
        """GET of the API as `who`."""
        return self.client.get(f"/api/v1/{path}", headers=bearer(self.tokens[who]))

    def line(self) -> dict[str, Any]:
        """The line as the officers see it."""
        shown: dict[str, Any] = self.get(f"offices/{self.office}/line").get_json()
        return shown

    def take(self, service: str = "A", *, office: str | None = None, **fields: Any) -> int:
        """A walk-in's number; gives the ticket's id."""
        with self.database.transaction() as session:
            place = session.scalars(select(Office).where(Office.code == (office or self.office))).one()
            offered = service_by_code(session, place, service)
            ticket = actions.take_ticket(
                session, place, offered, now=self.clock.now(), tz=HANOI, source="kiosk", actor=ANONYMOUS, **fields
            )
            return ticket.id

    def open(self, number: int = 1, who: str = "canbo1") -> int:
        """Open counter `number`; gives its id."""
        counter = self.counters[number - 1]
        assert self.post(f"counters/{counter}/open", who=who).status_code == 200
        return counter

    def call(self, number: int = 1, who: str = "canbo1") -> int:
        """Call the next one at counter `number`; gives the ticket's id."""
        called = self.post(f"counters/{self.counters[number - 1]}/call-next", who=who)
        assert called.status_code == 200, called.get_data(as_text=True)
        return int(called.get_json()["ticket"]["id"])

    def state(self, ticket: int) -> str:
        """In which list of the line a ticket stands, or the state it has at its counter."""
        line = self.line()
        for name in ("waiting", "missed", "held"):
            if any(each["id"] == ticket for each in line[name]):
                return name
        here = [c["ticket"]["state"] for c in line["counters"] if c["ticket"] and c["ticket"]["id"] == ticket]
        return here[0] if here else "gone"

    def sign_in(self, who: str) -> None:
        """Sign in on this browser: the cookie a sign-in leaves, without the password."""
        with self.client.session_transaction() as cookie:
            cookie["staff"] = {"id": self.staff[who], "epoch": 0}


@pytest.fixture
def desk(app: Flask, client: CheckedClient, clock: SetClock) -> Desk:
    """Office 00070 with services A, B, C and three counters that take all; its staff, and xa of another office."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        office = make_office(session)
        elsewhere = make_office(session, "00072")
        people = [
            make_staff(session, office, "canbo1"),
            make_staff(session, office, "canbo2"),
            make_staff(session, office, "truong", "head"),
            make_staff(session, office, "huongdan", "helper"),
            make_staff(session, office, "kythuat", "technician"),
            make_staff(session, elsewhere, "xa"),
        ]
        tokens = {staff.username: make_token(session, staff) for staff in people}
        staff = {each.username: each.id for each in people}
        counters = list(session.scalars(select(Counter.id).where(Counter.office_id == office.id).order_by(Counter.number)))
    return Desk(app, client, clock, database, tokens, staff, counters, "00070")
