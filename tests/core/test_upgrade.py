"""Upgrading by pulling and starting again: what the first version wrote is there, and the new tables too."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask.testing import FlaskCliRunner
from sqlalchemy import inspect, text

import wsgi
from core.clock import SetClock
from core.config import load_config
from core.database import Database
from core.migrate import alembic_config
from tests.conftest import create_postgresql_database, drop_postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A database as the first version left it, with an office and a number given in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.sqlite'}"
        drop = lambda: None  # noqa: E731
    else:
        server = request.getfixturevalue("postgresql_server")
        url = create_postgresql_database(server, "old")
        drop = lambda: drop_postgresql_database(server, "old")  # noqa: E731
    command.upgrade(alembic_config(url), "0001")
    database = Database(url)
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO offices (code, unit_code, name, folded, address, hotline, notice, published, settings, seq)"
                " VALUES ('00070', '00070', 'Phường Cũ', 'phuong cu', '', '', '', true, '{}', 41)"
            )
        )
        session.execute(text("""INSERT INTO number_counters (office_id, "on", prefix, last) VALUES (1, '2026-11-23', 'A', 7)"""))
    database.dispose()
    yield url
    drop()


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
