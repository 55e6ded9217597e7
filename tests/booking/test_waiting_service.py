"""What runs beside the requests: unanswered offers go on, and what came free otherwise is offered, without anybody's click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking import waiting_list
from booking.models import Appointment, WaitingEntry
from booking.waiting_service import serve_once
from core.clock import SetClock
from core.database import Database
from office.models import Office
from tests.booking.desk import HANOI, MORNINGS, NOW, URL, Desk, at
from tests.builders import make_office


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    monkeypatch.setattr(waiting_list, "_chance", lambda: 0.5)
    return SetClock(NOW)


@contextmanager
def desk_of(database: Database, clock: SetClock) -> Iterator[Desk]:
    with database.transaction() as session:
        yield Desk(session, session.scalars(select(Office)).one(), clock.now().astimezone(HANOI))


def found_full_office(database: Database, clock: SetClock, waiting: int) -> list[str]:
    """One place a slot, Tuesday is full, and so many wait for it. Gives the tokens of the bookings, by hour."""
    with database.transaction() as session:
        make_office(session, counters=1, minutes=9, services="A", fields=None, hours=MORNINGS)
    with desk_of(database, clock) as desk:
        desk.fill_day(24)
        for _person in range(waiting):
            desk.join(24)
        return [made.token for made in desk.booked]


def serve(database: Database, clock: SetClock) -> list[tuple[str, int]]:
    """Look once; gives the states of who waits and how many offers they had."""
    serve_once(database, clock, HANOI, URL)
    with database.reading() as session:
        return [(entry.state, entry.offers) for entry in session.scalars(select(WaitingEntry).order_by(WaitingEntry.id))]


def test_while_nothing_is_free_everybody_waits(database: Database, clock: SetClock) -> None:
    found_full_office(database, clock, waiting=2)
    assert serve(database, clock) == [("waiting", 0)] * 2


def test_what_came_free_without_a_cancellation_is_offered_in_turn(database: Database, clock: SetClock) -> None:
    found_full_office(database, clock, waiting=2)
    with desk_of(database, clock) as desk:
        desk.office.settings = {"bookable_share": 100}
    assert serve(database, clock) == [("offered", 1), ("offered", 1)]
    with desk_of(database, clock) as desk:
        # 6 minutes are left of each slot: a visit of 9 takes some of the next.
        assert [desk.parts(hold) for hold in desk.holds("offer")] == [
            [("08:00", 6), ("08:15", 3)],
            [("08:15", 3), ("08:30", 6)],
        ]


def test_an_offer_nobody_answers_goes_on_and_at_last_is_everybodys(database: Database, clock: SetClock) -> None:
    booked = found_full_office(database, clock, waiting=2)
    with desk_of(database, clock) as desk:
        desk.cancel(Appointment(token=booked[3]))
    assert serve(database, clock) == [("offered", 1), ("waiting", 0)]
    clock.advance(timedelta(minutes=10))
    assert serve(database, clock) == [("waiting", 1), ("offered", 1)]
    clock.advance(timedelta(minutes=10))
    assert serve(database, clock) == [("waiting", 1), ("waiting", 1)]
    clock.advance(timedelta(minutes=5))
    assert serve(database, clock) == [("waiting", 1), ("waiting", 1)], "who let it pass is not asked again"
    with desk_of(database, clock) as desk:
        assert desk.left(at("08:45", 24)) == 1
