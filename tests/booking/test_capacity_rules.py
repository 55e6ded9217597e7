"""How much of an office's time may be booked: tables of cases. What holds for any office: test_capacity_properties.py."""

from __future__ import annotations

import pytest

from booking.capacity_rules import (
    NOBODY,
    Counters,
    Pool,
    Use,
    capacity,
    day_slots,
    gathered,
    group_key,
    groups,
    keys_for,
    places_by_cap,
    pools,
    read_services,
    room_for,
    service_key,
    written,
)
from tests.booking.plans import at, begins, ids, morning, plan, span, use

ONE, TWO = frozenset({1}), frozenset({1, 2})


# --- slots --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ({}, []),
        ({1: ""}, []),
        ({1: "08:00-08:30"}, [("08:00", {1: 15}), ("08:15", {1: 15})]),
        ({1: "08:00-08:20"}, [("08:00", {1: 15})]),
        ({1: "08:00-08:10"}, []),
        ({1: "08:00-08:15 13:30-13:45"}, [("08:00", {1: 15}), ("13:30", {1: 15})]),
        ({1: "08:00-08:30", 2: "08:10-08:20"}, [("08:00", {1: 15, 2: 5}), ("08:15", {1: 15, 2: 5})]),
        ({1: "08:00-08:15", 2: "08:15-08:30"}, [("08:00", {1: 15, 2: 0}), ("08:15", {1: 0, 2: 15})]),
        ({1: "08:00-08:15", 2: "08:20-08:35"}, [("08:00", {1: 15, 2: 0}), ("08:20", {1: 0, 2: 15})]),
        ({1: "08:10-08:40", 2: "08:00-08:20"}, [("08:00", {1: 5, 2: 15}), ("08:15", {1: 15, 2: 5})]),
    ],
    ids=[
        "no counter", "a counter that is closed", "one counter", "a rest before closing is not offered", "too short for a slot",
        "morning and afternoon", "a counter with hours of its own", "one after the other is one session",
        "a pause begins a session", "the earliest counter sets the beginnings",
    ],
)  # fmt: skip
def test_a_day_is_cut_into_slots_from_each_opening(hours: dict[int, str], expected: list[tuple[str, dict[int, int]]]) -> None:
    slots = day_slots({number: [span(part) for part in text.split()] for number, text in hours.items()}, 15)
    assert [(begin, dict(slot.within)) for begin, slot in zip(begins(slots), slots, strict=True)] == expected


def test_minutes_since_the_session_began_are_counted_anew_after_the_pause() -> None:
    slots = morning({1: "08:00-08:30 13:30-14:00", 2: "08:10-08:30 13:30-14:00"})
    assert [dict(slot.before) for slot in slots] == [{1: 0, 2: 0}, {1: 15, 2: 5}, {1: 0, 2: 0}, {1: 15, 2: 15}]


@pytest.mark.parametrize(
    ("share", "counters", "minutes"),
    [
        (60, ONE, [9, 9, 9, 9, 9, 9]),
        (100, ONE, [15, 15, 15, 15, 15, 15]),
        (85, ONE, [12, 13, 13, 13, 12, 13]),
        (85, TWO, [25, 26, 25, 26, 25, 26]),
        (1, ONE, [0, 0, 0, 0, 0, 0]),
        (7, ONE, [1, 1, 1, 1, 1, 1]),
        (10, ONE, [1, 2, 1, 2, 1, 2]),
        (60, NOBODY, [0, 0, 0, 0, 0, 0]),
        (60, frozenset({9}), [0, 0, 0, 0, 0, 0]),
    ],
)
def test_fractions_of_the_share_are_carried_over_to_the_next_slot(share: int, counters: Counters, minutes: list[int]) -> None:
    assert [capacity(slot, counters, share) for slot in morning(2, "09:30")] == minutes


# --- pools --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("demands", "expected"),
    [
        ([], []),
        ([NOBODY], []),
        ([ONE], [{1}]),
        ([{1}, {2}], [{1}, {2}]),
        ([{1, 2}, {3}], [{1, 2}, {3}]),
        ([{1, 2}, {2, 3}], [{1, 2}, {2, 3}, {1, 2, 3}]),
        ([{1, 2, 3}, {3}], [{1, 2, 3}, {3}]),
        ([{1}, {3}, {1, 2}, {2, 3}], [{1}, {3}, {1, 2}, {2, 3}, {1, 2, 3}]),
        ([{1, 2}, {3, 4}, {2, 3}], [{1, 2}, {3, 4}, {2, 3}, {1, 2, 3}, {2, 3, 4}, {1, 2, 3, 4}]),
    ],
    ids=[
        "nobody", "a service without a counter", "one", "two apart", "a pair and one apart", "two that overlap", "a rare service",
        "joined through a third", "a chain",
    ],
)  # fmt: skip
def test_counter_sets_that_overlap_are_watched_together(demands: list[set[int]], expected: list[set[int]]) -> None:
    assert groups(map(frozenset, demands)) == set(map(frozenset, expected))


@pytest.mark.parametrize(
    ("services", "uses", "room"),
    [
        ("A", [], 27),
        ("R", [], 9),
        ("A", [use("A", 20)], 7),
        ("R", [use("A", 20)], 7),
        ("R", [use("A", 10)], 9),
        ("R", [use("A", 27)], 0),
        ("A", [use("R", 9)], 18),
        ("R", [use("R", 9)], 0),
        ("A", [use("R", 9), use("A", 18)], 0),
        ("B", [use("A", 27)], 9),
        ("A", [use("B", 9)], 27),
        ("A", [use("Z", 9)], 27),
        ("A", [use("A", 60)], 0),
        ("Z", [], 0),
    ],
    ids=[
        "everybody's", "rare", "what is left of all", "a rare one finds what is left", "a rare one keeps its counter",
        "a rare one loses it when all are taken", "a rare one is counted", "a rare one is taken once", "together they are full",
        "a counter apart", "and the other way round", "a visit nobody takes any more", "booked before hours were cut",
        "no counter",
    ],
)  # fmt: skip
def test_a_visit_finds_the_minutes_that_every_group_around_it_has_left(services: str, uses: list[Use], room: int) -> None:
    """A at counters 1, 2 and 3; R at counter 3 only; B at counter 4."""
    office = plan({1: "A", 2: "A", 3: "AR", 4: "B"})
    slot = morning(4)[0]
    asked = office.counters(ids(services))
    assert room_for(asked, slot, office, uses, groups(office.skills.values())) == room


@pytest.mark.parametrize(
    ("uses", "left_for_a", "left_for_b", "left_for_both"),
    [
        ([], 18, 18, 9),
        ([use("AB", 9)], 9, 9, 0),
        ([use("A", 9)], 9, 18, 9),
        ([use("A", 18)], 0, 9, 0),
        ([use("A", 9), use("B", 9)], 9, 9, 9),
        ([use("A", 13), use("B", 9)], 5, 5, 5),
        ([use("AB", 5), use("A", 9)], 4, 13, 4),
    ],
)
def test_a_household_waits_for_a_counter_that_does_all_its_services(
    uses: list[Use], left_for_a: int, left_for_b: int, left_for_both: int
) -> None:
    """A at counters 1 and 2, B at 2 and 3: a household of A and B can only go to counter 2."""
    office, slot = plan({1: "A", 2: "AB", 3: "B"}), morning(3)[0]
    rooms = [
        room_for(office.counters(ids(asked)), slot, office, uses, groups(office.skills.values())) for asked in ("A", "B", "AB")
    ]
    assert rooms == [left_for_a, left_for_b, left_for_both]


def test_the_pools_of_a_slot_say_what_each_group_gives_and_has_given() -> None:
    office = plan({1: "A", 2: "AB", 3: "B"}, places={"A": 2})
    watched = groups(office.skills.values())
    slot = morning(3)[0]
    assert pools(slot, office, [use("A", 10), use("A", 3, first=False), use("AB", 5)], watched) == {
        "c1.2": Pool(18, 18), "c2.3": Pool(18, 5), "c1.2.3": Pool(27, 18), "c2": Pool(9, 5), "s1": Pool(2, 2)
    }  # fmt: skip


def test_where_less_is_planned_than_booked_the_slot_closes_at_what_is_booked() -> None:
    office = plan({1: "A"}, share=30, places={"A": 1})
    uses = [use("A", 5), use("A", 4)]
    found = pools(morning(1)[0], office, uses, groups(office.skills.values()))
    assert found == {"c1": Pool(9, 9), "s1": Pool(2, 2)}
    assert [pool.room for pool in found.values()] == [0, 0]
    assert room_for(ONE, morning(1)[0], office, uses, groups([ONE])) == 0


def test_a_visit_takes_its_minutes_in_every_pool_that_contains_its_counters() -> None:
    names = ["c1", "c1.2", "c11.12", "c2.3", "c1.2.3", "s1"]
    assert keys_for(TWO, names) == ["c1.2", "c1.2.3"]
    assert keys_for(frozenset({1}), names) == ["c1", "c1.2", "c1.2.3"]
    assert (group_key(frozenset({10, 2})), service_key(7)) == ("c2.10", "s7")


@pytest.mark.parametrize(
    ("services", "uses", "left"),
    [
        ("A", [], 2),
        ("A", [use("A", 9)], 1),
        ("A", [use("A", 9), use("A", 9, first=False)], 1),
        ("A", [use("A", 9), use("AB", 9)], 0),
        ("A", [use("A", 9)] * 3, 0),
        ("B", [use("A", 9)], 99),
        ("AB", [use("A", 9)], 1),
        ("C", [], 0),
    ],
)
def test_a_service_with_a_cap_begins_that_often_in_a_slot_whatever_the_minutes(services: str, uses: list[Use], left: int) -> None:
    assert places_by_cap(ids(services), plan({1: "ABC"}, places={"A": 2, "C": 0}), uses) == left


def test_a_counter_with_hours_of_its_own_gives_only_those() -> None:
    office = plan({1: "A", 2: "A"})
    slots = morning({1: "08:00-09:00", 2: "08:30-08:50"})
    assert [room_for(TWO, slot, office, [], groups([TWO])) for slot in slots] == [9, 9, 18, 12]


# --- changes of the plan ------------------------------------------------------------------------------------------------


def test_what_was_booked_by_other_hours_counts_in_the_slot_it_begins_in() -> None:
    uses = {
        at(clock): [use("A", minutes)]
        for clock, minutes in (("07:50", 1), ("08:00", 2), ("08:10", 3), ("08:15", 4), ("09:00", 5))
    }
    found = gathered(morning(1, "09:00"), uses)
    assert [sum(each.minutes for each in of_slot) for of_slot in found.values()] == [5, 4, 0, 0]
    assert list(found) == [slot.starts_at for slot in morning(1, "09:00")]


def test_services_are_written_sorted_and_read_back() -> None:
    assert written([12, 7, 12]) == "7.12"
    assert read_services("7.12") == frozenset({7, 12})
    assert read_services("7") == frozenset({7})
