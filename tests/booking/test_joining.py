"""Who may wait for a full day, and who is told to book, or that they could not accept."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import WaitingEntry
from booking.refusals import (
    AlreadyWaiting,
    DayHasRoom,
    FieldLimitReached,
    LimitReached,
    NotBookable,
    SlotUnknown,
    WaitingUnknown,
)
from notices.models import Message
from tests.booking.desk import URL, Desk, at


def test_somebody_waits_for_any_hour_of_a_full_day_and_is_sent_the_link(full: Desk, session: Session) -> None:
    entry = full.join(24, phone="0912345601")
    assert (entry.state, entry.offers, entry.hold_id, entry.phone) == ("waiting", 0, None, "+84912345601")
    messages = session.scalars(select(Message).where(Message.to == "+84912345601")).all()
    assert [f"{URL}/w/{entry.token}" in message.text for message in messages] == [True]


def test_a_day_with_room_is_booked_not_waited_for(full: Desk) -> None:
    with pytest.raises(DayHasRoom) as refusal:
        full.join(25)
    assert refusal.value.details["alternatives"][0] == "2026-11-25T08:00:00+07:00"


def test_a_day_on_which_nothing_is_booked_cannot_be_waited_for(full: Desk) -> None:
    with pytest.raises(SlotUnknown):
        full.join(28)
    with pytest.raises(NotBookable):
        full.join(24, "Z")


def test_a_phone_waits_once_a_day(full: Desk, session: Session) -> None:
    entry = full.join(24, phone="0912345601")
    with pytest.raises(AlreadyWaiting):
        full.join(24, "B", phone="0912345601")
    full.leave(entry)
    assert full.join(24, "B", phone="0912345601").state == "waiting"


def test_who_could_not_accept_does_not_join(full: Desk) -> None:
    phone = "0912345601"
    full.cancel(full.booked[0])
    full.wait(minutes=11)
    full.book(at("08:00", 24), "A", phone=phone)
    with pytest.raises(FieldLimitReached):
        full.join(24, "A", phone=phone)
    assert full.join(24, "B", phone=phone).state == "waiting"
    full.office.settings = {"per_phone_a_day": 1}
    with pytest.raises(LimitReached):
        full.join(24, "B", phone=phone)


@pytest.mark.parametrize("token", ["", "x", "\0", "k" * 22, "a" * 500])
def test_a_token_nobody_waits_with_is_not_found(full: Desk, token: str) -> None:
    for verb in (full.accept, full.leave):
        with pytest.raises(WaitingUnknown):
            verb(WaitingEntry(token=token))
