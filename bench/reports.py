"""Figures of a year of one office and of a day of the whole city, opened over HTTP. `python -m bench.reports [offices] [days]`

75,000 tickets of one office and 175,000 of 584 offices, on SQLite and on PostgreSQL, the real pages of the real server. Beside
it somebody asks /healthz again and again: how long a page of figures keeps everybody else waiting. `--plans` prints the plans of
the queries as well.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event, text

from bench.figures import cpu_seconds, spread
from bench.report_years import working_days, write_years
from core.database import Database
from core.migrate import upgrade
from office.store import office_by_code
from reports.city_report import city_report
from reports.figures_store import Scope
from reports.office_report import office_report
from tests import servers
from tests.conftest import MONDAY_MORNING
from tests.running import Running, server

OFFICES = 584
DAYS = 250
TIMES = 10
TARGET_S = 1.0


def pages() -> dict[str, tuple[str, str]]:
    """Who opens what."""
    today = MONDAY_MORNING.date()
    friday, first = working_days(today, 1)[0], working_days(today, DAYS)[0]
    year, day = f"since={first}&until={friday}", f"since={friday}&until={friday}"
    return {
        "office, a day": ("head", f"/reports/?{day}"),
        "office, a month": ("head", f"/reports/?since={friday.replace(day=1)}&until={friday}"),
        "office, a year": ("head", f"/reports/?{year}"),
        "officers, a year": ("head", f"/reports/officers?{year}"),
        "office, a year, XLSX": ("head", f"/reports/figures.xlsx?{year}"),
        "city, a day": ("city", f"/reports/city?{day}&sort=wait"),
        "city, a day, CSV": ("city", f"/reports/city.csv?{day}"),
    }


@contextmanager
def neighbour(url: str) -> Iterator[list[float]]:
    """Somebody who asks /healthz twenty times a second; how long each answer took."""
    waits: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=60) as client:
            while not over.wait(0.05):
                started = time.perf_counter()
                client.get(f"{url}/healthz")
                waits.append(time.perf_counter() - started)

    thread = threading.Thread(target=ask)
    thread.start()
    yield waits
    over.set()
    thread.join()


def opened(running: Running, tokens: dict[str, str], who: str, path: str) -> dict[str, Any]:
    """One page, TIMES times, one after the other; the first does not count, as nobody counts a server's first."""
    headers = {"Authorization": f"Bearer {tokens[who]}"}
    with httpx.Client(headers=headers, timeout=120) as client, neighbour(running.url) as waits:
        client.get(running.url + path).raise_for_status()
        waits.clear()
        used, times = cpu_seconds(running.process.pid), []
        for _time in range(TIMES):
            started = time.perf_counter()
            answer = client.get(running.url + path).raise_for_status()
            times.append(time.perf_counter() - started)
        cpu = (cpu_seconds(running.process.pid) - used) / TIMES
    return {
        **spread(times),
        "cpu ms": round(cpu * 1000),
        "kB": round(len(answer.content) / 1024),
        "beside it p99": spread(waits)["p99"],
    }


def measure(kind: str, url: str, data_dir: Path, offices: int, days: int) -> dict[str, Any]:
    """All pages on this database."""
    upgrade(url)
    database = Database(url)
    tokens = write_years(database, MONDAY_MORNING.date(), offices, days)
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    if "--plans" in sys.argv:
        show_plans(database)
    database.dispose()
    with server(data_dir, DATABASE_URL=url) as running:
        with neighbour(running.url) as waits:
            time.sleep(3)
        alone = spread(waits)["p99"]
        found = {name: opened(running, tokens, who, path) for name, (who, path) in pages().items()}
    return {"database": kind, "offices": offices, "days": days, "/healthz alone p99": alone, "pages": found}


def show_plans(database: Database) -> None:
    """Every query of the two pages with the plan its database makes of it."""
    today, asked = MONDAY_MORNING.date(), list[tuple[str, Any]]()
    friday, first = working_days(today, 1)[0], working_days(today, DAYS)[0]

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    with database.reading() as session:
        engine = session.get_bind()
        office = office_by_code(session, "00001")
        event.listen(engine, "before_cursor_execute", note)
        office_report(session, office, Scope([office.id], first, friday, MONDAY_MORNING), today)
        asked.append(("-- the city", None))
        city_report(session, Scope(None, friday, friday, MONDAY_MORNING), today)
        event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN ANALYZE"
        for statement, parameters in asked:
            print("\n" + statement, flush=True)
            if parameters is not None:
                for row in session.connection().exec_driver_sql(f"{explain} {statement}", parameters):
                    print("   ", row[-1], flush=True)


def main() -> int:
    """Print a table and JSON; 1 when a year or a city's day takes longer than a second."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    offices, days = [*numbers, *(OFFICES, DAYS)[len(numbers) :]]
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind in ("sqlite", "postgresql"):
            data_dir = folder / kind
            data_dir.mkdir()
            sqlite = kind == "sqlite"
            url = f"sqlite:///{data_dir / 'years.db'}" if sqlite else f"{stack.enter_context(servers.postgresql())}/postgres"
            results.append(measure(kind, url, data_dir, offices, days))
            print(f"\n{kind}: /healthz alone p99 {results[-1]['/healthz alone p99']} ms", flush=True)
            for name, told in results[-1]["pages"].items():
                print(f"  {name:<24}" + "  ".join(f"{what} {value}" for what, value in told.items()), flush=True)
    print(json.dumps({"reports": results}, ensure_ascii=False))
    slow = [name for each in results for name, told in each["pages"].items() if told["p50"] > TARGET_S * 1000]
    if slow:
        print("over a second at p50:", ", ".join(slow), file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
