"""What is free next at an office, judged by the rules of booking themselves; and what is near it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking import capacity_rules, city_rules
from booking.capacity_rules import PlannedSlot, Use
from booking.city_rules import Bookable, OfficePlan
from office.hours import OFFICE_HOURS, ROUND_THE_CLOCK, DayException, Hours, Weekly
from office.settings import Settings
from tests.booking.plans import HANOI, at, use
from tests.booking.test_capacity_properties import Day, days, fill, visits

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
MINUTES = {1: 5, 2: 10, 3: 30, 4: 20}
"""The planned minutes of the services A to D."""


class OfTheDay(OfficePlan):
    """An office whose slots are given instead of planned."""

    def slots(self, on: date) -> list[PlannedSlot]:
        return SLOTS if on == MONDAY else []


SLOTS: list[PlannedSlot] = []


def office(weekly: Weekly = OFFICE_HOURS, minutes: Sequence[int] = (9,), caps: dict[int, int] | None = None) -> OfficePlan:
    """One counter that takes services 1, 2, ... of these minutes: 9 minutes a slot."""
    hours = Hours.of(weekly, HANOI)
    services = [Bookable(number, each) for number, each in enumerate(minutes, 1)]
    skills = {service.id: frozenset({1}) for service in services}
    return city_rules.plan_of(1, Settings(), hours, {1: hours}, services, skills, caps or {})


def free(place: OfficePlan, uses: dict[datetime, list[Use]], now: datetime, most: int = 3, on: date = MONDAY) -> list[str]:
    """The first beginnings of a day, by the wall clock."""
    found = city_rules.beginnings(place, on, uses, now, at("06:00", 25), most)
    return [f"{start.astimezone(HANOI):%H:%M}" for start in found]


def test_the_next_hour_is_the_first_slot_that_has_not_begun() -> None:
    assert free(office(), {}, at("09:00")) == ["09:15", "09:30", "09:45"]
    assert free(office(), {}, at("16:30"), most=9) == ["16:45"]
    assert free(office(), {}, at("16:45")) == []


def test_a_full_slot_is_passed_over() -> None:
    full = {at("09:15"): [use("A", 9)], at("09:30"): [use("A", 5)]}
    assert free(office(), full, at("09:00")) == ["09:30", "09:45", "10:00"]
    assert free(office(minutes=(10, 4)), {at("09:15"): [use("A", 5)]}, at("09:00"))[0] == "09:15", "a shorter visit still fits"


def test_a_longer_visit_may_fit_where_a_shorter_one_does_not_for_it_looks_further() -> None:
    hardly_any = {at("09:15"): [use("A", 8)], at("09:30"): [use("A", 8)]}
    assert free(office(minutes=(5,)), hardly_any, at("09:00"))[0] == "09:30"
    assert free(office(minutes=(5, 20)), hardly_any, at("09:00"))[0] == "09:15", "1, 1, 9 and 9 minutes"


def test_a_service_at_its_cap_leaves_the_others_free_and_a_longer_one_too() -> None:
    at_its_cap = {at("09:15"): [use("A", 5)]}
    assert free(office(minutes=(5,), caps={1: 1}), at_its_cap, at("09:00"))[0] == "09:30"
    assert free(office(minutes=(5, 10), caps={1: 1}), at_its_cap, at("09:00"))[0] == "09:15"


def test_a_round_the_clock_office_does_not_stop_at_midnight() -> None:
    late = office(ROUND_THE_CLOCK, minutes=(60,))
    assert free(late, {}, at("23:00"), most=9) == ["23:15", "23:30", "23:45"]
    taken = {at("23:45"): [use("A", 9)], **{at("00:00", 24) + timedelta(minutes=15 * n): [use("A", 9)] for n in range(4)}}
    assert free(late, taken, at("22:00"), most=9) == []
    assert city_rules.beginnings(late, MONDAY, {}, at("23:00"), at("00:00", 24), 9) == [], "nothing past what is known"


@settings(max_examples=200, deadline=None)
@given(days, visits, st.sampled_from(["07:00", "08:05", "08:30"]))
def test_an_hour_is_free_exactly_when_booking_would_give_one_of_its_services_a_place(
    day: Day, asked: list[tuple[frozenset[int], int, int]], clock: str
) -> None:
    fill(day, asked)
    SLOTS[:] = day.slots
    hours = Hours.of(OFFICE_HOURS, HANOI)
    services = [Bookable(service, MINUTES[service]) for service in day.office.skills]
    planned = city_rules.plan_of(
        1, Settings(bookable_share=day.office.share), hours, {}, services, day.office.skills, day.office.places
    )
    place = OfTheDay(**vars(planned))
    uses = {slot.starts_at: day.uses[index] for index, slot in enumerate(day.slots)}
    bookable = [
        slot.starts_at
        for index, slot in enumerate(day.slots)
        if slot.starts_at > at(clock) and any(_places(day, service, index) for service in day.office.skills)
    ]
    assert city_rules.beginnings(place, MONDAY, uses, at(clock), at("06:00", 24), 3) == bookable[:3]


def _places(day: Day, service: int, index: int) -> int:
    """The places booking shows, as `offers.slots_of_days` counts them."""
    window = capacity_rules.window(day.slots, index, day.office.skills[service], day.office, MINUTES[service])
    rooms = day.rooms(day.office.skills[service], index, len(window))
    by_cap = capacity_rules.places_by_cap([service], day.office, day.uses[index])
    return min(capacity_rules.places_left(rooms, MINUTES[service], 15), by_cap) if window else 0


def test_doors_are_known_for_today_and_tomorrow() -> None:
    doors = city_rules.doors(Hours.of(OFFICE_HOURS, HANOI), at("07:59"))
    assert not doors.is_open(at("07:59"))
    assert doors.opens_at(at("07:59")) == at("08:00")
    assert doors.is_open(at("08:00"))
    assert not doors.is_open(at("11:30"))
    assert doors.opens_at(at("17:00")) == at("08:00", 24)


def test_doors_name_the_opening_after_a_long_holiday() -> None:
    holiday = [DayException(date(2026, 11, day)) for day in range(23, 28)]
    doors = city_rules.doors(Hours.of(OFFICE_HOURS, HANOI, holiday), at("09:00"))
    assert doors.opens_at(at("09:00")) == at("08:00", 30)
    assert city_rules.doors(Hours.of(Weekly.parse({}), HANOI), at("09:00")).opens_at(at("09:00")) is None


@pytest.mark.parametrize(
    ("own", "order"),
    [("00070", [2, 1, 3, 4]), ("00001", [1, 2, 3, 4]), ("09999", [3, 2, 1, 4]), ("HN-1", [1, 2, 3, 4])],
)
def test_near_is_whose_unit_code_is_near(own: str, order: list[int]) -> None:
    assert city_rules.nearest(own, {1: "00040", 2: "00071", 3: "00500", 4: "CN-12"}) == order
