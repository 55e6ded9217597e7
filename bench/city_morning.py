"""The city's morning on one machine: 6,433 screens, 17 to 200 calls a second, then 10,000 telephones on top.

    python -m bench.city_morning [--database postgresql] [--fanout library] [--painter off] [--seconds 20] [--no-phones]
                                 [--no-reference]

584 offices with 60 people waiting each, 4,681 consoles on /line with their officers' tokens, 1,168 displays and 584 kiosks on
/board, all against the real server; calls are real POST call-next. A call counts as shown when both displays of its office have
drawn it. This process is the generator; its own processor time is shown beside the server's. At the end bench.sockets sends the
same frames to as many sockets from a bare gevent server: what the sockets cost is judged against that.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter as Tally
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import sockets
from bench.figures import cpu_seconds, memory, spread
from bench.hall import COUNTERS, NOW, OFFICES, City, furnish
from bench.screens import Crowd, Press, Screen, allow_many_files
from tests import servers
from tests.running import Running, server

RATES = (17, 50, 100, 200)
"""Calls a second: what the city needs, three times, six times and twelve times that."""
PHONES = 10_000
PAINTER = "core.painting"
DISK = "/var/tmp"
"""Not the memory that tests use: a commit waits for a disk here, as it does in a ward."""
ON_BOARD = re.compile(rb'"number":"([A-Z]+\d+)"')
AT_COUNTER = re.compile(rb'"ticket":\{"id":\d+,"number":"([A-Z]+\d+)"')


@dataclass
class Watched:
    """When which screen first showed which number. Times are of `perf_counter`."""

    seen: dict[Screen, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    presses: list[Press] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def drawn(self, screen: Screen, payload: bytes, at: float) -> None:
        """A snapshot came. Displays are looked at, and the first console of each office."""
        self.sizes[screen.kind] = len(payload)
        looked_for = {"display": ON_BOARD, "first console": AT_COUNTER}.get(screen.kind)
        if looked_for is not None:
            known = self.seen[screen]
            for number in looked_for.findall(payload):
                known.setdefault(number.decode(), at)


def screens_of(city: City) -> list[Screen]:
    """Everything that is on in the halls, in the order it is switched on."""
    first: set[str] = set()
    made = []
    for desk in city.desks:
        kind = "console" if desk.office in first else "first console"
        first.add(desk.office)
        made.append(Screen("/line", "office", desk.office, kind, desk.token))
    for office in city.offices:
        made += [Screen("/board", "office", office, kind) for kind in ("display", "display", "kiosk")]
    random.Random(1).shuffle(made)
    return made


class Morning:
    """One run: the crowd, what was watched, and the officers who still have somebody to call."""

    def __init__(self, running: Running, city: City) -> None:
        self.group, self.city = running.process.pid, city
        self.crowd = Crowd.of(running.url)
        self.watched = Watched()
        self.crowd.on_snapshot = self.watched.drawn
        self.screens = screens_of(city)
        self.desks = list(city.desks)
        random.Random(2).shuffle(self.desks)
        self.next_desk = 0

    def calls(self, rate: float, seconds: float) -> dict[str, Any]:
        """So many calls a second for so long, evenly; what became of them."""
        begun = time.perf_counter()
        presses = [self.next_press() for _call in range(int(rate * seconds))]
        for number, press in enumerate(presses):
            press.due = begun + number / rate
            self.crowd.at(press.due, lambda press=press: self.crowd.press(press))  # type: ignore[misc]  # its type is inferred
        cpu, own, frames, bytes_ = cpu_seconds(self.group), time.process_time(), self.crowd.frames, self.crowd.bytes
        beside = cpu_seconds(self.group, PAINTER)
        self.crowd.run(lambda: all(press.answered for press in presses), seconds + 60)
        # What was served in this time: what is still owed to consoles and telephones is not waited for.
        took, used, own = time.perf_counter() - begun, cpu_seconds(self.group) - cpu, time.process_time() - own
        beside = cpu_seconds(self.group, PAINTER) - beside
        frames, bytes_ = self.crowd.frames - frames, self.crowd.bytes - bytes_
        self.crowd.run_for(2)
        return {
            "calls a second": rate,
            "calls": len(presses),
            "failed": sum(press.status != 200 for press in presses),
            "answers": dict(Tally(str(press.status) for press in presses)),
            "answered ms": spread([press.answered - press.sent for press in presses if press.status == 200]),
            "call to display ms": spread(self._shown(presses, "display", 2)),
            "call to console ms": spread(self._shown(presses, "first console", 1)),
            "consoles not shown": sum(press.status == 200 for press in presses) - len(self._shown(presses, "first console", 1)),
            "not shown": sum(press.status == 200 for press in presses) - len(self._shown(presses, "display", 2)),
            "seconds": round(took, 1),
            "server: cores": round(used / took, 2),
            "generator: cores": round(own / took, 2),
            "server ms a call": round(used / len(presses) * 1000, 2),
            "of it the painter": round(beside / len(presses) * 1000, 2),
            "frames a second": round(frames / took),
            "MB a second": round(bytes_ / took / 1e6, 1),
        }

    def next_press(self) -> Press:
        """The next officer who calls somebody."""
        desk = self.desks[self.next_desk % len(self.desks)]
        self.next_desk += 1
        return Press(desk.office, f"/api/v1/counters/{desk.counter}/call-next", desk.token)

    def _shown(self, presses: list[Press], kind: str, screens: int) -> list[float]:
        """Seconds from the request until the last of the office's screens of that kind showed the number."""
        by_office: dict[str, list[dict[str, float]]] = defaultdict(list)
        for screen, known in self.watched.seen.items():
            if screen.kind == kind:
                by_office[screen.key].append(known)
        shown = []
        for press in presses:
            if press.status == 200:
                number = press.body["ticket"]["number"]
                times = [known[number] for known in by_office[press.office] if number in known]
                if len(times) == screens:
                    shown.append(max(times) - press.sent)
        return shown

    def phones(self, how_many: int) -> list[Screen]:
        """Telephones of people who will not be called for a while."""
        return [Screen("/ticket", "token", token, "phone") for _office, token in self.city.phones[:how_many]]


def measure(running: Running, city: City, options: argparse.Namespace) -> dict[str, Any]:
    """Everything that is asked of one server."""
    morning = Morning(running, city)
    before = memory(running.process.pid)
    result: dict[str, Any] = {"database": options.database, "fanout": options.fanout, "painter": options.painter, "runs": []}
    cpu = cpu_seconds(running.process.pid)
    took = morning.crowd.connect_all(morning.screens)
    cpu, after = cpu_seconds(running.process.pid) - cpu, memory(running.process.pid)
    result["connected"] = _connected(len(morning.screens), took, cpu, after, before)
    _show(result["connected"])
    morning.calls(20, 3)  # everything is warm, and nobody judges it
    for rate in options.rates:
        result["runs"].append({"sockets": morning.crowd.settled} | morning.calls(rate, options.seconds))
        _show(result["runs"][-1])
    if not options.no_phones:
        phones = morning.phones(PHONES * options.offices // OFFICES)
        cpu, took = cpu_seconds(running.process.pid), morning.crowd.connect_all(phones)
        cpu, after = cpu_seconds(running.process.pid) - cpu, memory(running.process.pid)
        result["with phones"] = _connected(len(phones), took, cpu, after, before, already=len(morning.screens))
        _show(result["with phones"])
        for rate in options.rates:
            result["runs"].append({"sockets": morning.crowd.settled} | morning.calls(rate, options.seconds))
            _show(result["runs"][-1])
    result["frame bytes"] = morning.watched.sizes
    result["lost"] = dict(morning.crowd.lost)
    return result


def _connected(now: int, took: float, cpu: float, after: int, before: int, already: int = 0) -> dict[str, Any]:
    sockets_ = now + already
    return {
        "sockets": sockets_,
        "seconds to connect": round(took, 1),
        "server: ms a screen": round(cpu / now * 1000, 2),
        "server: MB": round(after / 1e6),
        "KB a connection": round((after - before) / sockets_ / 1e3, 1),
    }


def _show(result: dict[str, Any]) -> None:
    for name, value in result.items():
        shown = "   ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else value
        print(f"{name:<30}{shown}")
    print(flush=True)


def main() -> int:
    """Print tables and JSON; 1 when an action failed or a call was not shown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--fanout", choices=("direct", "library"), default="direct")
    parser.add_argument("--painter", choices=("auto", "on", "off"), default="auto")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rates", type=lambda text: [int(rate) for rate in text.split(",")], default=list(RATES))
    parser.add_argument("--offices", type=int, default=OFFICES)
    parser.add_argument("--no-phones", action="store_true")
    parser.add_argument("--no-reference", action="store_true")
    options = parser.parse_args()
    allow_many_files()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DISK)))
        sqlite = options.database == "sqlite"
        url = f"sqlite:///{folder / 'city.db'}" if sqlite else f"{stack.enter_context(servers.postgresql())}/postgres"
        city = furnish(url, offices=options.offices, counters=COUNTERS * options.offices // OFFICES)
        with server(folder, clock_at=NOW, DATABASE_URL=url, FANOUT=options.fanout, PAINTER=options.painter) as running:
            result = measure(running, city, options)
        if not options.no_reference:
            result["reference"] = sockets.compare(("bare", "direct", "library"))
            _show(result["reference"])
    print(json.dumps({"city morning": result}, ensure_ascii=False))
    return 1 if any(run["failed"] or run["not shown"] for run in result["runs"]) else 0


if __name__ == "__main__":
    sys.exit(main())
