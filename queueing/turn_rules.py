"""Whose turn it is at a counter, read from its calls of today. Pure.

It is the guard's turn when at least `ratio` bookings were called since the last walk-in. Turns are those of **one counter**: a
turn kept per office would not be fair, because a counter that serves only walk-ins would use up every turn of the others.

| call of the log                                  | bookings since a walk-in | an overdue one has gone | others since priority |
|--------------------------------------------------|--------------------------|-------------------------|-----------------------|
| `booked`                                         | one more                 |                         |                       |
| `booked_overdue`                                 | one more                 | yes                     |                       |
| `priority_first`                                 | one more                 |                         | from 0                |
| `guard`                                          | from 0                   | no                      | one more              |
| `priority`, or a priority walk-in of tier 4      | from 0                   |                         | from 0                |
| another walk-in                                  | from 0                   |                         | one more              |
| `by_hand`, `early` (answered or not), `arrival`  |                          |                         |                       |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

BY_HAND = "by_hand"
"""The reason of a call an officer made out of order."""


@dataclass(frozen=True, slots=True)
class Called:
    """One line of the call log: what was called where, for which reason code. Undone calls are not in it.

    `id` grows with every call and orders calls of the same instant.
    """

    counter: int
    ticket: int
    reason: str
    booked: bool
    priority: bool
    called_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Turns:
    """What a counter's log says about whose turn it is.

    `bookings`: due bookings and priority people let in before them, called since the last walk-in. `overdue_used`: an overdue
    booking took a guard's turn since the last guard call. `others`: walk-ins without priority since the last with.
    `calls`: all calls in turn since the last priority walk-in, None when there was none.
    """

    bookings: int = 0
    overdue_used: bool = False
    others: int = 0
    calls: int | None = None

    def after(self, reason: str, *, booked: bool, priority: bool) -> Turns:
        """The turns after one more call."""
        if reason in (BY_HAND, "early", "arrival"):
            return self
        calls = None if self.calls is None else self.calls + 1
        if booked:
            overdue = self.overdue_used or reason == "booked_overdue"
            return Turns(self.bookings + 1, overdue, self.others, calls)
        return Turns(
            bookings=self.bookings + 1 if reason == "priority_first" else 0,
            overdue_used=self.overdue_used and reason != "guard",
            others=0 if priority else self.others + 1,
            calls=0 if priority else calls,
        )


def turns_of(log: Iterable[Called], counter: int) -> Turns:
    """The turns of one counter after the calls in `log`."""
    turns = Turns()
    for call in sorted((c for c in log if c.counter == counter), key=lambda c: (c.called_at, c.id, c.ticket)):
        turns = turns.after(call.reason, booked=call.booked, priority=call.priority)
    return turns
