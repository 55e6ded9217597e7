"""The days a simulation replays, and the files they come from: `people.csv`, `counters.json`, `policy.json`.

All times are minutes after opening. What cannot be meant is refused with the file, the line and one sentence (`BadFile`).

| file            | what a row or entry holds                                                                              |
|-----------------|--------------------------------------------------------------------------------------------------------|
| `people.csv`    | `person,kind,service,arrives,slot,minutes,priority`; kind `booked` or `walk_in`; arrives empty: never came |
| `counters.json` | `[{"counter": "1", "services": ["A"], "opens": 0, "closes": 210}]`, or `"intervals": [[0, 120], [150, 210]]` |
| `policy.json`   | `order, early, late, lead, guard, ratio, priority, interleave`: any of them; the rest is the default      |
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, Literal, TextIO

from queueing.policy import Policy

Kind = Literal["booked", "walk_in"]
PEOPLE_HEADER = ("person", "kind", "service", "arrives", "slot", "minutes", "priority")
POLICY_NAMES = ("order", "early", "late", "lead", "guard", "ratio", "priority", "interleave")
EARLIEST, LATEST = -480.0, 900.0
"""A day is a day: minutes before and after opening between which somebody may come."""


class BadFile(ValueError):
    """What is wrong with a file: one sentence that begins with the file and, where there is one, the line."""

    def __init__(self, file: str, line: int | None, sentence: str) -> None:
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {sentence}")


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a day. `arrives` None: never came. `slot`: for booked people only. `minutes`: the true service time."""

    person: str
    kind: Kind
    service: str
    arrives: float | None
    slot: float | None
    minutes: float
    priority: bool = False


@dataclass(frozen=True, slots=True)
class DayCounter:
    """One counter of a day: the services it takes, in its own order, and when it is open (separate spans, in order)."""

    counter: str
    services: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]

    @property
    def closes(self) -> float:
        """When it closes for the day."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class WardDay:
    """A whole day. `catalogue`: what the catalogue says a service takes, as far as known; never the true times."""

    people: tuple[Person, ...]
    counters: tuple[DayCounter, ...]
    catalogue: Mapping[str, float] = field(default_factory=dict)


# --- writing ----------------------------------------------------------------------------------------------------------


def write_people(people: Iterable[Person], file: TextIO) -> None:
    """`people.csv`."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(PEOPLE_HEADER)
    for p in people:
        rows.writerow((p.person, p.kind, p.service, _text(p.arrives), _text(p.slot), _text(p.minutes), int(p.priority)))


def write_counters(counters: Iterable[DayCounter], file: TextIO) -> None:
    """`counters.json`."""
    entries = [
        {"counter": c.counter, "services": list(c.services), "intervals": [[_short(a), _short(b)] for a, b in c.spans]}
        for c in counters
    ]
    file.write("[\n" + ",\n".join("  " + json.dumps(entry) for entry in entries) + "\n]\n")


def _text(value: float | None) -> str:
    return "" if value is None else f"{_short(value)}"


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_day(people: Path, counters: Path) -> WardDay:
    """The day of two files. Raises BadFile, also when nobody takes a service that somebody wants."""
    its = read_counters(counters)
    taken = {service for counter in its for service in counter.services}
    return WardDay(tuple(read_people(people, taken)), tuple(its))


def read_people(path: Path, taken: set[str] | None = None) -> list[Person]:
    """The people of `people.csv`; `taken` are the services counters take. Raises BadFile."""
    found: dict[str, Person] = {}
    with _opened(path) as file:
        rows = csv.DictReader(file, strict=True)
        try:
            missing = [name for name in PEOPLE_HEADER if name not in (rows.fieldnames or ())]
            if missing:
                raise BadFile(str(path), 1, f"the column {missing[0]} is missing; expected {','.join(PEOPLE_HEADER)}")
            for row in rows:
                person = _person(row, str(path), rows.line_num)
                if person.person in found:
                    raise BadFile(str(path), rows.line_num, f"person {person.person} stands there a second time")
                if taken is not None and person.service not in taken:
                    raise BadFile(str(path), rows.line_num, f"no counter takes service {person.service}")
                found[person.person] = person
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadFile(str(path), rows.line_num + 1, f"this is no CSV text: {error}") from error
    return list(found.values())


def _person(row: Mapping[str | None, Any], file: str, line: int) -> Person:
    if None in row or any(row[name] is None for name in PEOPLE_HEADER):
        raise BadFile(file, line, f"a row has {len(PEOPLE_HEADER)} fields: {','.join(PEOPLE_HEADER)}")
    cells = {name: row[name].strip() for name in PEOPLE_HEADER}
    for name in ("person", "service"):
        if not cells[name]:
            raise BadFile(file, line, f"{name} is empty")
    if cells["kind"] not in ("booked", "walk_in"):
        raise BadFile(file, line, f"kind is booked or walk_in, not {cells['kind'] or 'empty'}")
    if cells["priority"] not in ("0", "1"):
        raise BadFile(file, line, f"priority is 0 or 1, not {cells['priority'] or 'empty'}")
    booked = cells["kind"] == "booked"
    if booked != bool(cells["slot"]):
        raise BadFile(file, line, "a booked person has a slot" if booked else "a walk-in has no slot")
    came = bool(cells["arrives"])
    minutes = _number(cells["minutes"], "minutes", file, line) if came or cells["minutes"] else 0.0
    if not 0 <= minutes <= LATEST:
        raise BadFile(file, line, f"minutes are between 0 and {LATEST:g}, not {minutes:g}")
    return Person(
        person=cells["person"],
        kind=cells["kind"],
        service=cells["service"],
        arrives=_instant(cells["arrives"], "arrives", file, line) if came else None,
        slot=_instant(cells["slot"], "slot", file, line) if booked else None,
        minutes=minutes,
        priority=cells["priority"] == "1",
    )


def _number(text: str, name: str, file: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise BadFile(file, line, f"{name} is a number of minutes, not {text or 'empty'}")
    return value


def _instant(text: str, name: str, file: str, line: int) -> float:
    value = _number(text, name, file, line)
    if not EARLIEST <= value <= LATEST:
        raise BadFile(file, line, f"{name} is between {EARLIEST:g} and {LATEST:g} minutes after opening, not {text}")
    return value


def read_counters(path: Path) -> list[DayCounter]:
    """The counters of `counters.json`. Raises BadFile."""
    entries = _json(path)
    if not isinstance(entries, list) or not entries:
        raise BadFile(str(path), None, "a list of at least one counter is expected")
    found: dict[str, DayCounter] = {}
    for number, entry in enumerate(entries, 1):
        counter = _counter(entry, f"{path}, counter {number}")
        if counter.counter in found:
            raise BadFile(str(path), None, f"counter {counter.counter} stands there a second time")
        found[counter.counter] = counter
    return list(found.values())


def _counter(entry: Any, where: str) -> DayCounter:
    if not isinstance(entry, dict) or not isinstance(entry.get("counter"), str | int) or not str(entry["counter"]).strip():
        raise BadFile(where, None, 'an object with "counter", "services", "opens" and "closes" is expected')
    services = entry.get("services")
    if not isinstance(services, list) or not services or not all(isinstance(s, str) and s for s in services):
        raise BadFile(where, None, '"services" is a list of at least one service')
    intervals = entry.get("intervals", [[entry.get("opens"), entry.get("closes")]])
    if not isinstance(intervals, list) or not intervals:
        raise BadFile(where, None, '"intervals" is a list of [opens, closes]')
    spans = sorted(_span(interval, where) for interval in intervals)
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise BadFile(where, None, "its intervals overlap")
    return DayCounter(str(entry["counter"]), tuple(dict.fromkeys(services)), _joined(spans))


def _span(interval: Any, where: str) -> tuple[float, float]:
    numbers = interval if isinstance(interval, list) and len(interval) == 2 else [None]
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and EARLIEST <= n <= LATEST for n in numbers):
        raise BadFile(where, None, f"opens and closes are minutes after opening, between {EARLIEST:g} and {LATEST:g}")
    opens, closes = map(float, numbers)
    if opens >= closes:
        raise BadFile(where, None, f"it closes ({closes:g}) after it opens ({opens:g}), not before")
    return opens, closes


def _joined(spans: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    joined = [spans[0]]
    for opens, closes in spans[1:]:
        if opens == joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return tuple(joined)


def read_policy(path: Path) -> Policy:
    """The policy of `policy.json`. Raises BadFile."""
    entry = _json(path)
    if not isinstance(entry, dict):
        raise BadFile(str(path), None, f"an object with any of {', '.join(POLICY_NAMES)} is expected")
    for name, value in entry.items():
        if name not in POLICY_NAMES:
            raise BadFile(str(path), None, f"{name} is no part of a policy; it has {', '.join(POLICY_NAMES)}")
        if name not in ("order", "priority") and (not isinstance(value, int) or isinstance(value, bool)):
            raise BadFile(str(path), None, f"{name} is a whole number, not {json.dumps(value)}")
    try:
        return Policy(**entry)
    except ValueError as error:
        raise BadFile(str(path), None, str(error)) from error


def _json(path: Path) -> Any:
    with _opened(path) as file:
        try:
            return json.load(file)
        except json.JSONDecodeError as error:
            raise BadFile(str(path), error.lineno, f"this is no JSON: {error.msg}") from error
        except UnicodeDecodeError as error:
            raise BadFile(str(path), None, f"this is no text: {error}") from error


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise BadFile(str(path), None, f"it cannot be read ({error.strerror})") from error
