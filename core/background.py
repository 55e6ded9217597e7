"""What a worker runs beside the requests, and what only one of all workers runs: the housekeeping.

A loop of `Services.background` runs in every worker, because it serves what that worker holds, or takes what is due by claiming
its row (the spool, the outbox). A loop of `Services.housekeeping` looks again and again at everything, so it runs in one of all
workers, on whatever machine: the one that holds the housekeeper's advisory lock of the database. PostgreSQL lets go of it when
that worker's connection ends, however it ended, and another takes over within seconds. It saves work; it is no guard: each step
of every loop still locks what it changes, so two housekeepers for a moment harm nothing. On SQLite there is one worker: that one.

The lock belongs to a connection: a pooler between that hands connections round (PgBouncer's transaction mode) breaks it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from core.clock import Clock
from core.database import Database
from core.metrics import Metrics
from core.web import Services

log = logging.getLogger(__name__)

HOUSEKEEPER = 0x44756E67
"""The key of the lock; each database has its own."""
LOOK_EVERY_S = 3.0
FAREWELL_S = 5.0
"""How long a step under way may take to end when the lock is lost or the server stops."""
DEAD_AFTER = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
"""A machine without power says no goodbye: PostgreSQL asks it whether it is still there, and lets go after 25 s."""

Loop = Callable[[threading.Event], None]


def start(services: Services, metrics: Metrics, stop: threading.Event) -> list[threading.Thread]:
    """Begin with everything; all of it ends when `stop` is set."""
    keeper = Housekeeping(services.database, services.clock, services.housekeeping, metrics)
    loops: list[Loop] = [partial(_run, loop, services.clock, metrics) for loop in services.background]
    threads = [threading.Thread(target=loop, args=(stop,), daemon=True) for loop in (*loops, keeper.run)]
    threads += [threading.Thread(target=warm, daemon=True) for warm in services.warming]
    for thread in threads:
        thread.start()
    return threads


def name_of(loop: Loop) -> str:
    """The module a loop stands in: how it is called in the figures."""
    function: Any = loop.func if isinstance(loop, partial) else loop
    return str(function.__module__).rpartition(".")[2]


def _run(loop: Loop, clock: Clock, metrics: Metrics, stop: threading.Event) -> None:
    name = name_of(loop)
    loop(_Turns(stop, lambda: metrics.loop_took_a_turn(name, clock.now().timestamp())))


class _Turns(threading.Event):
    """A stop like any other, that notes when its loop last asked for it: one that hangs asks no more."""

    def __init__(self, stop: threading.Event, told: Callable[[], None]) -> None:
        super().__init__()
        self._stop = stop
        self._told = told

    def is_set(self) -> bool:
        self._told()
        return self._stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is not None:  # who waits for nothing but the end has no turns
            self._told()
        return self._stop.wait(timeout)


class Housekeeping:
    """Runs the housekeeping of all workers in this one, as long as it is this one that holds the lock."""

    def __init__(self, database: Database, clock: Clock, loops: Sequence[Loop], metrics: Metrics) -> None:
        self._database, self._clock, self._loops, self._metrics = database, clock, loops, metrics

    def run(self, stop: threading.Event) -> None:
        """Apply for it until `stop` is set; a database that is away is asked again."""
        while not stop.is_set():
            try:
                with self._applied() as held:
                    if held is not None:
                        self._keep_house(held, stop)
            except Exception as error:
                log.warning("the housekeeper's lock cannot be asked for: %s; it is tried again", type(error).__name__)
            stop.wait(LOOK_EVERY_S)

    def _keep_house(self, still_mine: Callable[[], object], stop: threading.Event) -> None:
        ended = threading.Event()
        threads = [
            threading.Thread(target=_run, args=(loop, self._clock, self._metrics, ended), daemon=True) for loop in self._loops
        ]
        for thread in threads:
            thread.start()
        self._metrics.keeps_house(True)
        try:
            while not stop.wait(LOOK_EVERY_S):
                still_mine()
        finally:
            ended.set()
            for thread in threads:
                thread.join(FAREWELL_S)
            self._metrics.keeps_house(False)

    @contextmanager
    def _applied(self) -> Iterator[Callable[[], object] | None]:
        """A way to ask whether the lock is still held (it raises when not), or None when another worker has it."""
        if self._database.is_sqlite:
            yield lambda: None
            return
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()  # from the pool: closed at the end, and the lock with it
            for setting in DEAD_AFTER:
                connection.execute(text(f"SET {setting}"))
            mine = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": HOUSEKEEPER}).scalar_one()
            yield partial(_ask, connection) if mine else None


def _ask(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))
