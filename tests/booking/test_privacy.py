"""Name, phone and device are gone from everywhere when a person says so, or when their days are over; nothing else is."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking import actions, phone_codes, privacy, retention, waiting_actions
from booking.actions import Wish
from booking.forms import Companion, Visitor
from booking.models import Appointment, CallListEntry, Hold, PhoneCode, PhoneMark, SlotUse, WaitingEntry
from booking.refusals import AppointmentUnknown, WaitingUnknown
from booking.visits import mark_wrong_person
from core.clock import SetClock
from core.database import Database
from core.rights import ANONYMOUS
from notices.channels import FileChannel
from notices.models import Message
from notices.outbox import Outbox
from office.models import AuditEntry, Office, Service
from office.settings import Settings
from office.store import service_by_code
from queueing.actions import take_ticket
from queueing.models import Ticket
from tests.booking.personal import traces
from tests.builders import make_office
from tests.conftest import HANOI

NAME, CHILD, OTHER = "Nguyễn Thị Thử", "Trần Bé Thử", "Phạm Văn Khác"
PHONE, OTHERS_PHONE = "+84912345601", "+84912345699"
URL = "https://vidu.test"
SECRET = "only-for-tests"
TOMORROW = datetime(2026, 11, 24, 10, 0, tzinfo=HANOI)


@dataclass
class Ward:
    """An office with four counters for A and B of different fields, its outbox, and the folder of its data."""

    database: Database
    clock: SetClock
    data_dir: Path

    def __post_init__(self) -> None:
        self.channel = FileChannel(self.data_dir)
        self.outbox = Outbox(self.database, self.clock, [self.channel])

    @property
    def told(self) -> dict[str, Any]:
        return {"now": self.clock.now(), "tz": HANOI, "public_url": URL}

    def book(self, starts_at: datetime = TOMORROW, service: str = "A", **fields: Any) -> str:
        """A booking with a child along, told by a message that has left; gives its token."""
        asked: dict[str, Any] = {"visitor": Visitor(NAME, PHONE), "people": (Companion(CHILD, service),), "device": "d" * 64}
        with self.database.transaction() as session:
            office = session.scalars(select(Office).where(Office.code == "00070")).one()
            token = actions.book(session, office, Wish(service, starts_at, **(asked | fields)), **self.told).token
        self.outbox.run_once()
        return token

    def erase(self, token: str) -> None:
        with self.database.transaction() as session:
            privacy.erase(session, token, **self.told)
        self.outbox.forget_once()

    def tidy(self) -> None:
        retention.tidy_once(self.database, self.clock.now(), HANOI, self.channel.files.forget_before, threading.Event())
        while self.outbox.forget_once():
            pass

    def booking(self, token: str) -> Appointment:
        with self.database.reading() as session:
            return session.scalars(select(Appointment).where(Appointment.token == token)).one()

    def traces(self, *people: str) -> list[str]:
        return traces(self.database, self.data_dir, *(people or (NAME, CHILD, PHONE)))

    def change(self, what: Callable[[Session], object]) -> None:
        with self.database.transaction() as session:
            what(session)


@pytest.fixture
def ward(database: Database, clock: SetClock, tmp_path: Path) -> Iterator[Ward]:
    """Monday, nine o'clock."""
    with database.transaction() as session:
        make_office(session, services="AB", counters=4, minutes=5)
        for service in session.scalars(select(Service)):
            service.field = f"Lĩnh vực {service.code}"
    return Ward(database, clock, tmp_path)


def check_in(ward: Ward, token: str) -> str:
    """Let the person of a booking stand in the line; gives the number."""
    with ward.database.transaction() as session:
        found = session.scalars(select(Appointment).where(Appointment.token == token)).one()
        ticket = take_ticket(
            session, found.office, found.service, now=ward.clock.now(), tz=HANOI, source="kiosk", actor=ANONYMOUS
        )
        ticket.appointment_id = found.id
        return ticket.label


# --- at the person's word -----------------------------------------------------------------------------------------------


def test_a_coming_visit_is_cancelled_and_nothing_personal_is_left_anywhere(ward: Ward) -> None:
    token = ward.book()
    assert {"appointments.name", "appointments.phone", "messages.to", "outbox-2026-11-23.jsonl"} <= set(ward.traces())
    ward.erase(token)
    gone = ward.booking(token)
    assert (gone.state, gone.name, gone.phone, gone.device) == ("cancelled", "", "", "")
    assert gone.people == [{"name": "", "service": "A"}]
    assert gone.erased_at == ward.clock.now()
    assert ward.traces() == []


def test_its_place_goes_back(ward: Ward) -> None:
    token = ward.book()
    ward.erase(token)
    with ward.database.reading() as session:
        assert session.scalars(select(SlotUse).where(SlotUse.appointment_id.is_not(None))).all() == []


def test_deleting_twice_is_the_same_as_once(ward: Ward) -> None:
    token = ward.book()
    ward.erase(token)
    first = ward.booking(token).erased_at
    ward.clock.advance(timedelta(minutes=1))
    ward.erase(token)
    assert ward.booking(token).erased_at == first


def test_a_token_of_nobody_is_refused(ward: Ward) -> None:
    with ward.database.transaction() as session:
        with pytest.raises(AppointmentUnknown):
            privacy.erase(session, "nobody-has-this", **ward.told)
        with pytest.raises(WaitingUnknown):
            privacy.erase_waiting(session, "nobody-has-this", **ward.told)


def test_a_message_that_has_not_left_is_never_sent(ward: Ward) -> None:
    token = ward.book()
    ward.change(lambda session: session.execute(update(Message).values(
        state="queued", sent_at=None, due_at=ward.clock.now()
    )))  # fmt: skip
    ward.erase(token)
    assert ward.outbox.run_once() == 0
    assert ward.traces() == []


def test_who_stands_in_the_line_keeps_the_number_and_the_booking_is_not_cancelled(ward: Ward) -> None:
    token = ward.book()
    ward.clock.advance(timedelta(days=1, hours=1))
    label = check_in(ward, token)
    ward.erase(token)
    with ward.database.reading() as session:
        assert [(each.label, each.state) for each in session.scalars(select(Ticket))] == [(label, "waiting")]
    assert ward.booking(token).state == "booked"
    assert ward.traces() == []


def test_bookings_of_one_phone_and_day_whose_people_have_come_can_all_be_deleted(ward: Ward) -> None:
    """Without a phone they would all be the first of nobody, and the limits would refuse the second."""
    tokens = [ward.book(), ward.book(service="B")]
    for token in tokens:
        check_in(ward, token)
        ward.erase(token)
    assert ward.traces() == []


def test_the_phone_may_book_again_after_that(ward: Ward) -> None:
    token = ward.book()
    check_in(ward, token)
    ward.erase(token)
    assert ward.booking(ward.book()).nth == 1


def test_others_keep_their_data(ward: Ward) -> None:
    token, others = ward.book(), ward.book(service="B", visitor=Visitor(OTHER, OTHERS_PHONE), people=())
    ward.erase(token)
    assert ward.booking(others).name == OTHER
    assert {"messages.to", "outbox-2026-11-23.jsonl"} <= set(ward.traces(OTHERS_PHONE))


def test_what_was_marked_about_the_phone_stays_as_a_keyed_hash(ward: Ward) -> None:
    token = ward.book()
    ward.change(lambda session: mark_wrong_person(
        session, session.scalars(select(Appointment)).one(), staff_id=None, now=ward.clock.now(), secret=SECRET
    ))  # fmt: skip
    ward.erase(token)
    with ward.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PhoneMark)) == 1
    assert ward.traces() == []


def test_nobody_is_asked_to_call_a_person_whose_phone_is_gone(ward: Ward) -> None:
    token = ward.book()
    booking = ward.booking(token)
    ward.change(lambda session: session.add(CallListEntry(
        office_id=booking.office_id, appointment_id=booking.id, starts_at=booking.starts_at, why="", listed_at=ward.clock.now()
    )))  # fmt: skip
    ward.erase(token)
    with ward.database.reading() as session:
        assert session.scalars(select(CallListEntry)).all() == []


def test_answers_kept_for_a_second_press_forget_the_person_and_do_nothing_twice(
    app: Flask, clock: SetClock, tmp_path: Path
) -> None:
    """A move is answered with the name, and the answer is kept for whoever presses twice."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        make_office(session)
    client, key = FlaskClient(app, app.response_class), {"Idempotency-Key": "a" * 20}
    body = {"service": "A", "starts_at": TOMORROW.isoformat(), "name": NAME, "phone": "0912345601", "consent": True}
    people = [{"name": CHILD, "service": "A"}]
    token = client.post("/api/v1/offices/00070/appointments", json=body | {"people": people}).get_json()["token"]
    later = {"starts_at": (TOMORROW + timedelta(hours=1)).isoformat()}
    assert client.post(f"/api/v1/appointments/{token}/move", json=later, headers=key).get_json()["name"] == NAME
    assert "idempotency_keys.answer" in traces(database, tmp_path, NAME)
    with database.transaction() as session:
        privacy.erase(session, token, now=clock.now(), tz=HANOI, public_url=URL)
    assert traces(database, tmp_path, NAME, CHILD, PHONE) == []
    again = client.post(f"/api/v1/appointments/{token}/move", json=later, headers=key)
    assert (again.status_code, again.get_json()["code"]) == (422, "key_reused")
    assert client.get(f"/a/{token}").status_code == 200


# --- the waiting list ---------------------------------------------------------------------------------------------------


def wait(ward: Ward, visitor: Visitor) -> str:
    """Somebody on the waiting list, written there directly: a day needs not be full for that. Gives the token."""
    with ward.database.transaction() as session:
        office = session.scalars(select(Office).where(Office.code == "00070")).one()
        entry = WaitingEntry(
            office_id=office.id, service_id=service_by_code(session, office, "A").id, on=TOMORROW.date(), name=visitor.name,
            phone=visitor.phone, device="d" * 64, token=secrets.token_urlsafe(16),
            consent_at=ward.clock.now(), created_at=ward.clock.now(),
        )  # fmt: skip
        session.add(entry)
        return entry.token


def entry_of(ward: Ward, token: str) -> WaitingEntry:
    with ward.database.reading() as session:
        return session.scalars(select(WaitingEntry).where(WaitingEntry.token == token)).one()


def erase_waiting(ward: Ward, token: str) -> None:
    ward.change(lambda session: privacy.erase_waiting(session, token, **ward.told))
    ward.outbox.forget_once()


def offered(ward: Ward) -> str:
    """The token of somebody to whom a place was offered by a message that has left."""
    others = ward.book(visitor=Visitor(OTHER, OTHERS_PHONE), people=())
    token = wait(ward, Visitor(NAME, PHONE))
    ward.change(lambda session: actions.cancel(session, others, **ward.told))
    ward.outbox.run_once()
    assert entry_of(ward, token).state == "offered"
    return token


def test_who_waits_leaves_the_list_and_what_was_offered_goes_to_the_next(ward: Ward) -> None:
    token = offered(ward)
    ward.clock.advance(timedelta(seconds=1))
    behind = wait(ward, Visitor(OTHER, OTHERS_PHONE))
    erase_waiting(ward, token)
    gone = entry_of(ward, token)
    assert (gone.state, gone.name, gone.phone, gone.device, gone.hold_id) == ("left", "", "", "", None)
    assert ward.traces() == []
    assert entry_of(ward, behind).state == "offered"


def test_deleting_the_data_of_who_waits_twice_is_the_same_as_once(ward: Ward) -> None:
    token = wait(ward, Visitor(NAME, PHONE))
    erase_waiting(ward, token)
    first = entry_of(ward, token).erased_at
    ward.clock.advance(timedelta(minutes=1))
    erase_waiting(ward, token)
    assert entry_of(ward, token).erased_at == first


@pytest.mark.parametrize("by", ["waiting", "booking"])
def test_a_booking_that_came_of_waiting_goes_with_it_from_either_page(ward: Ward, by: str) -> None:
    token = offered(ward)
    with ward.database.transaction() as session:
        booking = waiting_actions.accept(session, token, **ward.told).token
    ward.outbox.run_once()
    erase_waiting(ward, token) if by == "waiting" else ward.erase(booking)
    assert ward.booking(booking).state == "cancelled"
    assert entry_of(ward, token).erased_at == ward.booking(booking).erased_at == ward.clock.now()
    assert ward.traces() == []


# --- when the days are over ---------------------------------------------------------------------------------------------


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


# --- the command --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(app: Flask, clock: SetClock, tmp_path: Path) -> Ward:
    """The whole product, with a past and a coming booking and a place on a waiting list of one phone, and another's booking."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        make_office(session, services="AB", counters=4, minutes=5)
    ward = Ward(database, clock, tmp_path)
    clock.advance(timedelta(days=-7))
    ward.book(TOMORROW - timedelta(days=7))
    clock.advance(timedelta(days=7))
    ward.book()
    ward.book(service="B", visitor=Visitor(OTHER, OTHERS_PHONE), people=())
    wait(ward, Visitor(NAME, PHONE))
    with database.transaction() as session:
        phone_codes.send_code(session, session.scalars(select(Office)).one(), PHONE, now=clock.now(), secret=SECRET)
    ward.outbox.run_once()
    return ward


def run(app: Flask, ward: Ward, *words: str, typed: str = "") -> str:
    done = app.test_cli_runner().invoke(args=["office", "erase", *words], input=typed)
    while ward.outbox.forget_once():
        pass
    assert (NAME not in done.output, PHONE[3:] not in done.output) == (True, True)
    return str(done.output)


def test_a_phone_is_erased_from_everything_and_the_log_names_only_bookings(app: Flask, desk: Ward) -> None:
    assert "2 bookings and 1 entries of waiting lists erased, 0 left" in run(app, desk, "0912 345 601", "--yes")
    assert desk.traces() == []
    assert desk.traces(OTHER) != []
    with desk.database.reading() as session:
        log = session.scalars(select(AuditEntry).where(AuditEntry.what == "data_erased")).all()
        assert [sorted(entry.detail) for entry in log] == [["booking"], ["booking"], ["waiting"]]


def test_what_is_still_to_come_is_asked_about_and_left_when_the_answer_is_no(app: Flask, desk: Ward) -> None:
    assert "1 bookings and 0 entries of waiting lists erased, 2 left" in run(app, desk, "0912345601", typed="n\n")
    with desk.database.reading() as session:
        kept = session.scalars(select(Appointment.name).where(Appointment.phone == PHONE)).all()
    assert kept == [NAME]
    assert "1 bookings and 1 entries of waiting lists erased, 0 left" in run(app, desk, "0912345601", typed="y\n")
    assert desk.traces() == []


def test_only_one_office_is_asked_for(app: Flask, desk: Ward) -> None:
    desk.change(lambda session: make_office(session, "00082"))
    assert "0 bookings and 0 entries" in run(app, desk, "0912345601", "--office", "00082", "--yes")
    assert desk.traces(PHONE) != []
    assert "No office has the code" in run(app, desk, "0912345601", "--office", "99999")
    assert "2 bookings and 1 entries" in run(app, desk, "0912345601", "--office", "00070", "--yes")


def test_a_number_that_is_none_is_refused(app: Flask, desk: Ward) -> None:
    assert "not a telephone number" in run(app, desk, "12345")


# --- the notice ---------------------------------------------------------------------------------------------------------

MOST_SYLLABLES = 26
"""Of a sentence: Vietnamese is counted by syllables, and a spoken breath has about so many."""


def notice(app: Flask, **settings: Any) -> str:
    with app.test_request_context("/"):
        page = render_template("booking/notice.html", settings=Settings(**settings), office=Office(name="Phường Thử Nghiệm"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_notice_names_every_use_of_the_data(app: Flask) -> None:
    told = notice(app, retention_days=45, wrong_person_limit=4, per_phone_a_day=3, confirm_code=True)
    for use in (
        "Họ tên và số điện thoại", "người cùng đến", "cookie", "địa chỉ mạng", "nhắn tin hoặc gọi điện", "mã xác nhận",
        "nhiều nhất 3 lịch", "của số điện thoại và của máy", "Không đúng người", "Đủ 4 lần", "che bớt", "ghi lại ai mở",
        "Sau ngày hẹn 45 ngày", "cũng xóa sau 45 ngày", "Xóa dữ liệu", "2 ngày làm việc", "khai thay", "không cần họ tên",
    ):  # fmt: skip
        assert use in told, use


def test_the_notice_promises_nothing_an_office_does_not_do(app: Flask) -> None:
    told = notice(app, wrong_person_limit=0)
    assert "mã xác nhận" not in told
    assert "tạm thời không đặt lịch" not in told


def test_the_sentences_of_the_notice_are_short(app: Flask) -> None:
    sentences = re.split(r"(?<=[.?!:;])\s", notice(app, confirm_code=True))
    assert [each for each in sentences if len(each.split()) > MOST_SYLLABLES] == []
