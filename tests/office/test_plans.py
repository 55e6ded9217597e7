"""What a process keeps of an office's plan holds exactly as long as the database says so, however many processes there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.database import Database
from core.rights import ANONYMOUS, Actor, NotFound
from office import plans
from office.models import Counter, CounterService, Office, Service, SpecialDay, Staff, WeeklyHours
from office.plans import Plan, plan_of
from office.store import lock_office, office_by_code
from queueing import actions, counter_actions
from tests import builders
from tests.conftest import HANOI, MONDAY_MORNING
from tests.queries import counted

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """Another process on the database of the office 00070: it keeps what it has read by itself."""
    with database.transaction() as session:
        office = builders.make_office(session)
        builders.make_office(session, "00071")
        builders.open_counter(office.counters[0], builders.make_staff(session, office), MONDAY_MORNING)
    process = Database(database_url)
    yield process
    process.dispose()


def rename(session: Session, office: Office) -> None:
    service = session.scalars(select(Service).where(Service.office_id == office.id, Service.code == "A")).one()
    service.name = "Tên mới"


def rename_by_statement(session: Session, office: Office) -> None:
    session.execute(update(Service).where(Service.office_id == office.id).values(name="Tên mới"))


def close_on_tuesday(session: Session, office: Office) -> None:
    session.add(SpecialDay(office_id=office.id, on=TUESDAY, name="Đóng cửa", spans=[]))


def close_the_city_on_tuesday(session: Session, office: Office) -> None:
    session.execute(insert(SpecialDay), [{"on": TUESDAY, "name": "Ngày lễ", "holiday": True, "spans": []}])


def forget_the_hours(session: Session, office: Office) -> None:
    session.execute(delete(WeeklyHours).where(WeeklyHours.office_id == office.id))


def take_a_skill(session: Session, office: Office) -> None:
    service = session.scalars(select(Service.id).where(Service.office_id == office.id, Service.code == "A")).one()
    session.execute(delete(CounterService).where(CounterService.service_id == service))


def give_a_counter_hours(session: Session, office: Office) -> None:
    builders.set_hours(session, office, {0: [(480, 600)]}, office.counters[0])


CHANGES: list[Callable[[Session, Office], None]] = [
    rename, rename_by_statement, close_on_tuesday, close_the_city_on_tuesday, forget_the_hours, take_a_skill,
    give_a_counter_hours,
]  # fmt: skip


def plan_in(database: Database, code: str = "00070") -> Plan:
    with database.reading() as session:
        return plan_of(session, office_by_code(session, code), HANOI)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.__name__))
def test_a_change_by_another_process_is_seen_by_the_very_next_look(
    database: Database, other: Database, change: Callable[[Session, Office], None]
) -> None:
    before, elsewhere = plan_in(database), plan_in(database, "00071")
    assert plan_in(database) is before, "nothing has changed: it is kept"
    with other.transaction() as session:
        change(session, office_by_code(session, "00070"))
    after = plan_in(database)
    assert after != before
    assert after == plan_in(other)
    of_city = change is close_the_city_on_tuesday
    assert (plan_in(database, "00071") is elsewhere) is not of_city, "another office's plan is kept, but for the city's days"


def test_a_counter_that_lost_a_skill_in_another_process_calls_nobody_for_it(database: Database, other: Database) -> None:
    officer = Actor("staff", 1, "officer", "00070")
    with database.transaction() as session:
        office = office_by_code(session, "00070")
        service = plan_of(session, office, HANOI).service("A")
        for _person in range(2):
            actions.take_ticket(session, office, service, now=MONDAY_MORNING, tz=HANOI, source="kiosk", actor=ANONYMOUS)

    def call() -> Any:
        with database.transaction() as session:
            counter = session.scalars(select(Counter).where(Counter.state == "open")).one()
            return counter_actions.call_next(session, counter, actor=officer, now=MONDAY_MORNING, tz=HANOI)

    with database.transaction() as session:
        officer = Actor("staff", session.scalars(select(Staff.id)).one(), "officer", "00070")
    assert call() is not None
    with other.transaction() as session:
        take_a_skill(session, office_by_code(session, "00070"))
    assert call() is None, "the very next press knows it"


def test_who_waited_for_the_lock_has_the_plan_of_now(database: Database, other: Database) -> None:
    """The office was read before the lock; on SQLite nobody can have changed anything meanwhile."""
    plan_in(database)
    with database.transaction() as session:
        office = office_by_code(session, "00070")
        if not database.is_sqlite:
            with other.transaction() as elsewhere:
                rename(elsewhere, office_by_code(elsewhere, "00070"))
        lock_office(session, office)
        renamed = plan_of(session, office, HANOI).service("A").name == "Tên mới"
        assert renamed is not database.is_sqlite


def test_a_plan_that_changes_while_it_is_read_is_read_again(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, times = plans._read, 0

    def slowly(session: Session, office: Office, *more: Any) -> Plan:
        nonlocal times
        times += 1
        found = read(session, office, *more)
        if times == 1:
            with other.transaction() as elsewhere:
                rename(elsewhere, office_by_code(elsewhere, "00070"))
        return found

    monkeypatch.setattr(plans, "_read", slowly)
    if database.is_sqlite:  # a writer is alone, and a reader sees one moment
        assert plan_in(database).service("A").name != "Tên mới"
    else:
        with database.transaction() as session:
            assert plan_of(session, office_by_code(session, "00070"), HANOI).service("A").name == "Tên mới"
    assert plan_in(database).service("A").name == "Tên mới", "what was kept of the moment before is not taken for the present"


def test_who_changes_it_sees_that_at_once_and_nobody_once_it_is_rolled_back(database: Database, other: Database) -> None:
    before = plan_in(database)

    class Stopped(Exception):
        pass

    def close() -> None:
        with database.transaction() as session:
            office = office_by_code(session, "00070")
            session.add(SpecialDay(office_id=office.id, on=TUESDAY, name="Đóng cửa", spans=[]))
            assert TUESDAY in plan_of(session, office, HANOI).hours.exceptions, "it is not even flushed"
            raise Stopped

    with pytest.raises(Stopped):
        close()
    assert plan_in(database) is before
    assert TUESDAY not in plan_in(other).hours.exceptions


def test_a_kept_plan_costs_no_statement(database: Database, other: Database) -> None:
    plan_in(database)
    with database.reading() as session:
        office = office_by_code(session, "00070")
        with counted(database.engine) as asked:
            plan = plan_of(session, office, HANOI)
        assert asked == []
        assert [service.code for service in plan.offered] == ["A", "B", "C"]
        assert plan.hours.weekly.days[(MONDAY_MORNING + timedelta(days=1)).weekday()]
        with pytest.raises(NotFound):
            plan.service("Z")


def test_a_city_that_comes_back_finds_its_plans_read_ahead_in_a_few_statements(database: Database, other: Database) -> None:
    with database.transaction() as session:
        codes = [builders.make_office(session, f"1{n:04}", services="A", counters=1).code for n in range(8)]
        give_a_counter_hours(session, office_by_code(session, codes[3]))
        close_on_tuesday(session, office_by_code(session, "00070"))
        close_the_city_on_tuesday(session, office_by_code(session, "00071"))
    with counted(database.engine) as asked:
        plans.read_ahead(database, HANOI)
    assert len([each for each in asked if not each.startswith("BEGIN")]) <= 7, asked
    for code in ("00070", "00071", *codes):
        with database.reading() as session:
            office = office_by_code(session, code)
            with counted(database.engine) as asked:
                plan = plan_of(session, office, HANOI)
            assert asked == []
        assert plan == plan_in(other, code), "as who has read this office alone"
    with other.transaction() as session:
        rename(session, office_by_code(session, "00070"))
    assert plan_in(database).service("A").name == "Tên mới", "and a change is seen by the very next look"


def test_a_server_whose_database_is_away_begins_without_the_plans(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_asked: Any) -> Any:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(plans, "_read_each", away)
        plans.read_ahead(database, HANOI)
    assert "ahead" in caplog.text
    assert plan_in(database) == plan_in(other)
