"""The first run of an office: its steps, how far it is, and what is proposed. Pure.

How far an office is stands nowhere: it is read off its set-up, so a step may be left, taken up again, or done on another page.

| step     | is done when                                            | without it              |
|----------|---------------------------------------------------------|-------------------------|
| unit     | there is an address                                     | nobody knows where      |
| fields   | there is a service                                      | cannot be published     |
| counters | there is a counter, and no service without one          | cannot be published     |
| hours    | there are hours                                         | cannot be published     |
| people   | there is an officer at work                             | the head sits alone     |
| devices  | there is a kiosk or a display                           | numbers from the door   |
| printer  | there is a printer in service                           | numbers on the screen   |
| publish  | the office is published                                 | nobody can book         |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.words import fold
from office.hours import Weekly, WeeklySpan
from setup import guard_rules
from setup.change_rules import HOURS, OFFICE, Part, kind_of, name_of

STEPS = ("unit", "fields", "counters", "hours", "people", "devices", "printer", "publish")
MAY_WAIT = ("unit", "people", "devices", "printer")
"""Without these an office can be published all the same."""
COUNTERS_AT_MOST = 30
COUNTERS_USUAL = 5
TAKERS = 2
"""How many counters take a field: one may be at lunch or ill."""
WORKDAYS, SATURDAY, NOON = range(5), 5, 12 * 60


@dataclass(frozen=True)
class Step:
    """A step, and whether it is done."""

    name: str
    done: bool


def progress(setup: Mapping[str, Part], *, printers: int) -> list[Step]:
    """Every step in its order; `printers` are those in service."""
    people = [part for name, part in setup.items() if kind_of(name) == "staff" and part["active"]]
    machines = [part for name, part in setup.items() if kind_of(name) == "device" and not part["revoked"]]
    done = {
        "unit": bool(setup[OFFICE]["address"]),
        "fields": any(True for _part in active_services(setup)),
        "counters": bool(counters(setup)) and not any(guard_rules.untaken(setup)),
        "hours": bool(setup[HOURS]),
        "people": any(part["role"] == "officer" for part in people),
        "devices": any(part["kind"] != "agent" for part in machines),
        "printer": printers > 0,
        "publish": bool(setup[OFFICE]["published"]),
    }
    return [Step(name, done[name]) for name in STEPS]


def where_to_go_on(steps: Sequence[Step]) -> str:
    """The first step that is not done; of a published office the last, which says what is left to do."""
    if steps[-1].done:
        return steps[-1].name
    return next(step.name for step in steps if not step.done)


def beside(step: str, by: int) -> str:
    """The step before (-1) or after (1); the ends stay."""
    return STEPS[min(max(STEPS.index(step) + by, 0), len(STEPS) - 1)]


def active_services(setup: Mapping[str, Part]) -> Iterator[tuple[str, Part]]:
    """Code and fields of each service that is offered, in the order they are read."""
    for name, part in setup.items():
        if kind_of(name) == "service" and part["active"]:
            yield name_of(name), part


def counters(setup: Mapping[str, Part]) -> dict[int, Part]:
    """The counters that there are, by number."""
    found = {int(name_of(name)): part for name, part in setup.items() if kind_of(name) == "counter" and not part["retired"]}
    return dict(sorted(found.items()))


def spread(loads: Mapping[str, float], numbers: Sequence[int]) -> dict[int, list[str]]:
    """Which fields each counter takes: every field at two counters where there are two, the heavy ones first, each to the
    counters that have least so far. A counter left without a field takes the heaviest. `loads` is only compared.

    | fields (load) | counters | 1    | 2    | 3 |
    |---------------|----------|------|------|---|
    | H 4, C 2      | 1        | H, C |      |   |
    | H 4, C 2      | 2        | H, C | H, C |   |
    | H 4, C 2      | 3        | H, C | H    | C |
    """
    taken: dict[int, list[str]] = {number: [] for number in numbers}
    weight = dict.fromkeys(numbers, 0.0)
    heavy_first = sorted(loads, key=lambda field: -loads[field])
    for field in heavy_first:
        for number in sorted(numbers, key=lambda each: weight[each])[:TAKERS]:
            taken[number].append(field)
            weight[number] += loads[field] / min(TAKERS, len(numbers))
    for fields in taken.values():
        if not fields and heavy_first:
            fields.append(heavy_first[0])
    return {number: [field for field in loads if field in fields] for number, fields in taken.items()}


def username_of(name: str, taken: Iterable[str]) -> str:
    """The user name proposed for somebody: the given name and the first letters of the others, "thunt" of Nguyễn Thị Thử;
    with a figure where somebody has it already.
    """
    words = [re.sub(r"[^a-z]", "", word) for word in fold(name).split()]
    words = [word for word in words if word]
    stem = (words[-1] + "".join(word[0] for word in words[:-1]))[:24] if words else ""
    stem = stem if len(stem) >= 3 else f"canbo{stem}"
    others, number = set(taken), 1
    made = stem
    while made in others:
        number += 1
        made = f"{stem}{number}"
    return made


def usual_day(week: Weekly) -> tuple[str, bool] | None:
    """The hours of Monday to Friday as typed, and whether Saturday morning is open; None for a week that is not so simple."""
    first, saturday = week.days[0], week.days[SATURDAY]
    same = all(week.days[day] == first for day in WORKDAYS) and not week.days[6]
    if not same or not first or (saturday and saturday != morning(first)):
        return None
    return ", ".join(map(str, first)), bool(saturday)


def usual_week(day: tuple[WeeklySpan, ...], *, saturday: bool) -> Weekly:
    """Monday to Friday alike, and if wanted Saturday's morning like theirs."""
    return Weekly((*(day for _workday in WORKDAYS), morning(day) if saturday else (), ()))


def morning(day: tuple[WeeklySpan, ...]) -> tuple[WeeklySpan, ...]:
    """What of a day is before noon."""
    return tuple(span for span in day if span.closes <= NOON) or day[:1]
