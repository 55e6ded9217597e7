"""Numbers of the day: 32 presses on the kiosks at the same moment."""

from __future__ import annotations

import httpx

from tests import builders
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall

PRESSES = 32
KIOSKS = 4


def many_take_a_number(hall: Hall) -> list[httpx.Response]:
    with hall.database.transaction() as session:
        kiosks = [builders.make_device(session, hall.the_office(session)) for _kiosk in range(KIOSKS)]
    path = f"/offices/{hall.office}/tickets"
    return hall.at_once([Call(path, {"service": "A"}, token=kiosks[press % KIOSKS]) for press in range(PRESSES)])


def numbers(answers: list[httpx.Response]) -> list[int]:
    """The numbers that were given, smallest first."""
    return sorted(int(answer.json()["number"].removeprefix("A")) for answer in answers if answer.status_code == 201)


def test_everybody_gets_the_next_number(open_hall: OpenHall) -> None:
    answers = many_take_a_number(open_hall())
    assert numbers(answers) == list(range(1, PRESSES + 1))
    assert len({answer.json()["token"] for answer in answers}) == PRESSES


def test_without_the_locked_row_numbers_collide_and_that_is_seen(open_hall: OpenHall) -> None:
    """The unique constraint still lets nobody have another's number: who collides gets none."""
    given = numbers(many_take_a_number(open_hall(without="numbers")))
    assert given
    assert given != list(range(1, PRESSES + 1))
