"""Servers for the tests, forked by a process that has imported the product (tests/prefork.py) instead of started anew.

Each process of pytest has such a process of its own, from its first server to its end. Elsewhere (bench/) servers are started.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers


class Forked:
    """A process that is not our child, with those words of Popen that the tests use. It leads a process group of its own."""

    def __init__(self, pid: int, args: list[str]) -> None:
        self.pid = pid
        self.args = args
        self._ended = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it runs; how it ended is not known."""
        return 0 if select.select([self._ended], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended. Raises TimeoutExpired when it still runs after so many seconds."""
        if not select.select([self._ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def close(self) -> None:
        """Nobody asks for it any more."""
        os.close(self._ended)


class Forking:
    """The process that forks, begun when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def server(self, factory: str, log: Path, environ: dict[str, str]) -> Forked:
        """What `python -m core.server factory` would be; its output is added to `log`."""
        if self._process is None:
            self._process = self._begin()
        assert self._process.stdin
        assert self._process.stdout
        order = {"factory": factory, "log": str(log), "environ": environ}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return Forked(int(self._process.stdout.readline()), ["core.server", factory])

    @staticmethod
    def _begin() -> subprocess.Popen[str]:
        command = ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "tests.prefork"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=servers.ROOT, start_new_session=True)

    def end(self) -> None:
        """With it end the servers that still run."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


_forking: Forking | None = None


@contextmanager
def forking() -> Iterator[None]:
    """Until the end of the block servers are forked."""
    global _forking
    _forking = Forking()
    try:
        yield
    finally:
        _forking.end()
        _forking = None


def forks() -> Forking | None:
    """The process that forks, where there is one."""
    return _forking
