"""The whole line in the order it will be called, by asking the rule again and again. Pure.

The replay lets time pass: each counter calls, is busy for the service's usual minutes, and calls again, so a booking of
09:15 stands among the walk-ins where its turn will come, not at the end until the minute it becomes due.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from queueing.policy import Policy
from queueing.rules import (
    Called,
    Choice,
    CounterView,
    ServiceId,
    Standing,
    Turns,
    Waiting,
    asked_first,
    decide,
    next_call,
    standing,
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
    left = {who.id: standing(who, now, opening) for who in line}
    replay = _Replay(left, policy, now, opening, minutes or {})
    places = replay.run(counters, log)
    if left:
        for key, person in left.items():
            left[key] = replace(person, who=replace(person.who, only_counter=None))
        services = dict.fromkeys(sorted((p.who.service for p in left.values()), key=str))
        places += replay.run([CounterView(NO_COUNTER, tuple(services))], ())
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


@dataclass(frozen=True, slots=True)
class Line:
    """Everything the rule needs about one moment of an office. `counters` are the open ones."""

    waiting: tuple[Waiting, ...]
    counters: tuple[CounterView, ...]
    log: tuple[Called, ...]
    policy: Policy
    now: datetime
    opening: tuple[Span, ...]
    minutes: Mapping[ServiceId, float]

    def next_call(self, counter: int) -> Choice | None:
        """The ticket this counter would call now; None also when it is not open."""
        for view in self.counters:
            if view.id == counter:
                return next_call(self.waiting, view, self.log, self.policy, self.now, self.opening)
        return None

    def order(self) -> list[Place]:
        """Everybody in calling order."""
        return line_order(self.waiting, self.counters, self.log, self.policy, self.now, self.opening, self.minutes)


@dataclass(frozen=True, slots=True)
class _Replay:
    left: dict[int, Standing]
    policy: Policy
    now: datetime
    opening: Sequence[Span]
    minutes: Mapping[ServiceId, float]

    def run(self, counters: Sequence[CounterView], log: Sequence[Called]) -> list[Place]:
        """Let `counters` call until nobody of `left` is for them; each called person leaves `left`."""
        turns = {counter.id: turns_of(log, counter.id) for counter in counters}
        views = {counter.id: counter for counter in counters}
        free = [(self._opens(c.free_at or self.now), asked_first(c), c.id) for c in counters]
        heapq.heapify(free)
        places: list[Place] = []
        while free and self.left:
            at, _, counter = heapq.heappop(free)
            place = self._call(views[counter], turns[counter], at)
            if place is None:
                continue
            who, reason = place.who, place.choice.reason.code
            places.append(place)
            turns[counter] = turns[counter].after(reason, booked=who.booked, priority=who.priority)
            busy = self.minutes.get(who.service, 0) if who.minutes is None else who.minutes
            free_at = self._opens(at + timedelta(minutes=busy))
            heapq.heappush(free, (free_at, asked_first(replace(views[counter], idle_since=free_at)), counter))
        return places

    def _call(self, counter: CounterView, turns: Turns, at: datetime) -> Place | None:
        later = waited_open_minutes([Span(self.now)], self.opening, at) if at > self.now else 0.0
        choice = decide(self.left.values(), counter, turns, self.policy, at, later)
        return None if choice is None else Place(self.left.pop(choice.ticket).who, counter.id, at, choice)

    def _opens(self, at: datetime) -> datetime:
        """`at`, or the next opening when the office is closed then; after the last closing time counters serve on."""
        at = max(at, self.now)
        if any(span.start <= at < (span.end or datetime.max.replace(tzinfo=at.tzinfo)) for span in self.opening):
            return at
        return min((span.start for span in self.opening if span.start > at), default=at)
