"""What may be booked and when, and where a freed place goes: tables of cases, and what must hold for any."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rules import (
    OfferedSlot,
    Waiting,
    alternatives,
    answered_next_day,
    bookable_days,
    days_open,
    free_ordinal,
    in_line,
    next_free,
    offer_ends,
    rest_ends,
    returned,
)
from tests.booking.plans import HANOI, at

SATURDAY = date(2026, 11, 28)


def offered(*slots: tuple[str, int]) -> list[OfferedSlot]:
    return [OfferedSlot(at(clock), at(clock) + timedelta(minutes=15), left) for clock, left in slots]


def test_full_slots_are_shown_and_the_next_free_one_is_not_among_them() -> None:
    shown = offered(("09:00", 0), ("09:15", 3), ("09:30", 1))
    assert next_free(shown) == shown[1]
    assert next_free(shown[:1]) is None
    assert next_free(reversed(shown)) == shown[1]


def test_the_nearest_free_slots_are_offered_when_one_is_taken() -> None:
    shown = offered(("08:00", 1), ("08:45", 2), ("09:00", 0), ("09:15", 1), ("09:30", 0), ("10:00", 5))
    assert [slot.starts_at for slot in alternatives(shown, at("09:00"))] == [at("08:00"), at("08:45"), at("09:15")]


def test_today_and_the_next_six_days_may_be_booked() -> None:
    days = bookable_days(SATURDAY, 6)
    assert (days[0], days[-1], len(days)) == (SATURDAY, date(2026, 12, 4), 7)


@pytest.mark.parametrize(
    ("clock", "days_ahead", "book_from", "last"),
    [
        ("00:00", 6, "00:00", "2026-12-04"),
        ("07:59", 6, "08:00", "2026-12-03"),
        ("08:00", 6, "08:00", "2026-12-04"),
        ("23:59", 6, "08:00", "2026-12-04"),
        ("07:59", 1, "08:00", "2026-11-28"),
        ("08:00", 1, "08:00", "2026-11-29"),
        ("07:59", 0, "08:00", "2026-11-28"),
    ],
    ids=["at midnight", "before the hour", "at the hour", "late", "tomorrow is not open yet", "tomorrow opens", "only today"],
)
def test_the_last_day_opens_at_the_offices_hour(clock: str, days_ahead: int, book_from: str, last: str) -> None:
    local_now = datetime.combine(SATURDAY, time.fromisoformat(clock), HANOI)
    days = days_open(local_now, days_ahead, time.fromisoformat(book_from))
    assert (days[0], days[-1]) == (SATURDAY, date.fromisoformat(last))


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


# --- the waiting list ---------------------------------------------------------------------------------------------------


def test_who_had_the_fewest_offers_is_first_and_of_those_who_waits_longest() -> None:
    waiting = [
        Waiting(1, 1, at("08:00")),
        Waiting(2, 0, at("09:00")),
        Waiting(3, 0, at("08:30")),
        Waiting(5, 0, at("09:00")),
        Waiting(4, 2, at("07:00")),
    ]
    assert [each.id for each in in_line(waiting)] == [3, 2, 5, 1, 4]


@pytest.mark.parametrize(
    ("now", "slot", "ends"),
    [
        ("08:00", "14:00", "08:10"),
        ("12:50", "14:00", "13:00"),
        ("12:55", "14:00", "13:00"),
        ("12:59", "14:00", "13:00"),
        ("13:00", "14:00", None),
        ("13:30", "14:00", None),
        ("14:30", "14:00", None),
    ],
    ids=["ten minutes", "to the public hour", "fewer", "a minute is the least", "public", "close to it", "over"],
)
def test_a_place_is_offered_for_ten_minutes_and_an_hour_before_it_is_public(now: str, slot: str, ends: str | None) -> None:
    assert offer_ends(at(now), at(slot), 10, 60) == (at(ends) if ends else None)


def test_an_offer_of_less_than_a_minute_is_none() -> None:
    assert offer_ends(at("12:59") + timedelta(seconds=1), at("14:00"), 10, 60) is None


@pytest.mark.parametrize(
    ("now", "minutes", "chance", "ends"),
    [
        ("08:00", 10, 0.5, "08:05"),
        ("08:00", 10, 0.0, None),
        ("08:00", 0, 0.9, None),
        ("12:55", 10, 0.9, "13:00"),
        ("13:00", 10, 0.9, None),
        ("14:30", 10, 0.9, None),
    ],
)
def test_a_freed_place_rests_for_a_part_of_the_time_and_not_in_the_last_hour(
    now: str, minutes: int, chance: float, ends: str | None
) -> None:
    assert rest_ends(at(now), at("14:00"), minutes, 60, chance) == (at(ends) if ends else None)


# --- minutes that are not needed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "minutes", "kept"),
    [
        ([9, 9, 9, 3], 10, [9, 9, 2, 0]),
        ([9, 9, 9, 3], 3, [9, 9, 9, 0]),
        ([9, 3], 0, [9, 3]),
        ([9, 3], 12, [0, 0]),
        ([9, 3], 40, [0, 0]),
        ([], 5, []),
    ],
)
def test_what_is_not_needed_comes_back_from_the_last_slots_first(parts: list[int], minutes: int, kept: list[int]) -> None:
    assert returned(parts, minutes) == kept


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 15), max_size=6), st.integers(0, 60))
def test_no_more_comes_back_than_is_not_needed_and_no_slot_is_left_out_in_between(parts: list[int], minutes: int) -> None:
    kept = returned(parts, minutes)
    assert sum(parts) - sum(kept) == min(minutes, sum(parts))
    last = max((index for index, part in enumerate(kept) if part), default=0)
    assert kept[:last] == parts[:last], "whoever stays goes on from slot to slot"
