"""`queueing log`: what was changed afterwards is found and named; a day is printed; anybody can check an export."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from core.database import Database
from queueing import log_store
from queueing.log_rules import START, Entry, chained
from queueing.models import Call, LogEntry
from tests.conftest import ROOT
from tests.queueing.log_day import DAY, ENTRIES, OFFICE, WHY, Again, make_day
from tests.queueing.ward import Ward


@pytest.fixture
def db(app: Flask) -> Database:
    found: Database = app.extensions["dung-gio"].database
    return found


@pytest.fixture
def day(db: Database) -> None:
    make_day(db)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["queueing", "log", *words])


def tamper(db: Database, *statements: str) -> None:
    with db.transaction() as session:
        for statement in statements:
            session.execute(text(statement))


def entries(db: Database) -> list[Entry]:
    with db.reading() as session:
        ward = Again(session)
        return list(log_store.all_entries(session, ward.office))


# --- a log as it was written ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("day")
def test_a_log_nobody_touched_holds(app: Flask, db: Database) -> None:
    done = run(app, "verify", OFFICE)
    assert done.exit_code == 0, done.output
    assert f"{ENTRIES} entries, the chain holds" in done.output
    assert "3 calls, of which 3 could be judged" in done.output
    assert "3 moves by hand" in done.output
    assert run(app, "verify", OFFICE, "--day", DAY).exit_code == 0
    assert run(app, "verify", OFFICE, "--day", "2026-11-24").exit_code == 0


@pytest.mark.usefixtures("day")
def test_the_hash_on_paper_is_met_and_another_is_not(app: Flask, db: Database) -> None:
    paper = run(app, "print", OFFICE, "--day", DAY).output.splitlines()[-1]
    assert run(app, "verify", OFFICE, "--hash", paper).exit_code == 0
    other = run(app, "verify", OFFICE, "--hash", "0123 4567 89ab cdef")
    assert (other.exit_code, "is nowhere in the log" in other.output) == (1, True)


@pytest.mark.usefixtures("day")
def test_what_was_found_as_json(app: Flask, db: Database) -> None:
    assert json.loads(run(app, "verify", OFFICE, "--json").output)["ok"] is True
    tamper(db, "UPDATE line_log SET what = 'served' WHERE n = 4")
    done = run(app, "verify", OFFICE, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["ok"], told["findings"][0]["n"]) == (1, False, 4)


def test_an_office_that_is_not_there_and_one_without_a_log(app: Flask, db: Database) -> None:
    assert "No office has the code 99999" in run(app, "verify", "99999").output
    with db.transaction() as session:
        Ward(session)
    assert "There is nothing in it yet." in run(app, "verify", OFFICE).output


# --- what was changed afterwards --------------------------------------------------------------------------------------

TICKET = "(SELECT id FROM tickets WHERE label = '{0}')"


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        pytest.param(["UPDATE line_log SET what = 'served' WHERE n = 4"], "Entry 4 (served B001) is not what was", id="changed"),
        pytest.param(["UPDATE line_log SET at = '2026-11-23 01:00:00' WHERE n = 9"], "Entry 9 (priority A001) is not", id="time"),
        pytest.param(["DELETE FROM line_log WHERE n = 8"], "Entry 8 is missing: after 7 comes 9", id="taken out"),
        pytest.param(
            ["DELETE FROM line_log WHERE n = 8", "UPDATE line_log SET n = n - 1 WHERE n = 9"],
            "Entry 8 (priority A001) is not",
            id="taken out, the next renumbered",
        ),
        pytest.param(
            ["DELETE FROM line_log WHERE n >= 15"], "does not lead to where 23/11/2026 was closed", id="cut off at the end"
        ),
        pytest.param(
            ["DELETE FROM line_log WHERE n >= 15", "UPDATE day_closings SET log_hash = ''"],
            "was closed without the hash of its log",
            id="cut off, and the hash with it",
        ),
        pytest.param(
            ["DELETE FROM line_log WHERE n >= 15", "DELETE FROM day_closings"],
            "has a stretch (cancelled since 2026-11-23T02:06:30.000000Z) that no entry tells of",
            id="cut off, and the day not closed",
        ),
        pytest.param(
            ["UPDATE calls SET reason = 'guard' WHERE reason = 'by_hand'"],
            "Entry 11 (called B001): the call it tells of was changed afterwards (reason was by_hand, is guard)",
            id="the reason of a call",
        ),
        pytest.param(["UPDATE calls SET times = 1 WHERE times = 2"], "(times was 2, is 1)", id="how often it was said"),
        pytest.param(["UPDATE calls SET tier = 'undone' WHERE tier = '1'"], "Entry 6 (called A002): the call", id="hidden"),
        pytest.param(["DELETE FROM calls WHERE tier = 'by_hand'"], "Entry 11 (called B001): the call it tells of is", id="gone"),
        pytest.param(
            ["UPDATE tickets SET due_at = '2026-11-23 00:30:00' WHERE label = 'A001'"],
            "due_at was 2026-11-23T02:00:30.000000Z, is 2026-11-23T00:30:00.000000Z",
            id="the hour of a ticket",
        ),
        pytest.param(["UPDATE tickets SET state = 'expired' WHERE label = 'A001'"], "was cancelled, is expired", id="state"),
        pytest.param(
            ["UPDATE ticket_intervals SET staff_id = 2 WHERE state = 'serving'"],
            "Entry 8 (served A002): the stretch it tells of was changed afterwards (staff was 1, is 2)",
            id="who did it",
        ),
        pytest.param(
            ["UPDATE ticket_intervals SET from_at = '2026-11-23 02:02:01' WHERE state = 'serving'"], "since was", id="since when"
        ),
        pytest.param(["DELETE FROM ticket_intervals WHERE state = 'serving'"], "Entry 8 (served A002): the stretch", id="none"),
    ],
)
def test_what_was_changed_behind_the_programs_back_is_named(
    app: Flask, db: Database, statements: list[str], sentence: str
) -> None:
    tamper(db, *statements)
    done = run(app, "verify", OFFICE)
    assert done.exit_code == 1
    assert sentence in done.output
    one_day = run(app, "verify", OFFICE, "--day", DAY)
    assert (one_day.exit_code, sentence in one_day.output) == (1, True)


@pytest.mark.usefixtures("day")
def test_a_row_that_was_put_in_is_found(app: Flask, db: Database) -> None:
    tamper(
        db,
        "INSERT INTO calls (office_id, \"on\", ticket_id, counter_id, called_at, last_called_at, times, tier, reason, params)"
        " SELECT office_id, \"on\", ticket_id, counter_id, called_at, last_called_at, times, tier, reason, params FROM calls"
        " WHERE reason = 'by_hand'",
    )
    assert "has a call (by_hand at 2026-11-23T02:04:30.000000Z) that no entry tells of" in run(app, "verify", OFFICE).output


@pytest.mark.usefixtures("day")
def test_a_log_written_anew_as_a_whole_is_found_by_the_closing_and_by_paper(app: Flask, db: Database) -> None:
    """Who has the whole database can do this, and change the closing too: then only a hash kept elsewhere shows it."""
    paper = run(app, "print", OFFICE, "--day", DAY).output.splitlines()[-1]
    rewrite(db, "UPDATE line_log SET what = 'transferred' WHERE n = 9")
    done = run(app, "verify", OFFICE)
    assert (done.exit_code, "does not lead to where" in done.output, "is not what was written" in done.output) == (1, True, False)
    tamper(db, "UPDATE day_closings SET log_hash = (SELECT hash FROM line_log ORDER BY n DESC LIMIT 1)")
    assert run(app, "verify", OFFICE).exit_code == 0, "docs/fairness.md says so"
    assert run(app, "verify", OFFICE, "--hash", paper).exit_code == 1


@pytest.mark.usefixtures("day")
def test_a_call_that_does_not_keep_to_its_reason_is_named(app: Flask, db: Database) -> None:
    """Tables and log agree, and yet it was not fair: as if the program itself had let a call by hand pass without a reason."""
    with db.transaction() as session:
        call = session.scalars(select(Call).where(Call.reason == "by_hand")).one()
        call.params = {**call.params, "why": " "}
        entry = session.scalars(select(LogEntry).where(LogEntry.n == 11)).one()
        entry.detail = {**entry.detail, "call": {**entry.detail["call"], "params": call.params}}
    rewrite(db)
    tamper(db, "UPDATE day_closings SET log_hash = (SELECT hash FROM line_log ORDER BY n DESC LIMIT 1)")
    done = run(app, "verify", OFFICE)
    assert done.exit_code == 1
    assert done.output.splitlines() == ["Entry 11 (called B001): it was called out of order without a reason."]


def rewrite(db: Database, *statements: str) -> None:
    """Change entries, and make every hash anew."""
    tamper(db, *statements)
    before = START
    for entry in entries(db):
        before = chained(entry, before)
        tamper(db, f"UPDATE line_log SET hash = '{before}' WHERE n = {entry.n}")


# --- printed, and checked by others -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("day")
def test_a_day_is_printed_with_its_moves_by_hand(app: Flask, db: Database) -> None:
    lines = run(app, "print", OFFICE, "--day", DAY).output.splitlines()
    assert lines[0].startswith("Nhật ký hàng chờ của Phường Thử Nghiệm 00070, ngày 23/11/2026")
    [by_hand] = [line for line in lines if WHY in line]
    assert "09:04:30" in by_hand
    assert f"BẰNG TAY | Gọi | gọi ngoài thứ tự: {WHY} (theo thứ tự là A001)" in by_hand
    assert by_hand.endswith("Nguyễn Thị Thử canbo1")
    assert sum("BẰNG TAY" in line for line in lines) == 3
    assert re.fullmatch(r"([0-9a-f]{4} ){15}[0-9a-f]{4}", lines[-1])
    assert run(app, "print", OFFICE, "--day", "2026-11-24").output.count("\n") == 1


def documented_check() -> str:
    """The program of docs/fairness.md, as it stands there."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "fairness.md").read_text(), re.DOTALL)
    assert found
    assert len(found.group(1).splitlines()) <= 20
    return found.group(1)


@pytest.mark.usefixtures("day")
def test_an_outsider_checks_an_export_with_the_twenty_documented_lines(app: Flask, db: Database, tmp_path: Path) -> None:
    program = tmp_path / "check.py"
    program.write_text(documented_check())
    export = run(app, "export", OFFICE).output

    def checked(lines: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-I", "-X", "utf8", program], input=lines, capture_output=True, text=True)

    last = entries(db)[-1].hash
    assert f"{ENTRIES} entries hold; compare with the paper: {last}" in checked(export).stdout
    assert export == run(app, "export", OFFICE, "--day", DAY).output
    assert "entry 11 was changed" in checked(export.replace(WHY, "có người già")).stderr
    lines = export.splitlines(keepends=True)
    assert "entry 8 was changed, or does not follow" in checked("".join(lines[:6] + lines[7:])).stderr
