"""The own days of an office replayed with one thing changed, and what may be said of it. Pure.

| tried (`Variation`)  | the day that is replayed                                                                            |
|----------------------|-----------------------------------------------------------------------------------------------------|
| more, an hour        | one more counter in that hour of the open time, with the skills of that day's busiest counter        |
| fewer, an hour       | without the counter that worked least that day of those open in that hour; not where it was alone, or |
|                      | where nobody would take a service any more                                                           |
| late, minutes        | with that tolerance of booked people who come late                                                   |
| lead, minutes        | with booked people called so long before their hour at most                                          |
| skill, a counter     | with that counter taking one more service: which ones are tried says skill_rules.py                  |

A day's figures are its longest wait and its 90th percentile. They differ from day to day by chance, so a change counts on a day
only when it is at least CLEAR_MINUTES and CLEAR_SHARE of what it was:

| on the days                                                                  | verdict  |
|------------------------------------------------------------------------------|----------|
| clearly shorter on more than half of them, and so is the median               | shorter  |
| clearly longer on more than half of them, and so is the median                | longer   |
| moved by less than STILL_MINUTES on more than half of them and in the median,  | same     |
| clearly on none                                                              |          |
| anything else                                                                | unclear  |

The verdict on what was tried is that on the longest wait, else that on the percentile; when one gets shorter and the other
longer, be it in the median alone, it is unclear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from queueing.policy import Policy
from queueing.simulation_files import DayCounter, WardDay
from queueing.simulator import simulate
from reports import skill_rules
from reports.fact_rules import nearest_rank
from reports.own_day_rules import STARTS_AT, OwnDay, Spans, common
from reports.skill_rules import Waited

Kind = Literal["more", "fewer", "late", "lead", "skill"]
Verdict = Literal["shorter", "longer", "same", "unclear"]
CLEAR_MINUTES, CLEAR_SHARE, STILL_MINUTES = 3.0, 0.15, 1.0
SHORTEST_BAND = 15.0
"""An hour with less open time than this is not worth a counter."""
FEWEST_DAYS = 3
LATE, LEAD = (8, 12), (0, 10)
EXTRA = "extra"
"""The name of the counter there was not; longer than a number, so the simulator puts it behind the others."""
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Variation:
    """What is tried: an hour of the clock, minutes, or a counter's number and the service (id) it takes as well."""

    kind: Kind
    value: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it, in medians of `days` days of minutes: (as it was, as it would have been)."""

    kind: Kind
    value: int
    days: int
    longest: Pair
    p90: Pair
    verdict: Verdict
    service: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was tried. `waited` are the medians of the longest wait and the percentile as they really were."""

    days: int
    first: str
    last: str
    people: int
    late: int
    lead: int
    waited: Pair
    replayed: Pair
    tried: tuple[Tried, ...]


def findings(days: Sequence[OwnDay], policy: Policy) -> Findings:
    """Replay `days` (at least one) under `policy` as they were and with each variation."""
    waits = [[Waited(each.person.service, each.wait) for each in simulate(own.day, policy).served] for own in days]
    base = [_of(each.minutes for each in of_day) for of_day in waits]
    skills = [Variation("skill", counter, service) for counter, service in skill_rules.pairs(days, waits)]
    tried = (_tried(variation, days, base, policy) for variation in [*variations(days, policy), *skills])
    waited = [_of(own.waited) for own in days]
    on, people = sorted(own.on for own in days), sum(len(own.day.people) for own in days)
    found = tuple(each for each in tried if each is not None)
    return Findings(len(days), on[0], on[-1], people, policy.late, policy.lead, _medians(waited), _medians(base), found)


def variations(days: Sequence[OwnDay], policy: Policy) -> list[Variation]:
    """What is worth trying whoever waits for what: hours open on more than half of the days, settings that are not so already."""
    bands = [hour for hour in range(24) if sum(_in_band(_open(own.day), hour) != () for own in days) * 2 > len(days)]
    kinds: tuple[Kind, ...] = ("more", "fewer")
    found = [Variation(kind, hour) for kind in kinds for hour in bands]
    found += [Variation("late", minutes) for minutes in LATE if minutes != policy.late]
    return found + [Variation("lead", minutes) for minutes in LEAD if min(minutes, policy.early) != policy.lead]


def changed(own: OwnDay, policy: Policy, variation: Variation) -> tuple[WardDay, Policy] | None:
    """The day and the policy with one thing changed; None where that cannot be tried on this day."""
    if variation.kind == "late":
        return own.day, replace(policy, late=variation.value)
    if variation.kind == "lead":
        return own.day, replace(policy, lead=variation.value)
    if variation.kind == "skill":
        day = skill_rules.with_skill(own.day, variation.value, variation.service)
    else:
        day = _one_more(own, variation.value) if variation.kind == "more" else _one_fewer(own, variation.value)
    return None if day is None else (day, policy)


def verdict(pairs: Sequence[Pair]) -> Verdict:
    """What may be said of one figure: (as it was, as it would have been) for each day. See the table above."""
    before, after = _medians(pairs)
    moves, whole = [_moved(*pair) for pair in pairs], _moved(before, after)
    if moves.count(-1) * 2 > len(pairs) and whole == -1:
        return "shorter"
    if moves.count(1) * 2 > len(pairs) and whole == 1:
        return "longer"
    still = [abs(new - old) < STILL_MINUTES for old, new in pairs]
    same = sum(still) * 2 > len(pairs) and abs(after - before) < STILL_MINUTES and not any(moves)
    return "same" if same else "unclear"


def together(longest: Verdict, p90: Verdict) -> Verdict:
    """The verdict on what was tried, from those on its two figures."""
    if {longest, p90} == {"shorter", "longer"}:
        return "unclear"
    for clear in (longest, p90):
        if clear in ("shorter", "longer"):
            return clear
    return "same" if longest == p90 == "same" else "unclear"


def _moved(before: float, after: float) -> int:
    change = after - before
    if abs(change) < max(CLEAR_MINUTES, CLEAR_SHARE * before):
        return 0
    return 1 if change > 0 else -1


def _tried(variation: Variation, days: Sequence[OwnDay], base: Sequence[Pair], policy: Policy) -> Tried | None:
    longest, p90 = list[Pair](), list[Pair]()
    for own, before in zip(days, base, strict=True):
        its = changed(own, policy, variation)
        if its is None:
            continue
        unmoved = its[0] is own.day and all(person.slot is None for person in own.day.people)
        after = before if unmoved else _figures(*its)  # a setting of bookings, on a day without any
        longest.append((before[0], after[0]))
        p90.append((before[1], after[1]))
    if len(longest) * 2 <= len(days):
        return None
    what = together(verdict(longest), verdict(p90))
    moves = {_moved(*_medians(longest)), _moved(*_medians(p90))}
    if moves == {-1, 1}:  # a sentence that says "longer" and shows a shorter median is believed by nobody
        what = "unclear"
    return Tried(variation.kind, variation.value, len(longest), _medians(longest), _medians(p90), what, variation.service)


def _figures(day: WardDay, policy: Policy) -> Pair:
    return _of(person.wait for person in simulate(day, policy).served)


def _of(waits: Iterable[float]) -> Pair:
    """The longest wait and the 90th percentile."""
    ordered = sorted(waits)
    return (ordered[-1], ordered[nearest_rank(len(ordered), 90) - 1]) if ordered else (0.0, 0.0)


def _medians(pairs: Sequence[Pair]) -> Pair:
    return round(median(one for one, _other in pairs), 1), round(median(other for _one, other in pairs), 1)


# --- counters ---------------------------------------------------------------------------------------------------------


def _one_more(own: OwnDay, hour: int) -> WardDay | None:
    """The day with one more counter in this hour, as far as the office was open."""
    spans = _in_band(_open(own.day), hour)
    if not spans:
        return None
    busiest = max(own.day.counters, key=lambda counter: (own.worked.get(counter.counter, 0.0), counter.counter))
    return replace(own.day, counters=(*own.day.counters, DayCounter(EXTRA, busiest.services, spans)))


def _one_fewer(own: OwnDay, hour: int) -> WardDay | None:
    """The day without one counter in this hour; None when there is none that could have been spared."""
    there = [counter for counter in own.day.counters if _in_band(counter.spans, hour)]
    if len(there) < 2:
        return None
    wanted = {person.service for person in own.day.people}
    for spared in sorted(there, key=lambda counter: (own.worked.get(counter.counter, 0.0), counter.counter)):
        rest = _without(spared, hour)
        counters = tuple(rest if counter is spared else counter for counter in own.day.counters)
        left = tuple(counter for counter in counters if counter.spans)
        if wanted <= {service for counter in left for service in counter.services}:
            return replace(own.day, counters=left)
    return None


def _without(counter: DayCounter, hour: int) -> DayCounter:
    begins, ends = _band(hour)
    return replace(counter, spans=common(counter.spans, ((float("-inf"), begins), (ends, float("inf")))))


def _open(day: WardDay) -> Spans:
    """When any counter was open; touching and overlapping spans joined."""
    joined: list[tuple[float, float]] = []
    for since, until in sorted(span for counter in day.counters for span in counter.spans):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return tuple(joined)


def _in_band(spans: Spans, hour: int) -> Spans:
    """The part of the spans in this hour; nothing when it is too little to count."""
    within = common(spans, (_band(hour),))
    return within if sum(until - since for since, until in within) >= SHORTEST_BAND else ()


def _band(hour: int) -> tuple[float, float]:
    begins = 60.0 * (hour - STARTS_AT)
    return begins, begins + 60.0
