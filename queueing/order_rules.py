"""The whole line in the order it will be called, by asking the rule again and again. Pure.

The replay lets time pass: each counter calls, is busy for the service's usual minutes, and calls again, so a booking of
09:15 stands among the walk-ins where its turn will come, not at the end until the minute it becomes due.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from queueing.policy import Policy
from queueing.rules import (
    Called,
    Choice,
    CounterView,
    People,
    Rule,
    ServiceId,
    Standing,
    Turns,
    Waiting,
    asking_order,
    standing,
    takers_of,
    turns_by_counter,
)
from queueing.waiting_rules import MomentClock, Span, microseconds

NO_COUNTER = 0
"""The counter of a place in the line that no open counter takes."""


class Place(NamedTuple):
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


def ahead_of_each(order: Sequence[Place], counters: Sequence[CounterView], closed: Sequence[CounterView] = ()) -> dict[int, int]:
    """For each ticket: how many before it compete with it, that is, may be called by at least one same counter.

    `counters` are open. Where none of them takes a ticket (before opening, over lunch), the `closed` ones that would
    take it count; where none at all takes it, those of its own service.
    """
    everywhere, open_ones = (*counters, *closed), (1 << len(counters)) - 1
    kinds = {_kind(place.who): place.who for place in order}
    # Which counters take each kind of ticket, a bit each, and for which of them it waits.
    taken = {kind: _taking(everywhere, who) for kind, who in kinds.items()}
    awaited = {kind: (its & open_ones) or its for kind, its in taken.items()}
    behind = {one: [other for other, its in awaited.items() if its & taken[one] or other[0] == one[0]] for one in kinds}
    before, ahead = dict.fromkeys(kinds, 0), {}
    for place in order:
        kind = _kind(place.who)
        ahead[place.who.id] = before[kind]
        for other in behind[kind]:
            before[other] += 1
    return ahead


def _kind(who: Waiting) -> tuple[ServiceId, int | None]:
    """What decides which counters take somebody."""
    return who.service, who.only_counter


def _taking(counters: Sequence[CounterView], who: Waiting) -> int:
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
        return {who.id: standing(who, self.policy, self._clock) for who in self.waiting}

    @cached_property
    def _clock(self) -> MomentClock:
        return MomentClock(self.now, self.opening)

    @cached_property
    def _rule(self) -> Rule:
        return Rule(self.policy, self._clock)

    @cached_property
    def _takers(self) -> Mapping[ServiceId, int]:
        return takers_of(self.counters)

    @cached_property
    def _turns(self) -> Mapping[int, Turns]:
        return turns_by_counter(self.log)

    @cached_property
    def _people(self) -> dict[int, People]:
        return {}

    def _people_of(self, counter: CounterView) -> People:
        if counter.id not in self._people:
            self._people[counter.id] = People(counter, self.standing, self._takers)
        return self._people[counter.id]

    def next_call(self, counter: int) -> Choice | None:
        """The ticket this counter would call now; None also when it is not open."""
        for view in self.counters:
            if view.id == counter:
                return self._rule.next_call(self._people_of(view), self._turns.get(counter, Turns()))
        return None

    def how_many_for(self, counter: int) -> int:
        """How many people wait whom this counter may call; none when it is not open."""
        return sum(view.takes(who) for view in self.counters if view.id == counter for who in self.waiting)

    def order(self) -> list[Place]:
        """Everybody in calling order: whom the counters call, then those whom none of them takes."""
        left = dict(self.standing)
        people = [self._people_of(counter) for counter in self.counters]
        places = self._places(Replay(self._rule, people, self._turns), left)
        if left:
            stray = {key: replace(person, who=replace(person.who, only_counter=None)) for key, person in left.items()}
            nobody = CounterView(NO_COUNTER, tuple(sorted({person.who.service for person in stray.values()}, key=str)))
            places += self._places(Replay(self._rule, [People(nobody, stray, takers_of([nobody]))], {}), stray)
        return places

    def _places(self, replay: Replay, left: dict[int, Standing]) -> list[Place]:
        clock, explained = self._clock, self._rule.explained
        free_at = {counter.id: clock.at(counter.free_at) for counter in self.counters if counter.free_at is not None}
        return [
            Place(person.who, counter, clock.instant(at), explained(person, code, at))
            for at, counter, person, code in replay.run(left, self._busy, free_at)
        ]

    def _busy(self, person: Standing) -> int:
        who = person.who
        return microseconds(self.minutes.get(who.service, 0) if who.minutes is None else who.minutes)


# --- the replay -------------------------------------------------------------------------------------------------------


class Coming(NamedTuple):
    """Somebody who is not here yet, and when they are thought to stand at the door (by the clock of the replay)."""

    at: int
    person: Standing


Step = tuple[int, int, Standing, str]
"""One call of a replay: when (by its clock), at which counter, whom, and the code of the reason."""


class Replay:
    """The rule asked again and again while time passes, from its moment on. It may be run many times.

    `people`: whom each counter takes of those who wait now. `turns`: those of the counters that have called today. `hours`: of
    the counters that do not keep the office's, theirs.
    """

    def __init__(
        self,
        rule: Rule,
        people: Sequence[People],
        turns: Mapping[int, Turns],
        hours: Mapping[int, Iterable[Span]] | None = None,
    ) -> None:
        self.rule, self.clock = rule, rule.clock
        self._people = {mine.counter.id: mine for mine in people}
        self._turns = {counter: turns.get(counter, Turns()) for counter in self._people}
        self._hours = dict.fromkeys(self._people, self.clock.opening)
        self._hours |= {counter: self.clock.hours(its) for counter, its in (hours or {}).items()}

    def run(
        self,
        left: dict[int, Standing],
        busy: Callable[[Standing], int],
        free_at: Mapping[int, int],
        coming: Iterable[Coming] = (),
        until: Collection[int] = (),
    ) -> Iterator[Step]:
        """Let the counters call until nobody of those awaited is for them: everybody called till then, in that order.

        `left` are those who wait now, by ticket; who is called leaves it. `busy` says for how long somebody occupies a counter,
        `free_at` when a counter is free that serves somebody now. `coming` join when their time has come; `until` are those of
        them whose call is awaited, too.
        """
        people = {counter: mine.copy(left) for counter, mine in self._people.items()}
        turns = {counter: its.copy() for counter, its in self._turns.items()}
        free = [self._free(mine.counter, free_at.get(counter, 0)) for counter, mine in people.items()]
        heapq.heapify(free)
        still_coming = sorted(coming, key=lambda one: (one.at, one.person.id), reverse=True)
        awaited = {*left, *until}
        while free and awaited:
            at, asked = free[0]
            counter = asked[-1]
            while still_coming and still_coming[-1].at <= at:
                self._join(still_coming.pop(), left, people.values())
            mine = people[counter]
            pick = self.rule.pick(mine, turns[counter], at)
            if pick is None:
                heapq.heappop(free)
                theirs = next((one for one in reversed(still_coming) if mine.counter.takes(one.person.who)), None)
                if theirs is not None:
                    heapq.heappush(free, (self._opens(theirs.at, counter), asked))
                continue
            person, code = pick
            del left[person.id]
            awaited.discard(person.id)
            yield at, counter, person, code
            turns[counter].count(code, booked=person.who.booked, priority=person.who.priority)
            then = self._opens(at + busy(person), counter)
            heapq.heapreplace(free, (then, asking_order(asked[0], then, counter)))

    def _free(self, counter: CounterView, at: int) -> tuple[int, tuple[int, bool, float, int]]:
        since = None if counter.idle_since is None else self.clock.at(counter.idle_since)
        return self._opens(max(at, 0), counter.id), asking_order(len(counter.services), since, counter.id)

    def _join(self, one: Coming, left: dict[int, Standing], people: Iterable[People]) -> None:
        # A wait is measured as of now and grows with the replay: who comes later begins below nothing.
        person = left[one.person.id] = one.person
        person.waited = -self.clock.open_minutes(one.at)
        for mine in people:
            if mine.counter.takes(person.who):
                mine.add(person)

    def _opens(self, at: int, counter: int) -> int:
        """`at`, or the counter's next opening when it is closed then; after its last closing time it serves on."""
        hours = self._hours[counter]
        for start, end in hours:
            if start <= at < end:
                return at
        return min((start for start, _end in hours if start > at), default=at)
