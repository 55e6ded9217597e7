"""One transaction on a fresh database, and an office with a booking desk in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from office.models import Office
from tests.booking.desk import MORNINGS, Desk
from tests.builders import WARD_HOURS, make_office

MakeDesk = Callable[..., Desk]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on a fresh database."""
    with database.transaction() as session:
        yield session


@pytest.fixture
def office(session: Session) -> Office:
    """Open in the ward's hours; A, B and C of different fields, 10 minutes each, at three counters: 27 minutes a slot."""
    return make_office(session, hours=WARD_HOURS, fields=None)


@pytest.fixture
def desk(session: Session, office: Office) -> Desk:
    """The desk of `office`."""
    return Desk(session, office)


@pytest.fixture
def make_desk(session: Session) -> MakeDesk:
    """The desk of an office of one's own choice (as `builders.make_office`), in the ward's hours."""

    def make(code: str = "00082", **office: Any) -> Desk:
        return Desk(session, make_office(session, code, **{"hours": WARD_HOURS, "fields": None, **office}))

    return make


@pytest.fixture
def full(make_desk: MakeDesk) -> Desk:
    """An office that sells one place a slot: 9 minutes for services of 9, in the mornings. Tuesday is `booked`."""
    desk = make_desk(counters=1, minutes=9, services="AB", hours=MORNINGS)
    desk.fill_day(24)
    return desk
