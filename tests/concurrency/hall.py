"""A hall full of people: an office, real server processes on one database, and many calls at the same moment.

On PostgreSQL two server processes share the database and the calls go to both in turn; on SQLite there is one process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Barrier
from typing import Any

import httpx
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from booking.models import Slot, SlotUse
from core.database import Database
from office.models import Office
from office.store import office_by_code
from tests.booking.desk import Desk
from tests.conftest import MONDAY_MORNING

API = "/api/v1"


@dataclass(frozen=True)
class Call:
    """One call to be sent at the same moment as others."""

    path: str
    body: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    key: str | None = None
    method: str = "POST"
    device: str = ""

    def headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Cookie": f"browser={self.device}"} if self.device else {}
        return headers | ({"Idempotency-Key": self.key} if self.key else {})


@dataclass
class Hall:
    """The servers of one office and its database."""

    urls: list[str]
    database: Database
    office: str

    def get(self, path: str, **query: str) -> Any:
        """What a GET of the API answers."""
        answer = httpx.get(f"{self.urls[0]}{API}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def at_once(self, calls: Sequence[Call]) -> list[httpx.Response]:
        """Send all calls at the same moment, each on an open connection of its own; the answers in the order of the calls."""
        gate = Barrier(len(calls))

        def send(number: int, call: Call) -> httpx.Response:
            with httpx.Client(base_url=self.urls[number % len(self.urls)], timeout=60) as client:
                client.get("/healthz")
                gate.wait()
                return client.request(call.method, API + call.path, json=call.body, headers=call.headers())

        with ThreadPoolExecutor(len(calls)) as people:
            return list(people.map(send, range(len(calls)), calls))

    def in_turn(self, calls: Sequence[Call]) -> None:
        """Send the calls one after the other; each must be answered with 201."""
        for call in calls:
            answer = httpx.post(self.urls[0] + API + call.path, json=call.body, headers=call.headers())
            assert answer.status_code == 201, answer.text

    def the_office(self, session: Session) -> Office:
        """The office's row."""
        return office_by_code(session, self.office)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The booking desk of the office, in a transaction of this process."""
        with self.database.transaction() as session:
            yield Desk(session, self.the_office(session), MONDAY_MORNING)

    def minutes(self) -> dict[datetime, int]:
        """How many minutes are used of each slot, holds counted too."""
        with self.database.reading() as session:
            used = func.sum(SlotUse.minutes).label("minutes")
            rows = session.execute(
                select(Slot.starts_at, used).join(SlotUse, SlotUse.slot_id == Slot.id).group_by(Slot.starts_at)
            )
            return {row.starts_at: row.minutes for row in rows}

    def deadlocks(self) -> int:
        """How many transactions PostgreSQL has ended because they waited for each other; SQLite has one writer at a time."""
        if self.database.is_sqlite:
            return 0
        with self.database.reading() as session:
            session.execute(text("SELECT pg_stat_force_next_flush()"))
            counted = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            return int(session.execute(counted).scalar_one())
