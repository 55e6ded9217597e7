"""What runs beside the requests: everywhere, or in one worker of all; and starts that follow one another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core import background, migrate
from core.clock import SetClock
from core.config import load_config
from core.database import Database
from core.events import EventBus
from core.metrics import Metrics
from core.web import Services
from tests.core.test_metrics import figures

SOON_S = 10


class Worker:
    """One worker with one housekeeping loop, that says when it runs and when it has ended."""

    def __init__(self, url: str, clock: SetClock, folder: Path) -> None:
        self.database = Database(url)
        self.metrics = Metrics()
        self.keeps_house, self.ended, self.stop = threading.Event(), threading.Event(), threading.Event()
        environ = {"DATA_DIR": str(folder), "DATABASE_URL": url}
        services = Services(load_config(environ), clock, self.database, EventBus(), housekeeping=[self.tidy])
        self.threads = background.start(services, self.metrics, self.stop)

    def tidy(self, stop: threading.Event) -> None:
        self.keeps_house.set()
        stop.wait(60)
        self.keeps_house.clear()
        self.ended.set()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(SOON_S)
        self.database.dispose()


@pytest.fixture
def two(postgresql_url: str, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    monkeypatch.setattr(background, "LOOK_EVERY_S", 0.05)
    workers = [Worker(postgresql_url, clock, tmp_path) for _worker in range(2)]
    yield workers
    for worker in workers:
        worker.end()


def keeper_of(workers: list[Worker]) -> Worker:
    for _look in range(1000):
        for worker in workers:
            if worker.keeps_house.wait(0.01):
                return worker
    raise AssertionError("nobody keeps house")


def test_one_of_two_workers_keeps_house_and_hands_it_over_when_it_is_asked_to_stop(two: list[Worker]) -> None:
    keeper = keeper_of(two)
    (other,) = [worker for worker in two if worker is not keeper]
    assert not other.keeps_house.wait(0.5), "two keep house"
    keeper.stop.set()
    assert other.keeps_house.wait(SOON_S)
    assert keeper.ended.is_set(), "the other began before this one had ended"


def test_a_housekeeper_that_has_lost_its_connection_ends_its_loops(two: list[Worker]) -> None:
    keeper = keeper_of(two)
    with keeper.database.transaction() as session:
        session.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        ))  # fmt: skip
    assert keeper.ended.wait(SOON_S)
    keeper_of(two)


def test_on_sqlite_the_one_worker_keeps_house(sqlite_url: str, clock: SetClock, tmp_path: Path) -> None:
    worker = Worker(sqlite_url, clock, tmp_path)
    assert worker.keeps_house.wait(SOON_S)
    worker.end()
    assert worker.ended.is_set()


def test_a_loop_that_takes_turns_is_seen_to_live(sqlite_url: str, clock: SetClock, tmp_path: Path) -> None:
    turns, stop = threading.Semaphore(0), threading.Event()

    def loop(stop: threading.Event) -> None:
        while not stop.is_set():
            turns.release()
            stop.wait(0.01)

    def last_turn() -> float:
        assert turns.acquire(timeout=SOON_S)
        assert turns.acquire(timeout=SOON_S)
        text = metrics.exposition(None).decode()
        return figures(text)['dung_gio_background_last_run_timestamp_seconds{loop="test_background"}']

    metrics, database = Metrics(), Database(sqlite_url)
    config = load_config({"DATA_DIR": str(tmp_path), "DATABASE_URL": sqlite_url})
    threads = background.start(Services(config, clock, database, EventBus(), [loop]), metrics, stop)
    before = last_turn()
    clock.advance(timedelta(minutes=1))
    while turns.acquire(blocking=False):
        pass
    assert last_turn() - before == 60
    stop.set()
    for thread in threads:
        thread.join(SOON_S)
    database.dispose()


def test_two_starts_at_once_bring_the_database_up_to_date_one_after_the_other(postgresql_url: str) -> None:
    second_is_in = threading.Event()

    def start() -> None:
        with migrate.alone(postgresql_url):
            second_is_in.set()

    with migrate.alone(postgresql_url):
        second = threading.Thread(target=start)
        second.start()
        assert not second_is_in.wait(0.3), "both are in"
    assert second_is_in.wait(SOON_S)
    second.join()
