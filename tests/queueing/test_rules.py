"""Who is called next: the table of cases, then what holds for every line (see the table in queueing.rules)."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.policy import Policy
from queueing.rules import Called, CounterView, Waiting, asked_first, next_call
from queueing.waiting_rules import Span, waited_open_minutes
from tests.queueing.line_builders import (
    ALL_DAY,
    WARD_DAY,
    booked,
    calls,
    counters,
    logs,
    minute,
    people,
    policies,
    services,
    walk_in,
)

ONE = CounterView(1, ("A", "B"))
ROUND = {"lead": 10, "ratio": 1}
"""Round figures for the table; what an office has by default is another matter (docs/simulator.md)."""
PLAIN = Policy(lead=10, ratio=1)
NOW = 120.0
OLD = walk_in(1, NOW - 31)
LONGER = walk_in(2, NOW - 40)
FRESH = walk_in(3, NOW - 30)
DUE = booked(4, NOW, NOW - 5)
SOON = booked(5, NOW + 10, NOW - 60)
FAR = booked(6, NOW + 11, NOW - 60)
OVERDUE = booked(7, NOW - 11, NOW - 20)
JUST = booked(8, NOW - 10, NOW - 20)
ELDER = walk_in(9, NOW - 3, priority=True)

CASES: list[tuple[str, list[Waiting], list[str], dict[str, object], tuple[int, int, str] | None]] = [
    ("nobody waits", [], [], {}, None),
    ("somebody for another counter", [walk_in(1, 0, "C")], [], {}, None),
    ("a due booking before a walk-in", [FRESH, DUE], [], {}, (4, 1, "booked")),
    ("a booking from its lead on", [FRESH, SOON], [], {}, (5, 1, "booked")),
    ("a booking a minute before its lead is early", [FRESH, FAR], [], {}, (3, 4, "walk_in")),
    ("early bookings rather than nobody", [FAR], [], {}, (6, 5, "early")),
    ("a shorter lead of the office", [FRESH, SOON], [], {"lead": 5}, (3, 4, "walk_in")),
    ("a shorter lead of the service", [FRESH, booked(5, NOW + 10, 60, lead=9)], [], {}, (3, 4, "walk_in")),
    ("a later slot, due before it", [booked(10, NOW + 5, 60, lead=0), booked(11, NOW + 10, 60)], [], {}, (11, 1, "booked")),
    ("a later slot, overdue before it", [OLD, booked(10, 105, 60, late=20), OVERDUE], ["booked"], {}, (7, 1, "booked_overdue")),
    ("bookings by slot, not by arrival", [booked(1, 120, 60), booked(2, 105, 110)], [], {}, (2, 1, "booked")),
    ("one slot: priority first", [booked(1, 120, 60), booked(2, 120, 110, priority=True)], [], {}, (2, 1, "booked")),
    ("one slot: then check-in", [booked(1, 120, 100), booked(2, 120, 90)], [], {}, (2, 1, "booked")),
    ("earlier slot beats priority", [booked(1, 105, 100), booked(2, 120, 90, priority=True)], [], {}, (1, 1, "booked")),
    ("thirty minutes are not over the guard", [FRESH, DUE], ["booked"], {}, (4, 1, "booked")),
    ("over the guard, a booking has just gone", [OLD, DUE], ["booked"], {}, (1, 2, "guard")),
    ("over the guard, a walk-in has just gone", [OLD, DUE], ["booked", "guard"], {}, (4, 1, "booked")),
    ("over the guard, no call yet", [OLD, DUE], [], {}, (4, 1, "booked")),
    ("over the guard, two to one", [OLD, DUE], ["guard", "booked"], {"ratio": 2}, (4, 1, "booked")),
    ("over the guard, two to one, two gone", [OLD, DUE], ["booked", "booked"], {"ratio": 2}, (1, 2, "guard")),
    ("the longest waiting takes the guard's turn", [OLD, LONGER, DUE], ["booked"], {}, (2, 2, "guard")),
    ("the guard asks for no priority", [OLD, ELDER], [], {"priority": "strict"}, (1, 2, "guard")),
    ("over the guard and no booking due", [OLD, FAR], [], {}, (1, 2, "guard")),
    ("an overdue booking takes one guard's turn", [OLD, OVERDUE], ["booked"], {}, (7, 1, "booked_overdue")),
    ("but only one", [OLD, OVERDUE], ["guard", "booked", "booked_overdue"], {}, (1, 2, "guard")),
    ("and again after the guard", [OLD, OVERDUE], ["booked_overdue", "guard", "booked"], {}, (7, 1, "booked_overdue")),
    ("ten minutes late is not overdue", [OLD, JUST], ["booked"], {}, (1, 2, "guard")),
    ("a longer tolerance of the service", [OLD, booked(7, 109, 100, late=11)], ["booked"], {}, (1, 2, "guard")),
    ("only the overdue one of several", [OLD, DUE, OVERDUE], ["booked"], {}, (7, 1, "booked_overdue")),
    ("calls by hand take no turn", [OLD, DUE], ["booked", "by_hand"], {}, (1, 2, "guard")),
    ("early calls take no turn", [OLD, DUE], ["guard", "early"], {}, (4, 1, "booked")),
    ("priority waits for three others", [FRESH, ELDER], ["walk_in", "walk_in"], {}, (3, 4, "walk_in")),
    ("priority after three others", [FRESH, ELDER], ["walk_in"] * 3, {}, (9, 3, "priority")),
    ("bookings are not others", [FRESH, ELDER], ["walk_in", "walk_in", "booked"], {}, (3, 4, "walk_in")),
    ("counted from the last priority person", [FRESH, ELDER], ["walk_in"] * 3 + ["priority"], {}, (3, 4, "walk_in")),
    ("after one other, if so set", [FRESH, ELDER], ["walk_in"], {"interleave": 1}, (9, 3, "priority")),
    ("strict: first", [FRESH, ELDER], ["priority"], {"priority": "strict"}, (9, 3, "priority")),
    ("strict: not before a due booking", [DUE, ELDER], [], {"priority": "strict"}, (4, 1, "booked")),
    ("a priority person alone", [ELDER], [], {}, (9, 4, "walk_in")),
    ("all: before a due booking", [DUE, ELDER], [], {"priority": "all"}, (9, 1, "priority_first")),
    ("all: one in three calls", [DUE, ELDER], ["priority_first", "booked"], {"priority": "all"}, (4, 1, "booked")),
    ("all: third call again", [DUE, ELDER], ["priority_first"] + ["booked"] * 2, {"priority": "all"}, (9, 1, "priority_first")),
    ("all: never every call", [DUE, ELDER], ["priority_first"], {"priority": "all", "interleave": 1}, (4, 1, "booked")),
    ("all: not before the guard", [OLD, DUE, ELDER], ["booked"], {"priority": "all"}, (1, 2, "guard")),
    ("all: counts as the booking's turn", [OLD, DUE], ["guard", "priority_first"], {"priority": "all"}, (1, 2, "guard")),
    ("walk-ins by due_at", [walk_in(1, 100), walk_in(2, 99)], [], {}, (2, 4, "walk_in")),
    ("a tie goes by the counter's own order", [walk_in(1, 100, "B"), walk_in(2, 100, "A")], [], {}, (2, 4, "walk_in")),
    ("its own order only breaks ties", [walk_in(1, 99, "B"), walk_in(2, 100, "A")], [], {}, (1, 4, "walk_in")),
    ("a late booking is a walk-in", [walk_in(1, 110, origin="late", slot_at=minute(90)), FRESH], [], {}, (3, 4, "walk_in")),
    ("a transferred ticket keeps its hour", [FRESH, walk_in(1, 60, origin="transferred", checked_in_at=minute(60),
      spans=(Span(minute(60), minute(70)), Span(minute(118)))), ], [], {}, (1, 4, "transferred")),
    ("who knows the visit is preferred", [walk_in(1, 91, prefers=2), walk_in(2, 100)], [], {}, (2, 4, "walk_in")),
    ("but nobody stands idle for it", [walk_in(1, 91, prefers=2)], [], {}, (1, 4, "walk_in")),
    ("sent to this counter", [walk_in(1, 100, "C", only_counter=1)], [], {}, (1, 4, "walk_in")),
    ("sent to another counter", [walk_in(1, 100, "A", only_counter=2)], [], {}, None),
    ("early by slot", [booked(1, 180, 60), booked(2, 150, 70)], [], {}, (2, 5, "early")),
    ("early, not the one that did not come", [booked(1, 180, 60), booked(2, 150, 70, early_tries=1)], [], {}, (1, 5, "early")),
    ("plain first come", [DUE, FRESH, ELDER], [], {"order": "fifo"}, (3, 4, "arrival")),
    ("plain first come, early too", [FAR, FRESH], [], {"order": "fifo"}, (6, 4, "arrival")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "log", "policy", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_next_ticket_of_a_counter(
    line: list[Waiting], log: list[str], policy: dict[str, object], expected: tuple[int, int, str] | None
) -> None:
    its = Policy(**ROUND | policy)  # type: ignore[arg-type]  # by name
    choice = next_call(line, ONE, calls(*log), its, minute(NOW), ALL_DAY)
    assert (choice and (choice.ticket, choice.tier, choice.reason.code)) == expected


RARE = booked(10, NOW, NOW - 1, "R")
FOUR = [CounterView(1, ("A", "B", "R")), CounterView(2, ("A", "B")), CounterView(3, ("A",)), CounterView(4, ("R", "A"))]


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ([DUE, RARE], 10),
        ([booked(4, NOW, NOW - 5, "B"), RARE], 4),
        ([booked(4, NOW, NOW - 5, priority=True), RARE], 4),
        ([booked(4, NOW - 15, NOW - 16), RARE], 4),
        ([booked(4, NOW, NOW - 5, only_counter=1), RARE], 4),
        ([walk_in(1, NOW - 5), walk_in(2, NOW - 4, "R")], 1),
        ([OLD, walk_in(2, NOW - 30.5, "R")], 1),
    ],
    ids=[
        "of one slot the one whom fewer open counters take",
        "as many counters: by check-in",
        "priority of the slot before it",
        "an earlier slot before it",
        "sent to this counter: only one takes it",
        "walk-ins go by due_at all the same",
        "and so do those over the guard",
    ],
)
def test_a_counter_that_takes_a_rare_service_keeps_free_for_it(line: list[Waiting], called: int) -> None:
    choice = next_call(line, FOUR[0], [], PLAIN, minute(NOW), ALL_DAY, FOUR)
    assert choice is not None
    assert choice.ticket == called


def test_a_service_is_rare_only_while_its_counters_are_closed() -> None:
    both = [CounterView(1, ("A", "R")), CounterView(2, ("A", "R"))]
    assert [
        choice and choice.ticket
        for open_now in (both, FOUR)
        if (choice := next_call([DUE, RARE], both[0], [], PLAIN, minute(NOW), ALL_DAY, open_now))
    ] == [4, 10]


def test_the_turns_of_one_counter_are_not_used_up_by_another() -> None:
    log = calls("booked") + calls("guard", "walk_in", counter=2)
    choice = next_call([OLD, DUE], ONE, log, PLAIN, minute(NOW), ALL_DAY)
    assert choice is not None
    assert choice.reason.code == "guard"


def test_the_reason_says_what_an_officer_can_check() -> None:
    def params(line: list[Waiting], *log: str) -> dict[str, object]:
        choice = next_call(line, ONE, calls(*log), PLAIN, minute(NOW), ALL_DAY)
        assert choice is not None
        return dict(choice.reason.params)

    assert params([DUE]) == {"slot_at": minute(120), "arrived_at": minute(115)}
    assert params([OLD]) == {"minutes": 31, "guard": 30, "due_at": minute(89)}
    assert params([FRESH, ELDER], "walk_in", "walk_in", "walk_in") == {"after": 3, "due_at": minute(117)}
    sent = walk_in(1, 100, origin="transferred", from_counter="1")
    assert params([sent]) == {"due_at": minute(100), "slot_at": None, "arrived_at": minute(100), "from_counter": "1"}


@pytest.mark.parametrize(
    ("spans", "now", "minutes"),
    [
        ((Span(minute(0)),), 31, 31),
        ((Span(minute(-30)),), 10, 10),
        ((Span(minute(200)),), 340, 20),
        ((Span(minute(0), minute(10)), Span(minute(40))), 50, 20),
        ((Span(minute(0), minute(10)),), 50, 10),
        ((Span(minute(500)),), 900, 40),
        ((Span(minute(60)),), 50, 0),
        ((), 50, 0),
    ],
)
def test_only_open_minutes_in_the_line_count_as_waiting(spans: tuple[Span, ...], now: float, minutes: float) -> None:
    assert waited_open_minutes(spans, WARD_DAY, minute(now)) == minutes


def test_lunch_and_held_time_bring_nobody_over_the_guard() -> None:
    over_lunch = walk_in(1, 190)
    held = walk_in(2, 300, spans=(Span(minute(300), minute(331)), Span(minute(345))))
    choice = next_call([over_lunch, held, booked(3, 345, 340)], ONE, calls("booked"), PLAIN, minute(340), WARD_DAY)
    assert choice is not None
    assert choice.reason.code == "booked"
    later = next_call([over_lunch, booked(3, 345, 340)], ONE, calls("booked"), PLAIN, minute(341), WARD_DAY)
    assert later is not None
    assert later.reason.code == "guard"


def test_of_several_free_counters_the_specialist_is_asked_then_the_longest_idle() -> None:
    generalist = CounterView(1, ("A", "B", "C"), minute(0))
    specialist, idle_longer = CounterView(2, ("A",), minute(10)), CounterView(3, ("B",), minute(5))
    assert min([generalist, specialist], key=asked_first) == specialist
    assert min([generalist, specialist, idle_longer], key=asked_first) == idle_longer
    assert min([CounterView(4, ("A",)), specialist], key=asked_first) == specialist


def test_a_booking_without_a_slot_cannot_be() -> None:
    with pytest.raises(ValueError):
        walk_in(1, 0, booked=True)


def test_a_full_line_is_decided_in_a_blink() -> None:
    numbers = random.Random(4)
    line = [
        booked(i, numbers.randrange(0, 180, 15), numbers.randrange(120))
        if i % 2
        else walk_in(i, numbers.random() * 120, numbers.choice("AB"), priority=not i % 5)
        for i in range(200)
    ]
    log = calls(*["booked", "guard", "walk_in"] * 100)
    started = time.perf_counter()
    for _ in range(10):
        next_call(line, ONE, log, Policy(), minute(NOW), WARD_DAY, FOUR)
    assert (time.perf_counter() - started) / 10 < 0.01, "a decision takes 0.7 ms; this leaves room for a busy machine"


lines = {"line": people(), "its": services, "others": counters(3), "log": logs, "policy": policies}


@given(**lines)
def test_a_counter_with_callable_people_is_never_told_nobody(
    line: list[Waiting], its: tuple[str, ...], others: list[CounterView], log: list[Called], policy: Policy
) -> None:
    counter = CounterView(1, its)
    choice = next_call(line, counter, log, policy, minute(NOW), ALL_DAY, others)
    mine = [who for who in line if who.service in its]
    assert (choice is None) == (not mine)
    if choice is not None:
        assert choice.ticket in {who.id for who in mine}


@given(**lines, shuffle=st.randoms(use_true_random=False))
def test_the_order_the_database_gives_changes_nothing(
    line: list[Waiting],
    its: tuple[str, ...],
    others: list[CounterView],
    log: list[Called],
    policy: Policy,
    shuffle: random.Random,
) -> None:
    counter = CounterView(1, its)
    first = next_call(line, counter, log, policy, minute(NOW), WARD_DAY, others)
    mixed, mixed_log = list(line), list(log)
    shuffle.shuffle(mixed)
    shuffle.shuffle(mixed_log)
    assert next_call(mixed, counter, mixed_log, policy, minute(NOW), tuple(reversed(WARD_DAY)), others[::-1]) == first
    assert next_call(iter(mixed), counter, iter(mixed_log), policy, minute(NOW), WARD_DAY, iter(others)) == first


@given(**lines)
def test_no_early_booking_is_called_while_somebody_else_may_be(
    line: list[Waiting], its: tuple[str, ...], others: list[CounterView], log: list[Called], policy: Policy
) -> None:
    choice = next_call(line, CounterView(1, its), log, policy, minute(NOW), ALL_DAY, others)
    if choice is not None and choice.tier == 5:
        mine = [who for who in line if who.service in its]
        assert all(who.booked and who.call_from(policy) > minute(NOW) for who in mine)


@given(**lines)
def test_a_walk_in_under_the_guard_never_takes_the_turn_of_a_due_booking(
    line: list[Waiting], its: tuple[str, ...], others: list[CounterView], log: list[Called], policy: Policy
) -> None:
    choice = next_call(line, CounterView(1, its), log, policy, minute(NOW), ALL_DAY, others)
    due = [w for w in line if w.service in its and w.booked and w.call_from(policy) <= minute(NOW)]
    if choice is None or not due:
        return
    chosen = next(who for who in line if who.id == choice.ticket)
    let_in_by_the_office = policy.priority == "all" and chosen.priority
    over = waited_open_minutes([Span(chosen.due_at)], ALL_DAY, minute(NOW)) > policy.guard
    assert chosen.booked or over or let_in_by_the_office


@given(**lines)
def test_of_one_slot_nobody_goes_before_those_whom_fewer_open_counters_take(
    line: list[Waiting], its: tuple[str, ...], others: list[CounterView], log: list[Called], policy: Policy
) -> None:
    here = CounterView(1, its)
    choice = next_call(line, here, log, policy, minute(NOW), ALL_DAY, [here, *others])
    chosen = next((who for who in line if choice is not None and who.id == choice.ticket), None)
    if choice is None or chosen is None or choice.reason.code != "booked":
        return
    takers = {service: sum(service in counter.services for counter in [here, *others]) for service in its}
    for other in line:
        if other.booked and other.service in its and other.slot_at == chosen.slot_at and other.priority == chosen.priority:
            assert takers[chosen.service] <= takers[other.service]


@given(**lines)
def test_nobody_overtakes_within_ones_own_kind(
    line: list[Waiting], its: tuple[str, ...], others: list[CounterView], log: list[Called], policy: Policy
) -> None:
    """Two people alike but for the hour: the one due first is called first."""
    choice = next_call(line, CounterView(1, its), log, policy, minute(NOW), ALL_DAY, others)
    if choice is None:
        return
    chosen = next(who for who in line if who.id == choice.ticket)
    for other in line:
        alike = (other.booked, other.service, other.priority, other.prefers, other.early_tries)
        if alike == (chosen.booked, chosen.service, chosen.priority, chosen.prefers, chosen.early_tries):
            hour = chosen.slot_at or chosen.due_at, other.slot_at or other.due_at
            assert hour[0] <= hour[1] or choice.reason.code == "booked_overdue"


@given(line=people(), log=logs, policy=policies, calling=counters(4))
def test_counters_that_call_in_turn_call_everybody_once(
    line: list[Waiting], log: list[Called], policy: Policy, calling: list[CounterView]
) -> None:
    waiting, called = list(line), []
    for step in range(len(line) * len(calling) + len(calling)):
        counter = calling[step % len(calling)]
        choice = next_call(waiting, counter, log, policy, minute(NOW + step), ALL_DAY, calling)
        if choice is not None:
            chosen = next(who for who in waiting if who.id == choice.ticket)
            waiting.remove(chosen)
            called.append(chosen.id)
            log = [
                *log,
                Called(counter.id, chosen.id, choice.reason.code, chosen.booked, chosen.priority, minute(NOW + step)),
            ]
    taken = {service for counter in calling for service in counter.services}
    assert sorted(called) == sorted(who.id for who in line if who.service in taken)
    assert all(who.service not in taken for who in waiting)
