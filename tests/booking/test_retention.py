"""Name, phone and device are gone when their days are over, once, however many workers look; nothing live is touched."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking import actions, phone_codes, retention
from booking.actions import Wish
from booking.forms import Visitor
from booking.models import Appointment, Hold, PhoneCode, PhoneMark
from booking.visits import mark_wrong_person
from core.clock import SetClock
from core.database import Database
from notices.models import Message
from office.models import Office
from office.settings import Settings
from tests.booking.personal import NAME, OTHER, OTHERS_PHONE, PHONE, SECRET, TOMORROW, Ward, entry_of, make_ward, wait
from tests.builders import make_office
from tests.conftest import HANOI


@pytest.fixture
def ward(database: Database, clock: SetClock, tmp_path: Path) -> Ward:
    """Monday, nine o'clock."""
    return make_ward(database, clock, tmp_path)


def keep_for(ward: Ward, days: int) -> None:
    ward.change(lambda session: session.execute(update(Office).values(settings={"retention_days": days})))


@pytest.mark.parametrize(
    ("days", "later", "gone"),
    [(90, 91, False), (90, 92, True), (7, 8, False), (7, 9, True), (0, 1, False), (0, 2, False), (0, 3, True), (10**9, 5, False)],
)
def test_a_booking_is_a_figure_when_its_day_is_longer_ago_than_the_office_keeps_data(
    ward: Ward, days: int, later: int, gone: bool
) -> None:
    """The booking is of tomorrow: so many days `later` it is one day less long ago."""
    keep_for(ward, days)
    token = ward.book()
    wait(ward, Visitor(NAME, PHONE))
    ward.clock.advance(timedelta(days=later))
    ward.tidy()
    found = ward.booking(token)
    assert (found.erased_at is not None) == gone
    assert (found.state, found.minutes, found.on) == ("booked", 10, TOMORROW.date())
    assert (ward.traces() == []) == gone


def test_no_live_booking_is_ever_touched(ward: Ward) -> None:
    keep_for(ward, -5)
    coming, today = ward.book(TOMORROW), ward.book(ward.clock.now() + timedelta(minutes=60), "B")
    token = wait(ward, Visitor(OTHER, OTHERS_PHONE))
    ward.tidy()
    assert [ward.booking(each).name for each in (coming, today)] == [NAME, NAME]
    assert entry_of(ward, token).name == OTHER
    with ward.database.reading() as session:
        assert all(message.text for message in session.scalars(select(Message)))


def test_a_booking_made_long_before_its_day_keeps_its_message_until_then(ward: Ward) -> None:
    """Kept for a day, booked five days ahead: the message is older than the days data are kept, the visit still to come."""
    keep_for(ward, 1)
    ward.book(TOMORROW + timedelta(days=4))
    ward.clock.advance(timedelta(days=4))
    ward.tidy()
    assert "messages.to" in ward.traces(PHONE)


def test_each_office_keeps_data_for_its_own_days(ward: Ward) -> None:
    keep_for(ward, 3)
    ward.change(lambda session: make_office(session, "00082", settings={"retention_days": 300}))
    short = ward.book()
    with ward.database.transaction() as session:
        other = session.scalars(select(Office).where(Office.code == "00082")).one()
        long = actions.book(session, other, Wish("B", TOMORROW, Visitor(OTHER, OTHERS_PHONE)), **ward.told).token
    ward.clock.advance(timedelta(days=30))
    ward.tidy()
    assert ward.booking(short).erased_at is not None
    assert ward.booking(long).name == OTHER


def test_a_second_run_finds_nothing_to_do(ward: Ward) -> None:
    token = ward.book()
    ward.clock.advance(timedelta(days=200))
    ward.tidy()
    first = ward.booking(token).erased_at
    ward.clock.advance(timedelta(hours=1))
    ward.tidy()
    assert ward.booking(token).erased_at == first


def test_many_old_bookings_go_in_batches(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for nth in range(5):
        ward.book(TOMORROW + timedelta(hours=nth), visitor=Visitor(NAME, f"+8491234560{nth}"))
    ward.clock.advance(timedelta(days=200))
    ward.tidy()
    assert ward.traces(NAME, *(f"+8491234560{nth}" for nth in range(5))) == []


def test_two_workers_at_once_do_it_once_and_neither_fails(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BREATH_S", 0)
    for nth in range(8):
        ward.book(TOMORROW + timedelta(hours=nth), visitor=Visitor(NAME, f"+8491234560{nth}"))
    ward.clock.advance(timedelta(days=200))
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            ward.tidy()
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    ward.tidy()
    assert ward.traces(NAME) == []


def test_codes_go_after_a_day_and_other_messages_stay(ward: Ward) -> None:
    ward.book()
    with ward.database.transaction() as session:
        phone_codes.send_code(session, session.scalars(select(Office)).one(), OTHERS_PHONE, now=ward.clock.now(), secret=SECRET)
    ward.outbox.run_once()
    ward.clock.advance(timedelta(days=1, seconds=1))
    ward.tidy()
    assert ward.traces(OTHERS_PHONE) == []
    with ward.database.reading() as session:
        assert session.scalars(select(PhoneCode)).all() == []
        assert session.scalars(select(Message.to)).all() == [PHONE]


def test_messages_about_nothing_that_is_kept_go_when_they_are_older_than_any_booking(ward: Ward) -> None:
    ward.book()
    ward.change(lambda session: session.execute(update(Message).values(reference="appointment:999")))
    ward.clock.advance(timedelta(days=Settings().retention_days + Settings().book_days + 2))
    ward.tidy()
    assert ward.traces() == []


def test_files_of_messages_the_database_no_longer_knows_go_as_whole_days(ward: Ward) -> None:
    ward.book()
    ward.change(lambda session: session.query(Message).delete())
    ward.clock.advance(timedelta(days=Settings().retention_days + Settings().book_days + 2))
    ward.tidy()
    assert ward.traces() == []


def test_marks_of_phones_and_holds_of_devices_go_too(ward: Ward) -> None:
    ward.book()

    def mark(session: Session) -> None:
        booking, now = session.scalars(select(Appointment)).one(), ward.clock.now()
        mark_wrong_person(session, booking, staff_id=None, now=now, secret=SECRET)
        session.add(
            Hold(office_id=booking.office_id, kind="typing", token="held", services="1", starts_at=now, minutes=5,
                 holder="h" * 64, address="a" * 64, created_at=now, expires_at=now)
        )  # fmt: skip

    def left() -> tuple[int, int]:
        with ward.database.reading() as session:
            counts = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (PhoneMark, Hold)]
            return counts[0], counts[1]

    ward.change(mark)
    ward.tidy()
    assert left() == (1, 1)
    ward.clock.advance(timedelta(days=1))
    ward.tidy()
    assert left() == (1, 0)
    ward.clock.advance(timedelta(days=Settings().retention_days))
    ward.tidy()
    assert left() == (0, 0)


def test_the_loop_goes_on_after_a_failure_and_ends_when_it_is_told_to(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, runs = threading.Event(), []

    def fail_once(_day: date) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise OSError(f"no space left for {NAME}")
        stop.set()

    monkeypatch.setattr(retention, "TIDY_EVERY_S", 0)
    retention.tidy_personal(ward.database, ward.clock, HANOI, fail_once, stop)
    assert len(runs) == 2
    assert "tried again" in caplog.text
