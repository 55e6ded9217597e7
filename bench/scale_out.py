"""One worker and two, on PostgreSQL and Redis, with a tenth of the city before them. `python -m bench.scale_out`

What a second worker brings and what it costs: the same screens and the same calls at one worker and at two, one after the other
in one run. Each worker keeps its own sockets; a change travels to the other through Redis, and each makes the snapshots for its
own. On two processors, with this generator, PostgreSQL and Redis beside them, two workers have to share what one had.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.city_morning import DISK, Morning
from bench.figures import cpu_seconds, memory
from bench.hall import COUNTERS, NOW, OFFICES, City, furnish
from bench.screens import allow_many_files
from tests import servers
from tests.conftest import create_postgresql_database
from tests.running import Running, server

RATES = (25, 50, 100)
ROWS = ("call to display ms", "answered ms", "failed", "not shown", "server: cores", "server ms a call", "generator: cores")


def measure(running: Running, city: City, options: argparse.Namespace) -> dict[str, Any]:
    """Connect everybody, then call at each rate."""
    morning = Morning(running, city)
    began = cpu_seconds(running.process.pid)
    took = morning.crowd.connect_all(morning.screens)
    result: dict[str, Any] = {
        "sockets": morning.crowd.settled,
        "seconds to connect": round(took, 1),
        "server: ms a screen": round((cpu_seconds(running.process.pid) - began) / len(morning.screens) * 1000, 2),
        "MB of the largest worker": round(memory(running.process.pid) / 1e6),
    }
    morning.calls(10, 3)  # everything is warm, and nobody judges it
    result["runs"] = [morning.calls(rate, options.seconds) for rate in options.rates]
    return result


def show(workers: int, result: dict[str, Any]) -> None:
    """A table for people."""
    head = ", ".join(f"{name} {value}" for name, value in result.items() if name != "runs")
    print(f"--- {workers} worker(s): {head}")
    for run in result["runs"]:
        print(f"{run['calls a second']:>5} calls a second   " + "   ".join(f"{name} {run[name]}" for name in ROWS))
    print(flush=True)


def main() -> int:
    """Print tables and JSON; 1 when an action failed or a call was not shown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--offices", type=int, default=OFFICES // 10)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rates", type=lambda text: [int(rate) for rate in text.split(",")], default=list(RATES))
    parser.add_argument("--fanout", choices=("direct", "library"), default="direct")
    options = parser.parse_args()
    allow_many_files()
    results: dict[int, dict[str, Any]] = {}
    with ExitStack() as stack:
        cluster, redis = stack.enter_context(servers.postgresql()), stack.enter_context(servers.redis_server())
        for workers in (1, 2):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DISK)))
            url = create_postgresql_database(cluster, f"city{workers}")
            city = furnish(url, offices=options.offices, counters=COUNTERS * options.offices // OFFICES)
            environ = {"DATABASE_URL": url, "REDIS_URL": redis, "FANOUT": options.fanout, "WEB_CONCURRENCY": str(workers)}
            with server(folder, clock_at=NOW, **environ) as running:
                results[workers] = measure(running, city, options)
            show(workers, results[workers])
    print(json.dumps({"scale out": results}, ensure_ascii=False))
    return 1 if any(run["failed"] or run["not shown"] for each in results.values() for run in each["runs"]) else 0


if __name__ == "__main__":
    sys.exit(main())
