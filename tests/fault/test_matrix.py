"""Everything that can go wrong between the spool and a printer on the network: nothing is lost silently, nothing comes twice.

For each fault: what the states say while it lasts, what comes out when it is over, and that one press of "In lại" then gives one
paper more, marked.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import SetClock
from core.database import Database
from printer import actions
from printer.escpos_bytes import encode
from printer.raster import draw
from printer.spool import Spool
from tests.fault.fault_printer import ASB_COVER, ASB_OK, ASB_PAPER_OUT, COVER, PAPER_OUT, WELL, FaultPrinter, black_hole
from tests.fault.matrix import QUICK, Row, said
from tests.printer.desk import job_of, make_printer, printer_of
from tests.printer.slips import EVERYDAY

SOON = timedelta(seconds=4)
DRAWN = encode(draw(EVERYDAY, 576))
Broken = Callable[[int], AbstractContextManager[FaultPrinter | None]]


def told(**how: object) -> Broken:
    """A printer with this fault."""
    return lambda port: FaultPrinter(port=port, page_size=len(DRAWN), **how)  # type: ignore[arg-type]


@contextlib.contextmanager
def nobody(_port: int) -> Iterator[None]:
    """No printer at the address."""
    yield None


@contextlib.contextmanager
def hole(port: int) -> Iterator[None]:
    with black_hole(port):
        yield None


@contextlib.contextmanager
def taken(port: int) -> Iterator[FaultPrinter]:
    """Another PC is connected, and the printer talks to one at a time."""
    with FaultPrinter(port=port, one_at_a_time=True) as printer, socket.create_connection(("127.0.0.1", port)):
        yield printer


BLOCKED = {"later": "printed", "papers_later": 1}
FAULTS: dict[Row, Broken] = {
    Row("none", "printed", "ok", 1): told(),
    Row("connection refused (printer off)", "blocked", "off", **BLOCKED): nobody,
    Row("black hole (cable pulled)", "blocked", "off", **BLOCKED): hole,
    Row("something else at the address (echo)", "blocked", "off", **BLOCKED): told(echoes=True),
    Row("no answer to a question of status", "blocked", "off", **BLOCKED): told(status={1: b"\x12", 2: b"\x12"}),
    Row("a second client holds the printer", "blocked", "off", **BLOCKED): taken,
    Row("paper out before", "blocked", "paper_out", **BLOCKED): told(status=PAPER_OUT),
    Row("cover open before", "blocked", "cover", **BLOCKED): told(status=COVER),
    Row("paper near its end", "printed", "near_end", 1): told(status={**WELL, 4: b"\x1e"}, acknowledgement=b"\x03"),
    Row("unasked status (ASB) in between", "printed", "ok", 1): told(
        greeting=ASB_OK + b"\x11", status={n: ASB_OK + each for n, each in WELL.items()}, acknowledgement=ASB_OK + b"\x13\x00"
    ),
    Row("slow, but at work", "printed", "ok", 1): told(pause=0.01),
    Row("never reads", "uncertain", "unknown", scrap=True): told(reads_pages=False),
    Row("reset at 1 %", "uncertain", "off", scrap=True): told(reset_at_share=0.01),
    Row("reset at 50 %", "uncertain", "off", scrap=True): told(reset_at_share=0.5),
    Row("reset at 99 %", "uncertain", "off", scrap=True): told(reset_at_share=0.99),
    Row("reset after the last byte", "uncertain", "off", 1): told(reset_at_share=1.0),
    Row("half-closed before the page, read on", "uncertain", "off", 1): told(half_closes=True),
    Row("paper out during", "uncertain", "paper_out", 1): told(acknowledgement=ASB_PAPER_OUT),
    Row("paper ended with this page", "uncertain", "paper_out", 1): told(acknowledgement=b"\x0c"),
    Row("cover opened during", "uncertain", "cover", 1): told(acknowledgement=ASB_COVER),
    Row("no acknowledgement", "uncertain", "unknown", 1): told(acknowledgement=b""),
    Row("late acknowledgement", "uncertain", "unknown", 1): told(acknowledges_after=0.8),
}


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One kind is enough: what is told is decided by the printer, not by the database."""
    with contextlib.closing(_Disposed(sqlite_url)) as database:
        yield database


class _Disposed(Database):
    def close(self) -> None:
        self.dispose()


@pytest.fixture
def spool(database: Database, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    monkeypatch.setattr("printer.renderer.Renderer.page", lambda *_asked: DRAWN)
    with closing(Spool(database, clock, tmp_path / "printed", QUICK)) as spool:
        yield spool


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row.name)
def test_a_fault_loses_no_slip_and_doubles_none(row: Row, database: Database, clock: SetClock, spool: Spool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    with database.transaction() as session:
        key = make_printer(session, clock, kind="network", address=f"127.0.0.1:{port}").key
        job_id = actions.submit(session, key, EVERYDAY, reference="ticket:1", kind="ticket", now=clock.now()).id
    with FAULTS[row](port) as printer:
        spool.run_once()
        came = (printer.papers, printer.scraps > 0) if printer else (0, False)
    assert (job_of(database).state, printer_of(database).state, *came) == (row.state, row.printer, row.papers, row.scrap)
    with FaultPrinter(port=port) as mended:
        for _look in range(2):
            clock.advance(SOON)
            spool.run_once()
        assert (job_of(database).state, mended.papers) == (row.ends, row.papers_later)
        with database.transaction() as session:
            again = actions.reprint(session, job_id, now=clock.now()).id
        spool.run_once()
        assert (again != job_id, job_of(database).reprint, job_of(database).state) == (True, True, "printed")
        assert mended.papers == row.papers_later + 1
        assert mended.scraps == 0


def test_the_documentation_says_what_these_tests_found() -> None:
    said(list(FAULTS))
