"""A day replayed through the functions the counters use: `check_in` at the door, `Line.next_call` at a counter. Pure.

| moment                               | what happens                                                                          |
|--------------------------------------|---------------------------------------------------------------------------------------|
| somebody comes                       | checked in; a booking beyond its tolerance is a walk-in due now; the forecast is told |
| somebody came, or a counter is ready | free counters call: fewest services first, then the longest idle                      |
| outside a counter's hours            | it finishes with who is there and calls nobody                                        |
| after the last closing of a service  | the counters that close then serve on with it: nobody is turned away                  |

The true minutes of a visit serve one purpose: to know when its counter is free again. The rule and the forecaster see only a
`Moment`: the line, the bookings still expected as plain data, the counters with their planned hours and who is there since
when, and what finished visits took. Ticket ids follow from who came when, so the order of the input rows changes nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from queueing.checkin_rules import Booking, check_in, still_expected
from queueing.order_rules import Line
from queueing.policy import Policy
from queueing.rules import Called, CounterView, ServiceId, Waiting, asked_first
from queueing.simulation_files import DayCounter, Person, WardDay
from queueing.waiting_rules import Span

OPENS = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""The opening of the replayed day; only differences to it are ever shown."""


def at(minute: float) -> datetime:
    """The instant `minute` minutes after opening."""
    return OPENS + timedelta(minutes=minute)


def minutes_of(instant: datetime) -> float:
    """Minutes after opening."""
    return (instant - OPENS) / timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """A booking that has not come yet, as plain data."""

    service: ServiceId
    slot_at: datetime


@dataclass(frozen=True, slots=True)
class DeskNow:
    """A counter, open or not: its planned hours of the day and, where somebody is there, for what and since when."""

    view: CounterView
    hours: tuple[Span, ...]
    serving: ServiceId | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What may be known at a moment of the day.

    `finished`: service and minutes of each visit that has ended; `catalogue`: minutes of the services it knows.
    """

    line: Line
    expected: tuple[Expected, ...]
    desks: tuple[DeskNow, ...]
    finished: tuple[tuple[ServiceId, float], ...]
    catalogue: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast, in minutes of waiting from the moment it is told: a median and an 80 % range."""

    median: float
    low: float
    high: float


Forecaster = Callable[[Moment], Mapping[int, Told]]
"""The forecast of each waiting ticket, by its id; who is missing is told nothing."""


@dataclass(frozen=True, slots=True)
class Served:
    """What became of one person. `kind`: `booked` (not late), `late` (booked, but a walk-in by the rule) or `walk_in`.

    All times are minutes after opening; `due`: the arrival of a walk-in, for a booking its slot, or check-in if later.
    """

    person: Person
    kind: str
    arrived: float
    due: float
    counter: str
    called: float
    reason: str
    told: Told | None

    @property
    def wait(self) -> float:
        """Minutes from due to the call; who is called before the hour did not wait."""
        return max(0.0, self.called - self.due)

    @property
    def stay(self) -> float:
        """Minutes from arrival to the call."""
        return self.called - self.arrived


@dataclass(frozen=True, slots=True)
class Replayed:
    """A day replayed: everybody who came, in the order of the calls, and how many never came."""

    served: tuple[Served, ...]
    counters: tuple[DayCounter, ...]
    policy: Policy
    never_came: int


def simulate(day: WardDay, policy: Policy, forecaster: Forecaster | None = None) -> Replayed:
    """Replay `day`. Somebody whose service no counter takes cannot be: the reader of the files refuses that."""
    simulation = _Simulation(day, policy, forecaster)
    simulation.run()
    never = sum(person.arrives is None for person in day.people)
    return Replayed(tuple(simulation.served), day.counters, policy, never)


def opening_of(counters: Iterable[DayCounter]) -> tuple[Span, ...]:
    """When the office is open: while any counter is."""
    joined: list[tuple[float, float]] = []
    for opens, closes in sorted({span for counter in counters for span in counter.spans}):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(Span(at(opens), at(closes)) for opens, closes in joined)


@dataclass
class _Desk:
    """A counter while the day goes on. `free_at` is the truth: nobody who decides ever sees it."""

    id: int
    plan: DayCounter
    last: tuple[str, ...]
    hours: tuple[Span, ...] = field(init=False)
    log: list[Called] = field(default_factory=list)
    serving: Person | None = None
    since: datetime | None = None
    free_at: datetime | None = None
    idle_since: datetime | None = None

    def __post_init__(self) -> None:
        self.hours = tuple(Span(at(opens), at(closes)) for opens, closes in self.plan.spans)

    def view(self, now: datetime) -> CounterView | None:
        """The counter as the rule sees it, None outside its hours; after them it takes what no other counter takes any more."""
        services = self.plan.services
        if not any(span.start <= now < span.end for span in self.hours if span.end):
            services = self.last if now >= at(self.plan.closes) else ()
        return CounterView(self.id, services, self.idle_since) if services else None

    def come_to(self, now: datetime) -> tuple[ServiceId, float] | None:
        """End the visit whose time is over, and open when it is time to; the service and minutes of a visit that ended."""
        if self.serving is None:
            if self.idle_since is None and self.view(now) is not None:
                self.idle_since = now
            return None
        if self.free_at is None or self.free_at > now:
            return None
        ended, self.serving = self.serving, None
        self.since, self.free_at, self.idle_since = None, None, now
        return ended.service, ended.minutes

    def call(self, person: Person, called: Called) -> datetime:
        """Begin a visit; when it will end."""
        self.log.append(called)
        self.serving, self.since, self.idle_since = person, called.called_at, None
        self.free_at = called.called_at + timedelta(minutes=person.minutes)
        return self.free_at


@dataclass
class _Simulation:
    day: WardDay
    policy: Policy
    forecaster: Forecaster | None
    served: list[Served] = field(default_factory=list)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    told: dict[int, Told] = field(default_factory=dict)
    finished: list[tuple[ServiceId, float]] = field(default_factory=list)
    desks: list[_Desk] = field(init=False)
    people: dict[int, Person] = field(init=False)
    bookings: list[tuple[datetime, datetime | None, str]] = field(init=False)
    opening: tuple[Span, ...] = field(init=False)

    def __post_init__(self) -> None:
        counters = sorted(self.day.counters, key=lambda counter: (len(counter.counter), counter.counter))
        last = {s: max(c.closes for c in counters if s in c.services) for counter in counters for s in counter.services}
        self.desks = [_Desk(n, c, tuple(s for s in c.services if last[s] == c.closes)) for n, c in enumerate(counters, 1)]
        people = sorted(self.day.people, key=lambda p: (p.arrives is None, p.arrives or 0.0, p.kind, p.person))
        self.people = {ticket: person for ticket, person in enumerate(people, 1) if person.arrives is not None}
        self.bookings = [
            (at(p.slot), None if p.arrives is None else at(p.arrives), p.service) for p in people if p.slot is not None
        ]
        self.opening = opening_of(counters)

    def run(self) -> None:
        """Go from moment to moment: somebody comes, a visit ends, a counter opens or closes."""
        coming = [(at(person.arrives), ticket) for ticket, person in self.people.items() if person.arrives is not None]
        moments = [moment for moment, _ticket in coming]
        moments += [edge for desk in self.desks for span in desk.hours for edge in (span.start, span.end) if edge is not None]
        heapq.heapify(moments)
        coming.reverse()
        while moments:
            now = heapq.heappop(moments)
            self.finished += [ended for desk in self.desks if (ended := desk.come_to(now))]
            while coming and coming[-1][0] <= now:
                self._come(coming.pop()[1], now)
            for freed in self._call_all(now):
                heapq.heappush(moments, freed)

    def _come(self, ticket: int, now: datetime) -> None:
        self.waiting[ticket] = _ticket(ticket, self.people[ticket], self.policy, now)
        if self.forecaster is not None:
            told = self.forecaster(self._moment(now)).get(ticket)
            if told is not None:
                self.told[ticket] = told

    def _call_all(self, now: datetime) -> list[datetime]:
        """Every free counter calls once; when those that called somebody will be free."""
        views = self._open(now)
        desks = {desk.id: desk for desk in self.desks}
        free = sorted((view for view in views if desks[view.id].serving is None), key=asked_first)
        freed = (self._call(desks[view.id], views, now) for view in free if self.waiting)
        return [moment for moment in freed if moment is not None]

    def _call(self, desk: _Desk, views: tuple[CounterView, ...], now: datetime) -> datetime | None:
        choice = self._line(now, views, desk.log).next_call(desk.id)
        if choice is None:
            return None
        who, person = self.waiting.pop(choice.ticket), self.people[choice.ticket]
        kind = "booked" if who.booked else "walk_in" if person.kind == "walk_in" else "late"
        arrived, due, called = minutes_of(who.checked_in_at), minutes_of(who.due_at), minutes_of(now)
        reason, told = choice.reason.code, self.told.pop(who.id, None)
        self.served.append(Served(person, kind, arrived, due, desk.plan.counter, called, reason, told))
        return desk.call(person, Called(desk.id, who.id, reason, who.booked, who.priority, now, len(self.served)))

    def _moment(self, now: datetime) -> Moment:
        line = self._line(now, self._open(now), [call for desk in self.desks for call in desk.log])
        expected = tuple(
            Expected(service, slot_at)
            for slot_at, arrives, service in self.bookings
            if (arrives is None or arrives > now) and still_expected(slot_at, self.policy, now)
        )
        desks = tuple(
            DeskNow(
                CounterView(desk.id, desk.plan.services, desk.idle_since),
                desk.hours,
                None if desk.serving is None else desk.serving.service,
                desk.since,
            )
            for desk in self.desks
        )
        return Moment(line, expected, desks, tuple(self.finished), self.day.catalogue)

    def _open(self, now: datetime) -> tuple[CounterView, ...]:
        return tuple(view for desk in self.desks if (view := desk.view(now)) is not None)

    def _line(self, now: datetime, counters: tuple[CounterView, ...], log: Iterable[Called]) -> Line:
        return Line(tuple(self.waiting.values()), counters, tuple(log), self.policy, now, self.opening, {})


def _ticket(ticket: int, person: Person, policy: Policy, now: datetime) -> Waiting:
    """The ticket the door makes for somebody who comes now."""
    if person.slot is None:
        return Waiting(ticket, person.service, now, now, priority=person.priority)
    slot_at = at(person.slot)
    arrival = check_in(Booking(slot_at), policy, now, UTC)
    if arrival.outcome in ("on_time", "expected"):
        due_at = arrival.due_at or now
        return Waiting(ticket, person.service, due_at, now, booked=True, slot_at=slot_at, priority=person.priority)
    return Waiting(ticket, person.service, now, now, slot_at=slot_at, priority=person.priority, origin="late")
