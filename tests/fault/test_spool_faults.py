from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import SetClock
from core.database import Database
from printer import actions
from printer.spool import Spool
from tests.fault.fault_printer import FaultPrinter
from tests.fault.matrix import QUICK, Row, said
from tests.printer.desk import job_of, make_printer, printer_of
from tests.printer.slips import EVERYDAY

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30


@pytest.fixture
def spool(database: Database, clock: SetClock, tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool(database, clock, tmp_path / "printed")) as spool:
        yield spool


def queue(database: Database, clock: SetClock, printer: FaultPrinter, *references: str) -> None:
    with database.transaction() as session:
        key = make_printer(session, clock, kind="network", address=printer.address).key
        for reference in references:
            actions.submit(session, key, EVERYDAY, reference=reference, kind="ticket", now=clock.now())


def test_a_server_killed_while_sending_leaves_the_slip_uncertain_and_never_sends_it_again(
    database: Database, database_url: str, clock: SetClock, spool: Spool, tmp_path: Path
) -> None:
    with FaultPrinter(reads_pages=False) as printer:
        queue(database, clock, printer, "ticket:1", "ticket:2")
        command = [sys.executable, "-m", "tests.fault.spool_process", database_url]
        server = subprocess.Popen([*command, str(tmp_path / "printed"), clock.now().isoformat()], cwd=ROOT)
        assert printer.page_began.wait(PATIENCE_S)
        assert job_of(database, "ticket:1").state == "sending"
        server.kill()
        server.wait()
        printer.reads_pages = True
        spool.run_once()
        assert len(printer.pages) == 2
    # The first page may be on paper or not; the next slip did not wait for anybody to find out.
    assert job_of(database, "ticket:1").state == "uncertain"
    assert job_of(database, "ticket:2").state == "printed"


KILLED = {
    Row("killed while it is queued", "queued", "", 0, later="printed", papers_later=1): "queued",
    Row("killed when it is claimed, before it is drawn", "sending", "", 0, later="uncertain"): "claimed",
    Row("killed when the printer said that it is well", "sending", "", 0, later="uncertain"): "connected",
    Row("killed when half of the page is sent", "sending", "", 0, scrap=True, later="uncertain"): "half sent",
    Row("killed when the page is sent", "sending", "", 1, later="uncertain"): "sent",
    Row("killed when the page is acknowledged", "sending", "", 1, later="uncertain"): "acknowledged",
    Row("killed when the end is written down", "printed", "", 1): "written down",
}


@pytest.mark.parametrize("row", KILLED, ids=lambda row: row.name)
def test_a_server_killed_at_any_moment_loses_no_slip_and_doubles_none(
    row: Row, sqlite_url: str, clock: SetClock, tmp_path: Path
) -> None:
    with closing_database(sqlite_url) as database, FaultPrinter() as printer:
        queue(database, clock, printer, "ticket:1")
        command = [sys.executable, "-m", "tests.fault.spool_process", sqlite_url, str(tmp_path / "printed")]
        killed = subprocess.run([*command, clock.now().isoformat(), KILLED[row]], cwd=ROOT, timeout=PATIENCE_S)
        assert killed.returncode == -9
        printer.wait_until_idle()
        assert (job_of(database).state, printer.papers, printer.scraps > 0) == (row.state, row.papers, row.scrap)
        with closing(Spool(database, clock, tmp_path / "printed", QUICK)) as spool:
            spool.run_once()
            clock.advance(timedelta(seconds=4))
            spool.run_once()
        assert (job_of(database).state, printer.papers) == (row.ends, row.papers + row.papers_later)


def test_the_documentation_says_what_happens_to_a_killed_server() -> None:
    said(list(KILLED))


@contextmanager
def closing_database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.dispose()


def test_a_kiosk_goes_back_to_paper_by_itself_when_the_roll_was_changed(
    database: Database, clock: SetClock, spool: Spool
) -> None:
    with FaultPrinter(status={1: b"\x1a", 2: b"\x32", 4: b"\x7e"}) as printer:
        queue(database, clock, printer, "ticket:1")
        spool.run_once()
        assert job_of(database, "ticket:1").state == "blocked"
        assert printer_of(database).state == "paper_out"
        printer.status = {1: b"\x12", 2: b"\x12", 4: b"\x12"}
        clock.advance(timedelta(seconds=3))
        spool.run_once()
        assert job_of(database, "ticket:1").state == "printed"
        assert printer_of(database).state == "ok"
        assert len(printer.pages) == 1


def test_strangers_slips_do_not_come_out_when_the_roll_is_changed_late(database: Database, clock: SetClock, spool: Spool) -> None:
    with FaultPrinter(status={1: b"\x1a", 2: b"\x32", 4: b"\x7e"}) as printer:
        queue(database, clock, printer, "ticket:1")
        spool.run_once()
        printer.status = {1: b"\x12", 2: b"\x12", 4: b"\x12"}
        clock.advance(actions.EXPIRES_IN)
        spool.run_once()
        assert job_of(database, "ticket:1").state == "expired"
        assert printer_of(database).state == "ok"
        assert printer.pages == []
