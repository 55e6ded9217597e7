"""Booking, moving and cancelling on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking import store
from booking.forms import CODE_ALPHABET
from booking.models import Appointment, Slot, SlotPool, SlotUse
from booking.refusals import (
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
from office.models import Office, SpecialDay
from tests.booking.conftest import MakeDesk
from tests.booking.desk import NOW, URL, Desk, at
from tests.builders import make_office


def test_a_booking_takes_its_minutes_and_writes_a_message(desk: Desk, session: Session) -> None:
    made = desk.book(at("09:15"), phone="0912345601")
    assert (made.starts_at, made.on, made.minutes, made.state, made.nth) == (at("09:15"), NOW.date(), 10, "booked", 1)
    assert set(made.code) <= set(CODE_ALPHABET)
    assert (desk.parts(made), desk.pools(at("09:15"))) == ([("09:15", 10)], {"c1.2.3": (10, 27)})
    assert desk.left(at("09:15")) == 2
    message = session.scalars(select(Message)).one()
    assert message.to == "+84912345601"
    assert made.code in message.text
    assert f"{URL}/a/{made.token}" in message.text
    assert made.name not in message.text


def test_a_visit_that_does_not_fit_into_its_slot_goes_on_in_the_next(desk: Desk) -> None:
    made = [desk.book(at("10:00")) for _person in range(3)]
    assert [desk.parts(each) for each in made] == [[("10:00", 10)], [("10:00", 10)], [("10:00", 7), ("10:15", 3)]]
    assert desk.left(at("10:00")) == 0
    assert desk.left(at("10:15")) == 3


def test_a_long_service_at_one_counter_still_gets_places_and_its_slots_are_closed_to_others(make_desk: MakeDesk) -> None:
    desk = make_desk(counters=1, minutes=30)
    made = desk.book(at("10:00"))
    assert desk.parts(made) == [("10:00", 9), ("10:15", 9), ("10:30", 9), ("10:45", 3)]
    assert [desk.left(at(clock)) for clock in ("09:30", "10:00", "10:15", "10:30", "10:45", "11:00")] == [0, 0, 0, 0, 1, 1]
    assert desk.parts(desk.book(at("10:45"))) == [("10:45", 6), ("11:00", 9), ("11:15", 9), ("11:30", 6)]


def test_the_last_place_is_given_once_and_the_nearest_hours_are_offered(desk: Desk) -> None:
    for _person in range(3):
        desk.book(at("10:00"))
    with pytest.raises(SlotTaken) as refusal:
        desk.book(at("10:00"))
    offered = refusal.value.details["alternatives"]
    assert offered == [f"2026-11-23T{clock}:00+07:00" for clock in ("09:30", "09:45", "10:15")]


def test_services_of_one_pool_share_the_places_of_a_slot(desk: Desk) -> None:
    for service in "ABC":
        desk.book(at("10:00"), service)
    assert [desk.left(at("10:00"), service) for service in "ABC"] == [0, 0, 0]


def test_counters_apart_sell_their_slots_apart(make_desk: MakeDesk) -> None:
    desk = make_desk(counters=4, skills={1: "A", 2: "A", 3: "B", 4: "B"}, services="AB")
    assert len(desk.fill(at("10:00"), "A")) == 2
    assert desk.left(at("10:00"), "B") == 2


def test_a_rare_service_and_a_common_one_share_the_counter_of_the_rare_one(make_desk: MakeDesk) -> None:
    """A at three counters, R only at the third: 27 minutes for both together, 9 of them for R."""
    desk = make_desk(services="AR", skills={1: "A", 2: "A", 3: "AR"}, minutes=9)
    desk.book(at("10:00"), "R")
    assert (desk.left(at("10:00"), "R"), desk.left(at("10:00"), "A")) == (0, 2)
    assert desk.pools(at("10:00")) == {"c3": (9, 9), "c1.2.3": (9, 27)}
    assert len(desk.fill(at("10:15"), "A")) == 3
    assert desk.left(at("10:15"), "R") == 0
    assert desk.pools(at("10:15")) == {"c3": (0, 9), "c1.2.3": (27, 27)}


def test_a_service_with_a_cap_begins_no_more_often_than_that(desk: Desk) -> None:
    desk.office.services[0].places = 1
    desk.book(at("10:00"), "A")
    assert (desk.left(at("10:00"), "A"), desk.left(at("10:00"), "B")) == (0, 2)
    with pytest.raises(SlotTaken):
        desk.book(at("10:00"), "A")
    with pytest.raises(SlotTaken):
        desk.book(at("10:00"), "B", "A")
    desk.book(at("10:00"), "B")
    assert desk.pools(at("10:00"))[f"s{desk.office.services[0].id}"] == (1, 1)


REFUSED: list[tuple[datetime, tuple[str, ...], type[Refusal]]] = [
    (at("08:45"), ("A",), SlotPast),
    (at("09:00"), ("A",), SlotPast),
    (at("09:20"), ("A",), SlotUnknown),
    (at("12:00"), ("A",), SlotUnknown),
    (at("09:15", 28), ("A",), SlotUnknown),
    (at("09:15", 24), ("A",), SlotUnknown),
    (at("09:15", 30), ("A",), SlotUnknown),
    (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), ("A",), SlotUnknown),
    (datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")), ("A",), SlotPast),
    (at("11:45"), ("A", "B", "C"), SlotUnknown),
    (at("09:15"), ("Z",), NotBookable),
    (at("09:15"), ("X",), NotBookable),
    (at("09:15"), ("\0",), NotBookable),
    (at("09:15"), ("A", "Z"), NotBookable),
]


@pytest.mark.parametrize(("starts_at", "services", "reason"), REFUSED)
def test_what_the_office_does_not_offer_is_refused_by_its_reason(
    desk: Desk, session: Session, starts_at: datetime, services: tuple[str, ...], reason: type[Refusal]
) -> None:
    session.add(SpecialDay(office_id=desk.office.id, on=at("00:00", 24).date(), name="Nghỉ", holiday=True, spans=[]))
    make_office(session, "00082", services="X")
    with pytest.raises(reason) as refusal:
        desk.book(starts_at, *services)
    assert refusal.value.sentence()
    assert session.scalars(select(Slot)).all() == []


def test_a_family_takes_the_minutes_of_all_its_services(desk: Desk) -> None:
    made = desk.book(at("10:00"), "A", "B")
    assert made.minutes == 20
    assert made.people == [{"name": "Trần Văn Thử", "service": "B"}]
    assert desk.parts(made) == [("10:00", 15), ("10:15", 5)]
    assert desk.parts(desk.book(at("10:00"), "A", "B", "C", "C")) == [("10:00", 12), ("10:15", 15), ("10:30", 13)]
    with pytest.raises(SlotTaken):
        desk.book(at("10:00"), "A", "B")


def test_a_family_is_one_booking_against_the_limits(desk: Desk) -> None:
    first = desk.book(at("10:00"), "A", "B", "C", phone="0912345601")
    second = desk.book(at("11:00"), "B", phone="0912345601")
    assert (first.nth, second.nth, first.minutes) == (1, 2, 30)
    assert desk.parts(first) == [("10:00", 15), ("10:15", 15)]


def test_a_family_is_served_where_all_its_services_are_done(make_desk: MakeDesk) -> None:
    desk = make_desk(services="AB", skills={1: "A", 2: "AB", 3: "B"}, minutes=4)
    desk.book(at("10:00"), "A", "B")
    assert desk.pools(at("10:00")) == {"c2": (8, 9), "c1.2": (8, 18), "c2.3": (8, 18), "c1.2.3": (8, 27)}
    assert desk.left(at("10:00"), "A", "B") == 1
    assert desk.left(at("10:00"), "A") == 3


def test_a_family_whose_services_are_at_other_counters_books_apart(make_desk: MakeDesk) -> None:
    desk = make_desk(services="AB", counters=2, skills={1: "A", 2: "B"})
    with pytest.raises(NotTogether):
        desk.book(at("10:00"), "A", "B")


def test_a_phone_books_one_a_field_and_two_a_day(desk: Desk) -> None:
    phone = "0912345601"
    desk.book(at("10:00"), "A", phone=phone)
    with pytest.raises(FieldLimitReached):
        desk.book(at("11:00"), "A", phone=phone)
    second = desk.book(at("10:00"), "B", phone=phone)
    with pytest.raises(LimitReached):
        desk.book(at("10:15"), "C", phone=phone)
    assert desk.book(at("10:15", 25), "C", phone=phone).nth == 1
    desk.cancel(second)
    assert desk.book(at("10:15"), "C", phone=phone).nth == 2


def test_the_limit_holds_over_all_offices(desk: Desk, make_desk: MakeDesk) -> None:
    desk.book(at("10:00"), "A", phone="0912345601")
    make_desk().book(at("10:00"), "B", phone="0912345601")
    with pytest.raises(LimitReached):
        desk.book(at("10:00"), "C", phone="0912345601")


def test_the_database_itself_refuses_a_second_booking_of_the_same_ordinal(desk: Desk, session: Session) -> None:
    first = desk.book(at("10:00"), "A", phone="0912345601")
    second = desk.book(at("10:00"), "B", phone="0912345601")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Appointment).where(Appointment.id == second.id).values(nth=first.nth))


def test_the_database_itself_refuses_to_sell_more_than_the_capacity(desk: Desk, session: Session) -> None:
    desk.book(at("10:00"))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(SlotPool).values(booked=SlotPool.capacity + 1))


@pytest.mark.parametrize("token", ["", "x", "k" * 22, "\0" * 22, "a" * 500])
def test_an_unknown_token_is_not_found(desk: Desk, session: Session, token: str) -> None:
    with pytest.raises(NotFound):
        desk.cancel(Appointment(token=token))
    assert store.find_by_token(session, token) is None


@pytest.mark.parametrize("code", ["99999", "\0", "", "0" * 400])
def test_an_office_that_publishes_nothing_is_not_found(session: Session, code: str) -> None:
    with pytest.raises(NotFound):
        store.published_office(session, code)


def test_a_booking_is_found_by_token_code_phone_and_name(desk: Desk, session: Session) -> None:
    office, made = desk.office, desk.book(at("10:00"))
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
    desk.cancel(made)
    assert store.find_by_code(session, office, typed) is made
    assert store.find_by_phone(session, office, made.phone, made.on) == []


def test_two_requests_of_one_phone_at_once_keep_to_the_limit(database: Database) -> None:
    with database.transaction() as session:
        office_id = make_office(session, services="ABCD", fields=None, settings={"per_phone_a_day": 1}).id
    start, outcomes = Barrier(4), []

    def ask(service: str, starts_at: datetime) -> None:
        start.wait()
        try:
            with database.transaction() as session:
                Desk(session, session.get_one(Office, office_id)).book(starts_at, service, phone="0912345601")
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
        assert sum(session.scalars(select(SlotUse.minutes))) == 10
        assert sum(session.scalars(select(SlotPool.booked))) == 10
