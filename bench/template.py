"""One template for many offices, while others work. `python -m bench.template [sqlite] [postgresql] [offices ...]`

584 wards furnished like the demo ward, with bookings; a city administrator changes every service, the hours, four days and a
setting of so many of them (126, then 584), over HTTP. Beside it somebody takes a number at a kiosk ten times a second, at one of
these wards: how long a template keeps everybody else waiting. On SQLite and on PostgreSQL.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import city
from bench.figures import cpu_seconds, spread
from bench.pressing import DISK
from booking.actions import Wish, book
from booking.forms import Visitor
from core.database import Database
from office.models import Office
from office.store import office_by_code, offices
from setup import office_file
from tests import servers
from tests.builders import make_device, make_staff, make_token
from tests.conftest import HANOI
from tests.running import Running, server

SIZES = (126, 584)
BOOKED = 5
"""Bookings of each ward, all for hours that the template keeps."""
ENDLESS = {"last_number_rule": False}
"""Hundreds take a number at one ward meanwhile, more than it could serve today."""
SECTIONS = ("hours", "days", "settings", "services")


def furnish(url: str) -> dict[str, Any]:
    """The wards with their bookings; their codes, tokens of the city administrator and of a kiosk, and the template."""
    city.furnish(url)
    database = Database(url)
    with database.transaction() as session:
        codes = [office.code for office in offices(session, published_only=True)]
        first = office_by_code(session, codes[0])
        first.settings = dict(ENDLESS)
        told = {
            "codes": codes,
            "city": make_token(session, make_staff(session, None, "quantri", "city")),
            "kiosk": make_device(session, first),
            "template": template(office_file.written(session, first)),
        }
    for code in codes:
        with database.transaction() as session:
            _book(session, office_by_code(session, code))
    database.dispose()
    return told


def _book(session: Session, office: Office) -> None:
    tomorrow = (city.NOW + timedelta(days=1)).replace(hour=8, minute=30, second=0)
    for number in range(BOOKED):
        who = Visitor("Trần Thị Thử", f"+8491{office.id:04}{number:03}")
        wish = Wish("ket-qua", tomorrow + timedelta(minutes=15 * (number // 2)), who)
        book(session, office, wish, now=city.NOW - timedelta(hours=2), tz=HANOI, public_url="http://localhost")


def template(file: str) -> str:
    """The file of a ward with every part of it changed that many take."""
    said: dict[str, Any] = json.loads(file)
    said = {name: said[name] for name in ("format", "version", *SECTIONS)}
    for row in said["services"]:
        row["minutes"], row["documents"] = row["minutes"] + 1, [*row["documents"], "Tờ khai theo mẫu mới"]
    said["settings"] = {"guard": 40, **ENDLESS}
    said["hours"] = {str(day): ["07:30-12:00", "13:00-17:00"] for day in range(5)}
    day = {"name": "Họp", "holiday": False, "spans": ["08:00-11:00"], "as_weekday": None}
    return json.dumps(said | {"days": {f"2026-12-{number}": day for number in (21, 22, 23, 24)}}, ensure_ascii=False)


@contextmanager
def somebody_else(running: Running, told: dict[str, Any]) -> Iterator[list[float]]:
    """Somebody who takes numbers at a kiosk, and how long each took."""
    waits: list[float] = []
    over = threading.Event()

    def press() -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {told['kiosk']}"}, timeout=60) as client:
            while not over.wait(0.1):
                started = time.perf_counter()
                body, key = {"service": "ket-qua"}, {"Idempotency-Key": f"bench-{len(waits)}-{started}"}
                client.post(f"{running.url}/api/v1/offices/{told['codes'][0]}/tickets", json=body, headers=key).raise_for_status()
                waits.append(time.perf_counter() - started)

    thread = threading.Thread(target=press)
    thread.start()
    yield waits
    over.set()
    thread.join()


def applied(running: Running, told: dict[str, Any], codes: list[str]) -> dict[str, Any]:
    """Show the template for these wards, then save it."""
    chosen = {"who": "chosen"} | {f"section:{name}": "1" for name in SECTIONS} | {f"office:{code}": "1" for code in codes}
    found: dict[str, Any] = {}
    with httpx.Client(headers={"Authorization": f"Bearer {told['city']}"}, timeout=600) as client:

        def send(what: str, **more: str) -> str:
            used, started = cpu_seconds(running.process.pid), time.perf_counter()
            with somebody_else(running, told) as waits:
                page = client.post(f"{running.url}/office/template", data=chosen | {"file": told["template"]} | more)
                seconds = time.perf_counter() - started
            cpu = cpu_seconds(running.process.pid) - used
            found[what] = {"s": round(seconds, 1), "cpu s": round(cpu, 1), "somebody else": spread(waits)}
            return page.raise_for_status().text

        marks = dict(re.findall(r'name="(seen:[^"]+)" value="([^"]+)"', send("shown")))
        assert len(marks) == len(codes), f"{len(marks)} of {len(codes)} can be saved"
        said = re.search(r"Đã lưu ở (\d+) trong", send("saved", **marks))
        assert said is not None, "no page of results"
        assert int(said[1]) == len(codes), said[0]
    return found


def measure(kind: str, url: str, data_dir: Path, sizes: list[int]) -> dict[str, Any]:
    """Each of these numbers of wards, one after the other."""
    told = furnish(url)
    results: dict[str, Any] = {"database": kind}
    with server(data_dir, clock_at=city.NOW, DATABASE_URL=url) as running:
        with somebody_else(running, told) as waits:
            time.sleep(20)  # until every ward's free hours are known
        results["alone"] = spread(waits)
        for size in sizes:
            results[str(size)] = applied(running, told, told["codes"][:size])
            print(kind, size, results[str(size)], flush=True)
            _back(url)
    return results


def _back(url: str) -> None:
    """Minutes as they were before, so that the next template changes every service again."""
    database = Database(url)
    with database.transaction() as session:
        for office in session.scalars(select(Office)):
            for service in office.services:
                service.minutes, service.documents = service.minutes - 1, service.documents[:-1]
    database.dispose()


def main() -> int:
    """Print what each took, and JSON."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or list(SIZES)
    kinds = [word for word in sys.argv[1:] if word in ("sqlite", "postgresql")] or ["sqlite", "postgresql"]
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DISK)))
        for kind in kinds:
            data_dir = folder / kind
            data_dir.mkdir()
            sqlite = kind == "sqlite"
            url = f"sqlite:///{data_dir / 'wards.db'}" if sqlite else f"{stack.enter_context(servers.postgresql())}/postgres"
            results.append(measure(kind, url, data_dir, sizes))
            print(f"{kind}: somebody else alone {results[-1]['alone']}", flush=True)
    print(json.dumps({"template": results}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
