"""Which counter might be given which service, and the day on which it takes it. Pure.

All pairs are too many to replay, so those are tried where something may be gained: the services whose people wait long, each
at the counters that have time for it.

| what                                                                                                | tried            |
|-----------------------------------------------------------------------------------------------------|------------------|
| a service, by how many of its people waited at least as long as the 90th percentile of their day, as | the first three  |
| replayed with nothing changed; a wait below SHORTEST_WAIT is not long on any day                      |                  |
| for it a counter, by the share of its open time in which it served nobody, on the days on which it    | the first two    |
| was open and did not take the service; on more than half of all days                                  |                  |

The new service is the last in the counter's own order of preference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from queueing.simulation_files import DayCounter, WardDay
from reports.fact_rules import nearest_rank
from reports.own_day_rules import OwnDay

SERVICES_TRIED, COUNTERS_TRIED = 3, 2
SHORTEST_WAIT = 3.0
"""Minutes: what is shorter need not be made shorter still."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Somebody of a replayed day: for which service, and how many minutes."""

    service: str
    minutes: float


def pairs(days: Sequence[OwnDay], waits: Sequence[Sequence[Waited]]) -> list[tuple[int, str]]:
    """The counters (by number) and services worth trying, at most SERVICES_TRIED x COUNTERS_TRIED; `waits` is by day."""
    long = Counter(each.service for of_day in waits for each in _long(of_day))
    services = sorted(long, key=lambda service: (-long[service], service))[:SERVICES_TRIED]
    return [(counter, service) for service in services for counter in _idlest(days, service)]


def with_skill(day: WardDay, number: int, service: str) -> WardDay | None:
    """The day on which this counter takes the service, too; None where it was not open, or took it already."""
    name = str(number)
    its = next((counter for counter in day.counters if counter.counter == name), None)
    if its is None or service in its.services:
        return None
    more = replace(its, services=(*its.services, service))
    return replace(day, counters=tuple(more if counter is its else counter for counter in day.counters))


def _long(waits: Sequence[Waited]) -> Iterable[Waited]:
    if not waits:
        return ()
    ordered = sorted(each.minutes for each in waits)
    bound = max(SHORTEST_WAIT, ordered[nearest_rank(len(ordered), 90) - 1])
    return (each for each in waits if each.minutes >= bound)


def _idlest(days: Sequence[OwnDay], service: str) -> list[int]:
    """The counters that do not take it, those that had most time first."""
    shares: dict[int, list[float]] = defaultdict(list)
    for own in days:
        for counter in own.day.counters:
            if service not in counter.services:
                shares[int(counter.counter)].append(own.worked.get(counter.counter, 0.0) / _minutes(counter))
    able = {number: sum(its) / len(its) for number, its in shares.items() if len(its) * 2 > len(days)}
    return sorted(able, key=lambda number: (able[number], number))[:COUNTERS_TRIED]


def _minutes(counter: DayCounter) -> float:
    return sum(until - since for since, until in counter.spans)
