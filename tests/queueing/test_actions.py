"""Joining the line, being sent on, coming back, leaving, and taking back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.events import take_recorded
from core.rights import ANONYMOUS, NotFound
from office.events import OfficeChanged
from office.models import AuditEntry
from queueing import actions, counter_actions, line_store, store
from queueing.hall import Hall
from queueing.models import TicketInterval
from queueing.refusals import CounterBusy, CounterNotOpen, MayNotReturn, TooLateToUndo, WrongState
from tests import builders
from tests.queueing.tickets import latest_call
from tests.queueing.ward import HANOI, Ward


def test_numbers_run_by_prefix_and_day_and_grow_past_three_digits(ward: Ward, session: Session) -> None:
    assert [ward.take().label, ward.take("B").label, ward.take().label] == ["A001", "B001", "A002"]
    session.get_one(store.NumberCounter, (ward.office.id, ward.take().on, "A")).last = 998
    session.flush()
    assert [ward.take().label, ward.take().label] == ["A999", "A1000"]
    ward.pass_minutes(24 * 60)
    assert ward.take().label == "A001"


def test_the_day_of_a_number_is_the_offices_day(ward: Ward) -> None:
    ward.now = ward.now.replace(hour=6)  # 23 o'clock of the day before in Greenwich
    assert ward.take().on.isoformat() == "2026-11-23"


def test_every_change_raises_the_version_and_tells_the_screens(ward: Ward, session: Session) -> None:
    take_recorded(session)
    before = ward.office.seq
    ward.take()
    changes = [event for event in take_recorded(session) if isinstance(event, OfficeChanged)]
    assert [change.version for change in changes] == [before + 1]


def test_a_service_of_another_office_gives_no_number(ward: Ward, session: Session) -> None:
    other = builders.make_office(session, "00079")
    with pytest.raises(NotFound):
        actions.take_ticket(session, ward.office, other.services[0], now=ward.now, tz=HANOI, source="kiosk", actor=ward.actor)


def test_one_booking_has_one_ticket_however_often_it_is_pressed(ward: Ward) -> None:
    first = ward.check_in("09:00", appointment_id=7)
    assert ward.check_in("09:00", appointment_id=7).id == first.id
    assert ward.check_in("09:00", appointment_id=8).label == "A002"


def test_a_late_booking_joins_the_walk_ins_due_when_it_came(ward: Ward) -> None:
    late, in_time = ward.check_in("08:45"), ward.check_in("09:05")
    assert (late.kind, late.arrival, late.due_at) == ("walk_in", "late", ward.now)
    assert (in_time.kind, in_time.arrival, in_time.due_at) == ("booked", "on_time", ward.now + timedelta(minutes=5))


def test_a_transferred_person_keeps_the_hour_and_the_number(ward: Ward, session: Session) -> None:
    ward.open(1, 3)
    first = ward.take()
    ward.call(1)
    ward.do("serve", first)
    ward.pass_minutes(10)
    other = ward.take("C")
    moved = ward.do("transfer", first, service=ward.services["C"])
    assert (moved.label, moved.state, moved.counter_id) == ("A001", "waiting", None)
    assert moved.due_at < other.due_at
    assert ward.called(3) == "A001"
    call = latest_call(session, moved)
    assert call is not None
    assert (call.reason, call.params["from_counter"]) == ("transferred", "1")


def test_somebody_sent_to_one_counter_is_called_there_only_unless_it_closes(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    sent = ward.do("transfer", ward.take(), counter=ward.counter(2))
    assert ward.called(1) is None
    counter_actions.close_counter(session, ward.counter(2), now=ward.now)
    assert ward.called(1) == sent.label


def test_nobody_is_sent_to_another_office(ward: Ward, session: Session) -> None:
    other = builders.make_office(session, "00079")
    for target in ({"service": other.services[0]}, {"counter": other.counters[0]}):
        with pytest.raises(NotFound):
            ward.do("transfer", ward.take(), **target)


def test_a_missed_person_returns_with_the_old_hour_once_and_starts_again_the_second_time(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.check_in("09:00")
    due_at = ticket.due_at
    for returns in (1, 2):
        ward.call(1)
        assert ward.do("absent", ticket).state == "missed"
        ward.pass_minutes(12)
        ward.do("return_ticket", ticket, tz=HANOI)
        assert (ticket.state, ticket.kind, ticket.cycle) == ("waiting", "walk_in", returns)
        assert ticket.due_at == (due_at if returns == 1 else ward.now)


def test_a_visit_is_reopened_once_the_same_day_when_papers_were_missing(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    ticket = ward.take()
    due_at = ticket.due_at
    ward.call(1)
    ward.do("finish", ticket, missing_papers=["Giấy chứng sinh"])
    assert (ticket.outcome, ticket.missing_papers) == ("papers_missing", ["Giấy chứng sinh"])
    ward.pass_minutes(60)
    other = ward.take()
    ward.do("return_ticket", ticket, tz=HANOI)
    assert ticket.due_at == due_at
    assert ward.called(2) == other.label, "the counter that knows the visit is preferred"
    assert ward.called(1) == ticket.label
    ward.do("finish", ticket, missing_papers=["Ảnh 4x6"])
    with pytest.raises(MayNotReturn):
        ward.do("return_ticket", ticket, tz=HANOI)


def test_a_visit_that_was_served_or_is_of_another_day_is_not_reopened(ward: Ward) -> None:
    ward.open(1)
    served, papers = ward.take(), ward.take()
    ward.call(1)
    ward.do("finish", served)
    ward.call(1)
    ward.do("finish", papers, missing_papers=["Tờ khai"])
    with pytest.raises(MayNotReturn):
        ward.do("return_ticket", served, tz=HANOI)
    ward.pass_minutes(24 * 60)
    with pytest.raises(MayNotReturn):
        ward.do("return_ticket", papers, tz=HANOI)


def test_a_person_gives_the_number_up_and_nothing_more_can_be_done_with_it(ward: Ward) -> None:
    ticket = ward.take()
    actions.cancel(ward.session, ticket, actor=ANONYMOUS, now=ward.now)
    assert ticket.state == "cancelled"
    for verb in ("serve", "absent", "finish", "cancel", "recall", "resume"):
        with pytest.raises(WrongState):
            ward.do(verb, ticket)


def test_the_service_is_changed_with_the_same_number_and_hour(ward: Ward) -> None:
    ward.open(3)
    ticket = ward.take()
    due_at = ticket.due_at
    ward.pass_minutes(3)
    ward.services["C"].minutes = 25
    actions.change_service(ward.session, ticket, ward.services["C"], actor=ward.actor, now=ward.now)
    assert (ticket.label, ticket.due_at, ticket.minutes) == ("A001", due_at, 25)
    assert ward.life(ticket) == ["waiting", "waiting"]
    assert ward.called(3) == "A001"


def test_a_number_is_planned_for_the_minutes_of_its_service_and_a_booking_for_those_of_all_its_people(ward: Ward) -> None:
    ward.services["C"].minutes = 25
    one, three = ward.take("C"), ward.check_in("09:05", people=3, minutes=45)
    assert (one.people, one.minutes) == (1, 25)
    assert (three.people, three.minutes) == (3, 45)
    ward.do("transfer", three, service=ward.services["C"])
    assert three.minutes == 45
    ward.do("change_service", three, service=ward.services["C"])
    assert three.minutes == 45


def test_priority_is_set_with_a_log_entry_of_who_did_it(ward: Ward, session: Session) -> None:
    ticket = ward.take()
    for wanted in (True, True, False):
        actions.set_priority(session, ticket, wanted, actor=ward.actor, now=ward.now)
        assert ticket.priority is wanted
    entries = session.scalars(select(AuditEntry).where(AuditEntry.what == "priority")).all()
    assert [(entry.staff_id, entry.detail["priority"]) for entry in entries] == [(ward.actor.id, True), (ward.actor.id, False)]


@pytest.mark.parametrize(
    ("verb", "more", "state"),
    [
        ("serve", {}, "called"),
        ("absent", {}, "called"),
        ("hold", {"why": "đi photo"}, "called"),
        ("transfer", {}, "called"),
        ("finish", {"missing_papers": ["Tờ khai"], "dossier_code": "H26.1"}, "called"),
        ("cancel", {}, "called"),
    ],
)
def test_what_was_done_at_a_counter_can_be_taken_back(ward: Ward, verb: str, more: dict[str, object], state: str) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    due_at = ticket.due_at
    ward.do(verb, ticket, **more)
    ward.pass_minutes(0.5)
    ward.do("undo", ticket)
    assert (ticket.state, ticket.counter_id, ticket.due_at) == (state, ward.counter(1).id, due_at)
    assert (ticket.outcome, ticket.missing_papers, ticket.dossier_code) == (None, [], None)
    call = latest_call(ward.session, ticket)
    assert call is not None
    assert (call.answered_at, call.withdrawn_at) == (None, None)
    with pytest.raises(TooLateToUndo):
        ward.do("undo", ticket)


@pytest.mark.parametrize("ending", ["absent", "finish"])
def test_bringing_somebody_back_is_taken_back(ward: Ward, ending: str) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.do(ending, ticket, **({"missing_papers": ["Tờ khai"]} if ending == "finish" else {}))
    state, outcome, state_at = ticket.state, ticket.outcome, ticket.state_at
    ward.pass_minutes(3)
    ward.do("return_ticket", ticket, tz=HANOI)
    ward.pass_minutes(0.3)
    ward.do("undo", ticket)
    assert (ticket.state, ticket.outcome, ticket.state_at, ticket.cycle) == (state, outcome, state_at, 0)
    assert ward.life(ticket)[-2:] == ["waiting", state]


def test_an_undone_call_leaves_no_trace_in_the_rule_nor_on_the_board(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    call = ward.call(1)
    ward.do("undo", ticket)
    assert (ticket.state, ticket.attempts, ticket.first_called_at) == ("waiting", 0, None)
    assert call is not None
    assert call.tier == store.UNDONE
    assert Hall(session, ward.office, ward.now, HANOI).line.log == ()
    assert ward.life(ticket) == ["waiting", "called", "waiting"]
    assert ward.called(1) == ticket.label


def test_who_asks_for_one_counter_reads_only_its_calls_and_hears_the_same(ward: Ward, session: Session) -> None:
    ward.open(1, 2)
    early = ward.check_in("09:40")
    ward.call(2)
    ward.do("absent", early)
    assert early.state == "waiting", "an early call in vain, at the other counter"
    for nth in range(12):
        ward.take(priority=nth % 3 == 0)
        ward.check_in("09:05")
    logs = set()
    for nth in range(20):
        number = 1 + nth % 2
        here = ward.counter(number).id
        whole = Hall(session, ward.office, ward.now, HANOI).line
        own = line_store.line_at(session, ward.office, here, ward.now, HANOI)
        assert set(own.waiting) <= set(whole.waiting)
        assert own.how_many_for(here) == whole.how_many_for(here)
        assert own.next_call(here) == whole.next_call(here)
        logs.add(len(whole.log) - len(own.log))
        ward.call(number)
        ward.pass_minutes(2)
    assert max(logs) >= 9


def test_a_press_can_be_taken_back_for_thirty_seconds_only(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.pass_minutes(0.51)
    with pytest.raises(TooLateToUndo):
        ward.do("undo", ticket)


def test_nobody_is_put_back_to_a_counter_that_has_gone_on(ward: Ward) -> None:
    ward.open(1)
    first, second = ward.take(), ward.take()
    ward.call(1)
    ward.do("finish", first)
    ward.call(1)
    with pytest.raises(CounterBusy) as refused:
        ward.do("undo", first)
    assert refused.value.details["number"] == second.label
    ward.do("undo", second)
    ward.do("undo", first)
    assert (first.state, second.state) == ("called", "waiting")


def test_nobody_is_put_back_to_a_counter_that_has_closed(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.call(1)
    ward.do("finish", ticket)
    counter_actions.close_counter(session, ward.counter(1), now=ward.now)
    with pytest.raises(CounterNotOpen):
        ward.do("undo", ticket)


def test_a_transfer_taken_back_gives_the_old_service_back(ward: Ward) -> None:
    ticket = ward.take()
    ward.do("transfer", ticket, service=ward.services["C"])
    ward.do("undo", ticket)
    assert ticket.service_id == ward.services["A"].id


def test_the_life_of_a_ticket_is_written_down_with_who_where_and_why(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket = ward.take()
    ward.pass_minutes(5)
    ward.call(1)
    ward.do("serve", ticket)
    ward.do("hold", ticket, why="đi photo")
    assert ward.life(ticket) == ["waiting", "called", "serving", "held"]
    rows = session.scalars(select(TicketInterval).order_by(TicketInterval.id)).all()
    counter_id = ward.counter(1).id
    assert [(row.counter_id, row.why) for row in rows] == [
        (None, ""),
        (counter_id, ""),
        (counter_id, ""),
        (counter_id, "đi photo"),
    ]
    assert {row.staff_id for row in rows} == {ward.actor.id}
    assert rows[0].to_at == ward.now


def test_yesterdays_people_are_not_in_todays_line(ward: Ward, session: Session) -> None:
    ward.take()
    ward.pass_minutes(24 * 60)
    assert Hall(session, ward.office, ward.now, HANOI).line.waiting == ()


def test_an_office_open_through_midnight_keeps_its_line(database: Database) -> None:
    with database.transaction() as session:
        ward = Ward(session, hours=builders.ROUND_THE_CLOCK)
        ward.now = ward.now.replace(hour=23, minute=50)
        ticket = ward.take()
        ward.pass_minutes(20)
        ward.open(1)
        assert ward.called(1) == ticket.label
        ward.pass_minutes(24 * 60)
        assert ward.take().label == "A001"
