"""What becomes of a booking: moved, cancelled, and kept when the office plans otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from booking.models import Appointment
from booking.refusals import AlreadyCancelled, AlreadyCheckedIn, AlreadyOver, FieldLimitReached, SlotTaken
from queueing.models import Ticket
from tests.booking.conftest import MakeDesk
from tests.booking.desk import NOW, Desk, at
from tests.builders import set_hours


def test_a_moved_booking_keeps_code_and_token_and_gives_its_place_back(desk: Desk) -> None:
    desk.office.settings = {"freed_rest_minutes": 0}
    made = desk.book(at("10:00"))
    code, token = made.code, made.token
    moved = desk.move(made, at("14:00", 25))
    assert (moved.code, moved.token, moved.starts_at, moved.on) == (code, token, at("14:00", 25), at("14:00", 25).date())
    assert desk.left(at("10:00")) == 3
    assert desk.left(at("14:00", 25)) == 2
    assert desk.move(made, at("14:00", 25)).starts_at == at("14:00", 25)
    assert desk.left(at("14:00", 25)) == 2
    assert desk.parts(made) == [("14:00", 10)]


def test_a_booking_can_be_moved_into_slots_it_uses_itself(make_desk: MakeDesk) -> None:
    desk = make_desk(counters=1, minutes=30, settings={"freed_rest_minutes": 0})
    made = desk.book(at("10:00"))
    assert desk.parts(desk.move(made, at("10:15"))) == [("10:15", 9), ("10:30", 9), ("10:45", 9), ("11:00", 3)]
    assert desk.parts(desk.move(made, at("10:00"))) == [("10:00", 9), ("10:15", 9), ("10:30", 9), ("10:45", 3)]


def test_a_booking_the_office_moved_remembers_the_hour_its_person_knows(desk: Desk) -> None:
    made = desk.book(at("10:00"))
    assert desk.move(made, at("11:00"), by_office=True).moved_from_at == at("10:00")
    assert desk.move(made, at("14:00"), by_office=True).moved_from_at == at("10:00")
    assert desk.move(made, at("10:00"), by_office=True).moved_from_at is None
    desk.move(made, at("11:00"), by_office=True)
    assert desk.move(made, at("14:00")).moved_from_at is None


def test_a_move_to_a_full_hour_changes_nothing(desk: Desk, session: Session) -> None:
    desk.fill(at("10:00"))
    made = desk.book(at("11:00"))
    with pytest.raises(SlotTaken), session.begin_nested():
        desk.move(made, at("10:00"))
    session.refresh(made)
    assert made.starts_at == at("11:00")
    assert desk.parts(made) == [("11:00", 10)]
    assert desk.left(at("11:00")) == 2


def test_a_move_to_another_day_keeps_to_the_limits_of_that_day(desk: Desk, session: Session) -> None:
    phone = "0912345601"
    desk.book(at("10:00", 25), "A", phone=phone)
    same_field = desk.book(at("10:00"), "A", phone=phone)
    with pytest.raises(FieldLimitReached), session.begin_nested():
        desk.move(same_field, at("10:15", 25))
    other_field = desk.book(at("10:00"), "B", phone=phone)
    assert desk.move(other_field, at("10:15", 25)).nth == 2


def test_a_cancelled_place_is_free_again_and_cancelling_twice_is_once(desk: Desk) -> None:
    desk.office.settings = {"freed_rest_minutes": 0}
    made = desk.book(at("10:00"))
    desk.cancel(made)
    assert desk.left(at("10:00")) == 3
    assert desk.parts(made) == []
    assert desk.cancel(made).state == "cancelled"
    assert desk.left(at("10:00")) == 3
    with pytest.raises(AlreadyCancelled):
        desk.move(made, at("11:00"))


def test_who_stands_in_the_line_changes_it_at_the_counter(desk: Desk, session: Session) -> None:
    made = desk.book(at("09:15"))
    session.add(
        Ticket(
            office_id=desk.office.id, on=made.on, prefix="A", number=1, label="A001", token="t" * 22, service_id=made.service_id,
            kind="booked", appointment_id=made.id, arrived_at=NOW, due_at=NOW, source="kiosk", state_at=NOW, minutes=10,
        )
    )  # fmt: skip
    session.flush()
    changes: list[Callable[[], Appointment]] = [lambda: desk.cancel(made), lambda: desk.move(made, at("11:00"))]
    for change in changes:
        with pytest.raises(AlreadyCheckedIn):
            change()


def test_a_past_day_is_over_but_a_missed_hour_of_today_can_still_be_moved(desk: Desk) -> None:
    made = desk.book(at("09:15"))
    desk.now = at("10:30")
    assert desk.move(made, at("11:00")).starts_at == at("11:00")
    desk.now = at("08:00", 24)
    changes: list[Callable[[], Appointment]] = [lambda: desk.cancel(made), lambda: desk.move(made, at("11:00", 25))]
    for change in changes:
        with pytest.raises(AlreadyOver):
            change()


def test_a_smaller_share_stops_further_bookings_and_a_larger_one_allows_them(desk: Desk) -> None:
    made = desk.book(at("10:00"))
    desk.office.settings = {"bookable_share": 20}
    assert desk.left(at("10:00")) == 0
    with pytest.raises(SlotTaken):
        desk.book(at("10:00"))
    assert made.state == "booked"
    desk.office.settings = {"bookable_share": 100}
    assert desk.left(at("10:00")) == 4
    desk.book(at("10:00"))


def test_fewer_hours_close_the_slot_at_what_is_booked_and_nobody_is_dropped(desk: Desk, session: Session) -> None:
    made = desk.fill(at("10:00"))
    set_hours(session, desk.office, {0: [(480, 615)]})
    assert [each.state for each in made] == ["booked"] * 3
    assert desk.parts(made[2]) == [("10:00", 7), ("10:15", 3)]
    with pytest.raises(SlotTaken):
        desk.book(at("10:00"))
    desk.cancel(made[2])
    assert desk.parts(made[2]) == []
    assert desk.pools(at("10:15")) == {"c1.2.3": (0, 0)}
