"""A visit with several procedures: from counter to counter with one number, and what comes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.refusals import FormRefused
from core.rights import NotFound
from office.models import AuditEntry
from queueing import line_views, visit_actions
from queueing.models import Ticket
from queueing.refusals import TooLateToUndo, WrongState
from tests import builders
from tests.queueing.tickets import intervals_of, latest_call
from tests.queueing.ward import HANOI, Ward


def with_further(ward: Ward, *services: str, of: str = "A") -> Ticket:
    """Somebody who has more to do after the first service."""
    ticket = ward.take(of)
    visit_actions.set_further(
        ward.session, ticket, [ward.services[each] for each in services], actor=ward.actor, now=ward.now
    )
    return ticket


def ids(ward: Ward, *services: str) -> list[int]:
    return [ward.services[each].id for each in services]


def test_who_has_more_to_do_elsewhere_goes_back_to_the_line_with_number_and_hour(ward: Ward, session: Session) -> None:
    ward.open(1, 3)
    ticket = with_further(ward, "C")
    ward.pass_minutes(4)
    later = ward.take("C")
    ward.call(1)
    ward.do("serve", ticket)
    ward.pass_minutes(6)
    ward.do("finish", ticket, dossier_code="H26.1")
    assert (ticket.label, ticket.state, ticket.counter_id) == ("A001", "waiting", None)
    assert (ticket.service_id, ticket.further, ticket.outcome) == (ward.services["C"].id, [], None)
    assert ticket.dossier_code == "H26.1"
    assert ticket.due_at < later.due_at
    assert ward.life(ticket) == ["waiting", "called", "serving", "waiting"]
    assert ward.called(1) is None, "this counter has done its part"
    assert ward.called(3) == "A001"
    call = latest_call(session, ticket)
    assert call is not None
    assert (call.reason, call.params["from_counter"]) == ("transferred", "1")
    ward.do("finish", ticket)
    assert (ticket.state, ticket.outcome) == ("done", "served")


def test_what_the_same_counter_takes_is_done_there_too(ward: Ward) -> None:
    ward.open(1)
    ticket = with_further(ward, "B")
    ward.call(1)
    ward.do("finish", ticket)
    assert (ticket.state, ticket.outcome, ticket.further) == ("done", "served", [])


def test_done_call_the_next_sends_a_visit_on_as_well(ward: Ward) -> None:
    ward.open(1, 3)
    ticket, other = with_further(ward, "B", "C"), ward.take()
    ward.call(1)
    ward.pass_minutes(5)
    assert ward.called(1) == other.label
    assert (ticket.state, ticket.service_id, ticket.further) == ("waiting", ward.services["C"].id, [])
    assert ward.called(3) == ticket.label


@pytest.mark.parametrize("ending", [{"all_done": True}, {"missing_papers": ["Tờ khai"]}])
def test_a_visit_can_end_before_everything_is_done(ward: Ward, ending: dict[str, object]) -> None:
    ward.open(1)
    ticket = with_further(ward, "C")
    ward.call(1)
    ward.do("finish", ticket, **ending)
    assert ticket.state == "done"
    assert ticket.further == ([] if "all_done" in ending else ids(ward, "C")), "who comes back with the papers still goes on"


def test_who_was_put_aside_goes_on_from_the_counter_that_put_them_there(ward: Ward) -> None:
    ward.open(1)
    ticket = with_further(ward, "B", "C")
    ward.call(1)
    ward.do("hold", ticket, why="đi photo")
    ward.do("finish", ticket)
    assert (ticket.state, ticket.service_id, ticket.further) == ("waiting", ward.services["C"].id, [])


def test_a_household_that_goes_on_is_planned_for_the_minutes_that_are_left(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.check_in("09:05", people=3, minutes=30, further=ids(ward, "C"))
    ward.call(1)
    ward.do("finish", ticket)
    assert (ticket.people, ticket.minutes, ticket.kind) == (3, 20, "booked")
    ward.do("undo", ticket)
    assert (ticket.state, ticket.minutes, ticket.further) == ("called", 30, ids(ward, "C"))


def test_going_on_is_taken_back_with_all_that_was_still_to_be_done(ward: Ward, session: Session) -> None:
    ward.open(1, 3)
    ticket = with_further(ward, "B", "C")
    ward.call(1)
    ward.do("serve", ticket)
    ward.pass_minutes(5)
    ward.do("finish", ticket)
    undo = line_views.counters_view(session, ward.office, ward.now, HANOI)[0]["undo"]
    assert (undo["tickets"], undo["sentence"]) == ([ticket.id], "Đã xong A001 ở quầy này, người dân đi tiếp.")
    ward.do("undo", ticket)
    assert (ticket.state, ticket.counter_id) == ("serving", ward.counter(1).id)
    assert (ticket.service_id, ticket.further) == (ward.services["A"].id, ids(ward, "B", "C"))
    assert intervals_of(session, ticket)[-1].service_id == ward.services["A"].id


def test_done_and_next_goes_back_as_one_press_also_when_the_visit_went_on(ward: Ward, session: Session) -> None:
    ward.open(1)
    ticket, other = with_further(ward, "C"), ward.take()
    ward.call(1)
    ward.pass_minutes(5)
    ward.call(1)
    undo = line_views.counters_view(session, ward.office, ward.now, HANOI)[0]["undo"]
    assert undo["tickets"] == [other.id, ticket.id]


def test_what_is_still_to_be_done_is_kept_in_order_written_down_and_taken_back(ward: Ward, session: Session) -> None:
    ticket = with_further(ward, "C", "B")
    version = ticket.version
    assert ticket.further == ids(ward, "C", "B")
    with_same = visit_actions.set_further(
        session, ticket, [ward.services["C"], ward.services["B"]], actor=ward.actor, now=ward.now
    )
    assert with_same.version == version, "the same again changes nothing"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.what == "further")).one()
    assert (entry.staff_id, entry.detail["services"]) == (ward.actor.id, ["C", "B"])
    ward.do("undo", ticket)
    assert (ticket.further, ticket.state) == ([], "waiting")
    with pytest.raises(TooLateToUndo):
        ward.do("undo", ticket)


def test_what_cannot_be_done_after_is_refused(ward: Ward, session: Session) -> None:
    other = builders.make_office(session, "00079")
    ticket = ward.take()
    for services in (["B", "B"], ["A"], ["B", "A"]):
        with_more = [ward.services[each] for each in services]
        with pytest.raises(FormRefused):
            visit_actions.set_further(session, ticket, with_more, actor=ward.actor, now=ward.now)
    with pytest.raises(NotFound):
        visit_actions.set_further(session, ticket, [other.services[0]], actor=ward.actor, now=ward.now)
    ward.do("cancel", ticket)
    with pytest.raises(WrongState):
        visit_actions.set_further(session, ticket, [ward.services["B"]], actor=ward.actor, now=ward.now)


@pytest.mark.parametrize("verb", ["change_service", "transfer"])
def test_what_becomes_the_present_service_is_not_to_be_done_once_more(ward: Ward, verb: str) -> None:
    ticket = with_further(ward, "B", "C")
    ward.do(verb, ticket, service=ward.services["B"])
    assert (ticket.service_id, ticket.further) == (ward.services["B"].id, ids(ward, "C"))


def test_who_came_with_somebody_elses_booking_has_nothing_of_it_to_do(ward: Ward) -> None:
    ticket = ward.check_in("09:05", people=2, minutes=20, further=ids(ward, "C"))
    ward.do("not_the_person", ticket)
    assert ticket.further == []
    ward.do("undo", ticket)
    assert ticket.further == ids(ward, "C")


def test_minutes_of_who_did_not_come_are_not_given_back_by_undoing_something_else(ward: Ward) -> None:
    ward.open(1)
    ticket = ward.check_in("09:05", people=3, minutes=30, further=ids(ward, "C"))
    ward.call(1)
    ward.do("finish", ticket)
    ward.do("set_people", ticket, people=2, minutes=10, absent=[2])
    ward.do("undo", ticket)
    assert (ticket.state, ticket.people, ticket.minutes) == ("called", 2, 10)


def test_a_changed_service_is_taken_back_with_its_minutes(ward: Ward) -> None:
    ward.services["C"].minutes = 25
    ticket = ward.take()
    ward.do("change_service", ticket, service=ward.services["C"])
    ward.do("undo", ticket)
    assert (ticket.service_id, ticket.minutes, ticket.state) == (ward.services["A"].id, 10, "waiting")
    assert ward.life(ticket) == ["waiting", "waiting", "waiting"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tickets SET state = 'done'",
        "UPDATE ticket_intervals SET state = 'gone'",
        "UPDATE ticket_intervals SET to_at = '2020-01-01 00:00:00.000000'",
        "UPDATE counters SET back_at = '2026-11-23 03:00:00.000000'",
    ],
)
def test_the_database_itself_keeps_a_visit_an_ending_and_its_stretches_in_order(
    ward: Ward, session: Session, change: str
) -> None:
    ward.take()
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.connection().exec_driver_sql(change)
