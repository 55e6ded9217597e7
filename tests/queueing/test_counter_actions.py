"""Opening a counter, calling by the rule and by hand, and what becomes of the person there."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.refusals import FormRefused
from core.rights import NotFound
from office.models import AuditEntry
from queueing import counter_actions, store
from queueing.models import Ticket
from queueing.refusals import CounterBusy, CounterNotOpen, CounterTaken, OtherCounterOpen, RecallTooSoon, WrongState
from tests import builders
from tests.queueing.ward import Ward


def test_an_officer_has_one_open_counter_and_is_offered_to_move(ward: Ward, session: Session) -> None:
    ward.open(1)
    staff_id = ward.officers[0].id
    with pytest.raises(OtherCounterOpen) as refused:
        counter_actions.open_counter(session, ward.counter(2), staff_id=staff_id, now=ward.now)
    assert (refused.value.code, refused.value.details["other"]) == ("other_counter_open", 1)
    counter_actions.open_counter(session, ward.counter(2), staff_id=staff_id, now=ward.now, move=True)
    assert [(c.state, c.staff_id) for c in ward.office.counters[:2]] == [("closed", None), ("open", staff_id)]


def test_nobody_moves_away_from_a_person_at_the_counter(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.take()
    ward.call(1)
    with pytest.raises(CounterBusy):
        counter_actions.open_counter(session, ward.counter(2), staff_id=ward.officers[0].id, now=ward.now, move=True)


def test_two_officers_do_not_sit_at_one_counter(ward: Ward, session: Session) -> None:
    ward.open(1)
    with pytest.raises(CounterTaken):
        counter_actions.open_counter(session, ward.counter(1), staff_id=ward.officers[1].id, now=ward.now)


def test_a_counter_rests_and_goes_on(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    counter = counter_actions.pause_counter(session, ward.counter(1), reason=" họp ", now=ward.now)
    assert (counter.state, counter.pause_reason) == ("paused", "họp")
    with pytest.raises(CounterNotOpen):
        ward.call(1)
    ward.open(1)
    assert (counter.state, counter.pause_reason) == ("open", "")
    assert ward.called(1) == ticket.label


def test_a_counter_with_somebody_wants_a_decision_before_it_rests_or_closes(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    with pytest.raises(CounterBusy) as refused:
        counter_actions.pause_counter(session, ward.counter(1), reason="", now=ward.now)
    assert refused.value.details == {"counter": 1, "number": ticket.label}
    with pytest.raises(CounterBusy):
        counter_actions.close_counter(session, ward.counter(1), now=ward.now)
    ward.do("finish", ticket)
    assert counter_actions.close_counter(session, ward.counter(1), now=ward.now).staff_id is None


def test_a_closed_counter_does_not_call_nor_rest(ward: Ward, session: Session) -> None:
    ward.take()
    with pytest.raises(CounterNotOpen):
        ward.call(1)
    with pytest.raises(CounterNotOpen):
        counter_actions.pause_counter(session, ward.counter(1), reason="", now=ward.now)


def test_one_press_finishes_this_person_and_calls_the_next(ward: Ward) -> None:
    ward.open(1)
    first, second = ward.take(), ward.take()
    assert ward.called(1) == first.label
    ward.pass_minutes(4)
    assert ward.called(1) == second.label
    assert (first.state, first.outcome, second.state, second.counter_id) == ("done", "served", "called", ward.counter(1).id)
    ward.pass_minutes(4)
    assert ward.called(1) is None
    assert second.state == "done"
    assert ward.counter(1).idle_at == ward.now


def test_the_reason_is_kept_with_the_call(ward: Ward) -> None:
    ward.open(1)
    ward.take()
    ward.pass_minutes(4)
    booked = ward.check_in("09:10")
    call = ward.call(1)
    assert call is not None
    assert (call.ticket_id, call.tier, call.reason, call.times) == (booked.id, "1", "booked", 1)
    assert datetime.fromisoformat(call.params["slot_at"]) == booked.slot_at


def test_walk_ins_over_the_guard_and_due_bookings_take_turns_by_the_stored_log(ward: Ward) -> None:
    ward.open(1)
    ward.office.settings = {**ward.office.settings, "ratio": 1}
    walk_ins = [ward.take().label for _ in range(2)]
    ward.pass_minutes(31)
    booked = [ward.check_in("09:30").label for _ in range(2)]
    assert [ward.called(1) for _ in range(4)] == [booked[0], walk_ins[0], booked[1], walk_ins[1]]


def test_a_counter_is_given_only_what_it_takes(ward: Ward) -> None:
    ward.open(1, 3)
    a, c = ward.take("A"), ward.take("C")
    assert (ward.called(3), ward.called(1), ward.called(3)) == (c.label, a.label, None)


def test_calling_out_of_order_wants_a_reason_and_is_logged(ward: Ward, session: Session) -> None:
    ward.open(1)
    _first, second = ward.take(), ward.take()
    counter = ward.counter(1)
    with pytest.raises(FormRefused):
        counter_actions.call_ticket(session, counter, second, reason=" ", actor=ward.actor, now=ward.now)
    call = counter_actions.call_ticket(session, counter, second, reason="người yếu", actor=ward.actor, now=ward.now)
    assert (call.reason, call.params["why"], second.state) == ("by_hand", "người yếu", "called")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.what == "call_out_of_order")).one()
    assert (entry.staff_id, entry.detail["reason"]) == (ward.actor.id, "người yếu")


def test_somebody_is_called_by_hand_only_from_this_line_to_a_free_counter(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    first, second = ward.take(), ward.take()
    ward.call(1)
    with pytest.raises(CounterBusy):
        counter_actions.call_ticket(session, ward.counter(1), second, reason="x", actor=ward.actor, now=ward.now)
    with pytest.raises(WrongState):
        counter_actions.call_ticket(session, ward.counter(2), first, reason="x", actor=ward.actor, now=ward.now)
    other = builders.make_office(session, "00079")
    counter = other.counters[0]
    builders.open_counter(counter, builders.make_staff(session, other, "khac"), ward.now)
    with pytest.raises(NotFound):
        counter_actions.call_ticket(session, counter, second, reason="x", actor=ward.actor, now=ward.now)


def test_a_number_is_said_again_after_twenty_seconds_and_counted(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    call = ward.call(1)
    with pytest.raises(RecallTooSoon) as refused:
        ward.do("recall", ticket)
    assert refused.value.details["seconds"] == 20
    ward.pass_minutes(0.5)
    ward.do("recall", ticket)
    assert call is not None
    assert (call.times, call.last_called_at, ticket.attempts) == (2, ward.now, 2)
    ward.do("serve", ticket)
    with pytest.raises(WrongState):
        ward.do("recall", ticket)


def test_an_unanswered_early_call_counts_for_nothing(ward: Ward) -> None:
    ward.open(1)
    early, later = ward.check_in("09:45"), ward.check_in("10:00")
    call = ward.call(1)
    assert call is not None
    assert (call.ticket_id, call.reason) == (early.id, "early")
    ward.do("absent", early)
    assert (early.state, early.kind, early.attempts, early.first_called_at) == ("waiting", "booked", 0, None)
    assert ward.called(1) == later.label, "somebody else first, not the same empty chair again"
    ward.do("absent", later)
    ward.pass_minutes(40)
    call = ward.call(1)
    assert call is not None
    assert (call.ticket_id, call.reason) == (early.id, "booked")


def test_a_held_person_frees_the_counter_and_goes_on_there_or_in_the_line(ward: Ward) -> None:
    ward.open(1)
    ticket, other = ward.take(), ward.take()
    ward.call(1)
    ward.do("hold", ticket, why="đi photo")
    assert ward.called(1) == other.label
    with pytest.raises(CounterBusy):
        ward.do("resume", ticket, counter=ward.counter(1))
    ward.do("finish", other)
    ward.do("resume", ticket, counter=ward.counter(1))
    assert (ticket.state, ticket.counter_id) == ("serving", ward.counter(1).id)
    ward.do("hold", ticket, why="")
    due_at = ticket.due_at
    ward.do("resume", ticket)
    assert (ticket.state, ticket.due_at) == ("waiting", due_at)


def test_a_held_person_is_not_resumed_at_a_closed_counter_or_at_another_office(ward: Ward, session: Session) -> None:
    ticket = ward.do("hold", ward.take(), why="")
    with pytest.raises(CounterNotOpen):
        ward.do("resume", ticket, counter=ward.counter(1))
    other = builders.make_office(session, "00079")
    with pytest.raises(NotFound):
        ward.do("resume", ticket, counter=other.counters[0])


def test_the_database_itself_lets_no_second_person_to_a_counter(ward: Ward, session: Session) -> None:
    ward.open(1)
    ward.take()
    second = ward.take()
    ward.call(1)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Ticket).where(Ticket.id == second.id).values(state="called", counter_id=ward.counter(1).id))


def test_a_dossier_code_is_kept_with_a_finished_visit(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.do("finish", ticket, dossier_code="H26.11-261123-0001")
    assert (ticket.outcome, ticket.dossier_code) == ("served", "H26.11-261123-0001")


def test_somebody_left_at_a_counter_yesterday_is_finished_by_the_first_press_of_today(ward: Ward, session: Session) -> None:
    ward.open(1)
    left = ward.take()
    ward.call(1)
    ward.pass_minutes(24 * 60)
    today = ward.take()
    assert store.open_ticket_at(session, ward.counter(1).id) is left
    assert ward.called(1) == today.label
    assert left.state == "done"
