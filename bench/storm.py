"""The storm: all 6,000 screens lose the server and come back, while an office that lost nothing goes on calling.

    python -m bench.storm [--screens 6000] [--calls 16] [--fanout library] [--painter off] [--kind cut,restart]

`cut`: the network fails for a moment, and every socket is reset at once; the server is alive and learns of 6,000 ends and 6,000
beginnings. `restart`: the server is killed and started again. The screens wait before they come back as core/static/core/live.js
does: where the server was away for some seconds, the last of them knocks seconds after it is back, whatever it could do. Settled
is when the last was sent its snapshot again, counted from when they could come back. Somebody else's calls are real POST
call-next, in offices whose own screens are in the storm too; how long they took is compared with before it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.city_morning import DISK, Morning
from bench.figures import cpu_seconds, memory, spread
from bench.hall import COUNTERS, NOW, OFFICES, furnish
from bench.screens import Press, allow_many_files
from tests import servers
from tests.running import Running, server

SCREENS = 6000
CALLS = 16.0
"""A second: what the whole city needs."""
BEFORE_S = 8.0
PATIENCE_S = 120.0


class Storm(Morning):
    """A morning in which everybody is cut off."""

    def __init__(self, running: Running, city: Any, how_many: int, rate: float) -> None:
        super().__init__(running, city)
        self.screens = self.screens[:how_many]
        self.rate = rate
        self.presses: list[Press] = []
        self.calling = 0

    def go_on_calling(self, due: float, turn: int) -> None:
        """An officer somewhere presses; the next one a moment later."""
        if turn != self.calling:
            return
        press = self.next_press()
        press.due = due
        self.presses.append(press)
        self.crowd.press(press)
        self.crowd.at(due + 1 / self.rate, lambda: self.go_on_calling(due + 1 / self.rate, turn))

    def begin_calling(self) -> None:
        """From now on."""
        self.presses, self.calling = [], self.calling + 1
        self.go_on_calling(time.perf_counter(), self.calling)

    def end_calling(self) -> dict[str, Any]:
        """What became of the calls: from when each was due, for an officer who is kept waiting does not press again."""
        self.calling += 1
        self.crowd.run(lambda: all(press.answered for press in self.presses), 60)
        return {
            "calls": len(self.presses),
            "failed": sum(press.status != 200 for press in self.presses),
            "ms": spread([press.answered - press.due for press in self.presses if press.status == 200]),
        }

    def settle(self, since: float) -> tuple[float | None, float | None]:
        """Seconds until 99 of 100 and until all are there again; None when that took too long."""
        times: list[float | None] = []
        for wanted in (len(self.screens) * 99 // 100, len(self.screens)):
            left = PATIENCE_S - (time.perf_counter() - since)
            there = self.crowd.run(lambda wanted=wanted: self.crowd.settled >= wanted, left)  # type: ignore[misc]  # inferred
            times.append(round(time.perf_counter() - since, 2) if there else None)
        return times[0], times[1]


def cut(storm: Storm) -> dict[str, Any]:
    """Reset every socket at once; the server lives."""
    storm.begin_calling()
    storm.crowd.run_for(BEFORE_S)
    before = storm.end_calling()
    storm.begin_calling()
    cpu, begun = cpu_seconds(storm.group), time.perf_counter()
    own = time.process_time()
    for screen in storm.screens:
        storm.crowd.cut(screen)
    most, everybody = storm.settle(begun)
    used, own = cpu_seconds(storm.group) - cpu, time.process_time() - own
    knocked = max(screen.begun for screen in storm.screens) - begun
    meanwhile = storm.end_calling()
    return _told(storm, "cut", most, everybody, knocked, used, own) | {"calls before": before, "calls meanwhile": meanwhile}


def restart(storm: Storm, running: Running, again: Any) -> dict[str, Any]:
    """Kill the server and start it again on its port."""
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()
    storm.crowd.run(lambda: storm.crowd.settled == 0, 20)
    started: list[Running] = []
    over = threading.Event()

    def serve() -> None:
        with again() as fresh:
            started.append(fresh)
            over.wait()  # a server ends with the thread that has started it

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        storm.crowd.run(lambda: bool(started), PATIENCE_S)  # meanwhile the screens knock at a door that is shut
        storm.group = started[0].process.pid
        begun, own = time.perf_counter(), time.process_time()
        cpu = cpu_seconds(storm.group)
        storm.begin_calling()
        most, everybody = storm.settle(begun)
        used, own = cpu_seconds(storm.group) - cpu, time.process_time() - own
        knocked = max(screen.begun for screen in storm.screens) - begun
        meanwhile = storm.end_calling()
        return _told(storm, "restart", most, everybody, knocked, used, own) | {"calls meanwhile": meanwhile}
    finally:
        over.set()
        serving.join()


def _told(
    storm: Storm, kind: str, most: float | None, everybody: float | None, knocked: float, used: float, own: float
) -> dict[str, Any]:
    return {
        "storm": kind,
        "screens": len(storm.screens),
        "99 of 100 settled after s": most,
        "last one knocked after s": round(knocked, 2),
        "all settled after s": everybody,
        "server: CPU s": round(used, 2),
        "server: CPU ms a screen": round(used / len(storm.screens) * 1000, 2),
        "generator: CPU s": round(own, 2),
        "server: MB": round(memory(storm.group) / 1e6),
        "attempts that failed": dict(storm.crowd.lost),
    }


def main() -> int:
    """Print tables and JSON; 1 when somebody never came back or a call failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screens", type=int, default=SCREENS)
    parser.add_argument("--calls", type=float, default=CALLS)
    parser.add_argument("--fanout", choices=("direct", "library"), default="direct")
    parser.add_argument("--painter", choices=("auto", "on", "off"), default="auto")
    parser.add_argument("--kind", type=lambda text: text.split(","), default=["cut", "restart"])
    options = parser.parse_args()
    allow_many_files()
    offices = min(OFFICES, max(1, options.screens * OFFICES // SCREENS))
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DISK)))
        url, port = f"sqlite:///{folder / 'city.db'}", servers.free_port()
        city = furnish(url, offices=offices, counters=COUNTERS * offices // OFFICES)

        def start() -> Any:
            return server(folder, clock_at=NOW, port=port, DATABASE_URL=url, FANOUT=options.fanout, PAINTER=options.painter)

        with start() as running:
            storm = Storm(running, city, options.screens, options.calls)
            storm.crowd.connect_all(storm.screens)
            storm.crowd.comes_back = True
            for kind in options.kind:
                storm.crowd.lost.clear()
                results.append(cut(storm) if kind == "cut" else restart(storm, running, start))
                for name, value in results[-1].items():
                    print(f"{name:<30}{value}")
                print(flush=True)
    print(json.dumps({"storm": results}))
    return 1 if any(r["all settled after s"] is None or r["calls meanwhile"]["failed"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
