"""Paper: how soon a slip comes out, what it costs, and that a dead printer holds up nobody. `python -m bench.paper`

Real HTTP against the real server on SQLite; printers are TCP servers of this process on the loopback. Four offices are asked in
turn: one without a printer (the reference), one whose printer works, one whose printer refuses connections, and one whose printer
swallows them. The ratios are to the reference of the same run.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from core.database import Database
from core.migrate import upgrade
from printer import actions
from tests.builders import LONG_AGO, bearer, make_device, make_office
from tests.conftest import import_models
from tests.fault.fault_printer import black_hole
from tests.running import server

ROUNDS = 120
WARM_UP = 5
ALONE = "no printer"
OFFICES = {ALONE: "00001", "printer at work": "00002", "connection refused": "00003", "black hole": "00004"}
STATUS = {b"\x10\x04\x01": b"\x12", b"\x10\x04\x02": b"\x12", b"\x10\x04\x04": b"\x12"}
END = b"\x1dr\x01"


@dataclass
class LoopbackPrinter:
    """Answers at once and notes when the first byte of each page came and when it acknowledged the last one."""

    began: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    one_more: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link:
                self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        while data := link.recv(3):
            if data in STATUS:
                link.sendall(STATUS[data])
                continue
            self.began.append(time.perf_counter())
            while not data.endswith(END):
                data = data[-2:] + link.recv(65536)
            self.acknowledged.append(time.perf_counter())
            link.sendall(b"\x00")
            self.one_more.release()


def cpu_seconds(group: int) -> float:
    """Processor time of every process of a group, its dead children included."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += sum(int(value) for value in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def shares(milliseconds: list[float]) -> dict[str, float]:
    """The median and the 99th of a hundred."""
    cut = statistics.quantiles(milliseconds, n=100)
    return {"p50 ms": round(cut[49], 1), "p99 ms": round(cut[98], 1)}


@contextmanager
def printers() -> Iterator[tuple[LoopbackPrinter, dict[str, str]]]:
    """The printer at work, and the address of each office's printer."""
    printer = LoopbackPrinter()
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_server(("127.0.0.1", 0)) as closed,
        black_hole() as hole,
    ):
        refused = closed.getsockname()[1]
        closed.close()
        threading.Thread(target=printer.serve, args=(listener,), daemon=True).start()
        ports = {"printer at work": listener.getsockname()[1], "connection refused": refused, "black hole": hole}
        yield printer, {name: f"127.0.0.1:{port}" for name, port in ports.items()}


def furnish(url: str, addresses: dict[str, str]) -> dict[str, dict[str, str]]:
    """The four offices; the header of each one's kiosk."""
    import_models()
    upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        kiosks = {}
        for name, code in OFFICES.items():
            kiosks[name] = bearer(make_device(session, make_office(session, code, services="A")))
            if name in addresses:
                actions.set_up(
                    session, f"{code}/kiosk", kind="network", address=addresses[name], place=code, name=name, width_dots=576,
                    now=LONG_AGO,
                )  # fmt: skip
    database.dispose()
    return kiosks


def take(client: httpx.Client, name: str, kiosk: dict[str, str]) -> float:
    """Take a number; how long the answer took, in milliseconds."""
    started = time.perf_counter()
    answer = client.post(f"/api/v1/offices/{OFFICES[name]}/tickets", json={"service": "A"}, headers=kiosk)
    took = (time.perf_counter() - started) * 1000
    answer.raise_for_status()
    return took


def in_turn(client: httpx.Client, kiosks: dict[str, dict[str, str]], printer: LoopbackPrinter) -> dict[str, list[float]]:
    """A number of each office in turn, again and again: the time of each answer. Nobody waits so long that a slip expires."""
    times: dict[str, list[float]] = {name: [] for name in OFFICES}
    for number in range(ROUNDS + WARM_UP):
        for name, kiosk in kiosks.items():
            took = take(client, name, kiosk)
            if number >= WARM_UP:
                times[name].append(took)
        assert printer.one_more.acquire(timeout=30), "a slip did not come out"
    return times


def one_by_one(client: httpx.Client, name: str, kiosk: dict[str, str], printer: LoopbackPrinter | None) -> list[float]:
    """Numbers of one office, each when the slip before has come out; when each was touched."""
    touched = []
    for _number in range(ROUNDS):
        touched.append(time.perf_counter())
        take(client, name, kiosk)
        if printer is not None:
            assert printer.one_more.acquire(timeout=30), "a slip did not come out"
    return touched


def measure(folder: Path) -> dict[str, Any]:
    """One run."""
    url = f"sqlite:///{folder / 'paper.db'}"
    with printers() as (printer, addresses):
        kiosks = furnish(url, addresses)
        with server(folder, DATABASE_URL=url) as running, httpx.Client(base_url=running.url, timeout=60) as client:
            asked = in_turn(client, kiosks, printer)
            printer.began.clear()
            printer.acknowledged.clear()
            before = cpu_seconds(running.process.pid)
            one_by_one(client, ALONE, kiosks[ALONE], None)
            without = cpu_seconds(running.process.pid)
            touched = one_by_one(client, "printer at work", kiosks["printer at work"], printer)
            printed = cpu_seconds(running.process.pid)
    to_first = [(at - touch) * 1000 for touch, at in zip(touched, printer.began, strict=True)]
    to_end = [(at - touch) * 1000 for touch, at in zip(touched, printer.acknowledged, strict=True)]
    reference = statistics.median(asked[ALONE])
    return {
        "slips": ROUNDS,
        "touch to first byte": shares(to_first),
        "touch to acknowledgement": shares(to_end),
        "processor time of a number without paper, ms": round((without - before) / ROUNDS * 1000, 1),
        "processor time of a number on paper, ms": round((printed - without) / ROUNDS * 1000, 1),
        "answer to the kiosk": {
            name: shares(times) | {"ratio of medians": round(statistics.median(times) / reference, 2)}
            for name, times in asked.items()
        },
    }


def main() -> int:
    """Print a table and JSON."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    for name, value in found.items():
        if isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()):
            print(f"{name}:", *(f"  {each:<20}{told}" for each, told in value.items()), sep="\n")
        else:
            print(f"{name:<48}{value}")
    print(json.dumps({"paper": found}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
