"""A slot kept while somebody types: it is theirs for five minutes, and nobody's afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking import holding, slot_store
from booking.models import Hold, SlotUse
from booking.refusals import NotBookable, NotTogether, SlotPast, SlotTaken, SlotUnknown, TooManyHolds
from core.refusals import Refusal
from tests.booking.conftest import MakeDesk
from tests.booking.desk import Desk, at


def test_a_held_place_is_not_shown_to_others_until_the_hold_ends(desk: Desk) -> None:
    hold = desk.hold(at("10:00"), "A", "B")
    assert (hold.minutes, hold.expires_at, hold.kind) == (20, at("09:05"), "typing")
    assert desk.parts(hold) == [("10:00", 15), ("10:15", 5)]
    assert desk.left(at("10:00")) == 2
    desk.wait(minutes=5)
    assert desk.left(at("10:00")) == 3


def test_the_last_place_is_held_once(desk: Desk) -> None:
    for _person in range(3):
        desk.hold(at("10:00"))
    with pytest.raises(SlotTaken) as refusal:
        desk.hold(at("10:00"))
    assert refusal.value.details["alternatives"]
    with pytest.raises(SlotTaken):
        desk.book(at("10:00"))


def test_a_booking_uses_up_its_hold(desk: Desk, session: Session) -> None:
    holds = [desk.hold(at("10:00")) for _person in range(3)]
    made = desk.book(at("10:00"), hold=holds[2].token)
    assert desk.parts(made) == [("10:00", 7), ("10:15", 3)]
    assert desk.pools(at("10:00")) == {"c1.2.3": (27, 27)}
    assert list(session.scalars(select(Hold))) == holds[:2]


def test_a_booking_of_another_hour_gives_the_held_one_back(desk: Desk) -> None:
    hold = desk.hold(at("10:00"))
    desk.book(at("11:00"), hold=hold.token)
    assert desk.left(at("10:00")) == 3
    assert desk.pools(at("10:00")) == {"c1.2.3": (0, 27)}


def test_a_booking_whose_hold_ran_out_succeeds_while_there_is_room(desk: Desk) -> None:
    hold = desk.hold(at("10:00"))
    desk.wait(minutes=6)
    assert desk.parts(desk.book(at("10:00"), hold=hold.token)) == [("10:00", 10)]
    assert desk.pools(at("10:00")) == {"c1.2.3": (10, 27)}


def test_a_booking_whose_hold_ran_out_is_refused_when_another_took_the_place(desk: Desk, session: Session) -> None:
    hold = desk.hold(at("10:00"))
    desk.wait(minutes=6)
    desk.fill(at("10:00"))
    with pytest.raises(SlotTaken), session.begin_nested():
        desk.book(at("10:00"), hold=hold.token)
    assert desk.left(at("10:15")) == 3


@pytest.mark.parametrize("token", [None, "", "\0", "nobody-has-this-one", "x" * 500])
def test_a_hold_nobody_has_is_no_obstacle(desk: Desk, token: str | None) -> None:
    assert desk.book(at("10:00"), hold=token).state == "booked"


def test_the_hold_of_another_office_is_not_used_up(desk: Desk, make_desk: MakeDesk) -> None:
    elsewhere = make_desk()
    hold = elsewhere.hold(at("10:00"))
    desk.book(at("10:00"), hold=hold.token)
    assert elsewhere.left(at("10:00")) == 2


def test_a_device_holds_one_place_and_a_program_without_one_as_many_as_its_address_may(desk: Desk) -> None:
    for clock in ("10:00", "11:00", "11:00"):
        token = desk.hold(at(clock), device="a").token
        assert [hold.token for hold in desk.holds("typing")] == [token]
    assert (desk.left(at("10:00")), desk.left(at("11:00"))) == (3, 2)
    for _time in range(2):
        desk.hold(at("10:00"))
    assert desk.left(at("10:00")) == 1


def test_a_device_keeps_its_place_when_the_next_one_it_wants_is_full(desk: Desk, session: Session) -> None:
    mine = desk.hold(at("10:00"), device="a")
    desk.fill(at("11:00"))
    with pytest.raises(SlotTaken), session.begin_nested():
        desk.hold(at("11:00"), device="a")
    assert desk.parts(mine) == [("10:00", 10)]


def test_an_address_cannot_hold_a_day_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "HOLDS_OF_ADDRESS", 2)
    for clock in ("10:00", "11:00"):
        desk.hold(at(clock), address="one")
    with pytest.raises(TooManyHolds):
        desk.hold(at("10:30"), address="one")
    assert desk.hold(at("10:30"), address="another")
    desk.wait(minutes=5)
    assert desk.hold(at("10:30"), address="one")


def test_who_holds_already_may_choose_another_hour_when_the_address_holds_all_it_may(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "HOLDS_OF_ADDRESS", 2)
    for clock, device in (("10:00", "a"), ("10:00", "b"), ("11:00", "a")):
        desk.hold(at(clock), device=device)
    with pytest.raises(TooManyHolds):
        desk.hold(at("10:00"), device="c")


def test_a_device_holds_one_place_in_all_offices_together(desk: Desk, make_desk: MakeDesk, session: Session) -> None:
    elsewhere = make_desk()
    first, others = desk.hold(at("10:00"), device="a"), desk.hold(at("10:00"), device="b")
    second = elsewhere.hold(at("10:00"), device="a")
    session.refresh(first)
    assert (first.expires_at, others.expires_at > desk.now, second.expires_at > desk.now) == (desk.now, True, True)
    assert desk.left(at("10:00")) == 2
    assert len(desk.fill(at("10:00"))) == 2


def test_a_hold_given_back_is_free_at_once_and_twice_is_once(desk: Desk) -> None:
    hold = desk.hold(at("10:00"))
    for _time in range(2):
        desk.release(hold)
        assert desk.left(at("10:00")) == 3
    assert desk.pools(at("10:00")) == {"c1.2.3": (0, 27)}
    assert desk.holds("typing") == []


def test_the_hold_of_another_office_and_a_resting_place_cannot_be_given_back(desk: Desk, make_desk: MakeDesk) -> None:
    elsewhere = make_desk()
    hold = elsewhere.hold(at("10:00"))
    desk.release(hold)
    assert elsewhere.left(at("10:00")) == 2
    desk.cancel(desk.book(at("14:00")))
    resting = desk.holds("resting")[0]
    desk.release(resting)
    assert desk.holds("resting") == [resting]


@pytest.mark.parametrize(
    ("clock", "services", "reason"),
    [
        ("09:00", ("A",), SlotPast),
        ("10:05", ("A",), SlotUnknown),
        ("10:00", ("Z",), NotBookable),
        ("10:00", ("A", "B"), NotTogether),
    ],
)
def test_what_cannot_be_booked_cannot_be_held(
    make_desk: MakeDesk, clock: str, services: tuple[str, ...], reason: type[Refusal]
) -> None:
    with pytest.raises(reason):
        make_desk(services="AB", skills={1: "A", 2: "B"}, counters=2).hold(at(clock), *services)


def test_a_hold_counts_against_the_cap_of_its_service(desk: Desk) -> None:
    desk.office.services[0].places = 1
    hold = desk.hold(at("10:00"))
    assert desk.left(at("10:00")) == 0
    assert desk.book(at("10:00"), hold=hold.token).state == "booked"


def test_what_expired_holds_used_is_gone_when_their_slot_is_next_locked(desk: Desk, session: Session) -> None:
    desk.hold(at("10:00"))
    desk.wait(minutes=6)
    desk.book(at("10:00"), "B")
    assert session.scalar(select(func.count()).select_from(SlotUse)) == 1
    assert desk.pools(at("10:00")) == {"c1.2.3": (10, 27)}


def test_a_hold_started_before_the_minute_it_ends_in_is_over_at_its_end(desk: Desk) -> None:
    hold = desk.hold(at("10:00"))
    desk.now = hold.expires_at - timedelta(microseconds=1)
    assert desk.left(at("10:00")) == 2
    desk.now = hold.expires_at
    assert desk.left(at("10:00")) == 3


def test_old_holds_are_thrown_away_and_live_ones_kept(desk: Desk, session: Session) -> None:
    old = [desk.hold(at(clock)) for clock in ("10:00", "10:00", "11:00")]
    desk.wait(minutes=30)
    live = desk.hold(at("11:00"))
    assert slot_store.forget_long_expired(session, desk.now, 2) == 2
    assert slot_store.forget_long_expired(session, desk.now, 2) == len(old) - 2
    assert slot_store.forget_long_expired(session, desk.now, 2) == 0
    assert list(session.scalars(select(Hold))) == [live]
    assert session.scalar(select(func.count()).select_from(SlotUse)) == 1
    assert desk.left(at("10:00")) == 3
