"""The demo ward with ten counters and two paired displays, on a server that may be killed and started again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import delete, select

from core.database import Database
from office.models import Counter, CounterService, Office, Service
from tests import running, servers
from tests.browser.hall import COPIES, OFFICE
from tests.builders import bearer, make_device, make_staff, make_token, open_counter
from tests.conftest import MONDAY_MORNING

COUNTERS = tuple(range(1, 11))


@contextmanager
def demo_house() -> Iterator[House]:
    """A fresh demo ward of its own, furnished and running, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        running.office_command(Path(folder), "init")
        running.office_command(Path(folder), "demo")
        house = House(Path(folder), servers.free_port())
        house.furnish()
        house.start()
        try:
            yield house
        finally:
            house.close()


@dataclass
class House:
    """The demo ward with ten open counters that all make copies; the server may be killed and started again on the same port."""

    data_dir: Path
    port: int
    staff: dict[int, dict[str, str]] = field(default_factory=dict)
    displays: list[str] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)
    service: str = ""
    _server: ExitStack = field(default_factory=ExitStack)
    running: running.Running | None = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def start(self) -> None:
        self.running = self._server.enter_context(running.server(self.data_dir, port=self.port))

    def kill(self) -> None:
        """As a power cut would."""
        assert self.running
        self.running.kill()
        self._server = ExitStack()

    def close(self) -> None:
        self._server.close()

    def furnish(self) -> None:
        """Ten counters with an officer each, and two displays."""
        database = Database(f"sqlite:///{self.data_dir / 'dung-gio.db'}")
        with database.transaction() as session:
            office = session.scalars(select(Office).where(Office.code == OFFICE)).one()
            copies = session.scalars(select(Service).where(Service.office_id == office.id, Service.name == COPIES)).one()
            session.execute(delete(CounterService).where(CounterService.counter_id.in_([each.id for each in office.counters])))
            further = [Counter(office_id=office.id, number=number) for number in COUNTERS[len(office.counters) :]]
            counters = [*office.counters, *further]
            session.add_all(counters)
            session.flush()
            for counter in counters:
                session.add(CounterService(counter_id=counter.id, service_id=copies.id))
                officer = make_staff(session, office, f"quay{counter.number}")
                open_counter(counter, officer, MONDAY_MORNING)
                self.staff[counter.number] = bearer(make_token(session, officer))
                self.ids[counter.number] = counter.id
            self.displays = [make_device(session, office, "display") for _ in range(2)]
            self.service = copies.code
        database.dispose()

    def take(self, count: int = 1) -> list[dict[str, str]]:
        """So many walk-ins take a number."""
        address = f"{self.api}/offices/{OFFICE}/tickets"
        answers = [httpx.post(address, headers=self.staff[1], json={"service": self.service}) for _ in range(count)]
        return [answer.raise_for_status().json() for answer in answers]

    def call(self, counter: int = 1) -> str:
        """Press N at a counter; the number called."""
        answer = httpx.post(f"{self.api}/counters/{self.ids[counter]}/call-next", headers=self.staff[counter], json={})
        return str(answer.raise_for_status().json()["ticket"]["number"])
