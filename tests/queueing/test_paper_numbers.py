"""Numbers written by hand while the machines stood still."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.refusals import FormRefused
from office.models import AuditEntry
from queueing.models import Ticket
from queueing.paper_numbers import Handwritten, enter_handwritten
from queueing.refusals import NumberTaken
from tests.queueing.ward import HANOI, NINE, Ward


def paper(ward: Ward, label: str, clock: str, service: str = "", **more: Any) -> Handwritten:
    """A slip of paper, "A037" of "08:12"; of the service its letter names, when not said."""
    return Handwritten(label[0], int(label[1:]), ward.services[service or label[0]], time.fromisoformat(clock), **more)


def entered(ward: Ward, *papers: Handwritten) -> list[Ticket]:
    return enter_handwritten(ward.session, ward.office, papers, actor=ward.actor, now=ward.now, tz=HANOI)


def test_people_join_the_line_as_of_the_time_on_their_paper(ward: Ward) -> None:
    ward.open(1)
    machine = ward.take()
    ward.pass_minutes(40)
    late, early = entered(ward, paper(ward, "A020", "09:15"), paper(ward, "A019", "08:50", priority=True))
    assert (late.label, late.due_at, late.arrived_at) == ("A020", NINE.replace(minute=15), NINE.replace(minute=15))
    assert (late.source, late.kind, late.state, late.minutes) == ("paper", "walk_in", "waiting", 10)
    assert early.priority
    assert ward.life(late) == ["waiting"]
    assert [ward.called(1) for _ in range(3)] == [early.label, machine.label, late.label]


def test_their_waiting_is_counted_from_the_paper(ward: Ward) -> None:
    ward.open(1)
    ward.pass_minutes(31)
    [written] = entered(ward, paper(ward, "A005", "09:00"))
    ward.check_in("09:30")
    ward.call(1)  # the booking; then it is the guard's turn
    call = ward.call(1)
    assert call is not None
    assert (call.ticket_id, call.reason) == (written.id, "guard")


def test_no_number_on_paper_is_given_again(ward: Ward) -> None:
    assert ward.take().label == "A001"
    entered(ward, paper(ward, "A003", "08:30"), paper(ward, "A007", "08:40"), paper(ward, "B002", "08:41"))
    assert [ward.take().label, ward.take("B").label] == ["A008", "B003"]
    [gap] = entered(ward, paper(ward, "A002", "08:20"))
    assert gap.label == "A002"
    assert ward.take().label == "A009", "a lower number lowers nothing"


@pytest.mark.parametrize("second", ["A001", "A004"])
def test_one_number_that_is_taken_stops_them_all_and_is_named(ward: Ward, session: Session, second: str) -> None:
    ward.take()
    with pytest.raises(NumberTaken) as refused:
        entered(ward, paper(ward, "A004", "08:30"), paper(ward, second, "08:40"))
    assert refused.value.details["number"] == second
    assert second in refused.value.sentence()
    assert session.scalar(select(func.count()).select_from(Ticket)) == 1


@pytest.mark.parametrize(
    ("label", "clock", "service", "field"),
    [("B005", "08:30", "A", "number"), ("A000", "08:30", "A", "number"), ("A005", "09:01", "A", "taken_at")],
)
def test_a_paper_that_cannot_be_is_refused(
    ward: Ward, session: Session, label: str, clock: str, service: str, field: str
) -> None:
    with pytest.raises(FormRefused) as refused:
        entered(ward, paper(ward, "A001", "08:00"), paper(ward, label, clock, service))
    assert list(refused.value.errors) == [f"tickets.1.{field}"]
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_who_entered_them_is_written_down(ward: Ward, session: Session) -> None:
    entered(ward, paper(ward, "A002", "08:30"), paper(ward, "A001", "08:40"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.what == "handwritten")).one()
    assert (entry.staff_id, entry.detail["numbers"]) == (ward.actor.id, ["A002", "A001"])
