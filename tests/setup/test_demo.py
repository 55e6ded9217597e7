"""The demo ward is there after the first start, can do everything the walk asks of it, and is left alone afterwards."""

from __future__ import annotations

import re
import stat
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking import offers
from core.clock import SetClock
from core.database import Base, Database
from office import actions, store
from office.commands import PROCEDURES, UNITS
from office.hours import open_spans
from office.models import Office, Service, Staff
from office.settings import Settings
from printer import store as printers
from setup.demo_ward import OFFICE_CODE, PRINTER_KEY, STAFF

GENERAL = {"Nhận kết quả", "Bổ sung hồ sơ", "Hỏi / hướng dẫn"}
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2, at a cost for tests: nine passwords a start."""
    monkeypatch.setattr(actions, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def catalogue(app: Flask, clock: SetClock) -> Database:
    """The database with the units, procedures and holidays shipped with the product."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        actions.import_units(session, UNITS)
        actions.import_procedures(session, PROCEDURES, valid_from=clock.now().date())
        actions.import_holidays(session, (2026, 2027))
    return database


def start(app: Flask) -> Result:
    result = app.test_cli_runner().invoke(args=["office", "demo"])
    assert result.exit_code == 0, result.output
    return result


def rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def hashes(session: Session) -> dict[str, str]:
    return {staff.username: staff.password_hash for staff in session.scalars(select(Staff))}


def sheet_of(app: Flask) -> Path:
    path: Path = app.extensions["dung-gio"].config.data_dir / "demo.txt"
    return path


def test_the_first_start_makes_the_demo_ward(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.reading() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        assert office.published
        assert not Settings.of(office.settings).last_number_rule
        assert [counter.number for counter in store.counters_of(session, office)] == [1, 2, 3, 4, 5]
        services = store.services_of(session, office)
        assert sum(service.procedure_id is not None for service in services) == 42
        assert {service.name for service in services} >= GENERAL
        assert [service.name for service in services if not service.name_en] == []


def test_a_second_start_changes_nothing_and_prints_the_same(app: Flask, catalogue: Database) -> None:
    first = start(app)
    before = rows(catalogue)
    again = start(app)
    assert rows(catalogue) == before
    assert again.output == first.output == sheet_of(app).read_text()


def test_what_the_head_changed_survives_the_next_start(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.transaction() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        office.notice, office.published, office.settings = "Nghỉ trưa", False, {"slot_minutes": 30}
    start(app)
    with catalogue.reading() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        assert (office.notice, office.published, office.settings) == ("Nghỉ trưa", False, {"slot_minutes": 30})


def test_everybody_on_the_sheet_can_sign_in(app: Flask, catalogue: Database) -> None:
    shown = start(app).output
    with catalogue.reading() as session:
        for person in STAFF:
            found = re.search(rf"^ +{person.username} +(\S+)", shown, re.MULTILINE)
            assert found
            staff = store.staff_by_username(session, person.username)
            assert staff is not None
            assert staff.role == person.role
            assert actions.password_matches(staff.password_hash, found[1])


def test_only_the_owner_may_read_the_sheet(app: Flask, catalogue: Database) -> None:
    start(app)
    start(app)
    assert stat.S_IMODE(sheet_of(app).stat().st_mode) == 0o600


def test_passwords_of_a_start_that_was_cut_off_are_used_by_the_next(app: Flask, catalogue: Database) -> None:
    shown = start(app).output
    with catalogue.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        actions.import_units(session, UNITS)
    passwords = re.findall(r"^ +(canbo\d +\S+)", shown, re.MULTILINE)
    assert re.findall(r"^ +(canbo\d +\S+)", start(app).output, re.MULTILINE) == passwords


def test_a_lost_sheet_is_said_and_no_password_is_changed(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.reading() as session:
        before = hashes(session)
    sheet_of(app).unlink()
    assert "canbo1: mật khẩu như đã đặt" in start(app).output
    with catalogue.reading() as session:
        assert hashes(session) == before


def test_a_pairing_link_that_was_used_is_replaced(app: Flask, catalogue: Database, clock: SetClock) -> None:
    def code() -> str:
        found = re.search(r"kiosk +\S+/pair/(\w+)", start(app).output)
        assert found
        return found[1]

    first = code()
    with catalogue.transaction() as session:
        device = actions.pair(session, first, clock.now()).device
        assert device.printer_key == PRINTER_KEY
    assert code() != first


def test_the_kiosk_has_a_file_printer(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.reading() as session:
        printer = printers.find_printer(session, PRINTER_KEY)
        assert printer is not None
        assert (printer.kind, printer.place) == ("file", OFFICE_CODE)


def test_it_is_open_round_the_clock_on_sundays_and_holidays_too(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.reading() as session:
        hours = store.hours_of(session, store.office_by_code(session, OFFICE_CODE), HANOI)
    for on in (date(2026, 11, 22), date(2026, 11, 24), date(2027, 9, 2)):
        [span] = open_spans(hours, on)
        assert span.closes_at - span.opens_at == timedelta(days=1)


@pytest.mark.parametrize("hour", ["00:00", "00:05", "09:00", "14:37", "23:44", "23:50"])
def test_every_slot_holds_2_to_20_places_for_every_service(app: Flask, catalogue: Database, hour: str) -> None:
    start(app)
    now = datetime.fromisoformat(f"2026-11-23T{hour}:00+07:00")
    tomorrow, last = date(2026, 11, 24), date(2026, 11, 29)
    with catalogue.reading() as session:
        offer = offers.load(session, store.office_by_code(session, OFFICE_CODE), now, HANOI)
        wants = [offer.want(service.code) for service in offer.services.values() if service.bookable]
        assert len(wants) == 44
        for want in wants:
            slots = offers.slots_of_days(session, offer, want, [now.date(), tomorrow, last])
            assert len(slots[tomorrow]) == len(slots[last]) == 96
            assert len(slots[now.date()]) == 95 - (now.hour * 60 + now.minute) // 15
            places = {slot.left for of_day in slots.values() for slot in of_day}
            assert places <= set(range(2, 21)), f"{want.service.name}: {sorted(places)}"


def test_every_service_is_taken_by_two_counters_and_counter_3_takes_certified_copies_and_civil_status(
    app: Flask, catalogue: Database
) -> None:
    start(app)
    with catalogue.reading() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        services = {service.id: service for service in store.services_of(session, office)}
        skills = store.skills_of(session, office)
        takers = Counter(service for taken in skills.values() for service in taken)
        assert set(takers) == set(services)
        assert min(takers.values()) == 2
        third = skills[next(counter.id for counter in store.counters_of(session, office) if counter.number == 3)]
        assert {services[service].field for service in third} == {"Chứng thực", "Hộ tịch", *GENERAL}
        assert len(set(map(frozenset, skills.values()))) == 5


def test_letters_of_numbers_are_one_a_field_and_cannot_be_misheard(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.reading() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        by_field = {(service.field, service.prefix) for service in store.services_of(session, office)}
    letters = {prefix for _field, prefix in by_field}
    assert len(letters) == len(by_field) == len({field for field, _prefix in by_field}) == 13
    assert not letters & set("IOQ")
    assert len(letters & set("BDP")) <= 1
    assert len(letters & set("MN")) <= 1


def test_without_the_units_it_says_what_to_run_first(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["office", "demo"])
    assert result.exit_code == 1
    assert "office init" in result.output


def test_other_offices_stay_unpublished_and_empty(app: Flask, catalogue: Database) -> None:
    start(app)
    with catalogue.reading() as session:
        assert session.scalars(select(Office.code).where(Office.published)).all() == [OFFICE_CODE]
        assert session.scalar(select(func.count(func.distinct(Service.office_id)))) == 1


def test_a_real_ward_is_furnished_once_and_may_then_publish_its_hours(app: Flask, catalogue: Database) -> None:
    furnish = ["office", "furnish", "00004"]
    first = app.test_cli_runner().invoke(args=furnish)
    assert first.exit_code == 0, first.output
    with catalogue.reading() as session:
        office = store.office_by_code(session, "00004")
        assert {service.name for service in store.services_of(session, office)} > GENERAL
        assert len(store.counters_of(session, office)) == 5
        hours = store.hours_of(session, office, HANOI)
        assert [len(open_spans(hours, date(2026, 11, 16) + timedelta(days))) for days in range(7)] == [2, 2, 2, 2, 2, 0, 0]
        assert not office.published
        assert office.notice == ""
    again = app.test_cli_runner().invoke(args=furnish)
    assert again.exit_code != 0
    assert "nothing was changed" in again.output
