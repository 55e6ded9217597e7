"""Rows written one by one: the database holds them, the session has nothing left to flush, and a savepoint takes them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.rows import write
from office.models import Counter, Office
from tests import builders
from tests.queries import counted


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


def office_of(session: Session) -> Office:
    return builders.make_office(session, counters=2)


def test_what_has_changed_is_written_and_nothing_else(database: Database, session: Session) -> None:
    office = office_of(session)
    first, second = office.counters
    session.flush()
    first.name, first.number, second.name = "Quầy mới", first.number, second.name
    with counted(database.engine) as asked:
        write(session, (first, second, None))
        session.flush()
    (statement,) = asked
    assert statement.startswith("UPDATE counters SET name=")
    assert "," not in statement, "the one column that has changed"
    assert not session.dirty
    session.expire(first)
    assert first.name == "Quầy mới"


def test_a_new_row_has_its_id_and_is_one_the_session_knows(session: Session) -> None:
    office = office_of(session)
    made = Counter(office_id=office.id, number=9, name="Quầy 9")
    write(session, (made,))
    assert session.get(Counter, made.id) is made
    assert not session.new
    made.name = "Quầy chín"
    session.flush()
    assert session.scalar(select(Counter.__table__.c.name).where(Counter.id == made.id)) == "Quầy chín"
    assert made.state == "closed", "what was not set is read when it is looked at"


def test_what_a_savepoint_takes_back_is_as_it_was(session: Session) -> None:
    counter = office_of(session).counters[0]
    session.flush()
    before = counter.name
    with suppress(RuntimeError), session.begin_nested():
        counter.name = "Quầy khác"
        write(session, (counter,))
        raise RuntimeError
    assert counter.name == before
    assert session.scalar(select(Counter.__table__.c.name).where(Counter.id == counter.id)) == before


def test_what_a_rollback_takes_back_is_read_again(session: Session) -> None:
    counter = office_of(session).counters[0]
    session.commit()
    before = counter.name
    counter.name = "Quầy khác"
    write(session, (counter,))
    session.rollback()
    assert counter.name == before
