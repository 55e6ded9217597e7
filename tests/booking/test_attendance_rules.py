"""Who of a household came, and how long those take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.attendance_rules import Attendance, possible, with_absent

NOBODY: frozenset[int] = frozenset()
PLANNED = (10, 10, 20)


@pytest.mark.parametrize(
    ("before", "minutes", "absent", "people", "after"),
    [
        (set(), 40, {1}, 2, 30),
        (set(), 40, {0, 2}, 1, 10),
        ({1}, 30, {1}, 2, 30),
        ({1}, 30, set(), 3, 40),
        ({1, 2}, 10, {0}, 2, 30),
        # The office has changed a service since: everybody's share of the booked minutes changes alike.
        (set(), 20, {2}, 2, 10),
        (set(), 2, {1, 2}, 1, 1),
        (set(), 1, {1, 2}, 1, 1),
    ],
)
def test_who_did_not_come_takes_the_own_minutes_away(
    before: set[int], minutes: int, absent: set[int], people: int, after: int
) -> None:
    household = with_absent(Attendance(PLANNED, frozenset(before), minutes), frozenset(absent))
    assert (household.absent, household.people, household.minutes) == (absent, people, after)


@pytest.mark.parametrize(
    ("absent", "allowed"), [(set(), True), ({0}, True), ({1, 2}, True), ({0, 1, 2}, False), ({3}, False), ({0, 1, 2, 3}, False)]
)
def test_only_people_of_the_booking_and_not_all_of_them_are_absent(absent: set[int], allowed: bool) -> None:
    assert possible(Attendance(PLANNED, NOBODY, 40), frozenset(absent)) is allowed


def test_one_person_alone_is_never_absent_from_an_own_visit() -> None:
    assert possible(Attendance((10,), NOBODY, 10), NOBODY)
    assert not possible(Attendance((10,), NOBODY, 10), frozenset({0}))


@given(planned=st.lists(st.integers(1, 90), min_size=1, max_size=6).map(tuple), presses=st.lists(st.sets(st.integers(0, 5))))
def test_however_often_it_is_said_the_minutes_are_those_of_who_came(planned: tuple[int, ...], presses: list[set[int]]) -> None:
    household = Attendance(planned, NOBODY, sum(planned))
    for absent in presses:
        if possible(household, frozenset(absent)):
            household = with_absent(household, frozenset(absent))
        assert household.minutes == sum(planned[place] for place in range(len(planned)) if place not in household.absent)
        assert household.people >= 1
