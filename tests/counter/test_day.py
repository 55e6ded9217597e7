"""The end of a day: who is left, a slip for the next day, closing; and what the line tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from core.clock import SetClock
from office.store import office_by_code
from printer.models import Printer, PrintJob
from queueing.models import DayClosing, Ticket
from tests.builders import WARD_HOURS, set_hours
from tests.conftest import HANOI, MONDAY_MORNING
from tests.counter.conftest import Desk


@pytest.fixture
def ward(desk: Desk) -> Desk:
    """The same desk, at an office that closes at five."""
    with desk.database.transaction() as session:
        office = office_by_code(session, desk.office)
        set_hours(session, office, WARD_HOURS)
        session.add(Printer(key="00070/door", place="00070", name="Máy in cửa", kind="file"))
    return desk


def at(clock: SetClock, hour: int, minute: int = 0, day: int = 23) -> None:
    clock.advance(datetime(2026, 11, day, hour, minute, tzinfo=HANOI) - clock.now())


def day(desk: Desk, on: str = "", who: str = "canbo1") -> dict[str, Any]:
    answer = desk.get(f"offices/{desk.office}/day" + (f"?on={on}" if on else ""), who)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    shown: dict[str, Any] = answer.get_json()
    return shown


def numbers(shown: dict[str, Any]) -> list[str]:
    return [each["number"] for each in shown["undecided"]]


def test_the_day_is_closed_when_everybody_is_decided(ward: Desk, clock: SetClock) -> None:
    ward.open()
    ids = [ward.take() for _each in range(4)]
    served, missed = ward.call(), 0
    ward.post(f"tickets/{served}/finish")
    missed = ward.call()
    ward.post(f"tickets/{missed}/absent")
    at(clock, 17, 5)
    assert numbers(day(ward)) == ["A002", "A003", "A004"]
    refused = ward.post(f"offices/{ward.office}/day/close", {"missed": "expire"})
    assert (refused.status_code, refused.get_json()["code"], refused.get_json()["numbers"]) == (
        409,
        "undecided",
        ["A003", "A004"],
    )
    carried = ward.post(f"tickets/{ids[2]}/carry", who="huongdan")
    assert (carried.status_code, carried.get_json()["carried_on"]) == (200, "2026-11-24")
    assert carried.get_json()["print"] == {"state": "queued", "printer": "unknown"}
    ward.post(f"tickets/{ids[3]}/cancel")
    closed = ward.post(f"offices/{ward.office}/day/close", {"missed": "expire"}, who="truong")
    assert closed.status_code == 200
    shown = closed.get_json()
    assert shown["undecided"] == []
    assert shown["closed_at"] == "2026-11-23T17:05:00+07:00"
    assert {name: count for name, count in shown["decided"].items() if count} == {
        "served": 1, "missed": 1, "carried": 1, "cancelled": 1,
    }  # fmt: skip
    assert (shown["next_day"], shown["next_opens_at"]) == ("2026-11-24", "2026-11-24T08:00:00+07:00")
    assert shown["carry"] == {"places": 20, "used": 1}
    with ward.database.reading() as session:
        assert session.get_one(DayClosing, (1, MONDAY_MORNING.date())).staff_id == ward.staff["truong"]


def test_the_slip_says_which_day_and_from_when_and_has_the_code_to_show_then(ward: Desk, clock: SetClock) -> None:
    mine = ward.take()
    at(clock, 16, 50)
    ward.post(f"tickets/{mine}/carry")
    with ward.database.reading() as session:
        job, token = session.query(PrintJob).one(), session.get_one(Ticket, mine).token
    slip = job.document
    assert (job.kind, slip["number"], slip["badge"]) == ("carried", "A001", None)
    assert slip["day"] == "Thứ Ba 24/11, từ 08:00"
    assert slip["url"].endswith(f"/t/{token}")
    page = ward.client.page(f"/t/{token}")
    assert "Phiếu này dùng ngày Thứ Ba 24/11" in page
    assert "Từ 08:00 hôm đó" in page


def test_a_slip_taken_back_within_its_seconds_is_good_for_nothing(ward: Desk) -> None:
    mine = ward.take()
    ward.post(f"tickets/{mine}/carry")
    assert ward.post(f"tickets/{mine}/undo").get_json()["state"] == "waiting"
    shown = day(ward)
    assert (numbers(shown), shown["carry"]["used"]) == (["A001"], 0)


def test_the_quota_of_slips_is_the_offices_own(ward: Desk) -> None:
    with ward.database.transaction() as session:
        office_by_code(session, ward.office).settings = {"carry_quota": 1}
    first, second = ward.take(), ward.take()
    assert ward.post(f"tickets/{first}/carry").status_code == 200
    full = ward.post(f"tickets/{second}/carry")
    assert (full.status_code, full.get_json()["code"]) == (409, "carry_full")
    assert "1 phiếu mỗi ngày" in full.get_json()["detail"]


def test_a_day_that_was_forgotten_is_shown_and_closed_with_one_press(ward: Desk, clock: SetClock) -> None:
    ward.take()
    at(clock, 8, 10, day=24)
    shown = day(ward)
    assert (numbers(shown), shown["past"]) == ([], [{"on": "2026-11-23", "undecided": 1}])
    assert ward.line()["closing"] == {"undecided": 0, "past": [{"on": "2026-11-23", "undecided": 1}]}
    assert "Ngày 23/11/2026 chưa chốt" in ward.client.page(
        "/office/00070/", headers={"Authorization": f"Bearer {ward.tokens['truong']}"}
    )
    past = day(ward, "2026-11-23")
    assert (past["over"], numbers(past), past["next_day"]) == (True, ["A001"], "2026-11-24")
    closed = ward.post(f"offices/{ward.office}/day/close", {"on": "2026-11-23", "missed": "expire"})
    assert closed.get_json()["decided"]["expired"] == 1
    assert day(ward)["past"] == []


def test_the_page_of_a_past_days_ticket_says_politely_that_the_day_is_over(ward: Desk, clock: SetClock) -> None:
    mine = ward.take()
    with ward.database.reading() as session:
        token = session.get_one(Ticket, mine).token
    at(clock, 8, 10, day=24)
    page = ward.client.page(f"/t/{token}")
    assert "Ngày làm việc của số này đã kết thúc" in page
    assert "Mời ông/bà lấy số mới tại ki-ốt" in page
    assert ward.client.get(f"/api/v1/tickets/{token}").get_json()["state"] == "expired"


def test_the_line_tells_what_is_stopped_and_how_many_are_left(ward: Desk) -> None:
    ward.take()
    ward.post(f"offices/{ward.office}/stops", {"field": "Tư pháp", "reason": "Mất điện"}, who="truong")
    line = ward.line()
    assert [(each["field"], each["reason"]) for each in line["stops"]] == [("Tư pháp", "Mất điện")]
    assert line["closing"] == {"undecided": 1, "past": []}


@pytest.mark.parametrize("on", ["hom-nay", "2026-13-01", "1999-12-31", "20261123", "2026-11-23T00:00:00"])
def test_a_day_that_is_none_is_refused_with_a_sentence(ward: Desk, on: str) -> None:
    for answer in (ward.get(f"offices/{ward.office}/day?on={on}"), ward.post(f"offices/{ward.office}/day/close", {"on": on})):
        assert answer.status_code == 422
    ward.sign_in("canbo1")
    assert "Chốt ngày" in ward.client.page(f"/counter/day?on={on}")


def test_tomorrow_is_not_closed(ward: Desk) -> None:
    answer = ward.post(f"offices/{ward.office}/day/close", {"on": "2026-11-24"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "day_not_over")


@pytest.mark.parametrize("who", ["huongdan", "kythuat", "xa"])
def test_only_officers_and_the_head_close_the_day(ward: Desk, who: str) -> None:
    assert ward.get(f"offices/{ward.office}/day", who).status_code == 403
    assert ward.post(f"offices/{ward.office}/day/close", who=who).status_code == 403
    if who != "xa":
        ward.sign_in(who)
        assert ward.client.get("/counter/day").status_code == 403


def test_the_pages_stand_without_a_counter_and_are_linked_from_the_menu(ward: Desk) -> None:
    ward.take()
    ward.sign_in("truong")
    assert "Chốt ngày" in ward.client.page("/counter/day")
    assert "/counter/day" in ward.client.page("/counter/choose")
    ward.open()
    ward.sign_in("canbo1")
    console = ward.client.page("/counter/")
    assert "/counter/day" in console
    assert "/door/bookings" in console
