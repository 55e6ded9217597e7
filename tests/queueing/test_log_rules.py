"""The chain of the log, what its entries are called, and which of them stand out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.log_rules import (
    START,
    Entry,
    by_hand,
    by_hand_of_staff,
    chained,
    check_chain,
    in_groups,
    instant,
    is_printed,
    plain,
    policy_mark,
    what_of,
    written,
)

NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)


def entry(n: int, what: str = "served", ticket: int | None = 1, **detail: Any) -> Entry:
    return Entry("00070", n, DAY, NINE + timedelta(seconds=n), what, ticket, detail)


def chain(entries: Sequence[Entry], before: str = START) -> list[Entry]:
    """The entries with the hashes they get when they are written one after another."""
    made = []
    for each in entries:
        made.append(replace(each, hash=chained(each, before)))
        before = made[-1].hash
    return made


# --- the canonical form -----------------------------------------------------------------------------------------------


def test_the_canonical_form_is_what_the_documents_promise() -> None:
    """Changed here, every hash printed so far would be wrong: this stands in docs/fairness.md for other programs."""
    told = Entry("00070", 7, DAY, NINE + timedelta(microseconds=1500), "held", 12, {"why": "đi photo “2 bản”", "counter": 3})
    text = (
        '{"at":"2026-11-23T02:00:00.001500Z","before":"' + START + '","detail":{"counter":3,"why":"đi photo “2 bản”"},'
        '"n":7,"office":"00070","on":"2026-11-23","ticket":12,"what":"held"}'
    )
    assert written(told, START) == text.encode()
    assert chained(told, START) == hashlib.sha256(text.encode()).hexdigest()


def test_what_is_stored_comes_back_as_it_was_hashed() -> None:
    """Both databases keep `detail` as JSON: nothing in it may change on the way."""
    kept = plain({"at": NINE, "on": DAY, "half": 0.5, "whole": 3.0, "list": (1, "a"), "none": None, "yes": True})
    assert kept == {
        "at": "2026-11-23T02:00:00.000000Z", "on": "2026-11-23", "half": "0.5", "whole": 3, "list": [1, "a"], "none": None,
        "yes": True,
    }  # fmt: skip
    assert json.loads(json.dumps(kept)) == kept


def test_instants_are_written_in_one_way() -> None:
    assert instant(datetime.fromisoformat("2026-11-23T09:00:00+07:00")) == "2026-11-23T02:00:00.000000Z"


# --- the chain --------------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DETAILS = st.dictionaries(TEXTS, st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS, max_size=3)
LOGS = st.lists(st.tuples(st.sampled_from(["taken", "called", "served"]), DETAILS), min_size=2, max_size=12).map(
    lambda told: chain([entry(n, what, text=detail) for n, (what, detail) in enumerate(told, 1)])
)


@given(LOGS)
def test_a_log_as_it_was_written_holds(log: list[Entry]) -> None:
    assert check_chain(log) is None
    assert check_chain(log[1:], 1, log[0].hash) is None, "a part of it follows what was before"


OTHER = {
    "office": "00071",
    "on": DAY + timedelta(days=1),
    "at": NINE + timedelta(hours=3, microseconds=1),
    "what": "cancelled",
    "ticket": 99,
    "detail": {"another": "thing"},
    "hash": "f" * 64,
}


@given(LOGS, st.data())
def test_any_one_thing_changed_in_any_entry_is_found_there(log: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    name = data.draw(st.sampled_from(sorted(OTHER)))
    changed = [*log[:place], replace(log[place], **{name: OTHER[name]}), *log[place + 1 :]]
    found = check_chain(changed)
    assert found is not None
    assert found.n == place + 1


@given(LOGS, st.data())
def test_an_entry_that_is_taken_out_put_in_or_moved_is_found(log: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    without = check_chain([*log[:place], *log[place + 1 :]])
    assert without is not None
    assert (without.n, without.code) == (place + 1, "missing")
    twice = check_chain([*log[: place + 1], log[place], *log[place + 1 :]])
    assert twice is not None
    assert (twice.n, twice.code) == (place + 1, "order")
    swapped = [*log[:place], log[place + 1], log[place], *log[place + 2 :]]
    assert check_chain(swapped) is not None
    renumbered = check_chain([replace(each, n=n) for n, each in enumerate(swapped, 1)])
    assert renumbered is not None
    assert renumbered.n == place + 1, "numbers put right do not help"


@given(LOGS, st.data())
def test_who_makes_the_hash_of_a_changed_entry_anew_breaks_the_next_one(log: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    forged = replace(log[place], what="forged")
    forged = replace(forged, hash=chained(forged, log[place - 1].hash if place else START))
    found = check_chain([*log[:place], forged, *log[place + 1 :]])
    assert found is not None
    assert found.n == place + 2


@given(LOGS, st.data())
def test_what_the_chain_alone_does_not_show_a_printed_hash_does(log: list[Entry], data: st.DataObject) -> None:
    """Taken off its end, or written anew as a whole, a chain holds: it no longer leads to the hash on paper."""
    printed, place = log[-1].hash, data.draw(st.integers(0, len(log) - 1))
    shorter = log[:place]
    anew = chain([*log[:place], replace(log[place], what="forged"), *log[place + 1 :]])
    for forged in (shorter, anew):
        assert check_chain(forged) is None
        assert not any(is_printed(in_groups(printed), each.hash) for each in forged)


def test_a_hash_is_compared_from_sixteen_digits_on_however_it_is_typed() -> None:
    digest = chained(entry(1), START)
    assert is_printed(in_groups(digest), digest)
    assert is_printed(digest[:16].upper(), digest)
    assert not is_printed(digest[:15], digest)
    assert not is_printed("", digest)
    assert not is_printed("0" * 16, digest)


def test_another_policy_has_another_mark() -> None:
    assert policy_mark({"guard": 30, "lead": 10}) == policy_mark({"lead": 10, "guard": 30})
    assert policy_mark({"guard": 30}) != policy_mark({"guard": 31})


# --- what entries are called ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "why", "what"),
    [
        (None, "waiting", "", "taken"),
        (None, "serving", "", "taken"),
        ("waiting", "called", "", "called"),
        ("called", "serving", "", "served"),
        ("called", "missed", "", "absent"),
        ("called", "waiting", "", "unanswered"),
        ("waiting", "held", "đi photo", "held"),
        ("held", "serving", "", "resumed"),
        ("held", "waiting", "", "resumed"),
        ("serving", "waiting", "transferred", "transferred"),
        ("serving", "waiting", "further", "went_on"),
        ("serving", "waiting", "wrong_person", "wrong_person"),
        ("serving", "waiting", "counter_silent", "released"),
        ("missed", "waiting", "missed", "returned"),
        ("done", "waiting", "returned", "returned"),
        ("serving", "done", "served", "finished"),
        ("waiting", "cancelled", "", "cancelled"),
        ("waiting", "expired", "carried", "carried"),
        ("missed", "expired", "missed", "expired"),
        ("serving", "serving", "handed_over", "handed_over"),
        ("waiting", "serving", "", "changed"),
        ("done", "serving", "", "changed"),
        ("waiting", "waiting", "", "changed"),
    ],
)
def test_a_change_of_state_is_called_what_was_done(before: str | None, after: str, why: str, what: str) -> None:
    assert what_of(before, after, why) == what


# --- what stands out --------------------------------------------------------------------------------------------------


def call(n: int, reason: str, ticket: int = 1, **detail: Any) -> Entry:
    return entry(n, "called", ticket, state="called", call={"reason": reason}, **detail)


@pytest.mark.parametrize(
    ("told", "hand"),
    [
        pytest.param(call(1, "by_hand"), True, id="called out of order"),
        pytest.param(call(1, "walk_in"), False, id="called by the rule"),
        pytest.param(entry(1, "taken", state="waiting", how="kiosk"), False, id="a number from the kiosk"),
        pytest.param(entry(1, "taken", state="waiting", how="paper"), True, id="a number on paper"),
        pytest.param(entry(1, "priority", priority=True), True, id="priority set"),
        pytest.param(entry(1, "priority"), True, id="priority removed"),
        pytest.param(entry(1, "undone", state="waiting"), True, id="taken back"),
        pytest.param(entry(1, "released", state="waiting"), True, id="back from a silent counter"),
        pytest.param(entry(1, "wrong_person", state="waiting"), True, id="not the person"),
        pytest.param(entry(1, "transferred", state="waiting"), False, id="sent on"),
        pytest.param(entry(1, "finished", state="done"), False, id="finished"),
        pytest.param(entry(1, "counter_opened", None, counter=1), False, id="a counter opens"),
        pytest.param(call(1, "of_another_version"), False, id="a reason nobody knows"),
    ],
)
def test_what_a_person_decided_stands_out(told: Entry, hand: bool) -> None:
    assert by_hand([told]) == ({1} if hand else set())


def test_who_is_held_out_of_the_line_and_then_served_was_called_by_hand() -> None:
    """The way round the right to call out of order: put somebody aside, and go on with them."""
    uncalled = [
        entry(1, "taken", state="waiting"), entry(2, "held", state="held"), entry(3, "service", state="held"),
        entry(4, "resumed", state="serving"),
    ]  # fmt: skip
    assert by_hand(uncalled) == {4}
    called = [
        entry(1, "taken", state="waiting"), call(2, "walk_in"), entry(3, "served", state="serving"),
        entry(4, "held", state="held"), entry(5, "resumed", state="serving"),
    ]  # fmt: skip
    assert by_hand(called) == set()
    back_in_line = [*called[:4], entry(5, "resumed", state="waiting"), entry(6, "held", state="held")]
    assert by_hand([*back_in_line, entry(7, "resumed", state="serving")]) == {7}
    assert by_hand([*uncalled[:3], entry(4, "resumed", ticket=2, state="serving")]) == set(), "somebody else"


def test_moves_by_hand_are_counted_by_who_made_them() -> None:
    day = [
        call(1, "by_hand", staff=4), call(2, "walk_in", staff=4), entry(3, "priority", staff=9), entry(4, "priority", staff=9),
        entry(5, "undone", device=3, state="waiting"),
    ]  # fmt: skip
    assert by_hand_of_staff(day) == {9: 2, 4: 1}
    assert list(by_hand_of_staff(day)) == [9, 4]
