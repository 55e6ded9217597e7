"""Upgrading by pulling and starting again: what the first version wrote is there, and the new tables too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask.testing import FlaskCliRunner
from sqlalchemy import inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn

import wsgi
from core.clock import SetClock
from core.config import load_config
from core.database import Database
from core.migrate import alembic_config
from tests.conftest import create_postgresql_database, drop_postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    yield create_postgresql_database(server, "old")
    drop_postgresql_database(server, "old")


@pytest.fixture
def old_url(empty_url: str) -> str:
    """A database as the first version left it, with an office and a number given in it."""
    command.upgrade(alembic_config(empty_url), "0001")
    write(
        empty_url,
        "INSERT INTO offices (code, unit_code, name, folded, address, hotline, notice, published, settings, seq)"
        " VALUES ('00070', '00070', 'Phường Cũ', 'phuong cu', '', '', '', true, '{}', 41)",
        """INSERT INTO number_counters (office_id, "on", prefix, last) VALUES (1, '2026-11-23', 'A', 7)""",
    )
    return empty_url


@pytest.fixture
def booked_url(old_url: str) -> str:
    """A database as the second version left it: A and B, each at a counter of its own, so that a slot has two pools.

    Tuesday 9:00 (UTC 2:00): A has three live bookings and a cancelled one, B has one that became a number. 9:15 has one of A.
    """
    command.upgrade(alembic_config(old_url), "0002")
    write(
        old_url,
        *(
            "INSERT INTO services (office_id, code, name, name_en, folded, field, prefix, minutes, documents, fee,"
            " processing_time, bookable, common, same_day, active, position)"
            f" VALUES (1, '{code}', 'Thủ tục {code}', '', 'thu tuc', 'Lĩnh vực {code}', '{code}', 10, '[]', '', '',"
            " true, false, false, true, 0)"
            for code in "AB"
        ),
        *(
            f"INSERT INTO counters (office_id, number, name, state, pause_reason) VALUES (1, {n}, '', 'closed', '')"
            for n in (1, 2)
        ),
        *(f"INSERT INTO counter_services (counter_id, service_id, position) VALUES ({n}, {n}, 0)" for n in (1, 2)),
        *(f"INSERT INTO weekly_hours (office_id, weekday, opens, closes) VALUES (1, {day}, 480, 720)" for day in range(5)),
        *(
            f"INSERT INTO slots (office_id, starts_at, ends_at, pool, capacity, booked) VALUES (1, '{begins}', '{ends}', {rest})"
            for begins, ends, rest in (
                ("2026-11-24 02:00:00+00:00", "2026-11-24 02:30:00+00:00", "'p2', 18, 10"),
                ("2026-11-24 02:00:00+00:00", "2026-11-24 02:15:00+00:00", "'p1', 30, 30"),
                ("2026-11-24 02:15:00+00:00", "2026-11-24 02:30:00+00:00", "'p1', 30, 10"),
            )
        ),
        *(
            'INSERT INTO appointments (office_id, service_id, slot_id, "on", starts_at, minutes, field, nth, code, token, name,'
            " name_folded, phone, people, lang, state, consent_at, created_at)"
            f" VALUES (1, {service}, {slot}, '2026-11-24', '2026-11-24 02:{minute}:00+00:00', 10, 'Lĩnh vực {service}', 1,"
            f" 'CODE{number}', 'token-of-booking-{number}', 'Nguyễn Thị Thử', 'nguyen thi thu', '+8491234560{number}', '[]',"
            f" 'vi', '{state}', '2026-11-20 02:00:00+00:00', '2026-11-20 02:00:00+00:00')"
            for number, (service, slot, minute, state) in enumerate(
                [(1, 2, "00", "booked")] * 3
                + [(1, 2, "00", "cancelled"), (2, 1, "00", "booked"), (1, 3, "15", "booked"), (2, 1, "00", "cancelled")]
            )
        ),
        *(
            'INSERT INTO tickets (office_id, "on", prefix, number, label, token, service_id, kind, appointment_id, arrived_at,'
            " due_at, priority, needs_help, lang, source, people, state, state_at, attempts, cycle, missing_papers, version)"
            f" VALUES (1, '2026-11-24', '{prefix}', 1, '{prefix}001', 'ticket-{prefix}', {service}, {kind},"
            " '2026-11-24 01:55:00+00:00', '2026-11-24 02:00:00+00:00', false, false, 'vi', 'kiosk', 1, 'waiting',"
            " '2026-11-24 01:55:00+00:00', 0, 0, '[]', 1)"
            for prefix, service, kind in (("A", 1, "'walk_in', NULL"), ("B", 2, "'booked', 5"))
        ),
        "UPDATE appointments SET minutes = 25 WHERE id = 5",
        "UPDATE slots SET capacity = 27, booked = 25 WHERE id = 1",
    )
    return old_url


def write(url: str, *statements: str) -> None:
    """Instants stand in them as PostgreSQL reads them."""
    database = Database(url)
    with database.transaction() as session:
        for statement in statements:
            session.execute(text(statement.replace(":00+00:00", ":00.000000") if database.is_sqlite else statement))
    database.dispose()


def read(url: str, query: str) -> list[tuple[object, ...]]:
    database = Database(url)
    with database.reading() as session:
        rows = [tuple(row) for row in session.execute(text(query))]
    database.dispose()
    return rows


def test_an_older_database_is_brought_up_to_date_and_keeps_what_it_holds(old_url: str, tmp_path: Path, clock: SetClock) -> None:
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": old_url, "SECRET_KEY": "only-for-tests"}
    app = wsgi.create_app(load_config(environ), clock)
    run: FlaskCliRunner = app.test_cli_runner()
    for _start in range(2):
        done = run.invoke(args=["office", "init"])
        assert done.exit_code == 0, done.output
    database = app.extensions["dung-gio"].database
    with database.reading() as session:
        assert session.execute(text("SELECT seq FROM offices WHERE code = '00070'")).scalar_one() == 41
        assert session.execute(text("SELECT last FROM number_counters")).scalar_one() == 7
        newest = ScriptDirectory.from_config(alembic_config(old_url)).get_current_head()
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == newest
    assert "ended_sign_ins" in inspect(database.engine).get_table_names()
    database.dispose()


def test_a_backup_of_the_first_version_is_restored_into_this_one(tmp_path: Path, clock: SetClock) -> None:
    folder = tmp_path / "first"
    folder.mkdir()
    url = f"sqlite:///{folder / 'dung-gio.db'}"
    command.upgrade(alembic_config(url), "0001")
    app = wsgi.create_app(load_config({"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": "only-for-tests"}), clock)
    run = app.test_cli_runner()
    assert run.invoke(args=["office", "backup", str(tmp_path / "old.backup")]).exit_code == 0
    assert run.invoke(args=["office", "init"]).exit_code == 0
    assert run.invoke(args=["office", "restore", "--yes", str(tmp_path / "old.backup")]).exit_code == 0
    tables = inspect(app.extensions["dung-gio"].database.engine).get_table_names()
    assert "ended_sign_ins" in tables, "a restored older backup is upgraded at once"
    app.extensions["dung-gio"].database.dispose()


BOOKINGS = "SELECT id, service_id, starts_at, minutes, state, code, token, name, phone, nth FROM appointments ORDER BY id"


def test_bookings_keep_their_hours_and_their_minutes_when_slots_are_counted_anew(booked_url: str) -> None:
    before = read(booked_url, BOOKINGS)
    command.upgrade(alembic_config(booked_url), "0003")
    assert read(booked_url, BOOKINGS) == before
    assert len(read(booked_url, "SELECT DISTINCT starts_at FROM slots")) == len(read(booked_url, "SELECT id FROM slots")) == 2
    uses = read(
        booked_url,
        "SELECT appointment_id, services, slot_uses.minutes, first, slots.starts_at = appointments.starts_at, hold_id"
        " FROM slot_uses JOIN slots ON slots.id = slot_id JOIN appointments ON appointments.id = appointment_id ORDER BY 1",
    )
    live = [(row[0], str(row[1]), row[3], True, True, None) for row in before if row[4] == "booked"]
    assert [(*row[:3], bool(row[3]), bool(row[4]), row[5]) for row in uses] == live
    assert read(booked_url, "SELECT label, minutes FROM tickets ORDER BY id") == [("A001", 10), ("B001", 25)]
    assert read(booked_url, "SELECT count(*) FROM slot_pools") == [(0,)]


def test_an_upgraded_slot_is_closed_at_what_is_booked_and_its_bookings_are_moved_and_cancelled(
    booked_url: str, tmp_path: Path, clock: SetClock
) -> None:
    """A's counter has 9 minutes of each slot and 30 are booked at 9:00; B's is 25 full. 9:30 is free."""
    command.upgrade(alembic_config(booked_url), "head")
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": booked_url, "SECRET_KEY": "only-for-tests"}
    app = wsgi.create_app(load_config(environ), clock)
    client, office = app.test_client(), "/api/v1/offices/00070"
    for service in "AB":
        slots = client.get(f"{office}/slots?service={service}&day=2026-11-24").json or []
        left = {slot["starts_at"][11:16]: slot["left"] for slot in slots}
        assert (left["09:00"], left["09:30"]) == (0, 1)
    moved = client.post("/api/v1/appointments/token-of-booking-1/move", json={"starts_at": "2026-11-24T10:00:00+07:00"})
    assert moved.status_code == 200, moved.json
    assert client.delete("/api/v1/appointments/token-of-booking-0").status_code == 204
    pools = "SELECT pool, booked, capacity FROM slot_pools JOIN slots ON slots.id = slot_id ORDER BY starts_at, pool"
    assert read(booked_url, pools)[:2] == [("c1", 10, 10), ("c2", 25, 25)]
    app.extensions["dung-gio"].database.dispose()


def test_the_upgrade_is_undone_with_all_bookings(booked_url: str) -> None:
    before = read(booked_url, BOOKINGS)
    for _time in range(2):
        command.upgrade(alembic_config(booked_url), "0003")
        command.downgrade(alembic_config(booked_url), "0002")
        assert read(booked_url, BOOKINGS) == before
        slots = read(booked_url, "SELECT starts_at, pool, capacity, booked FROM slots ORDER BY starts_at")
        assert [(booked, capacity) for _starts_at, _pool, capacity, booked in slots] == [(55, 55), (10, 10)]
        lost = "SELECT appointments.id FROM appointments LEFT JOIN slots ON slots.id = slot_id WHERE slots.id IS NULL"
        assert read(booked_url, lost) == []
        assert "minutes" not in {column["name"] for column in columns(booked_url, "tickets")}


def columns(url: str, table: str) -> list[ReflectedColumn]:
    database = Database(url)
    found = inspect(database.engine).get_columns(table)
    database.dispose()
    return found
