"""What a server has used, as the system counts it, and how times are spread."""

from __future__ import annotations

import os
import re
import statistics
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(group: int, command: str = "") -> float:
    """What the processes of a group, or those with this in their command, have used of the processor so far."""
    used = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            named = command in stat.with_name("cmdline").read_text()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group and named:
            used += (int(fields[11]) + int(fields[12])) / _TICKS
    return used


def memory(group: int) -> int:
    """Bytes of the largest process of a group: the server's one worker."""
    sizes = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) == group:
                found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
                sizes.append(int(found[1]) * 1024 if found else 0)
        except OSError:  # it has ended meanwhile
            continue
    return max(sizes)


def spread(seconds: list[float]) -> dict[str, float]:
    """p50, p99 and the worst, in milliseconds."""
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1000, 1), "p99": round(cuts[98] * 1000, 1), "worst": round(max(seconds) * 1000, 1)}
