"""Whose booking it is: names masked until opened, not the right person, and who of a household did not come."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from booking.actions import Companion, Wish, book
from booking.forms import Visitor
from booking.marks import phone_hash
from booking.models import Appointment, PhoneMark, SlotUse
from office.models import AuditEntry
from office.store import office_by_code
from tests.conftest import HANOI, MONDAY_MORNING
from tests.counter.conftest import Desk
from tests.queries import counted

NAMES = ("Hoàng Thị Thử", "Trần Văn Mẫu", "Lê Thị Giả")
PHONE = "+84912345678"


@dataclass
class Visit:
    """A booking whose people stand in the line, and their ticket."""

    booking: int
    token: str
    ticket: int


def come(desk: Desk, *companions: Companion, phone: str = PHONE, minute: int = 15) -> Visit:
    """A booking for 09:15 whose people check in at nine."""
    with desk.database.transaction() as session:
        wish = Wish("A", datetime(2026, 11, 23, 9, minute, tzinfo=HANOI), Visitor(NAMES[0], phone), companions)
        office = office_by_code(session, "00070")
        made = book(session, office, wish, now=MONDAY_MORNING, tz=HANOI, public_url="https://vidu.test")
        booking, token, code = made.id, made.token, made.code
    answer = desk.post("offices/00070/check-ins", {"code": code}, who="huongdan")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return Visit(booking, token, answer.get_json()["id"])


@pytest.fixture
def household(desk: Desk) -> Visit:
    """Three people, two for A and one for B, called to counter 1 of canbo1."""
    visit = come(desk, Companion(NAMES[1], "A"), Companion(NAMES[2], "B"))
    desk.open()
    assert desk.call() == visit.ticket
    return visit


def here(desk: Desk) -> dict[str, Any]:
    """The ticket at counter 1 as the line shows it."""
    ticket: dict[str, Any] = desk.line()["counters"][0]["ticket"]
    return ticket


def said(desk: Desk, visit: Visit, absent: list[int], who: str = "canbo1") -> dict[str, Any]:
    """Say who did not come; gives the ticket."""
    answer = desk.post(f"tickets/{visit.ticket}/people", {"absent": absent}, who=who)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    ticket: dict[str, Any] = answer.get_json()
    return ticket


def log(desk: Desk) -> list[str]:
    """What was written down, oldest first."""
    with desk.database.reading() as session:
        return [entry.what for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def marks(desk: Desk) -> list[tuple[str, int, int | None]]:
    """The marks against phones."""
    with desk.database.reading() as session:
        return [(each.phone_hash, each.appointment_id, each.staff_id) for each in session.scalars(select(PhoneMark))]


def used(desk: Desk, visit: Visit) -> int:
    """The counter-minutes the booking still takes of its slots."""
    with desk.database.reading() as session:
        return session.scalar(select(func.sum(SlotUse.minutes)).where(SlotUse.appointment_id == visit.booking)) or 0


# --- names ------------------------------------------------------------------------------------------------------------


def test_the_officer_sees_who_should_come_masked_with_what_each_came_for(desk: Desk, household: Visit) -> None:
    shown = here(desk)
    assert (shown["people"], shown["minutes"]) == (3, 30)
    assert shown["visit"] == {
        "booking": household.booking,
        "people": [
            {"name": "Hoàng T. T.", "service": "Chứng thực bản sao", "absent": False},
            {"name": "Trần V. M.", "service": "Chứng thực bản sao", "absent": False},
            {"name": "Lê T. G.", "service": "Đăng ký khai sinh", "absent": False},
        ],
    }
    line = json.dumps(desk.line(), ensure_ascii=False)
    assert not any(name in line for name in NAMES)
    assert PHONE[3:] not in line


def test_names_are_opened_one_way_and_each_opening_is_written_down(desk: Desk, household: Visit) -> None:
    for _time in range(2):
        opened = desk.post(f"offices/00070/bookings/{household.booking}/open").get_json()
    assert [(person["name"], person["service"]) for person in opened["everybody"]] == [
        (NAMES[0], "Chứng thực bản sao"),
        (NAMES[1], "Chứng thực bản sao"),
        (NAMES[2], "Đăng ký khai sinh"),
    ]
    assert (opened["people"], opened["number"]) == (3, "A001")
    assert log(desk) == ["booking_opened", "booking_opened"]


def test_of_deleted_data_nothing_is_shown_and_the_visit_goes_on(desk: Desk, household: Visit) -> None:
    with desk.database.transaction() as session:
        booking = session.get_one(Appointment, household.booking)
        booking.name = booking.name_folded = booking.phone = ""
        booking.people = [{**person, "name": ""} for person in booking.people]
        booking.erased_at = MONDAY_MORNING
    assert {person["name"] for person in here(desk)["visit"]["people"]} == {""}
    assert said(desk, household, [1])["people"] == 2
    assert desk.post(f"tickets/{household.ticket}/wrong-person").status_code == 200
    assert marks(desk) == []


def test_the_line_of_many_bookings_costs_as_many_queries_as_that_of_two(desk: Desk) -> None:
    come(desk, phone="+84912345600")
    come(desk, phone="+84912345601")
    with counted(desk.database.engine) as of_two:
        desk.line()
    for number in range(2, 6):
        come(desk, phone=f"+849123456{number:02}", minute=15 + number // 2 * 15)
    with counted(desk.database.engine) as of_six:
        assert len(desk.line()["waiting"]) == 6
    assert len(of_six) == len(of_two)


def test_a_walk_in_is_nobodys_booking(desk: Desk) -> None:
    desk.take()
    assert desk.line()["waiting"][0]["visit"] is None


def test_who_has_nothing_to_do_with_the_people_of_the_line_is_shown_no_name_of_theirs(desk: Desk, household: Visit) -> None:
    counters = desk.get("offices/00070/counters", who="kythuat").get_json()
    assert (counters[0]["ticket"]["id"], counters[0]["ticket"]["visit"]) == (household.ticket, None)


# --- not the right person ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["canbo1", "truong", "huongdan"])
def test_not_the_right_person_is_a_walk_in_and_counts_against_the_phone(desk: Desk, household: Visit, who: str) -> None:
    answer = desk.post(f"tickets/{household.ticket}/wrong-person", who=who).get_json()
    assert (answer["state"], answer["kind"], answer["number"], answer["visit"]) == ("waiting", "walk_in", "A001", None)
    assert answer["reason"]["code"] == "wrong_person"
    secret = desk.app.extensions["dung-gio"].config.secret_key
    assert marks(desk) == [(phone_hash(PHONE, secret), household.booking, desk.staff[who])]
    assert log(desk) == ["wrong_person"]
    again = desk.post("offices/00070/check-ins", {"qr": f"/a/{household.token}"}, who="huongdan").get_json()
    assert again["code"] == "booking_used"


def test_it_is_taken_back_within_thirty_seconds_with_the_mark(desk: Desk, household: Visit) -> None:
    desk.post(f"tickets/{household.ticket}/wrong-person")
    undo = desk.line()["counters"][0]["undo"]
    assert (undo["tickets"], undo["sentence"]) == ([household.ticket], "Đã ghi A001 không đúng người.")
    back = desk.post(f"tickets/{household.ticket}/undo").get_json()
    assert (back["state"], back["kind"], len(back["visit"]["people"])) == ("called", "booked", 3)
    assert marks(desk) == []
    assert log(desk) == ["wrong_person", "wrong_person_undone"]


def test_taking_something_else_back_leaves_the_mark(desk: Desk, household: Visit) -> None:
    desk.post(f"tickets/{household.ticket}/wrong-person")
    desk.call()
    assert desk.post(f"tickets/{household.ticket}/undo").get_json()["state"] == "waiting"
    assert len(marks(desk)) == 1


def test_a_press_sent_twice_marks_once_and_a_second_one_is_refused(desk: Desk, household: Visit) -> None:
    path = f"tickets/{household.ticket}/wrong-person"
    assert [desk.post(path, key="press").status_code for _time in range(2)] == [200, 200]
    refused = desk.post(path)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_booked")
    assert len(marks(desk)) == 1


def test_who_took_a_number_has_no_booking_to_be_wrong_about(desk: Desk) -> None:
    ticket = desk.take()
    for verb, body in (("wrong-person", {}), ("people", {"absent": [0]})):
        refused = desk.post(f"tickets/{ticket}/{verb}", body)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "not_booked")
        assert "A001" in refused.get_json()["detail"]


# --- who came ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["canbo1", "truong", "huongdan"])
def test_who_did_not_come_gives_the_time_back(desk: Desk, household: Visit, who: str) -> None:
    shown = said(desk, household, [1], who)
    assert (shown["people"], shown["minutes"], shown["state"]) == (2, 20, "called")
    assert [person["absent"] for person in shown["visit"]["people"]] == [False, True, False]
    assert used(desk, household) == 20
    with desk.database.reading() as session:
        booking = session.get_one(Appointment, household.booking)
        kept = {"name": NAMES[2], "service": "B"}
        assert (booking.minutes, booking.people) == (20, [{"name": NAMES[1], "service": "A", "absent": True}, kept])
        assert session.scalars(select(AuditEntry)).one().detail["absent"] == [1]


def test_the_whole_list_is_said_each_time_and_the_same_again_changes_nothing(desk: Desk, household: Visit) -> None:
    said(desk, household, [1])
    version = desk.line()["version"]
    assert said(desk, household, [1, 1])["people"] == 2
    assert (desk.line()["version"], log(desk)) == (version, ["people"])
    shown = said(desk, household, [2, 0])
    assert (shown["people"], shown["minutes"], used(desk, household)) == (1, 10, 10)
    assert [person["absent"] for person in shown["visit"]["people"]] == [True, False, True]
    shown = said(desk, household, [])
    assert (shown["people"], shown["minutes"]) == (3, 30)
    assert used(desk, household) == 10, "what was given back may be somebody else's by now"
    said(desk, household, [1])
    assert used(desk, household) == 10


def test_the_one_who_booked_may_be_missing_as_long_as_somebody_came(desk: Desk, household: Visit) -> None:
    shown = said(desk, household, [0])
    assert [person["absent"] for person in shown["visit"]["people"]] == [True, False, False]
    assert (shown["people"], shown["minutes"]) == (2, 20)
    refused = desk.post(f"tickets/{household.ticket}/people", {"absent": [0, 1, 2]})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "nobody_came")
    assert here(desk)["people"] == 2


def test_somebody_who_was_not_booked_cannot_be_missing(desk: Desk, household: Visit) -> None:
    refused = desk.post(f"tickets/{household.ticket}/people", {"absent": [3]})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid")


def test_one_person_alone_who_did_not_come_is_absent(desk: Desk) -> None:
    visit = come(desk)
    refused = desk.post(f"tickets/{visit.ticket}/people", {"absent": [0]})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "nobody_came")


def test_nobody_is_missing_from_a_visit_that_is_over(desk: Desk, household: Visit) -> None:
    desk.post(f"tickets/{household.ticket}/finish")
    refused = desk.post(f"tickets/{household.ticket}/people", {"absent": [1]})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_state")
    assert used(desk, household) == 30
