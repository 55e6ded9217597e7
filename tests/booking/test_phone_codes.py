"""The code sent to a phone before a booking: good once, for ten minutes, and not to be guessed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking import phone_codes
from booking.models import Appointment, PhoneCode
from booking.refusals import CodeNeeded, CodeTooSoon
from core.clock import SetClock
from core.database import Database
from notices.models import Message
from office.models import Office
from tests.builders import make_office

PHONE = "+84912345601"
SECRET = "only-for-tests"
ASKS = {"confirm_code": True}
PERSON = {"name": "Nguyễn Thị Thử", "phone": "0912345601"}
BOOKING = {"service": "A", "starts_at": "2026-11-24T10:00:00+07:00", "consent": True} | PERSON
APPOINTMENTS = "/api/v1/offices/00070/appointments"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on a fresh database with an office that asks for codes."""
    with database.transaction() as session:
        make_office(session, settings=ASKS)
        yield session


def send(session: Session, clock: SetClock, phone: str = PHONE) -> str:
    """A new code, read from its message."""
    office = session.scalars(select(Office)).one()
    phone_codes.send_code(session, office, phone, now=clock.now(), secret=SECRET)
    text = session.scalars(select(Message.text).where(Message.to == phone).order_by(Message.id.desc())).first()
    return re.findall(r"\d{6}", text or "")[-1]


def check(session: Session, clock: SetClock, code: str, phone: str = PHONE) -> None:
    phone_codes.check_code(session, phone, code, now=clock.now(), secret=SECRET)


def is_refused(session: Session, clock: SetClock, code: str, phone: str = PHONE) -> bool:
    with pytest.raises(CodeNeeded) as refusal:
        check(session, clock, code, phone)
    return bool(refusal.value.details.get("wrong"))


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_arrives_by_message_and_is_kept_hashed(session: Session, clock: SetClock) -> None:
    code = send(session, clock)
    kept = session.scalars(select(PhoneCode)).one()
    assert PHONE not in str(vars(kept))
    assert code not in (kept.code_hash, kept.phone_hash)
    assert (kept.tries_left, kept.expires_at) == (5, clock.now() + timedelta(minutes=10))
    assert session.scalars(select(Message.reference)).all() == ["phone-code"]


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {}"])
def test_a_code_is_good_however_it_is_typed_and_only_once(session: Session, clock: SetClock, typed: str) -> None:
    code = send(session, clock)
    typed = f"{code[:3]} {code[3:]}" if ":" in typed else typed.format(code)
    check(session, clock, typed)
    assert is_refused(session, clock, code)


def test_without_a_code_it_is_asked_for_and_a_wrong_one_is_said_to_be_wrong(session: Session, clock: SetClock) -> None:
    code = send(session, clock)
    assert not is_refused(session, clock, "")
    assert not is_refused(session, clock, "abc")
    assert is_refused(session, clock, another(code))
    assert is_refused(session, clock, code, "+84912345602")
    check(session, clock, code)


@pytest.mark.parametrize(("minutes", "good"), [(9, True), (10, False)])
def test_a_code_is_good_for_ten_minutes(session: Session, clock: SetClock, minutes: int, good: bool) -> None:
    code = send(session, clock)
    clock.advance(timedelta(minutes=minutes))
    if good:
        check(session, clock, code)
    else:
        assert is_refused(session, clock, code)


def test_after_five_wrong_codes_the_right_one_is_worth_nothing_until_a_new_one_is_sent(session: Session, clock: SetClock) -> None:
    code = send(session, clock)
    for _try in range(4):
        phone_codes.count_try(session, PHONE, another(code), secret=SECRET)
    phone_codes.count_try(session, PHONE, code, secret=SECRET)
    assert session.scalars(select(PhoneCode.tries_left)).one() == 1
    for _try in range(3):
        phone_codes.count_try(session, PHONE, another(code), secret=SECRET)
    assert is_refused(session, clock, code)
    clock.advance(timedelta(minutes=1))
    check(session, clock, send(session, clock))


def test_a_phone_gets_one_code_a_minute_and_is_told_how_long_to_wait(session: Session, clock: SetClock) -> None:
    first = send(session, clock)
    clock.advance(timedelta(seconds=45))
    with pytest.raises(CodeTooSoon) as refusal:
        send(session, clock)
    assert refusal.value.details["retry_after"] == 15
    assert send(session, clock, "+84912345602")
    clock.advance(timedelta(seconds=15))
    second = send(session, clock)
    assert first == second or is_refused(session, clock, first)
    check(session, clock, second)


def test_two_requests_at_once_send_one_code(database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        make_office(session, settings=ASKS)
    start, outcomes = threading.Barrier(4), []

    def ask() -> None:
        start.wait()
        try:
            with database.transaction() as session:
                send(session, clock)
            outcomes.append("sent")
        except CodeTooSoon:
            outcomes.append("refused")

    workers = [threading.Thread(target=ask) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "sent"]


def test_an_office_that_asks_for_no_code_sends_none(session: Session, clock: SetClock) -> None:
    office = make_office(session, "00082")
    phone_codes.send_code(session, office, PHONE, now=clock.now(), secret=SECRET)
    phone_codes.confirm(session, office, PHONE, "", now=clock.now(), secret=SECRET)
    assert session.scalars(select(Message)).all() == []


def test_codes_out_of_time_are_forgotten(session: Session, clock: SetClock) -> None:
    send(session, clock)
    assert phone_codes.forget_old(session, clock.now()) == 0
    clock.advance(timedelta(minutes=10))
    assert phone_codes.forget_old(session, clock.now()) == 1


# --- as a program or a page uses it -------------------------------------------------------------------------------------


@pytest.fixture
def database_of_app(app: Flask) -> Database:
    """The app's own database with an office that asks for codes, and one that does not."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        make_office(session, settings=ASKS)
        make_office(session, "00082")
    return database


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    """A program without rights."""
    return FlaskClient(app, app.response_class)


def ask(program: FlaskClient) -> Any:
    return program.post("/api/v1/offices/00070/phone-codes", json={"phone": "0912345601"})


def last_code(database: Database) -> str:
    with database.reading() as session:
        text = session.scalars(select(Message.text).where(Message.reference == "phone-code").order_by(Message.id.desc())).first()
    return re.findall(r"\d{6}", text or "")[-1]


def booked(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Appointment)) or 0


def book(program: FlaskClient, code: str, key: str = "", **changes: Any) -> tuple[int, str]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = program.post(APPOINTMENTS, json=BOOKING | {"phone_code": code} | changes, headers=headers)
    return answer.status_code, answer.get_json().get("code", "")


def test_a_booking_is_made_with_the_code_of_its_phone(program: FlaskClient, database_of_app: Database) -> None:
    assert book(program, "") == (422, "code_needed")
    assert ask(program).status_code == 204
    code = last_code(database_of_app)
    assert book(program, code, phone="0912345602") == (422, "code_needed")
    assert book(program, code)[0] == 201
    assert booked(database_of_app) == 1


def test_pressed_twice_a_booking_with_a_code_is_answered_twice_and_made_once(
    program: FlaskClient, database_of_app: Database
) -> None:
    ask(program)
    code = last_code(database_of_app)
    assert (book(program, code, "k" * 20)[0], book(program, code, "k" * 20)[0]) == (201, 201)
    assert booked(database_of_app) == 1


def test_a_booking_refused_for_another_reason_leaves_the_code_good(program: FlaskClient, database_of_app: Database) -> None:
    ask(program)
    code = last_code(database_of_app)
    assert book(program, code, starts_at="2026-11-24T10:07:00+07:00") == (422, "slot_unknown")
    assert book(program, code)[0] == 201


def test_wrong_codes_stay_counted_though_each_booking_is_rolled_back(program: FlaskClient, database_of_app: Database) -> None:
    ask(program)
    code = last_code(database_of_app)
    for _try in range(5):
        assert book(program, another(code)) == (422, "code_needed")
    assert book(program, code) == (422, "code_needed")
    assert booked(database_of_app) == 0


def test_many_guesses_at_once_are_no_more_than_five(app: Flask, database_of_app: Database, program: FlaskClient) -> None:
    """However they overlap: the right code among many wrong ones is only good while fewer than five wrong ones came before."""
    ask(program)
    code = last_code(database_of_app)
    start = threading.Barrier(8)

    def guess() -> None:
        mine = FlaskClient(app, app.response_class)
        start.wait()
        for _try in range(2):
            book(mine, another(code))

    workers = [threading.Thread(target=guess) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with database_of_app.reading() as session:
        assert session.scalars(select(PhoneCode.tries_left)).one() == 0
    assert book(program, code) == (422, "code_needed")


def test_a_second_code_within_the_minute_is_refused_with_the_time_to_wait(
    program: FlaskClient, database_of_app: Database, clock: SetClock
) -> None:
    ask(program)
    clock.advance(timedelta(seconds=20))
    refused = ask(program)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "code_too_soon")
    assert refused.get_json()["retry_after"] == 40
    assert 40 <= int(refused.headers["Retry-After"]) <= 60 * 60
    assert "40 giây" in refused.get_json()["detail"]


def test_an_hour_has_five_codes_for_a_phone(program: FlaskClient, database_of_app: Database, clock: SetClock) -> None:
    for _code in range(5):
        assert ask(program).status_code == 204
        clock.advance(timedelta(minutes=2))
    refused = ask(program)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many")
    assert "Số điện thoại này" in refused.get_json()["detail"]
    assert int(refused.headers["Retry-After"]) > 60


def test_the_page_asks_for_the_code_keeps_what_was_typed_and_books_with_it(app: Flask, database_of_app: Database) -> None:
    browser = FlaskClient(app, app.response_class)
    form = {"service": "A", "at": "2026-11-24T10:00", "name": "Nguyễn Thị Thử", "phone": "0912345601", "consent": "1"}
    asked = browser.post("/o/00070/book", data=form | {"key": "k" * 22})
    assert asked.status_code == 422
    assert 'name="phone_code"' in asked.get_data(as_text=True)
    assert 'value="Nguyễn Thị Thử"' in asked.get_data(as_text=True)
    code = last_code(database_of_app)
    wrong = browser.post("/o/00070/book", data=form | {"key": "l" * 22, "phone_code": another(code)})
    assert "chưa đúng" in wrong.get_data(as_text=True)
    made = browser.post("/o/00070/book", data=form | {"key": "m" * 22, "phone_code": code})
    assert (made.status_code, booked(database_of_app)) == (303, 1)


def test_the_page_says_so_when_too_many_codes_were_asked_for(app: Flask, database_of_app: Database, clock: SetClock) -> None:
    browser = FlaskClient(app, app.response_class)
    form = {"service": "A", "at": "2026-11-24T10:00", "name": "Nguyễn Thị Thử", "phone": "0912345601", "consent": "1"}
    for nth in range(6):
        shown = browser.post("/o/00070/book", data=form | {"key": f"{nth}" * 22})
        clock.advance(timedelta(minutes=2))
    assert shown.status_code == 429
    assert 'name="phone_code"' in shown.get_data(as_text=True)
    assert 'value="Nguyễn Thị Thử"' in shown.get_data(as_text=True)
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 5
