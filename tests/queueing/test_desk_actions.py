"""The desk itself: a walk-in served there, a counter passed on, and one left alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.rights import Actor, NotFound
from office.models import AuditEntry
from queueing import counter_actions, desk_actions, line_views, views
from queueing.models import Ticket
from queueing.refusals import (
    CounterBusy,
    CounterNotOpen,
    CounterNotSilent,
    CounterSilent,
    CounterTaken,
    MayNotPick,
    TheirCounterOpen,
)
from tests import builders
from tests.queueing.tickets import intervals_of, latest_call
from tests.queueing.ward import HANOI, Ward


def at_desk(ward: Ward, number: int = 1, service: str = "A", **more: Any) -> Ticket:
    """A number taken at the desk of a counter."""
    return desk_actions.take_at_desk(
        ward.session, ward.counter(number), ward.services[service], actor=ward.officer(number), now=ward.now, tz=HANOI, **more
    )


def released(ward: Ward, number: int = 1) -> None:
    desk_actions.release(ward.session, ward.counter(number), actor=ward.officer(3), now=ward.now)


def handed(ward: Ward, number: int, officer: int) -> None:
    heir = ward.officers[officer - 1].id
    desk_actions.hand_over(ward.session, ward.counter(number), heir, actor=ward.officer(number), now=ward.now)


def seen(ward: Ward, number: int = 1) -> dict[str, Any]:
    return line_views.counters_view(ward.session, ward.office, ward.now, HANOI)[number - 1]


def audited(session: Session, what: str) -> dict[str, Any]:
    return session.scalars(select(AuditEntry).where(AuditEntry.what == what)).one().detail


# --- a walk-in at the desk --------------------------------------------------------------------------------------------


def test_a_walk_in_at_the_desk_is_served_at_once_by_hand_and_that_is_written_down(ward: Ward, session: Session) -> None:
    ward.open(1)
    waiting = ward.take()
    ticket = at_desk(ward, reason="chỉ hỏi một câu", priority=True)
    assert (ticket.label, ticket.state, ticket.counter_id, ticket.priority) == ("A002", "serving", ward.counter(1).id, True)
    assert (waiting.state, ticket.source) == ("waiting", "counter")
    assert ward.life(ticket) == ["waiting", "serving"]
    call = latest_call(session, ticket)
    assert call is not None
    assert (call.reason, call.params["why"], call.answered_at) == ("by_hand", "chỉ hỏi một câu", ward.now)
    assert audited(session, "served_at_desk") | {"counter": 1, "reason": "chỉ hỏi một câu", "waiting": 1, "number": "A002"} == (
        audited(session, "served_at_desk")
    )


def test_without_a_reason_it_is_a_number_taken_at_the_desk(ward: Ward, session: Session) -> None:
    ward.open(1)
    call = latest_call(session, at_desk(ward))
    assert call is not None
    assert call.params["why"] == "Lấy số tại quầy"


def test_before_people_who_wait_only_who_may_call_out_of_order_serves_at_once(ward: Ward) -> None:
    ward.open(1)
    ward.officers[0].may_pick = False
    served = at_desk(ward)
    assert served.state == "serving", "nobody waits: nobody is passed over"
    ward.do("finish", served)
    ward.take("C")
    ward.do("finish", at_desk(ward))
    ward.take("B")
    with pytest.raises(MayNotPick) as refused:
        at_desk(ward)
    assert "1" in refused.value.sentence()
    assert at_desk(ward, serve=False).state == "waiting"
    ward.officers[0].may_pick = True
    assert at_desk(ward).state == "serving"


def test_the_head_always_may(ward: Ward, session: Session) -> None:
    head = builders.make_staff(session, ward.office, "truong", "head")
    head.may_pick = False
    builders.open_counter(ward.counter(1), head, ward.now)
    ticket = ward.take()
    actor = Actor(kind="staff", id=head.id, role="head", office=ward.office.code)
    counter_actions.call_ticket(session, ward.counter(1), ticket, reason="theo yêu cầu", actor=actor, now=ward.now)
    assert ticket.state == "called"


def test_who_may_not_calls_nobody_out_of_order(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.officers[0].may_pick = False
    ticket = ward.take()
    with pytest.raises(MayNotPick):
        counter_actions.call_ticket(session, ward.counter(1), ticket, reason="vội", actor=ward.actor, now=ward.now)
    assert ward.called(1) == ticket.label, "by the rule everybody is called"


def test_nobody_is_served_at_a_desk_with_somebody_at_it_or_that_does_not_work(ward: Ward, session: Session) -> None:
    with pytest.raises(CounterNotOpen):
        at_desk(ward)
    ward.open(1)
    at_desk(ward)
    with pytest.raises(CounterBusy):
        at_desk(ward)
    assert at_desk(ward, serve=False).label == "A002", "a number for the line can be made all the same"


def test_serving_at_the_desk_is_taken_back_to_the_line(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = at_desk(ward)
    undo = seen(ward)["undo"]
    assert (undo["tickets"], undo["sentence"]) == ([ticket.id], "Đã cấp A001 và phục vụ tại quầy.")
    ward.do("undo", ticket)
    assert (ticket.state, ticket.attempts) == ("waiting", 0)
    assert latest_call(session, ticket) is None
    assert ward.called(1) == ticket.label


def test_the_hall_is_not_called_for_who_stands_at_the_desk_already(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = at_desk(ward)
    board = views.board_view(session, ward.office, ward.now, HANOI)
    assert board["recent"] == []
    assert [each["number"] for each in board["now_serving"]] == [ticket.label]


def test_a_number_made_at_the_desk_moves_no_turn_of_the_rule(ward: Ward) -> None:
    ward.open(1)
    walk_in = ward.take()
    ward.pass_minutes(31)
    booked = ward.check_in("09:30")
    ward.do("finish", at_desk(ward))
    assert [ward.called(1), ward.called(1)] == [booked.label, walk_in.label]


# --- a counter left alone ---------------------------------------------------------------------------------------------


def test_a_silent_counter_is_released_and_its_person_goes_back_with_the_old_hour(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    ticket = ward.take()
    ward.call(1)
    ward.do("serve", ticket)
    ward.pass_minutes(1)
    later = ward.take()
    ward.pass_minutes(2.1)
    assert seen(ward)["silent"]
    released(ward)
    assert (ticket.state, ticket.counter_id, ticket.due_at < later.due_at) == ("waiting", None, True)
    assert (ward.counter(1).state, ward.counter(1).staff_id) == ("closed", None)
    assert ward.life(ticket) == ["waiting", "called", "serving", "waiting"]
    assert intervals_of(session, ticket)[-1].why == "counter_silent"
    assert audited(session, "counter_released") == {"counter": 1, "sat": ward.officers[0].id, "number": "A001"}
    call = ward.call(2)
    assert call is not None
    assert (call.ticket_id, call.reason, call.params["from_counter"]) == (ticket.id, "transferred", "1")


def test_a_call_at_a_released_counter_is_over(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.take()
    call = ward.call(1)
    ward.pass_minutes(4)
    released(ward)
    assert call is not None
    assert call.withdrawn_at == ward.now


def test_a_counter_that_is_heard_of_is_not_released(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.pass_minutes(2.9)
    desk_actions.hear(session, ward.counter(1), actor=ward.officer(1), now=ward.now)
    ward.pass_minutes(2.9)
    with pytest.raises(CounterNotSilent):
        released(ward)
    ward.pass_minutes(0.2)
    released(ward)
    with pytest.raises(CounterNotSilent) as refused:
        released(ward)
    assert "đã đóng" in refused.value.sentence()


@pytest.mark.parametrize("press", ["open", "call", "serve", "absent", "finish", "pause"])
def test_whoever_presses_a_key_at_the_own_counter_is_there(ward: Ward, session: Session, press: str) -> None:
    ward.open(1)
    ticket = ward.take()
    if press in ("serve", "absent", "finish"):
        ward.call(1)
    ward.pass_minutes(4)
    if press == "open":
        ward.open(1)
    elif press == "call":
        ward.call(1)
    elif press == "pause":
        counter_actions.pause_counter(session, ward.counter(1), reason="họp", now=ward.now)
    else:
        ward.do(press, ticket)
    assert not seen(ward)["silent"]


def test_only_who_sits_there_is_heard_and_hearing_numbers_no_change(ward: Ward, session: Session) -> None:
    ward.open(1)
    version = ward.office.seq
    ward.pass_minutes(5)
    desk_actions.hear(session, ward.counter(1), actor=ward.officer(2), now=ward.now)
    session.refresh(ward.counter(1))
    assert seen(ward)["silent"]
    desk_actions.hear(session, ward.counter(1), actor=ward.officer(1), now=ward.now)
    session.refresh(ward.counter(1))
    session.refresh(ward.office)
    assert (seen(ward)["silent"], ward.office.seq) == (False, version)


def test_a_paused_counter_nobody_comes_back_to_is_released_too(ward: Ward, session: Session) -> None:
    ward.open(1)
    counter_actions.pause_counter(session, ward.counter(1), reason="họp", minutes=15, now=ward.now)
    assert (seen(ward)["back_at"], seen(ward)["silent"]) == (ward.now.replace(minute=15).isoformat(), False)
    ward.pass_minutes(20)
    released(ward)
    assert (ward.counter(1).state, ward.counter(1).back_at) == ("closed", None)


def test_a_pause_that_ends_says_no_more_when_the_officer_is_back(ward: Ward, session: Session) -> None:
    ward.open(1)
    counter_actions.pause_counter(session, ward.counter(1), reason="họp", minutes=15, now=ward.now)
    ward.open(1)
    assert seen(ward)["back_at"] is None


def test_who_wants_a_silent_counter_is_told_whom_it_keeps_and_what_to_do(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    second = ward.officers[1].id
    with pytest.raises(CounterTaken):
        counter_actions.open_counter(session, ward.counter(1), staff_id=second, now=ward.now)
    ward.pass_minutes(5)
    with pytest.raises(CounterSilent) as refused:
        counter_actions.open_counter(session, ward.counter(1), staff_id=second, now=ward.now)
    assert refused.value.details == {"counter": 1, "counter_id": ward.counter(1).id, "minutes": 5, "number": ticket.label}
    assert ticket.label in refused.value.sentence()
    assert "Giải phóng quầy" in refused.value.sentence()
    released(ward)
    counter_actions.open_counter(session, ward.counter(1), staff_id=second, now=ward.now)
    assert ward.counter(1).staff_id == second


def test_a_release_is_taken_back_only_where_the_counter_works_again(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.pass_minutes(4)
    released(ward)
    with pytest.raises(CounterNotOpen):
        ward.do("undo", ticket)
    ward.open(1)
    ward.do("undo", ticket)
    assert (ticket.state, ticket.counter_id) == ("called", ward.counter(1).id)


# --- another officer --------------------------------------------------------------------------------------------------


def test_a_counter_passes_on_with_the_person_who_is_there(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.do("serve", ticket)
    ward.pass_minutes(4)
    handed(ward, 1, officer=2)
    counter = ward.counter(1)
    assert (counter.state, counter.staff_id, ticket.state, ticket.counter_id) == (
        "open", ward.officers[1].id, "serving", counter.id,
    )  # fmt: skip
    assert not seen(ward)["silent"]
    assert ward.life(ticket) == ["waiting", "called", "serving", "serving"]
    assert intervals_of(session, ticket)[-1].why == "handed_over"
    told = {"counter": 1, "sat": ward.officers[0].id, "sits": ward.officers[1].id, "number": "A001"}
    assert audited(session, "handed_over") == told
    ward.do("finish", ticket)
    assert ticket.state == "done"


def test_a_counter_without_anybody_passes_on_paused_or_open(ward: Ward, session: Session) -> None:
    ward.open(1)
    counter_actions.pause_counter(session, ward.counter(1), reason="họp", now=ward.now)
    handed(ward, 1, officer=2)
    handed(ward, 1, officer=2)
    assert (ward.counter(1).state, ward.counter(1).staff_id) == ("paused", ward.officers[1].id)


def test_a_counter_passes_on_only_to_an_officer_here_who_sits_nowhere(ward: Ward, session: Session) -> None:
    with pytest.raises(CounterNotOpen):
        handed(ward, 1, officer=2)
    ward.open(1, 2)
    with pytest.raises(TheirCounterOpen) as refused:
        handed(ward, 1, officer=2)
    assert (refused.value.code, refused.value.details["other"]) == ("other_counter_open", 2)
    other = builders.make_office(session, "00079")
    strangers = [
        builders.make_staff(session, other, "khac").id,
        builders.make_staff(session, ward.office, "huongdan", "helper").id,
        999,
    ]
    left = builders.make_staff(session, ward.office, "cu")
    left.active = False
    session.flush()
    for stranger in (*strangers, left.id):
        with pytest.raises(NotFound):
            desk_actions.hand_over(session, ward.counter(1), stranger, actor=ward.actor, now=ward.now)
    assert ward.counter(1).staff_id == ward.officers[0].id


def test_what_was_done_before_a_handover_is_still_taken_back_at_the_same_counter(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.do("serve", ticket)
    handed(ward, 1, officer=2)
    ward.do("undo", ticket)
    assert (ticket.state, ticket.counter_id) == ("called", ward.counter(1).id)
