"""The calls of a print agent: every slip reaches it once, whatever answer gets lost, and no other office's ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.clock import SetClock
from core.database import Database
from printer import actions, store
from printer.models import Printer
from printer.spool import Spool
from tests.builders import bearer, make_device, make_office
from tests.pages import CheckedClient
from tests.printer.desk import KEY, Submit, job_of, make_printer, printer_of
from tests.printer.slips import EVERYDAY

ONE, TWO = "a" * 24, "b" * 24
SOON = timedelta(seconds=1)


@dataclass
class Desk:
    """An office with an agent, and one beside it."""

    client: CheckedClient
    database: Database
    clock: SetClock
    token: str
    beside: str

    def ask(self, path: str, agent: str = ONE, token: str = "", **body: Any) -> TestResponse:
        return self.client.post(f"/api/v1/agent/{path}", json={"agent": agent, **body}, headers=bearer(token or self.token))

    def lease(self, agent: str = ONE, **body: Any) -> dict[str, Any] | None:
        answer = self.ask("lease", agent, **body)
        assert answer.status_code in (200, 204), answer.get_data(as_text=True)
        return dict(answer.get_json()) if answer.status_code == 200 else None

    def tell(self, job: dict[str, Any], state: str, agent: str = ONE, **body: Any) -> TestResponse:
        return self.ask(f"jobs/{job['job']}/result", agent, mark=job["mark"], state=state, **body)

    def is_well(self, state: str = "ok") -> None:
        assert self.ask("state", state=state).status_code == 200


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["dung-gio"].database
    return found


@pytest.fixture
def desk(app: Flask, client: CheckedClient, clock: SetClock, database: Database) -> Desk:
    with database.transaction() as session:
        office, beside = make_office(session), make_office(session, "00071")
        make_printer(session, clock, kind="agent")
        tokens = [make_device(session, place, "agent") for place in (office, beside)]
    desk = Desk(client, database, clock, *tokens)
    desk.is_well()
    return desk


@pytest.fixture
def spool(database: Database, clock: SetClock, tmp_path: Any) -> Iterator[Spool]:
    spool = Spool(database, clock, tmp_path / "printed")
    yield spool
    spool.close()


def add_printer(desk: Desk, key: str, kind: str = "file", **fields: Any) -> int:
    with desk.database.transaction() as session:
        printer = make_printer(session, desk.clock, key, kind)
        for name, value in fields.items():
            setattr(printer, name, value)
        return printer.id


def lean(desk: Desk, other: int) -> None:
    with desk.database.transaction() as session:
        printer = store.find_printer(session, KEY)
        assert printer is not None
        actions.set_fallback(session, printer, session.get_one(Printer, other))


def test_an_agent_gets_the_slip_and_tells_its_end(desk: Desk, submit: Submit) -> None:
    assert desk.lease() is None
    submit()
    job = desk.lease()
    assert job is not None
    assert (job["slip"]["number"], job["width"], job["printer"]) == ("A047", 576, KEY)
    assert job_of(desk.database).state == "sending"
    assert desk.tell(job, "printed", printer_state="near_end").get_json() == {"state": "printed"}
    assert (job_of(desk.database).state, printer_of(desk.database).state) == ("printed", "near_end")
    assert desk.lease() is None


def test_a_job_whose_answer_was_lost_is_given_to_the_same_agent_again_and_to_no_other(desk: Desk, submit: Submit) -> None:
    submit()
    lost = desk.lease()
    assert lost is not None
    assert desk.lease(TWO) is None
    assert desk.lease() == lost
    assert desk.lease(begun=[lost["mark"]]) is None, "it began: it may be on paper"


def test_a_job_whose_answer_was_lost_does_not_come_out_when_its_person_has_left(desk: Desk, submit: Submit) -> None:
    submit()
    desk.lease()
    desk.clock.advance(actions.EXPIRES_IN)
    assert desk.lease() is None
    assert job_of(desk.database).state == "expired"


def test_what_an_agent_that_lost_its_list_was_printing_is_uncertain(desk: Desk, submit: Submit) -> None:
    submit("ticket:1")
    submit("ticket:2")
    desk.lease(ONE)
    desk.clock.advance(actions.LEASE)
    job = desk.lease(TWO)
    assert job_of(desk.database, "ticket:1").state == "uncertain"
    assert job is not None
    assert job["job"] == job_of(desk.database, "ticket:2").id


def test_an_end_told_twice_counts_once_and_told_late_it_still_counts(desk: Desk, submit: Submit) -> None:
    submit()
    job = desk.lease()
    assert job is not None
    desk.clock.advance(actions.LEASE)
    assert desk.lease(begun=[job["mark"]]) is None
    assert job_of(desk.database).state == "uncertain"
    assert desk.tell(job, "printed").get_json() == {"state": "printed"}
    assert desk.tell(job, "uncertain").get_json() == {"state": "printed"}
    assert job_of(desk.database).state == "printed"


def test_nobody_but_the_agent_that_has_the_job_tells_its_end(desk: Desk, submit: Submit) -> None:
    submit()
    job = desk.lease()
    assert job is not None
    assert desk.tell(job, "printed", TWO).get_json() == {"state": "sending"}
    assert desk.tell(job | {"mark": f"{job['job']}@2020-01-01T00:00:00+00:00"}, "printed").status_code == 404
    other = desk.ask(f"jobs/{job['job']}/result", token=desk.beside, mark=job["mark"], state="printed")
    assert other.status_code == 404
    assert job_of(desk.database).state == "sending"


def test_an_agent_of_the_office_beside_gets_nothing_of_this_one(desk: Desk, submit: Submit) -> None:
    submit()
    answer = desk.ask("lease", token=desk.beside)
    assert answer.status_code == 204
    assert desk.ask("lease", token=desk.beside, printer=KEY).status_code == 404
    assert printer_of(desk.database, "00071/agent").place == "00071", "it got a printer of its own"


def test_a_blocked_slip_comes_out_when_the_agent_says_that_the_printer_is_well(desk: Desk, submit: Submit) -> None:
    submit()
    job = desk.lease()
    assert job is not None
    desk.tell(job, "blocked", printer_state="paper_out", detail="paper out")
    assert job_of(desk.database).state == "blocked"
    assert desk.lease() is None
    desk.is_well()
    again = desk.lease()
    assert again is not None
    assert again["mark"] == job["mark"]


def test_an_agent_that_is_gone_is_a_printer_that_is_off(desk: Desk, submit: Submit, spool: Spool) -> None:
    desk.clock.advance(store.AGENT_GONE - SOON)
    submit()
    spool.run_once()
    assert (printer_of(desk.database).state, job_of(desk.database).state) == ("ok", "queued")
    desk.clock.advance(SOON)
    spool.run_once()
    assert (printer_of(desk.database).state, job_of(desk.database).state) == ("off", "blocked")
    desk.is_well()
    assert job_of(desk.database).state == "queued"


def test_the_slip_of_an_agent_that_is_gone_comes_out_at_the_fallback_before_its_person_leaves(
    desk: Desk, submit: Submit, spool: Spool
) -> None:
    lean(desk, add_printer(desk, "00070/desk"))
    submit()
    desk.clock.advance(store.AGENT_GONE)
    spool.run_once()
    job = job_of(desk.database)
    assert (job.state, job.printer.key) == ("printed", "00070/desk")
    assert store.AGENT_GONE < actions.KIOSK_EXPIRES_IN
    desk.is_well()
    assert desk.lease() is None, "and it does not come out twice"


def test_the_server_prints_nothing_at_an_agents_printer(desk: Desk, submit: Submit, spool: Spool) -> None:
    submit()
    assert spool.run_once() == 0
    assert job_of(desk.database).state == "queued"


def test_the_first_agent_takes_the_place_of_the_file_printer_that_stood_in(desk: Desk) -> None:
    with desk.database.transaction() as session:
        actions.set_up(
            session, "00071/kiosk-1", kind="file", address="", place="00071", name="Ki-ốt", width_dots=384, now=desk.clock.now()
        )
    told = desk.ask("state", token=desk.beside, state="ok").get_json()
    assert told == {"printer": "00071/kiosk-1", "name": "Ki-ốt", "width": 384}
    assert printer_of(desk.database, "00071/kiosk-1").kind == "agent"


def test_an_agent_takes_the_place_of_no_real_printer(desk: Desk) -> None:
    with desk.database.transaction() as session:
        actions.set_up(
            session, "00071/lan", kind="network", address="h", place="00071", name="LAN", width_dots=576, now=desk.clock.now()
        )
    assert desk.ask("state", token=desk.beside, state="ok").get_json()["printer"] == "00071/agent"
    assert printer_of(desk.database, "00071/lan").kind == "network"


def test_an_agent_of_an_office_with_several_names_its_printer(desk: Desk, submit: Submit) -> None:
    add_printer(desk, "00070/second", "agent")
    submit(key="00070/second")
    refused = desk.ask("lease")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "which_printer")
    assert "00070/second" in refused.get_json()["detail"]
    assert desk.lease(printer=KEY) is None
    assert desk.lease(printer="00070/second") is not None


def test_an_agent_of_a_printer_out_of_service_is_told_so(desk: Desk) -> None:
    with desk.database.transaction() as session:
        actions.set_up(
            session, "00071/agent", kind="agent", address="", place="00071", name="x", width_dots=576, now=desk.clock.now()
        ).active = False
    refused = desk.ask("lease", token=desk.beside)
    assert (refused.status_code, refused.get_json()["code"]) == (404, "no_agent_printer")


def test_a_new_slip_answers_an_agent_that_waits(desk: Desk, app: Flask) -> None:
    asked, answers = threading.Event(), []
    looked = app.extensions["print-bell"]._rung["00070"].wait

    def watch(seconds: float) -> bool:
        asked.set()
        return bool(looked(seconds))

    app.extensions["print-bell"]._rung["00070"].wait = watch
    waiting = threading.Thread(target=lambda: answers.append(desk.lease(wait=10)))
    waiting.start()
    assert asked.wait(20)
    with desk.database.transaction() as session:
        actions.submit(session, KEY, EVERYDAY, reference="ticket:1", kind="ticket", now=desk.clock.now())
    waiting.join(20)
    assert answers[0]["slip"]["number"] == "A047"


def test_nobody_waits_when_the_server_stops(desk: Desk, app: Flask) -> None:
    stop = threading.Event()
    stop.set()
    app.extensions["print-bell"].run(stop)
    assert desk.lease(wait=10) is None


@pytest.mark.parametrize(
    "body",
    [
        {"agent": "x"}, {"wait": 3600}, {"wait": -1}, {"wait": float("nan")}, {"begun": "all"}, {"begun": ["x"] * 51},
        {"printer": "x" * 200},
    ],
)  # fmt: skip
def test_a_question_that_is_none_is_refused_at_once(desk: Desk, body: dict[str, Any]) -> None:
    assert desk.ask("lease", **body).status_code == 422
