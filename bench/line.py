"""The tables of docs/simulator.md: rules compared on invented ward days. `python -m bench.line [table ...]`

The product's rule is replayed as it is; variants that were tried and not taken live here, as subclasses of its decision.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from queueing import rules
from queueing.policy import Policy
from queueing.rules import Choice, People, Standing, Waiting, own_reason
from queueing.simulation_report import summary
from queueing.simulator import Replayed, Served, at, simulate
from queueing.ward_days import KINDS, DayKind, ServiceKind, counters_of, generate

DAYS = 100
FIFO = Policy(order="fifo")
DOCUMENTED = Policy(lead=10, ratio=1)
"""The first version of the rule: lead 10, ratio 1, and no thought for rare services (`NotScarce`)."""


def _walk_ins(people: People) -> list[Standing]:
    return [person for person in people.left.values() if not person.who.booked]


class NotScarce(rules._Decision):
    """Of one slot by check-in, whatever counters take the service."""

    def _by_slot(self, who: Waiting) -> tuple[Any, ...]:
        return who.slot_at, not who.priority, who.checked_in_at, self.mine.rank(who), who.id


class ScarceFirst(rules._Decision):
    """Of all due bookings those whom fewer counters take, then by slot."""

    def _by_slot(self, who: Waiting) -> tuple[Any, ...]:
        return self.takers.get(who.service, 0), *super()._by_slot(who)


@dataclass(frozen=True, slots=True)
class HeadStart(rules._Decision):
    """Walk-ins for a rare service count as due `minutes` earlier than they are."""

    minutes: float = 5.0

    def _walk_in(self) -> Choice:
        most = max(self.takers.values(), default=0)

        def key(who: Waiting) -> tuple[Any, ...]:
            head = self.minutes if self.takers.get(who.service, 0) < most else 0.0
            return who.due_at - timedelta(minutes=head), self.mine.rank(who), who.checked_in_at, who.id

        first = min((person.who for person in _walk_ins(self.mine)), key=key)
        return Choice(first.id, 4, own_reason(first))


def head_start(minutes: float) -> type[rules._Decision]:
    """`HeadStart` by so many minutes."""
    return type("HeadStart", (HeadStart,), {"__init__": lambda self, *args: HeadStart.__init__(self, *args, minutes)})


class Reserving(rules._Decision):
    """Before an hour booked for a rare service no walk-in for it is begun that would last beyond, while others wait.

    It is told what no rule can know (who comes, and how long a visit lasts on average), so it is the best such a rule could do.
    """

    coming: Mapping[str, Sequence[float]] = {}
    minutes: Mapping[str, float] = {}

    def _walk_in(self) -> Choice:
        free = [person for person in _walk_ins(self.mine) if not self._blocks(person.who)]
        return rules._Decision._walk_in(replace(self, mine=People(self.mine.counter, free)) if free else self)

    def _blocks(self, who: Waiting) -> bool:
        service = str(who.service)
        if self.takers.get(who.service, 0) == max(self.takers.values(), default=0):
            return False
        ends = self.now + timedelta(minutes=self.minutes[service])
        return any(at(slot - 6) < ends and at(slot + 5) > self.now for slot in self.coming.get(service, ()))


def replayed(
    kind: DayKind, policy: Policy, decision: type[rules._Decision] = rules._Decision, days: int = DAYS
) -> list[Replayed]:
    """`days` days of this kind, seeds 0, 1, 2, ..."""
    found = []
    for seed in range(days):
        day = generate(kind, seed)
        if issubclass(decision, Reserving):
            booked = [person for person in day.people if person.slot is not None and person.arrives is not None]
            decision.coming = {s: [p.slot for p in booked if p.service == s and p.slot is not None] for s in kind.services}
            decision.minutes = {name: service.minutes for name, service in kind.services.items()}
        with _deciding(decision):
            found.append(simulate(day, policy))
    return found


@contextmanager
def _deciding(decision: type[rules._Decision]) -> Iterator[None]:
    own, rules._Decision = rules._Decision, decision  # type: ignore[misc]
    try:
        yield
    finally:
        rules._Decision = own  # type: ignore[misc]


# --- tables -----------------------------------------------------------------------------------------------------------

HEAD = (
    "| days | rule | booked within 5 | within 10 | of the rare service | mean wait, all | against fifo | stay against fifo "
    "| walk-ins mean | p95 | over guard, overtaken at most |\n" + "|---|---" + "|---:" * 9 + "|"
)


def show(name: str, kind: DayKind, runs: Mapping[str, tuple[Policy, type[rules._Decision]]]) -> None:
    """Print a row for fifo and one for each run."""
    reference = summary(fifo := replayed(kind, FIFO))
    print(_row(name, "fifo", kind, fifo, reference))
    for rule, (policy, decision) in runs.items():
        print(_row(name, rule, kind, replayed(kind, policy, decision), reference), flush=True)


def _row(name: str, rule: str, kind: DayKind, days: list[Replayed], reference: dict[str, Any]) -> str:
    found = summary(days)
    wait, stay = found["wait"]["all"]["mean"], found["stay"]["all"]
    over = "-" if rule == "fifo" else f"{found['overtaken']['n']}, {found['overtaken']['max'] or 0}"
    return (
        f"| {name} | {rule} | {found['punctual']['within_5']:.1%} | {found['punctual']['within_10']:.1%} | {_rare(kind, days)} "
        f"| {wait:.2f} | {wait / reference['wait']['all']['mean'] - 1:+.1%} | {stay / reference['stay']['all'] - 1:+.1%} "
        f"| {found['wait']['walk_in']['mean']:.1f} | {found['wait']['walk_in']['p95']:.1f} | {over} |"
    )


def _rare(kind: DayKind, days: Sequence[Replayed]) -> str:
    takers = {s: sum(s in counter.services for counter in kind.counters) for s in kind.services}
    fewest = min(takers.values())
    if fewest == max(takers.values()):
        return "-"
    served: list[Served] = [p for day in days for p in day.served if p.kind == "booked" and takers[p.person.service] == fewest]
    return f"{sum(p.called - p.due <= 5 for p in served) / len(served):.1%}"


def defaults() -> None:
    """Lead and ratio."""
    pairs = ((10, 1), (6, 1), (10, 4), (8, 4), (7, 4), (6, 2), (6, 3), (6, 4), (6, 5), (5, 4), (0, 4))
    runs = {f"lead {lead}, ratio {ratio}": (Policy(lead=lead, ratio=ratio), rules._Decision) for lead, ratio in pairs}
    show("even", KINDS["even"], runs)


def loads() -> None:
    """The documented rule, the adopted rule and fifo for several loads."""
    for name, kind in KINDS.items():
        for load in (0.8, 0.9, 0.95, 1.0):
            runs = {"first version": (DOCUMENTED, NotScarce), "adopted": (Policy(), rules._Decision)}
            show(f"{name}, {load:.0%}", replace(kind, load=load), runs)


def skills() -> None:
    """What is done for rare services."""
    for name in ("long", "ward"):
        variants: dict[str, type[rules._Decision]] = {
            "no thought for rare services": NotScarce,
            "adopted: rare first within a slot": rules._Decision,
            "rare first among all due bookings": ScarceFirst,
            "and walk-ins for it 5 min ahead": head_start(5),
            "and walk-ins for it 15 min ahead": head_start(15),
            "and walk-ins for it always first": head_start(600),
            "and counters reserved (clairvoyant)": Reserving,
        }
        show(name, KINDS[name], {rule: (Policy(), decision) for rule, decision in variants.items()})


def third() -> None:
    """The same people of `long`, and a third counter that takes the long service too."""
    kind = KINDS["long"]
    for skills_of_3 in ("AB", "LAB"):
        counters = counters_of({"1": "AB", "2": "AB", "3": skills_of_3, "4": "LAB", "5": "LAB"})
        found = [simulate(replace(generate(kind, seed), counters=counters), Policy()) for seed in range(DAYS)]
        print(_row("long", f"adopted, counter 3 takes {skills_of_3}", kind, found, summary(found)), flush=True)


def days() -> None:
    """How much the figures depend on what a day is like."""
    even = KINDS["even"]
    wide = {name: replace(service, sigma=0.8) for name, service in even.services.items()}
    narrow = {name: replace(service, sigma=0.3) for name, service in even.services.items()}
    kinds = {
        "even": even,
        "even, service times narrow (0.3)": replace(even, services=narrow),
        "even, service times wide (0.8)": replace(even, services=wide),
        "even, no rush": replace(even, rush=0.0),
        "even, twice the rush": replace(even, rush=0.3),
        "even, nobody stays away": replace(even, no_show=0.0),
        "even, 8 hours": replace(even, counters=counters_of(dict.fromkeys("12345", "ABC"), ((0.0, 480.0),))),
        "one service": replace(even, services={"A": ServiceKind(10, 1)}, counters=counters_of(dict.fromkeys("12345", "A"))),
    }
    for name, kind in kinds.items():
        show(name, kind, {"first version": (DOCUMENTED, NotScarce), "adopted": (Policy(), rules._Decision)})


TABLES = {"defaults": defaults, "loads": loads, "skills": skills, "third": third, "days": days}

if __name__ == "__main__":
    for name in sys.argv[1:] or TABLES:
        print(f"\n{name}: {TABLES[name].__doc__}\n\n{HEAD}")
        TABLES[name]()
