"""The figures of every office of the city, from one reading of the visit facts. Reads only.

The database hands over a group's times as one text: a day of the city is 200,000 rows, and to take them one by one costs four
times as much as to count them. Offices come in the order of an index, some at a time, with a turn for others after each.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from office.models import Office
from reports.figures_store import BREATH_S, Scope, counts_of, sums
from reports.models import VisitFact
from reports.rules import Counts, Spread, spread_of, spread_of_tally

GROUPS = 50
"""Read in one go: a day of so many offices, 5 ms and some 15,000 visits, after which others have their turn."""
Times: TypeAlias = "array[int]"
"""Of one office; few enough to be put in order."""
Tally: TypeAlias = Counter[int]
"""How often each time occurred: of all offices together."""


@dataclass(frozen=True)
class CityFigures:
    """Of all offices together, of each (by id), and of each day: its people and their waits."""

    wait: Spread | None
    service: Spread | None
    people: Mapping[int, Counts]
    waits: Mapping[int, Spread]
    services: Mapping[int, Spread]
    taken_on: Mapping[date, int]
    waits_on: Mapping[date, Spread]


def city_figures(session: Session, scope: Scope) -> CityFigures:
    """Of the visits of `scope`, whose offices are all."""
    fact = VisitFact
    read = (
        select(fact.office_id, fact.on, _together(fact.waited_s), _together(fact.served_s), *sums(scope))
        .where(scope.of(fact), fact.office_id.in_(select(Office.id)))  # so that the index of offices and days is taken
        .group_by(fact.office_id, fact.on)
        .execution_options(yield_per=GROUPS)
    )
    people, taken = defaultdict[int, list[Counts]](list), defaultdict[date, int](int)
    waits, services = defaultdict[int, Times](_nothing), defaultdict[int, Times](_nothing)
    waits_on, served_by_all = defaultdict[date, Tally](Tally), Tally()
    for rows in session.execute(read).partitions():
        for office, on, waited, served, *counted in rows:
            counts, wait = counts_of(counted), _apart(waited)
            people[office].append(counts)
            taken[on] += counts.taken
            waits[office] += wait
            waits_on[on].update(wait)
            service = _apart(served)
            services[office] += service
            served_by_all.update(service)
        time.sleep(BREATH_S)  # whoever waits for this process is answered now; a reader holds no lock
    return CityFigures(
        _spread(sum(waits_on.values(), Tally())), _spread(served_by_all),
        {office: Counts.sum_of(each) for office, each in people.items()},
        {office: spread_of(each) for office, each in waits.items() if each},
        {office: spread_of(each) for office, each in services.items() if each},
        {on: tickets for on, tickets in taken.items() if tickets},
        {on: spread_of_tally(each) for on, each in waits_on.items() if each},
    )  # fmt: skip


def _together(column: InstrumentedAttribute[int | None]) -> ColumnElement[str]:
    return func.aggregate_strings(cast(column, String), ",")


def _nothing() -> Times:
    return array("i")


def _apart(text: str | None) -> Times:
    return array("i", map(int, text.split(","))) if text else _nothing()


def _spread(tally: Tally) -> Spread | None:
    return spread_of_tally(tally) if tally else None
