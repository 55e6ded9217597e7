"""What the sockets alone cost: the same frames to the same rooms from a bare gevent server, directly, and through the library.

    python -m bench.sockets                  6,433 sockets in 584 rooms, 200 snapshots a second
    python -m bench.sockets --idle 15000     how much memory so many sockets take in the whole product

The bare server (bench/bare.py) is the least that can be written: a greenlet reads each connection, and a
loop writes to all of a room. The other two are the whole product with one feed more, whose snapshots need no database.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

import wsgi
from bench.figures import cpu_seconds, memory, spread
from bench.screens import Crowd, Screen, allow_many_files
from bench.snapshots import NAMESPACE, ROOMS, publish, snapshot
from core.migrate import upgrade
from core.realtime import Feed
from tests import servers
from tests.conftest import import_models
from tests.running import Running, clean_environ

SOCKETS = 6433
SECONDS = 10.0
QUIET_S = 3.0
FIRST = ROOMS
"""Connected before anything is weighed: what the server needs once is then in its memory."""


# --- the product, with one feed more ----------------------------------------------------------------------------------


def create_app() -> Flask:
    """The whole product; `FANOUT` says how its sockets are served."""
    app = wsgi.create_app()
    realtime, versions = app.extensions["realtime"], {"of": 0}

    def made(_session: Any, _office: str, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        return {key: snapshot(key, versions["of"]) for key in keys}

    def send(room: str, shown: dict[str, Any]) -> None:
        encoded = realtime.sender.encode(NAMESPACE, shown)
        realtime.sender.send(NAMESPACE, encoded, realtime.rooms.sockets((NAMESPACE, room), room))

    realtime.add(Feed(NAMESPACE, "room", ("anyone",), lambda _session, key: key, made))
    threading.Thread(target=publish, args=(send,), daemon=True).start()
    return app


# --- the comparison ---------------------------------------------------------------------------------------------------


@contextmanager
def running(kind: str, folder: Path) -> Iterator[tuple[Running, Path]]:
    """One of the three on a port of its own; gives the server and the switch of its publishing."""
    import_models()
    upgrade(f"sqlite:///{folder / 'dung-gio.db'}")
    port, switch = servers.free_port(), folder / f"{kind}.publish"
    environ = clean_environ() | {"DATA_DIR": str(folder), "PORT": str(port), "FANOUT": kind, "PUBLISH_WHILE": str(switch),
                                 "PAINTER": "off"}  # fmt: skip
    command = [sys.executable, "-m", "core.server", "bench.sockets:create_app"]
    if kind == "bare":
        environ["FANOUT"] = "library"
        command = [sys.executable, "-m", "bench.bare", str(port)]
    with servers.child(command, folder / f"{kind}.log", end=signal.SIGTERM, environ=environ) as process:
        servers.wait_until(lambda: _answers(port), process, folder / f"{kind}.log")
        yield Running(f"http://127.0.0.1:{port}", folder, process, folder / f"{kind}.log"), switch


def _answers(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        if b" 200 " not in sock.recv(64):
            raise RuntimeError("no answer yet")


def measure(kind: str, folder: Path) -> dict[str, float]:
    """Processor time of a snapshot to a room, what a connection weighs, and how long a frame takes."""
    with running(kind, folder) as (server, switch):
        crowd = Crowd.of(server.url)
        crowd.connect_all(_screens(FIRST))
        before, cpu = memory(server.process.pid), cpu_seconds(server.process.pid)
        crowd.connect_all(_screens(SOCKETS - FIRST))
        joined = (cpu_seconds(server.process.pid) - cpu) / (SOCKETS - FIRST)
        weight = (memory(server.process.pid) - before) / (SOCKETS - FIRST)
        quiet = cpu_seconds(server.process.pid)
        crowd.run_for(QUIET_S)
        quiet = (cpu_seconds(server.process.pid) - quiet) / QUIET_S
        last: dict[str, list[float]] = defaultdict(list)
        crowd.on_snapshot = lambda screen, payload, at: last[screen.key + str(screen.drawn)].append(at)
        drawn, cpu, begun = crowd.frames, cpu_seconds(server.process.pid), time.perf_counter()
        switch.touch()
        crowd.run_for(SECONDS)
        switch.unlink()
        took = time.perf_counter() - begun
        used = cpu_seconds(server.process.pid) - cpu - quiet * took
        sent = crowd.frames - drawn
        crowd.run_for(0.2)
    between = [max(times) - min(times) for times in last.values() if len(times) > 5]
    return {
        "frames a second": round(sent / took),
        "CPU us a frame": round(used / sent * 1e6, 1),
        "first to last of a room ms p99": spread(between).get("p99", 0.0),
        "ms CPU to join": round(joined * 1000, 2),
        "KB a connection": round(weight / 1e3, 1),
        "idle: share of a core": round(quiet, 3),
    }


def compare(kinds: Iterable[str]) -> dict[str, Any]:
    """Each of them in turn, and what they cost beside the bare one."""
    found: dict[str, Any] = {}
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            found[kind] = measure(kind, Path(folder))
    bare = found["bare"]["CPU us a frame"]
    found["times the bare server"] = {kind: round(found[kind]["CPU us a frame"] / bare, 2) for kind in found}
    return found


def weigh(how_many: int, kind: str) -> dict[str, float]:
    """How much memory so many idle sockets take."""
    with tempfile.TemporaryDirectory() as name, running(kind, Path(name)) as (server, _switch):
        crowd = Crowd.of(server.url)
        crowd.connect_all(_screens(FIRST))
        before = memory(server.process.pid)
        crowd.connect_all(_screens(how_many - FIRST))
        after = memory(server.process.pid)
    weight = (after - before) / (how_many - FIRST)
    return {"sockets": how_many, "MB": round(after / 1e6), "KB a connection": round(weight / 1e3, 1)}


def _screens(how_many: int) -> list[Screen]:
    return [Screen(NAMESPACE, "room", f"{number % ROOMS:05}", "screen") for number in range(how_many)]


def main() -> int:
    """Print the comparison, or what idle sockets weigh."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle", type=int)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=["bare", "direct", "library"])
    options = parser.parse_args()
    allow_many_files()
    found = weigh(options.idle, "direct") if options.idle else compare(options.kinds)
    for name, value in found.items():
        print(f"{name:<30}{value}")
    print(json.dumps({"sockets": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
