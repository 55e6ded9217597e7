"""What can be seen of the server from outside, in Prometheus' words: figures of work and of trouble, never of a person.

Several workers of one server write into files that they share (prometheus-client's multiprocess mode, switched on by
`core.server` before anything is imported), so that whichever worker is asked answers for all of them. One worker alone keeps its
figures in memory. No label is made of what a caller sent: an address is counted by its route's template, because the path of a
booking is a secret, and what has no route as "unmatched". Offices are no label either: 584 of them would make every histogram
584 times as long; a ward's own figures are its reports.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from flask import current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from core.processes import ProcessFigures

EXTENSION = "metrics"
SHARED_IN = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable by which prometheus-client is told, before it is imported, where the workers share their figures."""

ATTEMPTS = 5
BREATH_S = 0.02
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
UNMATCHED = "unmatched"

REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds: fine where the targets are (20 and 50 ms), coarse where something is wrong anyway."""


Scraped = Callable[[Session], Mapping[str, float]]
"""What is asked only when somebody looks: it gives the values by label, "" where there is no label."""


@dataclass(frozen=True)
class Figure:
    """A figure read at each look, mostly from the database. It is the same whichever worker reads it, so it is never summed."""

    name: str
    documentation: str
    read: Scraped
    label: str = ""


@dataclass
class Metrics:
    """The figures of one application, and all that other code has to know of them."""

    registry: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=False))
    figures: list[Figure] = field(default_factory=list)

    def __post_init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each, that nobody asks for
        self._requests = self._make(Counter, "http_requests", "Requests answered.", ("method", "route", "status"))
        self._request_s = self._make(
            Histogram, "http_request_duration_seconds", "From a request's arrival to its answer.", ("method", "route"), REQUEST_S
        )
        self._transaction_s = self._make(
            Histogram, "dung_gio_database_transaction_seconds", "From begin to commit, waits included.", ("kind",), QUICK_S
        )
        self._lock_wait_s = self._make(
            Histogram,
            "dung_gio_database_lock_wait_seconds",
            "SQLite: the wait for the process's write lock, and for another process's. PostgreSQL: statements that lock rows.",
            ("lock",),
            QUICK_S,
        )
        self._snapshots = self._make(Counter, "dung_gio_snapshots_sent", "Snapshots sent to rooms.", ("namespace",))
        self._send_s = self._make(
            Histogram,
            "dung_gio_change_to_send_seconds",
            "From a committed change, or another worker's word of it, until its snapshots were handed to the sockets.",
            ("namespace",),
            QUICK_S,
        )
        self._painted = self._make(
            Counter, "dung_gio_pictures", "Snapshots that are not urgent, by who made them since there is a painter.", ("by",)
        )
        self._loop_delay_s = self._make(
            Histogram, "dung_gio_loop_delay_seconds", "How much later than asked for a pause of the worker ended.", (), QUICK_S
        )
        self._print_jobs = self._make(Counter, "dung_gio_print_job_changes", "Print jobs that came into a state.", ("state",))
        self._log_lines = self._make(Counter, "dung_gio_log_lines", "Lines of level warning and above.", ("level", "logger"))
        self._sockets = self._gauge("dung_gio_sockets", "Sockets connected.", ("namespace",), "livesum")
        self._pool = self._gauge("dung_gio_database_connections_in_use", "Connections of the pool in use.", (), "livesum")
        self._alive = self._gauge(
            "dung_gio_background_last_run_timestamp_seconds", "When a background loop last took a turn.", ("loop",), "max"
        )
        self._keeper = self._gauge("dung_gio_housekeepers", "Workers that do the housekeeping: one.", (), "livesum")

        self._painters = self._gauge("dung_gio_painters", "Painters that answer: at most one a worker.", (), "livesum")

    def _make(self, kind: Any, name: str, documentation: str, labels: Sequence[str], buckets: Sequence[float] = ()) -> Any:
        extra = {"buckets": buckets} if buckets else {}
        return kind(name, documentation, labels, registry=self.registry, **extra)

    def _gauge(self, name: str, documentation: str, labels: Sequence[str], mode: Any) -> Gauge:
        """`mode` says what becomes of the values of several workers."""
        return Gauge(name, documentation, labels, registry=self.registry, multiprocess_mode=mode)

    # --- told by who does the work ----------------------------------------------------------------------------------

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the template of the address (`Rule.rule`), never the address itself."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._request_s.labels(method, route).observe(seconds)

    def transaction_done(self, kind: str, seconds: float) -> None:
        """`kind`: write or read."""
        self._transaction_s.labels(kind).observe(seconds)

    def lock_waited(self, lock: str, seconds: float) -> None:
        """`lock`: process or file (SQLite), row (PostgreSQL)."""
        self._lock_wait_s.labels(lock).observe(seconds)

    def snapshots_sent(self, namespace: str, count: int, seconds: float | None) -> None:
        """`seconds` since the change of which they tell; None where somebody has joined."""
        self._snapshots.labels(namespace).inc(count)
        if seconds is not None:
            self._send_s.labels(namespace).observe(seconds)

    def painted(self, by: str) -> None:
        """`by` the painter, or the worker because the painter did not."""
        self._painted.labels(by).inc()

    def loop_delayed(self, seconds: float) -> None:
        """What every socket of this worker had to wait for whatever was in the way."""
        self._loop_delay_s.observe(max(0.0, seconds))

    def print_job_changed(self, state: str) -> None:
        """One of `printer.models`' states."""
        self._print_jobs.labels(state).inc()

    def logged(self, level: str, logger: str) -> None:
        """A line that somebody should look at."""
        self._log_lines.labels(level, logger).inc()

    def loop_took_a_turn(self, loop: str, at: float) -> None:
        """`at` in seconds since 1970."""
        self._alive.labels(loop).set(at)

    def keeps_house(self, mine: bool) -> None:
        """Whether it is this worker that does the housekeeping."""
        self._keeper.set(float(mine))

    def has_painter(self, there: bool) -> None:
        """Whether this worker's painter answers."""
        self._painters.set(float(there))

    def sample(self, sockets: Mapping[str, int], connections: int) -> None:
        """What is not counted but looked at, every now and then: open sockets by namespace, connections in use."""
        for namespace, count in sockets.items():
            self._sockets.labels(namespace).set(count)
        self._pool.set(connections)

    # --- for who looks ----------------------------------------------------------------------------------------------

    def exposition(self, session: Session | None) -> bytes:
        """Everything, of all workers, in the text format. Without a session (the database is away) what it knows is missing."""
        shown = CollectorRegistry(auto_describe=False)
        folder = os.environ.get(SHARED_IN)
        shown.register(_Those(partial(_shared, folder) if folder else self.registry.collect))
        shown.register(_Those(lambda: self._read(session)))
        shown.register(_Those(ProcessFigures(of_siblings=folder is not None).collect))
        return generate_latest(shown)

    def _read(self, session: Session | None) -> Iterable[Metric]:
        yield GaugeMetricFamily("dung_gio_database_up", "Whether the database answers.", value=float(session is not None))
        for figure in self.figures if session is not None else ():
            assert session is not None
            family = GaugeMetricFamily(figure.name, figure.documentation, labels=[figure.label] if figure.label else [])
            for label, value in figure.read(session).items():
                family.add_metric([label] if figure.label else [], value)
            yield family


def _shared(folder: str) -> Iterable[Metric]:
    """What all workers share in `folder`. A worker that begins just now has made its file and not written into it yet."""
    for _attempt in range(ATTEMPTS):
        try:
            return list(MultiProcessCollector(None, folder).collect())  # type: ignore[no-untyped-call]
        except (struct.error, ValueError):
            time.sleep(BREATH_S)
    return []


@dataclass(frozen=True)
class _Those(Collector):
    """Whatever `collect` gives, as prometheus-client wants it."""

    gives: Callable[[], Iterable[Metric]]

    def collect(self) -> Iterable[Metric]:
        return self.gives()


def metrics() -> Metrics:
    """Those of the present application."""
    return cast(Metrics, current_app.extensions[EXTENSION])
