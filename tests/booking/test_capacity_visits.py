"""How a visit takes its minutes of consecutive slots: tables of cases."""

from __future__ import annotations

import pytest

from booking.capacity_rules import Counters, places_left, spread, window
from tests.booking.plans import begins, morning, plan

ONE, TWO = frozenset({1}), frozenset({1, 2})


@pytest.mark.parametrize(
    ("rooms", "minutes", "parts"),
    [
        ([9, 9, 9, 9, 9], 30, [9, 9, 9, 3]),
        ([6, 9, 9, 9], 30, [6, 9, 9, 6]),
        ([9, 9, 9], 30, None),
        ([0, 9, 9, 9, 9], 30, None),
        ([9, 0, 9, 9, 9], 30, None),
        ([9, 9, 9, 3], 30, [9, 9, 9, 3]),
        ([9, 9, 9, 2], 30, None),
        ([27, 27, 27], 30, [15, 15]),
        ([27], 10, [10]),
        ([1, 9], 10, [1, 9]),
        ([-3, 9], 5, None),
        ([], 5, None),
    ],
    ids=[
        "one counter", "after another visit", "the session ends", "it cannot begin", "a full slot in between",
        "to the last minute", "one minute short", "one counter gives a slot's length", "one slot is enough", "fractions",
        "closed at booked", "no slots",
    ],
)  # fmt: skip
def test_a_long_visit_goes_on_in_the_following_slots(rooms: list[int], minutes: int, parts: list[int] | None) -> None:
    assert spread(rooms, minutes, 15) == parts


@pytest.mark.parametrize(
    ("rooms", "minutes", "left"),
    [
        ([9, 9], 10, 1),
        ([9, 9, 9], 10, 1),
        ([27, 27], 10, 3),
        ([18, 18], 10, 2),
        ([27, 0], 10, 2),
        ([9] * 5, 30, 1),
        ([0, 9], 5, 0),
    ],
)
def test_places_left_are_the_visits_that_can_begin_one_after_the_other(rooms: list[int], minutes: int, left: int) -> None:
    assert places_left(rooms, minutes, 15) == left


def test_more_places_than_anybody_reads_are_not_counted() -> None:
    assert places_left([10_000], 1, 15) == 99


def test_the_three_lines_of_the_table_in_the_module() -> None:
    """One counter, slots of 15 minutes, a share of 60 %."""
    rooms = [9] * 8
    first = spread(rooms, 30, 15)
    assert first == [9, 9, 9, 3]
    rest = [room - part for room, part in zip(rooms, [*first, 0, 0, 0, 0], strict=True)]
    assert [spread(rest[start:], 30, 15) for start in range(4)] == [None, None, None, [6, 9, 9, 6]]
    tens = [9] * 4
    parts = []
    for start in range(3):
        took = spread(tens[start:], 10, 15)
        assert took
        parts.append(took)
        tens = [room - part for room, part in zip(tens, [0] * start + took + [0] * 4, strict=False)]
    assert parts == [[9, 1], [8, 2], [7, 3]]


@pytest.mark.parametrize(
    ("hours", "counters", "minutes", "expected"),
    [
        ({1: "08:00-10:00"}, ONE, 10, {"08:00": 3, "09:15": 3, "09:30": 2}),
        ({1: "08:00-10:00"}, ONE, 9, {"08:00": 2, "09:30": 2, "09:45": 1}),
        ({1: "08:00-10:00"}, ONE, 30, {"08:00": 5, "08:45": 5, "09:00": 4}),
        ({1: "08:00-10:00", 2: "08:00-10:00"}, TWO, 10, {"08:00": 2, "09:30": 2, "09:45": 1}),
        ({1: "08:00-09:00", 2: "08:00-10:00"}, ONE, 10, {"08:00": 3, "08:15": 3, "08:30": 2}),
        ({1: "08:00-09:00 10:00-10:30"}, ONE, 10, {"08:00": 3, "08:30": 2, "10:00": 2}),
        ({1: "08:00-09:00", 2: "08:00-10:00"}, frozenset({3}), 10, {}),
        ({1: "08:00-08:30"}, ONE, 30, {}),
    ],
    ids=[
        "two and one more, to the end", "one and one more", "four and one more", "two counters in one slot",
        "its counter leaves earlier", "no visit goes on over the pause", "no counter", "longer than the session",
    ],
)  # fmt: skip
def test_a_visit_may_take_the_slots_it_needs_and_one_more_until_its_counters_leave(
    hours: dict[int, str], counters: Counters, minutes: int, expected: dict[str, int]
) -> None:
    slots, office = morning(hours), plan({1: "A"})
    found = {begin: len(window(slots, index, counters, office, minutes)) for index, begin in enumerate(begins(slots))}
    assert {begin: length for begin, length in found.items() if begin in expected} == expected
    last = max(expected, default="")
    assert all(length == 0 for begin, length in found.items() if begin > last)


def test_a_window_is_the_slots_from_its_beginning_on() -> None:
    slots = morning(1)
    assert window(slots, 2, ONE, plan({1: "A"}), 10) == slots[2:5]
