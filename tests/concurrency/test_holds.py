"""Who holds a place while typing: one a device, and not many an address, however many ask at the same moment."""

from __future__ import annotations

from datetime import datetime

import httpx
from sqlalchemy import func, select

from booking.holding import HOLDS_OF_ADDRESS
from booking.marks import address_hash
from booking.models import Hold
from booking.refusals import TooManyHolds
from tests.booking.desk import at
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall

PRESSES = 8
FREE = 3
"""How many more holds the address has before it is full."""

CLOCKS = ("8:00", "8:30", "9:00", "9:30", "10:00", "10:30", "13:30", "14:00")
"""Hours far enough from each other that their slots are not locked together."""


def holding(hall: Hall, starts_at: datetime, device: str = "") -> Call:
    return Call(f"/offices/{hall.office}/holds", {"service": "A", "starts_at": starts_at.isoformat()}, device=device)


def live_holds(hall: Hall) -> int:
    with hall.database.reading() as session:
        return session.execute(select(func.count()).select_from(Hold)).scalar_one()


def one_device_wants_eight_hours(hall: Hall) -> list[httpx.Response]:
    return hall.at_once([holding(hall, at(clock, 24), device="d" * 22) for clock in CLOCKS])


def an_address_wants_more_than_it_may(hall: Hall) -> list[httpx.Response]:
    ours = address_hash("127.0.0.1", "only-for-tests")
    with hall.desk() as desk:
        for nth in range(HOLDS_OF_ADDRESS - FREE):
            desk.hold(at(CLOCKS[nth % len(CLOCKS)], 25), address=ours, device="")
    return hall.at_once([holding(hall, at(clock, 24)) for clock in CLOCKS])


def test_a_device_that_asks_for_many_hours_at_once_holds_one(open_hall: OpenHall) -> None:
    hall = open_hall()
    answers = one_device_wants_eight_hours(hall)
    assert [answer.status_code for answer in answers] == [201] * PRESSES
    assert live_holds(hall) == 1
    assert len(hall.minutes()) == 1
    assert hall.deadlocks() == 0


def test_without_the_locked_holder_a_device_holds_several_and_that_is_seen(open_hall: OpenHall) -> None:
    hall = open_hall("holders")
    one_device_wants_eight_hours(hall)
    assert live_holds(hall) > 1


def test_an_address_never_holds_more_than_it_may(open_hall: OpenHall) -> None:
    hall = open_hall(counters=14)
    answers = an_address_wants_more_than_it_may(hall)
    assert sorted(answer.status_code for answer in answers) == [201] * FREE + [429] * (PRESSES - FREE)
    assert {answer.json()["code"] for answer in answers if answer.status_code == 429} == {TooManyHolds.code}
    assert live_holds(hall) == HOLDS_OF_ADDRESS


def test_without_the_locked_holder_an_address_holds_more_and_that_is_seen(open_hall: OpenHall) -> None:
    hall = open_hall("holders", counters=14)
    an_address_wants_more_than_it_may(hall)
    assert live_holds(hall) > HOLDS_OF_ADDRESS
