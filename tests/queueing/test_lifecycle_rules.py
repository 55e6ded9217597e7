"""What may be done with a ticket in each state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from queueing.lifecycle_rules import (
    LIVE,
    OPEN,
    Returning,
    State,
    Verb,
    absent_from,
    goes_on,
    is_silent,
    may_pick,
    may_reopen,
    may_undo,
    minutes_left,
    new_state,
    recall_in,
    return_due,
    verbs_of,
)
from queueing.policy import Policy

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)

ALLOWED: dict[tuple[str, str], str] = {
    ("waiting", "call"): "called",
    ("waiting", "hold"): "held",
    ("waiting", "transfer"): "waiting",
    ("waiting", "cancel"): "cancelled",
    ("waiting", "not_the_person"): "waiting",
    ("waiting", "change_service"): "waiting",
    ("waiting", "priority"): "waiting",
    ("waiting", "people"): "waiting",
    ("called", "recall"): "called",
    ("called", "serve"): "serving",
    ("called", "absent"): "missed",
    ("called", "hold"): "held",
    ("called", "transfer"): "waiting",
    ("called", "finish"): "done",
    ("called", "cancel"): "cancelled",
    ("called", "not_the_person"): "waiting",
    ("called", "change_service"): "called",
    ("called", "priority"): "called",
    ("called", "people"): "called",
    ("serving", "hold"): "held",
    ("serving", "transfer"): "waiting",
    ("serving", "finish"): "done",
    ("serving", "not_the_person"): "waiting",
    ("serving", "change_service"): "serving",
    ("serving", "priority"): "serving",
    ("serving", "people"): "serving",
    ("held", "resume"): "serving",
    ("held", "transfer"): "waiting",
    ("held", "finish"): "done",
    ("held", "cancel"): "cancelled",
    ("held", "not_the_person"): "waiting",
    ("held", "change_service"): "held",
    ("held", "priority"): "held",
    ("held", "people"): "held",
    ("missed", "return"): "waiting",
    ("missed", "cancel"): "cancelled",
    ("missed", "change_service"): "missed",
    ("missed", "priority"): "missed",
    ("missed", "people"): "missed",
    ("done", "return"): "waiting",
    **{(state, "further"): state for state in ("waiting", "called", "serving", "held", "missed")},
    **{(state, "go_on"): "waiting" for state in ("called", "serving", "held")},
    **{(state, "release"): "waiting" for state in ("called", "serving")},
    **{(state, "hand_over"): state for state in ("called", "serving")},
    **{(state, verb): "expired" for state in ("waiting", "called", "held", "missed") for verb in ("carry", "expire")},
}


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("verb", get_args(Verb))
def test_every_verb_in_every_state_is_decided_by_the_table(state: State, verb: Verb) -> None:
    assert new_state(state, verb) == ALLOWED.get((state, verb))
    assert (verb in verbs_of(state)) == ((state, verb) in ALLOWED)


def test_an_unanswered_early_call_puts_the_person_back_as_if_nothing_had_been() -> None:
    assert new_state("called", "absent", early_call=True) == "waiting"
    assert new_state("waiting", "absent", early_call=True) is None


def test_a_held_person_resumed_at_the_door_goes_back_to_the_line() -> None:
    assert new_state("held", "resume", at_counter=False) == "waiting"


def test_a_decided_ticket_is_not_live_and_only_a_called_or_served_one_occupies_a_counter() -> None:
    assert set(get_args(State)) - set(LIVE) == {"done", "cancelled", "expired"}
    assert set(OPEN) < set(LIVE)


@pytest.mark.parametrize(("after_s", "left"), [(0, 20), (0.5, 20), (19.1, 1), (20, 0), (300, 0)])
def test_a_number_is_called_again_at_most_every_twenty_seconds(after_s: float, left: int) -> None:
    assert recall_in(NOON, Policy(), NOON + timedelta(seconds=after_s)) == left


@pytest.mark.parametrize(("times", "after_s"), [(1, None), (2, None), (3, 90), (5, 90)])
def test_absent_is_suggested_after_the_third_call_and_ninety_seconds(times: int, after_s: int | None) -> None:
    assert absent_from(times, NOON, Policy()) == (None if after_s is None else NOON + timedelta(seconds=after_s))


def test_a_missed_person_keeps_the_place_once_and_starts_again_the_second_time() -> None:
    later = NOON + timedelta(minutes=40)
    assert return_due(Returning(NOON, 0), later) == NOON
    assert return_due(Returning(NOON, 1), later) == later


@pytest.mark.parametrize(
    ("times", "papers", "same_day", "allowed"),
    [(0, True, True, True), (1, True, True, False), (0, False, True, False), (0, True, False, False)],
)
def test_a_visit_is_reopened_once_the_same_day_for_missing_papers(
    times: int, papers: bool, same_day: bool, allowed: bool
) -> None:
    assert may_reopen(times, papers_missing=papers, same_day=same_day) is allowed


@pytest.mark.parametrize(("after_s", "allowed"), [(0, True), (30, True), (30.5, False), (-1, False)])
def test_a_slip_of_the_finger_can_be_taken_back_for_half_a_minute(after_s: float, allowed: bool) -> None:
    assert may_undo(NOON, Policy(), NOON + timedelta(seconds=after_s)) is allowed


@pytest.mark.parametrize(
    ("further", "taken_here", "following", "rest"),
    [
        ([], {1, 2}, None, []),
        ([2], {1, 2}, None, []),
        ([2, 3], {1}, 2, [3]),
        ([2, 3, 4], {1, 3}, 2, [4]),
        ([3, 2, 4], {1, 3}, 2, [4]),
        ([2], set(), 2, []),
    ],
)
def test_a_visit_goes_on_to_the_first_thing_this_counter_does_not_take(
    further: list[int], taken_here: set[int], following: int | None, rest: list[int]
) -> None:
    assert goes_on(further, taken_here) == (following, rest)


@pytest.mark.parametrize(
    ("planned", "done", "following", "left"),
    [(30, 10, 10, 20), (10, 10, 25, 25), (30, 30, 10, 10), (5, 10, 10, 10)],
)
def test_a_visit_that_goes_on_is_planned_for_what_is_left_of_it(planned: int, done: int, following: int, left: int) -> None:
    assert minutes_left(planned, done, following) == left


@pytest.mark.parametrize(
    ("state", "ago_s", "silent"),
    [
        ("open", 0, False),
        ("open", 180, False),
        ("open", 180.1, True),
        ("paused", 180, False),
        ("paused", 181, True),
        ("open", None, True),
        ("closed", 9999, False),
        ("closed", None, False),
    ],
)
def test_a_counter_is_silent_when_nothing_is_heard_of_its_console_for_three_minutes(
    state: str, ago_s: float | None, silent: bool
) -> None:
    heard_at = None if ago_s is None else NOON - timedelta(seconds=ago_s)
    assert is_silent(state, heard_at, 180, NOON) is silent


@pytest.mark.parametrize(
    ("role", "granted", "may"),
    [("officer", True, True), ("officer", False, False), ("head", False, True), ("city", False, True), (None, False, False)],
)
def test_out_of_order_calls_who_has_the_right_and_always_the_head(role: str | None, granted: bool, may: bool) -> None:
    assert may_pick(role, granted) is may
