"""The console's and the door's newer calls: the desk, a silent counter, a handover, further services, handwritten numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import Companion, Wish, book
from booking.forms import Visitor
from office.models import Counter, Staff
from office.store import office_by_code
from printer.models import Printer, PrintJob
from queueing.models import Ticket
from tests.builders import set_skills
from tests.conftest import HANOI, MONDAY_MORNING
from tests.counter.conftest import Desk
from tests.queries import counted


def counter(desk: Desk, number: int = 1) -> dict[str, Any]:
    """A counter as the line shows it."""
    shown: dict[str, Any] = desk.line()["counters"][number - 1]
    return shown


def skilled(desk: Desk, **skills: str) -> None:
    """Let counters take these services only: `one="AB"`."""
    with desk.database.transaction() as session:
        for name, prefixes in skills.items():
            place = ("one", "two", "three").index(name)
            set_skills(session, session.get_one(Counter, desk.counters[place]), prefixes)


# --- at the desk ------------------------------------------------------------------------------------------------------


def test_a_walk_in_at_the_desk_is_served_with_one_press(desk: Desk) -> None:
    here = desk.open()
    taken = desk.post(f"counters/{here}/take", {"service": "B", "priority": True, "reason": "chỉ ký nhận"})
    assert taken.status_code == 200
    ticket = taken.get_json()
    assert (ticket["number"], ticket["state"], ticket["priority"]) == ("B001", "serving", True)
    assert ticket["reason"] == {"code": "by_hand", "sentence": "gọi ngoài thứ tự: chỉ ký nhận"}
    again = desk.post(f"counters/{here}/take", {"service": "B"})
    assert (again.status_code, again.get_json()["code"]) == (409, "counter_busy")


def test_a_number_taken_at_the_desk_joins_the_line_and_is_printed(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.add(Printer(key="00070/kiosk-1", place="00070", name="Máy in", kind="file"))
    desk.take()
    here = desk.open()
    ticket = desk.post(f"counters/{here}/take", {"service": "A", "serve": False}).get_json()
    assert (ticket["number"], ticket["state"]) == ("A002", "waiting")
    with desk.database.reading() as session:
        job = session.scalars(select(PrintJob)).one()
    slip = job.document
    assert (job.kind, slip["number"], slip["people_ahead"]) == ("ticket", "A002", 1)
    assert (slip["counters"], slip["wait"]) == ("Quầy 1", "5–20 phút")


def test_officers_see_the_worst_printer_and_one_for_which_another_prints(desk: Desk) -> None:
    assert desk.line()["printer"] is None
    with desk.database.transaction() as session:
        spare = Printer(key="00070/desk", place="00070", name="Máy in quầy", kind="file", state="near_end")
        own = Printer(key="00070/kiosk-1", place="00070", name="Máy in", kind="file", state="paper_out")
        session.add_all([spare, own])
    assert desk.line()["printer"] == {"state": "paper_out", "replaced": None}
    with desk.database.transaction() as session:
        session.get_one(Printer, own.id).fallback_id = spare.id
    assert desk.line()["printer"] == {"state": "near_end", "replaced": "paper_out"}


def test_out_of_order_calls_who_was_given_the_right(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.scalars(select(Staff).where(Staff.username == "canbo1")).one().may_pick = False
    ticket, here = desk.take(), desk.open()
    for verb, body in (("call", {"ticket": ticket, "reason": "người yếu"}), ("take", {"service": "A"})):
        refused = desk.post(f"counters/{here}/{verb}", body)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "may_not_pick")
    assert desk.state(ticket) == "waiting"
    assert desk.post(f"counters/{here}/call", {"ticket": ticket, "reason": "người yếu"}, who="truong").status_code == 200


# --- silence and handover ---------------------------------------------------------------------------------------------


def test_a_silent_counter_shows_itself_and_is_released_by_a_colleague(desk: Desk) -> None:
    ticket = desk.take()
    here = desk.open()
    desk.call()
    desk.clock.advance(timedelta(seconds=170))
    assert desk.post(f"counters/{here}/alive").status_code == 204
    desk.clock.advance(timedelta(seconds=170))
    assert not counter(desk)["silent"]
    refused = desk.post(f"counters/{here}/release", who="canbo2")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "counter_not_silent")
    desk.clock.advance(timedelta(seconds=11))
    assert (counter(desk)["silent"], counter(desk)["seen_at"]) == (True, "2026-11-23T02:02:50Z")
    told = desk.post(f"counters/{here}/open", who="canbo2").get_json()
    assert (told["code"], told["number"], "Giải phóng quầy" in told["detail"]) == ("counter_silent", "A001", True)
    freed = desk.post(f"counters/{here}/release", who="canbo2").get_json()
    assert (freed["state"], freed["staff"], freed["ticket"]) == ("closed", None, None)
    assert desk.state(ticket) == "waiting"
    assert desk.line()["waiting"][0]["reason"]["code"] == "transferred"


def test_an_officer_who_comes_back_to_a_released_counter_is_told_the_truth(desk: Desk) -> None:
    ticket = desk.take()
    here = desk.open()
    desk.call()
    desk.clock.advance(timedelta(minutes=4))
    desk.post(f"counters/{here}/release", who="canbo2")
    assert desk.post(f"tickets/{ticket}/finish").get_json()["code"] == "wrong_state"
    assert desk.post(f"counters/{here}/call-next").get_json()["code"] == "counter_not_open"
    assert desk.post(f"counters/{here}/alive").status_code == 204
    assert desk.post(f"counters/{here}/open").status_code == 200


def test_a_pause_says_when_the_officer_means_to_be_back(desk: Desk) -> None:
    here = desk.open()
    rested = desk.post(f"counters/{here}/pause", {"reason": "họp", "minutes": 20}).get_json()
    assert rested["back_at"] == "2026-11-23T02:20:00Z"
    assert desk.post(f"counters/{here}/open").get_json()["back_at"] is None
    for minutes in (0, 241, "20", True):
        assert desk.post(f"counters/{here}/pause", {"minutes": minutes}).status_code == 422


def test_a_counter_with_somebody_there_is_handed_over_to_a_colleague_who_sits_nowhere(desk: Desk) -> None:
    ticket = desk.take()
    here = desk.open()
    desk.call()
    seats = {each["name"].split()[-1]: each for each in desk.get("offices/00070/staff").get_json()}
    assert {name: (each["role"], each["counter"]) for name, each in seats.items()} == {
        "canbo1": ("officer", 1),
        "canbo2": ("officer", None),
        "truong": ("head", None),
    }
    heir = {"staff": seats["canbo2"]["id"]}
    passed = desk.post(f"counters/{here}/hand-over", heir).get_json()
    assert (passed["staff"]["id"], passed["ticket"]["id"]) == (desk.staff["canbo2"], ticket)
    assert desk.post(f"counters/{here}/call-next").get_json()["code"] == "not_your_counter"
    assert desk.post(f"tickets/{ticket}/serve").get_json()["code"] == "not_your_counter"
    assert desk.post(f"tickets/{ticket}/serve", who="canbo2").status_code == 200
    desk.open(2)
    refused = desk.post(f"counters/{desk.counters[1]}/hand-over", heir)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "other_counter_open")
    assert desk.post(f"counters/{here}/hand-over", {"staff": desk.staff["xa"]}, who="truong").status_code == 404


# --- further services -------------------------------------------------------------------------------------------------


def test_a_visit_goes_from_counter_to_counter_with_one_number(desk: Desk) -> None:
    skilled(desk, one="A", two="B", three="C")
    ticket = desk.take()
    noted = desk.post(f"tickets/{ticket}/further", {"services": ["C", "B"]}, who="huongdan").get_json()
    assert [each["code"] for each in noted["further"]] == ["C", "B"]
    desk.open()
    desk.open(2, "canbo2")
    desk.call()
    gone_on = desk.post(f"tickets/{ticket}/finish", {"dossier_code": "H26.7"}).get_json()
    assert (gone_on["state"], gone_on["service"]["code"], gone_on["number"]) == ("waiting", "C", "A001")
    assert ([each["code"] for each in gone_on["further"]], gone_on["dossier_code"]) == (["B"], "H26.7")
    assert desk.post(f"tickets/{ticket}/undo").get_json()["service"]["code"] == "A"
    ended = desk.post(f"tickets/{ticket}/finish", {"all": True}).get_json()
    assert (ended["state"], ended["outcome"], ended["further"]) == ("done", "served", [])


def test_the_phone_of_who_goes_on_says_where_to_wait_next(desk: Desk) -> None:
    skilled(desk, one="A", two="C", three="C")
    ticket = desk.take()
    desk.post(f"tickets/{ticket}/further", {"services": ["C"]})
    desk.open()
    desk.open(3, "canbo2")
    desk.call()
    desk.post(f"tickets/{ticket}/finish")
    with desk.database.reading() as session:
        token = session.get_one(Ticket, ticket).token
    now = desk.get(f"tickets/{token}").get_json()
    assert (now["state"], now["number"], now["service"], now["counters"]) == ("waiting", "A001", "C", [3])
    page = desk.client.get(f"/t/{token}").get_data(as_text=True)
    assert "Đăng ký thường trú" in page
    assert "Chứng thực bản sao" not in page


def booked(desk: Desk, *companions: Companion) -> str:
    """The code of a booking for 09:15."""
    with desk.database.transaction() as session:
        wish = Wish("A", datetime(2026, 11, 23, 9, 15, tzinfo=HANOI), Visitor("Hoàng Thị Thử", "+84912345678"), companions)
        made = book(
            session, office_by_code(session, "00070"), wish, now=MONDAY_MORNING, tz=HANOI, public_url="https://vidu.test"
        )
        return made.code


def test_a_household_with_different_services_goes_on_by_itself(desk: Desk) -> None:
    household = [Companion("Trần Văn Mẫu", "C"), Companion("Lê Thị Giả", "B"), Companion("Lê Văn Giả", "C")]
    code = booked(desk, *household)
    skilled(desk, one="A", two="BC")
    ticket = desk.post("offices/00070/check-ins", {"code": code}, who="huongdan").get_json()["id"]
    assert [each["code"] for each in desk.line()["waiting"][0]["further"]] == ["C", "B"]
    absent = desk.post(f"tickets/{ticket}/people", {"absent": [2]}, who="huongdan").get_json()
    assert [each["code"] for each in absent["further"]] == ["C"]
    came = desk.post(f"tickets/{ticket}/people", {"absent": []}, who="huongdan").get_json()
    assert [each["code"] for each in came["further"]] == ["C", "B"]
    desk.open()
    desk.open(2, "canbo2")
    desk.call()
    assert desk.post(f"tickets/{ticket}/finish").get_json()["service"]["code"] == "C"
    assert desk.call(2, "canbo2") == ticket
    assert desk.post(f"tickets/{ticket}/finish", who="canbo2").get_json()["state"] == "done"


def test_what_was_noted_by_hand_is_only_shortened_when_somebody_did_not_come(desk: Desk) -> None:
    code = booked(desk, Companion("Trần Văn Mẫu", "B"))
    ticket = desk.post("offices/00070/check-ins", {"code": code}, who="huongdan").get_json()["id"]
    desk.post(f"tickets/{ticket}/further", {"services": ["C", "B"]}, who="huongdan")
    absent = desk.post(f"tickets/{ticket}/people", {"absent": [1]}, who="huongdan").get_json()
    assert [each["code"] for each in absent["further"]] == ["C"]


# --- handwritten numbers ----------------------------------------------------------------------------------------------


def written(number: str, at: str = "08:30", service: str = "", **more: Any) -> dict[str, Any]:
    return {"number": number, "service": service or number[0].upper(), "taken_at": at} | more


def test_handwritten_numbers_are_entered_all_or_none_in_their_order(desk: Desk) -> None:
    desk.take()
    papers = {"tickets": [written("a003", "8:40", priority=True), written("B001"), written("A002", "08:35")]}
    answer = desk.post("offices/00070/tickets/handwritten", papers, who="huongdan", key="giay-1")
    assert answer.status_code == 201
    shown = [(each["number"], each["due_at"], each["waited"], each["priority"]) for each in answer.get_json()]
    assert shown == [
        ("A003", "2026-11-23T01:40:00Z", 20, True),
        ("B001", "2026-11-23T01:30:00Z", 30, False),
        ("A002", "2026-11-23T01:35:00Z", 25, False),
    ]
    again = desk.post("offices/00070/tickets/handwritten", papers, who="huongdan", key="giay-1")
    assert again.get_json() == answer.get_json()
    refused = desk.post("offices/00070/tickets/handwritten", {"tickets": [written("A009"), written("A002")]})
    assert (refused.status_code, refused.get_json()["code"], refused.get_json()["number"]) == (409, "number_taken", "A002")
    assert len(desk.line()["waiting"]) == 4


@pytest.mark.parametrize(
    "tickets",
    [
        [],
        [written("A1")] * 61,
        [written("A005", service="B")],
        [written("5")],
        [written("A")],
        [written("A0377")],
        [written("A005", "25:00")],
        [written("A005", "09:01")],
        [written("A005", "hôm qua")],
        [written("A000")],
        [written("A005", service="A", priority="no")],
    ],
)
def test_a_paper_that_cannot_be_is_refused_with_a_sentence(desk: Desk, tickets: list[dict[str, Any]]) -> None:
    refused = desk.post("offices/00070/tickets/handwritten", {"tickets": tickets})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid")
    assert desk.line()["waiting"] == []


def test_an_unknown_service_and_another_office_take_no_paper(desk: Desk) -> None:
    unknown = {"tickets": [written("A005", service="no-such")]}
    assert desk.post("offices/00070/tickets/handwritten", unknown).status_code == 404
    assert desk.post("offices/00070/tickets/handwritten", {"tickets": [written("A005")]}, who="xa").status_code == 403
    assert desk.post("offices/00070/tickets/handwritten", {"tickets": [written("A005")]}, who="kythuat").status_code == 403


def test_showing_sixty_papers_costs_as_many_questions_as_showing_two(desk: Desk) -> None:
    asked = []
    desk.line()  # the office's plan is known from then on
    for first, count in ((1, 2), (11, 20)):
        papers = {"tickets": [written(f"A{number:03}") for number in range(first, first + count)]}
        with counted(desk.database.engine) as statements:
            assert desk.post("offices/00070/tickets/handwritten", papers).status_code == 201
        asked.append(sum(statement.lstrip().startswith("SELECT") for statement in statements))
    assert asked[0] == asked[1]
