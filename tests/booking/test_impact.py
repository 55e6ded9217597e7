"""A changed plan shows whom it hurts: who booked first keeps the hour, nobody is forgotten, and nobody is named without need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from booking import impact, offers
from booking.actions import Wish, book, cancel
from booking.forms import Visitor
from booking.holding import Holder, hold_slot
from booking.impact_rules import OwnedUse, fingerprint, hurt, impossible
from booking.models import Appointment
from booking.refusals import SlotTaken
from core.database import Database
from core.rights import ANONYMOUS
from office.hours import DayException, Weekly, parse_spans
from office.models import Counter, Office
from office.store import hours_of
from queueing.actions import take_booked_ticket
from tests.booking.other_plans import offer_with
from tests.booking.plans import HANOI, at, morning, plan, use
from tests.builders import WARD_HOURS, make_office

NOW = at("09:00")
URL = "https://vidu.test"

FIRST, SECOND = "08:00", "08:15"


def uses(text: str) -> list[OwnedUse]:
    """ "1:9,0 2:0,5": bookings in the order they were made, with their minutes in the first and the second slot."""
    found = []
    for visit in text.split():
        owner, _colon, minutes = visit.partition(":")
        parts = [(clock, int(part)) for clock, part in zip((FIRST, SECOND), minutes.split(","), strict=True) if int(part)]
        found += [OwnedUse(int(owner), at(clock), use("A", part, first=clock == parts[0][0])) for clock, part in parts]
    return found


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        pytest.param("1:9,0 2:5,0", {2}, id="who booked first is kept"),
        pytest.param("1:9,0 2:0,9", set(), id="both fit"),
        pytest.param("1:5,4 2:9,0 3:0,5", {3}, id="who booked before goes on in the next slot, and who booked last gives way"),
        pytest.param("1:9,0 2:5,4 3:0,9", {2}, id="a visit goes as a whole and leaves its other slot to the next"),
        pytest.param("1:9,0 2:5,4 3:0,5 4:0,5", {2, 4}, id="and no more than it left"),
        pytest.param("1:10,0", set(), id="more than the slot has, but it could be booked there now"),
        pytest.param("1:10,0 2:0,9", {2}, id="and takes the next slot for it"),
        pytest.param("1:19,0", {1}, id="more than both have"),
    ],
)
def test_who_does_not_fit_is_hurt(booked: str, expected: set[int]) -> None:
    slots = morning(1, until="08:30")
    assert hurt(slots, plan({1: "A"}), uses(booked)) == expected


def test_a_visit_outside_of_every_slot_is_hurt_and_takes_nothing_of_the_others() -> None:
    slots = morning(1, until="08:15")
    assert hurt(slots, plan({1: "A"}), uses("1:9,4 2:9,0")) == {1}


def test_who_wants_what_no_counter_takes_any_more_is_hurt() -> None:
    slots = morning(2, until="08:15")
    booked = [OwnedUse(1, at(FIRST), use("B", 5)), OwnedUse(2, at(FIRST), use("A", 5)), OwnedUse(3, at(FIRST), use("AB", 5))]
    assert hurt(slots, plan({1: "A", 2: "A"}), booked) == {1, 3}


def test_a_visit_counts_in_the_slot_its_beginning_lies_in_when_slots_begin_at_other_minutes() -> None:
    slots = morning({1: "08:10-08:40"}, until="08:40")
    assert hurt(slots, plan({1: "A"}), uses("1:0,9 2:0,1")) == {2}
    assert hurt(slots, plan({1: "A"}), uses("1:1,0")) == {1}


VISITS = st.lists(st.tuples(st.integers(0, 22), st.integers(0, 12)).filter(any), max_size=8)


@given(VISITS, st.integers(1, 3))
@settings(deadline=None)
def test_whoever_is_kept_has_room_and_whoever_is_hurt_had_none(visits: Sequence[tuple[int, int]], counters: int) -> None:
    slots, skills = morning(counters, until="08:30"), plan(dict.fromkeys(range(1, counters + 1), "A"))
    booked = uses(" ".join(f"{owner}:{first},{second}" for owner, (first, second) in enumerate(visits, 1)))
    lost = hurt(slots, skills, booked)
    kept = [each for each in booked if each.owner not in lost]
    assert sum(each.use.minutes for each in kept) <= 2 * 9 * counters
    assert hurt(slots, skills, kept) == set()
    for owner in lost:
        before = [each for each in kept if (each.owner or 0) < owner]
        assert hurt(slots, skills, [*before, *(each for each in booked if each.owner == owner)]) == {owner}
    assert impossible(slots, skills, booked) <= lost


def test_another_list_has_another_mark() -> None:
    lists = ([], [(1, NOW)], [(2, NOW)], [(1, at("09:15"))], [(1, NOW), (2, NOW)])
    assert len({fingerprint(each) for each in lists}) == len(lists)
    assert fingerprint([(1, NOW), (2, NOW)]) == fingerprint([(2, NOW), (1, NOW)])


# --- on a real database -----------------------------------------------------------------------------------------------


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on a fresh database."""
    with database.transaction() as session:
        yield session


@pytest.fixture
def office(session: Session) -> Office:
    """Open in the ward's hours: A at counters 1 and 2, B at 2 and 3; 10 minutes each, so a counter gives 9 minutes a slot."""
    return make_office(session, hours=WARD_HOURS, services="AB", counters=3, skills={1: "A", 2: "AB", 3: "B"})


def booked(session: Session, office: Office, clock: str, service: str = "A", nth: int = 1, day: int = 24) -> Appointment:
    """A booking made `nth` (its phone, and a second later than the one before)."""
    wish = Wish(service, at(clock, day), Visitor("Nguyễn Thị Thử", f"+8491234560{nth}"))
    made = book(session, office, wish, now=NOW + timedelta(seconds=nth), tz=HANOI, public_url=URL)
    session.flush()
    return made


def counter(session: Session, office: Office, number: int) -> Counter:
    return session.query(Counter).filter_by(office_id=office.id, number=number).one()


def lost_by(session: Session, would_be: offers.Offer) -> list[int]:
    return [each.id for each in impact.measure(session, would_be).lost]


def without(session: Session, office: Office, number: int) -> offers.Offer:
    planned = {counter(session, office, number).id: False}
    return offer_with(session, office, planned=planned, now=NOW, tz=HANOI)


def test_a_counter_that_is_not_staffed_loses_only_what_the_others_cannot_take(session: Session, office: Office) -> None:
    first = booked(session, office, "10:00", "A", 1)
    second = booked(session, office, "10:00", "A", 2)
    other = booked(session, office, "10:00", "B", 3)
    assert lost_by(session, without(session, office, 1)) == [second.id]
    assert lost_by(session, without(session, office, 3)) == [other.id]
    assert lost_by(session, without(session, office, 2)) == [second.id]
    assert first.id not in lost_by(session, without(session, office, 2))


def test_what_no_counter_takes_any_more_is_lost(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00", "A")
    planned = {counter(session, office, number).id: False for number in (1, 2)}
    would_be = offer_with(session, office, planned=planned, now=NOW, tz=HANOI)
    assert lost_by(session, would_be) == [mine.id]
    [lost] = impact.lost_hours(session, impact.measure(session, would_be), None)
    assert lost.proposals == []


def test_own_hours_of_a_counter_are_measured(session: Session, office: Office) -> None:
    booked(session, office, "10:00", "A", 1)
    second = booked(session, office, "10:00", "A", 2)
    afternoons = Weekly.parse({"1": ["13:30-17:00"]})
    would_be = offer_with(session, office, own={counter(session, office, 1).id: afternoons}, now=NOW, tz=HANOI)
    assert lost_by(session, would_be) == [second.id]


def closed_tuesday(session: Session, office: Office) -> offers.Offer:
    hours = hours_of(session, office, HANOI)
    day = DayException(at("00:00", 24).astimezone(HANOI).date())
    return offer_with(session, office, hours=replace(hours, exceptions={day.on: day}), now=NOW, tz=HANOI)


def test_a_closed_day_loses_its_bookings_and_proposes_the_nearest_free_hours(session: Session, office: Office) -> None:
    mine, _other = booked(session, office, "10:00", "A", 1), booked(session, office, "10:00", "A", 2, day=25)
    measured = impact.measure(session, closed_tuesday(session, office))
    assert [each.id for each in measured.lost] == [mine.id]
    [lost] = impact.lost_hours(session, measured, "sms")
    assert lost.by_message
    assert lost.proposals == [at("09:45"), at("10:00"), at("10:00", 25)]


def test_a_landline_and_a_desk_without_a_gateway_have_to_be_called(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    measured = impact.measure(session, closed_tuesday(session, office))
    assert not impact.lost_hours(session, measured, None)[0].by_message
    mine.phone = "+842438256666"
    assert not impact.lost_hours(session, measured, "sms")[0].by_message


def test_proposals_are_those_that_the_booking_could_really_take(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00", "A", 1)
    # Counters 1 and 2 have 18 minutes a slot: two visits of 10 at 9:45 leave 16 at 10:00, and two more there nothing at all.
    for nth, clock in enumerate(("09:45", "09:45", "10:00", "10:00"), 2):
        booked(session, office, clock, "A", nth, day=23)
    measured = impact.measure(session, closed_tuesday(session, office))
    [lost] = [each for each in impact.lost_hours(session, measured, None) if each.appointment.id == mine.id]
    slots = offers.all_slots(session, measured.offer, measured.offer.want("A"), apart_from=mine.id)
    free = {slot.starts_at for of_day in slots.values() for slot in of_day if slot.left}
    assert at("09:45") not in free
    assert set(lost.proposals) <= free
    assert lost.proposals == [at("10:15"), at("09:45", 25), at("10:00", 25)]


def test_the_own_day_comes_before_the_same_hour_of_another(session: Session, office: Office) -> None:
    booked(session, office, "10:00", "A", 1)
    afternoon = DayException(at("12:00", 24).date(), parse_spans(["15:00-17:00"]))
    hours = hours_of(session, office, HANOI)
    would_be = offer_with(
        session, office, hours=replace(hours, exceptions={afternoon.on: afternoon}), now=NOW, tz=HANOI
    )
    [lost] = impact.lost_hours(session, impact.measure(session, would_be), None)
    assert lost.proposals == [at("15:00", 24), at("15:15", 24), at("15:30", 24)]


def test_who_is_here_or_past_or_cancelled_is_on_no_list(session: Session, office: Office) -> None:
    here, gone = booked(session, office, "09:15", "A", 1, day=23), booked(session, office, "09:15", "B", 2, day=23)
    cancel(session, gone.token, now=NOW, tz=HANOI, public_url=URL)
    take_booked_ticket(
        session, office, here.service, appointment_id=here.id, slot_at=here.starts_at, arrival="on_time", due_at=here.starts_at,
        minutes=10, now=NOW, tz=HANOI, source="staff", actor=ANONYMOUS, people=1, lang="vi",
    )  # fmt: skip
    past = booked(session, office, "09:15", "B", 3, day=23)
    shut = offer_with(
        session, office, hours=replace(hours_of(session, office, HANOI), weekly=Weekly.parse({})), now=NOW, tz=HANOI
    )
    assert lost_by(session, shut) == [past.id]
    assert impact.measure(session, replace(shut, now=at("09:20"))).lost == ()


def test_what_the_present_plan_cannot_keep_either_is_not_lost_by_the_new_one(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    saved = closed_tuesday(session, office)
    counter(session, office, 1).planned = counter(session, office, 2).planned = False
    session.flush()
    assert lost_by(session, saved) == []
    back = offer_with(
        session, office, planned={counter(session, office, 1).id: True}, now=NOW, tz=HANOI
    )
    assert [each.id for each in impact.measure(session, back).kept_again] == [mine.id]


def test_a_held_place_hurts_nobody_but_is_not_proposed(session: Session, office: Office) -> None:
    mine = booked(session, office, "10:00")
    for clock in ("09:45", "10:00"):
        holder = Holder(clock, "")
        for nth in ("1", "2"):
            with suppress(SlotTaken):
                hold_slot(session, office, ("A",), at(clock), holder=replace(holder, device=clock + nth), now=NOW, tz=HANOI)
    measured = impact.measure(session, closed_tuesday(session, office))
    assert [each.id for each in measured.lost] == [mine.id]
    [lost] = impact.lost_hours(session, measured, None)
    assert at("10:00") not in lost.proposals
    assert at("10:00", 25) in lost.proposals


def test_who_lost_the_hour_before_loses_it_again_when_it_is_closed_now(session: Session, office: Office) -> None:
    booked(session, office, "10:00", "A", 1)
    second = booked(session, office, "10:00", "A", 2)
    counter(session, office, 1).planned = False
    session.flush()
    assert impact.hurt_by(session, offers.load(session, office, NOW, HANOI)) == {second.id}
    assert second.id in lost_by(session, closed_tuesday(session, office))
