"""Two workers on one port, PostgreSQL and Redis: whoever's worker an action reaches, every screen sees it, in one order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import socketio

from core.database import Database
from tests import builders, running

SCREENS = 8
"""Enough that both workers surely hold some: one in 128 runs all eight would be at one worker."""


class Screen:
    """A lobby screen: what it was sent, and a way to wait for more."""

    def __init__(self, url: str) -> None:
        self.versions: list[int] = []
        self._more = threading.Condition()
        self.client = socketio.Client(reconnection=False)
        self.client.on("snapshot", self._drawn, namespace="/board")
        self.client.connect(url, namespaces=["/board"], transports=["websocket"])
        self.client.emit("join", {"office": "00070"}, namespace="/board")

    def _drawn(self, board: dict[str, int]) -> None:
        with self._more:
            self.versions.append(board["version"])
            self._more.notify_all()

    def waits_for(self, version: int) -> bool:
        with self._more:
            return self._more.wait_for(lambda: bool(self.versions) and self.versions[-1] >= version, timeout=10)


@pytest.fixture
def city(postgresql_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    database = Database(postgresql_url)
    with database.transaction() as session:
        kiosk = builders.make_device(session, builders.make_office(session))
    database.dispose()
    environ = {"DATABASE_URL": postgresql_url, "REDIS_URL": redis_url, "WEB_CONCURRENCY": "2"}
    with running.server(tmp_path, **environ) as server:
        yield server.url, builders.bearer(kiosk)


def test_every_screen_of_every_worker_sees_every_change(city: tuple[str, dict[str, str]]) -> None:
    url, kiosk = city
    screens = [Screen(url) for _ in range(SCREENS)]
    try:
        assert all(screen.waits_for(0) for screen in screens)
        for press in range(6):
            answer = httpx.post(f"{url}/api/v1/offices/00070/tickets", json={"service": "A"}, headers=kiosk)
            assert answer.status_code == 201
            version = httpx.get(f"{url}/api/v1/offices/00070/board").json()["version"]
            assert version >= press + 1
            assert all(screen.waits_for(version) for screen in screens)
        for screen in screens:
            assert screen.versions == sorted(screen.versions), "an older board was sent after a newer one"
    finally:
        for screen in screens:
            screen.client.disconnect()
