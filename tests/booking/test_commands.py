"""`office erase` answers a person who wants the data of a phone deleted, and says no more than how many there were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from booking import phone_codes
from booking.forms import Visitor
from booking.models import Appointment
from core.clock import SetClock
from core.database import Database
from office.models import AuditEntry, Office
from tests.booking.personal import NAME, OTHER, OTHERS_PHONE, PHONE, SECRET, TOMORROW, Ward, make_ward, wait
from tests.builders import make_office


@pytest.fixture
def desk(app: Flask, clock: SetClock, tmp_path: Path) -> Ward:
    """The whole product, with a past and a coming booking and a place on a waiting list of one phone, and another's booking."""
    database: Database = app.extensions["dung-gio"].database
    ward = make_ward(database, clock, tmp_path)
    clock.advance(timedelta(days=-7))
    ward.book(TOMORROW - timedelta(days=7))
    clock.advance(timedelta(days=7))
    ward.book()
    ward.book(service="B", visitor=Visitor(OTHER, OTHERS_PHONE), people=())
    wait(ward, Visitor(NAME, PHONE))
    with database.transaction() as session:
        phone_codes.send_code(session, session.scalars(select(Office)).one(), PHONE, now=clock.now(), secret=SECRET)
    ward.outbox.run_once()
    return ward


def run(app: Flask, ward: Ward, *words: str, typed: str = "") -> str:
    done = app.test_cli_runner().invoke(args=["office", "erase", *words], input=typed)
    while ward.outbox.forget_once():
        pass
    assert (NAME not in done.output, PHONE[3:] not in done.output) == (True, True)
    return str(done.output)


def test_a_phone_is_erased_from_everything_and_the_log_names_only_bookings(app: Flask, desk: Ward) -> None:
    assert "2 bookings and 1 entries of waiting lists erased, 0 left" in run(app, desk, "0912 345 601", "--yes")
    assert desk.traces() == []
    assert desk.traces(OTHER) != []
    with desk.database.reading() as session:
        log = session.scalars(select(AuditEntry).where(AuditEntry.what == "data_erased")).all()
        assert [sorted(entry.detail) for entry in log] == [["booking"], ["booking"], ["waiting"]]


def test_what_is_still_to_come_is_asked_about_and_left_when_the_answer_is_no(app: Flask, desk: Ward) -> None:
    assert "1 bookings and 0 entries of waiting lists erased, 2 left" in run(app, desk, "0912345601", typed="n\n")
    with desk.database.reading() as session:
        kept = session.scalars(select(Appointment.name).where(Appointment.phone == PHONE)).all()
    assert kept == [NAME]
    assert "1 bookings and 1 entries of waiting lists erased, 0 left" in run(app, desk, "0912345601", typed="y\n")
    assert desk.traces() == []


def test_only_one_office_is_asked_for(app: Flask, desk: Ward) -> None:
    desk.change(lambda session: make_office(session, "00082"))
    assert "0 bookings and 0 entries" in run(app, desk, "0912345601", "--office", "00082", "--yes")
    assert desk.traces(PHONE) != []
    assert "No office has the code" in run(app, desk, "0912345601", "--office", "99999")
    assert "2 bookings and 1 entries" in run(app, desk, "0912345601", "--office", "00070", "--yes")


def test_a_number_that_is_none_is_refused(app: Flask, desk: Ward) -> None:
    assert "not a telephone number" in run(app, desk, "12345")
