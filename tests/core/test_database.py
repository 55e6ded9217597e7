"""Transactions: all or nothing, events after commit, one writer at a time on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from core.database import Database
from core.events import Event, EventBus, record
from office.models import Office
from tests.builders import make_office


@dataclass(frozen=True)
class DoorOpened(Event):
    office: str


def test_what_a_failed_transaction_did_is_gone_with_its_events(database_url: str) -> None:
    heard: list[Event] = []
    database = Database(database_url, on_commit=heard.extend)

    def fail_halfway() -> None:
        with database.transaction() as session:
            make_office(session)
            record(session, DoorOpened("00070"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Office)) == 0
    assert heard == []
    database.dispose()


def test_events_are_told_once_and_only_when_others_can_see_what_happened(database_url: str) -> None:
    seen: list[int] = []

    def count(events: Sequence[Event]) -> None:
        with database.reading() as session:
            seen.append(session.scalar(select(func.count()).select_from(Office)) or 0)
        assert list(events) == [DoorOpened("00070")]

    database = Database(database_url, on_commit=count)
    with database.transaction() as session:
        make_office(session)
        record(session, DoorOpened("00070"))
        record(session, DoorOpened("00070"))
    assert seen == [1]
    database.dispose()


def test_a_failing_listener_stops_nobody_else() -> None:
    bus, heard = EventBus(), []

    def fail(_event: DoorOpened) -> None:
        raise RuntimeError("a broken listener")

    bus.subscribe(DoorOpened, fail)
    bus.subscribe(DoorOpened, heard.append)
    bus.publish([DoorOpened("00070")])
    assert heard == [DoorOpened("00070")]


def test_a_reading_sees_one_moment_and_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        make_office(session)
    with database.reading() as reader:
        assert reader.scalar(select(Office.seq)) == 0
        with database.transaction() as writer:
            writer.execute(update(Office).values(seq=7))
        assert reader.scalar(select(Office.seq)) == 0
    with database.reading() as reader:
        assert reader.scalar(select(Office.seq)) == 7


def test_many_writers_at_once_all_count(database: Database) -> None:
    with database.transaction() as session:
        make_office(session)

    def write() -> None:
        for _ in range(20):
            with database.transaction() as session:
                session.execute(update(Office).values(seq=Office.seq + 1))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalar(select(Office.seq)) == 160


def test_a_second_process_writing_to_the_same_file_is_waited_for(sqlite_url: str) -> None:
    ours, theirs = Database(sqlite_url), Database(sqlite_url)
    with ours.transaction() as session:
        make_office(session)
    done = threading.Event()

    def write() -> None:
        with theirs.transaction() as session:
            session.execute(update(Office).values(seq=Office.seq + 1))
        done.set()

    with ours.transaction() as session:
        session.execute(update(Office).values(seq=Office.seq + 1))
        thread = threading.Thread(target=write)
        thread.start()
        assert not done.wait(0.05)
    thread.join()
    with ours.reading() as session:
        assert session.scalar(select(Office.seq)) == 2


def test_a_naive_time_is_refused(database: Database) -> None:
    def write_a_naive_time() -> None:
        with database.transaction() as session:
            make_office(session).counters[0].state_at = datetime(2026, 1, 1)  # noqa: DTZ001

    with pytest.raises(StatementError, match="aware"):
        write_a_naive_time()


def test_an_instant_comes_back_aware_and_in_utc(database: Database) -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    with database.transaction() as session:
        make_office(session).counters[0].state_at = at
    with database.reading() as session:
        back = session.scalars(select(Office)).one().counters[0].state_at
        assert back == at
        assert back is not None
        assert back.tzinfo is UTC


def test_an_error_of_the_database_never_quotes_what_was_to_be_stored(database: Database) -> None:
    def twice() -> None:
        with database.transaction() as session:
            for _time in range(2):
                session.add(Office(code="1", unit_code="1", name="Nguyễn Thị Thử", folded="nguyen thi thu"))
            session.flush()

    with pytest.raises(IntegrityError) as error:
        twice()
    assert "Nguyễn" not in str(error.value)
