"""CPU, memory and open files of the server's processes, as Linux tells them; nothing where it does not."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

PROC = Path("/proc")
PAINTER = "core.painting"
"""The module a painter runs: core/painter.py begins it by this name, and by this name it is found again."""


class ProcessFigures:
    """The standard `process_*` figures, one series for each process (`pid`, and `role`: worker or painter): a sum would hide the
    one that grows.
    """

    def __init__(self, of_siblings: bool) -> None:
        """`of_siblings`: all workers of this server, whichever is asked, else only this one; each with its painter."""
        self._of_siblings = of_siblings

    def collect(self) -> Iterable[Metric]:
        """The figures of every process, by name."""
        found: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for pid, role in self._processes():
            for family in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                if family.name not in found:
                    kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
                    found[family.name] = kind(family.name, family.documentation, labels=["pid", "role"])
                found[family.name].add_metric([str(pid), role], family.samples[0].value)
        return found.values()

    def _processes(self) -> list[tuple[int, str]]:
        own, parents = os.getpid(), _parents()
        workers = {own} | {pid for pid, parent in parents.items() if self._of_siblings and parent == os.getppid()}
        painters = {pid for pid, parent in parents.items() if parent in workers and PAINTER in _command_of(pid)}
        return [(pid, "worker") for pid in sorted(workers)] + [(pid, "painter") for pid in sorted(painters)]


def _parents() -> dict[int, int]:
    """The parent of every process that runs."""
    found = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold spaces and brackets of its own.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended in between
            continue
        if fields[0] != "Z":
            found[int(stat.parent.name)] = int(fields[1])
    return found


def _command_of(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_text(errors="replace")
    except OSError:
        return ""
