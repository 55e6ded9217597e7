"""Every change of the line has its entry in the log, whoever makes it, and says what is to be known of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import get_args

import pytest
from sqlalchemy import select, update

from core.rights import Actor
from office.models import Office
from queueing import counter_actions, day_actions, desk_actions
from queueing.lifecycle_rules import Verb
from queueing.log_rules import by_hand
from queueing.models import Ticket
from queueing.paper_numbers import Handwritten, enter_handwritten
from tests.queueing.log_day import called, found, log_of, served, untold, whats
from tests.queueing.ward import HANOI, Ward

# --- every verb -------------------------------------------------------------------------------------------------------


def recalled(ward: Ward) -> None:
    ticket = called(ward)
    ward.pass_minutes(1)
    ward.do("recall", ticket)


def released(ward: Ward) -> None:
    called(ward)
    ward.pass_minutes(60)
    desk_actions.release(ward.session, ward.counter(1), actor=ward.officer(3), now=ward.now)


def handed_over(ward: Ward) -> None:
    called(ward)
    desk_actions.hand_over(ward.session, ward.counter(1), ward.officers[1].id, actor=ward.officer(1), now=ward.now)


def went_on(ward: Ward) -> None:
    ticket = ward.do("set_further", served(ward), services=[ward.services["C"]])
    ward.do("finish", ticket)


def carried(ward: Ward) -> None:
    day_actions.carry(ward.session, ward.take(), actor=ward.actor, now=ward.now, tz=HANOI)


def expired(ward: Ward) -> None:
    day_actions.expire(ward.session, ward.take(), actor=ward.actor, now=ward.now)


def returned(ward: Ward) -> None:
    ward.do("return_ticket", ward.do("absent", called(ward)), tz=HANOI)


def people(ward: Ward) -> None:
    ward.do("set_people", ward.check_in("09:05", people=2), people=1, minutes=10, absent=[1])


VERBS: dict[Verb, tuple[Callable[[Ward], object], list[str]]] = {
    "call": (called, ["taken", "called"]),
    "recall": (recalled, ["taken", "called", "recalled"]),
    "serve": (served, ["taken", "called", "served"]),
    "absent": (lambda ward: ward.do("absent", called(ward)), ["taken", "called", "absent"]),
    "hold": (lambda ward: ward.do("hold", ward.take(), why="đi photo"), ["taken", "held"]),
    "resume": (
        lambda ward: ward.do("resume", ward.do("hold", served(ward), why=""), counter=ward.counter(1)),
        ["taken", "called", "served", "held", "resumed"],
    ),
    "transfer": (lambda ward: ward.do("transfer", ward.take(), service=ward.services["B"]), ["taken", "transferred"]),
    "return": (returned, ["taken", "called", "absent", "returned"]),
    "finish": (lambda ward: ward.do("finish", served(ward)), ["taken", "called", "served", "finished"]),
    "cancel": (lambda ward: ward.do("cancel", ward.take()), ["taken", "cancelled"]),
    "not_the_person": (lambda ward: ward.do("not_the_person", ward.check_in("09:05")), ["taken", "wrong_person"]),
    "change_service": (lambda ward: ward.do("change_service", ward.take(), service=ward.services["B"]), ["taken", "service"]),
    "priority": (lambda ward: ward.do("set_priority", ward.take(), priority=True), ["taken", "priority"]),
    "people": (people, ["taken", "people"]),
    "further": (
        lambda ward: ward.do("set_further", ward.take(), services=[ward.services["C"]]), ["taken", "further"],
    ),
    "go_on": (went_on, ["taken", "called", "served", "further", "went_on"]),
    "release": (released, ["taken", "called", "released", "counter_closed"]),
    "hand_over": (handed_over, ["taken", "called", "handed_over", "handed_over"]),
    "carry": (carried, ["taken", "carried"]),
    "expire": (expired, ["taken", "expired"]),
}  # fmt: skip


def test_every_verb_of_the_line_is_tried_here() -> None:
    assert set(VERBS) == set(get_args(Verb))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_leaves_its_entry_and_every_stretch_has_one(ward: Ward, verb: Verb) -> None:
    ward.open(1)
    do, expected = VERBS[verb]
    do(ward)
    assert whats(ward) == expected
    assert untold(ward) == set()
    assert found(ward) == []


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("recall", "release", "priority", "people", "return")])
def test_taking_it_back_is_told_and_stands_out(ward: Ward, verb: Verb) -> None:
    ward.open(1)
    VERBS[verb][0](ward)
    [ticket] = ward.session.scalars(select(Ticket)).all()
    assert ticket.undo, f"{verb} can be taken back"
    ward.do("undo", ticket)
    last = log_of(ward)[-1]
    assert (last.what, last.detail["verb"]) == ("undone", ticket_verb(ward, verb))
    assert last.n in by_hand(log_of(ward))
    assert untold(ward) == set()
    assert found(ward) == []


def ticket_verb(_ward: Ward, verb: Verb) -> str:
    """What `undo` takes back after these verbs: handing over is not taken back, the call before it is."""
    return "call" if verb == "hand_over" else verb


# --- what an entry says -----------------------------------------------------------------------------------------------


def test_a_call_is_told_with_its_reason_and_how_many_waited(ward: Ward) -> None:
    ward.open(1)
    ward.take(), ward.take("C"), ward.check_in("09:05"), ward.take("B")
    call = ward.call(1)
    assert call is not None
    entry = log_of(ward)[-1]
    assert (entry.what, entry.detail["number"], entry.detail["counter"], entry.detail["staff"]) == ("called", "A002", 1, 1)
    assert entry.detail["call"] == {"id": call.id, "tier": "1", "reason": "booked", "params": call.params}
    assert entry.detail["waiting"] == 3, "counter 1 does not take C"
    assert "instead" not in entry.detail


def test_a_call_by_hand_says_whom_the_rule_would_have_called(ward: Ward) -> None:
    ward.open(1)
    ward.take()
    ward.pass_minutes(1)
    last = ward.take()
    counter_actions.call_ticket(
        ward.session, ward.counter(1), last, reason="có trẻ nhỏ", actor=ward.officer(1), now=ward.now
    )
    entry = log_of(ward)[-1]
    assert (entry.detail["instead"], entry.detail["waiting"]) == ("A001", 2)
    assert entry.detail["call"]["params"]["why"] == "có trẻ nhỏ"
    assert by_hand([entry]) == {entry.n}


def test_a_walk_in_served_at_the_desk_is_a_number_and_a_call_by_hand(ward: Ward) -> None:
    ward.open(1)
    ward.take()
    desk_actions.take_at_desk(
        ward.session, ward.counter(1), ward.services["A"], actor=ward.officer(1), now=ward.now, tz=HANOI, reason="chỉ hỏi"
    )
    taken, call = log_of(ward)[-2:]
    assert (taken.what, taken.detail["how"], call.what, call.detail["state"]) == ("taken", "counter", "called", "serving")
    assert call.detail["instead"] == "A001"
    assert found(ward) == []


def test_how_somebody_came_is_told(ward: Ward) -> None:
    ward.check_in("09:05"), ward.check_in("08:45"), ward.check_in("10:00", people=3)
    told = [(entry.detail["kind"], entry.detail["arrival"], entry.detail["people"]) for entry in log_of(ward)[1:]]
    assert told == [("booked", "on_time", 1), ("walk_in", "late", 1), ("booked", "expected", 3)]


def test_a_number_on_paper_is_entered_later_and_stands_out(ward: Ward) -> None:
    ward.take()
    paper = Handwritten("A", 20, ward.services["A"], time(8, 15))
    enter_handwritten(ward.session, ward.office, [paper], actor=ward.actor, now=ward.now, tz=HANOI)
    entry = log_of(ward)[-1]
    assert (entry.at, entry.detail["since"]) == (ward.now, "2026-11-23T01:15:00.000000Z")
    assert by_hand([entry]) == {entry.n}
    assert found(ward) == []


def test_counters_are_told_with_who_sits_there_and_who_did_it(ward: Ward) -> None:
    ward.open(1)
    head = Actor(kind="staff", id=ward.officers[2].id, role="head", office=ward.office.code)
    counter_actions.pause_counter(ward.session, ward.counter(1), reason="nghỉ trưa", now=ward.now, actor=head)
    counter_actions.open_counter(ward.session, ward.counter(1), staff_id=ward.officers[0].id, now=ward.now)
    counter_actions.open_counter(ward.session, ward.counter(2), staff_id=ward.officers[0].id, now=ward.now, move=True)
    told = [(entry.what, entry.detail["counter"], entry.detail["staff"], entry.detail["sits"]) for entry in log_of(ward)[1:]]
    officer, boss = ward.officers[0].id, ward.officers[2].id
    assert told == [
        ("counter_opened", 1, officer, officer), ("counter_paused", 1, boss, officer), ("counter_opened", 1, officer, officer),
        ("counter_closed", 1, officer, officer), ("counter_opened", 2, officer, officer),
    ]  # fmt: skip


def test_another_policy_is_told_before_anything_is_done_under_it_however_it_was_changed(ward: Ward) -> None:
    ward.take()
    ward.session.flush()
    log_of(ward)
    ward.session.execute(update(Office).values(settings={"guard": 45}))
    ward.session.refresh(ward.office)
    ward.take(), ward.take()
    told = [(entry.what, entry.detail.get("rules", {}).get("guard")) for entry in log_of(ward)]
    assert told == [("policy", 30), ("taken", None), ("policy", 45), ("taken", None), ("taken", None)]


def test_the_log_knows_no_person(ward: Ward) -> None:
    """Names of staff and of visitors stay in their tables; the log may be kept when they are erased."""
    ward.open(1)
    served(ward), ward.check_in("09:05")
    text = str([entry.detail for entry in log_of(ward)])
    assert ward.officers[0].name not in text
    assert ward.officers[0].username not in text
