"""Many at once in slots that overlap: moves against each other, and long visits that begin one in the other."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from booking.models import Appointment
from tests.booking.desk import at
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall

ONE_A_SLOT = {"counters": 1, "minutes": 9}
LONG = {"counters": 2, "minutes": 30}
TEN = at("10:00", 24)


def quarter(number: int) -> datetime:
    return TEN + timedelta(minutes=15 * number)


def move(token: str, starts_at: datetime) -> Call:
    return Call(f"/appointments/{token}/move", {"starts_at": starts_at.isoformat()})


def booked(hall: Hall) -> dict[str, datetime]:
    with hall.database.reading() as session:
        return {made.token: made.starts_at for made in session.scalars(select(Appointment))}


def test_people_who_want_each_others_hour_keep_their_own(open_hall: OpenHall) -> None:
    """Ten full quarters: the people of each two that touch want to change places at the same moment."""
    hall = open_hall(**ONE_A_SLOT)
    with hall.desk() as desk:
        tokens = [desk.book(quarter(number), "A").token for number in range(10)]
        before = {token: quarter(number) for number, token in enumerate(tokens)}
    wanted = [number ^ 1 for number in range(10)]
    answers = hall.at_once([move(token, quarter(number)) for token, number in zip(tokens, wanted, strict=True)])
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "slot_taken")] * 10
    assert booked(hall) == before
    assert set(hall.minutes().values()) == {9}
    assert hall.deadlocks() == 0


def everybody_moves_to_the_one_free_hour(hall: Hall) -> tuple[Counter[int], int, int]:
    """The answers, how many are booked for that hour, and its minutes."""
    with hall.desk() as desk:
        tokens = [desk.book(quarter(number), "A").token for number in range(8)]
        for number in (9, 10):
            desk.release(desk.hold(quarter(number)))  # so that the slots are there
    answers = hall.at_once([move(token, quarter(9)) for token in tokens])
    there = Counter(booked(hall).values())[quarter(9)]
    return Counter(answer.status_code for answer in answers), there, hall.minutes()[quarter(9)]


def test_one_of_many_moves_into_the_last_place_and_the_others_keep_theirs(open_hall: OpenHall) -> None:
    hall = open_hall(**ONE_A_SLOT)
    assert everybody_moves_to_the_one_free_hour(hall) == ({200: 1, 409: 7}, 1, 9)
    # The hour that was left rests, so its minutes are still used.
    assert sorted(hall.minutes().values()) == [9] * 9


def test_without_the_locked_slot_several_move_into_one_place_and_that_is_seen(open_hall: OpenHall) -> None:
    statuses, there, minutes = everybody_moves_to_the_one_free_hour(open_hall("last_place", **ONE_A_SLOT))
    assert statuses[200] > 1
    assert there > 1
    assert minutes > 9


def long_visits_cross(hall: Hall) -> Counter[int]:
    """Visits of several slots: some are booked, some moved, some cancelled, from both ends of the morning."""
    with hall.desk() as desk:
        tokens = [desk.book(quarter(number), "A").token for number in (0, 3, 6, 9, 12)]
    body = {"service": "A", "name": "Nguyễn Thị Thử", "consent": True}
    path = f"/offices/{hall.office}/appointments"
    bookings = [
        Call(path, body | {"starts_at": quarter(number).isoformat(), "phone": f"09876543{number:02d}"})
        for number in (14, 0, 12, 2, 10, 4, 8, 6, 7, 5, 9, 3)
    ]
    moves = [move(token, quarter(number)) for token, number in zip(tokens, (12, 9, 1, 3, 0), strict=True)]
    gone = Call(f"/appointments/{tokens[2]}", method="DELETE")
    answers = hall.at_once([call for pair in zip(bookings, [*moves, gone, *moves, gone], strict=True) for call in pair])
    return Counter(answer.status_code for answer in answers)


def test_visits_over_many_slots_never_wait_for_each_other_in_a_ring(open_hall: OpenHall) -> None:
    hall = open_hall(**LONG)
    statuses = long_visits_cross(hall)
    assert set(statuses) <= {200, 201, 204, 409}
    assert max(hall.minutes().values()) <= 18
    assert hall.deadlocks() == 0
    with hall.database.reading() as session:
        live = session.scalars(select(Appointment).where(Appointment.state == "booked")).all()
    assert len(live) == 5 - 1 + statuses[201]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_with_slots_locked_one_by_one_they_do_and_that_is_seen(open_hall: OpenHall) -> None:
    """Only on PostgreSQL: SQLite has one writer at a time, in whatever order it locks."""
    hall = open_hall("slot_order", **LONG)
    assert 500 in long_visits_cross(hall)
    assert hall.deadlocks() > 0
