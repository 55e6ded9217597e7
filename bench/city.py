"""The city page with 584 wards that publish hours, each furnished like the demo ward. `python -m bench.city`

On SQLite and on PostgreSQL, by real HTTP against the real server: how long until the free hours of all wards are known, what
keeping them true costs, and how long `/`, `/api/v1/offices` and `/feed.atom` take beside `/healthz` in the same run.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.models import Hold, Slot, SlotUse
from core.database import Database
from core.migrate import upgrade
from core.words import fold
from office import actions
from office.commands import PROCEDURES, UNITS
from office.models import Office, Service, WeeklyHours
from office.store import offices
from setup import demo
from tests import servers
from tests.builders import WARD_HOURS
from tests.conftest import HANOI, import_models
from tests.running import Running, server

WARDS = 584
REQUESTS = 300
"""Of each path, one after another in turn: what one visitor waits."""
QUIET_S = 60.0
"""Twice as long as the server takes to look at every ward again."""
NOW = datetime(2026, 11, 23, 9, 0, 1, tzinfo=HANOI)
TAKEN = timedelta(hours=2)
"""So far ahead every hour is taken at every ward."""
PATHS = ("/healthz", "/", "/api/v1/offices", "/feed.atom")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Visitor:
    """One connection that stays open, like a browser's."""

    connection: HTTPConnection

    def ask(self, path: str) -> tuple[float, bytes]:
        """How many milliseconds the answer took, and its body as it travelled."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return (time.perf_counter() - started) * 1000, body


def furnish(url: str) -> None:
    """All wards with the demo's services and counters, in a ward's hours, the next two hours taken."""
    import_models()
    upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        actions.import_units(session, UNITS)
        actions.import_procedures(session, PROCEDURES, valid_from=NOW.date())
        known = list(offices(session))
        for number in range(len(known), WARDS):
            name = f"Phường Mẫu {number}"
            known.append(Office(code=f"9{number:04}", unit_code=f"9{number:04}", name=name, folded=fold(name), settings={}))
        session.add_all(known)
        session.flush()
        for office in known[:WARDS]:
            office.published, office.address = True, f"Số {office.id} Phố Mẫu (địa chỉ thử)"
            demo.furnish(session, office, NOW.date())
            _open(session, office)
            _take(session, office)
    database.dispose()


def _open(session: Session, office: Office) -> None:
    for weekday, spans in WARD_HOURS.items():
        for opens, closes in spans:
            session.add(WeeklyHours(office_id=office.id, weekday=weekday, opens=opens, closes=closes))


def _take(session: Session, office: Office) -> None:
    """Every hour until TAKEN is used up: nine minutes of each of five counters, which are 60 % of a slot."""
    mine = select(Service.id).where(Service.office_id == office.id, Service.code == "ket-qua")
    service = str(session.execute(mine).scalar_one())
    begins = [NOW.replace(second=0) + timedelta(minutes=15 * n) for n in range(TAKEN // timedelta(minutes=15))]
    slots = [Slot(office_id=office.id, starts_at=each, ends_at=each + timedelta(minutes=15)) for each in begins]
    holds = [
        Hold(office_id=office.id, kind="resting", token=f"bench-{office.id}-{number}", services=service, starts_at=NOW,
             minutes=9, created_at=NOW, expires_at=NOW + timedelta(days=1))
        for number in range(5)
    ]  # fmt: skip
    session.add_all([*slots, *holds])
    session.flush()
    rows = [
        {"slot_id": slot.id, "hold_id": hold.id, "services": service, "minutes": 9, "first": True}
        for slot in slots
        for hold in holds
    ]
    session.execute(insert(SlotUse), rows)


def until_all_are_known(visitor: Visitor) -> float:
    """Seconds until every ward names its next free hour."""
    started = time.perf_counter()
    while True:
        _ms, body = visitor.ask("/api/v1/offices")
        if all(office["next_free"] for office in json.loads(_unpacked(body))):
            return time.perf_counter() - started
        time.sleep(0.1)


def _unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def cpu_seconds(running: Running) -> float:
    """What the server and the worker it started have used."""
    return sum(_cpu(stat) for stat in Path("/proc").glob("[0-9]*/stat") if _group(stat) == running.process.pid)


def _fields(stat: Path) -> list[str]:
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return []


def _group(stat: Path) -> int:
    fields = _fields(stat)
    return int(fields[2]) if fields else 0


def _cpu(stat: Path) -> float:
    fields = _fields(stat)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def share_of_a_core(running: Running, seconds: float) -> float:
    """Per cent of one core that the server uses while nobody asks it anything."""
    before, started = cpu_seconds(running), time.perf_counter()
    time.sleep(seconds)
    return (cpu_seconds(running) - before) / (time.perf_counter() - started) * 100


def times(visitor: Visitor) -> dict[str, dict[str, float]]:
    """Of each path: p50 and p99 in milliseconds, how often that is of /healthz, and bytes as sent and as read."""
    taken: dict[str, list[float]] = {path: [] for path in PATHS}
    sizes: dict[str, tuple[int, int]] = {}
    for _turn in range(REQUESTS):
        for path in PATHS:
            milliseconds, body = visitor.ask(path)
            taken[path].append(milliseconds)
            sizes[path] = len(body), len(_unpacked(body))
    quantiles = {path: statistics.quantiles(each, n=100) for path, each in taken.items()}
    bare = quantiles["/healthz"]
    return {
        path: {
            "p50 ms": round(each[49], 1),
            "p99 ms": round(each[98], 1),
            "p50 : healthz": round(each[49] / bare[49], 1),
            "p99 : healthz": round(each[98] / bare[98], 1),
            "bytes sent": sizes[path][0],
            "bytes read": sizes[path][1],
        }
        for path, each in quantiles.items()
    }


def unpublish(url: str) -> None:
    """Leave the server nothing to look at."""
    database = Database(url)
    with database.transaction() as session:
        session.execute(update(Office).values(published=False))
    database.dispose()


def measure(kind: str, url: str, data_dir: Path, said: Callable[[str], None]) -> dict[str, Any]:
    """One run against a server on this database."""
    said(f"{kind}: furnishing {WARDS} wards")
    furnish(url)
    with server(data_dir, clock_at=NOW, DATABASE_URL=url) as running:
        visitor = Visitor(HTTPConnection(urlsplit(running.url).netloc, timeout=60))
        known_after = until_all_are_known(visitor)
        said(f"{kind}: all known after {known_after:.1f} s; asking")
        paths = times(visitor)
        said(f"{kind}: listening to the quiet server for {QUIET_S:.0f} s, twice")
        busy = share_of_a_core(running, QUIET_S)
        unpublish(url)
        time.sleep(2)
        idle = share_of_a_core(running, QUIET_S)
    return {
        "database": kind,
        "wards": WARDS,
        "all known after s": round(known_after, 1),
        "refresh, % of a core": round(busy - idle, 2),
        "server without wards, % of a core": round(idle, 2),
        "paths": paths,
    }


def table(result: dict[str, Any]) -> str:
    """The result for people."""
    head = [f"{name:<36}{value}" for name, value in result.items() if name != "paths"]
    columns = list(next(iter(result["paths"].values())))
    rows = [f"{'':<18}" + "".join(f"{column:>15}" for column in columns)]
    rows += [f"{path:<18}" + "".join(f"{value:>15}" for value in found.values()) for path, found in result["paths"].items()]
    return "\n".join([*head, *rows, ""])


def main() -> None:
    """Print tables and JSON."""
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind in ("sqlite", "postgresql"):
            data_dir = folder / kind
            data_dir.mkdir()
            at = data_dir / "city.db"
            url = f"sqlite:///{at}" if kind == "sqlite" else f"{stack.enter_context(servers.postgresql())}/postgres"
            results.append(measure(kind, url, data_dir, lambda line: print(line, file=sys.stderr, flush=True)))
    for result in results:
        print(table(result))
    print(json.dumps({"city": results}, ensure_ascii=False))


if __name__ == "__main__":
    main()
