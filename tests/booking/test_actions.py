"""Booking, moving and cancelling on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking import actions, offers, store
from booking.actions import Companion, Wish
from booking.forms import CODE_ALPHABET, visitor
from booking.models import Appointment, Slot
from booking.refusals import (
    AlreadyCancelled,
    AlreadyCheckedIn,
    AlreadyOver,
    FieldLimitReached,
    LimitReached,
    NotBookable,
    NotTogether,
    SlotPast,
    SlotTaken,
    SlotUnknown,
)
from core.database import Database
from core.refusals import Refusal
from core.rights import NotFound
from notices.models import Message
from office.models import Office, Service, SpecialDay
from queueing.models import Ticket
from tests.builders import WARD_HOURS, make_office

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=HANOI)
URL = "https://vidu.test"


def at(clock: str, day: int = 23) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI)


def wish(starts_at: datetime, service: str = "A", phone: str = "0912345601", **fields: Any) -> Wish:
    return Wish(service, starts_at, visitor("Nguyễn Thị Thử", phone, True), **fields)


def book(session: Session, office: Office, asked: Wish, now: datetime = NOW) -> Appointment:
    return actions.book(session, office, asked, now=now, tz=HANOI, public_url=URL)


def move(session: Session, token: str, starts_at: datetime, now: datetime = NOW) -> Appointment:
    return actions.move(session, token, starts_at, now=now, tz=HANOI, public_url=URL)


def cancel(session: Session, token: str, now: datetime = NOW) -> Appointment:
    return actions.cancel(session, token, now=now, tz=HANOI)


def left(session: Session, office: Office, starts_at: datetime, service: str = "A") -> int:
    offer = offers.load(session, office, NOW, HANOI)
    slots = offers.day_slots(session, offer, offer.services[service], starts_at.date())
    return next(slot.left for slot in slots if slot.starts_at == starts_at)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on a fresh database."""
    with database.transaction() as session:
        yield session


@pytest.fixture
def office(session: Session) -> Office:
    """Open in the ward's hours; A, B and C of different fields, 10 minutes each, at three counters: 27 minutes a slot."""
    office = make_office(session, hours=WARD_HOURS)
    for service in session.scalars(select(Service)):
        service.field = f"Lĩnh vực {service.code}"
    session.flush()
    return office


def test_a_booking_takes_its_minutes_and_writes_a_message(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("09:15")))
    assert (made.starts_at, made.on, made.minutes, made.state, made.nth) == (at("09:15"), NOW.date(), 10, "booked", 1)
    assert set(made.code) <= set(CODE_ALPHABET)
    assert left(session, office, at("09:15")) == 1
    message = session.scalars(select(Message)).one()
    assert message.to == "+84912345601"
    assert made.code in message.text
    assert f"{URL}/a/{made.token}" in message.text
    assert made.name not in message.text


def test_the_last_place_is_given_once_and_the_nearest_hours_are_offered(session: Session, office: Office) -> None:
    book(session, office, wish(at("10:00"), phone="0912345601"))
    book(session, office, wish(at("10:00"), phone="0912345602"))
    with pytest.raises(SlotTaken) as refusal:
        book(session, office, wish(at("10:00"), phone="0912345603"))
    offered = refusal.value.details["alternatives"]
    assert offered == [f"2026-11-23T{clock}:00+07:00" for clock in ("09:30", "09:45", "10:15")]


def test_services_of_one_pool_share_the_places_of_a_slot(session: Session, office: Office) -> None:
    book(session, office, wish(at("10:00"), "A"))
    book(session, office, wish(at("10:00"), "B", phone="0912345602"))
    assert left(session, office, at("10:00"), "C") == 0


def test_counters_apart_sell_their_slots_apart(session: Session) -> None:
    office = make_office(session, "00082", counters=4, skills={1: "A", 2: "A", 3: "B", 4: "B"}, services="AB")
    book(session, office, wish(at("10:00"), "A"))
    assert left(session, office, at("10:00"), "A") == 0
    assert left(session, office, at("10:00"), "B") == 1


REFUSED: list[tuple[Wish, type[Refusal]]] = [
    (wish(at("08:45")), SlotPast),
    (wish(at("09:00")), SlotPast),
    (wish(at("09:20")), SlotUnknown),
    (wish(at("12:00")), SlotUnknown),
    (wish(at("09:15", 28)), SlotUnknown),
    (wish(at("09:15", 24)), SlotUnknown),
    (wish(at("09:15", 30)), SlotUnknown),
    (wish(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)), SlotUnknown),
    (wish(datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))), SlotPast),
    (wish(at("09:15"), "Z"), NotBookable),
    (wish(at("09:15"), "X"), NotBookable),
    (wish(at("09:15"), "\0"), NotBookable),
    (wish(at("09:15"), people=(Companion("Trần Văn Thử", "Z"),)), NotBookable),
]


@pytest.mark.parametrize(("asked", "reason"), REFUSED)
def test_what_the_office_does_not_offer_is_refused_by_its_reason(
    session: Session, office: Office, asked: Wish, reason: type[Refusal]
) -> None:
    session.add(SpecialDay(office_id=office.id, on=at("00:00", 24).date(), name="Nghỉ", holiday=True, spans=[]))
    make_office(session, "00082", services="X")
    with pytest.raises(reason) as refusal:
        book(session, office, asked)
    assert refusal.value.sentence()
    assert session.scalars(select(Slot)).all() == []


def test_a_family_takes_the_minutes_of_all_its_services(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("10:00"), "A", people=(Companion("Trần Văn Thử", "B"),)))
    assert made.minutes == 20
    assert made.people == [{"name": "Trần Văn Thử", "service": "B"}]
    with pytest.raises(SlotTaken):
        book(session, office, wish(at("11:00"), "A", "0912345602", people=(Companion("Thử", "B"), Companion("Thử", "C"))))


def test_a_family_whose_services_are_at_other_counters_books_apart(session: Session) -> None:
    office = make_office(session, "00082", services="AB", counters=2, skills={1: "A", 2: "B"})
    with pytest.raises(NotTogether):
        book(session, office, wish(at("10:00"), "A", people=(Companion("Trần Văn Thử", "B"),)))


def test_a_phone_books_one_a_field_and_two_a_day(session: Session, office: Office) -> None:
    book(session, office, wish(at("10:00"), "A"))
    with pytest.raises(FieldLimitReached):
        book(session, office, wish(at("11:00"), "A"))
    second = book(session, office, wish(at("10:00"), "B"))
    with pytest.raises(LimitReached):
        book(session, office, wish(at("10:15"), "C"))
    assert book(session, office, wish(at("10:15", 25), "C")).nth == 1
    cancel(session, second.token)
    assert book(session, office, wish(at("10:15"), "C")).nth == 2


def test_the_limit_holds_over_all_offices(session: Session, office: Office) -> None:
    other = make_office(session, "00082")
    book(session, office, wish(at("10:00"), "A"))
    book(session, other, wish(at("10:00"), "A"))
    with pytest.raises(LimitReached):
        book(session, office, wish(at("10:00"), "B"))


def test_the_database_itself_refuses_a_second_booking_of_the_same_ordinal(session: Session, office: Office) -> None:
    first = book(session, office, wish(at("10:00"), "A"))
    second = book(session, office, wish(at("10:00"), "B"))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Appointment).where(Appointment.id == second.id).values(nth=first.nth))


def test_the_database_itself_refuses_to_sell_more_than_the_capacity(session: Session, office: Office) -> None:
    book(session, office, wish(at("10:00"), "A"))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Slot).values(booked=Slot.capacity + 1))


def test_a_moved_booking_keeps_code_and_token_and_gives_its_place_back(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("10:00")))
    code, token = made.code, made.token
    moved = move(session, token, at("14:00", 25))
    assert (moved.code, moved.token, moved.starts_at, moved.on) == (code, token, at("14:00", 25), at("14:00", 25).date())
    assert left(session, office, at("10:00")) == 2
    assert left(session, office, at("14:00", 25)) == 1
    assert move(session, token, at("14:00", 25)).starts_at == at("14:00", 25)
    assert left(session, office, at("14:00", 25)) == 1


def test_a_move_to_a_full_hour_changes_nothing(session: Session, office: Office) -> None:
    for number in (1, 2):
        book(session, office, wish(at("10:00"), phone=f"091234560{number}"))
    made = book(session, office, wish(at("11:00"), phone="0912345603"))
    with pytest.raises(SlotTaken), session.begin_nested():
        move(session, made.token, at("10:00"))
    session.refresh(made)
    assert made.starts_at == at("11:00")
    assert left(session, office, at("11:00")) == 1


def test_a_move_to_another_day_keeps_to_the_limits_of_that_day(session: Session, office: Office) -> None:
    book(session, office, wish(at("10:00", 25), "A"))
    same_field = book(session, office, wish(at("10:00"), "A"))
    with pytest.raises(FieldLimitReached), session.begin_nested():
        move(session, same_field.token, at("10:15", 25))
    other_field = book(session, office, wish(at("10:00"), "B"))
    assert move(session, other_field.token, at("10:15", 25)).nth == 2


def test_a_cancelled_place_is_free_again_and_cancelling_twice_is_once(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("10:00")))
    cancel(session, made.token)
    assert left(session, office, at("10:00")) == 2
    assert cancel(session, made.token).state == "cancelled"
    assert left(session, office, at("10:00")) == 2
    with pytest.raises(AlreadyCancelled):
        move(session, made.token, at("11:00"))


def test_who_stands_in_the_line_changes_it_at_the_counter(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("09:15")))
    session.add(
        Ticket(
            office_id=office.id, on=made.on, prefix="A", number=1, label="A001", token="t" * 22, service_id=made.service_id,
            kind="booked", appointment_id=made.id, arrived_at=NOW, due_at=NOW, source="kiosk", state_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    for change in (lambda: cancel(session, made.token), lambda: move(session, made.token, at("11:00"))):
        with pytest.raises(AlreadyCheckedIn):
            change()


def test_a_past_day_is_over_but_a_missed_hour_of_today_can_still_be_moved(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("09:15")))
    assert move(session, made.token, at("11:00"), now=at("10:30")).starts_at == at("11:00")
    for change in (
        lambda: cancel(session, made.token, now=at("08:00", 24)),
        lambda: move(session, made.token, at("11:00", 25), now=at("08:00", 24)),
    ):
        with pytest.raises(AlreadyOver):
            change()


@pytest.mark.parametrize("token", ["", "x", "k" * 22, "\0" * 22, "a" * 500])
def test_an_unknown_token_is_not_found(session: Session, token: str) -> None:
    with pytest.raises(NotFound):
        cancel(session, token)
    assert store.find_by_token(session, token) is None


@pytest.mark.parametrize("code", ["99999", "\0", "", "0" * 400])
def test_an_office_that_publishes_nothing_is_not_found(session: Session, code: str) -> None:
    with pytest.raises(NotFound):
        store.published_office(session, code)


def test_a_booking_is_found_by_token_code_phone_and_name(session: Session, office: Office) -> None:
    made = book(session, office, wish(at("10:00")))
    other = make_office(session, "00082")
    typed = f" {made.code[:3].lower()}-{made.code[3:]} "
    assert store.find_by_token(session, made.token) is made
    assert store.find_by_code(session, office, typed) is made
    assert store.find_by_code(session, other, typed) is None
    assert store.find_by_code(session, office, "O0\0") is None
    assert store.find_by_phone(session, office, made.phone, made.on) == [made]
    assert store.find_by_phone(session, office, made.phone, at("10:00", 24).date()) == []
    assert store.find_by_name(session, office, "thi thu", made.on) == [made]
    assert store.find_by_name(session, office, "%", made.on) == []
    cancel(session, made.token)
    session.flush()
    assert store.find_by_code(session, office, typed) is made
    assert store.find_by_phone(session, office, made.phone, made.on) == []


def test_shorter_hours_stop_further_bookings_and_longer_ones_allow_them(session: Session, office: Office) -> None:
    book(session, office, wish(at("10:00")))
    office.settings = {"bookable_share": 30}
    session.flush()
    assert left(session, office, at("10:00")) == 0
    with pytest.raises(SlotTaken):
        book(session, office, wish(at("10:00"), phone="0912345602"))
    office.settings = {"bookable_share": 100}
    session.flush()
    assert left(session, office, at("10:00")) == 3
    book(session, office, wish(at("10:00"), phone="0912345602"))


def test_two_requests_of_one_phone_at_once_keep_to_the_limit(database: Database) -> None:
    with database.transaction() as session:
        office = make_office(session, services="ABCD", settings={"per_phone_a_day": 1})
        for service in session.scalars(select(Service)):
            service.field = service.code
        office_id = office.id
    start, outcomes = Barrier(4), []

    def ask(service: str, starts_at: datetime) -> None:
        start.wait()
        try:
            with database.transaction() as session:
                book(session, session.get_one(Office, office_id), wish(starts_at, service))
            outcomes.append("booked")
        except LimitReached:
            outcomes.append("refused")

    hours = [at("10:00") + timedelta(minutes=15 * index) for index in range(4)]
    threads = [Thread(target=ask, args=("ABCD"[index], hour)) for index, hour in enumerate(hours)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked", "refused", "refused", "refused"]
    with database.reading() as session:
        assert sum(session.scalars(select(Slot.booked))) == 10
