"""The next ticket: eight officers press "next" at the same moment."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from queueing.models import Ticket
from tests import builders
from tests.concurrency.conftest import COUNTERS, OpenHall
from tests.concurrency.hall import Call, Hall
from tests.conftest import MONDAY_MORNING

WAITING = 12


@dataclass(frozen=True)
class Outcome:
    """The numbers the officers were given, and by the database: who is called to which counter, and who waits."""

    given: list[int]
    at_counters: dict[int, int]
    waiting: list[int]


def officers_call_at_once(hall: Hall) -> Outcome:
    with hall.database.transaction() as session:
        office = hall.the_office(session)
        kiosk = builders.make_device(session, office)
        officers = {}
        for counter in office.counters:
            officer = builders.make_staff(session, office, f"canbo{counter.number}")
            builders.open_counter(counter, officer, MONDAY_MORNING)
            officers[counter.id] = builders.make_token(session, officer)
    hall.in_turn([Call(f"/offices/{hall.office}/tickets", {"service": "A"}, token=kiosk)] * WAITING)

    answers = hall.at_once([Call(f"/counters/{counter}/call-next", {}, token) for counter, token in officers.items()])

    given = sorted(int(a.json()["ticket"]["number"].removeprefix("A")) for a in answers if a.status_code == 200)
    with hall.database.reading() as session:
        called = session.execute(select(Ticket.counter_id, Ticket.number).where(Ticket.state == "called"))
        waiting = session.scalars(select(Ticket.number).where(Ticket.state == "waiting").order_by(Ticket.number))
        return Outcome(given, {counter: number for counter, number in called if counter}, list(waiting))


def test_every_officer_gets_a_different_person(open_hall: OpenHall) -> None:
    outcome = officers_call_at_once(open_hall())
    assert outcome.given == list(range(1, COUNTERS + 1))
    assert sorted(outcome.at_counters.values()) == outcome.given
    assert outcome.waiting == list(range(COUNTERS + 1, WAITING + 1))


def test_without_the_lock_of_the_line_two_officers_call_one_person_and_that_is_seen(open_hall: OpenHall) -> None:
    """On SQLite several are given the same person; on PostgreSQL the constraints still stop all of them but one."""
    outcome = officers_call_at_once(open_hall(without="line"))
    assert 1 in outcome.given
    assert len(outcome.at_counters) < COUNTERS
