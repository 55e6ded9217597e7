"""What is not urgent is made by a process beside the worker, and by the worker itself whenever that process is not there."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from flask import Flask

from core import painter
from core.clock import SetClock
from core.config import ConfigError, load_config
from core.database import Database
from core.fanout import DirectSender, frame_of
from core.feeds import Picture
from core.metrics import Metrics
from core.migrate import upgrade
from core.painter import Painter, answer_of, hire, picture_of
from core.painting import paint
from office.store import office_by_code
from tests import builders, running
from tests.conftest import MONDAY_MORNING
from tests.core.test_metrics import figures

OFFICE = "00070"
PATIENCE_S = 30.0
STARTS_IN_S = 150.0
"""Niced, on a machine that is busy with other tests."""


def comes(true: Callable[[], object], patience_s: float = PATIENCE_S) -> bool:
    """Whether it becomes so in time."""
    give_up_at = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True


# --- real processes, real sockets ---------------------------------------------------------------------------------------


class Watcher:
    """A console or a telephone, and every snapshot it was sent."""

    def __init__(self, url: str, namespace: str, room: dict[str, str], headers: dict[str, str] | None = None) -> None:
        self.shown: list[dict[str, Any]] = []
        self.client = socketio.Client(reconnection=False)
        self.client.on("snapshot", self.shown.append, namespace=namespace)
        self.client.connect(url, headers=headers or {}, namespaces=[namespace], transports=["websocket"], wait_timeout=PATIENCE_S)
        self.client.emit("join", room, namespace=namespace)

    def waits_for(self, version: int) -> bool:
        return comes(lambda: self.shown and self.shown[-1]["version"] >= version)

    def versions(self) -> list[int]:
        return [each["version"] for each in self.shown]


class Ward:
    """A server on an office with an officer at counter 1."""

    def __init__(self, server: running.Running, kiosk: str, officer: str, counter: int) -> None:
        self.server, self.counter = server, counter
        self.kiosk, self.officer = builders.bearer(kiosk), builders.bearer(officer)
        self.watchers: list[Watcher] = []

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.server.url}/api/v1/{path}", headers=self.officer).raise_for_status().json()

    def take(self) -> str:
        """A number more; the token of its ticket."""
        taken = httpx.post(f"{self.server.url}/api/v1/offices/{OFFICE}/tickets", json={"service": "A"}, headers=self.kiosk)
        return str(taken.raise_for_status().json()["token"])

    def version(self) -> int:
        return int(self.get(f"offices/{OFFICE}/board")["version"])

    def console(self) -> Watcher:
        self.watchers.append(Watcher(self.server.url, "/line", {"office": OFFICE}, self.officer))
        return self.watchers[-1]

    def telephone(self, token: str) -> Watcher:
        self.watchers.append(Watcher(self.server.url, "/ticket", {"token": token}))
        return self.watchers[-1]

    def figures(self) -> dict[str, float]:
        return figures(httpx.get(f"{self.server.url}/metrics").text)

    def made_by(self, who: str) -> float:
        return self.figures().get(f'dung_gio_pictures_total{{by="{who}"}}', 0.0)

    def painters(self) -> list[int]:
        """The process ids of those that run in the group of this server."""
        return [pid for pid in _processes() if _group(pid) == self.server.process.pid and "core.painting" in _command(pid)]

    def painter(self, after: int = 0) -> int:
        """The one that answers now, and is not the one before."""
        there = lambda: self.figures()["dung_gio_painters"] == 1 and self.painters() not in ([], [after])  # noqa: E731
        assert comes(there, STARTS_IN_S)
        [pid] = self.painters()
        return pid


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _lives(pid: int) -> bool:
    """A zombie does not."""
    return bool(_command(pid))


@contextmanager
def ward(folder: Path, url: str, wanted: str, **options: Any) -> Iterator[Ward]:
    database = Database(url)
    with database.transaction() as session:
        office = builders.make_office(session)
        kiosk = builders.make_device(session, office)
        staff = builders.make_staff(session, office)
        builders.open_counter(office.counters[0], staff, MONDAY_MORNING)
        officer, counter = builders.make_token(session, staff), office.counters[0].id
    database.dispose()
    with running.server(folder, DATABASE_URL=url, PAINTER=wanted, **options) as server:
        opened = Ward(server, kiosk, officer, counter)
        try:
            yield opened
        finally:
            for watcher in opened.watchers:
                watcher.client.disconnect()


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """On SQLite, for several tests: a painter takes seconds to start."""
    folder = tmp_path_factory.mktemp("painted")
    url = f"sqlite:///{folder / 'dung-gio.db'}"
    upgrade(url)
    with ward(folder, url, "on") as opened:
        yield opened


def told(snapshot: dict[str, Any]) -> dict[str, Any]:
    """All of it but the time of day."""
    return {name: value for name, value in snapshot.items() if name != "now"}


def test_a_line_and_a_ticket_of_the_painter_are_those_that_the_worker_makes(painted: Ward) -> None:
    show_alike(painted)


def test_a_line_and_a_ticket_of_the_painter_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    with ward(tmp_path, postgresql_url, "on") as opened:
        show_alike(opened)


def show_alike(painted: Ward) -> None:
    painted.painter()
    token = painted.take()
    console, telephone = painted.console(), painted.telephone(token)
    assert console.waits_for(0)
    assert telephone.waits_for(0)
    assert painted.made_by("painter") >= 2
    assert told(console.shown[-1]) == told(painted.get(f"offices/{OFFICE}/line"))
    assert told(telephone.shown[-1]) == told(painted.get(f"tickets/{token}"))
    painted.take()
    called = httpx.post(f"{painted.server.url}/api/v1/counters/{painted.counter}/call-next", json={}, headers=painted.officer)
    assert called.status_code == 200
    assert console.waits_for(painted.version())
    assert telephone.waits_for(painted.version())
    assert telephone.shown[-1]["state"] == "called"
    assert told(console.shown[-1]) == told(painted.get(f"offices/{OFFICE}/line"))
    assert painted.made_by("worker") == 0
    [painter] = painted.painters()
    assert painted.figures()[f'process_resident_memory_bytes{{pid="{painter}",role="painter"}}'] > 1e6


def test_who_joins_what_was_painted_a_moment_ago_is_sent_it_with_the_time_of_now(painted: Ward) -> None:
    painted.painter()
    first = painted.console()
    assert first.waits_for(0)
    made = painted.made_by("painter")
    painted.server.wait(seconds=20)
    second = painted.console()
    assert second.waits_for(0)
    assert (painted.made_by("painter"), painted.made_by("worker")) == (made, 0)
    assert told(second.shown[0]) == told(first.shown[0])
    assert second.shown[0]["now"] > first.shown[0]["now"]


def test_a_painter_that_is_killed_takes_nothing_with_it_and_is_followed_by_another(painted: Ward) -> None:
    first, console = painted.painter(), painted.console()
    os.kill(first, signal.SIGKILL)
    painted.take()
    assert console.waits_for(painted.version())
    painted.painter(after=first)
    made = painted.made_by("painter")
    painted.take()
    assert console.waits_for(painted.version())
    assert painted.made_by("painter") > made
    assert painted.server.log.read_text().count("the painter has ended (exit code -9)") == 1


def test_a_painter_that_hangs_is_ended_and_what_it_was_asked_comes_all_the_same(painted: Ward) -> None:
    first, token, made = painted.painter(), painted.take(), painted.made_by("worker")
    console, telephone = painted.console(), painted.telephone(token)
    assert telephone.waits_for(painted.version())
    os.kill(first, signal.SIGSTOP)
    painted.take()
    assert console.waits_for(painted.version())
    assert telephone.waits_for(painted.version())
    assert painted.made_by("worker") >= made + 2
    assert painted.painter(after=first)
    assert not _lives(first)


def test_nobody_is_shown_an_older_line_after_a_newer_one_whoever_changes_joins_or_dies(painted: Ward) -> None:
    first, tokens = painted.painter(), [painted.take() for _person in range(3)]
    with ThreadPoolExecutor(4) as people:
        takes = [people.submit(painted.take) for _person in range(80)]
        for turn in range(8):
            painted.console()
            painted.telephone(tokens[turn % len(tokens)])
        os.kill(first, signal.SIGKILL)
        for taken in takes:
            taken.result()
    assert all(watcher.waits_for(painted.version()) for watcher in painted.watchers)
    assert all(watcher.versions() == sorted(watcher.versions()) for watcher in painted.watchers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_painter_ends_with_its_worker_however_that_ends(painted: Ward, number: signal.Signals) -> None:
    """The last of those that share a server: another worker takes the place of the one that ends."""
    first = painted.painter()
    worker = int(Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1])
    assert worker != painted.server.process.pid
    os.kill(worker, number)
    assert comes(lambda: not _lives(worker))
    assert comes(lambda: not _lives(first))


def test_a_ward_has_no_painter_unless_it_asks_for_one(tmp_path: Path, sqlite_url: str) -> None:
    with ward(tmp_path, sqlite_url, "auto") as opened:
        console = opened.console()
        assert console.waits_for(0)
        looked, turn = opened.figures(), 'dung_gio_background_last_run_timestamp_seconds{loop="painter"}'
        opened.take()
        assert console.waits_for(opened.version())
        if len(os.sched_getaffinity(0)) > 1:  # else nobody even looks
            assert comes(lambda: opened.figures()[turn] > looked[turn])
        assert (opened.painters(), opened.figures()["dung_gio_painters"]) == ([], 0)
        assert "dung_gio_pictures_total" not in str(opened.figures())


# --- whether there is one -----------------------------------------------------------------------------------------------


def test_the_switch_takes_three_words_and_refuses_others_in_one_sentence(tmp_path: Path) -> None:
    assert load_config({"DATA_DIR": str(tmp_path)}).painter == "auto"
    assert load_config({"DATA_DIR": str(tmp_path), "PAINTER": "off"}).painter == "off"
    with pytest.raises(ConfigError, match=r"^PAINTER=yes is not one of auto, on, off\.$"):
        load_config({"DATA_DIR": str(tmp_path), "PAINTER": "yes"})


class _Config:
    def __init__(self, wanted: str, workers: int = 1) -> None:
        self.painter, self.workers = wanted, workers


class _Services:
    def __init__(self, config: _Config) -> None:
        self.config = config
        self.background: list[Any] = []


class _Realtime:
    def __init__(self, direct: bool) -> None:
        self.sender = DirectSender.__new__(DirectSender) if direct else object()
        self.delivery = type("Delivery", (), {"painter": None})()
        self.sockets = 0

    def patient_sockets(self) -> int:
        return self.sockets


@pytest.mark.parametrize(
    ("wanted", "direct", "processors", "workers", "hired"),
    [
        ("off", True, 8, 1, False),
        ("on", False, 8, 1, False),
        ("on", True, 1, 1, True),
        ("auto", True, 1, 1, False),
        ("auto", True, 2, 1, True),
        ("auto", True, 2, 2, False),
        ("auto", True, 4, 2, True),
        ("auto", False, 2, 1, False),
    ],
)
def test_a_painter_wants_direct_sockets_and_a_processor_of_its_own(
    monkeypatch: pytest.MonkeyPatch, wanted: str, direct: bool, processors: int, workers: int, hired: bool
) -> None:
    monkeypatch.setattr(painter.os, "sched_getaffinity", lambda _pid: set(range(processors)))
    app = Flask("bare", static_folder=None)
    services, realtime = _Services(_Config(wanted, workers)), _Realtime(direct)
    app.extensions |= {"dung-gio": services, "realtime": realtime, "metrics": Metrics()}
    hire(app, "nobody:knows")
    assert (realtime.delivery.painter is not None) == bool(services.background) == hired


class _Started:
    """Instead of a process."""

    made = 0

    def __init__(self, _factory: str) -> None:
        type(self).made += 1
        self.ready, self.ended, self.killed = True, False, False

    def is_stuck(self) -> bool:
        return False

    def end(self) -> None:
        self.killed = True


class _Looks(threading.Event):
    """A stop that comes after some looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def wait(self, timeout: float | None = None) -> bool:
        self.looks -= 1
        return self.looks < 0


def test_a_painter_comes_with_the_city_and_stays_until_the_server_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painter, "_Child", _Started)
    monkeypatch.setattr(_Started, "made", 0)
    app = Flask("bare", static_folder=None)
    realtime = _Realtime(direct=True)
    app.extensions |= {"dung-gio": _Services(_Config("auto", 0)), "realtime": realtime, "metrics": Metrics()}
    hire(app, "nobody:knows")
    hired: Painter = realtime.delivery.painter
    realtime.sockets = painter.MANY - 1
    hired.run(_Looks(3))
    assert not hired.is_there
    realtime.sockets = painter.MANY
    hired.run(_Looks(1))
    assert hired.is_there
    realtime.sockets = 0
    hired.run(_Looks(3))
    assert (hired.is_there, _Started.made) == (True, 1)


# --- what it says -------------------------------------------------------------------------------------------------------


def test_an_answer_is_understood_or_refused(clock: SetClock) -> None:
    picture = Picture(clock.now(), 7, {"one": b"\x81\x02{}", "two": b"\n\n", "three": b""})
    assert picture_of(answer_of(picture)) == picture
    assert picture_of(answer_of(None)) is None
    for nonsense in (b"", b"ready", b"[]\n", b'{"at": 1}\n', answer_of(picture) + b"more", answer_of(picture)[:-1]):
        with pytest.raises((LookupError, TypeError, ValueError)):
            picture_of(nonsense)


def test_the_painter_says_that_something_is_provisional_and_survives_what_it_cannot_make(app: Flask, clock: SetClock) -> None:
    services, realtime = app.extensions["dung-gio"], app.extensions["realtime"]
    with services.database.transaction() as session:
        kiosk = builders.make_device(session, builders.make_office(session))
    taken = app.test_client().post(f"/api/v1/offices/{OFFICE}/tickets", json={"service": "A"}, headers=builders.bearer(kiosk))
    token = taken.get_json()["token"]

    def asked(namespace: str, key: str) -> Picture | None:
        return paint(app, json.dumps([namespace, OFFICE, [key]]).encode())

    ticket = asked("/ticket", token)
    assert ticket is not None
    with services.database.reading() as session:
        assert (ticket.version, ticket.at) == (office_by_code(session, OFFICE).seq, clock.now())
    made = realtime.delivery.picture(realtime.feeds["/ticket"], OFFICE, [token], frame_of)
    assert made == ticket
    app.extensions["forecasts"].pause_s = 3600
    app.test_client().post(f"/api/v1/offices/{OFFICE}/tickets", json={"service": "A"}, headers=builders.bearer(kiosk))
    behind = asked("/ticket", token)
    assert behind is not None
    assert behind.version == 0
    services.database.dispose()
    assert asked("/line", OFFICE) is not None
