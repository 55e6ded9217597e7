"""Keeping the data: written and read back while the product runs, on both databases."""

from __future__ import annotations

import os
import threading
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import update

from core.database import Database
from office.models import Office
from tests.builders import make_office, make_staff


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def names(database: Database) -> set[str]:
    with database.reading() as session:
        return {office.code for office in session.query(Office)}


def test_what_was_kept_comes_back_and_what_came_later_is_gone(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "monday.backup"
    with database.transaction() as session:
        make_staff(session, make_office(session, "00070"))
    done = run.invoke(args=["office", "backup", str(file)])
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o777 == 0o600
    with database.transaction() as session:
        make_office(session, "00082")
        session.execute(update(Office).where(Office.code == "00070").values(seq=41))
    done = run.invoke(args=["office", "restore", "--yes", str(file)])
    assert done.exit_code == 0, done.output
    assert names(database) == {"00070"}
    with database.reading() as session:
        assert session.query(Office).one().seq > 41, "a running board must take the restored state for new"


def test_a_backup_taken_while_people_write_is_one_moment(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        for code in ("00001", "00002"):
            make_office(session, code)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.transaction() as session:
                session.execute(update(Office).values(seq=Office.seq + 1))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = run.invoke(args=["office", "backup", str(tmp_path / "busy.backup")])
    finally:
        stop.set()
        writer.join()
    assert done.exit_code == 0, done.output
    assert run.invoke(args=["office", "restore", "--yes", str(tmp_path / "busy.backup")]).exit_code == 0
    with database.reading() as session:
        first, second = session.query(Office).order_by(Office.code)
        assert first.seq == second.seq


def test_a_backup_never_overwrites_a_file(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "there.backup"
    file.write_text("older")
    done = run.invoke(args=["office", "backup", str(file)])
    assert done.exit_code == 1
    assert file.read_text() == "older"


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 half"])
def test_a_file_that_is_no_backup_changes_nothing(
    run: FlaskCliRunner, database: Database, tmp_path: Path, content: bytes
) -> None:
    with database.transaction() as session:
        make_office(session)
    file = tmp_path / "x.backup"
    file.write_bytes(content)
    done = run.invoke(args=["office", "restore", "--yes", str(file)])
    assert done.exit_code == 1
    assert "is not a backup" in done.output
    assert names(database) == {"00070"}


def test_a_backup_of_the_other_kind_of_database_is_refused(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    other = "database.pgdump" if database.is_sqlite else "database.sqlite"
    with zipfile.ZipFile(tmp_path / "other.backup", "w") as archive:
        archive.writestr("manifest.json", f'{{"format": 1, "database": "{other}"}}')
    done = run.invoke(args=["office", "restore", "--yes", str(tmp_path / "other.backup")])
    assert done.exit_code == 1
    assert "another kind of database" in done.output


def test_the_key_that_signs_sessions_comes_back_too(
    run: FlaskCliRunner, app: Flask, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(os.environ, "SECRET_KEY", raising=False)
    run.invoke(args=["office", "backup", str(tmp_path / "a.backup")])
    (tmp_path / "secret_key").write_text("a newer key")
    assert run.invoke(args=["office", "restore", "--yes", str(tmp_path / "a.backup")]).exit_code == 0
    assert (tmp_path / "secret_key").read_text() == "only-for-tests"


def test_a_backup_is_checked_without_changing_anything(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    with database.transaction() as session:
        make_office(session)
    assert run.invoke(args=["office", "backup", str(file)]).exit_code == 0
    with database.transaction() as session:
        make_office(session, "00082")
    done = run.invoke(args=["office", "check-backup", str(file)])
    assert done.exit_code == 0, done.output
    assert "MB of database" in done.output
    assert names(database) == {"00070", "00082"}
    assert sorted(path.name for path in tmp_path.glob("tmp*")) == []


def test_a_damaged_backup_is_found_before_it_is_needed(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        make_office(session)
    assert run.invoke(args=["office", "backup", str(tmp_path / "a.backup")]).exit_code == 0
    with zipfile.ZipFile(tmp_path / "a.backup") as whole, zipfile.ZipFile(tmp_path / "b.backup", "w") as broken:
        for name in whole.namelist():
            content = whole.read(name)
            # As a disk does it: a piece in the middle reads as nothing.
            broken.writestr(name, content[: len(content) // 3] if name.startswith("database") else content)
    done = run.invoke(args=["office", "check-backup", str(tmp_path / "b.backup")])
    assert done.exit_code == 1, done.output
    assert names(database) == {"00070"}


def test_the_recorded_voice_of_a_ward_comes_back_too(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    clip = tmp_path / "voice" / "moi" / "0.wav"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"recorded")
    assert run.invoke(args=["office", "backup", str(tmp_path / "a.backup")]).exit_code == 0
    clip.unlink()
    (tmp_path / "voice" / "moi" / "1.wav").write_bytes(b"recorded later")
    assert run.invoke(args=["office", "restore", "--yes", str(tmp_path / "a.backup")]).exit_code == 0
    assert clip.read_bytes() == b"recorded"
    assert (tmp_path / "voice" / "moi" / "1.wav").exists(), "what came later is no mistake"
