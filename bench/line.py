"""The tables of docs/simulator.md: rules compared on invented ward days. `python -m bench.line [table ...]`

The product's rule is replayed as it is; variants that were tried and not taken live here, as subclasses of its parts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from queueing import order_rules
from queueing.policy import Policy
from queueing.rules import CounterView, People, Pick, Rule, ServiceId, Standing, Waiting
from queueing.simulation_report import summary
from queueing.simulator import Replayed, Served, at, simulate
from queueing.waiting_rules import MINUTE, NEVER
from queueing.ward_days import KINDS, DayKind, ServiceKind, counters_of, generate

DAYS = 100
FIFO = Policy(order="fifo")
DOCUMENTED = Policy(lead=10, ratio=1)
"""The first version of the rule: lead 10, ratio 1, and no thought for rare services (`NotScarce`)."""


class NotScarce(People):
    """Of one slot by check-in, whatever counters take the service."""

    def slot_order(self, person: Standing) -> tuple[Any, ...]:
        """Without a thought for who else could call them."""
        return person.slot, not person.who.priority, person.arrived, self.rank(person.who)


class ScarceFirst(People):
    """Of all due bookings those whom fewer counters take, then by slot."""

    def __init__(self, counter: CounterView, line: Mapping[int, Standing], takers: Mapping[ServiceId, int]) -> None:
        super().__init__(counter, line, takers)
        self._lead = NEVER  # They are not by slot: any of them may be due.

    def slot_order(self, person: Standing) -> tuple[Any, ...]:
        """Fewer counters before the slot."""
        return self.takers.get(person.who.service, 0), *super().slot_order(person)


class HeadStart(Rule):
    """Walk-ins for a rare service count as due some minutes earlier than they are."""

    minutes = 5

    def _walk_in(self, mine: People) -> Pick | None:
        most = max(mine.takers.values(), default=0)

        def key(person: Standing) -> tuple[Any, ...]:
            head = self.minutes if mine.takers.get(person.who.service, 0) < most else 0
            return person.due - head * MINUTE, mine.rank(person.who), person.arrived, person.id

        first = min(_walk_ins(mine), key=key, default=None)
        return None if first is None else (first, first.who.origin)


def head_start(minutes: int) -> type[Rule]:
    """`HeadStart` by so many minutes."""
    return type("HeadStart", (HeadStart,), {"minutes": minutes})


class Reserving(Rule):
    """Before an hour booked for a rare service no walk-in for it is begun that would last beyond, while others wait.

    It is told what no rule can know (who comes, and how long a visit lasts on average), so it is the best such a rule could do.
    """

    coming: Mapping[str, Sequence[float]] = {}
    minutes: Mapping[str, float] = {}

    def _walk_in(self, mine: People) -> Pick | None:
        free = {person.id: person for person in _walk_ins(mine) if not self._blocks(mine, person.who)}
        return super()._walk_in(People(mine.counter, free, mine.takers) if free else mine)

    def _blocks(self, mine: People, who: Waiting) -> bool:
        service, now = str(who.service), self.clock.now
        if mine.takers.get(who.service, 0) == max(mine.takers.values(), default=0):
            return False
        ends = now + timedelta(minutes=self.minutes[service])
        return any(at(slot - 6) < ends and at(slot + 5) > now for slot in self.coming.get(service, ()))


Variant = type[People] | type[Rule]
"""What is replaced: the order of people, or a row of the table of cases."""


def _walk_ins(people: People) -> list[Standing]:
    return [person for person in people.everybody() if not person.who.booked]


def replayed(kind: DayKind, policy: Policy, variant: Variant = Rule, days: int = DAYS) -> list[Replayed]:
    """`days` days of this kind, seeds 0, 1, 2, ..."""
    found = []
    for seed in range(days):
        day = generate(kind, seed)
        if issubclass(variant, Reserving):
            booked = [person for person in day.people if person.slot is not None and person.arrives is not None]
            variant.coming = {s: [p.slot for p in booked if p.service == s and p.slot is not None] for s in kind.services}
            variant.minutes = {name: service.minutes for name, service in kind.services.items()}
        with _deciding(variant):
            found.append(simulate(day, policy))
    return found


@contextmanager
def _deciding(variant: Variant) -> Iterator[None]:
    name = "Rule" if issubclass(variant, Rule) else "People"
    own = getattr(order_rules, name)
    setattr(order_rules, name, variant)
    try:
        yield
    finally:
        setattr(order_rules, name, own)


# --- tables -----------------------------------------------------------------------------------------------------------

HEAD = (
    "| days | rule | booked within 5 | within 10 | of the rare service | mean wait, all | against fifo | stay against fifo "
    "| walk-ins mean | p95 | over guard, overtaken at most |\n" + "|---|---" + "|---:" * 9 + "|"
)


def show(name: str, kind: DayKind, runs: Mapping[str, tuple[Policy, Variant]]) -> None:
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
    runs = {f"lead {lead}, ratio {ratio}": (Policy(lead=lead, ratio=ratio), Rule) for lead, ratio in pairs}
    show("even", KINDS["even"], runs)


def loads() -> None:
    """The documented rule, the adopted rule and fifo for several loads."""
    for name, kind in KINDS.items():
        for load in (0.8, 0.9, 0.95, 1.0):
            runs = {"first version": (DOCUMENTED, NotScarce), "adopted": (Policy(), Rule)}
            show(f"{name}, {load:.0%}", replace(kind, load=load), runs)


def skills() -> None:
    """What is done for rare services."""
    for name in ("long", "ward"):
        variants: dict[str, Variant] = {
            "no thought for rare services": NotScarce,
            "adopted: rare first within a slot": Rule,
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
        show(name, kind, {"first version": (DOCUMENTED, NotScarce), "adopted": (Policy(), Rule)})


TABLES = {"defaults": defaults, "loads": loads, "skills": skills, "third": third, "days": days}

if __name__ == "__main__":
    for name in sys.argv[1:] or TABLES:
        print(f"\n{name}: {TABLES[name].__doc__}\n\n{HEAD}")
        TABLES[name]()
