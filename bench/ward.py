"""One busy ward on SQLite: do many writers, a sign-in, a year's export or fifty slips hold the others up? `python -m bench.ward`

Five officers call, two kiosks give numbers and a hall looks at the board, each at its own pace. That is the quiet run,
measured before and after. Then the same beside people who sign in (argon2), a head who exports a year as a workbook, fifty slips
at once at the printer, and everything that writes at once: bookings with their messages, slips, and the command line in a process
of its own. The goal (issue 7): the others' p99 is at most three times that of the quiet run, and no press waits as long as a
writer that is told "locked" and sleeps.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  (everything below must be imported patched)
import os  # noqa: E402
import random  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections import Counter as Tally  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from datetime import timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import urlencode  # noqa: E402

import gevent  # noqa: E402
from sqlalchemy import select  # noqa: E402

from bench import past  # noqa: E402
from bench.pressing import DISK, Hand, Pressed, cpu_of, table  # noqa: E402
from bench.wards import NOW, Ward, fill, furnish  # noqa: E402
from core.database import Database  # noqa: E402
from office.actions import hash_password  # noqa: E402
from office.models import Office  # noqa: E402
from printer.actions import submit  # noqa: E402
from printer.slip import trial_page  # noqa: E402
from tests.builders import bearer, make_staff, make_token  # noqa: E402
from tests.running import clean_environ, server  # noqa: E402

SECONDS = 15.0
"""Of each run."""
WAITING = 30
YEAR = 75_000
"""Old tickets: 250 days of 300 people."""
MOST = 3.0
SLIPS = 50
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WRITER = """
import sys, time
from core.database import Database
from office.models import Office
database, until, times = Database(sys.argv[1]), time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < until:
    with database.transaction() as session:
        office = session.query(Office).first()
        office.address = f"Số {times} Phố Mẫu"
    times += 1
    time.sleep(0.02)
print(times)
"""
"""The command line: another process that writes, fifty times a second."""


@dataclass
class Beside:
    """What is done beside the others' work, until `stop`; `done` counts it."""

    url: str
    ward: Ward
    database_url: str
    head: str
    stop: bool = False
    done: Tally[str] = field(default_factory=Tally)

    def nothing(self) -> list[Callable[[], None]]:
        """The quiet run."""
        return []

    def sign_ins(self) -> list[Callable[[], None]]:
        """Two people who sign in again and again."""
        return [self._sign_in, self._sign_in]

    def exports(self) -> list[Callable[[], None]]:
        """A head who takes the year home, again and again."""
        return [self._export]

    def slips(self) -> list[Callable[[], None]]:
        """Fifty slips at once, three times."""
        return [self._print]

    def writers(self) -> list[Callable[[], None]]:
        """Everything that writes."""
        return [*(lambda nth=nth: self._book(nth) for nth in range(4)), self._print, self._command_line]

    def _sign_in(self) -> None:
        hand = Hand(self.url, "10.1.0.1")
        while not self.stop:
            hand.cookie = ""
            _ms, _status, page = hand.send("GET", "/sign-in", {}, None)
            mark = page.partition(b'name="csrf_token" value="')[2].partition(b'"')[0].decode()
            typed = {"username": "truong", "password": "mot-mat-khau-dai", "csrf_token": mark}
            _ms, status, _text = hand.send("POST", "/sign-in", dict(FORM), urlencode(typed))
            self.done[f"sign-in {status}"] += 1

    def _export(self) -> None:
        hand, since = Hand(self.url), (NOW - timedelta(days=365)).date()
        while not self.stop:
            path = f"/reports/figures.xlsx?since={since}&until={NOW.date()}"
            _ms, status, _text = hand.send("GET", path, bearer(self.head), None)
            self.done[f"export {status}"] += 1
            gevent.sleep(0.2)

    def _print(self) -> None:
        database = Database(self.database_url)
        while not self.stop:
            with database.transaction() as session:
                for number in range(SLIPS):
                    page = trial_page(f"Phiếu {number}", office=self.ward.code, width=576, at="09:00, 23/11/2026")
                    submit(session, f"{self.ward.code}/kiosk-1", page, reference=f"bench:{number}", kind="ticket", now=NOW)
            self.done["slips"] += SLIPS
            gevent.sleep(SECONDS / 3)
        database.dispose()

    def _book(self, nth: int) -> None:
        hand, dice, made = Hand(self.url, f"10.2.0.{nth + 1}"), random.Random(nth), 0
        path = f"/api/v1/offices/{self.ward.code}"
        while not self.stop:
            made += 1
            service = next(self.ward.services)
            hour = {"hour": dice.randrange(24), "minute": 15 * dice.randrange(4), "second": 0}
            starts_at = (NOW + timedelta(days=1 + made % 5)).replace(**hour)
            me = {"name": "Nguyễn Thị Thử", "phone": f"09{nth}{dice.randrange(10**7):07}", "consent": True}
            body = {"service": service, "starts_at": starts_at.isoformat(), **me}
            _ms, status, _text = hand.press(f"{path}/appointments", "", body)
            self.done[f"booking {status}"] += 1
            gevent.sleep(0.1)

    def _command_line(self) -> None:
        command = [sys.executable, "-c", WRITER, self.database_url, str(SECONDS - 1)]
        with subprocess.Popen(command, env=clean_environ(), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            self.done["writes of another process"] += int(process.stdout.read() or 0)


def others(url: str, ward: Ward, group: int) -> Pressed:
    """The ward at its own pace for SECONDS: what each press and look took."""
    pressed, until = Pressed(), time.perf_counter() + SECONDS

    def at_pace(every: float, press: Callable[[Hand], tuple[float, int, bytes]]) -> None:
        hand, dice = Hand(url), random.Random(len(pressed.milliseconds))
        gevent.sleep(every * dice.random())
        while time.perf_counter() < until:
            milliseconds, status, _text = press(hand)
            pressed.milliseconds.append(milliseconds)
            pressed.answers[status] += 1
            gevent.sleep(every)

    def take(hand: Hand) -> tuple[float, int, bytes]:
        return hand.press(f"/api/v1/offices/{ward.code}/tickets", ward.kiosk, {"service": next(ward.services)})

    def board(hand: Hand) -> tuple[float, int, bytes]:
        return hand.press(f"/api/v1/offices/{ward.code}/board", method="GET")

    began, spent = time.perf_counter(), cpu_of(group)
    work = [gevent.spawn(at_pace, 0.5, take) for _kiosk in range(2)]
    work += [gevent.spawn(at_pace, 0.25, board) for _screen in range(4)]
    for counter, officer in ward.desks:
        path = f"/api/v1/counters/{counter}/call-next"
        work.append(gevent.spawn(at_pace, 1.2, lambda hand, path=path, officer=officer: hand.press(path, officer, {})))
    gevent.joinall(work, raise_error=True)
    pressed.seconds, pressed.cpu = time.perf_counter() - began, cpu_of(group) - spent
    return pressed


def run(name: str, beside: Beside, group: int) -> tuple[str, Pressed, Tally[str]]:
    """One run of the others beside something."""
    beside.stop, beside.done = False, Tally()
    extra = [gevent.spawn(work) for work in getattr(beside, name)()]
    pressed = others(beside.url, beside.ward, group)
    beside.stop = True
    gevent.joinall(extra, timeout=60)
    print(f"{name}: done", file=sys.stderr, flush=True)
    return name, pressed, beside.done


@contextmanager
def ward_at_work(folder: Path) -> Iterator[tuple[Beside, int]]:
    """A ward with a year behind it, its head who can sign in, and its server."""
    url = f"sqlite:///{folder / 'ward.db'}"
    [ward] = furnish(url, 1, 0)
    past.write(url, YEAR, NOW.date())
    fill(url, [ward], WAITING)
    database = Database(url)
    with database.transaction() as session:
        office = session.scalars(select(Office)).one()
        head = make_staff(session, office, "truong", "head")
        head.password_hash = hash_password("mot-mat-khau-dai")
        token = make_token(session, head)
    database.dispose()
    with server(folder, clock_at=NOW, DATABASE_URL=url, TRUSTED_PROXIES="1") as running:
        beside = Beside(running.url, ward, url, token)
        _until_the_year_is_counted(beside)
        yield beside, os.getpgid(running.process.pid)


def _until_the_year_is_counted(beside: Beside) -> None:
    hand, patience = Hand(beside.url), time.perf_counter() + 120
    path = f"/reports/figures.xlsx?since={NOW.date() - timedelta(days=365)}&until={NOW.date()}"
    while time.perf_counter() < patience:
        _ms, status, text = hand.send("GET", path, bearer(beside.head), None)
        if status == 200 and text[:2] == b"PK":
            return
        gevent.sleep(1)
    raise RuntimeError(f"the year cannot be exported: {status} {text[:200]!r}")


def main() -> int:
    """Print a table and JSON; 1 when something holds the others up, or an answer failed."""
    with tempfile.TemporaryDirectory(prefix="dung-gio-ward-", dir=DISK) as folder, ward_at_work(Path(folder)) as (beside, group):
        runs = [run(name, beside, group) for name in ("nothing", "sign_ins", "exports", "slips", "writers", "nothing")]
    quiet = max(pressed.percentile(99) for name, pressed, _done in runs if name == "nothing")
    rows: list[dict[str, Any]] = [
        {
            "beside": name,
            "presses": len(pressed.milliseconds),
            "p50 ms": round(pressed.percentile(50), 1),
            "p99 ms": round(pressed.percentile(99), 1),
            "longest ms": round(max(pressed.milliseconds), 1),
            "p99 to quiet": round(pressed.percentile(99) / quiet, 2),
            "server CPU ms": round(pressed.cpu_ms, 1),
            "failed": sum(count for status, count in pressed.answers.items() if status not in (200, 201, 204)),
            "done beside": ", ".join(f"{count} {what}" for what, count in sorted(done.items())),
        }
        for name, pressed, done in runs
    ]
    print(table(rows), flush=True)
    print(json.dumps({"ward": rows}, ensure_ascii=False))
    held_up = [row for row in rows if row["p99 to quiet"] > MOST or row["failed"]]
    for row in held_up:
        print(f"HELD UP beside {row['beside']}: p99 {row['p99 to quiet']} times, {row['failed']} failed.", file=sys.stderr)
    return 1 if held_up else 0


if __name__ == "__main__":
    sys.exit(main())
