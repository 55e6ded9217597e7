"""How many numbers are given and people called in a second, beside bare transactions. `python -m bench.hot [sqlite|postgresql]`

Real HTTP against the real server, on SQLite and on PostgreSQL, by eight connections at twenty furnished wards. The bare server
(bench/bare_views.py) runs on the same engine with the same durability, in turns with the product's, so that both meet the same
machine: a view that does nothing, one insert and commit, and one transaction of as many reads and writes as the action sends.
All of it lies on the disk, so a commit costs what it costs. Paper is printed beside the numbers; what is left of it is waited for
before anything else is pressed. The goal (issue 7): an action is at least a third as fast as those.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  (everything below must be imported patched)
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import ExitStack  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from itertools import cycle, islice  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from sqlalchemy import select  # noqa: E402

import wsgi  # noqa: E402
from bench.pressing import DISK, Press, Pressed, press_all, table  # noqa: E402
from bench.wards import NOW, Ward, furnish  # noqa: E402
from core.clock import SetClock  # noqa: E402
from core.config import load_config  # noqa: E402
from core.database import Database  # noqa: E402
from printer.models import PrintJob  # noqa: E402
from tests import servers  # noqa: E402
from tests.builders import bearer  # noqa: E402
from tests.queries import counted  # noqa: E402
from tests.running import server  # noqa: E402

WARDS = 20
WAITING = 20
HANDS = 8
ROUNDS = 4
PRESSES = 250
"""Of each kind in each round."""
WANTED = 1 / 3
PAPER_S = 60.0


@dataclass(frozen=True)
class Mix:
    """What an action asks of the database."""

    reads: int
    writes: int

    @property
    def all(self) -> int:
        return self.reads + self.writes


def mix_of(url: str, data_dir: Path, ward: Ward) -> dict[str, Mix]:
    """The statements of each action, counted at the application itself: the second press, when the plan is known."""
    app = wsgi.create_app(load_config({"DATA_DIR": str(data_dir), "DATABASE_URL": url, "SECRET_KEY": "bench"}), SetClock(NOW))
    app.extensions["forecasts"].pause_s = 3600  # one a second is made beside the presses, whoever presses
    client, found = app.test_client(), {}
    for action, path, token, body in _two_presses(ward):
        with counted(app.extensions["dung-gio"].database.engine) as asked:
            answer = client.post(path, json=body, headers=bearer(token) | {"Idempotency-Key": f"{action}-{len(found)}-{body}"})
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        sent = [statement.split(None, 1)[0].upper() for statement in asked if not statement.startswith("BEGIN")]
        found[action] = Mix(sent.count("SELECT"), len(sent) - sent.count("SELECT"))
    app.extensions["realtime"].close()
    app.extensions["dung-gio"].database.dispose()
    return found


def _two_presses(ward: Ward) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    counter, token = ward.desks[0]
    for _nth in range(2):
        yield "take ticket", f"/api/v1/offices/{ward.code}/tickets", ward.kiosk, {"service": next(ward.services)}
    for nth in range(2):
        yield "call-next", f"/api/v1/counters/{counter}/call-next", token, {"nth": str(nth)}


def takes(wards: list[Ward], count: int) -> Iterator[Press]:
    """So many people at the kiosks of the wards in turn."""
    for ward in islice(cycle(wards), count):
        path, body = f"/api/v1/offices/{ward.code}/tickets", {"service": next(ward.services)}
        yield lambda hand, path=path, body=body, token=ward.kiosk: hand.press(path, token, body)  # type: ignore[misc]


def calls(wards: list[Ward], count: int) -> Iterator[Press]:
    """So many presses of "Xong, gọi tiếp" at the counters of the wards in turn."""
    for ward in islice(cycle(wards), count):
        counter, token = next(ward.turn)
        path = f"/api/v1/counters/{counter}/call-next"
        yield lambda hand, path=path, token=token: hand.press(path, token, {})  # type: ignore[misc]


def bare(path: str, count: int, method: str = "POST") -> Iterator[Press]:
    """The same number of presses at the bare server."""
    for nth in range(count):
        at = path.replace("NTH", str(nth * 7))
        yield lambda hand, at=at: hand.press(at, method=method)  # type: ignore[misc]


def measure(kind: str, url: str, bare_url: str, folder: Path) -> list[dict[str, Any]]:
    """The actions and their references on one kind of database, in turns."""
    wards = furnish(url, WARDS, WAITING)
    mixes = mix_of(url, folder, wards[0])
    apart = folder / "bare"
    apart.mkdir()
    runs: dict[str, Pressed] = {}
    with server(folder, clock_at=NOW, DATABASE_URL=url) as ours, server(
        apart, factory="bench.bare_views:create_app", DATABASE_URL=bare_url
    ) as theirs:
        for nth in range(-1, ROUNDS):
            count = PRESSES if nth >= 0 else 60  # the first round warms up
            for name, running, presses in (
                ("take ticket", ours, takes(wards, count)),
                ("call-next", ours, calls(wards, count)),
                ("hello", theirs, bare("/healthz", count, "GET")),
                ("insert + commit", theirs, bare("/insert", count)),
                *((f"as many statements as {action}", theirs, bare(_statements(mix), count)) for action, mix in mixes.items()),
            ):
                pressed = press_all(running.url, presses, hands=HANDS, group=os.getpgid(running.process.pid))
                _wait_for_paper(url)  # what is still being printed belongs to the numbers, not to what is pressed next
                if nth >= 0:
                    runs.setdefault(name, Pressed()).add(pressed)
    return [_row(kind, name, pressed, runs, mixes) for name, pressed in runs.items()]


def _wait_for_paper(url: str) -> None:
    database, waits = Database(url), select(PrintJob.id).where(PrintJob.state.in_(("queued", "sending"))).limit(1)
    give_up_at = time.monotonic() + PAPER_S
    while time.monotonic() < give_up_at:
        with database.reading() as session:
            if session.scalar(waits) is None:
                break
        time.sleep(0.2)
    database.dispose()


def _statements(mix: Mix) -> str:
    return f"/statements?reads={mix.reads}&writes={mix.writes}&first=NTH"


def _row(kind: str, name: str, pressed: Pressed, runs: dict[str, Pressed], mixes: dict[str, Mix]) -> dict[str, Any]:
    mix = mixes.get(name)
    reference = runs[f"as many statements as {name}"] if mix else None
    good = pressed.answers[200] + pressed.answers[201] + pressed.answers[204]
    return {
        "database": kind,
        "what": name,
        "a second": round(pressed.rate),
        "p50 ms": round(pressed.percentile(50), 1),
        "p99 ms": round(pressed.percentile(99), 1),
        "server CPU ms": round(pressed.cpu_ms, 2),
        "statements": f"{mix.reads}+{mix.writes}" if mix else "",
        "to as many bare": round(pressed.rate / reference.rate, 2) if reference else "",
        "CPU to bare": round(pressed.cpu_ms / reference.cpu_ms, 1) if reference else "",
        "failed": len(pressed.milliseconds) - good,
    }


def main() -> int:
    """Print a table and JSON; 1 when an answer failed or an action is slower than wanted."""
    rows = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dung-gio-hot-", dir=DISK)))
        folder.chmod(0o755)  # PostgreSQL does not run as root
        for kind in sys.argv[1:] or ("sqlite", "postgresql"):
            place = folder / kind
            place.mkdir()
            if kind == "sqlite":
                urls = [f"sqlite:///{place / 'hot.db'}", f"sqlite:///{place / 'bare.db'}"]
            else:
                cluster = stack.enter_context(servers.postgresql(place))
                urls = [f"{cluster}/postgres", f"{cluster}/template1"]
            rows += measure(kind, urls[0], urls[1], place)
    print(table(rows), flush=True)
    print(json.dumps({"hot": rows}, ensure_ascii=False))
    slow = [row for row in rows if row["to as many bare"] != "" and row["to as many bare"] < round(WANTED, 2)]
    for row in slow:
        print(f"SLOW: {row['what']} on {row['database']}: {row['to as many bare']} of as many bare statements.", file=sys.stderr)
    return 1 if slow or any(row["failed"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
