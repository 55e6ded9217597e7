"""What may be done with a ticket, state by state, and the few sums of time that go with it. Pure.

| verb           | allowed in -> state after                                                                      |
|----------------|------------------------------------------------------------------------------------------------|
| call           | waiting -> called                                                                              |
| recall         | called -> called, at most every `recall_after_s`                                               |
| serve          | called -> serving                                                                              |
| absent         | called -> missed *                                                                             |
| hold           | waiting, called, serving -> held                                                               |
| resume         | held -> serving **                                                                             |
| transfer       | waiting, called, serving, held -> waiting                                                      |
| return         | missed -> waiting; done -> waiting ***                                                         |
| finish         | called, serving, held -> done                                                                  |
| cancel         | waiting, called, held, missed -> cancelled                                                     |
| not_the_person | waiting, called, serving, held -> waiting                                                      |
| change_service | waiting, called, serving, held, missed: unchanged                                              |
| priority       | waiting, called, serving, held, missed: unchanged                                              |
| people         | waiting, called, serving, held, missed: unchanged                                              |

Nothing is done with a cancelled or expired ticket.
*   an unanswered early call (tier 5) goes back to `waiting`, and no attempt is counted.
**  at a counter; without one (the helper at the door) back to `waiting`.
*** once, the same day, when the visit ended for missing papers.
`undo` gives the state before back within `undo_s`; it is no row of this table because it depends on what was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from queueing.policy import Policy

State = Literal["waiting", "called", "serving", "held", "missed", "done", "cancelled", "expired"]
Verb = Literal[
    "call", "recall", "serve", "absent", "hold", "resume", "transfer", "return", "finish", "cancel", "not_the_person",
    "change_service", "priority", "people",
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
    },
    "serving": {
        "hold": "held",
        "transfer": "waiting",
        "finish": "done",
        "not_the_person": "waiting",
        "change_service": "serving",
        "priority": "serving",
        "people": "serving",
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
    },
    "missed": {
        "return": "waiting",
        "cancel": "cancelled",
        "change_service": "missed",
        "priority": "missed",
        "people": "missed",
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
