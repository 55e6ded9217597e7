"""Whether the hall saw and heard a call: what the displays said of it, and when the officer had better call aloud. Pure.

What an officer is told of a call (`board`, `voice`, `ask`: "mời gọi bằng lời"), from the displays the call concerns: those that
are paired, stand on the spot, and are not the sign of another counter. Rows in order; the first that fits is told.

| the call was said | it was drawn | displays                                  | board    | voice   | ask               |
|-------------------|--------------|-------------------------------------------|----------|---------|-------------------|
| by a voice        |              |                                           | shown    | said    | no                |
| by a chime only   |              |                                           | shown    | chimed  | no                |
|                   |              | none is paired                            | unpaired |         | no                |
|                   | yes          | one is awake with its sound on            | shown    | not_yet | after `patience`  |
|                   | yes          | the awake ones all keep their quiet hours | shown    | quiet   | at once           |
|                   | yes          | otherwise (muted, asleep, silent)         | shown    | off     | at once           |
|                   | no           | one is awake                              | not_yet  |         | after DRAWN_IN_S  |
|                   | no           | all that are alive sleep                  | asleep   |         | at once           |
|                   | no           | none is alive                             | lost     |         | at once           |

A display is alive for ALIVE_S after it last said anything. Who is told "unpaired" is not asked to call: a television nobody
paired may well show the number, it only cannot say so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

How = Literal["none", "chime", "voice"]
Board = Literal["shown", "not_yet", "asleep", "lost", "unpaired"]
Voice = Literal["", "said", "chimed", "not_yet", "quiet", "off"]

HOWS: tuple[How, ...] = ("none", "chime", "voice")
"""What was heard of a call, the least first: what a display says later only raises it."""

ALIVE_S = 90
"""A display that said nothing for so long is not counted on. It says something every 30 s."""
DRAWN_IN_S = 8
"""A display that keeps no socket asks every 5 s, give or take a quarter; what is not drawn by then is not coming."""
SAID_IN_S = 20
"""A chime and the sentence twice take about twelve seconds; and this is when the officer may call again anyway."""
SENTENCE_S = 12
"""How much longer for each call that the voice has to say before this one."""
LONGEST_PATIENCE_S = 90


@dataclass(frozen=True)
class Screen:
    """A paired display that a call concerns, as it last said of itself at `said_at` (None: never)."""

    said_at: datetime | None
    sound: str = "on"
    awake: bool = True

    @property
    def alive_until(self) -> datetime | None:
        """From then on it is silent, unless it says something."""
        return None if self.said_at is None else self.said_at + timedelta(seconds=ALIVE_S)

    def alive(self, at: datetime) -> bool:
        """Whether it has said anything lately."""
        return self.alive_until is not None and at < self.alive_until


@dataclass(frozen=True)
class Told:
    """What an officer is told of a call from `from_at` on."""

    from_at: datetime
    board: Board
    voice: Voice
    ask: bool


def alive_at(said_at: datetime | None, at: datetime) -> bool:
    """Whether a device that last said something at `said_at` is still counted on: decided when it is read."""
    return Screen(said_at).alive(at)


def louder(one: How, other: How) -> How:
    """The more of two that was heard."""
    return max(one, other, key=HOWS.index)


def patience(before: int) -> timedelta:
    """How long after a call its sentence may take, with so many calls to be said before it."""
    return timedelta(seconds=min(LONGEST_PATIENCE_S, SAID_IN_S + SENTENCE_S * before))


def course(screens: Sequence[Screen], heard: Collection[How], called_at: datetime, before: int, now: datetime) -> list[Told]:
    """What the officer is told of a call now, and what from when on if no display says anything more.

    `heard` is what each display that drew the call said of it; `called_at` when it was last called; `before` how many calls the
    voice had to say before. The first entry holds from `now`; the times of the others rise.
    """
    turns = {called_at + timedelta(seconds=DRAWN_IN_S), called_at + patience(before)}
    turns |= {screen.alive_until for screen in screens if screen.alive_until is not None}
    told: list[Told] = []
    for at in [now, *sorted(turn for turn in turns if turn > now)]:
        step = _told(screens, heard, called_at, before, at)
        if not told or (told[-1].board, told[-1].voice, told[-1].ask) != (step.board, step.voice, step.ask):
            told.append(step)
    return told


def _told(screens: Sequence[Screen], heard: Collection[How], called_at: datetime, before: int, at: datetime) -> Told:
    if "voice" in heard:
        return Told(at, "shown", "said", ask=False)
    if "chime" in heard:
        return Told(at, "shown", "chimed", ask=False)
    if not screens:
        return Told(at, "unpaired", "", ask=False)
    alive = [screen for screen in screens if screen.alive(at)]
    awake = [screen for screen in alive if screen.awake]
    if heard:
        return _drawn(awake, called_at + patience(before), at)
    if awake:
        return Told(at, "not_yet", "", ask=at >= called_at + timedelta(seconds=DRAWN_IN_S))
    return Told(at, "asleep" if alive else "lost", "", ask=True)


def _drawn(awake: Sequence[Screen], said_by: datetime, at: datetime) -> Told:
    if any(screen.sound == "on" for screen in awake):
        return Told(at, "shown", "not_yet", ask=at >= said_by)
    quiet = bool(awake) and all(screen.sound == "quiet" for screen in awake)
    return Told(at, "shown", "quiet" if quiet else "off", ask=True)
