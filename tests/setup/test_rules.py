"""The hours form is read as people write it, and phones that book more than is usual stand first."""

from __future__ import annotations

import pytest

from office.hours import OFFICE_HOURS
from setup.rules import Booker, HoursMistyped, read_week, worth_a_look, written_week


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("08:00-11:30, 13:30-17:00", "08:00-11:30, 13:30-17:00"),
        ("13:30 - 17:00; 8:00–11:30", "08:00-11:30, 13:30-17:00"),
        ("00:00-24:00", "00:00-24:00"),
        (" , ", ""),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, expected: str) -> None:
    assert written_week(read_week({0: typed}))[0] == expected


@pytest.mark.parametrize("typed", ["sáng", "08:00", "11:30-08:00", "08:00-12:00, 11:00-17:00", "08:00-25:00", "08:70-09:00"])
def test_hours_that_cannot_be_meant_are_refused_with_their_weekday(typed: str) -> None:
    with pytest.raises(HoursMistyped) as refused:
        read_week({2: typed, 3: "08:00-11:30", 6: typed})
    assert refused.value.weekdays == [2, 6]


def test_what_is_shown_is_what_can_be_typed() -> None:
    assert read_week(written_week(OFFICE_HOURS)) == OFFICE_HOURS


def booker(**counts: int) -> Booker:
    none = dict.fromkeys(("coming", "came", "cancelled", "not_come", "wrong_person", "first"), 0)
    return Booker("••• 678", **none | counts)


@pytest.mark.parametrize(
    ("who", "over"),
    [
        pytest.param(booker(coming=2, came=6), False, id="helps the neighbours"),
        pytest.param(booker(coming=3, came=6), True, id="books for half a village"),
        pytest.param(booker(cancelled=1, not_come=1), False, id="changed plans twice"),
        pytest.param(booker(cancelled=1, not_come=1, wrong_person=1), True, id="wasted three places"),
    ],
)
def test_more_than_is_usual_is_pointed_out(who: Booker, over: bool) -> None:
    assert who.over_usual is over


def test_those_over_the_usual_stand_first_and_the_order_stays() -> None:
    quiet, busy = booker(coming=8, first=1), booker(coming=9, first=4)
    twins = [booker(not_come=3, first=3), booker(not_come=3, first=2)]
    expected = [twins[1], twins[0], busy, quiet]
    assert worth_a_look([quiet, busy, *twins]) == worth_a_look([*reversed(twins), busy, quiet]) == expected
