"""A field is stopped in the very moment people take numbers of it; and many get slips for the last places of the next day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from queueing.models import CarryQuota, Ticket
from tests import builders
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall
from tests.conftest import MONDAY_MORNING

PRESSES = 24
PLACES = 5
TOMORROW = MONDAY_MORNING.date() + timedelta(days=1)


@dataclass(frozen=True)
class Stopped:
    """How many numbers were given, by the answers and by the database, and how many waited when it was stopped."""

    given: int
    in_the_line: int
    waiting_then: int
    refusals: set[str]


def stopped_while_numbers_are_taken(hall: Hall) -> Stopped:
    with hall.database.transaction() as session:
        office = hall.the_office(session)
        kiosks = [builders.make_device(session, office) for _kiosk in range(4)]
        head = builders.make_token(session, builders.make_staff(session, office, "truong", "head"))
    take = [Call(f"/offices/{hall.office}/tickets", {"service": "A"}, token=kiosks[press % 4]) for press in range(PRESSES)]
    stop = Call(f"/offices/{hall.office}/stops", {"field": "Tư pháp", "reason": "Mất điện"}, token=head)
    answers = hall.at_once([*take[: PRESSES // 2], stop, *take[PRESSES // 2 :]])
    said = answers.pop(PRESSES // 2)
    assert said.status_code == 201, said.text
    with hall.database.reading() as session:
        waiting = session.execute(select(func.count()).select_from(Ticket)).scalar_one()
    given = sum(answer.status_code == 201 for answer in answers)
    return Stopped(given, waiting, said.json()["waiting"], {a.json()["code"] for a in answers if a.status_code != 201})


def test_no_number_is_given_after_the_field_was_stopped(open_hall: OpenHall) -> None:
    """Whoever got a number was counted when it was stopped: who waits stays, and nobody slipped in behind."""
    done = stopped_while_numbers_are_taken(open_hall())
    assert done.given == done.in_the_line == done.waiting_then
    assert done.refusals <= {"field_stopped"}


def test_without_the_lock_numbers_are_given_after_the_stop_and_that_is_seen(open_hall: OpenHall) -> None:
    done = stopped_while_numbers_are_taken(open_hall(without="stop"))
    assert done.in_the_line > done.waiting_then


# --- the last slips for the next day ----------------------------------------------------------------------------------


def many_get_a_slip(hall: Hall) -> tuple[Counter[int], int, int]:
    """Twelve people for five places: the answers, the places used, and the tickets that say they are carried."""
    with hall.database.transaction() as session:
        office = hall.the_office(session)
        office.settings = {"carry_quota": PLACES}
        session.add(CarryQuota(office_id=office.id, on=TOMORROW, used=0, places=PLACES))
        kiosk = builders.make_device(session, office)
        head = builders.make_token(session, builders.make_staff(session, office, "truong", "head"))
    hall.in_turn([Call(f"/offices/{hall.office}/tickets", {"service": "A"}, token=kiosk)] * 12)
    with hall.database.reading() as session:
        ids = list(session.scalars(select(Ticket.id)))
    answers = hall.at_once([Call(f"/tickets/{ticket}/carry", {}, token=head) for ticket in ids])
    with hall.database.reading() as session:
        used = session.scalars(select(CarryQuota.used)).one()
        carried = session.execute(select(func.count()).where(Ticket.carried_on.is_not(None))).scalar_one()
    return Counter(answer.status_code for answer in answers), used, carried


def test_no_more_slips_are_given_than_there_are_places(open_hall: OpenHall) -> None:
    answered, used, carried = many_get_a_slip(open_hall())
    assert answered == {200: PLACES, 409: 12 - PLACES}
    assert used == carried == PLACES


def test_without_the_guarded_count_more_slips_are_given_and_that_is_seen(open_hall: OpenHall) -> None:
    _answered, _used, carried = many_get_a_slip(open_hall(without="carry"))
    assert carried > PLACES
