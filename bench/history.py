"""What years of visits cost today: a press and a look at none, 100 thousand and a million old tickets. `python -m bench.history`

Ten wards with a year behind each (bench/past.py). Three servers run at once, one for each length of the past, and are asked in
turns by one connection, so that all of them meet the same machine. `python -m bench.history sqlite 10000000`: ten million beside
none, on one kind of database.
The goal (issue 7): at a million at most 1.2 times as long as at none.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  (everything below must be imported patched)
import os  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections import defaultdict  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import ExitStack  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import psycopg  # noqa: E402

from bench import past  # noqa: E402
from bench.pressing import DISK, Hand, cpu_of, table  # noqa: E402
from bench.wards import NOW, Ward, fill, furnish  # noqa: E402
from tests import servers  # noqa: E402
from tests.running import Running, server  # noqa: E402

WARDS = 10
WAITING = 25
TURNS = 120
"""Of each press and look at each server."""
WARM = 12
SIZES = (0, 100_000, 1_000_000)
MOST = 1.2
WHAT = ("take ticket", "call-next", "board", "line")


class Office:
    """One server with its past, and what it took to ask it."""

    def __init__(self, visits: int, running: Running, wards: list[Ward]) -> None:
        self.visits, self.running, self.wards = visits, running, wards
        self.hand = Hand(running.url)
        self.group = os.getpgid(running.process.pid)
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.cpu: dict[str, float] = defaultdict(float)
        self.first: list[float] = []

    def ask(self, what: str, turn: int) -> None:
        """One press or look; those that warm up are not counted."""
        ward = self.wards[turn % WARDS]
        spent = cpu_of(self.group)
        milliseconds, status, text = self._asked(what, ward)
        if status not in (200, 201):
            raise RuntimeError(f"{what} at {self.visits} old tickets: {status} {text!r}")
        if turn >= WARM:
            self.milliseconds[what].append(milliseconds)
            self.cpu[what] += cpu_of(self.group) - spent
        elif what == "take ticket" and turn < WARDS:
            self.first.append(milliseconds)

    def _asked(self, what: str, ward: Ward) -> tuple[float, int, bytes]:
        counter, officer = next(ward.turn) if what == "call-next" else ward.desks[0]
        if what == "take ticket":
            return self.hand.press(f"/api/v1/offices/{ward.code}/tickets", ward.kiosk, {"service": next(ward.services)})
        if what == "call-next":
            return self.hand.press(f"/api/v1/counters/{counter}/call-next", officer, {})
        return self.hand.press(f"/api/v1/offices/{ward.code}/{what}", officer, method="GET")


def measure(kind: str, places: list[tuple[int, str, Path]]) -> list[dict[str, Any]]:
    """The presses and looks on one kind of database, at each length of the past in turns."""
    with ExitStack() as stack:
        offices = []
        for visits, url, folder in places:
            wards, began = furnish(url, WARDS, 0), time.perf_counter()
            past.write(url, visits, NOW.date())
            print(f"{kind}: {visits} old tickets written in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            fill(url, wards, WAITING)
            running = stack.enter_context(server(folder, clock_at=NOW, DATABASE_URL=url))
            offices.append(Office(visits, running, wards))
        for turn in range(TURNS + WARM):
            for what in WHAT:
                for office in offices[turn % len(offices) :] + offices[: turn % len(offices)]:
                    office.ask(what, turn)
    return list(_rows(kind, offices))


def _rows(kind: str, offices: list[Office]) -> Iterator[dict[str, Any]]:
    for what in WHAT:
        none = offices[0].milliseconds[what]
        for office in offices:
            took = office.milliseconds[what]
            yield {
                "database": kind,
                "what": what,
                "old tickets": office.visits,
                "p50 ms": round(statistics.median(took), 2),
                "p99 ms": round(statistics.quantiles(took, n=100)[98], 2),
                "p50 to none": round(statistics.median(took) / statistics.median(none), 2),
                "CPU to none": round(office.cpu[what] / (offices[0].cpu[what] or 1), 2),
                "first of the day ms": round(statistics.median(office.first)) if what == "take ticket" else "",
            }


def main() -> int:
    """Print a table and JSON; 1 when a past of a million (or what was asked for) makes today slower than it may."""
    asked = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    sizes = (0, *asked) if asked else SIZES
    rows: list[dict[str, Any]] = []
    for kind in [word for word in sys.argv[1:] if not word.isdecimal()] or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dung-gio-history-", dir=DISK)))
            folder.chmod(0o755)  # PostgreSQL does not run as root
            cluster = "" if kind == "sqlite" else stack.enter_context(servers.postgresql(folder))
            places = []
            for visits in sizes:
                place = folder / f"past-{visits}"
                place.mkdir()
                if cluster:
                    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
                        connection.execute(f'CREATE DATABASE "past{visits}"'.encode())
                places.append((visits, f"{cluster}/past{visits}" if cluster else f"sqlite:///{place / 'past.db'}", place))
            rows += measure(kind, places)
    print(table(rows), flush=True)
    print(json.dumps({"history": rows}, ensure_ascii=False))
    slow = [row for row in rows if row["old tickets"] >= 1_000_000 and row["p50 to none"] > MOST]
    for row in slow:
        print(f"SLOW: {row['what']} on {row['database']}: {row['p50 to none']} times as long as at none.", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
