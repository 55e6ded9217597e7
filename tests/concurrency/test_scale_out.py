"""Two services behind a proxy, as docs/operations.md says: PostgreSQL, Redis, nginx or Caddy, all real, all on this machine."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import select

from core.background import HOUSEKEEPER
from core.database import Database
from core.rights import ANONYMOUS
from notices.actions import enqueue
from notices.models import Message
from office.models import Counter, Office
from office.store import service_by_code
from printer.actions import set_up, submit
from printer.models import PrintJob
from printer.slip import Slip
from queueing.actions import take_ticket
from queueing.models import Call
from tests import builders, running, servers
from tests.concurrency.officers import Officer
from tests.concurrency.proxies import proxy
from tests.concurrency.screens import OFFICE, Screen
from tests.conftest import HANOI, MONDAY_MORNING, create_postgresql_database, drop_postgresql_database
from tests.core.test_metrics import figures

SCREENS = 8
"""Enough that both services surely hold some: one in 128 runs all would be at one."""
WAITING = 200
"""More people than two officers can call during two restarts."""
API = "/api/v1"
TICKETS = f"{API}/offices/{OFFICE}/tickets"


@dataclass
class Unit:
    """One service (`dung-gio@PORT`): it can be ended in order, killed, and started again on its port."""

    folder: Path
    environ: dict[str, str]
    port: int = field(default_factory=servers.free_port)
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self, clock_at: datetime = MONDAY_MORNING) -> None:
        started = running.server(self.folder, port=self.port, clock_at=clock_at, in_order=True, **self.environ)
        self.server = self._stack.enter_context(started)

    def stop(self) -> None:
        """SIGTERM, and wait for its end."""
        self._stack.close()

    def restart(self) -> None:
        """The office's clock runs on meanwhile."""
        self.stop()
        self.start(self.server.now())

    def figures(self) -> dict[str, float]:
        return figures(httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=30).text)


@dataclass
class City:
    """The office, its two services, the database beside them, and Redis, which can be away for a while."""

    units: list[Unit]
    database: Database
    kiosk: dict[str, str]
    officers: list[tuple[int, dict[str, str]]]
    redis: Callable[[], None]
    no_redis: Callable[[], None]

    def takes_a_number(self, url: str) -> int:
        """Take a number at this address; gives the version of the board with it."""
        answer = httpx.post(url + TICKETS, json={"service": "A"}, headers=self.kiosk, timeout=30)
        assert answer.status_code == 201, answer.text
        with self.database.reading() as session:
            return session.scalars(select(Office.seq)).one()

    def now(self) -> datetime:
        """What time it is at the office."""
        return self.units[0].server.now()

    def at_each(self, figure: str) -> list[float]:
        return [unit.figures().get(figure, 0) for unit in self.units]

    def housekeepers(self) -> int:
        """How many hold the lock, by the database's own word."""
        address = self.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as asked:
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
            row = asked.execute(held, [HOUSEKEEPER]).fetchone()
        assert row
        return int(row[0])


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


@pytest.fixture(scope="module")
def city(postgresql_server: str, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    url = create_postgresql_database(postgresql_server, "city", postgresql_template)
    database = Database(url)
    with database.transaction() as session:
        office = builders.make_office(session, counters=2)
        kiosk = builders.bearer(builders.make_device(session, office))
        staff = [builders.make_staff(session, office, name) for name in ("canbo1", "canbo2")]
        tokens = [builders.bearer(builders.make_token(session, each)) for each in staff]
        counters = session.scalars(select(Counter).order_by(Counter.number)).all()
        for counter, officer in zip(counters, staff, strict=True):
            builders.open_counter(counter, officer, MONDAY_MORNING)
        officers = [(counter.id, token) for counter, token in zip(counters, tokens, strict=True)]
    redis_port, redis = servers.free_port(), ExitStack()

    def start_redis() -> None:
        redis.enter_context(servers.redis_server(redis_port))

    start_redis()
    environ = {"DATABASE_URL": url, "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0", "SECRET_KEY": "only-for-tests"}
    environ |= {"TRUSTED_PROXIES": "1", "LOG_FORMAT": "json"}
    units = [Unit(folder, environ) for _unit in range(2)]
    try:
        for unit in units:
            unit.start()
        yield City(units, database, kiosk, officers, start_redis, redis.close)
    finally:
        for unit in units:
            unit.stop()
        redis.close()
        database.dispose()
        drop_postgresql_database(postgresql_server, "city")


@pytest.fixture(scope="module")
def nginx(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with proxy("nginx", tmp_path_factory.mktemp("proxy") / "nginx", [unit.port for unit in city.units]) as url:
        yield url


@pytest.fixture(scope="module")
def caddy(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with proxy("caddy", tmp_path_factory.mktemp("proxy") / "caddy", [unit.port for unit in city.units]) as url:
        yield url


@pytest.fixture(params=["nginx", "caddy"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@contextmanager
def screens(url: str, count: int = SCREENS, *, comes_back: bool = False) -> Iterator[list[Screen]]:
    opened = [Screen(url, comes_back=comes_back) for _screen in range(count)]
    try:
        yield opened
    finally:
        for screen in opened:
            screen.close()


def test_behind_the_proxy_any_service_shows_any_screen_every_change_in_order(city: City, url: str) -> None:
    with screens(url) as shown:
        assert all(screen.waits_for(0) for screen in shown)
        until(lambda: sum(city.at_each('dung_gio_sockets{namespace="/board"}')) == SCREENS)
        assert min(city.at_each('dung_gio_sockets{namespace="/board"}')) > 0, "all screens are at one service"
        for _press in range(4):
            version = city.takes_a_number(url)
            assert all(screen.waits_for(version) for screen in shown)
        for screen in shown:
            assert screen.versions == sorted(screen.versions), "an older board was sent after a newer one"


def test_the_proxy_numbers_the_requests_and_keeps_the_figures_in_the_house(city: City, url: str) -> None:
    answer = httpx.get(f"{url}/api/v1/tickets/none", headers={"X-Request-Id": "chosen-by-a-stranger"})
    number = answer.headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{12}", number)
    assert answer.json()["request_id"] == number
    lines = [json.loads(line) for unit in city.units for line in unit.server.log.read_text().splitlines() if number in line]
    assert [(line["event"], line["route"], line["status"]) for line in lines] == [("request", "/api/v1/tickets/<token>", 404)]
    assert httpx.get(f"{url}/metrics").status_code == 404
    assert httpx.get(f"{url}/readyz").json()["status"] == "ready"
    page = httpx.get(f"{url}/", headers={"Accept-Encoding": "gzip"})
    assert page.status_code == 200
    style = re.search(r'href="(/static/core/v-[^"]+)"', page.text)
    assert style
    for _visit in range(2):
        assert httpx.get(url + style[1]).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_while_redis_is_away_the_screens_of_the_other_service_follow_the_database(city: City) -> None:
    here, there = (f"http://127.0.0.1:{unit.port}" for unit in city.units)
    with screens(there, 2) as shown:
        assert all(screen.waits_for(0) for screen in shown)
        city.no_redis()
        version = city.takes_a_number(here)
        assert all(screen.waits_for(version) for screen in shown)
        ready = httpx.get(f"{here}/readyz")
        assert (ready.status_code, ready.json()["status"], ready.json()["redis"]) == (200, "degraded", "no answer")
        city.redis()
        until(lambda: httpx.get(f"{here}/readyz").json()["status"] == "ready")
        version = city.takes_a_number(here)
        assert all(screen.waits_for(version) for screen in shown)


def test_messages_and_slips_are_taken_by_one_service_each_and_never_twice(city: City) -> None:
    with city.database.transaction() as session:
        set_up(session, "p", kind="file", address="", place=OFFICE, name="Máy in", width_dots=384, now=city.now())
        for number in range(40):
            enqueue(session, channel="file", to="+84900000001", text=f"{number}", reference=f"x:{number}", now=city.now())
        for number in range(6):
            slip = Slip(office="Phường Thử", number=f"A{number:03}")
            submit(session, "p", slip, reference=f"ticket:{number}", kind="ticket", now=city.now())

    def done() -> bool:
        with city.database.reading() as session:
            sent = set(session.scalars(select(Message.state)))
            printed = set(session.scalars(select(PrintJob.state)))
        return sent == {"sent"} and printed == {"printed"}

    until(done)
    folder = city.units[0].folder
    lines = [json.loads(line)["id"] for path in (folder / "notices").glob("*.jsonl") for line in path.read_text().splitlines()]
    assert (len(lines), len(set(lines))) == (40, 40)
    assert len(list((folder / "printed").rglob("*.png"))) == 6


def test_one_service_of_all_keeps_house_and_another_takes_over_when_it_dies(city: City) -> None:
    until(lambda: sum(city.at_each("dung_gio_housekeepers")) == 1)
    assert city.housekeepers() == 1
    keeper = city.at_each("dung_gio_housekeepers").index(1)
    other = city.units[1 - keeper]
    for loop in ("idempotency", "waiting_service", "retention", "stragglers"):
        name = f'dung_gio_background_last_run_timestamp_seconds{{loop="{loop}"}}'
        assert [unit.figures().get(name, 0) > 0 for unit in (city.units[keeper], other)] == [True, False], loop
    city.units[keeper].server.kill()
    until(lambda: other.figures()["dung_gio_housekeepers"] == 1)
    assert city.housekeepers() == 1
    city.units[keeper].restart()


def test_a_rolling_restart_loses_no_call(city: City, nginx: str) -> None:
    """Every press of two officers is answered, nobody is called twice, and every display has shown every call."""
    with city.database.transaction() as session:
        office = session.scalars(select(Office)).one()
        service = service_by_code(session, office, "A")
        for _person in range(WAITING):
            take_ticket(session, office, service, now=city.now(), tz=HANOI, source="kiosk", actor=ANONYMOUS)
    officers = [Officer(f"{nginx}{API}/counters/{counter}/call-next", token) for counter, token in city.officers]
    with screens(nginx, 4, comes_back=True) as shown:
        assert all(screen.waits_for(0) for screen in shown)
        for officer in officers:
            officer.start()
        for unit in city.units:
            unit.restart()
        for officer in officers:
            officer.enough.set()
            officer.join()
        with city.database.reading() as session:
            calls = set(session.scalars(select(Call.id)))
        called = [number for officer in officers for number in officer.called]
        assert [officer.refused for officer in officers] == [[], []]
        assert len(called) == len(set(called)) == len(calls)
        assert all(screen.waits_for_calls(calls) for screen in shown)
        for screen in shown:
            assert screen.versions == sorted(screen.versions)
