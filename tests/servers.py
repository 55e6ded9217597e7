"""Throwaway servers for the tests: a PostgreSQL cluster and a Redis of their own, on free ports, ended with the tests.

They are children that also die when the test process is killed (setpriv --pdeathsig), so nothing is left behind.
PostgreSQL refuses to run as root: there it runs as the user `postgres`, otherwise as oneself.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Protocol

import psycopg
import pytest
import redis

ROOT = Path(__file__).parent.parent
START_PATIENCE_S = 60.0
"""How long a server may take to answer: generous, because the machine may be busy with other tests."""

MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 1024**3
"""Bytes. The clusters, databases and demo offices of two test processes take about a quarter of this."""

POSTGRESQL_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "300",
    # Nothing of this cluster has to outlive it, and every test makes and drops a database.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    # The controls of the race tests run into deadlocks, one after the other: each is found after this long instead of 1 s.
    "deadlock_timeout": "100ms",
}
ALWAYS = ("listen_addresses", "max_connections")


def not_run(reason: str) -> NoReturn:
    """Leave out this test and say why. On CI nothing may be left out, so there it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"not run: {reason}", pytrace=False)
    pytest.skip(f"not run: {reason}")


def work_in_memory() -> None:
    """Make temporary files from here on, those of child processes too, in memory: unless TMPDIR is set or memory is short.

    A database of a test's own is some 900 files: made and dropped in 0.03 s of work in memory, 0.36 s on a disk.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
        return
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # it may have been looked up before


def free_port() -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Process(Protocol):
    """What the tests ask of a server's process, in the words of Popen."""

    pid: int

    @property
    def args(self) -> Any: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


def wait_until(answers: Callable[[], object], process: Process, log: Path) -> None:
    """Ask again until `answers` raises nothing; fails with the server's log when it ended or never answered."""
    give_up_at = time.monotonic() + START_PATIENCE_S
    while True:
        try:
            answers()
            return
        except Exception as error:
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"{process.args!r} does not answer:\n{log.read_text(errors='replace')}") from error
        time.sleep(0.05)


@contextmanager
def child(
    command: list[str], log: Path, *, end: int, user: str | None = None, environ: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` until the end of the block or of the test process, then send it the signal `end`.

    It leads a process group of its own, so that a test can kill it with everything it started.
    """
    wrapper = ["setpriv", "--pdeathsig=KILL"]
    if user:
        wrapper += [f"--reuid={user}", f"--regid={user}", "--init-groups"]
    folder = ROOT if environ else log.parent
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*wrapper, *command], stdout=output, stderr=output, cwd=folder, env=environ, start_new_session=True
        )
    try:
        yield process
    finally:
        end_of(process, end)


def end_of(process: Process, end: int) -> None:
    """Send it the signal `end` and wait for its end; after 20 s it is killed."""
    process.send_signal(end)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


@contextmanager
def postgresql(folder: Path | None = None) -> Iterator[str]:
    """A fresh cluster. Gives its address without a database name: `postgresql://postgres@127.0.0.1:PORT`.

    With a `folder` it lies there and is as durable as PostgreSQL is by itself: for measurements.
    """
    settings = {name: value for name, value in POSTGRESQL_SETTINGS.items() if folder is None or name in ALWAYS}
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    initdb = str(binaries[-1] / "initdb") if binaries else shutil.which("initdb")
    if initdb is None:
        not_run("PostgreSQL is not installed (apt-get install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="dg-pg-", dir=folder))
    try:
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        log, port = folder / "log", free_port()
        data = str(folder / "data")
        make = [initdb, "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "-N"]
        with child(make, log, end=0, user=user) as making:
            if making.wait(START_PATIENCE_S) != 0:
                raise RuntimeError(f"initdb failed:\n{log.read_text(errors='replace')}")
        serve = [str(Path(initdb).with_name("postgres")), "-D", data, "-k", str(folder), "-p", str(port)]
        serve += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        url = f"postgresql://postgres@127.0.0.1:{port}"
        with child(serve, log, end=2, user=user) as process:  # SIGINT: a fast shutdown, sessions are cut off
            wait_until(lambda: psycopg.connect(f"{url}/postgres").close(), process, log)
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """A fresh Redis that keeps nothing on disk, on a free port or on this one. Gives its address."""
    binary = shutil.which("redis-server")
    if binary is None:
        not_run("Redis is not installed (apt-get install redis-server)")
    with tempfile.TemporaryDirectory(prefix="dg-redis-") as folder:
        port, log = port or free_port(), Path(folder) / "log"
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with child(command, log, end=15) as process:
            wait_until(lambda: redis.Redis(port=port).ping(), process, log)
            yield f"redis://127.0.0.1:{port}/0"
