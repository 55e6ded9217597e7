"""Full days: who waits is offered what comes free, in turn, and what nobody takes comes up again at no known moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import slot_store, waiting_list
from booking.models import Hold
from booking.refusals import NothingOffered, SlotTaken
from notices.models import Message
from tests.booking.conftest import MakeDesk
from tests.booking.desk import MORNINGS, Desk, at

# --- a place comes free -------------------------------------------------------------------------------------------------


def test_a_freed_place_is_offered_to_the_first_in_line_for_ten_minutes(full: Desk, session: Session) -> None:
    first, second = full.join(24, phone="0912345601"), full.join(24)
    full.cancel(full.booked[5])
    assert (first.state, first.offers, first.offered_until) == ("offered", 1, at("09:10"))
    assert second.state == "waiting"
    (hold,) = full.holds("offer")
    assert (hold.id, full.parts(hold)) == (first.hold_id, [("09:15", 9)])
    assert full.left(at("09:15", 24)) == 0
    message = session.scalars(select(Message).where(Message.to == "+84912345601").order_by(Message.id.desc())).first()
    assert message is not None
    assert "09:15" in message.text
    assert "09:10" in message.text
    assert full.holds("resting") == []


def test_an_accepted_offer_is_a_booking_and_twice_is_the_same(full: Desk, session: Session) -> None:
    entry = full.join(24)
    full.cancel(full.booked[5])
    made = full.accept(entry)
    assert (made.starts_at, made.phone, made.state) == (at("09:15", 24), entry.phone, "booked")
    assert (entry.state, entry.hold_id, entry.appointment_id) == ("accepted", None, made.id)
    assert full.accept(entry) is made
    assert full.parts(made) == [("09:15", 9)]
    assert list(session.scalars(select(Hold))) == []


def test_an_offer_nobody_answers_goes_to_the_next(full: Desk) -> None:
    first, second = full.join(24), full.join(24)
    full.cancel(full.booked[5])
    full.lapse(first)
    assert first.state == "offered", "it is still theirs"
    full.wait(minutes=10)
    assert full.left(at("09:15", 24)) == 0, "kept for the next in line, not for whoever looks first"
    full.lapse(first)
    assert (first.state, first.hold_id, first.offers) == ("waiting", None, 1)
    assert (second.state, second.offered_until) == ("offered", at("09:20"))
    with pytest.raises(NothingOffered):
        full.accept(first)
    assert full.accept(second).starts_at == at("09:15", 24)


def test_a_place_all_who_wait_let_pass_is_not_offered_to_them_for_ever(full: Desk) -> None:
    entries = [full.join(24) for _person in range(2)]
    full.cancel(full.booked[5])
    for _offer in range(2):
        full.wait(minutes=10)
        for entry in entries:
            full.lapse(entry)
    assert [(entry.state, entry.offers) for entry in entries] == [("waiting", 1), ("waiting", 1)]
    full.wait(minutes=10)
    assert full.left(at("09:15", 24)) == 1
    full.fill(at("09:15", 24))
    full.cancel(full.booked[6])
    assert entries[0].state == "offered", "another place is offered anew"


def test_who_had_no_offer_yet_comes_before_who_let_one_pass(full: Desk) -> None:
    first = full.join(24)
    full.cancel(full.booked[5])
    full.wait(minutes=10)
    full.lapse(first)
    assert first.state == "waiting", "it is not offered to them once more"
    later = full.join(24)
    full.cancel(full.booked[6])
    assert (later.state, first.state) == ("offered", "waiting")


def test_who_leaves_passes_the_offer_on(full: Desk) -> None:
    first, second = full.join(24), full.join(24)
    full.cancel(full.booked[5])
    for _time in range(2):
        assert full.leave(first).state == "left"
    assert second.state == "offered"
    assert full.left(at("09:15", 24)) == 0
    with pytest.raises(NothingOffered):
        full.accept(first)


def test_an_offer_that_ran_out_is_accepted_while_there_is_room(full: Desk) -> None:
    entry = full.join(24)
    full.cancel(full.booked[5])
    full.wait(minutes=30)
    assert full.accept(entry).starts_at == at("09:15", 24)


def test_an_offer_that_ran_out_is_refused_when_another_took_the_place(full: Desk, session: Session) -> None:
    entry = full.join(24)
    full.cancel(full.booked[5])
    full.wait(minutes=30)
    full.book(at("09:15", 24))
    with pytest.raises(SlotTaken), session.begin_nested():
        full.accept(entry)


def test_a_place_is_offered_only_to_whom_it_suits(make_desk: MakeDesk) -> None:
    """R is done at counter 2 only, and takes longer than what comes free."""
    desk = make_desk(services="AR", skills={1: "A", 2: "AR"}, minutes={"A": 9, "R": 20}, hours=MORNINGS)
    made = desk.fill_day(24, "A")
    long, short = desk.join(24, "R"), desk.join(24, "A")
    desk.cancel(made[4])
    assert (long.state, short.state) == ("waiting", "offered")


def test_a_long_visit_that_is_given_up_is_offered_to_several(make_desk: MakeDesk) -> None:
    desk = make_desk(counters=1, services="AL", minutes={"A": 9, "L": 27}, hours=MORNINGS)
    made = desk.book(at("09:00", 24), "L")
    desk.fill_day(24, "A")
    entries = [desk.join(24) for _person in range(3)]
    desk.cancel(made)
    assert [entry.state for entry in entries] == ["offered", "waiting", "waiting"]
    assert desk.parts(desk.holds("offer")[0]) == [("09:00", 9)]
    assert desk.parts(desk.holds("resting")[0]) == [("09:15", 9), ("09:30", 9)]


def test_an_offered_visit_takes_slots_that_follow_each_other(make_desk: MakeDesk) -> None:
    """A move frees 10 minutes of 9:15; there is room at 9:45, too late to begin there, and none in between."""
    minutes = {"A": 15, "B": 10, "C": 5, "L": 16}
    desk = make_desk(counters=2, services="ABCL", minutes=minutes, hours=MORNINGS, settings={"bookable_share": 100})
    moving = desk.book(at("09:15", 24), "B")
    for service in ("C", "A"):
        desk.book(at("09:15", 24), service)
    for clock in ("08:00", "08:15", "08:30", "08:45", "09:00", "09:30"):
        desk.fill(at(clock, 24), "A")
    entry = desk.join(24, "L")
    desk.move(moving, at("09:45", 24))
    assert entry.state == "waiting"
    assert desk.parts(desk.holds("resting")[0]) == [("09:15", 10)]


def test_close_to_its_hour_a_freed_place_is_simply_public(full: Desk) -> None:
    entry = full.join(24)
    full.now = at("08:20", 24)
    full.cancel(full.booked[5])
    assert entry.state == "waiting"
    assert full.left(at("09:15", 24)) == 1
    full.cancel(full.booked[6])
    assert full.left(at("09:30", 24)) == 0, "there are 70 minutes to that one"
    assert entry.offered_until == at("08:30", 24)


def test_the_hour_that_is_over_goes_to_nobody(full: Desk) -> None:
    entry = full.join(24)
    full.now = at("10:00", 24)
    full.cancel(full.booked[5])
    assert entry.state == "waiting"
    assert full.holds("resting") == []


# --- a place rests ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chance", "rests_until"), [(0.0, "09:00"), (0.25, "09:02:30"), (0.999999, "09:10")])
def test_a_place_nobody_waits_for_comes_up_again_at_a_moment_nobody_knows(
    full: Desk, monkeypatch: pytest.MonkeyPatch, chance: float, rests_until: str
) -> None:
    monkeypatch.setattr(waiting_list, "_chance", lambda: chance)
    full.cancel(full.booked[5])
    clock, _colon, seconds = rests_until.rpartition(":") if rests_until.count(":") == 2 else (rests_until, "", "0")
    full.now = at(clock) + timedelta(seconds=int(seconds) - 1)
    assert full.left(at("09:15", 24)) == 0 or full.now < at("09:00")
    full.wait(seconds=1)
    assert full.left(at("09:15", 24)) == 1


def test_the_last_place_of_a_service_with_a_cap_rests_too(make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_list, "_chance", lambda: 0.5)
    desk = make_desk()
    desk.office.services[0].places = 1
    desk.cancel(desk.book(at("10:00", 24)))
    assert desk.left(at("10:00", 24)) == 0
    desk.wait(minutes=5)
    assert desk.left(at("10:00", 24)) == 1


# --- looking for a place ------------------------------------------------------------------------------------------------


def test_a_place_that_became_free_otherwise_is_offered_too(full: Desk) -> None:
    entry = full.join(24)
    assert full.offer_free(entry) is False
    full.office.settings = {"bookable_share": 65, "offer_minutes": 5}
    assert full.offer_free(entry) is False
    full.office.settings = {"bookable_share": 100, "offer_minutes": 5}
    assert full.offer_free(entry) is True
    assert (entry.state, entry.offered_until) == ("offered", at("09:05"))
    assert full.offer_free(entry) is False, "one live offer at a time"
    assert full.accept(entry).starts_at == at("08:00", 24)


def test_a_near_free_hour_does_not_stand_before_one_that_can_be_offered(full: Desk) -> None:
    entry = full.join(24)
    full.office.settings = {"bookable_share": 100}
    full.now = at("08:20", 24)
    assert full.offer_free(entry) is True
    assert full.accept(entry).starts_at == at("09:30", 24), "the hours before are simply public"


def test_nobody_is_offered_a_service_that_is_done_no_more(full: Desk) -> None:
    entry = full.join(24)
    full.office.settings = {"bookable_share": 100}
    entry.service.bookable = False
    assert full.offer_free(entry) is False


# --- what stays ---------------------------------------------------------------------------------------------------------


def test_an_offer_is_kept_for_its_person_whatever_is_tidied_away(full: Desk, session: Session) -> None:
    entry = full.join(24)
    full.cancel(full.booked[5])
    full.wait(hours=2)
    slot_store.forget_long_expired(session, full.now, 100)
    stranger = full.hold(at("09:15", 24))
    assert stranger.id != entry.hold_id
    full.lapse(entry)
    assert full.parts(stranger) == [("09:15", 9)], "the hold of somebody else stays theirs"
