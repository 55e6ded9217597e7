"""The last places of a slot: 32 people press "book" at the same moment, or half of them are still typing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from booking.refusals import SlotTaken
from tests.booking.desk import at
from tests.concurrency.conftest import COUNTERS, OpenHall
from tests.concurrency.hall import Call, Hall

PEOPLE = 32
CAPACITY = COUNTERS * 9
"""Minutes of a slot: 60 % of a quarter of an hour of each counter."""


def booking(hall: Hall, person: int) -> Call:
    body = {
        "service": "A",
        "starts_at": at("10:00", 24).isoformat(),
        "name": "Nguyễn Thị Thử",
        "phone": f"09123456{person:02d}",
        "consent": True,
    }
    return Call(f"/offices/{hall.office}/appointments", body)


def holding(hall: Hall, _person: int) -> Call:
    return Call(f"/offices/{hall.office}/holds", {"service": "A", "starts_at": at("10:00", 24).isoformat()})


@dataclass(frozen=True)
class Outcome:
    """How many places there were, how the answers were, and the most minutes that are given of one slot."""

    left: int
    statuses: Counter[int]
    refusals: set[str]
    most: int


def everybody_wants_the_last_places(hall: Hall, holders: int = 0) -> Outcome:
    with hall.desk() as desk:
        for clock in ("10:00", "10:15", "10:30"):
            desk.book(at(clock, 24))
        left = desk.left(at("10:00", 24))
    assert 0 < left < PEOPLE
    calls = [(holding if person < holders else booking)(hall, person) for person in range(PEOPLE)]
    answers = hall.at_once(calls)
    refusals = {answer.json()["code"] for answer in answers if answer.status_code >= 400}
    return Outcome(left, Counter(answer.status_code for answer in answers), refusals, max(hall.minutes().values()))


def test_the_last_places_of_a_slot_are_given_once(open_hall: OpenHall) -> None:
    hall = open_hall()
    outcome = everybody_wants_the_last_places(hall)
    assert outcome.statuses == {201: outcome.left, 409: PEOPLE - outcome.left}
    assert outcome.refusals == {SlotTaken.code}
    assert outcome.most <= CAPACITY
    assert hall.deadlocks() == 0


def test_without_the_locked_slot_and_the_guarded_update_it_is_oversold_and_that_is_seen(open_hall: OpenHall) -> None:
    outcome = everybody_wants_the_last_places(open_hall("last_place"))
    assert outcome.statuses[201] > outcome.left
    assert outcome.most > CAPACITY


def test_what_some_hold_others_cannot_book(open_hall: OpenHall) -> None:
    outcome = everybody_wants_the_last_places(open_hall(), holders=PEOPLE // 2)
    assert outcome.statuses == {201: outcome.left, 409: PEOPLE - outcome.left}
    assert outcome.refusals == {SlotTaken.code}
    assert outcome.most <= CAPACITY


def test_without_the_lock_what_is_held_is_booked_by_others_and_that_is_seen(open_hall: OpenHall) -> None:
    outcome = everybody_wants_the_last_places(open_hall("last_place"), holders=PEOPLE // 2)
    assert outcome.statuses[201] > outcome.left
    assert outcome.most > CAPACITY


def test_all_who_hold_a_place_get_it_while_others_try(open_hall: OpenHall) -> None:
    """Eight press "book" with their hold; twenty-four without one press at the same moment and get nothing."""
    hall = open_hall()
    with hall.desk() as desk:
        held = [desk.hold(at("10:00", 24)).token for _place in range(desk.left(at("10:00", 24)))]
    calls = [booking(hall, person) for person in range(PEOPLE)]
    for call, token in zip(calls, held, strict=False):
        call.body["hold"] = token
    answers = hall.at_once(calls)
    assert [answer.status_code for answer in answers] == [201] * len(held) + [409] * (PEOPLE - len(held))
