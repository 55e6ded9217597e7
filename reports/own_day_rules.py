"""A past day of an office as the simulator takes it: its people as they came, its counters as they were open. Pure.

A visit is cut into errands: one for each time somebody was waited for and then served. Each is a person of the replayed day.

| life of the ticket                                            | errands                                              |
|---------------------------------------------------------------|------------------------------------------------------|
| waiting, called, serving, done                                | one, from arrival; its minutes are called and serving |
| waiting, called, serving, held, serving, done                 | one; held time is nobody's at the counter            |
| waiting, called, serving, waiting (further, transferred), ... | one for each counter, the later from when it was left |
| waiting, called, missed, waiting (came back), called, serving | one, from the return                                 |
| waiting, called, waiting (taken back), called, serving        | one, from arrival, with the second call              |
| waiting, called, done ("serve" was never pressed)             | one                                                  |
| waiting, cancelled; called, missed, expired                   | none: nobody was served                              |

All times are minutes after 8:00 of the office's day, the hour at which the simulator's day begins, so that hours stay hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from queueing.simulation_files import DayCounter, Kind, Person, WardDay
from reports.fact_rules import Stretch

STARTS_AT = 8
"""The hour that is minute 0."""
SHORTEST_SPAN = 1.0
BY_BOOKING = ("on_time", "expected", "late")
"""What a ticket's `arrival` is when it came with its own booking; somebody else's gives no slot."""
Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Came:
    """A ticket of the day; the counters of its stretches are numbers of counters."""

    ticket: int
    arrived_at: datetime
    slot_at: datetime | None
    arrival: str | None
    priority: bool
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """That a counter opened, or paused or closed."""

    minute: float
    opened: bool


@dataclass(frozen=True, slots=True)
class Errand:
    """Somebody waited for a counter since `since`, was called at `called_at`, and was there for `minutes`."""

    service: int
    counter: int
    since: datetime
    called_at: datetime
    ended_at: datetime
    minutes: float


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A past day. `waited`: minutes each of its people really waited; `worked`: minutes each counter was busy."""

    on: str
    day: WardDay
    waited: tuple[float, ...]
    worked: Mapping[str, float]


def errands(stretches: Sequence[Stretch]) -> list[Errand]:
    """What was done for a ticket, in order; see the table above."""
    found: list[Errand] = []
    since: datetime | None = None
    desk: list[Stretch] = []
    before = ""
    for stretch in stretches:
        if stretch.state == "waiting":
            if _served(desk):
                found.append(_errand(since, desk))
                since = None
            if since is None or before == "missed":
                since = stretch.since
            desk = []
        elif stretch.state in ("called", "serving") and stretch.until is not None and stretch.counter is not None:
            desk.append(stretch)
        before = stretch.state
    if _served(desk) or (desk and before == "done"):
        found.append(_errand(since, desk))
    return found


def _served(desk: Iterable[Stretch]) -> bool:
    return any(stretch.state == "serving" for stretch in desk)


def _errand(since: datetime | None, desk: Sequence[Stretch]) -> Errand:
    first, last = desk[0], desk[-1]
    busy = sum((stretch.until - stretch.since for stretch in desk if stretch.until), timedelta(0))
    ended = last.until or last.since
    return Errand(last.service, last.counter or 0, since or first.since, first.since, ended, busy / timedelta(minutes=1))


def open_spans(marks: Iterable[Mark], worked: Spans, hours: Spans) -> Spans:
    """When a counter was open: by what the log says, else from its first call to its last finish.

    A counter nobody closed was open until the office closed. Outside the office's hours (an officer who did not press pause at
    noon) it called nobody; without hours of that day, or where it worked outside them alone, nothing is cut.
    """
    end = max([until for _since, until in (*worked, *hours)], default=0.0)
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for mark in marks:
        if mark.opened and since is None:
            since = mark.minute
        elif not mark.opened and since is not None:
            spans.append((since, mark.minute))
            since = None
    if since is not None:
        spans.append((since, end))
    if not spans and worked:
        spans = [(min(since for since, _until in worked), end if not hours else max(until for _since, until in worked))]
    spans = [(since, until) for since, until in spans if until - since >= SHORTEST_SPAN]
    return common(spans, hours) or tuple(spans)


def common(spans: Iterable[tuple[float, float]], others: Iterable[tuple[float, float]]) -> Spans:
    """The time in both, in order."""
    others = list(others)
    cut = ((max(a, c), min(b, d)) for a, b in spans for c, d in others)
    return tuple(sorted((since, until) for since, until in cut if until - since >= SHORTEST_SPAN))


def own_day(
    starts_at: datetime,
    came: Iterable[Came],
    marks: Mapping[int, Sequence[Mark]],
    skills: Mapping[int, Sequence[int]],
    hours: Spans,
) -> OwnDay:
    """The day whose minute 0 is `starts_at`. A counter takes what it takes today and what it was seen to do that day."""

    def minute(at: datetime) -> float:
        return round((at - starts_at) / timedelta(minutes=1), 1)

    people, waited = list[Person](), list[float]()
    worked: dict[int, list[tuple[float, float]]] = defaultdict(list)
    busy: dict[str, float] = defaultdict(float)
    did: dict[int, list[int]] = defaultdict(list)
    for ticket in came:
        for number, errand in enumerate(errands(ticket.stretches)):
            slot_at = _slot(ticket, errand) if number == 0 else None
            slot, minutes = (None if slot_at is None else minute(slot_at)), round(max(0.1, errand.minutes), 1)
            kind: Kind = "walk_in" if slot is None else "booked"
            name, service = f"{ticket.ticket}.{number}", str(errand.service)
            people.append(Person(name, kind, service, minute(errand.since), slot, minutes, ticket.priority))
            due_at = errand.since if slot_at is None or ticket.arrival == "late" else max(errand.since, slot_at)
            waited.append(max(0.0, minute(errand.called_at) - minute(due_at)))
            worked[errand.counter].append((minute(errand.called_at), minute(errand.ended_at)))
            busy[str(errand.counter)] += minutes
            did[errand.counter].append(errand.service)
    opened = (number for number, its in marks.items() if any(mark.opened for mark in its))
    counters = [
        DayCounter(str(number), tuple(str(service) for service in services), spans)
        for number in sorted({*worked, *opened})
        if (spans := open_spans(marks.get(number, ()), tuple(worked[number]), hours))
        and (services := dict.fromkeys((*skills.get(number, ()), *did[number])))
    ]
    taken = {service for counter in counters for service in counter.services}
    possible = WardDay(tuple(person for person in people if person.service in taken), tuple(counters))
    return OwnDay(starts_at.date().isoformat(), possible, tuple(waited), dict(busy))


def _slot(ticket: Came, errand: Errand) -> datetime | None:
    """The hour the person was booked for; who was missed and came back is a walk-in from then on."""
    own = ticket.arrival in BY_BOOKING and errand.since <= ticket.arrived_at
    return ticket.slot_at if own else None
