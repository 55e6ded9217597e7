"""A moment's clock counts what `datetime` counts, and the open minutes of a line are those of one person at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from queueing.checkin_rules import whole_minute
from queueing.policy import Policy
from queueing.standing_rules import standing
from queueing.waiting_rules import MINUTE, MomentClock, Span, microseconds, waited_open_minutes
from tests.conftest import HANOI
from tests.queueing.line_builders import ALL_DAY, WARD_DAY, booked, minute, walk_in

instants = st.one_of(
    st.integers(-60, 700).map(minute),
    st.floats(-60, 700).map(minute),
    st.floats(-60, 700).map(lambda m: minute(m).astimezone(HANOI)),
)
UNTIL_NOW = (Span(minute(0), minute(210)), Span(minute(330)))
openings = st.sampled_from([WARD_DAY, WARD_DAY[::-1], ALL_DAY, UNTIL_NOW, WARD_DAY[:1], ()])


@st.composite
def stretches(draw: st.DrawFn) -> tuple[Span, ...]:
    """Separate times in the line, the last of them perhaps without an end."""
    edges = sorted(draw(st.lists(instants, min_size=1, max_size=7)))
    pairs = zip(edges[::2], [*edges[1::2], None], strict=False)
    return tuple(Span(start, end) for start, end in pairs)


@given(now=instants, opening=openings, start=instants, end=instants)
def test_the_open_minutes_between_two_instants_are_those_of_a_wait(
    now: datetime, opening: tuple[Span, ...], start: datetime, end: datetime
) -> None:
    clock = MomentClock(now, opening)
    latest = max(now, start, end)
    closed = [Span(span.start, span.end or latest) for span in opening]
    assert clock.open_between(clock.at(start), clock.at(end)) / MINUTE == waited_open_minutes([Span(start, end)], closed, latest)
    assert clock.open_minutes(clock.at(latest)) == waited_open_minutes([Span(now, latest)], closed, latest)


@given(now=instants, opening=openings, spans=stretches(), due=instants)
def test_a_person_stands_in_the_line_with_the_open_minutes_since_due(
    now: datetime, opening: tuple[Span, ...], spans: tuple[Span, ...], due: datetime
) -> None:
    since_due = [Span(max(span.start, due), span.end) for span in spans]
    who = walk_in(1, 0, spans=spans, due_at=due, checked_in_at=spans[0].start)
    assert standing(who, Policy(), MomentClock(now, opening)).waited == waited_open_minutes(since_due, opening, now)


@given(now=instants, slot=st.floats(0, 300), late=st.none() | st.integers(0, 30), then=instants)
def test_a_booking_is_overdue_when_its_last_whole_minute_has_passed(
    now: datetime, slot: float, late: int | None, then: datetime
) -> None:
    who, policy = booked(1, slot, 0, late=late), Policy(late=10)
    clock = MomentClock(now, ALL_DAY)
    passed = whole_minute(then) > minute(slot) + timedelta(minutes=10 if late is None else late)
    assert (standing(who, policy, clock).overdue_from <= clock.at(then)) == passed


@given(now=instants, slot=st.floats(0, 300), lead=st.none() | st.integers(0, 30))
def test_a_booking_is_due_for_a_call_when_the_screens_say_so(now: datetime, slot: float, lead: int | None) -> None:
    who, clock = booked(1, slot, 0, lead=lead), MomentClock(now, ALL_DAY)
    assert clock.instant(standing(who, Policy(), clock).call_from) == who.call_from(Policy())


@given(now=instants, then=instants)
def test_an_instant_of_the_clock_is_the_instant(now: datetime, then: datetime) -> None:
    clock = MomentClock(now, ())
    assert clock.instant(clock.at(then)) == then


@given(minutes=st.integers(0, 600) | st.floats(0, 600) | st.integers(0, 10**9).map(lambda half: (half + 0.5) / MINUTE))
def test_minutes_are_rounded_to_the_microsecond_as_everywhere(minutes: float) -> None:
    assert timedelta(microseconds=microseconds(minutes)) == timedelta(minutes=minutes)
