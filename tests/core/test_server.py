"""The start of the one server, as a person starts it: it serves and ends when told, or is refused in one sentence."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.running import clean_environ, server
from tests.servers import ROOT


def start(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    settings = clean_environ() | {"DATA_DIR": str(folder)} | environ
    return subprocess.run(
        [sys.executable, "-m", "core.server"], env=settings, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY=two"),
        ({"WEB_CONCURRENCY": "2"}, "WEB_CONCURRENCY above 1 needs"),
        ({"PORT": "http"}, "PORT=http"),
        ({"HOST": "no.such.host.invalid"}, "HOST=no.such.host.invalid"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    done = start(tmp_path, **environ)
    assert done.returncode == 1
    assert named in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_another_program_uses_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert done.stderr == f"PORT={port} on HOST=127.0.0.1 cannot be used: Address already in use. Choose another.\n"


def test_one_worker_serves_and_ends_when_told(tmp_path: Path, sqlite_url: str) -> None:
    with server(tmp_path, factory="wsgi:create_app", DATABASE_URL=sqlite_url, WEB_CONCURRENCY="1") as running:
        assert httpx.get(f"{running.url}/readyz").json()["status"] == "ready"
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
