"""The day's edges at the kiosk: a field that is stopped, a slip from the day before, numbers before opening and over lunch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from core.clock import SetClock
from core.rights import ANONYMOUS
from office import stops
from office.models import Stop
from office.stops import EVERYTHING, Stopped
from office.store import service_by_code
from printer.models import PrintJob
from queueing import day_actions
from queueing.models import Ticket
from tests.builders import WARD_HOURS, bearer
from tests.conftest import HANOI
from tests.kiosk.hall import Hall, make_hall
from tests.pages import CheckedClient


def at(clock: str, day: int = 23) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI)


@pytest.fixture
def ward(app: Flask, client: CheckedClient, clock: SetClock) -> Hall:
    """The hall in the ward's hours; A and B of one field, C of another."""
    hall = make_hall(app, client, clock, hours=WARD_HOURS)
    with hall.writing() as (session, office):
        service_by_code(session, office, "C").field = "Đất đai"
    return hall


def go_to(ward: Hall, when: datetime) -> None:
    ward.clock.advance(when - ward.clock.now())


def stop(ward: Hall, field: str = "Tư pháp") -> None:
    with ward.writing() as (session, office):
        stops.put(session, office, Stopped(field, "Mất điện", at("09:00").date()), staff_id=None, now=ward.clock.now())


def state(ward: Hall) -> dict[str, Any]:
    shown: dict[str, Any] = ward.client.get("/api/v1/offices/00070/kiosk", headers=bearer(ward.kiosk)).get_json()
    return shown


def carried(ward: Hall) -> str:
    """Somebody who took a number on Monday and got a slip for Tuesday; gives the ticket's token."""
    taken = ward.take()
    with ward.writing() as (session, _office):
        ticket = session.get_one(Ticket, taken.get_json()["id"])
        day_actions.carry(session, ticket, actor=ANONYMOUS, now=ward.clock.now(), tz=HANOI)
        return ticket.token


# --- a field that stops -----------------------------------------------------------------------------------------------


def test_the_kiosk_greys_out_a_stopped_field_and_refuses_its_numbers_with_the_reason(ward: Hall) -> None:
    stop(ward)
    shown = state(ward)
    assert set(shown["stopped"]) == {"A", "B"}
    assert shown["stopped"]["A"]["vi"] == "Hôm nay tạm ngừng nhận lĩnh vực Tư pháp: Mất điện."
    assert shown["all_stopped"] is None
    refused = ward.take("A")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "field_stopped")
    assert "Mất điện" in refused.get_json()["detail"]
    assert ward.take("C").status_code == 201
    with ward.writing() as (session, _office):
        assert [ticket.prefix for ticket in session.query(Ticket)] == ["C"], "no number is lost by it"


def test_everything_stopped_is_said_in_one_sentence(ward: Hall) -> None:
    stop(ward, EVERYTHING)
    shown = state(ward)
    assert set(shown["stopped"]) == {"A", "B", "C"}
    assert shown["all_stopped"]["vi"] == "Hôm nay điểm phục vụ tạm ngừng nhận hồ sơ: Mất điện."
    assert ward.take("C").get_json()["code"] == "field_stopped"


def test_a_booking_of_a_stopped_field_is_offered_another_hour(ward: Hall) -> None:
    token = ward.book(at("09:00"))
    stop(ward)
    refused = ward.check_in(qr=f"/a/{token}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "field_stopped")
    assert [way["do"] for way in refused.get_json()["ways"]] == ["change_hour"]
    assert refused.get_json()["ways"][0]["token"] == token


def test_who_checked_in_before_the_stop_stays_and_is_told_so(ward: Hall) -> None:
    token = ward.book(at("09:00"))
    first = ward.check_in(qr=f"/a/{token}")
    stop(ward)
    again = ward.check_in(qr=f"/a/{token}")
    assert (again.status_code, again.get_json()["number"]) == (200, first.get_json()["number"])


def test_a_lifted_stop_gives_numbers_again(ward: Hall) -> None:
    stop(ward)
    with ward.writing() as (session, _office):
        stops.lift(session, session.query(Stop).one(), ward.clock.now())
    assert state(ward)["stopped"] == {}
    assert ward.take("A").status_code == 201


# --- a slip from the day before ---------------------------------------------------------------------------------------


def test_a_slip_shown_on_its_day_makes_a_number_before_who_came_early_and_only_once(ward: Hall) -> None:
    token = carried(ward)
    go_to(ward, at("07:40", 24))
    assert ward.take().get_json()["people_ahead"] == 0
    go_to(ward, at("08:05", 24))
    made = ward.check_in(qr=f"https://cu.vidu.test/t/{token}")
    assert (made.status_code, made.get_json()["outcome"], made.get_json()["people_ahead"]) == (201, "carried", 0)
    assert made.get_json()["sentence"] == "Phiếu từ hôm trước đã được nhận. Ông/bà được gọi trước người lấy số trong ngày."
    again = ward.check_in(qr=f"/t/{token}")
    assert (again.status_code, again.get_json()["number"]) == (200, made.get_json()["number"])
    with ward.writing() as (session, _office):
        assert session.query(PrintJob).filter(PrintJob.reference == f"ticket:{made.get_json()['id']}").count() == 1
    moved = ward.client.get(f"/t/{token}")
    assert moved.location == f"/t/{made.get_json()['token']}"


def test_staff_at_the_door_take_the_slip_as_well(ward: Hall) -> None:
    token = carried(ward)
    go_to(ward, at("08:05", 24))
    made = ward.post("check-ins", {"qr": f"/t/{token}"}, token=ward.staff)
    assert (made.status_code, made.get_json()["outcome"]) == (201, "carried")


def test_a_slip_is_refused_before_and_after_its_day_with_what_to_do(ward: Hall) -> None:
    token = carried(ward)
    early = ward.check_in(qr=f"/t/{token}")
    assert (early.status_code, early.get_json()["code"]) == (409, "wrong_day")
    assert early.get_json()["detail"].startswith("Phiếu này dùng ngày Thứ Ba 24/11, từ 08:00.")
    go_to(ward, at("09:00", 25))
    late = ward.check_in(qr=f"/t/{token}")
    assert (late.status_code, late.get_json()["code"], late.get_json()["past"]) == (409, "wrong_day", True)
    assert late.get_json()["detail"].startswith("Phiếu này là của ngày Thứ Ba 24/11, đã qua.")
    assert [way["do"] for way in late.get_json()["ways"]] == ["take_number"]


def test_a_slip_of_a_field_that_is_stopped_on_its_day_waits(ward: Hall) -> None:
    token = carried(ward)
    go_to(ward, at("08:05", 24))
    with ward.writing() as (session, office):
        stops.put(session, office, Stopped("Tư pháp", "Mất điện", at("09:00", 24).date()), staff_id=None, now=ward.clock.now())
    assert ward.check_in(qr=f"/t/{token}").get_json()["code"] == "field_stopped"


def test_yesterdays_forgotten_ticket_is_of_a_day_that_is_over(ward: Hall) -> None:
    token = ward.take().get_json()["token"]
    go_to(ward, at("08:05", 24))
    refused = ward.check_in(qr=f"/t/{token}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_day")
    assert refused.get_json()["detail"].startswith("Phiếu này là của ngày")


# --- before opening, and lunch ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "resumes"), [("07:40", "08:00"), ("13:10", "13:30"), ("09:00", None)])
def test_a_number_taken_while_nobody_calls_says_when_calling_goes_on(ward: Hall, hour: str, resumes: str | None) -> None:
    go_to(ward, at(hour))
    taken = ward.take().get_json()
    assert taken["resumes_at"] == (at(resumes).isoformat() if resumes else None)
    page = ward.client.page(f"/t/{taken['token']}")
    assert (f"Quầy đang nghỉ, gọi từ {resumes}" in page) == bool(resumes)
    board = ward.client.get("/api/v1/offices/00070/board").get_json()
    assert board["resumes_at"] == (at(resumes).isoformat() if resumes else None)
