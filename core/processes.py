"""CPU, memory and open files of the server's processes, as Linux tells them; nothing where it does not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

PROC = Path("/proc")


class ProcessFigures:
    """The standard `process_*` figures, one series for each worker (label `pid`): a sum would hide the one that grows."""

    def __init__(self, of_siblings: bool) -> None:
        """`of_siblings`: all workers of this server, whichever of them is asked; else only this process."""
        self._of_siblings = of_siblings

    def collect(self) -> Iterable[Metric]:
        """The figures of every process, by name."""
        found: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for pid in self._pids():
            for family in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                if family.name not in found:
                    kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
                    found[family.name] = kind(family.name, family.documentation, labels=["pid"])
                found[family.name].add_metric([str(pid)], family.samples[0].value)
        return found.values()

    def _pids(self) -> list[int]:
        own = os.getpid()
        return sorted({own, *_children_of(os.getppid())}) if self._of_siblings else [own]


def _children_of(parent: int) -> Iterator[int]:
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold spaces and brackets of its own.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended in between
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            yield int(stat.parent.name)
