from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.clock import SetClock
from core.database import Database
from core.events import Event, take_recorded
from printer import actions, store
from printer.events import PrinterChanged, PrintJobChanged
from printer.models import PrintJob
from printer.outcome import Outcome
from tests.printer.desk import KEY, Submit, job_of, make_printer, printer_of
from tests.printer.slips import EVERYDAY


@pytest.fixture(autouse=True)
def printer(database: Database, clock: SetClock) -> int:
    with database.transaction() as session:
        return make_printer(session, clock).id


def claim(database: Database, clock: SetClock, printer_id: int, worker: str = "one") -> PrintJob | None:
    with database.transaction() as session:
        return actions.claim(session, printer_id, worker, clock.now())


def settle(database: Database, clock: SetClock, job_id: int, outcome: Outcome) -> Sequence[Event]:
    with database.transaction() as session:
        actions.settle(session, job_id, outcome, clock.now())
        return take_recorded(session)


def state_of(database: Database, clock: SetClock, reference: str = "ticket:1") -> str | None:
    with database.reading() as session:
        return store.state_of(session, reference, clock.now())


def test_a_new_slip_waits_and_says_so(database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        actions.submit(session, KEY, EVERYDAY, reference="ticket:1", kind="ticket", now=clock.now())
        events = take_recorded(session)
    assert events == [PrintJobChanged("ticket:1", "00070", "queued")]
    assert state_of(database, clock) == "queued"
    assert state_of(database, clock, "ticket:2") is None


def test_slips_are_taken_in_the_order_of_their_numbers_one_at_a_time(
    database: Database, clock: SetClock, submit: Submit, printer: int
) -> None:
    first, second = submit("ticket:1"), submit("ticket:2")
    taken = claim(database, clock, printer)
    assert taken is not None
    assert (taken.id, taken.state) == (first, "sending")
    assert claim(database, clock, printer, "two") is None
    settle(database, clock, first, Outcome("printed", "", "ok"))
    taken = claim(database, clock, printer, "two")
    assert taken is not None
    assert taken.id == second


def test_the_database_refuses_two_pages_on_their_way_to_one_printer(database: Database, submit: Submit) -> None:
    first, second = submit("ticket:1"), submit("ticket:2")
    with database.transaction() as session:
        session.get_one(PrintJob, first).state = "sending"
        session.flush()
        session.get_one(PrintJob, second).state = "sending"
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_slip_whose_person_has_left_is_never_printed(database: Database, clock: SetClock, submit: Submit, printer: int) -> None:
    submit()
    clock.advance(actions.EXPIRES_IN)
    assert state_of(database, clock) == "expired"
    assert claim(database, clock, printer) is None
    assert job_of(database).state == "expired"


def test_a_page_under_way_does_not_expire(database: Database, clock: SetClock, submit: Submit, printer: int) -> None:
    job_id = submit()
    clock.advance(actions.EXPIRES_IN - timedelta(seconds=1))
    claim(database, clock, printer)
    clock.advance(timedelta(seconds=2))
    assert state_of(database, clock) == "sending"
    settle(database, clock, job_id, Outcome("printed", "", "ok"))
    assert state_of(database, clock) == "printed"


def test_what_a_vanished_worker_left_is_uncertain_and_not_sent_again(
    database: Database, clock: SetClock, submit: Submit, printer: int
) -> None:
    submit()
    claim(database, clock, printer, "vanished")
    clock.advance(actions.LEASE)
    assert claim(database, clock, printer, "two") is None
    assert state_of(database, clock) == "uncertain"


def test_an_acknowledgement_that_comes_late_still_counts(
    database: Database, clock: SetClock, submit: Submit, printer: int
) -> None:
    job_id = submit()
    claim(database, clock, printer)
    clock.advance(actions.LEASE)
    claim(database, clock, printer, "two")
    settle(database, clock, job_id, Outcome("printed", "", "ok"))
    assert state_of(database, clock) == "printed"


def test_a_blocked_slip_waits_for_paper_and_comes_out_while_its_person_is_there(
    database: Database, clock: SetClock, submit: Submit, printer: int
) -> None:
    job_id = submit()
    claim(database, clock, printer)
    events = settle(database, clock, job_id, Outcome("blocked", "paper out", "paper_out"))
    assert events == [PrintJobChanged("ticket:1", "00070", "blocked"), PrinterChanged(KEY, "00070", "paper_out")]
    assert printer_of(database).state_since == clock.now()
    with database.transaction() as session:
        actions.note_printer(session, printer, "ok", "", clock.now())
    assert state_of(database, clock) == "queued"
    assert printer_of(database).state == "ok"


def test_a_blocked_slip_whose_person_has_left_stays_in(database: Database, clock: SetClock, submit: Submit, printer: int) -> None:
    job_id = submit()
    claim(database, clock, printer)
    settle(database, clock, job_id, Outcome("blocked", "paper out", "paper_out"))
    clock.advance(actions.EXPIRES_IN)
    with database.transaction() as session:
        actions.note_printer(session, printer, "ok", "", clock.now())
    assert job_of(database).state == "expired"


def test_printing_again_marks_the_slip_and_keeps_its_number(
    database: Database, clock: SetClock, submit: Submit, printer: int
) -> None:
    job_id = submit()
    claim(database, clock, printer)
    settle(database, clock, job_id, Outcome("uncertain", "no acknowledgement", "off"))
    with database.transaction() as session:
        again = actions.reprint(session, job_id, now=clock.now())
    assert again.reprint
    assert again.document["reprint"]
    assert again.document["number"] == EVERYDAY.number
    assert state_of(database, clock) == "queued"


def test_pressing_print_again_twice_gives_one_paper(database: Database, clock: SetClock, submit: Submit) -> None:
    job_id = submit()
    with database.transaction() as session:
        once = actions.reprint(session, job_id, now=clock.now()).id
    with database.transaction() as session:
        assert actions.reprint(session, job_id, now=clock.now()).id == once


def test_at_a_printer_out_of_service_the_person_is_told_at_once(
    database: Database, clock: SetClock, submit: Submit, printer: int
) -> None:
    with database.transaction() as session:
        store.lock_printer(session, printer).active = False
    submit()
    assert state_of(database, clock) == "blocked"
    assert claim(database, clock, printer) is None


def test_an_unknown_printer_is_refused(database: Database, clock: SetClock, submit: Submit) -> None:
    with pytest.raises(actions.NoSuchPrinter):
        submit(key="00070/nowhere")


def test_the_spools_age_is_that_of_the_oldest_slip_that_may_still_come_out(
    database: Database, clock: SetClock, submit: Submit
) -> None:
    def age() -> float:
        with database.reading() as session:
            return store.spool_age(session, clock.now())

    assert age() == 0
    submit("ticket:1")
    clock.advance(timedelta(seconds=20))
    submit("ticket:2")
    assert age() == 20
    clock.advance(actions.EXPIRES_IN - timedelta(seconds=20))
    assert age() == 160
    clock.advance(timedelta(hours=1))
    assert age() == 0
