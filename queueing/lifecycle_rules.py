"""What may be done with a ticket, state by state, and the few sums of time that go with it. Pure.

| verb           | allowed in -> state after                                                                      |
|----------------|------------------------------------------------------------------------------------------------|
| take           | no ticket yet -> waiting; at the desk -> serving                                               |
| call           | waiting -> called                                                                              |
| recall         | called -> called, at most every `recall_after_s`                                               |
| serve          | called -> serving                                                                              |
| absent         | called -> missed *                                                                             |
| hold           | waiting, called, serving -> held                                                               |
| resume         | held -> serving **                                                                             |
| transfer       | waiting, called, serving, held -> waiting                                                      |
| release        | called, serving -> waiting (its counter has fallen silent)                                     |
| hand_over      | called, serving: unchanged (another officer sits at the counter)                               |
| return         | missed -> waiting; done -> waiting ***                                                         |
| finish         | called, serving, held -> done                                                                  |
| go_on          | called, serving, held -> waiting: a finish with a further service that is done elsewhere       |
| cancel         | waiting, called, held, missed -> cancelled                                                     |
| carry          | waiting, called, held, missed -> expired: a slip for the next working day                      |
| expire         | waiting, called, held, missed -> expired                                                       |
| not_the_person | waiting, called, serving, held -> waiting                                                      |
| change_service | waiting, called, serving, held, missed: unchanged                                              |
| priority       | waiting, called, serving, held, missed: unchanged                                              |
| people         | waiting, called, serving, held, missed: unchanged                                              |
| further        | waiting, called, serving, held, missed: unchanged                                              |

Nothing is done with a cancelled or expired ticket.
*   an unanswered early call (tier 5) goes back to `waiting`, and no attempt is counted.
**  at a counter; without one (the helper at the door) back to `waiting`.
*** once, the same day, when the visit ended for missing papers.

A person with several services (`further`) keeps the number; where "finish" leads is decided by `goes_on`:

| further  | this counter takes | after "finish"                                |
|----------|--------------------|-----------------------------------------------|
| none     | anything           | done                                          |
| B        | B                  | done: B was done here too                     |
| B, C     | A                  | waiting for B; C is still to be done          |
| B, C, D  | A, C               | waiting for B; D is still to be done          |
| B        | nothing (held)     | waiting for B                                 |

`undo` gives the state before back within `undo_s`; it is no row of this table because it depends on what was done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from queueing.policy import Policy

State = Literal["waiting", "called", "serving", "held", "missed", "done", "cancelled", "expired"]
Verb = Literal[
    "call", "recall", "serve", "absent", "hold", "resume", "transfer", "return", "finish", "cancel", "not_the_person",
    "change_service", "priority", "people", "further", "go_on", "release", "hand_over", "carry", "expire",
]  # fmt: skip

OPEN: tuple[State, ...] = ("called", "serving")
"""A ticket in one of these occupies its counter."""
LIVE: tuple[State, ...] = ("waiting", "called", "serving", "held", "missed")
"""A ticket in one of these is not decided yet."""

_TABLE: dict[State, dict[Verb, State]] = {
    "waiting": {
        "call": "called",
        "hold": "held",
        "transfer": "waiting",
        "cancel": "cancelled",
        "not_the_person": "waiting",
        "change_service": "waiting",
        "priority": "waiting",
        "people": "waiting",
        "further": "waiting",
        "carry": "expired",
        "expire": "expired",
    },
    "called": {
        "recall": "called",
        "serve": "serving",
        "absent": "missed",
        "hold": "held",
        "transfer": "waiting",
        "finish": "done",
        "cancel": "cancelled",
        "not_the_person": "waiting",
        "change_service": "called",
        "priority": "called",
        "people": "called",
        "further": "called",
        "go_on": "waiting",
        "release": "waiting",
        "hand_over": "called",
        "carry": "expired",
        "expire": "expired",
    },
    "serving": {
        "hold": "held",
        "transfer": "waiting",
        "finish": "done",
        "not_the_person": "waiting",
        "change_service": "serving",
        "priority": "serving",
        "people": "serving",
        "further": "serving",
        "go_on": "waiting",
        "release": "waiting",
        "hand_over": "serving",
    },
    "held": {
        "resume": "serving",
        "transfer": "waiting",
        "finish": "done",
        "cancel": "cancelled",
        "not_the_person": "waiting",
        "change_service": "held",
        "priority": "held",
        "people": "held",
        "further": "held",
        "go_on": "waiting",
        "carry": "expired",
        "expire": "expired",
    },
    "missed": {
        "return": "waiting",
        "cancel": "cancelled",
        "change_service": "missed",
        "priority": "missed",
        "people": "missed",
        "further": "missed",
        "carry": "expired",
        "expire": "expired",
    },
    "done": {"return": "waiting"},
    "cancelled": {},
    "expired": {},
}


@dataclass(frozen=True, slots=True)
class Returning:
    """A person who comes back: the `due_at` of the first line, and how often they came back before."""

    due_at: datetime
    times_before: int


def new_state(state: State, verb: Verb, *, early_call: bool = False, at_counter: bool = True) -> State | None:
    """The state after `verb`, or None when the verb is refused.

    `early_call`: the ticket was called in tier 5. `at_counter`: whoever resumes it sits at a counter.
    """
    if verb == "absent" and state == "called" and early_call:
        return "waiting"
    if verb == "resume" and state == "held" and not at_counter:
        return "waiting"
    return _TABLE[state].get(verb)


def goes_on(further: Sequence[int], done_here: Collection[int]) -> tuple[int | None, list[int]]:
    """The service somebody goes on to after this counter, None when all is done, and what is left after that, in order.

    `done_here` are the services this counter takes: what it takes of `further` is done in the same sitting.
    """
    left = [service for service in further if service not in done_here]
    return (left[0] if left else None), left[1:]


def minutes_left(planned: int, done: int, following: int) -> int:
    """The planned minutes of a visit that goes on: what was planned for all of it less what is `done`.

    At least those of the `following` service: the number of a walk-in was planned for its first service only.
    """
    return max(planned - done, following)


def verbs_of(state: State) -> tuple[Verb, ...]:
    """What a screen may offer for a ticket in this state."""
    return tuple(_TABLE[state])


def recall_from(last_called_at: datetime, policy: Policy) -> datetime:
    """From when on the number may be called again."""
    return last_called_at + timedelta(seconds=policy.recall_after_s)


def recall_in(last_called_at: datetime, policy: Policy, now: datetime) -> int:
    """Whole seconds until the number may be called again; 0 when it may now."""
    left = recall_from(last_called_at, policy) - now
    return max(0, -(-left // timedelta(seconds=1)))


def absent_from(times_called: int, first_called_at: datetime, policy: Policy) -> datetime | None:
    """From when on to suggest "absent": never before enough calls *and* enough time. An officer still decides."""
    return first_called_at + timedelta(seconds=policy.absent_after_s) if times_called >= policy.absent_calls else None


def return_due(person: Returning, now: datetime) -> datetime:
    """The due_at of a missed person who turns up: the original the first time, now from the second on."""
    return person.due_at if person.times_before == 0 else now


def may_reopen(times_before: int, *, papers_missing: bool, same_day: bool) -> bool:
    """Whether a finished visit may be opened again: told which papers are missing, once, the same day."""
    return papers_missing and same_day and times_before == 0


def may_undo(done_at: datetime, policy: Policy, now: datetime) -> bool:
    """Whether what was done at `done_at` may still be taken back."""
    return timedelta(0) <= now - done_at <= timedelta(seconds=policy.undo_s)


def is_silent(state: str, heard_at: datetime | None, silent_after_s: int, now: datetime) -> bool:
    """Whether nobody seems to sit at a counter that says it works: nothing was heard of its console for too long.

    | counter      | last heard of               | silent |
    |--------------|-----------------------------|--------|
    | closed       | whenever                    | no     |
    | open, paused | never                       | yes    |
    | open, paused | at most `silent_after_s` ago| no     |
    | open, paused | longer ago                  | yes    |
    """
    if state == "closed":
        return False
    return heard_at is None or now - heard_at > timedelta(seconds=silent_after_s)


def may_pick(role: str | None, granted: bool) -> bool:
    """Whether somebody may call out of order: heads always (and the city, which may do what they may), others by right."""
    return role in ("head", "city") or granted
