"""A print agent that is killed, whose line breaks, whose server starts anew: no slip is lost, and none comes twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from werkzeug.serving import make_server

from core.clock import SetClock
from core.database import Database
from printer import actions, agent
from printer.agent import Agent
from printer.agent_ledger import Ledger
from printer.agent_link import Link, LinkDown
from printer.network import NetworkDevice
from tests import running, servers
from tests.builders import bearer, make_device, make_office
from tests.fault.fault_printer import PAPER_OUT, WELL, FaultPrinter
from tests.fault.matrix import QUICK, Row, said
from tests.printer.desk import KEY, job_of, make_printer, printer_of
from tests.printer.slips import EVERYDAY

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30
POLL_S = 0.02


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough: what an agent does, it does far from the database."""
    return sqlite_url


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "WAIT_S", 0)
    monkeypatch.setattr(agent, "ASK_UNWELL_S", 0)
    monkeypatch.setattr(agent, "TOO_SOON_S", 0)
    monkeypatch.setattr(agent, "PAUSES_S", (0.05,))


@dataclass
class Ward:
    """An office, its server at `url`, and the token of its agent; `printer` is the agent's."""

    url: str
    token: str
    database: Database
    clock: SetClock
    folder: Path
    printer: FaultPrinter

    def take(self, reference: str = "ticket:1") -> int:
        with self.database.transaction() as session:
            return actions.submit(session, KEY, EVERYDAY, reference=reference, kind="ticket", now=self.clock.now()).id

    @contextmanager
    def agent(self, make: Callable[..., Link] = Link, stop: threading.Event | None = None) -> Iterator[Agent]:
        """The agent of this ward, with the list it kept from the last time."""
        ledger = Ledger(self.folder / "agent.json")
        device = NetworkDevice("127.0.0.1", self.printer.port, QUICK)
        yield Agent(make(self.url, self.token, ledger.agent), device, ledger, stop or threading.Event())
        ledger.close()

    def work(self) -> None:
        """Let the agent do what there is to do."""
        with self.agent() as working:
            while working.step():
                pass


@pytest.fixture
def ward(app: Flask, clock: SetClock, tmp_path: Path) -> Iterator[Ward]:
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        office = make_office(session)
        make_printer(session, clock, kind="agent")
        token = make_device(session, office, "agent")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
    serving.start()
    with FaultPrinter() as printer:
        yield Ward(f"http://127.0.0.1:{server.port}", token, database, clock, tmp_path / "agent", printer)
    server.shutdown()
    server.server_close()


KILLED = {
    Row("agent killed when it was given the job", "sending", "", 0, later="printed", papers_later=1): "given",
    Row("agent killed when the page is drawn", "sending", "", 0, later="printed", papers_later=1): "drawn",
    Row("agent killed when it wrote down that it begins", "sending", "", 0, later="uncertain"): "begun",
    Row("agent killed when half of the page is sent", "sending", "", 0, scrap=True, later="uncertain"): "half sent",
    Row("agent killed when the page is sent", "sending", "", 1, later="uncertain"): "sent",
    Row("agent killed when the page is acknowledged", "sending", "", 1, later="uncertain"): "acknowledged",
    Row("agent killed when it kept the end", "sending", "", 1, later="printed"): "kept",
    Row("agent killed when it told the end", "printed", "", 1): "told",
}


@pytest.mark.parametrize("row", KILLED, ids=lambda row: row.name)
def test_an_agent_killed_at_any_moment_loses_no_slip_and_doubles_none(row: Row, ward: Ward) -> None:
    ward.take()
    command = [sys.executable, "-m", "tests.fault.agent_process", ward.url, ward.token, str(ward.folder / "agent.json")]
    killed = subprocess.run([*command, str(ward.printer.port), KILLED[row]], cwd=ROOT, timeout=PATIENCE_S)
    assert killed.returncode == -9
    ward.printer.wait_until_idle()
    came = (ward.printer.papers, ward.printer.scraps > 0)
    assert (job_of(ward.database).state, *came) == (row.state, row.papers, row.scrap)
    ward.work()
    ward.work()
    assert (job_of(ward.database).state, ward.printer.papers) == (row.ends, row.papers + row.papers_later)


def test_the_documentation_says_what_happens_to_a_killed_agent() -> None:
    said(list(KILLED))


class Frayed(Link):
    """A line that breaks once: before the question `what` is heard, or after it was and before its answer is."""

    what, heard = "", False

    def _post(self, path: str, body: dict[str, Any], patience: float) -> dict[str, Any] | None:
        if self.what not in path:
            return super()._post(path, body, patience)
        what, self.what = self.what, "nothing more"
        if self.heard:
            super()._post(path, body, patience)
        raise LinkDown(f"{what} lost")


@pytest.mark.parametrize("heard", [False, True], ids=["question lost", "answer lost"])
@pytest.mark.parametrize("what", ["lease", "result", "state"])
def test_a_line_that_breaks_loses_no_slip_and_doubles_none(ward: Ward, what: str, heard: bool) -> None:
    ward.take("ticket:1")
    ward.take("ticket:2")
    with ward.agent(Frayed) as working:
        working._link.what, working._link.heard = what, heard  # type: ignore[attr-defined]
        broke = 0
        for _try in range(8):
            try:
                working.step()
            except LinkDown:
                broke += 1
    assert broke == 1
    assert [job_of(ward.database, f"ticket:{n}").state for n in (1, 2)] == ["printed", "printed"]
    assert ward.printer.papers == 2


def test_an_agent_goes_on_by_itself_when_the_server_is_back(ward: Ward, app: Flask) -> None:
    stop = threading.Event()
    away, ward.url = ward.url, f"http://127.0.0.1:{servers.free_port()}"
    with ward.agent(stop=stop) as working:
        thread = threading.Thread(target=working.run)
        thread.start()
        ward.take()
        server = make_server("127.0.0.1", int(ward.url.rpartition(":")[2]), app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
        assert ward.printer.page_began.wait(PATIENCE_S)
        stop.set()
        thread.join(PATIENCE_S)
        server.shutdown()
        server.server_close()
    ward.url = away
    ward.work()
    assert (job_of(ward.database).state, ward.printer.papers) == ("printed", 1)


def test_a_slip_blocked_at_the_agents_printer_comes_out_when_the_roll_is_changed(ward: Ward) -> None:
    ward.take()
    ward.printer.status = PAPER_OUT
    ward.work()
    assert (job_of(ward.database).state, printer_of(ward.database).state) == ("blocked", "paper_out")
    ward.printer.status = dict(WELL)
    ward.work()
    ward.work()
    assert (job_of(ward.database).state, ward.printer.papers) == ("printed", 1)


def test_a_server_put_back_to_a_backup_does_not_have_a_slip_printed_twice(ward: Ward) -> None:
    job = ward.take()
    ward.work()
    with ward.database.transaction() as session:
        restored = session.get_one(actions.PrintJob, job)
        restored.state, restored.claimed_by, restored.finished_at = "queued", None, None
    ward.work()
    assert (job_of(ward.database).state, ward.printer.papers) == ("printed", 1)


def test_an_agent_that_slept_prints_no_strangers_slip(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.take()
    times = iter([0.0, 3600.0])
    monkeypatch.setattr(agent, "_clock", lambda: next(times))
    with ward.agent() as working:
        working.step()
    assert (job_of(ward.database).state, ward.printer.papers) == ("blocked", 0)


def test_an_agent_that_cannot_write_its_list_prints_nothing(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.take()
    with ward.agent() as working:
        kept, calls = working._ledger._save, iter([True])

        def full() -> None:
            if next(calls, False):
                raise OSError("no space left on device")
            kept()

        monkeypatch.setattr(working._ledger, "_save", full)
        working.step()
    assert (job_of(ward.database).state, ward.printer.papers, ward.printer.scraps) == ("blocked", 0, 0)
    assert printer_of(ward.database).state == "off"


def test_an_agent_that_lost_its_list_leaves_the_old_slip_uncertain(ward: Ward) -> None:
    ward.take()
    command = [sys.executable, "-m", "tests.fault.agent_process", ward.url, ward.token, str(ward.folder / "agent.json")]
    subprocess.run([*command, str(ward.printer.port), "sent"], cwd=ROOT, timeout=PATIENCE_S)
    (ward.folder / "agent.json").write_text('{"agent": 7, "open": {"1')
    ward.work()
    ward.clock.advance(actions.LEASE + timedelta(seconds=1))
    ward.take("ticket:2")
    ward.work()
    assert [job_of(ward.database, f"ticket:{n}").state for n in (1, 2)] == ["uncertain", "printed"]
    assert ward.printer.papers == 2


def test_the_real_agent_prints_a_kiosks_numbers_on_the_wards_paper(sqlite_url: str, clock: SetClock, tmp_path: Path) -> None:
    """The program as a ward starts it; its server is killed and started again; one paper a number."""
    database = Database(sqlite_url)
    with database.transaction() as session:
        office = make_office(session, services="A")
        make_printer(session, clock)
        kiosk, token = bearer(make_device(session, office)), make_device(session, office, "agent")
    port, log = servers.free_port(), tmp_path / "agent.log"
    command = [sys.executable, "-m", "printer.agent", "--server", f"http://127.0.0.1:{port}", "--token", token]
    command += ["--state", str(tmp_path / "agent.json"), "--device"]
    with (
        FaultPrinter() as printer,
        servers.child([*command, f"network://{printer.address}"], log, end=15, environ=running.clean_environ()) as process,
    ):
        for papers in (1, 2):
            printer.page_began.clear()
            with running.server(tmp_path, port=port, DATABASE_URL=sqlite_url) as server:
                servers.wait_until(lambda: log.read_text().index("printer: ok"), process, log)
                tickets = f"{server.url}/api/v1/offices/00070/tickets"
                assert httpx.post(tickets, json={"service": "A"}, headers=kiosk).status_code == 201
                assert printer.page_began.wait(PATIENCE_S), log.read_text()
                printer.wait_until_idle()
                server.kill()
            assert printer.papers == papers
    # The file printer stood in for a printer until the first agent came.
    assert printer_of(database).kind == "agent"
    assert not list(tmp_path.glob("printed/**/*.png"))
    database.dispose()
