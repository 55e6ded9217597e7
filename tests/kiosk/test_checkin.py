"""Checking in: the table of calling-rules.md through the API, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.rights import Actor
from office.store import counters_of
from printer.models import PrintJob
from queueing import actions as line
from queueing import counter_actions, people_actions
from queueing.models import Ticket
from queueing.store import ticket_by_token
from tests import builders
from tests.conftest import HANOI, MONDAY_MORNING
from tests.kiosk.hall import Hall

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("slot", "outcome", "kind"),
    [
        (MONDAY_MORNING, "on_time", "booked"),
        (MONDAY_MORNING + 10 * MINUTE, "on_time", "booked"),
        (MONDAY_MORNING - 10 * MINUTE, "on_time", "booked"),
        (MONDAY_MORNING + 11 * MINUTE, "expected", "booked"),
        (MONDAY_MORNING + 5 * 60 * MINUTE, "expected", "booked"),
        (MONDAY_MORNING - 11 * MINUTE, "late", "walk_in"),
    ],
)
def test_a_booking_is_met_by_its_hour(hall: Hall, slot: datetime, outcome: str, kind: str) -> None:
    token = hall.book(slot)
    answer = hall.check_in(qr=f"https://dunggio.example/a/{token}")
    assert answer.status_code == 201, answer.text
    assert answer.json["outcome"] == outcome
    assert f"{slot:%H:%M}" in answer.json["sentence"]
    with hall.writing() as (session, _office):
        assert ticket_by_token(session, answer.json["token"]).kind == kind


@pytest.mark.parametrize(
    "shown", ["{url}", "  {url}\r\n", "http://10.0.0.5:8000/a/{token}?x=1", "/a/{token}", "{token}", "\ufeff{url}"]
)
def test_a_scanner_may_type_the_address_in_many_ways(hall: Hall, shown: str) -> None:
    token = hall.book(MONDAY_MORNING)
    answer = hall.check_in(qr=shown.format(url=f"https://dunggio.example/a/{token}", token=token))
    assert (answer.status_code, answer.json["outcome"]) == (201, "on_time")


def test_a_scanner_with_caps_lock_on_is_understood(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING)
    assert hall.check_in(qr=f"https://dunggio.example/a/{token}".swapcase()).status_code == 201


@pytest.mark.parametrize("typed", ["ACDEFG", " acd-efg ", "a c d e f g"])
def test_a_code_is_taken_however_it_is_typed(hall: Hall, typed: str) -> None:
    hall.book(MONDAY_MORNING)
    assert hall.check_in(code=typed).status_code == 201


def test_whoever_checks_in_twice_keeps_the_number(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING)
    first, second = hall.check_in(qr=f"/a/{token}"), hall.check_in(code="ACDEFG")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["number"] == second.json["number"]
    assert (second.json["outcome"], second.json["state"]) == ("already", "waiting")


def test_another_day_is_refused_and_the_ways_out_are_offered(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING + timedelta(days=1))
    answer = hall.check_in(qr=f"/a/{token}")
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_day")
    assert [way["do"] for way in answer.json["ways"]] == ["take_number", "change_hour"]
    assert answer.json["ways"][0]["service"] == "A"
    assert answer.json["ways"][1]["url"].endswith(f"/a/{token}")
    assert "24/11" in answer.json["detail"]


def test_a_code_that_is_only_typed_does_not_open_the_booking(hall: Hall) -> None:
    hall.book(MONDAY_MORNING + timedelta(days=1))
    answer = hall.check_in(code="ACDEFG")
    assert answer.json["code"] == "wrong_day"
    assert {"do": "change_hour"} in answer.json["ways"]
    assert "token-of-booking" not in answer.text


def test_a_day_that_is_past_offers_an_ordinary_number(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING - timedelta(days=3))
    answer = hall.check_in(qr=f"/a/{token}")
    assert (answer.json["code"], [way["do"] for way in answer.json["ways"]]) == ("wrong_day", ["take_number"])


def test_another_offices_booking_names_that_office(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING, office="00071")
    answer = hall.check_in(qr=f"/a/{token}")
    assert (answer.status_code, answer.json["code"]) == (409, "other_office")
    assert "00071" in answer.json["detail"]


def test_a_cancelled_booking_is_refused(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING, state="cancelled")
    answer = hall.check_in(qr=f"/a/{token}")
    assert (answer.status_code, answer.json["code"]) == (409, "cancelled")


def test_an_office_may_send_late_people_to_another_hour(hall: Hall) -> None:
    with hall.writing() as (_session, office):
        office.settings = {"late_policy": "rebook"}
    token = hall.book(MONDAY_MORNING - timedelta(hours=1))
    answer = hall.check_in(qr=f"/a/{token}")
    assert (answer.status_code, answer.json["code"]) == (409, "late")
    assert "change_hour" in [way["do"] for way in answer.json["ways"]]


def test_a_household_is_one_ticket_for_all_its_people_and_their_minutes(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING, people=[{"name": "Trần Văn Mẫu", "service": "A"}] * 2, minutes=30)
    answer = hall.check_in(qr=f"/a/{token}")
    assert answer.json["people"] == 3
    with hall.writing() as (session, _office):
        ticket = ticket_by_token(session, answer.json["token"])
        assert (ticket.people, ticket.minutes) == (3, 30)
        slip = session.scalars(select(PrintJob)).one().document
    assert slip["badge"] == "HẸN 09:00 · 3 NGƯỜI"
    assert "Mẫu" not in str(slip)


@pytest.mark.parametrize(
    ("moved_to", "now", "outcome", "told"),
    [
        (MONDAY_MORNING + 5 * 60 * MINUTE, MONDAY_MORNING, "on_time", "09:00"),
        (MONDAY_MORNING + 5 * 60 * MINUTE, MONDAY_MORNING + 5 * 60 * MINUTE, "on_time", "14:00"),
        (MONDAY_MORNING + 5 * 60 * MINUTE, MONDAY_MORNING + 4 * 60 * MINUTE, "expected", "14:00"),
        (MONDAY_MORNING + timedelta(days=1), MONDAY_MORNING + 5 * MINUTE, "on_time", "09:00"),
    ],
)
def test_a_booking_the_office_moved_is_met_at_the_hour_its_person_knows(
    hall: Hall, moved_to: datetime, now: datetime, outcome: str, told: str
) -> None:
    token = hall.book(moved_to, moved_from_at=MONDAY_MORNING)
    hall.clock.advance(now - MONDAY_MORNING)
    answer = hall.check_in(qr=f"/a/{token}")
    assert (answer.status_code, answer.json["outcome"]) == (201, outcome), answer.text
    assert told in answer.json["sentence"]
    with hall.writing() as (session, _office):
        ticket = ticket_by_token(session, answer.json["token"])
        slot_at = now if outcome == "on_time" else moved_to
        assert abs(ticket.slot_at - slot_at) <= 5 * MINUTE, "called by the hour it was met by"


def test_a_moved_booking_on_a_day_that_is_none_of_its_own_is_told_the_new_hour(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING + timedelta(days=3), moved_from_at=MONDAY_MORNING + timedelta(days=1))
    answer = hall.check_in(qr=f"/a/{token}")
    assert answer.json["code"] == "wrong_day"
    assert "26/11" in answer.json["detail"]


def test_a_booking_that_somebody_else_came_with_is_used_up(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING)
    number = hall.check_in(qr=f"/a/{token}").json
    with hall.writing() as (session, _office):
        ticket = ticket_by_token(session, number["token"])
        people_actions.not_the_person(session, ticket, actor=Actor(), now=hall.clock.now())
    for shown in ({"qr": f"/a/{token}"}, {"code": "ACDEFG"}):
        answer = hall.check_in(**shown)
        assert (answer.status_code, answer.json["code"]) == (409, "booking_used")
        assert answer.json["ways"] == [{"do": "take_number", "service": "A"}]
        assert number["number"] not in answer.text
    own = hall.check_in(qr=f"/t/{number['token']}")
    assert (own.status_code, own.json["number"], own.json["outcome"]) == (200, number["number"], "already")


# --- a ticket's own QR ------------------------------------------------------------------------------------------------


def test_a_waiting_ticket_is_told_its_place(hall: Hall) -> None:
    hall.take()
    mine = hall.take().json
    answer = hall.check_in(qr=f"https://dunggio.example/t/{mine['token']}")
    assert (answer.status_code, answer.json["outcome"], answer.json["people_ahead"]) == (200, "already", 1)


def test_a_called_ticket_is_told_its_counter(hall: Hall) -> None:
    mine = hall.take().json
    _call(hall)
    answer = hall.check_in(qr=f"/t/{mine['token']}")
    assert (answer.status_code, answer.json["state"], answer.json["counter"]) == (200, "called", 1)
    assert "1" in answer.json["sentence"]


def test_a_missed_person_who_shows_the_ticket_is_back_in_the_line(hall: Hall) -> None:
    mine = hall.take().json
    _call(hall)
    with hall.writing() as (session, _office):
        counter_actions.absent(session, ticket_by_token(session, mine["token"]), actor=Actor(), now=hall.clock.now())
    answer = hall.check_in(qr=f"/t/{mine['token']}")
    assert (answer.status_code, answer.json["outcome"], answer.json["state"]) == (200, "returned", "waiting")


def test_a_cancelled_ticket_offers_a_new_number(hall: Hall) -> None:
    mine = hall.take().json
    with hall.writing() as (session, _office):
        line.cancel(session, ticket_by_token(session, mine["token"]), actor=Actor(), now=hall.clock.now())
    answer = hall.check_in(qr=f"/t/{mine['token']}")
    assert (answer.status_code, answer.json["code"]) == (409, "cancelled")
    assert answer.json["ways"] == [{"do": "take_number", "service": "A"}]


def test_yesterdays_ticket_is_of_another_day(hall: Hall) -> None:
    with hall.writing() as (session, _office):
        session.execute(builders.WeeklyHours.__table__.delete())
    with hall.writing() as (session, office):
        for day in range(7):
            session.add(builders.WeeklyHours(office_id=office.id, weekday=day, opens=480, closes=1020))
    mine = hall.take().json
    hall.clock.advance(timedelta(days=1))
    answer = hall.check_in(qr=f"/t/{mine['token']}")
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_day")
    assert "23/11" in answer.json["detail"]


# --- what cannot be used ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "garbage", ["xyz", "https://example.com/", "<script>alert(1)</script>", "/a/../../x", "a" * 64, "/t/khongcosonao"]
)
def test_an_unknown_code_is_a_clear_refusal(hall: Hall, garbage: str) -> None:
    answer = hall.check_in(qr=garbage)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert "<script>" not in answer.text


def test_an_identity_card_is_not_kept_and_not_echoed(hall: Hall) -> None:
    answer = hall.check_in(qr="001199000001||Nguyễn Thị Thử|01011999|Nữ|Số 1 Phố Mẫu, Hà Nội|01082024||||")
    assert answer.status_code == 404
    assert "căn cước" in answer.json["detail"]
    assert "001199000001" not in answer.text


@pytest.mark.parametrize("body", [{}, {"qr": ""}, {"qr": 5}, {"qr": "x" * 2001}, {"code": "x" * 41}, {"qr": "a", "code": "b"}])
def test_a_check_in_without_one_usable_thing_is_refused(hall: Hall, body: dict[str, object]) -> None:
    answer = hall.check_in(**body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


# --- who may ----------------------------------------------------------------------------------------------------------


def test_only_staff_may_search_by_phone_or_name(hall: Hall) -> None:
    hall.book(MONDAY_MORNING)
    assert hall.check_in(phone="0912345678").status_code == 403
    found = hall.post("check-ins", {"phone": "0912 345 678"}, hall.staff)
    assert (found.status_code, found.json["outcome"]) == (201, "on_time")


@pytest.mark.parametrize("said", [{"phone": "0912345678"}, {"name": "thử"}])
def test_staff_find_a_booking_on_the_day_the_office_moved_it_from(hall: Hall, said: dict[str, str]) -> None:
    hall.book(MONDAY_MORNING + timedelta(days=1), moved_from_at=MONDAY_MORNING)
    answer = hall.post("check-ins", said, hall.staff)
    assert (answer.status_code, answer.json["outcome"]) == (201, "on_time")


def test_several_bookings_of_one_name_are_offered_masked(hall: Hall) -> None:
    hall.book(MONDAY_MORNING)
    hall.book(MONDAY_MORNING, code="ACDEFH", phone="+84912345679", name="Nguyễn Văn Thử")
    answer = hall.post("check-ins", {"name": "thu"}, hall.staff)
    assert (answer.status_code, answer.json["code"]) == (409, "choose")
    assert {choice["name"] for choice in answer.json["choices"]} == {"Nguyễn T. T.", "Nguyễn V. T."}
    assert "34567" not in answer.text
    assert hall.post("check-ins", {"code": answer.json["choices"][0]["code"]}, hall.staff).status_code == 201


def test_two_requests_with_one_booking_make_one_ticket(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING)
    for _press in range(3):
        hall.check_in(qr=f"/a/{token}")
    with hall.writing() as (session, _office):
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def _call(hall: Hall) -> None:
    with hall.writing() as (session, office):
        counter = counters_of(session, office)[0]
        officer = builders.make_staff(session, office, "canbo2")
        builders.open_counter(counter, officer, hall.clock.now())
        session.flush()
        called = counter_actions.call_next(
            session, counter, actor=Actor("staff", officer.id, "officer", office.code), now=hall.clock.now(), tz=HANOI
        )
        assert called is not None
