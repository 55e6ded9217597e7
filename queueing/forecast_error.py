"""How good the forecast is on invented days it was not fitted on, against the sum everybody does in the head. Pure.

The sum in the head (`naive`): people ahead who compete x the average visit / the counters that are open. It is given the average
of all visits of earlier days. Both are told at check-in and compared with the call, in minutes; the range in whole minutes, as
told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from queueing.order_rules import ahead_of_each
from queueing.policy import Policy
from queueing.simulation_forecast import by_the_rule
from queueing.simulator import Forecaster, Moment, Told, simulate
from queueing.ward_days import DayKind, generate

HISTORY = 5
"""From so many earlier days service times are learned."""
FAR = 1_000_000
"""Seeds of earlier days are this far from those of the judged ones."""
KINDS = ("all", "walk_in", "booked")


@dataclass(frozen=True, slots=True)
class Compared(Told):
    """What was told, and what the sum in the head would have said."""

    naive: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's: the kind, the minutes from check-in to the call, and what was told."""

    kind: str
    stay: float
    told: Compared


@dataclass(frozen=True, slots=True)
class Judged:
    """Mean absolute errors in minutes, the share of people whose range held, and the mean width of the ranges."""

    people: int
    error: float
    naive_error: float
    held: float
    width: float

    @property
    def better(self) -> float:
        """By which share the error is below the naive one."""
        return 1 - self.error / self.naive_error if self.naive_error else 0.0


def answers(kind: DayKind, seeds: Iterable[int], policy: Policy | None = None) -> list[Answer]:
    """Everybody of the days with these seeds; service times are learned from other days of the same kind."""
    seeds = list(seeds)
    history = [generate(kind, FAR + seed).people for seed in range(HISTORY)]
    visits = [person.minutes for person in chain.from_iterable(history) if person.arrives is not None]
    forecaster = _comparing(by_the_rule(history), sum(visits) / len(visits))
    found = []
    for seed in seeds:
        for served in simulate(generate(kind, seed), policy or Policy(), forecaster).served:
            if isinstance(served.told, Compared):
                found.append(Answer("booked" if served.kind == "booked" else "walk_in", served.stay, served.told))
    return found


def judge(people: Sequence[Answer]) -> Judged:
    """The figures of these people; at least one."""
    count = len(people)
    return Judged(
        people=count,
        error=sum(abs(each.stay - each.told.median) for each in people) / count,
        naive_error=sum(abs(each.stay - each.told.naive) for each in people) / count,
        held=sum(each.told.low <= round(each.stay) <= each.told.high for each in people) / count,
        width=sum(each.told.high - each.told.low for each in people) / count,
    )


def by_kind(people: Sequence[Answer]) -> dict[str, Judged]:
    """The figures of everybody, of walk-ins (with those who came too late) and of booked people."""
    of_kind = {kind: [each for each in people if kind in ("all", each.kind)] for kind in KINDS}
    return {kind: judge(each) for kind, each in of_kind.items() if each}


def _comparing(rule: Forecaster, average: float) -> Callable[[Moment], dict[int, Told]]:
    def tell(moment: Moment) -> dict[int, Told]:
        ahead = ahead_of_each(moment.line.order(), moment.line.counters, [desk.view for desk in moment.desks])
        counters = len(moment.line.counters) or len(moment.desks)
        told = rule(moment)
        return {
            ticket: Compared(wait.median, wait.low, wait.high, ahead[ticket] * average / counters)
            for ticket, wait in told.items()
        }

    return tell
