"""Who came with a booking: not the person who made it, or fewer than were booked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.models import AuditEntry
from queueing import line_views, store
from queueing.hall import Hall
from queueing.models import TicketInterval
from queueing.refusals import NotBooked, WrongState
from tests.queueing.ward import HANOI, Ward


def written(session: Session) -> list[tuple[str, dict[str, Any]]]:
    """What the log of the office says, oldest first."""
    return [(entry.what, entry.detail) for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.mark.parametrize("state", ["waiting", "called", "serving", "held"])
def test_who_is_not_the_person_waits_as_a_walk_in_from_now_on_with_the_same_number(
    ward: Ward, session: Session, state: str
) -> None:
    ward.open(1)
    other, ticket = ward.take(), ward.check_in("09:05", appointment_id=7)
    for verb in {"called": ["call"], "serving": ["call", "serve"], "held": ["call", "hold"]}.get(state, []):
        ward.call(1) if verb == "call" else ward.do(verb, ticket, **({"why": "đi photo"} if verb == "hold" else {}))
    ward.pass_minutes(3)
    ward.do("not_the_person", ticket)
    assert (ticket.state, ticket.label, ticket.counter_id) == ("waiting", "A002", None)
    assert (ticket.kind, ticket.arrival, ticket.due_at) == ("walk_in", "wrong_person", ward.now)
    assert store.ticket_of_appointment(session, 7) is ticket, "nobody else comes with this booking"
    last = session.scalars(select(TicketInterval).where(TicketInterval.ticket_id == ticket.id).order_by(TicketInterval.id)).all()[
        -1
    ]
    assert (last.state, last.why, last.staff_id) == ("waiting", "wrong_person", ward.actor.id)
    assert written(session) == [("wrong_person", {"ticket": ticket.id, "number": "A002", "appointment": 7})]
    assert [ward.called(1), ward.called(1)] == [other.label, ticket.label]


def test_the_officer_is_told_why_such_a_person_is_called(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.check_in("09:05")
    ward.call(1)
    ward.pass_minutes(3)
    ward.do("not_the_person", ticket)
    [shown] = line_views.line_view(session, ward.office, ward.now, HANOI)["waiting"]
    assert shown["reason"] == {"code": "wrong_person", "sentence": "không đúng người đặt hẹn, tính từ 09:03"}
    assert shown["waited"] == 0


def test_a_call_to_somebody_who_was_not_the_person_is_over(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.check_in("09:05")
    call = ward.call(1)
    ward.do("not_the_person", ticket)
    assert call is not None
    assert call.withdrawn_at == ward.now


@pytest.mark.parametrize("state", ["waiting", "called", "serving"])
def test_it_was_the_person_after_all(ward: Ward, session: Session, state: str) -> None:
    ward.open(1)
    ticket = ward.check_in("09:05")
    if state != "waiting":
        ward.call(1)
    if state == "serving":
        ward.do("serve", ticket)
    due_at, counter_id = ticket.due_at, ticket.counter_id
    ward.do("not_the_person", ticket)
    ward.pass_minutes(0.5)
    if state != "waiting":
        undo = line_views.counters_view(session, ward.office, ward.now, HANOI)[0]["undo"]
        assert (undo["tickets"], undo["sentence"]) == ([ticket.id], "Đã ghi A001 không đúng người.")
    ward.do("undo", ticket)
    assert (ticket.state, ticket.counter_id) == (state, counter_id)
    assert (ticket.kind, ticket.arrival, ticket.due_at) == ("booked", "on_time", due_at)
    assert [what for what, _detail in written(session)] == ["wrong_person", "wrong_person_undone"]


def test_a_walk_in_has_no_name_to_compare_with(ward: Ward, session: Session) -> None:
    walk_in, booked = ward.take(), ward.check_in("09:05")
    ward.do("not_the_person", booked)
    for ticket in (walk_in, booked):
        with pytest.raises(NotBooked) as refused:
            ward.do("not_the_person", ticket)
        assert ticket.label in refused.value.sentence()
        with pytest.raises(NotBooked):
            ward.do("set_people", ticket, people=1, minutes=5, absent=[1])


@pytest.mark.parametrize("verb", ["not_the_person", "set_people"])
def test_nothing_is_set_right_about_a_visit_that_is_over(ward: Ward, verb: str) -> None:
    ticket = ward.check_in("09:05", people=2, minutes=20)
    ward.do("cancel", ticket)
    with pytest.raises(WrongState):
        ward.do(verb, ticket, **({"people": 1, "minutes": 10, "absent": [1]} if verb == "set_people" else {}))
    assert (ticket.state, ticket.people, ticket.minutes) == ("cancelled", 2, 20)


def test_who_did_not_come_is_written_down_by_place_and_never_by_name(ward: Ward, session: Session) -> None:
    ticket = ward.check_in("09:05", people=3, minutes=30)
    version = ticket.version
    ward.do("set_people", ticket, people=1, minutes=10, absent={2, 0})
    assert (ticket.people, ticket.minutes, ticket.state, ticket.version) == (1, 10, "waiting", version + 1)
    assert written(session) == [("people", {"ticket": ticket.id, "number": "A001", "people": 1, "absent": [0, 2]})]


def test_taking_back_a_press_gives_nobody_back_who_did_not_come(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.check_in("09:05", people=3, minutes=30)
    ward.call(1)
    ward.do("serve", ticket)
    ward.do("set_people", ticket, people=2, minutes=20, absent=[1])
    ward.do("undo", ticket)
    assert (ticket.state, ticket.people, ticket.minutes) == ("called", 2, 20)


def test_a_household_keeps_its_counter_busy_for_all_its_people(ward: Ward, session: Session) -> None:
    ward.open(1)
    household = ward.check_in("09:00", people=3, minutes=30)
    later, booked = ward.take(), ward.check_in("09:20")
    line = Hall(session, ward.office, ward.now, HANOI).line
    order = [(place.who.id, (place.about_at - ward.now).seconds // 60) for place in line.order()]
    assert order == [(household.id, 0), (booked.id, 30), (later.id, 40)]
    ward.call(1)
    ward.do("serve", household)
    line = Hall(session, ward.office, ward.now, HANOI).line
    assert [(place.about_at - ward.now).seconds // 60 for place in line.order()] == [30, 40]
