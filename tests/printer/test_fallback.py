"""What one printer cannot print another one prints: only slips of which nothing was sent, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import SetClock
from core.database import Database
from printer import actions, store
from printer.models import Printer
from printer.outcome import Outcome
from printer.spool import Spool
from tests.fault.fault_printer import PAPER_OUT, FaultPrinter
from tests.fault.matrix import QUICK
from tests.printer.desk import KEY, Submit, job_of, make_printer, printer_of

OTHER = "00070/desk"
SOON = timedelta(seconds=4)


@pytest.fixture
def spool(database: Database, clock: SetClock, tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool(database, clock, tmp_path / "printed", QUICK)) as spool:
        yield spool


def set_up(database: Database, clock: SetClock, printer: FaultPrinter | None = None) -> None:
    """The kiosk's printer, and the one at the desk that prints for it."""
    with database.transaction() as session:
        first = make_printer(session, clock, kind="network", address=printer.address if printer else "127.0.0.1:1")
        actions.set_fallback(session, first, make_printer(session, clock, OTHER))


def papers(tmp_path: Path) -> int:
    return len(list((tmp_path / "printed" / "00070-desk").glob("*.png")))


def note(database: Database, clock: SetClock, key: str, state: str) -> None:
    with database.transaction() as session:
        printer = store.find_printer(session, key)
        assert printer is not None
        actions.note_printer(session, printer.id, state, "", clock.now())


def test_a_slip_that_its_printer_cannot_print_comes_out_at_the_fallback(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, tmp_path: Path
) -> None:
    with FaultPrinter(status=PAPER_OUT) as printer:
        set_up(database, clock, printer)
        submit()
        spool.run_once()
        job = job_of(database)
        assert (job.state, job.printer.key, printer_of(database).state) == ("printed", OTHER, "paper_out")
        printer.status = {1: b"\x12", 2: b"\x12", 4: b"\x12"}
        clock.advance(SOON)
        spool.run_once()
        assert (printer_of(database).state, printer.papers, papers(tmp_path)) == ("ok", 0, 1)


def test_the_next_slip_goes_to_the_fallback_at_once_and_to_the_printer_again_when_it_is_well(
    database: Database, clock: SetClock, submit: Submit
) -> None:
    set_up(database, clock)
    note(database, clock, KEY, "cover")
    submit("ticket:1")
    assert job_of(database, "ticket:1").printer.key == OTHER
    note(database, clock, KEY, "ok")
    submit("ticket:2")
    assert job_of(database, "ticket:2").printer.key == KEY


def test_people_are_told_how_paper_is_and_where_it_comes_out(database: Database, clock: SetClock, submit: Submit) -> None:
    set_up(database, clock)

    def told() -> tuple[str, str | None]:
        with database.reading() as session:
            printer = store.find_printer(session, KEY)
            assert printer is not None
            return store.state_for_people(session, printer), store.came_out_elsewhere(session, "ticket:1")

    assert told() == ("unknown", None)
    note(database, clock, KEY, "paper_out")
    note(database, clock, OTHER, "near_end")
    submit()
    assert told() == ("near_end", "Ki-ốt 1")
    note(database, clock, OTHER, "cover")
    assert told()[0] == "paper_out"


def test_a_real_printer_goes_before_a_file(database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        for key, kind in (("00070/a", "file"), ("00070/b", "network")):
            make_printer(session, clock, key, kind)
        found = store.first_in_service(session, "00070")
        assert found is not None
        assert found.key == "00070/b"
        assert store.first_in_service(session, "00071") is None


def test_a_slip_that_may_be_on_paper_never_goes_to_the_fallback(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, tmp_path: Path
) -> None:
    with FaultPrinter(acknowledgement=b"\x18\x00\x0c\x00") as printer:
        set_up(database, clock, printer)
        submit()
        spool.run_once()
        clock.advance(SOON)
        spool.run_once()
    assert (job_of(database).state, job_of(database).printer.key, papers(tmp_path)) == ("uncertain", KEY, 0)


def test_a_slip_blocked_at_both_comes_out_at_whichever_is_well_first(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, tmp_path: Path
) -> None:
    set_up(database, clock)
    note(database, clock, OTHER, "paper_out")
    submit()
    spool.serve(printer_of(database).id)
    assert (job_of(database).state, job_of(database).printer.key) == ("blocked", KEY)
    note(database, clock, OTHER, "ok")
    for _moved_then_printed in range(2):
        spool.run_once()
    assert (job_of(database).state, papers(tmp_path)) == ("printed", 1)


def test_two_printers_that_stand_in_for_each_other_do_not_pass_a_slip_to_and_fro(
    database: Database, clock: SetClock, spool: Spool, submit: Submit
) -> None:
    set_up(database, clock)
    with database.transaction() as session:
        first, other = store.find_printer(session, KEY), store.find_printer(session, OTHER)
        assert first is not None
        assert other is not None
        other.kind, other.address = "network", "127.0.0.1:1"
        actions.set_fallback(session, other, first)
    submit()
    assert spool.run_once() <= 2
    assert job_of(database).state == "blocked"


def test_a_slip_whose_person_has_left_does_not_come_out_at_the_fallback_either(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, tmp_path: Path
) -> None:
    set_up(database, clock)
    note(database, clock, OTHER, "off")
    submit()
    spool.serve(printer_of(database).id)
    clock.advance(actions.EXPIRES_IN)
    note(database, clock, OTHER, "ok")
    spool.run_once()
    assert (job_of(database).state, papers(tmp_path)) == ("expired", 0)


def test_a_test_page_shows_its_own_printer_and_no_other(database: Database, clock: SetClock, spool: Spool) -> None:
    set_up(database, clock)
    note(database, clock, KEY, "off")
    with database.transaction() as session:
        actions.print_trial(session, KEY, at="08:47", now=clock.now())
    spool.run_once()
    job = job_of(database, f"test:{KEY}")
    assert (job.state, job.printer.key) == ("blocked", KEY)


def test_a_printer_taken_out_of_service_leaves_its_slips_to_the_fallback(
    database: Database, clock: SetClock, spool: Spool, submit: Submit
) -> None:
    set_up(database, clock)
    submit()
    with database.transaction() as session:
        printer = store.find_printer(session, KEY)
        assert printer is not None
        actions.take_out(session, printer, clock.now())
    spool.run_once()
    assert (job_of(database).state, job_of(database).printer.key) == ("printed", OTHER)


def test_a_printer_taken_out_of_service_stands_in_for_none_and_its_people_are_told(
    database: Database, clock: SetClock, submit: Submit
) -> None:
    set_up(database, clock)
    submit(key=OTHER)
    with database.transaction() as session:
        printer = store.find_printer(session, OTHER)
        assert printer is not None
        actions.take_out(session, printer, clock.now())
    assert job_of(database).state == "blocked"
    assert printer_of(database).fallback_id is None
    with database.transaction() as session:
        actions.put_back(session, session.get_one(Printer, printer.id), clock.now())
    assert (printer_of(database, OTHER).active, printer_of(database, OTHER).state) == (True, "unknown")


def test_a_printer_of_another_place_and_the_printer_itself_are_no_fallback(database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        printer, other = make_printer(session, clock), make_printer(session, clock, "00071/desk")
        other.place = "00071"
        for wrong in (printer, other):
            with pytest.raises(ValueError, match="another printer of the same place"):
                actions.set_fallback(session, printer, wrong)


def test_a_slip_printed_again_meanwhile_does_not_come_out_besides(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, tmp_path: Path
) -> None:
    """Blocked, printed again by a person, blocked again: when the printer is well there is one paper, not two."""
    with database.transaction() as session:
        printer = make_printer(session, clock, OTHER)
        printer.state = "off"
    job_id = submit(key=OTHER)
    for _press in range(2):
        with database.transaction() as session:
            actions.claim(session, printer.id, "dead", clock.now())
            job = store.latest_job(session, "ticket:1")
            assert job is not None
            actions.settle(session, job.id, Outcome("blocked", "off", "off"), clock.now())
            actions.reprint(session, job_id, now=clock.now())
    note(database, clock, OTHER, "ok")
    spool.run_once()
    assert papers(tmp_path) == 1
    assert job_of(database).state == "printed"


def test_in_lai_pressed_while_the_slip_is_on_its_way_gives_no_second_paper(
    database: Database, clock: SetClock, submit: Submit
) -> None:
    with database.transaction() as session:
        printer = make_printer(session, clock).id
    job_id = submit()
    for state in ("queued", "sending"):
        with database.transaction() as session:
            assert (actions.reprint(session, job_id, now=clock.now()).id, job_of(database).state) == (job_id, state)
            actions.claim(session, printer, "one", clock.now())
