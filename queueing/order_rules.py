"""The whole line in the order it will be called, by asking the rule again and again. Pure.

The replay lets time pass: each counter calls, is busy for the service's usual minutes, and calls again, so a booking of
09:15 stands among the walk-ins where its turn will come, not at the end until the minute it becomes due.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from queueing.policy import Policy
from queueing.rules import (
    Called,
    Choice,
    CounterView,
    People,
    ServiceId,
    Standing,
    Turns,
    Waiting,
    asked_first,
    choose,
    standing,
    takers_of,
    turns_of,
)
from queueing.waiting_rules import Span, waited_open_minutes

NO_COUNTER = 0
"""The counter of a place in the line that no open counter takes."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the line: who, when about, at which counter of now (`NO_COUNTER`: none that is open), and why."""

    who: Waiting
    counter: int
    about_at: datetime
    choice: Choice


def line_order(
    line: Iterable[Waiting],
    counters: Sequence[CounterView],
    log: Sequence[Called],
    policy: Policy,
    now: datetime,
    opening: Sequence[Span],
    minutes: Mapping[ServiceId, float] | None = None,
) -> list[Place]:
    """Everybody of `line`, once, in calling order.

    `counters` are those that call now. `minutes` is the usual length of each service; without it nothing takes time and the
    order is the one of this very moment. People no counter takes follow at the end, by the same rule.
    """
    known = minutes or {}
    return Line(tuple(line), tuple(counters), tuple(log), policy, now, tuple(opening), known).order()


def _everybody(replay: Replay, counters: Sequence[CounterView], log: Sequence[Called]) -> list[Place]:
    """Whom the counters call, then those whom none of them takes."""
    places, left = replay.run(counters, log), replay.left
    if left:
        for key, person in left.items():
            left[key] = replace(person, who=replace(person.who, only_counter=None))
        services = dict.fromkeys(sorted((p.who.service for p in left.values()), key=str))
        places += replace(replay, ready=None).run([CounterView(NO_COUNTER, tuple(services))], ())
    return places


def ahead_of_each(
    order: Sequence[Place], counters: Sequence[CounterView], closed: Sequence[CounterView] = ()
) -> dict[int, int]:
    """For each ticket: how many before it compete with it, that is, may be called by at least one same counter.

    `counters` are open. Where none of them takes a ticket (before opening, over lunch), the `closed` ones that would
    take it count; where none at all takes it, those of its own service.
    """
    reaches: list[tuple[int, int, ServiceId]] = []
    ahead: dict[int, int] = {}
    for place in order:
        now, later = _reach(counters, place.who), _reach((*counters, *closed), place.who)
        service = place.who.service
        ahead[place.who.id] = sum(
            1 for their_now, their_later, its in reaches if (now & their_now if now else later & their_later) or its == service
        )
        reaches.append((now, later, service))
    return ahead


def _reach(counters: Sequence[CounterView], who: Waiting) -> int:
    return sum(1 << bit for bit, counter in enumerate(counters) if counter.takes(who))


@dataclass(frozen=True)
class Line:
    """Everything the rule needs about one moment of an office. `counters` are the open ones.

    How long everybody has waited and whom each counter takes is worked out once, however many ask.
    """

    waiting: tuple[Waiting, ...]
    counters: tuple[CounterView, ...]
    log: tuple[Called, ...]
    policy: Policy
    now: datetime
    opening: tuple[Span, ...]
    minutes: Mapping[ServiceId, float]

    @cached_property
    def standing(self) -> Mapping[int, Standing]:
        """Everybody of the line with the open minutes waited, by ticket."""
        return {who.id: standing(who, self.now, self.opening) for who in self.waiting}

    @cached_property
    def _people(self) -> dict[int, People]:
        return {}

    def _people_of(self, counter: CounterView) -> People:
        if counter.id not in self._people:
            mine = (self.standing[who.id] for who in self.waiting if counter.takes(who))
            self._people[counter.id] = People(counter, mine)
        return self._people[counter.id]

    @cached_property
    def _takers(self) -> Mapping[ServiceId, int]:
        return takers_of(self.counters)

    def next_call(self, counter: int) -> Choice | None:
        """The ticket this counter would call now; None also when it is not open."""
        for view in self.counters:
            if view.id == counter:
                turns = turns_of(self.log, counter)
                return choose(self._people_of(view), turns, self.policy, self.now, takers=self._takers)
        return None

    def how_many_for(self, counter: int) -> int:
        """How many people wait whom this counter may call; none when it is not open."""
        return sum(view.takes(who) for view in self.counters if view.id == counter for who in self.waiting)

    def order(self) -> list[Place]:
        """Everybody in calling order."""
        ready = {counter.id: self._people_of(counter) for counter in self.counters}
        replay = Replay(dict(self.standing), self.policy, self.now, self.opening, self._busy, ready=ready)
        return _everybody(replay, self.counters, self.log)

    def _busy(self, who: Waiting) -> float:
        return self.minutes.get(who.service, 0) if who.minutes is None else who.minutes


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who is not here yet, and when they are thought to stand at the door."""

    at: datetime
    who: Waiting


@dataclass(frozen=True, slots=True)
class Replay:
    """The rule asked again and again while time passes.

    `left` are the waiting, by id; who is called leaves it. `busy` is how many minutes a person occupies a counter. `coming`
    join the line when their time has come, `until` are those of them whose call is awaited, too. `hours` are those of counters
    that do not keep the office's (`opening`). `ready`, by counter: those of `left` whom it takes, for who replays them again.
    """

    left: dict[int, Standing]
    policy: Policy
    now: datetime
    opening: Sequence[Span]
    busy: Callable[[Waiting], float]
    coming: Sequence[Coming] = ()
    until: Collection[int] = ()
    hours: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    ready: Mapping[int, People] | None = None

    def run(self, counters: Sequence[CounterView], log: Sequence[Called]) -> list[Place]:
        """Let `counters` call until nobody of those awaited is for them: everybody called till then, in that order."""
        turns = {counter.id: turns_of(log, counter.id) for counter in counters}
        mine = self.sorted_for(counters)
        views, takers = {counter.id: counter for counter in counters}, takers_of(counters)
        free = [(self._opens(c.free_at or self.now, c.id), asked_first(c), c.id) for c in counters]
        heapq.heapify(free)
        coming = sorted(self.coming, key=lambda one: (one.at, one.who.id), reverse=True)
        places: list[Place] = []
        awaited = {*self.left, *self.until}
        while free and awaited:
            at, asked, counter = heapq.heappop(free)
            while coming and coming[-1].at <= at:
                self._join(coming.pop(), counters, mine)
            place = self._call(mine[counter], turns[counter], takers, at)
            if place is None:
                following = next((one.at for one in reversed(coming) if views[counter].takes(one.who)), None)
                if following is not None:
                    heapq.heappush(free, (self._opens(following, counter), asked, counter))
                continue
            who, reason = place.who, place.choice.reason.code
            places.append(place)
            awaited.discard(who.id)
            for theirs in mine.values():
                theirs.discard(who.id)
            turns[counter] = turns[counter].after(reason, booked=who.booked, priority=who.priority)
            free_at = self._opens(at + timedelta(minutes=self.busy(who)), counter)
            idle = CounterView(counter, views[counter].services, idle_since=free_at)
            heapq.heappush(free, (free_at, asked_first(idle), counter))
        return places

    def sorted_for(self, counters: Sequence[CounterView]) -> Mapping[int, People]:
        """Whom each of these counters takes of those who wait now."""
        if self.ready is not None:
            return {counter.id: self.ready[counter.id].copy() for counter in counters}
        return {c.id: People(c, (person for person in self.left.values() if c.takes(person.who))) for c in counters}

    def _join(self, one: Coming, counters: Sequence[CounterView], mine: Mapping[int, People]) -> None:
        # A wait is measured as of now and grows with the replay: who comes later begins below nothing.
        person = self.left[one.who.id] = Standing(one.who, -self._open_minutes_until(one.at))
        for counter in counters:
            if counter.takes(one.who):
                mine[counter.id].add(person)

    def _call(self, mine: People, turns: Turns, takers: Mapping[ServiceId, int], at: datetime) -> Place | None:
        choice = choose(mine, turns, self.policy, at, self._open_minutes_until(at), takers)
        return None if choice is None else Place(self.left.pop(choice.ticket).who, mine.counter.id, at, choice)

    def _open_minutes_until(self, at: datetime) -> float:
        return waited_open_minutes((Span(self.now),), self.opening, at) if at > self.now else 0.0

    def _opens(self, at: datetime, counter: int) -> datetime:
        """`at`, or the counter's next opening when it is closed then; after its last closing time it serves on."""
        at, hours = max(at, self.now), self.hours.get(counter, self.opening)
        for span in hours:
            if span.start <= at and (span.end is None or at < span.end):
                return at
        return min((span.start for span in hours if span.start > at), default=at)
