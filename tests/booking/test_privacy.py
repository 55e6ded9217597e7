"""Name, phone and device are gone from everywhere when a person says so; nothing else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from booking import actions, privacy, waiting_actions
from booking.forms import Visitor
from booking.models import Appointment, CallListEntry, PhoneMark, SlotUse
from booking.refusals import AppointmentUnknown, WaitingUnknown
from booking.visits import mark_wrong_person
from core.clock import SetClock
from core.database import Database
from core.rights import ANONYMOUS
from notices.models import Message
from queueing.actions import take_ticket
from queueing.models import Ticket
from tests.booking.personal import (
    CHILD,
    NAME,
    OTHER,
    OTHERS_PHONE,
    PHONE,
    SECRET,
    TOMORROW,
    Ward,
    entry_of,
    make_ward,
    traces,
    wait,
)  # fmt: skip
from tests.builders import make_office
from tests.conftest import HANOI


@pytest.fixture
def ward(database: Database, clock: SetClock, tmp_path: Path) -> Ward:
    """Monday, nine o'clock."""
    return make_ward(database, clock, tmp_path)


def check_in(ward: Ward, token: str) -> str:
    """Let the person of a booking stand in the line; gives the number."""
    with ward.database.transaction() as session:
        found = session.scalars(select(Appointment).where(Appointment.token == token)).one()
        ticket = take_ticket(
            session, found.office, found.service, now=ward.clock.now(), tz=HANOI, source="kiosk", actor=ANONYMOUS
        )
        ticket.appointment_id = found.id
        return ticket.label


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
    assert client.post(f"/a/{token}/erase").status_code == 303
    assert traces(database, tmp_path, NAME, CHILD, PHONE) == []
    again = client.post(f"/api/v1/appointments/{token}/move", json=later, headers=key)
    assert (again.status_code, again.get_json()["code"]) == (422, "key_reused")
    assert client.get(f"/a/{token}").status_code == 200


# --- the waiting list ---------------------------------------------------------------------------------------------------


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
