"""One server for all tests of the booking pages: swept and set back to Monday morning before each of them.

The demo ward has one short day here, Wednesday (two slots), so that a day can be filled; the ward beside it publishes hours, too.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import running
from tests.browser.hall import OFFICE, Hall
from tests.conftest import MONDAY_MORNING
from tests.running import Running

BESIDE = "00082"
SHORT_DAY = "2026-11-25"
_WEDNESDAY, _OPENS, _CLOSES = 2, 9 * 60, 9 * 60 + 30
SWEPT = (
    "slot_uses", "slot_pools", "slots", "holds", "waiting_entries", "phone_codes", "messages", "idempotency_keys",
    "print_jobs", "calls", "ticket_intervals", "tickets", "number_counters", "appointments",
)  # fmt: skip
_numbers = count(1)


def _phone() -> str:
    """A number nobody had before."""
    return f"09123{next(_numbers):05}"


def execute(data_dir: Path, *statements: str) -> list[Any]:
    """Run SQL beside the server; gives the rows of the last statement."""
    with closing(sqlite3.connect(data_dir / "dung-gio.db", timeout=20)) as connection, connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


@dataclass
class Ward:
    """The demo ward seen from behind the screens: what other people do, and what the rows say."""

    hall: Hall
    started: ExitStack = field(repr=False)

    @property
    def server(self) -> Running:
        return self.hall.server

    def restart(self) -> None:
        """A power cut: the server is gone at once, and comes up again under the same address."""
        port = int(self.server.url.rsplit(":", 1)[1])
        self.server.kill()
        again = running.server(self.server.data_dir, port=port, clock_at=self.server.now())
        self.server.process = self.started.enter_context(again).process

    def bookings(self) -> int:
        """How many live bookings there are."""
        return int(execute(self.server.data_dir, "SELECT count(*) FROM appointments WHERE state = 'booked'")[0][0])

    def set(self, **settings: Any) -> None:
        """Change settings of the office, until the end of the test."""
        changed = f"json_patch(settings, '{json.dumps(settings)}')"
        execute(self.server.data_dir, f"UPDATE offices SET settings = {changed} WHERE code = '{OFFICE}'")

    def take_all(self, *, day: str = "2026-11-23", hour: str = "") -> list[str]:
        """Other people book every place of a day, or of one hour; gives the tokens of their bookings."""
        address = f"{self.server.url}/api/v1/offices/{OFFICE}"
        service = self.hall.service()
        wish = {"service": service, "name": "Trần Văn Mẫu", "consent": True}
        made: list[str] = []
        with httpx.Client(base_url=address) as http:
            # A visit may go on in the next slot: what is left there is known only then.
            for start in self._beginnings(http, service, day):
                ask = partial(http.post, "/appointments")
                while hour in start and (answer := ask(json=wish | {"starts_at": start, "phone": _phone()})).is_success:
                    made.append(answer.json()["token"])
        return made

    def _beginnings(self, http: httpx.Client, service: str, day: str) -> list[str]:
        slots = http.get("/slots", params={"service": service, "day": day}).raise_for_status().json()
        return [str(slot["starts_at"]) for slot in slots]

    def give_back(self, token: str) -> None:
        """Somebody cancels."""
        httpx.delete(f"{self.server.url}/api/v1/appointments/{token}").raise_for_status()

    def code_sent(self, phone: str) -> str:
        """The code in the last message to `phone` (E.164), as its channel wrote it; it is on its way for a moment."""
        give_up_at = time.monotonic() + 15
        while time.monotonic() < give_up_at:
            for file in (self.server.data_dir / "notices").glob("*.jsonl"):
                texts = [line["text"] for line in map(json.loads, file.read_text().splitlines()) if line.get("to") == phone]
                codes = [found.group() for text in texts if (found := re.search(r"\b\d{6}\b", text))]
                if codes:
                    return codes[-1]
            time.sleep(0.05)
        raise AssertionError(f"no message with a code to {phone}")


@pytest.fixture(scope="session")
def kept_up() -> Iterator[ExitStack]:
    """Servers that run until the last test of these pages."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def booking_server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory, kept_up: ExitStack) -> Running:
    """The server of all tests here, with the short day and the ward beside."""
    data_dir = shutil.copytree(demo_data, tmp_path_factory.mktemp("booking") / "data")
    running.office_command(data_dir, "furnish", BESIDE)
    office = f"(SELECT id FROM offices WHERE code = '{OFFICE}')"
    execute(
        data_dir,
        f"UPDATE offices SET published = 1 WHERE code = '{BESIDE}'",
        f"UPDATE weekly_hours SET opens = {_OPENS}, closes = {_CLOSES} WHERE office_id = {office} AND weekday = {_WEDNESDAY}",
    )
    return kept_up.enter_context(running.server(data_dir))


@pytest.fixture
def server(booking_server: Running) -> Iterator[Running]:
    """The same server for every test, Monday at nine, with nothing booked."""
    booking_server.wait_until(MONDAY_MORNING)
    execute(booking_server.data_dir, *(f"DELETE FROM {table}" for table in SWEPT))
    ((settings,),) = execute(booking_server.data_dir, f"SELECT settings FROM offices WHERE code = '{OFFICE}'")
    yield booking_server
    execute(booking_server.data_dir, f"UPDATE offices SET settings = '{settings}' WHERE code = '{OFFICE}'")


@pytest.fixture
def ward(hall: Hall, kept_up: ExitStack) -> Ward:
    """The demo ward, and what happens in it elsewhere."""
    return Ward(hall, kept_up)
