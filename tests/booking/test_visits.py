"""What becomes of a booking when its people stand in the office: who came, and whether it was the right person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking import visits
from booking.actions import Companion, Wish, book
from booking.events import BookingsChanged
from booking.forms import Visitor
from booking.marks import phone_hash
from booking.models import Appointment, PhoneMark, Slot, SlotUse
from booking.refusals import NobodyCame
from core.database import Database
from core.events import take_recorded
from core.refusals import FormRefused
from office.models import Office
from queueing.store import services_by_id
from tests.builders import make_office, make_staff
from tests.conftest import HANOI, MONDAY_MORNING

PHONE = "+84912345678"
SECRET = "only-for-tests"
HALF_PAST_NINE = MONDAY_MORNING + timedelta(minutes=30)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


@pytest.fixture
def household(session: Session, office: Office) -> Appointment:
    """Three people at half past nine, thirty minutes: more than one slot has to give."""
    wish = Wish(
        "A", HALF_PAST_NINE, Visitor("Nguyễn Thị Thử", PHONE), (Companion("Trần Văn Mẫu", "A"), Companion("Lê Thị Giả", "B"))
    )
    made = book(session, office, wish, now=MONDAY_MORNING, tz=HANOI, public_url="https://vidu.test")
    take_recorded(session)
    return made


def say(session: Session, booking: Appointment, absent: set[int], *, present: int, now: datetime = MONDAY_MORNING) -> int | None:
    """Say who did not come; how many came, None when that was known."""
    after = visits.set_absent(session, booking, absent, present=present, now=now, tz=HANOI)
    return after.people if after else None


def used(session: Session, booking: Appointment) -> dict[datetime, int]:
    """The minutes the booking takes, by the beginning of the slot."""
    rows = select(Slot.starts_at, SlotUse.minutes).join(SlotUse).where(SlotUse.appointment_id == booking.id)
    return {row.starts_at: row.minutes for row in session.execute(rows.order_by(Slot.starts_at))}


def marks(session: Session) -> list[tuple[str, int]]:
    return [(each.phone_hash, each.appointment_id) for each in session.scalars(select(PhoneMark))]


def test_who_did_not_come_gives_back_what_the_last_slot_gave_first(
    session: Session, office: Office, household: Appointment
) -> None:
    first, last = used(session, household)
    whole = used(session, household)
    assert say(session, household, {2}, present=3) == 2
    kept = used(session, household)
    assert (household.minutes, sum(kept.values())) == (20, 20)
    assert kept[first] >= kept.get(last, 0)
    assert kept.get(last, 0) == max(0, whole[last] - 10)
    assert BookingsChanged(office.code) in take_recorded(session)


def test_nothing_of_a_slot_that_has_begun_is_given_back(session: Session, household: Appointment) -> None:
    first, last = used(session, household)
    whole = used(session, household)
    assert say(session, household, {1, 2}, present=3, now=HALF_PAST_NINE) == 1
    assert household.minutes == 10
    assert used(session, household) == (
        {first: whole[first]} if whole[last] <= 20 else {first: whole[first], last: whole[last] - 20}
    )
    long_over = HALF_PAST_NINE + timedelta(hours=1)
    before = used(session, household)
    assert say(session, household, {1}, present=1, now=long_over) == 2
    assert say(session, household, {1, 2}, present=2, now=long_over) == 1
    assert used(session, household) == before


def test_time_is_given_back_once_however_often_it_is_said(session: Session, household: Appointment) -> None:
    assert say(session, household, {1}, present=3) == 2
    assert say(session, household, {1}, present=2) is None
    assert say(session, household, set(), present=2) == 3
    assert (household.minutes, sum(used(session, household).values())) == (30, 20)
    assert [each.get("absent") for each in household.people] == [None, None]
    assert say(session, household, {2}, present=3) == 2
    assert (household.minutes, sum(used(session, household).values())) == (20, 20)


def test_of_who_booked_only_the_number_of_people_tells_that_somebody_else_came(
    session: Session, office: Office, household: Appointment
) -> None:
    assert say(session, household, {0, 2}, present=3) == 1
    services = services_by_id(session, office).values()
    shown = visits.comers(household, 1, services)
    assert [(each.name, each.service and each.service.code, each.absent) for each in shown] == [
        ("Nguyễn Thị Thử", "A", True),
        ("Trần Văn Mẫu", "A", False),
        ("Lê Thị Giả", "B", True),
    ]
    assert say(session, household, {0, 2}, present=1) is None
    assert say(session, household, {2}, present=1) == 2
    assert household.minutes == 20


def test_a_visit_of_nobody_is_refused_and_so_is_somebody_who_was_not_booked(session: Session, household: Appointment) -> None:
    with pytest.raises(NobodyCame):
        say(session, household, {0, 1, 2}, present=3)
    with pytest.raises(FormRefused):
        say(session, household, {3}, present=3)
    assert (household.minutes, sum(used(session, household).values())) == (30, 30)


def test_a_service_that_is_gone_keeps_its_person_on_the_list(session: Session, office: Office, household: Appointment) -> None:
    household.people = [{"name": "Trần Văn Mẫu", "service": "ZZ"}]
    household.minutes = 20
    assert visits.comers(household, 2, services_by_id(session, office).values())[1].service is None
    assert say(session, household, {1}, present=2) == 1
    assert household.minutes == 10


def test_a_phone_is_marked_once_a_booking_and_by_its_hash_only(session: Session, office: Office, household: Appointment) -> None:
    helper = make_staff(session, office, "huongdan", "helper")
    for _press in range(2):
        visits.mark_wrong_person(session, household, staff_id=helper.id, now=MONDAY_MORNING, secret=SECRET)
    assert marks(session) == [(phone_hash(PHONE, SECRET), household.id)]
    assert PHONE[3:] not in marks(session)[0][0]
    mark = session.scalars(select(PhoneMark)).one()
    assert (mark.office_id, mark.staff_id, mark.marked_at) == (office.id, helper.id, MONDAY_MORNING)


def test_a_mark_is_taken_back_with_its_booking_only(session: Session, office: Office, household: Appointment) -> None:
    wish = Wish("C", HALF_PAST_NINE + timedelta(hours=3), Visitor("Phạm Văn Mẫu", "+84912345679"))
    other = book(session, office, wish, now=MONDAY_MORNING, tz=HANOI, public_url="https://vidu.test")
    for each in (household, other):
        visits.mark_wrong_person(session, each, staff_id=None, now=MONDAY_MORNING, secret=SECRET)
    visits.unmark_wrong_person(session, household)
    assert [appointment for _hash, appointment in marks(session)] == [other.id]


def test_a_phone_that_was_deleted_is_not_marked(session: Session, household: Appointment) -> None:
    household.erased_at = MONDAY_MORNING
    visits.mark_wrong_person(session, household, staff_id=None, now=MONDAY_MORNING, secret=SECRET)
    assert session.scalar(select(func.count()).select_from(PhoneMark)) == 0


def test_a_booking_is_read_anew_when_it_is_locked(session: Session, household: Appointment) -> None:
    locked = visits.locked(session, household.id)
    assert locked is household
    assert visits.locked(session, None) is None
    assert visits.locked(session, 999_999) is None
    assert list(visits.by_id(session, [household.id, 999_999])) == [household.id]
