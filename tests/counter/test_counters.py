"""Counters open, rest, close and call over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from office.models import AuditEntry
from tests.counter.conftest import Desk

VERBS = ("open", "pause", "close", "call-next", "call", "take", "alive", "release", "hand-over")


def test_an_officer_opens_a_counter_and_calls_the_next_one_with_the_reason(desk: Desk) -> None:
    ticket = desk.take()
    counter = desk.open()
    called = desk.post(f"counters/{counter}/call-next").get_json()
    assert called["ticket"]["id"] == ticket
    assert called["ticket"]["number"] == "A001"
    assert called["reason"] == {"code": "walk_in", "sentence": "theo giờ lấy số 09:00"}
    assert desk.state(ticket) == "called"


def test_nobody_to_call_is_answered_with_nothing(desk: Desk) -> None:
    counter = desk.open()
    answer = desk.post(f"counters/{counter}/call-next")
    assert (answer.status_code, answer.data) == (204, b"")


def test_calling_the_next_finishes_whoever_is_there(desk: Desk) -> None:
    first, second = desk.take(), desk.take()
    desk.open()
    desk.call()
    assert desk.call() == second
    assert desk.state(first) == "gone"


def test_a_press_sent_twice_with_one_key_calls_one_person(desk: Desk) -> None:
    first, second = desk.take(), desk.take()
    counter = desk.open()
    answers = [desk.post(f"counters/{counter}/call-next", key="press-1").get_json() for _ in range(2)]
    assert [answer["ticket"]["id"] for answer in answers] == [first, first]
    assert desk.state(second) == "waiting"


def test_an_officer_at_one_counter_is_offered_to_move_to_another(desk: Desk) -> None:
    desk.open(1)
    other = desk.counters[1]
    refused = desk.post(f"counters/{other}/open")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "other_counter_open")
    assert desk.post(f"counters/{other}/open", {"move": True}).status_code == 200
    assert [each["state"] for each in desk.line()["counters"]] == ["closed", "open", "closed"]


def test_a_counter_rests_for_a_reason_and_opens_again(desk: Desk) -> None:
    counter = desk.open()
    rested = desk.post(f"counters/{counter}/pause", {"reason": "họp"}).get_json()
    assert (rested["state"], rested["pause_reason"], rested["next"]) == ("paused", "họp", None)
    assert desk.post(f"counters/{counter}/call-next").get_json()["code"] == "counter_not_open"
    assert desk.post(f"counters/{counter}/open").get_json()["state"] == "open"


@pytest.mark.parametrize("verb", ["pause", "close"])
def test_a_counter_with_somebody_at_it_neither_rests_nor_closes(desk: Desk, verb: str) -> None:
    desk.take()
    counter = desk.open()
    desk.call()
    refused = desk.post(f"counters/{counter}/{verb}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "counter_busy")
    assert "A001" in refused.get_json()["detail"]


def test_a_counter_is_closed(desk: Desk) -> None:
    counter = desk.open()
    closed = desk.post(f"counters/{counter}/close").get_json()
    assert (closed["state"], closed["staff"]) == ("closed", None)


def test_somebody_is_called_out_of_order_for_a_reason_that_is_kept(desk: Desk) -> None:
    desk.take()
    second = desk.take()
    counter = desk.open()
    called = desk.post(f"counters/{counter}/call", {"ticket": second, "reason": "người yếu"}).get_json()
    assert called["ticket"]["id"] == second
    assert called["reason"]["sentence"] == "gọi ngoài thứ tự: người yếu"
    with desk.database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.what, entry.detail["reason"]) == ("call_out_of_order", "người yếu")


@pytest.mark.parametrize("body", [{}, {"reason": "x y"}, {"ticket": "A001", "reason": "x y"}, {"reason": "  "}])
def test_a_call_out_of_order_wants_a_ticket_and_a_reason(desk: Desk, body: dict[str, str]) -> None:
    ticket = desk.take()
    counter = desk.open()
    refused = desk.post(f"counters/{counter}/call", {"ticket": ticket} | body if "reason" not in body else body)
    assert refused.status_code == 422
    assert desk.state(ticket) == "waiting"


def test_another_officers_counter_is_not_touched_but_the_heads_hand_may(desk: Desk) -> None:
    counter = desk.open(who="canbo1")
    for verb in ("pause", "close", "call-next", "take", "alive", "hand-over"):
        body = {"service": "A", "staff": desk.staff["canbo2"]}
        refused = desk.post(f"counters/{counter}/{verb}", body, who="canbo2")
        assert (refused.status_code, refused.get_json()["code"]) == (403, "not_your_counter")
    assert desk.post(f"counters/{counter}/open", who="canbo2").get_json()["code"] == "counter_taken"
    assert desk.post(f"counters/{counter}/close", who="truong").status_code == 200


@pytest.mark.parametrize("verb", VERBS)
def test_a_counter_of_another_office_is_not_found(desk: Desk, verb: str) -> None:
    body = {"ticket": 1, "reason": "người yếu", "service": "A", "staff": 1}
    assert desk.post(f"counters/{desk.counters[0]}/{verb}", body, who="xa").status_code == 404
    assert desk.post(f"counters/99999/{verb}", body).status_code == 404


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["huongdan", "kythuat"])
def test_only_officers_and_heads_work_at_counters(desk: Desk, verb: str, who: str) -> None:
    assert desk.post(f"counters/{desk.counters[0]}/{verb}", who=who).status_code == 403
    assert desk.client.post(f"/api/v1/counters/{desk.counters[0]}/{verb}", json={}).status_code == 401


def test_a_ticket_of_another_office_is_not_called_here(desk: Desk) -> None:
    theirs = desk.take(office="00072")
    counter = desk.open()
    assert desk.post(f"counters/{counter}/call", {"ticket": theirs, "reason": "người yếu"}).status_code == 404


def test_the_line_tells_order_reasons_and_whom_each_counter_would_call(desk: Desk) -> None:
    desk.take("A")
    desk.clock.advance(timedelta(minutes=5))
    desk.take("B", priority=True)
    counter = desk.open()
    line = desk.line()
    assert [ticket["number"] for ticket in line["waiting"]] == ["A001", "B001"]
    here = next(each for each in line["counters"] if each["id"] == counter)
    assert here["next"] == {
        "id": line["waiting"][0]["id"],
        "number": "A001",
        "reason": {"code": "walk_in", "sentence": "theo giờ lấy số 09:00"},
    }
    assert line["now"] == "2026-11-23T02:05:00Z"


def test_the_line_is_for_the_staff_of_the_office(desk: Desk) -> None:
    assert desk.get("offices/00070/line", who="huongdan").status_code == 200
    assert desk.get("offices/00070/line", who="xa").status_code == 403
    assert desk.get("offices/00070/line", who="kythuat").status_code == 403
    assert desk.client.get("/api/v1/offices/00070/line").status_code == 401
    assert desk.get("offices/00070/counters", who="kythuat").status_code == 200
    assert [each["number"] for each in desk.get("offices/00070/counters").get_json()] == [1, 2, 3]
