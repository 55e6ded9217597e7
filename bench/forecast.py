"""What one forecast costs: 60 waiting at 5 counters, 12 services, 40 bookings still expected. `python -m bench.forecast`"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta

from queueing.forecast_rules import Desk, Expected, Scene, Serving, courses_for, outlook
from queueing.policy import Policy
from queueing.rules import CounterView, Waiting
from queueing.service_times import ServiceTime
from queueing.waiting_rules import Span

OPENS = datetime(2026, 11, 23, 1, tzinfo=UTC)
SERVICES = tuple(f"S{number}" for number in range(12))
SKILLS = (SERVICES[:6], SERVICES[3:9], SERVICES[6:], SERVICES, SERVICES[2:10])
ROUNDS = 40


def minute(count: float) -> datetime:
    """`count` minutes after opening."""
    return OPENS + timedelta(minutes=count)


def scene(people: int = 60, expected: int = 40) -> Scene:
    """A full hall in the middle of a morning."""
    chance, now = random.Random(3), minute(122)
    opening = (Span(minute(0), minute(210)), Span(minute(330), minute(540)))
    return Scene(
        waiting=tuple(_person(number, chance) for number in range(1, people + 1)),
        desks=tuple(
            Desk(CounterView(number, its), opening, serving=Serving(its[0], minute(118))) for number, its in enumerate(SKILLS, 1)
        ),
        log=(),
        policy=Policy(),
        now=now,
        opening=opening,
        times={service: ServiceTime(chance.uniform(5, 15)) for service in SERVICES},
        expected=tuple(Expected(chance.choice(SERVICES), minute(120 + 15 * (number // 3))) for number in range(expected)),
    )


def _person(number: int, chance: random.Random) -> Waiting:
    service = chance.choice(SERVICES)
    if number % 2:
        return Waiting(number, service, minute(60 + number), minute(60 + number), priority=chance.random() < 0.08)
    slot = minute(120 + 15 * (number // 10))
    return Waiting(number, service, slot, minute(100 + number / 3), booked=True, slot_at=slot)


def main() -> None:
    """The CPU time of one forecast, the best and the middle of many."""
    hall = scene()
    outlook(hall, SERVICES)
    spent = []
    for _round in range(ROUNDS):
        started = time.process_time()
        outlook(hall, SERVICES)
        spent.append((time.process_time() - started) * 1000)
    spent.sort()
    courses = courses_for(len(hall.waiting) + len(hall.expected))
    sys.stdout.write(
        f"{len(hall.waiting)} waiting, {len(hall.desks)} counters, {len(hall.expected)} bookings expected, {courses} courses: "
        f"best {spent[0]:.1f} ms, median {spent[ROUNDS // 2]:.1f} ms of CPU\n"
    )


if __name__ == "__main__":
    main()
