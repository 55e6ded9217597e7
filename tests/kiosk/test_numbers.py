"""A walk-in's number: rights, hours, paper, bad input, double presses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.clock import SetClock
from printer.models import Printer, PrintJob
from queueing.models import Ticket
from tests import builders
from tests.kiosk.hall import Hall, make_hall
from tests.pages import CheckedClient


def test_a_walk_in_gets_a_number_and_a_slip(hall: Hall) -> None:
    hall.take()
    answer = hall.take(priority=True, lang="en")
    assert answer.status_code == 201, answer.text
    assert answer.json["number"] == "A002"
    assert answer.json["people_ahead"] in (0, 1)
    assert set(answer.json["wait"]) == {"median", "low", "high"}
    assert answer.json["print"]["state"] == "queued"
    with hall.writing() as (session, _office):
        job = session.scalars(select(PrintJob).order_by(PrintJob.id.desc())).first()
        assert job is not None
        assert job.document["number"] == "A002"
        assert job.document["url"].endswith(f"/t/{answer.json['token']}")
        assert job.document["lang"] == "en"
        assert job.expires_at - job.created_at == timedelta(seconds=30)
        assert "Nguyễn" not in str(job.document)


def test_a_number_taken_by_staff_may_wait_longer_for_its_paper(hall: Hall) -> None:
    assert hall.post("tickets", {"service": "A"}, hall.staff).status_code == 201
    with hall.writing() as (session, _office):
        job = session.scalars(select(PrintJob)).one()
        assert job.expires_at - job.created_at == timedelta(minutes=3)


def test_a_kiosk_with_no_printer_of_its_own_uses_the_offices(hall: Hall) -> None:
    with hall.writing() as (session, office):
        bare = builders.make_device(session, office)
    answer = hall.post("tickets", {"service": "A"}, bare)
    assert (answer.status_code, answer.json["print"]["state"]) == (201, "queued")


def test_without_a_printer_the_number_is_given_all_the_same(hall: Hall) -> None:
    with hall.writing() as (session, office):
        bare = builders.make_device(session, office)
        session.delete(session.scalars(select(Printer)).one())
    answer = hall.post("tickets", {"service": "A"}, bare)
    assert (answer.status_code, answer.json["print"]["state"]) == (201, "none")


def test_a_printer_out_of_service_is_said_at_once(hall: Hall) -> None:
    with hall.writing() as (session, _office):
        session.scalars(select(Printer)).one().active = False
    answer = hall.take()
    assert (answer.status_code, answer.json["print"]) == (201, {"state": "blocked", "printer": "off", "at": None})


def test_a_kiosk_whose_fallback_prints_says_where_and_is_well(hall: Hall) -> None:
    with hall.writing() as (session, _office):
        own = session.scalars(select(Printer)).one()
        spare = Printer(key="00070/desk", place="00070", name="Máy in quầy hướng dẫn", kind="file", state="near_end")
        session.add(spare)
        session.flush()
        own.state, own.fallback_id = "paper_out", spare.id
    answer = hall.take().json
    assert answer["print"] == {"state": "queued", "printer": "near_end", "at": "Máy in quầy hướng dẫn"}
    followed = hall.client.get(f"/api/v1/tickets/{answer['token']}").json
    assert followed["print"] == {"state": "queued", "at": "Máy in quầy hướng dẫn"}
    state = hall.client.get("/api/v1/offices/00070/kiosk", headers=builders.bearer(hall.kiosk)).json
    assert state["printer"] == "near_end"


def test_a_device_outside_the_office_gives_no_number(hall: Hall) -> None:
    with hall.writing() as (session, office):
        outside = builders.make_device(session, office, on_site=False)
    for path, body in (("tickets", {"service": "A"}), ("check-ins", {"code": "ACDEFG"})):
        answer = hall.post(path, body, outside)
        assert (answer.status_code, answer.json["code"]) == (403, "not_on_site")


@pytest.mark.parametrize("path", ["tickets", "check-ins"])
def test_who_may_take_a_number(hall: Hall, path: str) -> None:
    with hall.writing() as (session, _office):
        other = builders.make_office(session, "00072")
        stranger = builders.make_device(session, other)
        display = builders.make_device(session, other, "display")
    assert hall.post(path, {"service": "A"}, "").status_code == 401
    assert hall.post(path, {"service": "A"}, stranger).status_code == 403
    assert hall.post(path, {"service": "A"}, display).status_code == 403
    assert hall.post(path, {"service": "A"}, "no-such-token").status_code == 401


def test_another_offices_service_is_not_found(hall: Hall) -> None:
    with hall.writing() as (session, _office):
        other = builders.make_office(session, "00072", services="X")
        builders.make_service(session, other, "Y")
    answer = hall.take("Y")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"service": ""},
        {"service": "x" * 65},
        {"service": 7},
        {"service": "A", "lang": "fr"},
        {"service": "A", "priority": "?"},
        {"service": "A", "priority": "true"},
    ],
)
def test_a_wish_that_cannot_be_used_is_refused(hall: Hall, body: dict[str, object]) -> None:
    answer = hall.post("tickets", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_the_same_press_sent_twice_is_one_number(hall: Hall) -> None:
    answers = [hall.post("tickets", {"service": "A"}, **{"Idempotency-Key": "press-1"}) for _time in range(2)]
    assert answers[0].json == answers[1].json
    other = hall.post("tickets", {"service": "B"}, **{"Idempotency-Key": "press-1"})
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    with hall.writing() as (session, _office):
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
        assert session.scalar(select(func.count()).select_from(PrintJob)) == 1


def test_outside_the_hours_the_next_opening_is_told(app: Flask, client: CheckedClient, clock: SetClock) -> None:
    hall = make_hall(app, client, clock, hours=builders.WARD_HOURS)
    clock.advance(timedelta(hours=10))
    answer = hall.take()
    assert (answer.status_code, answer.json["code"]) == (409, "closed")
    assert answer.json["opens_at"] == "2026-11-24T07:30:00+07:00"
    assert "07:30" in answer.json["detail"]
    state = client.get("/api/v1/offices/00070/kiosk", headers=builders.bearer(hall.kiosk)).json
    assert (state["open"], state["opens_at"]) == (False, "2026-11-24T07:30:00+07:00")
    assert set(state["opens_words"]) == {"vi", "en"}


def test_numbers_are_given_half_an_hour_before_opening(app: Flask, client: CheckedClient, clock: SetClock) -> None:
    hall = make_hall(app, client, clock, hours=builders.WARD_HOURS)
    clock.advance(timedelta(hours=-1, minutes=-31))
    assert hall.take().status_code == 409
    clock.advance(timedelta(minutes=1))
    assert hall.take().status_code == 201


def test_the_first_screen_counts_people_by_service(hall: Hall) -> None:
    for service in "AAB":
        hall.take(service)
    state = hall.client.get("/api/v1/offices/00070/kiosk", headers=builders.bearer(hall.kiosk)).json
    assert (state["open"], state["waiting"], state["printer"]) == (True, {"A": 2, "B": 1}, "unknown")
