"""The last places of a slot: 32 people press "book" at the same moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from booking.models import Appointment, Slot
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall

PEOPLE = 32
DAY = "2026-11-24"


def booking(hall: Hall, starts_at: str, person: int) -> Call:
    body = {
        "service": "A",
        "starts_at": starts_at,
        "name": "Nguyễn Thị Thử",
        "phone": f"09123456{person:02d}",
        "consent": True,
    }
    return Call(f"/offices/{hall.office}/appointments", body)


@dataclass(frozen=True)
class Outcome:
    """How many places there were, how the answers were, and what the database holds, in minutes."""

    left: int
    statuses: Counter[int]
    refusals: set[str]
    given: int
    booked: int
    capacity: int


def everybody_wants_the_last_places(hall: Hall) -> Outcome:
    slot = hall.get(f"/offices/{hall.office}/slots", service="A", day=DAY)[0]
    assert 0 < slot["left"] < PEOPLE
    answers = hall.at_once([booking(hall, slot["starts_at"], person) for person in range(PEOPLE)])
    with hall.database.reading() as session:
        booked, capacity = session.execute(select(Slot.booked, Slot.capacity)).one()
        given = session.scalar(select(func.sum(Appointment.minutes)))
    refusals = {answer.json()["code"] for answer in answers if answer.status_code >= 400}
    return Outcome(slot["left"], Counter(a.status_code for a in answers), refusals, given or 0, booked, capacity)


def test_the_last_places_of_a_slot_are_given_once(open_hall: OpenHall) -> None:
    outcome = everybody_wants_the_last_places(open_hall())
    assert outcome.statuses == {201: outcome.left, 409: PEOPLE - outcome.left}
    assert outcome.refusals == {"slot_taken"}
    assert outcome.given == outcome.booked <= outcome.capacity


def test_without_the_guarded_update_the_slot_is_oversold_and_that_is_seen(open_hall: OpenHall) -> None:
    outcome = everybody_wants_the_last_places(open_hall(without="last_place"))
    assert outcome.statuses[201] > outcome.left
    assert outcome.given > outcome.capacity
