"""Real server processes, on free ports, for the tests that need more than the test client."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from tests import forked, servers
from tests.conftest import HANOI, MONDAY_MORNING
from tests.serving import AHEAD


@dataclass
class Running:
    """A server that answers at `url` and keeps its data in `data_dir`; its output is in `log`."""

    url: str
    data_dir: Path
    process: servers.Process
    log: Path

    def now(self) -> datetime:
        """What time it is at the office."""
        return datetime.now(HANOI) + timedelta(seconds=float((self.data_dir / AHEAD).read_text()))

    def wait_until(self, instant: datetime) -> None:
        """Let the office's clock jump to `instant`: nobody in a test waits for a quarter past nine."""
        set_clock(self.data_dir, instant)

    def wait(self, **span: float) -> None:
        """Let the office's clock jump on by `span`, e.g. `minutes=20`."""
        self.wait_until(self.now() + timedelta(**span))

    def kill(self) -> None:
        """End it at once with everything it started, as a power cut would."""
        _kill(self.process)


@contextmanager
def server(
    data_dir: Path,
    *,
    factory: str = "tests.serving:create_app",
    clock_at: datetime = MONDAY_MORNING,
    port: int | None = None,
    in_order: bool = False,
    **environ: str,
) -> Iterator[Running]:
    """The product's own server on `data_dir` (its SQLite file, unless DATABASE_URL says otherwise), until the block ends.

    One that was forked is then killed, unless it shall end `in_order`: nobody waits for a server that has nothing to keep.
    """
    port = port or servers.free_port()
    url, log = f"http://127.0.0.1:{port}", data_dir / f"server-{port}.log"
    settings = {"DATA_DIR": str(data_dir), "PORT": str(port), "PUBLIC_URL": url, **environ}
    set_clock(data_dir, clock_at)
    with _process(factory, log, clean_environ() | settings, in_order) as process:
        servers.wait_until(lambda: httpx.get(f"{url}/healthz").raise_for_status(), process, log)
        try:
            yield Running(url, data_dir, process, log)
        finally:
            if "PYTEST_CURRENT_TEST" in os.environ:  # pytest shows it when a test fails
                print(f"The end of {log.name}:\n{log.read_text(errors='replace')[-4000:]}")


@contextmanager
def _process(factory: str, log: Path, environ: dict[str, str], in_order: bool) -> Iterator[servers.Process]:
    """Forked where it can be: prometheus-client must hear of several workers before it is imported."""
    forking = forked.forks()
    if forking is None or "WEB_CONCURRENCY" in environ:
        command = [sys.executable, "-m", "core.server", factory]
        with servers.child(command, log, end=signal.SIGTERM, environ=environ) as process:
            yield process
        return
    with closing(forking.server(factory, log, environ)) as process:
        try:
            yield process
        finally:
            if in_order:
                servers.end_of(process, signal.SIGTERM)
            else:
                _kill(process)


def _kill(process: servers.Process) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it does not lead its group yet
            os.killpg(process.pid, signal.SIGKILL)
        process.send_signal(signal.SIGKILL)
        process.wait()


def set_clock(data_dir: Path, instant: datetime) -> None:
    """Set the clock of the servers on `data_dir` to `instant`; it runs on from there."""
    draft = data_dir / f"{AHEAD}.new"
    draft.write_text(str((instant - datetime.now(HANOI)).total_seconds()))
    draft.replace(data_dir / AHEAD)


def office_command(data_dir: Path, *arguments: str, **environ: str) -> str:
    """Run `flask office ...` on `data_dir`, by the clock of the tests; gives what it wrote on stdout."""
    command = [sys.executable, "-m", "flask", "--app", "tests.serving", "office", *arguments]
    settings = clean_environ() | {"DATA_DIR": str(data_dir), "TEST_CLOCK": MONDAY_MORNING.isoformat(), **environ}
    done = subprocess.run(command, env=settings, cwd=servers.ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def clean_environ() -> dict[str, str]:
    """The environment without what would change the product's settings."""
    ours = {"DATABASE_URL", "REDIS_URL", "WEB_CONCURRENCY", "PORT", "HOST", "SECRET_KEY", "PUBLIC_URL", "TZ_OFFICE", "DATA_DIR",
            "FANOUT", "PAINTER"}  # fmt: skip
    return {name: value for name, value in os.environ.items() if name not in ours}
