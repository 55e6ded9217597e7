"""A slip printed again at the door: marked, once, and written down."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from core.clock import SetClock
from core.database import Database
from office.models import AuditEntry
from printer import actions
from printer.models import PrintJob
from printer.outcome import Outcome
from tests.builders import bearer, make_device, make_office, make_staff, make_token
from tests.pages import CheckedClient
from tests.printer.desk import make_printer


def test_who_had_a_slip_printed_again_is_written_down_once(app: Flask, client: CheckedClient, clock: SetClock) -> None:
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        office = make_office(session)
        printer = make_printer(session, clock).id
        kiosk = bearer(make_device(session, office))
        helper = make_staff(session, office, "huongdan", "helper")
        signed, helper_id = bearer(make_token(session, helper)), helper.id
    ticket = client.post("/api/v1/offices/00070/tickets", json={"service": "A"}, headers=kiosk).get_json()["id"]

    def press() -> str:
        answer = client.post(f"/api/v1/tickets/{ticket}/reprint", headers=signed)
        assert answer.status_code == 200
        clock.advance(timedelta(seconds=2))
        return str(answer.get_json()["state"])

    assert press() == "queued", "the first one is on its way: no second paper"
    with database.transaction() as session:
        job = actions.claim(session, printer, "one", clock.now())
        assert job is not None
        actions.settle(session, job.id, Outcome("uncertain", "", "ok"), clock.now())
    assert [press(), press()] == ["queued", "queued"]
    with database.reading() as session:
        [_first, again] = session.scalars(select(PrintJob).order_by(PrintJob.id))
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.what == "slip_reprinted"))
    assert (again.reprint, again.document["number"]) == (True, "A001")
    assert (entry.staff_id, entry.at, entry.detail["job"]) == (helper_id, again.created_at, again.id)
