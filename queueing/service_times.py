"""How long a visit takes at the counter, learned from the visits of recent days. Pure.

A visit's time is from being called until the counter is free again: that is what those behind it wait for. Learned per
service, robustly, because a forgotten "done" of two hours and a press by mistake are both in every log:

- **Weights**: a visit counts half after `HALF_LIFE_DAYS`; a service that is done differently since last week is learned soon.
- **Median and spread** of the logarithms, weighted: the median, and the width of the middle half in terms of a normal curve. No
  single value moves them far, so nothing has to be thrown away.
- **Few visits**: n of them (weighted) count n / `ENOUGH`; the rest is the catalogue's estimate with `USUAL_SPREAD`. From `ENOUGH`
  on the catalogue says nothing any more.

The result is a lognormal time: `median` minutes, `spread` of its logarithm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt
from statistics import NormalDist

from queueing.rules import ServiceId

DAYS = 28
"""How far back visits are looked at."""
HALF_LIFE_DAYS = 14
ENOUGH = 30
USUAL_SPREAD = 0.5
"""How wide service times of one kind are where nothing is learned yet: the 80 % range is from half to twice the median, about."""
SPREADS = (0.15, 1.0)
SHORTEST = 0.25
"""A visit below a quarter of a minute was a press by mistake and counts as this."""

BEYOND = 0.999

_NORMAL = NormalDist()
_QUARTER = _NORMAL.inv_cdf(0.75)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of one service that ended on the day `on`: `minutes` from the call until the counter was free.

    `share` is how many times as long as one person's it was planned (a household): its minutes count divided by it.
    """

    service: ServiceId
    on: date
    minutes: float
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """A lognormal time: `median` minutes, `spread` of its logarithm."""

    median: float
    spread: float = USUAL_SPREAD

    @classmethod
    def of_mean(cls, minutes: float, spread: float = USUAL_SPREAD) -> ServiceTime:
        """The time whose mean is `minutes`, as catalogues mean it."""
        return cls(max(minutes, SHORTEST) * exp(-(spread**2) / 2), spread)

    @property
    def mean(self) -> float:
        """Minutes on average."""
        return self.median * exp(self.spread**2 / 2)

    def times(self, share: float) -> ServiceTime:
        """The time of a visit planned `share` times as long."""
        return ServiceTime(self.median * share, self.spread)

    def at(self, normal: float) -> float:
        """The minutes of a visit that lies `normal` widths of a normal curve from the median."""
        return self.median * exp(self.spread * normal)

    def left(self, lasted: float, chance: float) -> float:
        """How many minutes a visit that has lasted `lasted` still takes, in the part `chance` of all such visits.

        Of one that outlasts all others nobody knows; it is taken to last a tenth longer.
        """
        passed = _NORMAL.cdf((log(lasted) - log(self.median)) / self.spread) if lasted > 0 else 0.0
        if passed > BEYOND:
            return lasted / 10
        return max(self.at(_NORMAL.inv_cdf(passed + chance * (1 - passed))) - lasted, 0.0)


def learn(visits: Iterable[Visit], on: date, catalogue: Mapping[ServiceId, float]) -> dict[ServiceId, ServiceTime]:
    """The time of every service of `catalogue` (its minutes) on the day `on`, from the visits of that day and the days before."""
    logs: dict[ServiceId, list[tuple[float, float]]] = defaultdict(list)
    for visit in visits:
        age = (on - visit.on).days
        if 0 <= age <= DAYS:
            logs[visit.service].append((log(max(visit.minutes / visit.share, SHORTEST)), 0.5 ** (age / HALF_LIFE_DAYS)))
    return {service: _learned(logs.get(service, ()), ServiceTime.of_mean(minutes)) for service, minutes in catalogue.items()}


def _learned(logs: Sequence[tuple[float, float]], estimate: ServiceTime) -> ServiceTime:
    weight = sum(weight for _value, weight in logs)
    if not weight:
        return estimate
    effective = weight**2 / sum(weight**2 for _value, weight in logs)
    trust = min(1.0, effective / ENOUGH)
    ordered = sorted(logs)
    middle = _quantile(ordered, weight, 0.5)
    width = (_quantile(ordered, weight, 0.75) - _quantile(ordered, weight, 0.25)) / (2 * _QUARTER)
    spread = sqrt(trust * width**2 + (1 - trust) * estimate.spread**2)
    return ServiceTime(exp(trust * middle + (1 - trust) * log(estimate.median)), min(max(spread, SPREADS[0]), SPREADS[1]))


def _quantile(ordered: Sequence[tuple[float, float]], weight: float, share: float) -> float:
    """The weighted quantile, between the two values around it."""
    target, passed, before = share * weight, 0.0, None
    for value, its in ordered:
        centre = passed + its / 2
        if centre >= target:
            if before is None:
                return value
            (earlier, at), span = before, centre - before[1]
            return earlier + (value - earlier) * (target - at) / span
        before, passed = (value, centre), passed + its
    return ordered[-1][0]
