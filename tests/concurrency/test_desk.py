"""The desk at the same moment: a counter released by several, one handed over while it calls, papers against kiosks."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import timedelta

import httpx
from sqlalchemy import select

from office.models import Counter, Staff
from queueing.models import NumberCounter, Ticket, TicketInterval
from tests import builders
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall
from tests.conftest import MONDAY_MORNING

PAPERS, PRESSES = 8, 16


def seated(hall: Hall, *, ago: timedelta = timedelta(0)) -> dict[str, str]:
    """Officers one to eight at the counters but the last, who sits nowhere; two people wait. Gives the tokens."""
    with hall.database.transaction() as session:
        office = hall.the_office(session)
        kiosk = builders.make_device(session, office)
        tokens = {"kiosk": kiosk}
        for counter in office.counters:
            officer = builders.make_staff(session, office, f"canbo{counter.number}")
            tokens[officer.username] = builders.make_token(session, officer)
            if counter.number < len(office.counters):
                builders.open_counter(counter, officer, MONDAY_MORNING - ago)
    hall.in_turn([Call(f"/offices/{hall.office}/tickets", {"service": "A"}, token=kiosk)] * 3)
    return tokens


def counter_id(hall: Hall, number: int = 1) -> int:
    with hall.database.reading() as session:
        return next(each.id for each in hall.the_office(session).counters if each.number == number)


def codes(answers: list[httpx.Response]) -> Tally[str]:
    """How the presses were answered: the status, and the code of a refusal."""
    return Tally(str(a.status_code) if a.status_code < 300 else str(a.json().get("code")) for a in answers)


# --- a silent counter released by two ---------------------------------------------------------------------------------


def two_release(hall: Hall) -> tuple[Tally[str], list[str]]:
    """Six colleagues release a silent counter with somebody there. Gives the answers, and the stretches of that ticket."""
    tokens = seated(hall)
    here = counter_id(hall)
    assert hall.at_once([Call(f"/counters/{here}/call-next", {}, tokens["canbo1"])])[0].status_code == 200
    with hall.database.transaction() as session:
        counter = session.get_one(Counter, here)
        counter.seen_at = counter.state_at = MONDAY_MORNING - timedelta(minutes=10)
    answers = hall.at_once([Call(f"/counters/{here}/release", {}, tokens[f"canbo{each}"]) for each in range(2, 8)])
    with hall.database.reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == 1)).one()
        life = session.scalars(
            select(TicketInterval.state).where(TicketInterval.ticket_id == ticket.id).order_by(TicketInterval.id)
        )
        return codes(answers), list(life)


def test_a_silent_counter_is_released_once_and_the_others_are_told_so(open_hall: OpenHall) -> None:
    answers, life = two_release(open_hall())
    assert answers == {"200": 1, "counter_not_silent": 5}
    assert life == ["waiting", "called", "waiting"]


def test_without_the_lock_of_the_line_it_is_released_by_several_and_that_is_seen(open_hall: OpenHall) -> None:
    answers, life = two_release(open_hall(without="release"))
    assert answers["counter_not_silent"] < 5 or life.count("waiting") > 2


# --- a handover while the counter calls -------------------------------------------------------------------------------


def test_a_counter_is_handed_over_before_or_after_it_calls_never_half(open_hall: OpenHall) -> None:
    hall = open_hall()
    tokens = seated(hall)
    here = counter_id(hall)
    with hall.database.reading() as session:
        heir = session.scalars(select(Staff.id).where(Staff.username == "canbo8")).one()
    handing = Call(f"/counters/{here}/hand-over", {"staff": heir}, tokens["canbo1"])
    calling = Call(f"/counters/{here}/call-next", {}, tokens["canbo1"])
    answers = hall.at_once([handing, calling, calling, handing])
    handed, called = codes([answers[0], answers[3]]), codes(answers[1:3])
    assert handed == {"200": 1, "not_your_counter": 1}
    assert set(called) <= {"200", "not_your_counter"}
    with hall.database.reading() as session:
        counter = session.get_one(Counter, here)
        there = session.scalars(select(Ticket).where(Ticket.counter_id == here)).all()
        done = session.scalars(select(Ticket).where(Ticket.state == "done")).all()
    assert counter.staff_id == heir
    assert (len(there), len(done)) == (min(called["200"], 1), max(called["200"] - 1, 0))

def test_of_many_counters_handed_to_one_officer_only_one_is(open_hall: OpenHall) -> None:
    hall = open_hall()
    tokens = seated(hall)
    with hall.database.reading() as session:
        heir = session.scalars(select(Staff.id).where(Staff.username == "canbo8")).one()
    calls = [
        Call(f"/counters/{counter_id(hall, number)}/hand-over", {"staff": heir}, tokens[f"canbo{number}"])
        for number in range(1, 8)
    ]
    assert codes(hall.at_once(calls)) == {"200": 1, "other_counter_open": 6}


# --- papers and kiosks ------------------------------------------------------------------------------------------------


def papers_and_presses(hall: Hall) -> tuple[list[httpx.Response], list[httpx.Response]]:
    """Each paper carries the number a kiosk is about to give; sixteen presses at the same moment."""
    tokens = seated(hall)
    papers = [{"tickets": [{"number": f"A{number:03}", "service": "A", "taken_at": "00:00"}]} for number in range(4, 4 + PAPERS)]
    entering = [Call(f"/offices/{hall.office}/tickets/handwritten", paper, tokens["canbo1"]) for paper in papers]
    pressing = [Call(f"/offices/{hall.office}/tickets", {"service": "A"}, tokens["kiosk"])] * PRESSES
    mixed = [call for pair in zip(entering, pressing[:PAPERS], strict=True) for call in pair] + pressing[PAPERS:]
    answers = hall.at_once(mixed)
    entered = [answer for call, answer in zip(mixed, answers, strict=True) if "handwritten" in call.path]
    pressed = [answer for call, answer in zip(mixed, answers, strict=True) if "handwritten" not in call.path]
    return entered, pressed


def test_no_number_is_on_paper_and_from_a_kiosk(open_hall: OpenHall) -> None:
    hall = open_hall()
    entered, pressed = papers_and_presses(hall)
    assert codes(pressed) == {"201": PRESSES}
    assert set(codes(entered)) <= {"201", "number_taken"}
    with hall.database.reading() as session:
        numbers = session.scalars(select(Ticket.number).order_by(Ticket.number)).all()
        last = session.scalars(select(NumberCounter.last)).one()
    assert len(numbers) == len(set(numbers)) == 3 + PRESSES + codes(entered)["201"]
    assert last == max(numbers)


def test_without_the_locked_row_papers_and_kiosks_collide_and_that_is_seen(open_hall: OpenHall) -> None:
    """The unique constraint still lets nobody have another's number: who collides gets none."""
    entered, pressed = papers_and_presses(open_hall(without="numbers"))
    assert codes(pressed)["201"] < PRESSES or set(codes(entered)) - {"201", "number_taken"}
