"""When a day is full: which other offices do the same procedure, are near, and have an hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import nearby
from booking.nearby import NearbyOffice, nearby_offices
from core.clock import SetClock
from core.database import Database
from office.models import Office, Procedure
from office.store import office_by_code, service_by_code
from tests.booking.desk import Desk, at
from tests.builders import WARD_HOURS, make_office
from tests.conftest import HANOI
from tests.queries import counted

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def database(app: Flask) -> Database:
    """Five wards that do the procedure of service A, whose unit codes lie 1, 4, 12 and 30 from that of 00070."""
    found: Database = app.extensions["dung-gio"].database
    with found.transaction() as session:
        for code in ("00070", "00100", "00071", "00058", "00074"):
            _ward(session, code)
    return found


def _ward(session: Session, code: str) -> Office:
    office = make_office(session, code, services="AX", counters=1, hours=WARD_HOURS, fields=None)
    procedure = session.scalars(select(Procedure)).first() or Procedure(
        code="2.000815", name="Chứng thực bản sao", field="Chứng thực", agency="UBND xã", processing_time="Trong ngày",
        fee="", counter_minutes=10, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    session.add(procedure)
    session.flush()
    service_by_code(session, office, "A").procedure_id = procedure.id
    return office


@pytest.fixture
def beside(app: Flask, database: Database) -> Iterator[Session]:
    """A session beside the request of somebody at 00070."""
    with app.test_request_context(), database.reading() as session:
        yield session


def near(session: Session, service: str = "A", on: date | None = None) -> list[NearbyOffice]:
    office = office_by_code(session, "00070")
    return nearby_offices(session, office, service_by_code(session, office, service), on)


def codes(found: list[NearbyOffice]) -> list[str]:
    return [each.code for each in found]


def fill(database: Database, clock: SetClock, code: str, *days: int) -> None:
    """Book all hours of the procedure on these days."""
    with database.transaction() as session:
        desk = Desk(session, office_by_code(session, code), clock.now().astimezone(HANOI))
        for day in days:
            desk.fill_day(day)


def test_the_three_nearest_are_named_with_their_next_hour(beside: Session) -> None:
    found = near(beside)
    assert codes(found) == ["00071", "00074", "00058"]
    assert found[0] == NearbyOffice("00071", "Phường Thử Nghiệm 00071", "", "A", at("09:15"))
    assert found[0].next_free.utcoffset() == timedelta(hours=7)


def test_an_office_without_an_hour_on_the_wanted_day_is_passed_over(beside: Session, database: Database, clock: SetClock) -> None:
    fill(database, clock, "00071", 23)
    fill(database, clock, "00074", 24)
    assert codes(near(beside, on=date(2026, 11, 23))) == ["00074", "00058", "00100"]
    assert codes(near(beside, on=TUESDAY)) == ["00071", "00058", "00100"]
    assert [each.next_free for each in near(beside)] == [at("08:00", 24), at("09:15"), at("09:15")]
    assert near(beside, on=date(2026, 12, 24)) == []


def test_only_offices_that_take_bookings_for_it_are_named(beside: Session, database: Database) -> None:
    with database.transaction() as session:
        office_by_code(session, "00071").published = False
        service_by_code(session, office_by_code(session, "00074"), "A").bookable = False
        service_by_code(session, office_by_code(session, "00058"), "A").active = False
    with database.reading() as session:
        assert codes(near(session)) == ["00100"]


def test_their_own_code_for_the_procedure_is_given(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        service_by_code(session, office_by_code(session, "00071"), "A").code = "ban-sao"
    with app.test_request_context(), database.reading() as session:
        assert near(session)[0].url_service_code == "ban-sao"


def test_what_is_no_procedure_is_done_where_the_dossier_lies(beside: Session) -> None:
    assert near(beside, "X") == []


def test_who_asks_next_is_told_the_same_without_working_it_out_again(
    beside: Session, database: Database, clock: SetClock
) -> None:
    first = near(beside)
    with counted(database.engine) as asked:
        assert near(beside) == first
    assert len(asked) == 2, "the office and its service, as the test itself reads them"
    fill(database, clock, "00071", 23)
    with database.reading() as session:
        assert near(session)[0].next_free == at("08:00", 24), "a booking there is heard of at once"


def test_neighbours_far_away_are_asked_when_the_near_ones_are_full(
    app: Flask, database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearby, "ASKED_TOGETHER", 2)
    monkeypatch.setattr(nearby, "ASKED_AT_MOST", 4)
    for code in ("00071", "00074"):
        fill(database, clock, code, 24)
    with app.test_request_context(), database.reading() as session:
        assert codes(near(session, on=TUESDAY)) == ["00058", "00100"]
