"""The command line of an office."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from core.database import Database
from core.rights import ANONYMOUS
from office import store
from office.models import ApiToken, AuditEntry, Office, Procedure, SpecialDay
from office.signin import Shown, who_are
from office.store import hashed
from tests.builders import make_office, make_staff


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_init_imports_all_units_and_procedures_and_may_be_run_again(run: FlaskCliRunner, database: Database) -> None:
    for _ in range(2):
        done = run.invoke(args=["office", "init"])
        assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert session.query(Office).count() == 126
        assert session.query(Procedure).count() == 42
        assert session.query(Office).filter_by(code="00070").one().name == "Phường Hoàn Kiếm"
        assert session.query(SpecialDay).filter_by(name="Ngày Văn hóa Việt Nam").count() >= 1


def test_a_token_is_printed_alone_and_stored_hashed(run: FlaskCliRunner, database: Database) -> None:
    with database.transaction() as session:
        make_staff(session, make_office(session))
    done = run.invoke(args=["office", "token", "canbo1"])
    assert re.fullmatch(r"[\w-]{43}\n", done.stdout)
    with database.reading() as session:
        assert done.stdout.strip() not in {row.token_hash for row in session.query(ApiToken)}
        assert who_are(session, [Shown(bearer=hashed(done.stdout.strip()))]) != [ANONYMOUS]


@pytest.mark.parametrize("kind", ["kiosk", "display", "agent"])
def test_a_devices_token_is_printed_alone(run: FlaskCliRunner, database: Database, kind: str) -> None:
    with database.transaction() as session:
        make_office(session)
    done = run.invoke(args=["office", "pair", "00070", kind])
    assert re.fullmatch(r"[\w-]{43}\n", done.stdout)
    with database.reading() as session:
        [device] = who_are(session, [Shown(device=hashed(done.stdout.strip()))])
        assert device.role == kind


def test_staff_are_added_with_a_printed_password_that_works(run: FlaskCliRunner, database: Database) -> None:
    from office.actions import password_matches

    with database.transaction() as session:
        make_office(session)
    done = run.invoke(args=["office", "staff", "add", "MaiThu", "--name", "Lê Mai Thử", "--office", "00070"])
    username, password = done.stdout.split()
    assert username == "MaiThu"
    with database.reading() as session:
        member = store.staff_by_username(session, "maithu")
        assert member
        assert password_matches(member.password_hash, password)
        assert member.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    "args",
    [
        ["token", "khongco"],
        ["pair", "99999", "kiosk"],
        ["pair", "00070", "toaster"],
        ["staff", "add", "x", "--name", "X"],
        ["staff", "add", "x", "--name", "X", "--office", "99999"],
        ["staff", "add", "canbo1", "--name", "X", "--office", "00070"],
        ["import-units", "/nonexistent"],
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: FlaskCliRunner, database: Database, args: list[str]) -> None:
    with database.transaction() as session:
        make_staff(session, make_office(session))
    done = run.invoke(args=["office", *args])
    assert done.exit_code != 0
    assert "Traceback" not in done.output


def test_a_file_of_another_shape_changes_nothing(run: FlaskCliRunner, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "units.json"
    file.write_text('[{"code": "1", "name": "Xã Một"}, {"code": 2}]')
    assert run.invoke(args=["office", "import-units", str(file)]).exit_code == 1
    with database.reading() as session:
        assert session.query(Office).count() == 0


@pytest.mark.parametrize(("more", "may"), [((), True), (("--no-pick",), False)])
def test_who_calls_out_of_order_is_said_when_staff_are_added(
    run: FlaskCliRunner, database: Database, more: tuple[str, ...], may: bool
) -> None:
    with database.transaction() as session:
        make_office(session)
    done = run.invoke(args=["office", "staff", "add", "maithu", "--name", "Lê Mai Thử", "--office", "00070", *more])
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        member = store.staff_by_username(session, "maithu")
        assert member
        assert member.may_pick is may


def test_settings_are_changed_and_shown_with_what_is_usual(run: FlaskCliRunner, database: Database) -> None:
    with database.transaction() as session:
        before = make_office(session, settings={"undo_s": 40}).seq
    done = run.invoke(args=["office", "settings", "00070", "guard=25", "confirm_code=yes", "priority=strict", "book_from=07:30"])
    assert done.exit_code == 0, done.output
    assert "guard=25  (usually 30)\n" in done.stdout
    assert "ratio=4\n" in done.stdout
    with database.reading() as session:
        office = session.query(Office).filter_by(code="00070").one()
        changed = {"guard": 25, "confirm_code": True, "priority": "strict", "book_from": "07:30"}
        assert office.settings == {"undo_s": 40} | changed
        assert office.seq > before
        assert [entry.detail for entry in session.query(AuditEntry).filter_by(what="settings")] == [changed]


@pytest.mark.parametrize(
    "wrong",
    ["guard", "guard=", "guard=-1", "guard=2.5", "guard=9999999", "nonsense=1", "confirm_code=maybe", "priority=first",
     "book_from=25:00", "slot_minutes=0", "bookable_share=101", "=", "__init__=1"],
)  # fmt: skip
def test_a_wrong_setting_changes_nothing_and_says_what_fits(run: FlaskCliRunner, database: Database, wrong: str) -> None:
    with database.transaction() as session:
        make_office(session)
    done = run.invoke(args=["office", "settings", "00070", "early=5", wrong])
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1
    with database.reading() as session:
        assert session.query(Office).filter_by(code="00070").one().settings == {}


def test_the_right_to_pick_is_taken_and_given(run: FlaskCliRunner, database: Database) -> None:
    with database.transaction() as session:
        make_staff(session, make_office(session))
    for option, allowed in (("--deny", False), ("--allow", True)):
        assert run.invoke(args=["office", "staff", "pick", "canbo1", option]).exit_code == 0
        with database.reading() as session:
            member = store.staff_by_username(session, "canbo1")
            assert member is not None
            assert member.may_pick is allowed
    assert "no active staff member" in run.invoke(args=["office", "staff", "pick", "ai", "--deny"]).output
