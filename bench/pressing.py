"""Presses over HTTP: keep-alive connections that press as fast as they are answered, what it took, and what it cost the server.

To be imported by a process that gevent has patched.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent

DISK = Path(os.environ.get("BENCH_DIR", "/var/tmp"))  # the tests work in memory, where a commit is free
TICKS = os.sysconf("SC_CLK_TCK")
KEPT_OPEN_S = 1.0
_keys = itertools.count(1)


@dataclass
class Pressed:
    """What a run of presses met: milliseconds and status of each answer, wall seconds, CPU seconds of the server."""

    milliseconds: list[float] = field(default_factory=list)
    answers: Tally[int] = field(default_factory=Tally)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Presses a second."""
        return len(self.milliseconds) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the server's CPU for a press."""
        return self.cpu / len(self.milliseconds) * 1000

    def percentile(self, share: int) -> float:
        """The `share`th percentile of the milliseconds."""
        return statistics.quantiles(self.milliseconds, n=100)[share - 1]

    def add(self, other: Pressed) -> None:
        """The two runs as one."""
        self.milliseconds += other.milliseconds
        self.answers += other.answers
        self.seconds += other.seconds
        self.cpu += other.cpu


class Hand:
    """One connection that stays open, like a kiosk's or a console's; the server ends one that was idle for two seconds."""

    def __init__(self, url: str, address: str = "") -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=120)
        self._address, self._answered = address, 0.0
        self.cookie = ""

    def press(self, path: str, token: str = "", body: Any = None, method: str = "POST") -> tuple[float, int, bytes]:
        """One request with a key of its own: how many milliseconds, the status, the body."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"bench-{next(_keys)}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.send(method, path, headers, None if body is None else json.dumps(body))

    def send(self, method: str, path: str, headers: dict[str, str], body: str | None) -> tuple[float, int, bytes]:
        """One request as it is given."""
        if time.perf_counter() - self._answered > KEPT_OPEN_S:
            self._connection.close()
        if self._address:
            headers |= {"X-Forwarded-For": self._address}
        if self.cookie:
            headers |= {"Cookie": self.cookie}
        started = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        self._answered = time.perf_counter()
        return (self._answered - started) * 1000, answer.status, text


Press = Callable[[Hand], tuple[float, int, bytes]]


def press_all(url: str, presses: Iterable[Press], *, hands: int, group: int) -> Pressed:
    """Let `hands` connections press one after another until all is done; `group` is the server's process group."""
    pressed, todo = Pressed(), iter(presses)

    def work() -> None:
        hand = Hand(url)
        for press in todo:
            milliseconds, status, _text = press(hand)
            pressed.milliseconds.append(milliseconds)
            pressed.answers[status] += 1

    began, spent = time.perf_counter(), cpu_of(group)
    gevent.joinall([gevent.spawn(work) for _hand in range(hands)], raise_error=True)
    pressed.seconds, pressed.cpu = time.perf_counter() - began, cpu_of(group) - spent
    return pressed


def cpu_of(group: int) -> float:
    """CPU seconds so far of the server's processes: those of its process group, without the niced ones that draw and export."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and int(fields[16]) <= 0:
            total += sum(map(int, fields[11:13])) / TICKS
    return total


def table(rows: list[dict[str, Any]]) -> str:
    """The rows with their names above, as columns that line up."""
    names = list(rows[0])
    cells = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
