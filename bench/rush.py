"""The rush: bookings of tomorrow morning open at 08:00, and 500 people want 40 places. `python -m bench.rush`

Real HTTP against the real server, on SQLite and on PostgreSQL. Everybody looks at the hours, takes one, and when it is gone
takes what the refusal offers instead, until booked or told that nothing is left; then they join the waiting list. The
reference is the same crowd at /healthz in the same run: what the server and this generator cost without any booking.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  (everything below must be imported patched)
import random  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections import Counter as Tally  # noqa: E402
from contextlib import ExitStack  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from datetime import datetime, timedelta  # noqa: E402
from http.client import HTTPConnection  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

import gevent  # noqa: E402
from sqlalchemy import func, select  # noqa: E402

from booking.models import Appointment, SlotPool  # noqa: E402
from core.database import Database  # noqa: E402
from core.migrate import upgrade  # noqa: E402
from tests import servers  # noqa: E402
from tests.builders import make_office  # noqa: E402
from tests.conftest import HANOI, import_models  # noqa: E402
from tests.running import server  # noqa: E402

PEOPLE = 500
PLACES = 40
SEED = 8
OPENS = datetime(2026, 11, 22, 8, 0, 1, tzinfo=HANOI)
TOMORROW = (OPENS + timedelta(days=1)).date()
MORNING = {TOMORROW.weekday(): [(480, 630)]}
"""Tomorrow 08:00-10:30 and nothing else: ten slots of 15 minutes, four counters, a service of 15 minutes and a share of 100 % are
40 places."""


@dataclass
class Crowd:
    """What 500 people met: how each ended, and every answer's time in milliseconds."""

    ended: Tally[str] = field(default_factory=Tally)
    answers: Tally[int] = field(default_factory=Tally)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0


class Person:
    """One telephone: an address and a number of its own, and a fresh connection for each request."""

    def __init__(self, url: str, index: int, crowd: Crowd) -> None:
        self.place = urlsplit(url).netloc
        self.phone = f"09{12000000 + index}"
        self.headers = {
            "Content-Type": "application/json",
            "Connection": "close",
            "X-Forwarded-For": f"10.0.{index // 250}.{index % 250 + 1}",
        }
        self.crowd, self.dice = crowd, random.Random(SEED * 1000 + index)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request; its status and JSON."""
        started = time.perf_counter()
        connection = HTTPConnection(self.place, timeout=120)
        connection.request(method, path, json.dumps(body) if body is not None else None, self.headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        self.crowd.milliseconds.append((time.perf_counter() - started) * 1000)
        self.crowd.answers[answer.status] += 1
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else None

    def book(self, day: str) -> None:
        """Try until there is a place or none is left."""
        me = {"service": "A", "name": "Nguyễn Thị Thử", "phone": self.phone, "consent": True}
        _status, slots = self.ask("GET", f"/api/v1/offices/00070/slots?service=A&day={day}")
        offered = [slot["starts_at"] for slot in slots if slot["left"]]
        while offered:
            wanted = self.dice.choice(offered)
            status, answer = self.ask("POST", "/api/v1/offices/00070/appointments", me | {"starts_at": wanted})
            if status == 201:
                self.crowd.ended["booked"] += 1
                return
            if status != 409:
                self.crowd.ended[f"refused {status}"] += 1
                return
            offered = answer["alternatives"]
        status, answer = self.ask("POST", "/api/v1/offices/00070/waiting-list", me | {"day": day})
        self.crowd.ended["told, and waits" if status == 201 else f"told; waiting list {status}"] += 1


def rush(url: str, day: str) -> Crowd:
    """Let all 500 begin in the same moment."""
    crowd = Crowd()
    people = [Person(url, index, crowd) for index in range(PEOPLE)]
    started = time.perf_counter()
    gevent.joinall([gevent.spawn(person.book, day) for person in people], raise_error=True)
    crowd.seconds = time.perf_counter() - started
    return crowd


def reference(url: str, requests: int) -> Crowd:
    """As many requests by as many people for a page that does nothing."""
    crowd = Crowd()
    people = [Person(url, index, crowd) for index in range(PEOPLE)]
    started = time.perf_counter()

    def stroll(person: Person) -> None:
        for _request in range(max(1, round(requests / PEOPLE))):
            person.ask("GET", "/healthz")

    gevent.joinall([gevent.spawn(stroll, person) for person in people], raise_error=True)
    crowd.seconds = time.perf_counter() - started
    return crowd


def furnish(url: str) -> None:
    """An office whose tomorrow morning holds 40 places."""
    import_models()
    upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        settings = {"bookable_share": 100, "book_days": 1, "book_from": "08:00"}
        make_office(session, services="A", counters=4, minutes=15, hours=MORNING, settings=settings)
    database.dispose()


def sold(url: str) -> dict[str, int]:
    """What the database says in the end: live bookings, and slots booked over their capacity."""
    database = Database(url)
    with database.reading() as session:
        booked = session.execute(select(func.count()).select_from(Appointment).where(Appointment.state == "booked"))
        over = session.execute(select(func.count()).select_from(SlotPool).where(SlotPool.booked > SlotPool.capacity))
        found = {"booked": booked.scalar_one(), "over capacity": over.scalar_one()}
    database.dispose()
    return found


def measure(kind: str, url: str, data_dir: Path) -> dict[str, Any]:
    """One run against a server on this database."""
    furnish(url)
    with server(data_dir, clock_at=OPENS, DATABASE_URL=url, TRUSTED_PROXIES="1") as running:
        crowd = rush(running.url, TOMORROW.isoformat())
        plain = reference(running.url, len(crowd.milliseconds))
    told = statistics.quantiles(crowd.milliseconds, n=100)
    bare = statistics.quantiles(plain.milliseconds, n=100)
    return {
        "database": kind,
        "people": PEOPLE,
        "ended": dict(crowd.ended),
        "answers": {str(status): count for status, count in sorted(crowd.answers.items())},
        "in the database": sold(url),
        "seconds": round(crowd.seconds, 2),
        "requests a second": round(len(crowd.milliseconds) / crowd.seconds),
        "p50 ms": round(told[49], 1),
        "p99 ms": round(told[98], 1),
        "reference: requests a second": round(len(plain.milliseconds) / plain.seconds),
        "reference: p99 ms": round(bare[98], 1),
        "ratio of throughput": round(len(crowd.milliseconds) / crowd.seconds / (len(plain.milliseconds) / plain.seconds), 3),
    }


def main() -> int:
    """Print a table and JSON; 1 when a place was sold twice or lost."""
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind in ("sqlite", "postgresql"):
            data_dir = folder / kind
            data_dir.mkdir()
            sqlite = kind == "sqlite"
            url = f"sqlite:///{data_dir / 'rush.db'}" if sqlite else f"{stack.enter_context(servers.postgresql())}/postgres"
            results.append(measure(kind, url, data_dir))
    for result in results:
        print(*(f"{name:<30}{value}" for name, value in result.items()), "", sep="\n", flush=True)
    print(json.dumps({"rush": results}, ensure_ascii=False))
    right = all(r["ended"].get("booked") == PLACES == r["in the database"]["booked"] for r in results)
    if not right:
        print(f"WRONG: {PLACES} places should have been booked.", file=sys.stderr)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
