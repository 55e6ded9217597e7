"""Whether the calls of a day kept to their reasons, judged from the log alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from queueing.log_fair_rules import judge
from queueing.log_rules import Entry, instant

NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)
RULES = {"lead": 10, "late": 10, "guard": 30}


def minute(m: float) -> datetime:
    return NINE + timedelta(minutes=m)


def told(at: float, what: str, ticket: int, state: str = "", **detail: Any) -> Entry:
    """An entry at minute `at`; members in minutes are given as such."""
    for name in ("due_at", "slot_at"):
        if name in detail:
            detail[name] = instant(minute(detail[name]))
    facts = {"number": f"A{ticket:03}", "kind": "walk_in", "service": 1, "due_at": instant(minute(at))}
    facts |= {"state": state} if state else {}
    return Entry("00070", 0, date(2026, 11, 23), minute(at), what, ticket, facts | detail)


def taken(at: float, ticket: int, **detail: Any) -> Entry:
    return told(at, "taken", ticket, "waiting", **detail)


def booked(at: float, ticket: int, slot: float, **detail: Any) -> Entry:
    return told(at, "taken", ticket, "waiting", kind="booked", slot_at=slot, due_at=max(slot, at), **detail)


def called(at: float, of: Entry, reason: str, params: dict[str, Any] | None = None, **detail: Any) -> Entry:
    """The call of somebody whom `of` told of, with the params the rule gives."""
    assert of.ticket is not None
    given = {"slot_at": of.detail.get("slot_at"), "due_at": of.detail["due_at"]} if params is None else params
    known = {name: of.detail[name] for name in ("kind", "service", "due_at", "priority", "for") if name in of.detail}
    call = {"id": 1, "tier": "4", "reason": reason, "params": given}
    entry = told(at, "called", of.ticket, "called")
    return replace(entry, detail={**entry.detail, **known, "call": call, **detail})


def faults(entries: Sequence[Entry], rules: dict[str, Any] = RULES) -> list[str]:
    numbered = [replace(each, n=n) for n, each in enumerate(entries, 1)]
    return [finding.sentence for finding in judge(numbered, rules).findings]


FIRST, SECOND = taken(0, 1), taken(5, 2)
HELD = told(6, "held", 1, "held", due_at=0)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        pytest.param([FIRST, SECOND, called(9, FIRST, "walk_in"), called(9, SECOND, "walk_in")], "", id="in turn"),
        pytest.param([FIRST, SECOND, called(9, SECOND, "walk_in")], "due before was waiting", id="out of turn"),
        pytest.param([FIRST, SECOND, HELD, called(9, SECOND, "walk_in")], "", id="who is held is not passed over"),
        pytest.param([SECOND, called(9, SECOND, "walk_in"), FIRST], "", id="who was entered later was not there"),
        pytest.param([taken(0, 1, service=2), SECOND, called(9, SECOND, "walk_in")], "", id="another service: not judged"),
        pytest.param([taken(0, 1, **{"for": 3}), SECOND, called(9, SECOND, "walk_in")], "", id="sent to a counter: not judged"),
        pytest.param([FIRST, taken(0, 2), called(9, taken(0, 2), "walk_in")], "", id="of the same instant"),
        pytest.param([FIRST, booked(1, 2, 9), called(5, FIRST, "walk_in")], "whose hour had come", id="a due booking waits"),
        pytest.param([FIRST, booked(1, 2, 30), called(5, FIRST, "walk_in")], "", id="a booking that is not due yet"),
        pytest.param([booked(0, 1, 9), called(1, booked(0, 1, 9), "walk_in")], "has a booking that holds", id="a booking as one"),
    ],
)
def test_walk_ins_are_called_by_their_time(day: list[Entry], fault: str) -> None:
    assert (fault in faults(day)[0]) if fault else faults(day) == []


EARLIER, LATER = booked(0, 1, 15), booked(0, 2, 30)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        pytest.param([EARLIER, LATER, called(6, EARLIER, "booked")], "", id="its time has come"),
        pytest.param([EARLIER, called(4, EARLIER, "booked")], "before its time had come", id="too early"),
        pytest.param([EARLIER, called(4, EARLIER, "booked", lead=15)], "", id="its service has a longer lead"),
        pytest.param([EARLIER, LATER, called(22, LATER, "booked")], "earlier hour was waiting", id="a later one first"),
        pytest.param([FIRST, called(5, FIRST, "booked")], "no booking that holds", id="a walk-in called as booked"),
        pytest.param(
            [EARLIER, called(6, EARLIER, "booked", {"slot_at": instant(minute(10))})], "not the hour of its booking", id="another"
        ),
        pytest.param([EARLIER, called(26, EARLIER, "booked_overdue")], "", id="overdue"),
        pytest.param([EARLIER, called(25.5, EARLIER, "booked_overdue")], "within its tolerance", id="not overdue in that minute"),
        pytest.param([LATER, called(4, LATER, "early")], "", id="early, nobody else"),
        pytest.param([LATER, called(21, LATER, "early")], "its hour had come", id="not early any more"),
        pytest.param([FIRST, LATER, called(4, LATER, "early")], "a walk-in was waiting", id="early before a walk-in"),
    ],
)
def test_bookings_are_called_by_their_hour(day: list[Entry], fault: str) -> None:
    assert (fault in faults(day)[0]) if fault else faults(day) == []


ELDERLY, PREGNANT = taken(7, 3, priority=True), taken(8, 4, priority=True)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        pytest.param([FIRST, ELDERLY, called(9, ELDERLY, "priority")], "", id="priority before a walk-in"),
        pytest.param([FIRST, called(9, FIRST, "priority")], "had none", id="no priority"),
        pytest.param([ELDERLY, PREGNANT, called(9, PREGNANT, "priority")], "due before was waiting", id="the later of two"),
        pytest.param([FIRST, called(31, FIRST, "guard", {"minutes": 31})], "", id="over the guard"),
        pytest.param([FIRST, called(12, FIRST, "guard", {"minutes": 12})], "had not waited that long", id="under the guard"),
        pytest.param([FIRST, called(1, FIRST, "by_hand", {"why": "đi cùng trẻ nhỏ"})], "", id="by hand, with a reason"),
        pytest.param([FIRST, called(1, FIRST, "by_hand", {"why": "  "})], "without a reason", id="by hand, without"),
        pytest.param([FIRST, SECOND, called(9, SECOND, "arrival")], "", id="first come first served is not judged"),
    ],
)
def test_priority_the_guard_and_calls_by_hand_say_why(day: list[Entry], fault: str) -> None:
    assert (fault in faults(day)[0]) if fault else faults(day) == []


def test_a_change_of_policy_holds_from_its_entry_on() -> None:
    policy = Entry("00070", 0, date(2026, 11, 23), NINE, "policy", None, {"rules": RULES | {"lead": 2}})
    assert faults([EARLIER, called(6, EARLIER, "booked")]) == []
    assert faults([EARLIER, policy, called(6, EARLIER, "booked")])
    assert faults([policy, EARLIER, called(13, EARLIER, "booked")]) == []


def test_what_was_taken_back_waits_again() -> None:
    undone = told(6, "undone", 1, "waiting", due_at=0)
    assert faults([FIRST, SECOND, called(5, FIRST, "walk_in"), undone, called(9, SECOND, "walk_in")])


def test_calls_are_counted_and_what_cannot_be_judged_too() -> None:
    judged = judge([FIRST, SECOND, called(9, FIRST, "walk_in"), called(9, SECOND, "arrival")], RULES)
    assert (judged.calls, judged.judged) == (2, 1)


def test_the_sentence_names_the_entry_and_who_was_passed_over() -> None:
    third = taken(7, 3)
    [sentence] = faults([FIRST, SECOND, third, called(9, third, "walk_in")])
    assert sentence.startswith("Entry 4 (called A003): ")
    assert "(A001 and 1 more)" in sentence
