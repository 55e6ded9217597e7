"""Who of a booked household came, and how long those take. Pure.

Cases, for three people whose services take 10, 10 and 20 minutes (the person who booked is 0):

| absent until now | minutes | now said to be absent | have come | minutes |
|------------------|---------|-----------------------|-----------|---------|
| nobody           | 40      | 1                     | 2         | 30      |
| nobody           | 40      | 0 and 2               | 1         | 10      |
| 1                | 30      | 1                     | 2         | 30      |
| 1                | 30      | nobody                | 3         | 40      |
| any              | any     | 0, 1 and 2            | refused: a visit of nobody is absent or cancelled |
| any              | any     | 3                     | refused: there is no such person                  |

Where the office has changed a service since the booking, everybody's share of the booked minutes changes alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Attendance:
    """`planned` are the minutes of each person's service, `minutes` those of all who are not `absent`, as they were booked."""

    planned: tuple[int, ...]
    absent: frozenset[int]
    minutes: int

    @property
    def people(self) -> int:
        """How many have come."""
        return len(self.planned) - len(self.absent)


def possible(attendance: Attendance, absent: frozenset[int]) -> bool:
    """Whether these may be the ones who did not come: people of the booking, and not all of them."""
    everybody = frozenset(range(len(attendance.planned)))
    return absent < everybody


def with_absent(attendance: Attendance, absent: frozenset[int]) -> Attendance:
    """The same household when exactly these did not come. They must be `possible`."""
    before, after = _planned(attendance), _planned(replace(attendance, absent=absent))
    return replace(attendance, absent=absent, minutes=max(1, round(attendance.minutes * after / before)))


def _planned(attendance: Attendance) -> int:
    return sum(minutes for place, minutes in enumerate(attendance.planned) if place not in attendance.absent)
