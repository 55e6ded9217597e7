"""A hall full of people: an office, real server processes on one database, and many calls at the same moment.

On PostgreSQL two server processes share the database and the calls go to both in turn; on SQLite there is one process.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import httpx
from sqlalchemy.orm import Session

from core.database import Database
from office.models import Office
from office.store import office_by_code

API = "/api/v1"


@dataclass(frozen=True)
class Call:
    """One POST to be sent at the same moment as others."""

    path: str
    body: dict[str, Any]
    token: str | None = None
    key: str | None = None

    def headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
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
                return client.post(API + call.path, json=call.body, headers=call.headers())

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
