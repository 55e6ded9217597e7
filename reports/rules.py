"""The figures a head is shown, as plain data. How each is computed from a visit stands in fact_rules.py. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from reports.fact_rules import nearest_rank


@dataclass(frozen=True)
class Spread:
    """Mean, median and 90th percentile (nearest rank) of `count` times, in seconds."""

    count: int
    mean: float
    p50: int
    p90: int


MANY = 2000
"""From so many times on few are new: to count how often each occurred costs a fifth of putting them in order."""


def spread_of(times: Sequence[int]) -> Spread:
    """Of at least one time."""
    if len(times) > MANY:
        return spread_of_tally(Counter(times))
    ordered, count = sorted(times), len(times)
    p50, p90 = (ordered[nearest_rank(count, percent) - 1] for percent in (50, 90))
    return Spread(count, sum(ordered) / count, p50, p90)


def spread_of_tally(tally: Mapping[int, int]) -> Spread:
    """The same of times with how often each occurred; at least one did."""
    count = sum(tally.values())
    ranks, reached, picked = [nearest_rank(count, percent) for percent in (50, 90)], 0, list[int]()
    for seconds in sorted(tally):
        reached += tally[seconds]
        while len(picked) < len(ranks) and reached >= ranks[len(picked)]:
            picked.append(seconds)
    mean = sum(seconds * people for seconds, people in tally.items()) / count
    return Spread(count, mean, picked[0], picked[1])


@dataclass(frozen=True)
class Share:
    """`met` of `of` people."""

    met: int
    of: int

    @property
    def percent(self) -> int | None:
        """Rounded to a whole per cent; None of nobody."""
        return round(100 * self.met / self.of) if self.of else None


@dataclass(frozen=True)
class Kept:
    """How far off the promised wait was on average, in seconds, and of how many people its range held."""

    mean_error: float
    held: Share


@dataclass(frozen=True)
class Counts:
    """People of some visits: numbers taken, visits done, the parts of two shares (`met` of `judged`, `held` of `told`), `error`
    in seconds of all who were told, and visits that ended because papers were missing."""

    taken: int = 0
    served: int = 0
    met: int = 0
    judged: int = 0
    missing: int = 0
    told: int = 0
    held: int = 0
    error: int = 0

    @classmethod
    def sum_of(cls, counts: Iterable[Counts]) -> Counts:
        """All of them together."""
        rows = list(counts)
        return cls(*(sum(getattr(row, field.name) for row in rows) for field in fields(cls)))

    @property
    def punctual(self) -> Share:
        """Of punctual booked people, who were called on time."""
        return Share(self.met, self.judged)

    @property
    def kept(self) -> Kept | None:
        """The promises against the calls."""
        return Kept(self.error / self.told, Share(self.held, self.told)) if self.told else None


@dataclass(frozen=True)
class Figures:
    """The figures of some visits: numbers taken, visits done, times in seconds, bookings called on time, papers missing."""

    taken: int
    served: int
    wait: Spread | None
    service: Spread | None
    punctual: Share
    missing: int
    kept: Kept | None

    @classmethod
    def of(cls, counts: Counts, wait: Spread | None = None, service: Spread | None = None) -> Figures:
        """Counted people and their times."""
        return cls(counts.taken, counts.served, wait, service, counts.punctual, counts.missing, counts.kept)


@dataclass(frozen=True)
class Ratings:
    """How many people gave each score; `counts[0]` is "Rất không hài lòng", `counts[4]` "Rất hài lòng"."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @classmethod
    def sum_of(cls, ratings: Iterable[Ratings]) -> Ratings:
        """All of them together."""
        one, two, three, four, five = (sum(column) for column in zip((0,) * 5, *(each.counts for each in ratings), strict=True))
        return cls((one, two, three, four, five))

    @property
    def people(self) -> int:
        """How many rated."""
        return sum(self.counts)

    @property
    def content(self) -> Share:
        """Who were content or very content."""
        return Share(self.counts[3] + self.counts[4], self.people)
