"""The console, the choice of a counter and the tablet at the door, as pages; and the door's own calls."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from booking import actions as bookings
from booking.actions import Wish
from booking.forms import visitor
from core.idempotency import IdempotencyKey
from office.models import AuditEntry, Office, Staff
from tests.conftest import HANOI, MONDAY_MORNING
from tests.counter.conftest import Desk


def data_of(page: str) -> dict[str, Any]:
    """What the page hands to its script."""
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def booked(desk: Desk, name: str = "Nguyễn Thị Thử", office: str = "00070") -> int:
    """A booking of today at ten; gives its id."""
    with desk.database.transaction() as session:
        place = session.scalars(select(Office).where(Office.code == office)).one()
        wish = Wish("A", datetime(2026, 11, 23, 10, 0, tzinfo=HANOI), visitor(name, "0912345678", True))
        made = bookings.book(session, place, wish, now=MONDAY_MORNING, tz=HANOI, public_url="https://vidu.test")
        return made.id


def test_an_officer_without_a_counter_is_asked_to_choose_one(desk: Desk) -> None:
    desk.open(2, who="canbo2")
    desk.sign_in("canbo1")
    page = desk.client.page("/counter/")
    assert "Mở quầy này" in page
    assert "Nguyễn Thị Thử canbo2 đang ngồi quầy này." in page


def test_the_console_holds_the_line_from_its_first_byte(desk: Desk) -> None:
    desk.take()
    counter = desk.open()
    called = desk.call()
    desk.sign_in("canbo1")
    data = data_of(desk.client.page("/counter/"))
    assert data["counter"] == counter
    assert data["snapshot"]["counters"][0]["ticket"]["id"] == called
    assert data["snapshot"] == desk.line()


def test_an_officer_at_a_counter_may_choose_another(desk: Desk) -> None:
    desk.open()
    desk.sign_in("canbo1")
    assert "Chuyển sang quầy này" in desk.client.page("/counter/choose")


def test_a_counter_that_fell_silent_can_be_released_where_counters_are_chosen(desk: Desk) -> None:
    ticket = desk.take()
    desk.open(2, who="canbo2")
    assert desk.call(2, who="canbo2") == ticket
    desk.sign_in("canbo1")
    assert "Giải phóng quầy" not in desk.client.page("/counter/choose")
    desk.clock.advance(timedelta(minutes=4))
    page = desk.client.page("/counter/choose")
    assert "Máy ở quầy này im lặng 4 phút." in page
    assert "Quầy đang giữ số A001." in page
    assert f'data-release="{desk.counters[1]}"' in page


def test_the_console_knows_who_may_call_before_the_others(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.get_one(Staff, desk.staff["canbo1"]).may_pick = False
        session.get_one(Staff, desk.staff["truong"]).may_pick = False
    for number, (who, may) in enumerate((("canbo1", False), ("canbo2", True), ("truong", True)), start=1):
        desk.open(number, who=who)
        desk.sign_in(who)
        assert data_of(desk.client.page("/counter/"))["settings"]["may_pick"] is may


def test_the_tablet_knows_the_letter_of_each_service_and_the_offices_day(desk: Desk) -> None:
    desk.sign_in("huongdan")
    data = data_of(desk.client.page("/door/"))
    assert {service["code"]: service["prefix"] for service in data["services"]} == {"A": "A", "B": "B", "C": "C"}
    assert data["today"] == "2026-11-23"


def test_the_pages_exist_in_english(desk: Desk) -> None:
    desk.open()
    desk.sign_in("canbo1")
    for path in ("/counter/", "/counter/choose", "/door/"):
        assert '<html lang="en">' in desk.client.page(f"{path}?lang=en")


@pytest.mark.parametrize("path", ["/counter/", "/counter/choose", "/door/"])
def test_the_pages_are_for_those_who_work_there(desk: Desk, path: str) -> None:
    assert "/sign-in" in desk.client.get(path).headers["Location"]
    desk.sign_in("kythuat")
    assert desk.client.get(path).status_code == 403


def test_a_helper_has_the_door_and_not_the_console(desk: Desk) -> None:
    desk.sign_in("huongdan")
    assert "Tìm lịch hẹn hôm nay" in desk.client.page("/door/")
    assert desk.client.get("/counter/").status_code == 403


def test_a_press_from_a_signed_in_browser_needs_the_pages_own_mark(desk: Desk) -> None:
    desk.sign_in("canbo1")
    page = desk.client.page("/counter/choose")
    found = re.search(r'<meta name="csrf-token" content="([^"]+)">', page)
    assert found
    path = f"/api/v1/counters/{desk.counters[0]}/open"
    forged = desk.client.post(path, json={})
    assert (forged.status_code, forged.get_json()["code"]) == (400, "csrf")
    assert desk.line()["counters"][0]["state"] == "closed"
    assert desk.client.post(path, json={}, headers={"X-CSRFToken": found.group(1)}).status_code == 200


def test_a_booking_is_found_masked_and_its_opening_is_written_down(desk: Desk) -> None:
    booking = booked(desk)
    [found] = desk.post("offices/00070/bookings/find", {"q": "thu"}, who="huongdan").get_json()
    assert (found["name"], found["phone"], found["number"]) == ("Nguyễn T. T.", "••• 678", None)
    opened = desk.post(f"offices/00070/bookings/{booking}/open", who="huongdan", key="one").get_json()
    assert (opened["name"], opened["phone"]) == ("Nguyễn Thị Thử", "+84912345678")
    with desk.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.what == "booking_opened")).one()
        kept = session.scalar(select(func.count()).select_from(IdempotencyKey))
    assert (entry.staff_id, entry.detail, kept) == (desk.staff["huongdan"], {"booking": booking}, 0)


def test_a_booking_of_another_office_is_neither_found_nor_opened(desk: Desk) -> None:
    theirs = booked(desk, office="00072")
    assert desk.post("offices/00070/bookings/find", {"q": "thu"}).get_json() == []
    assert desk.post(f"offices/00070/bookings/{theirs}/open").status_code == 404
    assert desk.post("offices/00070/bookings/find", {"q": "thu"}, who="xa").status_code == 403


def test_a_search_for_nothing_is_refused(desk: Desk) -> None:
    assert desk.post("offices/00070/bookings/find", {"q": ""}).status_code == 422


def test_the_line_names_bookings_still_expected_by_hour_and_service_only(desk: Desk) -> None:
    booked(desk)
    line = desk.line()
    assert [(each["starts_at"], each["service"]["code"]) for each in line["expected"]] == [("2026-11-23T03:00:00Z", "A")]
    assert "Thử" not in json.dumps(line["expected"], ensure_ascii=False)
