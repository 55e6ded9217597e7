"""What a change of the set-up is, and what takes it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.change_rules import Difference, Parts, difference, merged, moved_on, shown_mark

COUNTER = {"name": "", "planned": True, "retired": False, "hours": None, "services": ["A", "B"]}
PRESENT: dict[str, dict[str, Any]] = {
    "office": {"notice": "Xin chào"},
    "settings": {"guard": 25},
    "hours": {"0": ["08:00-11:30"]},
    "counter:1": COUNTER,
}


@pytest.mark.parametrize(
    ("wanted", "before", "after"),
    [
        ({"settings": {"guard": 25}}, {}, {}),
        ({"settings": {"guard": 40, "ratio": 4}}, {"guard": 25, "ratio": None}, {"guard": 40, "ratio": 4}),
        ({"settings": {"guard": None}}, {"guard": 25}, {"guard": None}),
        ({"hours": {"0": ["08:00-11:30"], "1": None}}, {}, {}),
        ({"counter:1": {"services": ["B", "A"]}}, {"services": ["A", "B"]}, {"services": ["B", "A"]}),
        ({"counter:1": None}, COUNTER, None),
        ({"counter:2": COUNTER}, None, COUNTER),
        ({"counter:2": None}, {}, {}),
    ],
)
def test_a_change_is_what_differs_and_nothing_else(wanted: Parts, before: object, after: object) -> None:
    change = difference(PRESENT, wanted)
    if before == after == {}:
        assert not change
        assert change.mark == ""
    else:
        assert list(change.before.values()) == [before]
        assert list(change.after.values()) == [after]


def test_of_a_day_everything_is_kept_for_it_is_one_thing_that_was_said() -> None:
    closed = {"name": "", "holiday": False, "spans": [], "as_weekday": None}
    change = difference({"day:2026-12-24": closed}, {"day:2026-12-24": closed | {"name": "Sửa trụ sở"}})
    assert change.before == {"day:2026-12-24": closed}


@pytest.mark.parametrize(
    ("since", "stands_against"),
    [
        ({}, None),
        ({"settings": {"ratio": 2}}, None),
        ({"counter:1": {"name": "Cư trú"}}, None),
        ({"settings": {"guard": 41}}, "settings"),
        ({"counter:1": {"services": ["A"]}}, "counter:1"),
        ({"counter:1": None}, "counter:1"),
    ],
)
def test_a_change_is_taken_back_unless_the_same_was_changed_again(since: Parts, stands_against: str | None) -> None:
    change = difference(PRESENT, {"settings": {"guard": 40}, "counter:1": {"services": ["B"]}})
    now = merged(PRESENT, change)
    now = merged(now, difference(now, since))
    assert moved_on(now, change) == stands_against


def test_what_came_is_taken_back_only_as_it_came_and_what_went_only_while_nothing_stands_there() -> None:
    came, went = difference(PRESENT, {"counter:2": COUNTER}), difference(PRESENT, {"counter:1": None})
    with_it = merged(PRESENT, came)
    assert moved_on(with_it, came) is None
    assert moved_on(merged(with_it, difference(with_it, {"counter:2": {"name": "Mới"}})), came) == "counter:2"
    assert moved_on(merged(PRESENT, went), went) is None
    assert moved_on(PRESENT, went) == "counter:1"


@pytest.mark.parametrize(
    ("wanted", "plan", "line"),
    [
        ({"office": {"notice": "Nghỉ"}}, False, False),
        ({"settings": {"guard": 40}}, False, True),
        ({"settings": {"bookable_share": 50}}, True, True),
        ({"hours": {"0": None}}, True, True),
        ({"counter:1": {"name": "Cư trú"}}, False, False),
        ({"counter:1": {"services": ["B"]}}, True, True),
        ({"staff:lan": {"name": "Lan", "role": "officer", "active": True, "may_pick": True}}, False, True),
    ],
)
def test_what_can_hurt_a_booking_is_known_and_what_a_rule_of_the_line_needs(wanted: Parts, plan: bool, line: bool) -> None:
    change = difference(PRESENT, wanted)
    assert change.touches_plan is plan
    assert bool(change.of_the_line()) is line
    assert "Lan" not in str(change.of_the_line())


def test_a_form_notices_that_what_it_shows_was_changed_meanwhile() -> None:
    later = merged(PRESENT, difference(PRESENT, {"settings": {"ratio": 2}}))
    assert shown_mark(PRESENT, ("settings",)) != shown_mark(later, ("settings",))
    assert shown_mark(PRESENT, ("counter:1",)) == shown_mark(later, ("counter:1",))


FIELDS = st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 2), st.just(["x"])), max_size=3)
WANTED = st.dictionaries(st.sampled_from(["settings", "counter:1", "day:2026-12-24", "hours"]), FIELDS, max_size=3)


@given(present=WANTED, wanted=WANTED)
def test_a_change_and_its_back_are_no_change(present: dict[str, dict[str, Any]], wanted: Parts) -> None:
    start = {"settings": {}, "hours": {}} | {part: {k: v for k, v in of.items() if v is not None} for part, of in present.items()}
    change = difference(start, wanted)
    after = merged(start, change)
    assert difference(after, wanted) == Difference({}, {})
    assert moved_on(after, change) is None
    assert _said(merged(after, change.back)) == _said(start)


def _said(setup: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A field that is missing and one that is None are the same."""
    return {part: {name: value for name, value in of.items() if value is not None} for part, of in setup.items()}
