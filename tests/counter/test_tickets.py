"""Every verb of a ticket over the API: done, refused, without the right, of another office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from office.models import AuditEntry
from printer.models import Printer, PrintJob
from tests.counter.conftest import Desk

VERBS = (
    "recall",
    "serve",
    "absent",
    "hold",
    "resume",
    "transfer",
    "return",
    "finish",
    "undo",
    "cancel",
    "service",
    "priority",
    "reprint",
    "wrong-person",
    "people",
    "further",
)
HELPERS = {"resume", "return", "undo", "cancel", "service", "priority", "reprint", "wrong-person", "people", "further"}
BODIES: dict[str, dict[str, Any]] = {"service": {"service": "B"}, "people": {"absent": [1]}, "further": {"services": ["B"]}}


def do(desk: Desk, ticket: int, verb: str, body: dict[str, Any] | None = None, who: str = "canbo1") -> dict[str, Any]:
    """Press a verb that must work; gives the ticket."""
    answer = desk.post(f"tickets/{ticket}/{verb}", body, who=who)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    shown: dict[str, Any] = answer.get_json()
    return shown


def refused(desk: Desk, ticket: int, verb: str, body: dict[str, Any] | None = None, who: str = "canbo1") -> str:
    """Press a verb that must not work; gives the code of the refusal."""
    answer = desk.post(f"tickets/{ticket}/{verb}", body, who=who)
    assert answer.status_code in (409, 422), answer.get_data(as_text=True)
    return str(answer.get_json()["code"])


@pytest.fixture
def called(desk: Desk) -> int:
    """A001, called to counter 1 of canbo1."""
    desk.take()
    desk.open()
    return desk.call()


def test_a_visit_goes_from_call_to_finish(desk: Desk, called: int) -> None:
    assert do(desk, called, "serve")["state"] == "serving"
    assert do(desk, called, "finish", {"dossier_code": "H26.1-251123-0001"})["state"] == "done"
    assert refused(desk, called, "serve") == "wrong_state"


def test_a_number_is_said_again_after_twenty_seconds_only(desk: Desk, called: int) -> None:
    assert refused(desk, called, "recall") == "recall_too_soon"
    desk.clock.advance(timedelta(seconds=20))
    assert do(desk, called, "recall")["times"] == 2


def test_a_missed_person_comes_back_to_the_line(desk: Desk, called: int) -> None:
    assert do(desk, called, "absent")["state"] == "missed"
    assert desk.state(called) == "missed"
    back = do(desk, called, "return", who="huongdan")
    assert (back["state"], back["reason"]["code"]) == ("waiting", "missed")
    assert refused(desk, called, "return") == "wrong_state"


def test_a_held_person_goes_on_at_the_officers_own_counter(desk: Desk, called: int) -> None:
    held = do(desk, called, "hold", {"why": "đi photo"})
    assert (held["state"], held["why"]) == ("held", "đi photo")
    assert do(desk, called, "resume")["state"] == "serving"
    assert desk.line()["counters"][0]["ticket"]["id"] == called
    assert desk.state(called) == "serving"


def test_a_helper_sends_a_held_person_back_to_the_line(desk: Desk, called: int) -> None:
    do(desk, called, "hold")
    assert do(desk, called, "resume", who="huongdan")["state"] == "waiting"


def test_a_transferred_person_keeps_the_place_and_goes_where_sent(desk: Desk, called: int) -> None:
    other = desk.open(2, who="canbo2")
    sent = do(desk, called, "transfer", {"service": "C", "counter": other})
    assert (sent["state"], sent["service"]["code"], sent["for_counter"]) == ("waiting", "C", other)
    assert desk.call(2, who="canbo2") == called


def test_missing_papers_are_told_once_on_paper_and_the_visit_is_reopened_once(desk: Desk, called: int) -> None:
    with desk.database.transaction() as session:
        session.add(Printer(key="00070/kiosk-1", place="00070", name="Máy in", kind="file"))
    do(desk, called, "finish", {"missing_papers": ["Giấy chứng sinh", "Tờ khai"]})
    with desk.database.reading() as session:
        job = session.scalars(select(PrintJob)).one()
    assert job.kind == "guide"
    assert (job.document["office"], job.document["checklist_title"]) == (
        "UBND PHƯỜNG THỬ NGHIỆM 00070",
        "Cần mang thêm 2 giấy tờ",
    )
    assert job.document["checklist"] == ["Giấy chứng sinh", "Tờ khai"]
    assert do(desk, called, "return", who="huongdan")["reason"]["code"] == "returned"
    do(desk, desk.call(), "finish", {"missing_papers": ["Tờ khai"]})
    assert refused(desk, called, "return") == "may_not_return"


def test_a_finished_visit_without_missing_papers_stays_finished(desk: Desk, called: int) -> None:
    do(desk, called, "finish")
    assert refused(desk, called, "return") == "may_not_return"


def test_the_last_press_is_taken_back_within_thirty_seconds(desk: Desk, called: int) -> None:
    do(desk, called, "finish")
    undo = desk.line()["counters"][0]["undo"]
    assert undo["tickets"] == [called]
    assert undo["sentence"] == "Đã hoàn thành A001."
    assert do(desk, called, "undo")["state"] == "called"
    do(desk, called, "finish")
    desk.clock.advance(timedelta(seconds=31))
    assert desk.line()["counters"][0]["undo"] is None
    assert refused(desk, called, "undo") == "too_late_to_undo"


def test_done_and_next_is_one_press_and_goes_back_as_one(desk: Desk, called: int) -> None:
    desk.clock.advance(timedelta(minutes=5))
    second = desk.take()
    desk.call()
    undo = desk.line()["counters"][0]["undo"]
    assert undo["tickets"] == [second, called]
    for ticket in undo["tickets"]:
        do(desk, ticket, "undo")
    assert (desk.state(called), desk.state(second)) == ("called", "waiting")


def test_a_number_is_cancelled(desk: Desk) -> None:
    ticket = desk.take()
    assert do(desk, ticket, "cancel", who="huongdan")["state"] == "cancelled"
    assert refused(desk, ticket, "cancel") == "wrong_state"


def test_the_service_is_changed_and_number_and_place_are_kept(desk: Desk) -> None:
    ticket = desk.take()
    changed = do(desk, ticket, "service", {"service": "C"}, who="huongdan")
    assert (changed["number"], changed["service"]["code"], changed["due_at"]) == ("A001", "C", "2026-11-23T02:00:00Z")
    assert desk.post(f"tickets/{ticket}/service", {"service": "no-such"}).status_code == 404
    assert refused(desk, ticket, "service", {}) == "invalid"


def test_priority_and_help_are_marked_and_priority_is_written_down(desk: Desk) -> None:
    ticket = desk.take()
    assert do(desk, ticket, "priority", {"priority": True}, who="huongdan")["priority"] is True
    assert do(desk, ticket, "priority", {"needs_help": True})["needs_help"] is True
    assert do(desk, ticket, "priority", {"priority": False})["priority"] is False
    with desk.database.reading() as session:
        log = [entry.detail["priority"] for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert log == [True, False]


def test_a_slip_is_printed_again_or_said_never_to_have_been_printed(desk: Desk) -> None:
    ticket = desk.take()
    assert refused(desk, ticket, "reprint") == "nothing_to_print"


@pytest.mark.parametrize("verb", VERBS)
def test_a_ticket_of_another_office_is_not_found(desk: Desk, verb: str) -> None:
    ticket = desk.take()
    assert desk.post(f"tickets/{ticket}/{verb}", BODIES.get(verb), who="xa").status_code == 404
    assert desk.post(f"tickets/99999/{verb}", BODIES.get(verb)).status_code == 404
    assert desk.state(ticket) == "waiting"


@pytest.mark.parametrize("verb", VERBS)
def test_who_has_no_right_is_told_so_and_nothing_changes(desk: Desk, verb: str) -> None:
    ticket = desk.take()
    path = f"tickets/{ticket}/{verb}"
    assert desk.client.post(f"/api/v1/{path}", json={}).status_code == 401
    assert desk.post(path, BODIES.get(verb), who="kythuat").status_code == 403
    allowed = desk.post(path, BODIES.get(verb), who="huongdan").status_code != 403
    assert allowed == (verb in HELPERS)


@pytest.mark.parametrize("verb", ["transfer", "resume"])
def test_nobody_is_sent_to_a_counter_of_another_office(desk: Desk, called: int, verb: str) -> None:
    do(desk, called, "hold")
    theirs = desk.counters[-1] + 1
    assert desk.post(f"tickets/{called}/{verb}", {"counter": theirs}).status_code == 404


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("hold", {"why": "x" * 201}),
        ("transfer", {"counter": "three"}),
        ("finish", {"missing_papers": "Tờ khai"}),
        ("finish", {"missing_papers": ["x" * 201]}),
        ("priority", {"priority": "maybe"}),
        ("people", {}),
        ("people", {"absent": None}),
        ("people", {"absent": [-1]}),
        ("people", {"absent": [True]}),
        ("people", {"absent": ["1"]}),
        ("people", {"absent": [0] * 21}),
        ("finish", {"all": "yes"}),
        ("further", {}),
        ("further", {"services": ["B", "B"]}),
        ("further", {"services": ["A"]}),
        ("further", {"services": ["B"] * 9}),
        ("further", {"services": [7]}),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(desk: Desk, called: int, verb: str, body: dict[str, Any]) -> None:
    assert refused(desk, called, verb, body) == "invalid"
    assert desk.state(called) == "called"


def test_a_reason_with_markup_or_marks_apart_is_kept_as_text(desk: Desk, called: int) -> None:
    assert do(desk, called, "hold", {"why": "<b>đi photo</b>"})["why"] == "<b>đi photo</b>"
