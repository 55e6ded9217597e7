"""What the screens are sent."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from office.models import Service
from queueing import counter_actions, line_store, line_views, store, views
from queueing.words import reason_sentence
from tests.queries import counted
from tests.queueing.ward import HANOI, NINE, Ward


def test_a_ticket_says_how_many_are_before_and_where_to_go(ward: Ward, session: Session) -> None:
    ward.open(1, 3)
    ward.take("A")
    ward.take("C")
    ticket = ward.take("B", priority=True)
    shown = views.ticket_view(session, ticket, ward.now, HANOI)
    assert shown | {"number": "B001", "state": "waiting", "people_ahead": 1, "counters": [1], "counter": None} == shown
    assert shown | {"wait": None, "print": {"state": None, "at": None}, "version": ward.office.seq, "service": "B"} == shown
    ward.call(1)
    ward.call(1)
    shown = views.ticket_views(session, ward.office, [ticket], ward.now, HANOI)[ticket.token]
    assert shown | {"state": "called", "people_ahead": None, "counter": 1, "counters": [1], "times": 1} == shown


def test_before_any_counter_opens_all_that_take_the_service_are_named(ward: Ward, session: Session) -> None:
    ward.take()
    shown = views.ticket_view(session, ward.take(), ward.now, HANOI)
    assert (shown["counters"], shown["people_ahead"]) == ([1, 2], 1)


def test_the_line_is_shown_in_calling_order_with_the_reason_of_each_place(ward: Ward, session: Session) -> None:
    ward.open(1, 3)
    served = ward.take()
    ward.call(1)
    ward.do("serve", served)
    ward.take()
    ward.pass_minutes(2)
    ward.take("B")
    ward.check_in("09:05")
    ward.check_in("09:40")
    ward.do("transfer", ward.take(), service=ward.services["C"])
    line = line_views.line_view(session, ward.office, ward.now, HANOI)
    assert [(t["number"], t["reason"]["sentence"], t["people_ahead"]) for t in line["waiting"]] == [
        ("A005", "đã chuyển, giữ giờ 09:02", 0),
        ("A003", "đặt hẹn 09:05, đến 09:02", 0),
        ("A002", "theo giờ lấy số 09:00", 1),
        ("B001", "theo giờ lấy số 09:02", 2),
        ("A004", "đặt hẹn 09:40, đã đến, gọi từ 09:34", 3),
    ]
    one, two, three = line["counters"]
    assert (one["state"], one["ticket"]["number"], one["next"]["number"]) == ("open", "A001", "A003")
    assert (two["state"], two["next"], two["staff"]) == ("closed", None, None)
    assert (three["next"]["number"], three["services"]) == ("A005", ["C"])
    assert one["staff"]["id"] == ward.officers[0].id
    assert line["version"] == ward.office.seq


def test_missed_and_held_people_stand_beside_the_line(ward: Ward, session: Session) -> None:
    ward.open(1)
    missed, held = ward.take(), ward.take()
    ward.call(1)
    ward.do("absent", missed)
    ward.do("hold", held, why="đi photo")
    line = line_views.line_view(session, ward.office, ward.now, HANOI)
    assert [(t["number"], t["attempts"]) for t in line["missed"]] == [("A001", 1)]
    assert [(t["number"], t["why"]) for t in line["held"]] == [("A002", "đi photo")]
    assert line["waiting"] == []


def test_the_screens_are_told_from_when_a_number_may_be_said_again_and_its_absence_is_suggested(
    ward: Ward, session: Session
) -> None:
    ward.open(1)
    ticket = ward.take()
    called_at = ward.now
    ward.call(1)

    def told() -> list[float | None]:
        """Seconds after the first call."""
        shown = line_views.line_ticket_view(session, ticket, ward.now, HANOI)
        instants = (shown["recall_from"], shown["absent_from"])
        return [at and (datetime.fromisoformat(at) - called_at).total_seconds() for at in instants]

    assert told() == [20, None]
    for _again in range(2):
        ward.pass_minutes(1)
        ward.do("recall", ticket)
    assert told() == [140, 90]
    ward.do("serve", ticket)
    assert told() == [None, None]


def test_a_household_is_shown_with_its_people_and_minutes_and_as_no_booking_of_somebody_elses(
    ward: Ward, session: Session
) -> None:
    ticket = ward.check_in("09:05", people=3, minutes=45, appointment_id=7)
    shown = line_views.line_ticket_view(session, ticket, ward.now, HANOI)
    assert (shown["people"], shown["minutes"], shown["appointment"]) == (3, 45, 7)
    assert views.ticket_view(session, ticket, ward.now, HANOI)["people"] == 3
    ward.do("not_the_person", ticket)
    assert line_views.line_ticket_view(session, ticket, ward.now, HANOI)["appointment"] is None


def test_a_counter_offers_to_take_back_its_last_press_for_half_a_minute(ward: Ward, session: Session) -> None:
    ward.open(1)
    first, second = ward.take(), ward.take()
    ward.call(1)
    ward.call(1)

    def undo() -> object:
        return line_views.counters_view(session, ward.office, ward.now, HANOI)[0]["undo"]

    shown = undo()
    assert isinstance(shown, dict)
    assert shown["tickets"] == [second.id, first.id], "the call goes back before the finish that made room for it"
    assert shown["sentence"] == "Đã hoàn thành A001. Đã gọi A002."
    for ticket_id in shown["tickets"]:
        ward.do("undo", store.ticket_by_id(session, ticket_id))
    assert (first.state, second.state) == ("called", "waiting")
    assert undo() is None
    ward.do("serve", first)
    again = undo()
    assert isinstance(again, dict)
    assert (again["tickets"], again["sentence"]) == ([first.id], "Đã bắt đầu phục vụ A001.")
    ward.pass_minutes(1)
    assert undo() is None


def test_somebody_sent_to_a_counter_is_shown_as_its_own_until_it_closes(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    ticket = ward.do("transfer", ward.take(), counter=ward.counter(2))

    def shown_for() -> object:
        return line_views.line_view(session, ward.office, ward.now, HANOI)["waiting"][0]["for_counter"]

    assert shown_for() == ward.counter(2).id
    assert views.ticket_view(session, ticket, ward.now, HANOI)["counters"] == [2]
    counter_actions.close_counter(session, ward.counter(2), now=ward.now)
    assert shown_for() is None
    assert views.ticket_view(session, ticket, ward.now, HANOI)["counters"] == [1]


def test_only_open_waiting_minutes_are_shown_as_waited(ward: Ward, session: Session) -> None:
    ward.now = NINE.replace(hour=11, minute=50)
    ticket = ward.take()
    ward.now = NINE.replace(hour=13, minute=40)
    assert line_views.line_ticket_view(session, ticket, ward.now, HANOI)["waited"] == 20


def test_the_board_shows_numbers_and_counters_and_nothing_of_anybody(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    session.get_one(Service, ward.services["C"].id).field = "Cư trú"
    for _ in range(3):
        ward.take(priority=True)
    ward.take("C")
    call = ward.call(1)
    ward.pass_minutes(1)
    ward.call(2)
    board = views.board_view(session, ward.office, ward.now, HANOI)
    assert call is not None
    assert [(c["number"], c["counter"], c["times"]) for c in board["recent"]] == [("A002", 2, 1), ("A001", 1, 1)]
    assert board["now_serving"] == [
        {"number": "A001", "counter": 1, "state": "called", "field": "Tư pháp"},
        {"number": "A002", "counter": 2, "state": "called", "field": "Tư pháp"},
    ]
    assert board["waiting"] == 2
    assert board["waiting_by_field"] == [{"field": "Tư pháp", "waiting": 1}, {"field": "Cư trú", "waiting": 1}]
    assert board["open_counters"] == [1, 2]
    written = json.dumps(board, ensure_ascii=False)
    assert "priority" not in written
    assert "Nguyễn" not in written


def test_a_number_said_again_comes_first_on_the_board_under_the_same_call(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    first = ward.take()
    ward.take()
    call = ward.call(1)
    ward.call(2)
    ward.pass_minutes(1)
    ward.do("recall", first)
    recent = views.board_view(session, ward.office, ward.now, HANOI)["recent"]
    assert call is not None
    assert (recent[0]["call_id"], recent[0]["times"]) == (call.id, 2)


def test_who_has_still_to_come_stays_on_the_board_however_many_are_called_after_them(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    first = ward.take()
    ward.call(1)
    for _ in range(views.RECENT_CALLS + 3):
        ward.pass_minutes(1)
        called = ward.take()
        ward.call(2)
        ward.do("serve", called)
        ward.do("finish", called)

    def numbers() -> list[str]:
        return [call["number"] for call in views.board_view(session, ward.office, ward.now, HANOI)["recent"]]

    assert len(numbers()) == views.RECENT_CALLS + 1
    assert numbers()[-1] == first.label
    ward.do("serve", first)
    assert first.label not in numbers()
    assert len(numbers()) == views.RECENT_CALLS


def test_a_call_taken_back_is_gone_from_the_board(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.do("undo", ticket)
    assert views.board_view(session, ward.office, ward.now, HANOI)["recent"] == []


def test_the_city_page_counts_the_waiting_of_each_office(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.take()
    ward.take()
    ward.call(1)
    today = ward.now.date()
    assert line_store.waiting_counts(session, [ward.office.code, "99999"], today) == {ward.office.code: 1}
    assert line_store.waiting_counts(session, [ward.office.code], today + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("code", "params", "sentence"),
    [
        ("booked", {"slot_at": NINE, "arrived_at": NINE.isoformat()}, "đặt hẹn 09:00, đến 09:00"),
        ("booked_overdue", {"slot_at": NINE}, "đặt hẹn 09:00, đã quá giờ hẹn"),
        ("guard", {"minutes": 34, "guard": 30}, "chờ đã 34 phút, đến lượt người chờ lâu"),
        ("priority", {"after": 3}, "ưu tiên, sau 3 người thường"),
        ("priority", {"after": 0}, "ưu tiên"),
        ("priority_first", {}, "ưu tiên, gọi trước"),
        ("walk_in", {"due_at": NINE}, "theo giờ lấy số 09:00"),
        ("late", {"slot_at": NINE, "arrived_at": NINE}, "đặt hẹn 09:00, đến muộn lúc 09:00"),
        ("wrong_person", {"due_at": NINE}, "không đúng người đặt hẹn, tính từ 09:00"),
        ("transferred", {"from_counter": "1", "due_at": NINE}, "chuyển từ quầy 1, giữ giờ 09:00"),
        ("missed", {"due_at": NINE}, "vắng mặt đã trở lại, tính từ 09:00"),
        ("returned", {"due_at": NINE}, "bổ sung giấy tờ, giữ giờ 09:00"),
        ("early", {"slot_at": NINE}, "đặt hẹn 09:00, đến sớm; quầy đang rảnh"),
        ("arrival", {"arrived_at": NINE}, "theo giờ đến 09:00"),
        ("by_hand", {"why": "THEO yêu cầu 100%"}, "gọi ngoài thứ tự: THEO yêu cầu 100%"),
    ],
)
def test_every_reason_has_a_sentence_for_the_officer(code: str, params: dict[str, object], sentence: str) -> None:
    assert reason_sentence(code, params, HANOI) == sentence


def test_a_paused_counter_has_no_next(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.take()
    counter_actions.pause_counter(session, ward.counter(1), reason="họp", now=ward.now)
    shown = line_views.counters_view(session, ward.office, ward.now, HANOI)[0]
    assert (shown["next"], shown["pause_reason"]) == (None, "họp")


def test_hundreds_of_telephones_cost_as_many_queries_as_two(ward: Ward, session: Session, database: Database) -> None:
    ward.open(1)
    tickets = [ward.take() for _person in range(20)]
    ward.call(1)
    with counted(database.engine) as for_two:
        views.ticket_views(session, ward.office, tickets[:2], ward.now, HANOI)
    with counted(database.engine) as for_all:
        assert len(views.ticket_views(session, ward.office, tickets, ward.now, HANOI)) == 20
    assert len(for_all) == len(for_two)
