"""Two workers on one port, PostgreSQL and Redis: whoever's worker an action reaches, every screen sees it, in one order."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.database import Database
from core.rights import ANONYMOUS
from office.models import Office
from office.store import service_by_code
from queueing.actions import take_ticket
from queueing.models import Call
from tests import builders, running, servers
from tests.concurrency.officers import Officer
from tests.concurrency.screens import Screen
from tests.conftest import HANOI, MONDAY_MORNING
from tests.core.test_metrics import figures

SCREENS = 8
"""Enough that both workers surely hold some: one in 128 runs all eight would be at one worker."""
WAITING = 150
"""More people than one officer calls while two workers are replaced."""


@dataclass
class City:
    server: running.Running
    database: Database
    kiosk: dict[str, str]
    officer: dict[str, str]
    counter: int

    def figures(self) -> dict[str, float]:
        """As whichever worker answers tells them; one that is just ending may cut the connection off."""
        with httpx.Client(transport=httpx.HTTPTransport(retries=3), timeout=30) as client:
            try:
                return figures(client.get(f"{self.server.url}/metrics").text)
            except httpx.RemoteProtocolError:
                return self.figures()

    def workers(self) -> set[str]:
        """The processes whose figures are shown."""
        return {name.split('"')[1] for name in self.figures() if name.startswith("process_cpu_seconds_total{")}


@pytest.fixture
def city(postgresql_url: str, redis_url: str, tmp_path: Path) -> Iterator[City]:
    database = Database(postgresql_url)
    with database.transaction() as session:
        office = builders.make_office(session)
        kiosk = builders.make_device(session, office)
        staff = builders.make_staff(session, office)
        builders.open_counter(office.counters[0], staff, MONDAY_MORNING)
        token, counter = builders.make_token(session, staff), office.counters[0].id
    environ = {"DATABASE_URL": postgresql_url, "REDIS_URL": redis_url, "WEB_CONCURRENCY": "2"}
    with running.server(tmp_path, **environ) as server:
        yield City(server, database, builders.bearer(kiosk), builders.bearer(token), counter)
    database.dispose()


def test_every_screen_of_every_worker_sees_every_change_and_either_worker_tells_the_figures_of_both(city: City) -> None:
    url = city.server.url
    screens = [Screen(url) for _ in range(SCREENS)]
    try:
        assert all(screen.waits_for(0) for screen in screens)
        for press in range(6):
            answer = httpx.post(f"{url}/api/v1/offices/00070/tickets", json={"service": "A"}, headers=city.kiosk)
            assert answer.status_code == 201
            version = httpx.get(f"{url}/api/v1/offices/00070/board").json()["version"]
            assert version >= press + 1
            assert all(screen.waits_for(version) for screen in screens)
        for screen in screens:
            assert screen.versions == sorted(screen.versions), "an older board was sent after a newer one"
        looks = [city.figures() for _look in range(6)]  # each on a connection of its own: some at either worker
        assert len(city.workers()) == 2
        for found in looks:
            assert found['dung_gio_sockets{namespace="/board"}'] == SCREENS
            assert found['http_requests_total{method="POST",route="/api/v1/offices/<office>/tickets",status="201"}'] == 6
            assert found["dung_gio_housekeepers"] == 1
            sent = found['dung_gio_snapshots_sent_total{namespace="/board"}']
            assert sent > 6, "six changes at two workers; what changes again before its turn is sent once"
            assert 2 <= found['dung_gio_change_to_send_seconds_count{namespace="/board"}'] <= sent
            assert found["dung_gio_waiting_people"] == 6
    finally:
        for screen in screens:
            screen.close()


def test_workers_are_replaced_under_an_officer_who_calls_on(city: City) -> None:
    """SIGHUP (`systemctl reload`): the port stays open, every press is answered, every display shows every call."""
    with city.database.transaction() as session:
        office = session.scalars(select(Office)).one()
        service = service_by_code(session, office, "A")
        for _person in range(WAITING):
            take_ticket(session, office, service, now=city.server.now(), tz=HANOI, source="kiosk", actor=ANONYMOUS)
    before = city.workers()
    officer = Officer(f"{city.server.url}/api/v1/counters/{city.counter}/call-next", city.officer)
    screens = [Screen(city.server.url, comes_back=True) for _ in range(4)]
    try:
        assert all(screen.waits_for(0) for screen in screens)
        officer.start()
        os.kill(city.server.process.pid, signal.SIGHUP)
        while city.workers() & before:
            officer.enough.wait(0.2)
        officer.enough.set()
        officer.join()
        with city.database.reading() as session:
            calls = set(session.scalars(select(Call.id)))
        assert officer.refused == []
        assert len(set(officer.called)) == len(officer.called) == len(calls) > 0
        assert all(screen.waits_for_calls(calls) for screen in screens)
        found = city.figures()
        name = 'http_requests_total{method="POST",route="/api/v1/counters/<int:counter>/call-next",status="200"}'
        assert found[name] == len(calls), "what the old workers counted is not forgotten"

        def forgotten() -> None:
            assert city.figures()['dung_gio_sockets{namespace="/board"}'] == len(screens), "what they held is"

        servers.wait_until(forgotten, city.server.process, city.server.log)
    finally:
        officer.enough.set()
        for screen in screens:
            screen.close()
