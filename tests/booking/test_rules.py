"""What may be booked: tables of cases, and what must hold for any plan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rules import (
    OfferedSlot,
    PlannedCounter,
    PlannedSlot,
    alternatives,
    answered_next_day,
    bookable_days,
    free_ordinal,
    next_free,
    offered,
    places_left,
    plan,
    pool_key,
    pools,
)
from office.hours import OpenSpan

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
A, B, C, D = 1, 2, 3, 4


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 23, hour, minute, tzinfo=HANOI).astimezone(UTC)


def span(text: str) -> OpenSpan:
    opens, closes = text.split("-")
    return OpenSpan(at(opens), at(closes))


def counter(*spans: str, services: frozenset[int] = frozenset({A})) -> PlannedCounter:
    return PlannedCounter(services, tuple(span(text) for text in spans))


def written(slots: list[PlannedSlot]) -> list[tuple[str, int]]:
    return [(f"{slot.starts_at.astimezone(HANOI):%H:%M}", slot.capacity) for slot in slots]


@pytest.mark.parametrize(
    ("counters", "expected"),
    [
        ([], {}),
        ([{A}], {A: {A}}),
        ([{A, B}, {C}], {A: {A, B}, B: {A, B}, C: {C}}),
        ([{A}, {C}, {A, B}, {B, C}], {A: {A, B, C}, B: {A, B, C}, C: {A, B, C}}),
        ([{A}, {B}, {C, D}, {A, B}], {A: {A, B}, B: {A, B}, C: {C, D}, D: {C, D}}),
        ([set(), {A}], {A: {A}}),
    ],
    ids=["no counter", "one", "two apart", "joined through a third", "joined late", "counter without bookable service"],
)
def test_services_that_share_a_counter_share_its_minutes(counters: list[set[int]], expected: dict[int, set[int]]) -> None:
    assert pools(map(frozenset, counters)) == expected


def test_a_pool_is_stored_under_its_lowest_service() -> None:
    assert pool_key({C, A}) == pool_key({A}) != pool_key({C})


@pytest.mark.parametrize(
    ("counters", "share", "longest", "expected"),
    [
        ([counter("08:00-09:00")], 100, 15, [("08:00", 15), ("08:15", 15), ("08:30", 15), ("08:45", 15)]),
        ([counter("08:00-08:30"), counter("08:00-08:30")], 60, 10, [("08:00", 18), ("08:15", 18)]),
        ([counter("08:00-08:30"), counter("08:15-08:45")], 100, 10, [("08:00", 15), ("08:15", 30), ("08:30", 15)]),
        ([counter("08:00-08:20")], 100, 10, [("08:00", 15)]),
        ([counter("08:00-08:15", "13:30-13:45")], 100, 10, [("08:00", 15), ("13:30", 15)]),
        ([counter("08:00-09:00")], 60, 10, [("08:00", 18), ("08:30", 18)]),
        ([counter("08:00-09:00")], 100, 30, [("08:00", 30), ("08:30", 30)]),
        ([counter("08:00-08:15")], 60, 10, []),
        ([counter("08:00-09:00", services=frozenset({C}))], 100, 10, []),
        ([], 60, 10, []),
    ],
    ids=[
        "one counter", "the share of two", "a counter that opens later", "a rest is not offered", "morning and afternoon",
        "neighbours gathered for the share", "neighbours gathered for a long service", "too short for the service",
        "another pool's counter", "no counter",
    ],
)  # fmt: skip
def test_a_slot_holds_the_planned_minutes_of_its_pool_times_the_share(
    counters: list[PlannedCounter], share: int, longest: int, expected: list[tuple[str, int]]
) -> None:
    slots = plan(counters, frozenset({A}), slot_minutes=15, share=share, longest=longest)
    assert written(slots) == expected


SLOT = PlannedSlot(at("09:00"), at("09:15"), 45)


@pytest.mark.parametrize(
    ("booked", "minutes", "now", "left"),
    [
        (0, 10, "08:00", 4),
        (5, 10, "08:00", 4),
        (6, 10, "08:00", 3),
        (36, 10, "08:00", 0),
        (36, 9, "08:00", 1),
        (60, 10, "08:00", 0),
        (0, 10, "08:59", 4),
        (0, 10, "09:00", 0),
        (0, 10, "09:30", 0),
    ],
)
def test_places_left_are_whole_bookings_and_none_once_the_slot_has_started(
    booked: int, minutes: int, now: str, left: int
) -> None:
    assert places_left(SLOT, booked, minutes, at(now)) == left


def test_started_slots_are_not_offered_and_full_ones_are_shown_as_full() -> None:
    slots = [PlannedSlot(at(clock), at(clock) + timedelta(minutes=15), 30) for clock in ("08:45", "09:00", "09:15")]
    shown = offered(slots, {at("09:00"): 30}, 10, at("08:45"))
    assert shown == [OfferedSlot(at("09:00"), at("09:15"), 0), OfferedSlot(at("09:15"), at("09:30"), 3)]
    assert next_free(shown) == shown[1]
    assert next_free(shown[:1]) is None


def test_the_nearest_free_slots_are_offered_when_one_is_taken() -> None:
    shown = [
        OfferedSlot(at(clock), at(clock) + timedelta(minutes=15), left)
        for clock, left in (("08:00", 1), ("08:45", 2), ("09:00", 0), ("09:15", 1), ("09:30", 0), ("10:00", 5))
    ]
    assert [slot.starts_at for slot in alternatives(shown, at("09:00"))] == [at("08:00"), at("08:45"), at("09:15")]


def test_today_and_the_next_six_days_may_be_booked() -> None:
    days = bookable_days(date(2026, 11, 28), 6)
    assert (days[0], days[-1], len(days)) == (date(2026, 11, 28), date(2026, 12, 4), 7)


@pytest.mark.parametrize(
    ("taken", "limit", "expected"),
    [(set(), 2, 1), ({1}, 2, 2), ({2}, 2, 1), ({1, 2}, 2, None), ({1, 2}, 3, 3), (set(), 0, None)],
)
def test_a_phone_gets_the_lowest_free_ordinal_up_to_the_limit(taken: set[int], limit: int, expected: int | None) -> None:
    assert free_ordinal(taken, limit) == expected


@pytest.mark.parametrize(
    ("clock", "same_day", "expected"),
    [("14:45", True, False), ("15:00", True, True), ("16:45", True, True), ("15:00", False, False)],
)
def test_from_three_in_the_afternoon_a_same_day_result_comes_a_day_later(clock: str, same_day: bool, expected: bool) -> None:
    assert answered_next_day(at(clock).astimezone(HANOI), same_day) is expected


quarters = st.tuples(st.integers(32, 66), st.integers(1, 20)).map(
    lambda pair: OpenSpan(at("00:00") + pair[0] * timedelta(minutes=15), at("00:00") + sum(pair) * timedelta(minutes=15))
)
planned = st.lists(
    st.builds(PlannedCounter, st.sets(st.integers(1, 3)).map(frozenset), st.tuples(quarters)), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None)
@given(planned, st.integers(1, 100), st.integers(5, 45))
def test_no_plan_sells_more_than_the_share_and_every_slot_holds_the_longest_service(
    counters: list[PlannedCounter], share: int, longest: int
) -> None:
    pool = frozenset({1, 2})
    slots = plan(counters, pool, slot_minutes=15, share=share, longest=longest)
    minutes = sum(
        (span.closes_at - span.opens_at) // timedelta(minutes=1)
        for counter in counters
        if counter.services & pool
        for span in counter.spans
    )
    assert sum(slot.capacity for slot in slots) * 100 <= minutes * share
    assert all(slot.capacity >= longest for slot in slots)
    assert all(before.ends_at <= after.starts_at for before, after in pairwise(slots))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sets(st.integers(1, 8)).map(frozenset), max_size=6))
def test_pools_part_the_services_and_no_counter_stands_in_two(counters: list[frozenset[int]]) -> None:
    found = pools(counters)
    assert set(found) == set().union(*counters)
    for services in counters:
        assert len({found[service] for service in services}) <= 1
    for one in found.values():
        for other in found.values():
            assert one == other or not one & other
