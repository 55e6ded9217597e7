"""Whoever loses the hour hears of it: by a message, else on the telephone; and an entry leaves the list by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import call_list, call_store, impact
from booking.actions import Wish, book, cancel, move
from booking.call_list import ToCall
from booking.call_rules import Listed, Sent, state
from booking.forms import Visitor
from booking.models import Appointment, CallListEntry
from booking.reach import dialled, is_mobile
from booking.refusals import NotListedAnyMore
from core.database import Database
from core.rights import ANONYMOUS, NotFound
from notices.models import Message
from office.hours import DayException
from office.models import AuditEntry, Office, SpecialDay
from office.store import hours_of
from queueing.actions import take_booked_ticket
from tests.booking.other_plans import offer_with
from tests.booking.plans import HANOI, at
from tests.builders import WARD_HOURS, make_office, make_staff

NOW = at("09:00")
LATER = NOW + timedelta(hours=1)
URL = "https://vidu.test"

NOTHING = Listed(
    cancelled=False, checked_in=False, moved=False, called=False, over=False, kept=False, message=None
)
SENT, FAILED, WAITS = Sent("sent", NOW), Sent("failed", NOW), Sent("queued", NOW)


@pytest.mark.parametrize(
    ("entry", "now", "expected"),
    [
        (NOTHING, NOW, "open"),
        (replace(NOTHING, message=FAILED), NOW, "open"),
        (replace(NOTHING, message=WAITS), NOW + timedelta(minutes=31), "open"),
        (replace(NOTHING, message=WAITS), NOW + timedelta(minutes=30), "told"),
        (replace(NOTHING, message=SENT), LATER, "told"),
        (replace(NOTHING, message=SENT, kept=True), NOW, "kept"),
        (replace(NOTHING, kept=True, over=True), NOW, "over"),
        (replace(NOTHING, called=True, over=True, message=FAILED), NOW, "called"),
        (replace(NOTHING, moved=True, called=True), NOW, "moved"),
        (replace(NOTHING, checked_in=True, moved=True), NOW, "came"),
        (replace(NOTHING, cancelled=True, checked_in=True), NOW, "cancelled"),
    ],
)
def test_how_an_entry_stands(entry: Listed, now: object, expected: str) -> None:
    assert state(entry, now) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phone", "mobile", "shown"),
    [
        ("+84912345678", True, "0912 345 678"),
        ("+842438256666", False, "024 3825 6666"),
        ("+4915112345678", True, "+49 1511 2345678"),
        ("", False, ""),
    ],
)
def test_only_a_mobile_can_be_told_by_a_message(phone: str, mobile: bool, shown: str) -> None:
    assert (is_mobile(phone), dialled(phone)) == (mobile, shown)


# --- on a real database -----------------------------------------------------------------------------------------------


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on a fresh database."""
    with database.transaction() as session:
        yield session


@pytest.fixture
def office(session: Session) -> Office:
    """Open in the ward's hours; A at one counter."""
    return make_office(session, hours=WARD_HOURS, services="A", counters=1)


def booked(session: Session, office: Office, clock: str, nth: int = 1, day: int = 24) -> Appointment:
    wish = Wish("A", at(clock, day), Visitor("Trần Thị Thử", f"+8491234560{nth}"))
    return book(session, office, wish, now=NOW - timedelta(hours=1), tz=HANOI, public_url=URL)


def close_tuesday(session: Session, office: Office, channel: str | None = None) -> call_list.Told:
    """Save a closed day and tell everybody."""
    hours = hours_of(session, office, HANOI)
    day = DayException(at("12:00", 24).date())
    would_be = offer_with(
        session, office, hours=replace(hours, exceptions={day.on: day}), now=NOW, tz=HANOI
    )
    measured = impact.measure(session, would_be)
    session.add(SpecialDay(office_id=office.id, on=day.on, name="", spans=[]))
    session.flush()
    return call_list.record_lost(session, measured, channel=channel, public_url=URL)


def listed(session: Session, office: Office, now: object = NOW) -> list[ToCall]:
    session.flush()
    return call_list.entries(session, office, now=now, tz=HANOI)  # type: ignore[arg-type]


def states(session: Session, office: Office, now: object = NOW) -> list[str]:
    return [each.state for each in listed(session, office, now)]


def entry_of(session: Session, appointment: Appointment) -> CallListEntry:
    return session.scalars(select(CallListEntry).where(CallListEntry.appointment_id == appointment.id)).one()


def messages(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.channel == "sms").order_by(Message.id)))


def test_without_a_gateway_everybody_is_to_be_called_with_proposals(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    assert close_tuesday(session, office) == call_list.Told(0, 1)
    [entry] = listed(session, office)
    assert (entry.state, entry.message_failed, entry.appointment.id) == ("open", False, mine.id)
    assert entry.proposals == [at("09:45"), at("10:00"), at("10:00", 25)]
    assert messages(session) == []
    assert call_list.how_many_to_call(session, office, now=NOW, tz=HANOI) == 1


def test_a_message_keeps_its_person_off_the_list_until_it_failed(session: Session, office: Office) -> None:
    booked(session, office, "10:00")
    assert close_tuesday(session, office, "sms") == call_list.Told(1, 0)
    assert states(session, office) == ["told"]
    [message] = messages(session)
    message.state = "failed"
    [entry] = listed(session, office)
    assert (entry.state, entry.message_failed) == ("open", True)


@pytest.mark.parametrize(
    ("happens", "expected"), [("moved", "moved"), ("cancelled", "cancelled"), ("checked in", "came"), ("its hour", "over")]
)
def test_an_entry_leaves_the_list_by_itself(session: Session, office: Office, happens: str, expected: str) -> None:
    mine = booked(session, office, "10:00")
    close_tuesday(session, office)
    now = NOW
    if happens == "moved":
        move(session, mine.token, at("16:00"), now=NOW, tz=HANOI, public_url=URL)
    elif happens == "cancelled":
        cancel(session, mine.token, now=NOW, tz=HANOI, public_url=URL)
    elif happens == "checked in":
        take_booked_ticket(
            session, office, mine.service, appointment_id=mine.id, slot_at=mine.starts_at, arrival="expected", due_at=NOW,
            minutes=10, now=NOW, tz=HANOI, source="staff", actor=ANONYMOUS, people=1, lang="vi",
        )  # fmt: skip
    else:
        now = at("10:00", 24)
    assert states(session, office, now) == [expected]
    assert call_list.how_many_to_call(session, office, now=now, tz=HANOI) == 0


def test_who_called_and_when_is_kept_and_can_be_taken_back(session: Session, office: Office) -> None:
    first, second = make_staff(session, office), make_staff(session, office, "canbo2")
    mine = booked(session, office, "10:00")
    close_tuesday(session, office)
    entry = entry_of(session, mine)
    call_list.set_called(session, entry, True, staff_id=first.id, now=NOW)
    call_list.set_called(session, entry, True, staff_id=second.id, now=LATER)
    [shown] = listed(session, office, LATER)
    assert (shown.state, shown.caller, shown.entry.called_at) == ("called", first.name, NOW)
    call_list.set_called(session, entry, False, staff_id=second.id, now=LATER)
    assert states(session, office, LATER) == ["open"]
    whats = session.scalars(select(AuditEntry.what).order_by(AuditEntry.id)).all()
    assert whats == ["person_called", "call_unticked"]


def test_moved_by_the_office_its_person_is_on_time_at_both_hours(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    close_tuesday(session, office)
    for _press in range(2):
        call_list.move(session, entry_of(session, mine), at("16:00"), staff_id=None, now=NOW, tz=HANOI, public_url=URL)
    assert (mine.starts_at, mine.moved_from_at) == (at("16:00"), at("10:00", 24))
    assert states(session, office) == ["moved"]
    told = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert told is not None
    assert "16:00 ngày 23/11/2026" in told.text


def test_a_booking_its_person_moved_meanwhile_is_not_moved_again(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    close_tuesday(session, office)
    move(session, mine.token, at("15:00"), now=NOW, tz=HANOI, public_url=URL)
    with pytest.raises(NotListedAnyMore):
        call_list.move(session, entry_of(session, mine), at("16:00"), staff_id=None, now=NOW, tz=HANOI, public_url=URL)
    assert mine.starts_at == at("15:00")


def test_nobody_is_dropped_by_a_change_and_the_slot_sells_no_more(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    close_tuesday(session, office)
    assert (mine.state, mine.starts_at) == ("booked", at("10:00", 24))
    assert [each.owner for each in call_store.owned_uses(session, office, NOW)] == [mine.id, mine.id]


def test_a_place_that_somebody_else_gave_back_may_keep_the_hour_after_all(session: Session, office: Office) -> None:
    """Two are booked where one fits from now on: the second need not be called when the first cancels."""
    second_counter = make_office(session, "00082", hours=WARD_HOURS, services="A", counters=2)
    first, second = booked(session, second_counter, "10:00", 1), booked(session, second_counter, "10:00", 2)
    counter = second_counter.counters[1]
    would_be = offer_with(session, second_counter, planned={counter.id: False}, now=NOW, tz=HANOI)
    measured = impact.measure(session, would_be)
    counter.planned = False
    session.flush()
    call_list.record_lost(session, measured, channel=None, public_url=URL)
    assert [(each.appointment.id, each.state) for each in listed(session, second_counter)] == [(second.id, "open")]
    cancel(session, first.token, now=NOW, tz=HANOI, public_url=URL)
    assert states(session, second_counter) == ["kept"]


def test_an_entry_that_is_none_is_not_found(session: Session, office: Office) -> None:
    with pytest.raises(NotFound):
        call_store.entry_by_id(session, 7, lock=True)
    assert listed(session, office) == []
