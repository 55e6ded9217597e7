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

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

BY_HAND = "by_hand"
"""The reason of a call an officer made out of order."""


class Called(NamedTuple):
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


@dataclass(slots=True)
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

    def copy(self) -> Turns:
        """The same turns, to be counted on."""
        return Turns(self.bookings, self.overdue_used, self.others, self.calls)

    def count(self, reason: str, *, booked: bool, priority: bool) -> None:
        """One more call."""
        if reason in (BY_HAND, "early", "arrival"):
            return
        calls = None if self.calls is None else self.calls + 1
        if booked:
            self.bookings, self.calls = self.bookings + 1, calls
            self.overdue_used = self.overdue_used or reason == "booked_overdue"
            return
        self.bookings = self.bookings + 1 if reason == "priority_first" else 0
        self.overdue_used = self.overdue_used and reason != "guard"
        self.others, self.calls = (0, 0) if priority else (self.others + 1, calls)


def turns_by_counter(log: Iterable[Called]) -> Mapping[int, Turns]:
    """The turns of each counter that called somebody, after the calls in `log`."""
    turns: dict[int, Turns] = defaultdict(Turns)
    for call in sorted(log, key=attrgetter("called_at", "id", "ticket")):
        turns[call.counter].count(call.reason, booked=call.booked, priority=call.priority)
    return turns
