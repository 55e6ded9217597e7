"""The office of the tests can be made, and is as the tests believe."""

from __future__ import annotations

from core.clock import SetClock
from core.database import Database
from tests import builders


def test_a_small_office_has_services_counters_and_people(database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        office = builders.make_office(session, skills={1: "AB"})
        officer = builders.make_staff(session, office)
        assert builders.make_token(session, officer) != builders.make_device(session, office)
        builders.open_counter(office.counters[0], officer, clock.now())
    with database.reading() as session:
        office = session.get_one(type(office), office.id)
        assert [service.prefix for service in office.services] == ["A", "B", "C"]
        assert [len(counter.skills) for counter in office.counters] == [2, 3, 3]
        assert office.counters[0].idle_at == clock.now()
