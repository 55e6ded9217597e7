"""Invented days: seeded, as loaded as they say, with bookings that could have been sold."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import Path
from statistics import mean

import pytest

import queueing
from booking import capacity_rules
from booking.capacity_rules import Plan, Use
from office.hours import OpenSpan
from queueing.simulation_files import WardDay, read_day, write_counters, write_people
from queueing.simulator import at, minutes_of
from queueing.ward_days import KINDS, DayKind, _Sale, generate

SAMPLES = Path(queueing.__file__).parent / "data"
EACH_KIND = pytest.mark.parametrize("name", KINDS)


@cache
def days(name: str, number: int = 20) -> list[WardDay]:
    return [generate(KINDS[name], seed) for seed in range(number)]


@EACH_KIND
def test_a_seed_is_a_day(name: str) -> None:
    assert generate(KINDS[name], 7) == generate(KINDS[name], 7)
    assert generate(KINDS[name], 7).people != generate(KINDS[name], 8).people


@EACH_KIND
@pytest.mark.parametrize("load", [0.6, 0.95])
def test_the_people_who_come_bring_the_work_the_day_is_said_to_have(name: str, load: float) -> None:
    kind = replace(KINDS[name], load=load)
    open_minutes = sum(closes - opens for counter in kind.counters for opens, closes in counter.spans)
    found = [generate(kind, seed) for seed in range(30)]
    worked = [sum(p.minutes for p in day.people if p.arrives is not None) / open_minutes for day in found]
    assert mean(worked) == pytest.approx(load, rel=0.03)


@EACH_KIND
def test_half_of_those_who_come_have_booked_and_a_tenth_of_the_bookings_does_not_come(name: str) -> None:
    people = [person for day in days(name) for person in day.people]
    came = [person for person in people if person.arrives is not None]
    booked = [person for person in people if person.kind == "booked"]
    assert mean(person.kind == "booked" for person in came) == pytest.approx(0.5, abs=0.03)
    assert mean(person.arrives is None for person in booked) == pytest.approx(0.1, abs=0.03)
    assert all(person.arrives is not None for person in people if person.kind == "walk_in")


@EACH_KIND
def test_booked_people_come_about_their_hour_and_walk_ins_rather_at_the_opening(name: str) -> None:
    kind = KINDS[name]
    came = [person for day in days(name) for person in day.people if person.arrives is not None]
    early = [p.slot - p.arrives for p in came if p.slot is not None and p.arrives is not None]
    assert mean(-10 <= minutes <= 10 for minutes in early) > 0.7
    assert 0.005 < mean(minutes < -10 for minutes in early) < 0.05, "some are late"
    opens, closes = kind.counters[0].spans[0]
    walk_ins = [p.arrives for p in came if p.slot is None and p.arrives is not None and p.arrives <= closes]
    first, last = (sum(a <= minute < a + 30 for minute in walk_ins) for a in (opens - 10, closes - 50))
    assert first > 1.3 * last


@EACH_KIND
def test_a_service_takes_its_minutes_on_average_and_never_the_same(name: str) -> None:
    for service, its in KINDS[name].services.items():
        minutes = [p.minutes for day in days(name, 40) for p in day.people if p.service == service]
        assert mean(minutes) == pytest.approx(its.minutes, rel=0.1)
        assert len(set(minutes)) > 50
        assert min(minutes) > 0


def test_an_emptier_day_and_one_without_bookings_can_be_asked_for() -> None:
    kind = KINDS["even"]
    assert len(generate(replace(kind, load=0.5), 1).people) < len(generate(kind, 1).people) * 0.6
    assert all(person.kind == "walk_in" for person in generate(replace(kind, booked=0), 1).people)


class Desk:
    """The same sale by the rules of booking itself."""

    def __init__(self, kind: DayKind) -> None:
        self.kind = kind
        numbers = {counter.counter: number for number, counter in enumerate(kind.counters, 1)}
        self.services = {name: number for number, name in enumerate(kind.services, 1)}
        skills = {
            number: frozenset(numbers[c.counter] for c in kind.counters if name in c.services)
            for name, number in self.services.items()
        }
        spans = {numbers[c.counter]: [OpenSpan(at(opens), at(closes)) for opens, closes in c.spans] for c in kind.counters}
        self.plan = Plan(skills, kind.sold, kind.slot_minutes, {})
        self.slots = capacity_rules.day_slots(spans, kind.slot_minutes)
        self.watched = capacity_rules.groups(skills.values())
        self.uses: dict[datetime, list[Use]] = {slot.starts_at: [] for slot in self.slots}

    def sell(self, service: str, wanted: float) -> float | None:
        ids = frozenset({self.services[service]})
        counters, minutes = self.plan.counters(ids), self.kind.services[service].planned
        nearest = sorted(range(len(self.slots)), key=lambda i: (abs(minutes_of(self.slots[i].starts_at) - wanted), i))
        for index in nearest:
            window = capacity_rules.window(self.slots, index, counters, self.plan, minutes)
            rooms = [
                capacity_rules.room_for(counters, slot, self.plan, self.uses[slot.starts_at], self.watched) for slot in window
            ]
            parts = capacity_rules.spread(rooms, minutes, self.plan.slot_minutes)
            if parts:
                for slot, part in zip(window, parts, strict=False):
                    self.uses[slot.starts_at].append(Use(ids, part, first=slot is window[0]))
                return minutes_of(self.slots[index].starts_at)
        return None


@EACH_KIND
def test_a_day_has_no_booking_that_booking_would_not_have_sold(name: str) -> None:
    """The generator stands below booking and cannot ask it; so both sell the same wishes here until nothing is left."""
    kind, chance = KINDS[name], random.Random(5)
    ours, theirs = _Sale(kind), Desk(kind)
    starts = [start for start, _end in ours.slots]
    assert starts == [minutes_of(slot.starts_at) for slot in theirs.slots]
    wishes = [(chance.choice(list(kind.services)), chance.choice(starts)) for _ in range(60)] * 3
    sold = [ours.sell(*wish) for wish in wishes]
    assert sold == [theirs.sell(*wish) for wish in wishes]
    assert None in sold, "nothing was sold out, so nothing was shown"
    assert sum(slot is not None for slot in sold) > 30


def test_a_long_service_is_not_sold_beyond_its_two_counters() -> None:
    kind = KINDS["long"]
    for day in days("long", 40):
        sold = sum(kind.services["L"].planned for person in day.people if person.kind == "booked" and person.service == "L")
        assert sold <= 0.6 * 2 * 210


@EACH_KIND
def test_the_sample_days_are_what_the_generator_makes_and_can_be_read_back(name: str) -> None:
    day = generate(KINDS[name], 1)
    people, counters = SAMPLES / f"{name}-people.csv", SAMPLES / f"{name}-counters.json"
    for path, write, what in ((people, write_people, day.people), (counters, write_counters, day.counters)):
        text = StringIO()
        write(what, text)  # type: ignore[operator]
        assert path.read_text() == text.getvalue()
    read = read_day(people, counters)
    assert (read.people, read.counters) == (day.people, day.counters)
