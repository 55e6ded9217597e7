"""People in a line, built by the minute of an invented day that opens at minute 0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from queueing.policy import Policy
from queueing.rules import Called, CounterView, Waiting
from queueing.waiting_rules import Span

OPENS = datetime(2026, 11, 23, 1, tzinfo=UTC)


def minute(m: float) -> datetime:
    """`m` minutes after opening."""
    return OPENS + timedelta(minutes=m)


ALL_DAY = (Span(minute(-600), minute(2000)),)
WARD_DAY = (Span(minute(0), minute(210)), Span(minute(330), minute(540)))


def walk_in(number: int, taken: float, service: str = "A", **more: Any) -> Waiting:
    """Somebody who took a number at minute `taken`."""
    more = {"due_at": minute(taken), "checked_in_at": minute(taken)} | more
    return Waiting(id=number, service=service, **more)


def booked(number: int, slot: float, arrived: float, service: str = "A", **more: Any) -> Waiting:
    """Somebody with a slot at minute `slot` who was not late."""
    due = max(minute(slot), minute(arrived))
    return Waiting(number, service, due, minute(arrived), booked=True, slot_at=minute(slot), **more)


def call(number: int, reason: str, at: float = 0, counter: int = 1, *, booked: bool = False, priority: bool = False) -> Called:
    """A line of the call log."""
    return Called(counter, number, reason, booked, priority, minute(at))


def calls(*reasons: str, counter: int = 1) -> list[Called]:
    """A log of one counter, a minute apart; "booked..." reasons are bookings, "priority..." ones priority people."""
    return [
        call(900 + i, r, i - 100, counter, booked=r.startswith("booked"), priority=r.startswith("priority"))
        for i, r in enumerate(reasons)
    ]


policies = st.builds(
    Policy,
    early=st.integers(0, 15),
    late=st.integers(0, 15),
    lead=st.integers(0, 15),
    guard=st.sampled_from([0, 5, 15, 30]),
    ratio=st.integers(1, 3),
    priority=st.sampled_from(["strict", "interleaved", "all"]),
    interleave=st.integers(1, 4),
)


@st.composite
def people(draw: st.DrawFn, most: int = 12) -> list[Waiting]:
    """A line as it might stand at minute 120, with ids in no order."""
    ids = draw(st.lists(st.integers(1, 10_000), unique=True, max_size=most))
    return [draw(person(number)) for number in ids]


@st.composite
def person(draw: st.DrawFn, number: int) -> Waiting:
    """A walk-in or a booked person who arrived before minute 120."""
    service = draw(st.sampled_from("ABC"))
    arrived = draw(st.integers(0, 120))
    priority = draw(st.booleans())
    if draw(st.booleans()):
        slot = draw(st.integers(0, 12)) * 15
        return booked(number, slot, arrived, service, priority=priority, early_tries=draw(st.integers(0, 1)))
    prefers = draw(st.sampled_from([None, 1, 2]))
    origin = draw(st.sampled_from(["walk_in", "late", "wrong_person", "transferred", "missed", "returned"]))
    return walk_in(number, arrived, service, priority=priority, prefers=prefers, origin=origin)


services = st.lists(st.sampled_from("ABC"), unique=True, min_size=1).map(tuple)
REASONS = ["booked", "booked_overdue", "guard", "priority", "priority_first", "walk_in", "early", "by_hand"]
logs = st.lists(st.sampled_from(REASONS), max_size=12).map(lambda reasons: calls(*reasons))


def counters(numbers: int) -> st.SearchStrategy[list[CounterView]]:
    """`numbers` counters with services of their own."""
    return st.lists(services, min_size=1, max_size=numbers).map(
        lambda all_services: [CounterView(i, its, minute(0)) for i, its in enumerate(all_services, 1)]
    )
