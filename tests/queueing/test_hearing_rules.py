"""What an officer is told of a call: whether the hall saw and heard it, and when the officer had better call aloud."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.hearing_rules import (
    ALIVE_S,
    DRAWN_IN_S,
    HOWS,
    LONGEST_PATIENCE_S,
    SAID_IN_S,
    How,
    Screen,
    Told,
    course,
    louder,
    patience,
)
from tests.conftest import MONDAY_MORNING

CALLED = MONDAY_MORNING


def at(seconds: float) -> datetime:
    """So many seconds after the call."""
    return CALLED + timedelta(seconds=seconds)


ON = Screen(at(-1))
MUTED = Screen(at(-1), sound="muted")
BLOCKED = Screen(at(-1), sound="blocked")
QUIET = Screen(at(-1), sound="quiet")
ASLEEP = Screen(at(-1), awake=False)
SILENT = Screen(at(-ALIVE_S))
NEVER = Screen(None)


def told(screens: Sequence[Screen], heard: Collection[How], seconds: float, before: int = 0) -> str:
    """What holds so many seconds after the call: "board voice", with "!" where the officer is to call aloud."""
    return _short(course(screens, heard, CALLED, before, at(seconds))[0])


def _short(step: Told) -> str:
    return f"{step.board} {step.voice}".strip() + ("!" if step.ask else "")


@pytest.mark.parametrize(
    ("screens", "heard", "seconds", "said"),
    [
        ([ON], ["voice"], 15, "shown said"),
        ([ON], ["chime"], 15, "shown chimed"),
        ([ON, MUTED], ["none", "voice"], 15, "shown said"),
        ([SILENT], ["voice"], 60, "shown said"),
        ([], [], 60, "unpaired"),
        ([ON], ["none"], 1, "shown not_yet"),
        ([ON], ["none"], SAID_IN_S - 1, "shown not_yet"),
        ([ON], ["none"], SAID_IN_S, "shown not_yet!"),
        ([ON, MUTED], ["none"], 1, "shown not_yet"),
        ([MUTED], ["none"], 0, "shown off!"),
        ([BLOCKED, QUIET], ["none", "none"], 0, "shown off!"),
        ([QUIET], ["none"], 0, "shown quiet!"),
        ([ASLEEP, QUIET], ["none"], 0, "shown quiet!"),
        ([ASLEEP], ["none"], 0, "shown off!"),
        ([SILENT], ["none"], 0, "shown off!"),
        ([ON], [], 0, "not_yet"),
        ([ON], [], DRAWN_IN_S - 1, "not_yet"),
        ([ON], [], DRAWN_IN_S, "not_yet!"),
        ([MUTED, ASLEEP], [], 0, "not_yet"),
        ([ASLEEP], [], 0, "asleep!"),
        ([ASLEEP, SILENT], [], 0, "asleep!"),
        ([SILENT], [], 0, "lost!"),
        ([NEVER], [], 0, "lost!"),
        ([Screen(at(-1), sound="on", awake=False), Screen(at(-200))], ["none"], 0, "shown off!"),
    ],
)
def test_an_officer_is_told(screens: list[Screen], heard: list[How], seconds: float, said: str) -> None:
    assert told(screens, heard, seconds) == said


def test_the_voice_is_given_longer_when_it_has_others_to_say_first() -> None:
    assert told([ON], ["none"], SAID_IN_S + 11, before=1) == "shown not_yet"
    assert told([ON], ["none"], SAID_IN_S + 12, before=1) == "shown not_yet!"
    assert patience(100) == timedelta(seconds=LONGEST_PATIENCE_S), "but nobody waits for ever"


def test_what_will_hold_later_is_told_at_once_so_that_a_screen_only_has_to_look_at_the_clock() -> None:
    steps = course([Screen(at(-30))], [], CALLED, 0, at(1))
    assert [(_short(step), step.from_at) for step in steps] == [
        ("not_yet", at(1)),
        ("not_yet!", at(DRAWN_IN_S)),
        ("lost!", at(-30 + ALIVE_S)),
    ]


def test_a_display_that_falls_silent_before_its_voice_said_it_is_not_waited_for() -> None:
    steps = course([Screen(at(5 - ALIVE_S))], ["none"], CALLED, 0, at(0))
    assert [(_short(step), step.from_at) for step in steps] == [("shown not_yet", at(0)), ("shown off!", at(5))]


screens = st.lists(
    st.builds(
        Screen,
        st.none() | st.integers(-300, 30).map(at),
        st.sampled_from(["on", "muted", "quiet", "blocked", "none"]),
        st.booleans(),
    ),
    max_size=4,
)
heard = st.lists(st.sampled_from(HOWS), max_size=4)


@given(screens, heard, st.integers(0, 5), st.integers(0, 120))
def test_looking_again_later_tells_what_was_foretold(screens: list[Screen], heard: list[How], before: int, seconds: int) -> None:
    foretold = course(screens, heard, CALLED, before, at(0))
    then = [step for step in foretold if step.from_at <= at(seconds)][-1]
    now = course(screens, heard, CALLED, before, at(seconds))[0]
    assert _short(now) == _short(then)


@given(screens, heard, st.integers(0, 5))
def test_who_is_once_asked_to_call_aloud_is_asked_until_a_display_says_more(
    screens: list[Screen], heard: list[How], before: int
) -> None:
    asked = [step.ask for step in course(screens, heard, CALLED, before, at(0))]
    assert asked == sorted(asked)


@given(st.sampled_from(HOWS), st.sampled_from(HOWS))
def test_what_was_heard_only_becomes_more(one: How, other: How) -> None:
    assert louder(one, other) == louder(other, one)
    assert HOWS.index(louder(one, other)) >= HOWS.index(one)
