"""The door of a worker: whoever presses a button goes before the thousands of screens that come back at once."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.worker import SCREEN
from tests.running import Running, clean_environ, server
from tests.servers import ROOT

SCREENS = 600
PATIENCE_S = 30
KNOCK = (
    SCREEN + b"?EIO=4&transport=websocket HTTP/1.1\r\nHost: ward\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

IN_WHICH_ORDER = """
from gevent import monkey
monkey.patch_all()
import gevent
from core.patience import HEARING, MAKING, OPENING, give_way

done = []

def wait(priority):
    give_way(priority)
    done.append(priority)

gevent.joinall([gevent.spawn(wait, priority) for priority in (MAKING, HEARING, OPENING, MAKING, HEARING, OPENING)])
assert done == [OPENING, OPENING, HEARING, HEARING, MAKING, MAKING], done
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product on SQLite."""
    with server(tmp_path_factory.mktemp("door"), factory="wsgi:create_app") as served:
        yield served


def connection(to: Running, within: ExitStack) -> socket.socket:
    parts = urlsplit(to.url)
    return within.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S))


def test_an_officer_goes_before_the_screens_that_knocked_first(running: Running) -> None:
    with ExitStack() as within:
        os.killpg(running.process.pid, signal.SIGSTOP)
        try:
            screens = [connection(running, within) for _ in range(SCREENS)]
            for screen in screens:
                screen.sendall(KNOCK)
            officer = connection(running, within)
            officer.sendall(b"GET /healthz HTTP/1.1\r\nHost: ward\r\n\r\n")
        finally:
            os.killpg(running.process.pid, signal.SIGCONT)
        assert officer.recv(4096).startswith(b"HTTP/1.1 200")
        opened, _writable, _broken = select.select(screens, [], [], 0)
        assert len(opened) < SCREENS / 2, "the officer came last, and so would have waited for all of them"
        assert all(screen.recv(4096).startswith(b"HTTP/1.1 101") for screen in screens)


@pytest.mark.parametrize("told", [b"", b"GET /soc", KNOCK[:40]])
def test_who_does_not_say_what_it_wants_is_hung_up_on(running: Running, told: bytes) -> None:
    with ExitStack() as within:
        silent = connection(running, within)
        silent.sendall(told)
        assert silent.recv(4096) == b""


def test_screens_open_then_are_heard_then_are_sent_what_was_made(tmp_path: Path) -> None:
    script = tmp_path / "order.py"
    script.write_text(IN_WHICH_ORDER)
    environ = clean_environ() | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(script)], env=environ, cwd=ROOT, check=True, timeout=PATIENCE_S)
