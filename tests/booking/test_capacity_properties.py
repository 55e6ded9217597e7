"""What holds for any office, whatever is booked in whatever order.

The judge is not the rule: it goes through every set of counters, whether they hang together or not, and counts in exact
fractions what the visits that only they could serve take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.capacity_rules import (
    Counters,
    Plan,
    PlannedSlot,
    Use,
    capacity,
    day_slots,
    groups,
    places_by_cap,
    places_left,
    pools,
    room_for,
    spread,
    window,
)
from office.hours import OpenSpan
from tests.booking.plans import at, every_group, ids, plan

COUNTERS = (1, 2, 3, 4)
SERVICES = "ABCD"


@dataclass
class Day:
    """A morning of one office, and what is booked of each slot."""

    office: Plan
    slots: list[PlannedSlot]
    uses: list[list[Use]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.uses = [[] for _slot in self.slots]
        self.watched = groups(self.office.skills.values())

    def rooms(self, counters: Counters, first: int, length: int) -> list[int]:
        return [
            room_for(counters, self.slots[index], self.office, self.uses[index], self.watched)
            for index in range(first, first + length)
        ]

    def book(self, services: frozenset[int], minutes: int, first: int) -> bool:
        """As booking does: into the window of the beginning, when there is room."""
        counters = self.office.counters(services)
        if first >= len(self.slots) or not counters or not places_by_cap(services, self.office, self.uses[first]):
            return False
        length = len(window(self.slots, first, counters, self.office, minutes))
        parts = spread(self.rooms(counters, first, length), minutes, self.office.slot_minutes)
        for index, part in enumerate(parts or ()):
            self.uses[first + index].append(Use(services, part, index == 0))
        return parts is not None

    def taken(self, group: Counters, index: int) -> int:
        """The minutes of visits in a slot that only these counters could serve."""
        return sum(use.minutes for use in self.uses[index] if self.office.counters(use.services) <= group)


def _span(opens: int, lasts: int) -> OpenSpan:
    begin = at("08:00") + timedelta(minutes=opens)
    return OpenSpan(begin, begin + timedelta(minutes=lasts))


spans = st.builds(_span, st.sampled_from([0, 0, 0, 5, 15, 40]), st.sampled_from([60, 90, 90, 90, 47]))
hours = st.fixed_dictionaries({counter: st.tuples(spans) for counter in COUNTERS})
skills = st.fixed_dictionaries(
    {counter: st.sets(st.sampled_from(SERVICES)).map(lambda own: "".join(sorted(own))) for counter in COUNTERS}
)
caps = st.dictionaries(st.sampled_from(SERVICES), st.integers(0, 3), max_size=1)
offices = st.builds(
    lambda skills, share, caps: plan(
        skills, share=share, places={one: most for one, most in caps.items() if one in "".join(skills.values())}
    ),
    skills,
    st.sampled_from([60, 60, 60, 33, 85, 100, 7]),
    caps,
)
days = st.builds(lambda office, hours: Day(office, day_slots(hours, 15)), offices, hours)
visits = st.lists(
    st.tuples(
        st.sets(st.sampled_from(SERVICES), min_size=1, max_size=2).map("".join).map(ids),
        st.sampled_from([3, 5, 10, 10, 10, 20, 30, 45]),
        st.integers(0, 5),
    ),
    max_size=40,
)


def fill(day: Day, asked: Sequence[tuple[frozenset[int], int, int]]) -> int:
    return sum([day.book(services, minutes, first) for services, minutes, first in asked])


@settings(max_examples=300, deadline=None)
@given(days, visits)
def test_whatever_is_booked_no_set_of_counters_has_more_to_do_than_it_can(
    day: Day, asked: list[tuple[frozenset[int], int, int]]
) -> None:
    fill(day, asked)
    for group in every_group(COUNTERS):
        shared = booked = 0
        for index, slot in enumerate(day.slots):
            planned = sum(slot.within[counter] for counter in group)
            assert day.taken(group, index) <= planned, "more than they are there"
            shared += planned * day.office.share
            booked += day.taken(group, index)
            assert booked * 100 <= shared, "rounding has sold more than the share since the session began"


@settings(max_examples=200, deadline=None)
@given(days, visits, st.sets(st.sampled_from(SERVICES), min_size=1, max_size=2).map("".join).map(ids))
def test_a_visit_is_sent_away_only_when_some_set_of_counters_is_full(
    day: Day, asked: list[tuple[frozenset[int], int, int]], services: frozenset[int]
) -> None:
    """With a share that leaves no fractions, the room is exactly the least that any set of counters around it has left."""
    day.office = Plan(day.office.skills, 100, 15, day.office.places)
    fill(day, asked)
    counters = day.office.counters(services)
    for index, slot in enumerate(day.slots):
        around = [group for group in every_group(COUNTERS) if counters and counters <= group]
        least = min((capacity(slot, group, 100) - day.taken(group, index) for group in around), default=0)
        assert day.rooms(counters, index, 1) == [least]


@settings(max_examples=200, deadline=None)
@given(days, visits, st.sampled_from(SERVICES).map(ids), st.sampled_from([5, 10, 30]), st.integers(0, 5))
def test_the_places_that_are_shown_are_the_places_that_can_be_booked(
    day: Day, asked: list[tuple[frozenset[int], int, int]], services: frozenset[int], minutes: int, first: int
) -> None:
    fill(day, asked)
    counters = day.office.counters(services)
    if first >= len(day.slots) or not counters:
        return
    length = len(window(day.slots, first, counters, day.office, minutes))
    by_minutes = places_left(day.rooms(counters, first, length), minutes, 15)
    shown = min(by_minutes, places_by_cap(services, day.office, day.uses[first]))
    booked = 0
    while day.book(services, minutes, first):
        booked += 1
    assert booked == shown


@settings(max_examples=150, deadline=None)
@given(days, visits)
def test_the_pools_of_a_slot_add_up_and_are_never_passed(day: Day, asked: list[tuple[frozenset[int], int, int]]) -> None:
    fill(day, asked)
    for index, slot in enumerate(day.slots):
        for name, pool in pools(slot, day.office, day.uses[index], day.watched).items():
            assert 0 <= pool.booked <= pool.capacity
            if name.startswith("c"):
                group = frozenset(int(counter) for counter in name[1:].split("."))
                assert pool.booked == day.taken(group, index)
                assert pool.capacity == capacity(slot, group, day.office.share)
