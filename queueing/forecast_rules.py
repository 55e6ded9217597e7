"""How long somebody will wait: a median and an 80 % range in whole minutes. Pure, and asked of the rule itself.

The rest of the day is played through in a few *courses* by the very replay that orders the line (`order_rules.Replay`): in each,
visits take another of the times they may take, booked people who are still expected come a little sooner, later or not at all,
and the counters call when they are planned to. The answers of one person in all courses are that person's range.

| what is not known                | in the courses                                                                              |
|----------------------------------|---------------------------------------------------------------------------------------------|
| how long a visit will take       | its learned time (`ServiceTime`): every equal part of it in one course                      |
| what is left of a present visit  | the same, of those times that are longer than it has lasted already                         |
| whether a booking comes          | its chance, which falls the longer it lets wait for it (`chance_to_come`)                   |
| when a booking comes             | `AHEAD` minutes before the slot, give or take `AHEAD_SPREAD`; late ones join the walk-ins   |
| when a counter opens             | `Desk.delay` on average (exponential) after it might                                        |

Each uncertain thing takes each part of its chances in exactly one course, in an order of its own (a Latin square), so few courses
say as much as many drawn at random, and the same scene gives the same answer. A long line needs fewer of them: what adds up over
many visits varies less, and the work stays the same (`courses_for`).

`EDGES` say which of the answers are taken as the range. They were fitted on invented days and are judged on others:
docs/forecast.md has both.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from math import ceil, floor, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from queueing.checkin_rules import still_expected
from queueing.order_rules import Coming, Replay, Step
from queueing.policy import Policy
from queueing.rules import Called, CounterView, People, Rule, ServiceId, Standing, Waiting, standing, takers_of, turns_by_counter
from queueing.service_times import ServiceTime
from queueing.waiting_rules import MINUTE, MomentClock, Span, microseconds

COMES = 0.9
"""How many of those who booked come, where an office has not learned it yet."""
AHEAD, AHEAD_SPREAD = 5.0, 6.0
"""How many minutes before the slot a booked person comes on average, and the spread around it."""
SOON = 15 * MINUTE
"""A booking whose slot is so near is awaited in every course: its person may check in any moment and is told the answer."""
FEWEST, MOST, WORK = 4, 12, 420
"""How many courses: `WORK` people may be called in all of them together, within these bounds."""
EDGES = (0.20, 0.88)
"""Which of the answers of all courses are told as the range."""
AT_ONCE = 2
"""The end of the shortest range: an officer presses a key and a person gets up, however idle the counter."""
ORDERS = 61
"""How many different orders of chances there are; a prime, so that neighbours in the line never share one."""

_NORMAL = NormalDist()
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """Whole minutes from now until the call: sooner as likely as later, and the range that holds for 80 of 100 people."""

    median: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Serving:
    """The visit at a counter, called at `since`; `share` as in `service_times.Visit`."""

    service: ServiceId
    since: datetime
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter that calls today or is planned to.

    `hours`: when it calls; after the last of them it serves on. `from_at`: not before, and about `delay` later (a pause, an
    officer who is late). `serving`: who is there now.
    """

    view: CounterView
    hours: tuple[Span, ...]
    from_at: datetime | None = None
    serving: Serving | None = None
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """A booking nobody has checked in for yet. `chance`: how likely such a person comes at all, asked long before the slot.

    `booking` is its id, where its own answer is wanted.
    """

    service: ServiceId
    slot_at: datetime
    share: float = 1.0
    chance: float = COMES
    booking: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a forecast is made from. `shares` are those of households among the waiting, by ticket (`Visit.share`)."""

    waiting: tuple[Waiting, ...]
    desks: tuple[Desk, ...]
    log: tuple[Called, ...]
    policy: Policy
    now: datetime
    opening: tuple[Span, ...]
    times: Mapping[ServiceId, ServiceTime]
    shares: Mapping[int, float] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """The waits by ticket, by service that of a walk-in who takes a number now, and by booking (id) that of one who checks in."""

    waits: Mapping[int, Wait]
    joining: Mapping[ServiceId, Wait]
    booked: Mapping[int, Wait] = field(default_factory=dict)


def forecast(scene: Scene) -> Mapping[int, Wait]:
    """The wait of everybody whom a planned counter takes, by ticket."""
    return outlook(scene, ()).waits


def outlook(scene: Scene, services: Iterable[ServiceId]) -> Outlook:
    """The waits, and those of people who would take a number of these services now."""
    asked = {-number: service for number, service in enumerate(services, 1)}
    answers = {who: _wait(sorted(minutes)) for who, minutes in _answers(scene, asked).items() if len(minutes) > 1}
    bookings = {-index - len(asked) - 1: booking.booking for index, booking in enumerate(scene.expected) if booking.booking}
    return Outlook(
        {who: wait for who, wait in answers.items() if who > 0},
        {asked[who]: wait for who, wait in answers.items() if who in asked},
        {bookings[who]: wait for who, wait in answers.items() if who in bookings},
    )


def courses_for(people: int) -> int:
    """How many courses are played for so many people: a long line varies less and costs more."""
    return min(MOST, max(FEWEST, WORK // max(1, people)))


def chance_to_come(booking: Expected, now: datetime) -> float:
    """How likely somebody who is not here yet still comes: the later it is, the more of those who would come are here."""
    coming = booking.chance * (1 - _come_before(booking, now))
    return coming / (coming + 1 - booking.chance) if coming else 0.0


def _come_before(booking: Expected, now: datetime) -> float:
    return _NORMAL.cdf(((now - booking.slot_at) / _MINUTE + AHEAD) / AHEAD_SPREAD)


def _answers(scene: Scene, asked: Mapping[int, ServiceId]) -> Mapping[int, list[float]]:
    """The minutes until the call, a course each, of everybody who waits or asks, and of bookings called meanwhile."""
    courses = _Courses(scene, asked)
    answers: dict[int, list[float]] = defaultdict(list)
    for number in range(courses.count):
        for at, _counter, person, _code in courses.played(number):
            answers[person.id].append(at / MINUTE)
    return answers


def _wait(minutes: Sequence[float]) -> Wait:
    low, high = (_edge(minutes, share) for share in EDGES)
    median = round((_edge(minutes, 0.5) + sum(minutes) / len(minutes)) / 2)
    return Wait(median, min(floor(low), median), max(ceil(high), median, AT_ONCE))


def _edge(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the chances lie; beyond the outermost ones in proportion to the nearest step."""
    place = share * len(ordered) - 0.5
    index = min(max(floor(place), 0), len(ordered) - 2)
    return max(0.0, ordered[index] + (ordered[index + 1] - ordered[index]) * (place - index))


# --- the courses ------------------------------------------------------------------------------------------------------


@cache
def _chances(count: int) -> tuple[float, ...]:
    """The middles of `count` equal parts of all chances."""
    return tuple((part + 0.5) / count for part in range(count))


@cache
def _normals(count: int) -> tuple[float, ...]:
    """The same on the normal curve, stretched to its full width: middles alone would vary too little."""
    plain = [_NORMAL.inv_cdf(chance) for chance in _chances(count)]
    width = sqrt(sum(value**2 for value in plain) / count)
    return tuple(value / width for value in plain)


@cache
def _orders(count: int) -> tuple[tuple[int, ...], ...]:
    chance = random.Random(count)  # noqa: S311 (the same for everybody, always)
    return tuple(tuple(chance.sample(range(count), count)) for _each in range(ORDERS))


class _Booked(NamedTuple):
    """A booking still expected, with what is the same in every course.

    `chance` that it comes at all, the share of those who come that would have come `before` now, and who stands in the line if
    it comes in time.
    """

    booking: Expected
    chance: float
    before: float
    person: Standing


class _Courses:
    """All courses of a scene. Ids below nothing: first those of the `asked`, then the bookings still expected."""

    def __init__(self, scene: Scene, asked: Mapping[int, ServiceId]) -> None:
        self.scene, self.asked = scene, len(asked)
        self.count = courses_for(len(scene.waiting) + len(scene.expected))
        self.clock = MomentClock(scene.now, scene.opening)
        last = scene.now + timedelta(microseconds=1)  # behind those of this very moment
        asking = [Waiting(key, service, last, last) for key, service in asked.items()]
        self.line = {who.id: self._standing(who) for who in (*scene.waiting, *asking)}
        self.bookings = [self._booked(index, booking) for index, booking in enumerate(scene.expected)]
        self.replay = self._replay()
        self.minutes = {service: [time.at(normal) for normal in _normals(self.count)] for service, time in scene.times.items()}
        self.usual = {service: [microseconds(each) for each in minutes] for service, minutes in self.minutes.items()}
        self.shares = {**scene.shares, **{known.person.id: known.booking.share for known in self.bookings}}

    def played(self, number: int) -> Iterator[Step]:
        """The calls of course `number` until everybody of the line was called."""
        scene, parts = self.scene, [order[number] for order in _orders(self.count)]
        coming = [one for index, known in enumerate(self.bookings) if (one := self._coming(index, known, parts)) is not None]
        soon = [one.person.id for one in coming if one.person.who.booked and one.person.slot <= SOON]
        free_at = {desk.view.id: self.clock.at(at) for desk in scene.desks if (at := self._free_at(desk, parts)) is not None}
        return self.replay.run(dict(self.line), self._busy(parts), free_at, coming, soon)

    def _standing(self, who: Waiting) -> Standing:
        return standing(who, self.scene.policy, self.clock)

    def _booked(self, index: int, booking: Expected) -> _Booked:
        now, slot_at = self.scene.now, booking.slot_at
        who = Waiting(-index - self.asked - 1, booking.service, slot_at, slot_at, booked=True, slot_at=slot_at)
        return _Booked(booking, chance_to_come(booking, now), _come_before(booking, now), self._standing(who))

    def _replay(self) -> Replay:
        scene, views = self.scene, [desk.view for desk in self.scene.desks]
        takers, hours = takers_of(views), {desk.view.id: desk.hours for desk in scene.desks}
        people = [People(view, self.line, takers) for view in views]
        return Replay(Rule(scene.policy, self.clock), people, turns_by_counter(scene.log), hours)

    def _busy(self, parts: Sequence[int]) -> Callable[[Standing], int]:
        """How long a visit lasts: in this course `parts` says which part of its chances an uncertain thing takes, by its key."""
        asked, minutes, usual, shares = self.asked, self.minutes, self.usual, self.shares

        def busy(person: Standing) -> int:
            if -asked <= person.id < 0:
                return 0  # Who only asks takes nobody's time.
            service, part, share = person.who.service, parts[person.id % ORDERS], shares.get(person.id, 1.0)
            return usual[service][part] if share == 1.0 else microseconds(minutes[service][part] * share)

        return busy

    def _free_at(self, desk: Desk, parts: Sequence[int]) -> datetime | None:
        free_at = desk.from_at
        if free_at is not None and desk.delay:
            # As long again however long it has taken: nobody has said when it ends.
            free_at -= log(1 - _chances(self.count)[parts[(desk.view.id + 29) % ORDERS]]) * desk.delay
        if desk.serving is not None:
            time, lasted = self.scene.times[desk.serving.service], (self.scene.now - desk.serving.since) / _MINUTE
            left = time.times(desk.serving.share).left(lasted, _chances(self.count)[parts[(desk.view.id + 17) % ORDERS]])
            free_at = max(self.scene.now + left * _MINUTE, free_at or self.scene.now)
        return free_at

    def _coming(self, index: int, known: _Booked, parts: Sequence[int]) -> Coming | None:
        chances, now, slot_at = _chances(self.count), self.scene.now, known.booking.slot_at
        if chances[parts[(5 * index + 1) % ORDERS]] >= known.chance:
            return None
        later = known.before + (1 - known.before) * chances[parts[(3 * index + 2) % ORDERS]]
        minutes = _NORMAL.inv_cdf(min(later, 1 - 1e-9)) * AHEAD_SPREAD - AHEAD
        at = max(slot_at + minutes * _MINUTE, now)
        if at > slot_at and not still_expected(slot_at, self.scene.policy, at):
            return Coming(self.clock.at(at), self._standing(Waiting(known.person.id, known.booking.service, at, at)))
        return Coming(self.clock.at(at), known.person.arriving(self.clock.at(at)))
