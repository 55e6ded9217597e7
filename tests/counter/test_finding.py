"""The helper at the door finds today's booking by what a person says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from booking import actions
from booking.actions import Wish
from booking.forms import visitor
from booking.models import Appointment
from core.database import Database
from core.rights import NotFound
from counter.finding import find, opened
from office.models import Office
from tests.builders import make_office
from tests.conftest import HANOI, MONDAY_MORNING


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


def booked(
    session: Session, office: Office, name: str = "Nguyễn Thị Thử", phone: str = "0912345678", day: int = 23
) -> Appointment:
    wish = Wish("A", datetime(2026, 11, day, 10, 0, tzinfo=HANOI), visitor(name, phone, True))
    return actions.book(session, office, wish, now=MONDAY_MORNING, tz=HANOI, public_url="https://vidu.test")


def found(session: Session, office: Office, words: str) -> list[int]:
    return [each.id for each in find(session, office, words, now=MONDAY_MORNING, tz=HANOI)]


@pytest.mark.parametrize("words", ["nguyen thi thu", "Thử", "THU", "0912345678", "0912 345 678", "+84912345678", "678", "5678"])
def test_a_booking_is_found_by_its_name_without_marks_or_its_phone(session: Session, office: Office, words: str) -> None:
    made = booked(session, office)
    booked(session, office, "Trần Văn Mẫu", "0912345999")
    assert found(session, office, words) == [made.id]


def test_a_booking_is_found_by_its_code_however_it_is_typed(session: Session, office: Office) -> None:
    made = booked(session, office)
    assert found(session, office, f"{made.code[:3]}-{made.code[3:]}".lower()) == [made.id]


@pytest.mark.parametrize("words", ["78", "", "%", "Người Lạ", "0999"])
def test_what_matches_nobody_finds_nobody(session: Session, office: Office, words: str) -> None:
    booked(session, office)
    assert found(session, office, words) == []


def test_only_bookings_of_today_and_of_this_office_are_found(session: Session, office: Office) -> None:
    booked(session, office, day=24)
    elsewhere = make_office(session, "00072")
    theirs = booked(session, elsewhere, phone="0912345111")
    assert found(session, office, "thu") == []
    assert found(session, elsewhere, "thu") == [theirs.id]


@pytest.mark.parametrize("words", ["thu", "0912345678", "678", "code"])
def test_who_did_not_hear_that_the_office_moved_the_booking_is_found_on_the_old_day(
    session: Session, office: Office, words: str
) -> None:
    moved = booked(session, office, day=24)
    assert found(session, office, moved.code if words == "code" else words) == []
    moved.moved_from_at = MONDAY_MORNING
    session.flush()
    assert found(session, office, moved.code if words == "code" else words) == [moved.id]
    moved.state = "cancelled"
    session.flush()
    assert found(session, office, moved.code if words == "code" else words) == []


def test_the_booking_of_another_office_cannot_be_opened(session: Session, office: Office) -> None:
    theirs = booked(session, make_office(session, "00072"))
    with pytest.raises(NotFound):
        opened(session, office, theirs.id)
