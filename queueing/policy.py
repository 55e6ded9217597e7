"""What an office may set about its line. Pure data; where the defaults come from is said in docs/simulator.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PriorityMode = Literal["strict", "interleaved", "all"]
LatePolicy = Literal["walk_in", "rebook"]
Order = Literal["rule", "fifo"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of one office's line. Minutes unless the name ends in `_s` (seconds).

    `early`, `late`: tolerance around a slot's start, the city's "5-10 minutes early or late" (2017).
    `lead`: a booking may be called this long before its slot; never more than `early` (a bigger value is cut).
    `guard`: open minutes after which a walk-in takes turns with due bookings; `ratio` bookings to one walk-in.
    `interleave`: the n of "one priority person after n others" and of "at most one in n calls" (mode `all`).
    `order`: "fifo" calls everybody by arrival; it is there to compare with.
    Raises ValueError for values no office can mean.
    """

    early: int = 10
    late: int = 10
    lead: int = 6
    guard: int = 30
    ratio: int = 4
    priority: PriorityMode = "interleaved"
    interleave: int = 3
    late_policy: LatePolicy = "walk_in"
    order: Order = "rule"
    recall_after_s: int = 20
    absent_calls: int = 3
    absent_after_s: int = 90
    undo_s: int = 30

    def __post_init__(self) -> None:
        if min(self.early, self.late, self.lead, self.guard, self.recall_after_s, self.absent_after_s, self.undo_s) < 0:
            raise ValueError("times of a policy are not negative")
        if min(self.ratio, self.interleave, self.absent_calls) < 1:
            raise ValueError("ratio, interleave and absent_calls are at least 1")
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}")
        object.__setattr__(self, "lead", min(self.lead, self.early))


_CHOICES = {
    "priority": ("strict", "interleaved", "all"),
    "late_policy": ("walk_in", "rebook"),
    "order": ("rule", "fifo"),
}
