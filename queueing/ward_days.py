"""Invented days of a ward, to try rules and forecasts on. Seeded: the same kind and seed give the same day. Pure.

What a day is made of, and where its figures stand (`DayKind`):

- **Load**: the work of those who come (mean service times) is `load` times the minutes the counters are planned to be open.
- **Bookings** are half of those who come (`booked`), and no more than booking would sell: `sold` per cent of the counters'
  minutes in a slot, for every group of counters (what a long service takes from its two counters is not sold to others), longer
  visits go on in the next slots. Who finds nothing free comes without a booking. `no_show` of those who booked never come, on
  top of those who do.
- **Punctuality**: a booked person comes `ahead` minutes before the slot, give or take `spread` (normal); some (`far_early`) come
  10 to 45 minutes earlier still.
- **Walk-ins**: `rush` of them come around the opening of a session (some before it), the others evenly until `last_entry`
  minutes before it closes.
- **Service times** are lognormal per service, `minutes` on average, `sigma` wide. `catalogue` is what the catalogue says.

`KINDS` are ready-made wards; `generate(kind, seed)` makes a day; `replace(kind, load=...)` changes a figure.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp

from queueing.simulation_files import DayCounter, Person, WardDay

MORNING = ((0.0, 210.0),)
WHOLE_DAY = ((0.0, 210.0), (330.0, 540.0))
Counters = frozenset[str]


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """A service: its mean true minutes, how many of all people come for it, the width of its times, the catalogue's minutes."""

    minutes: float
    people: float
    sigma: float = 0.5
    catalogue: float | None = None

    @property
    def planned(self) -> int:
        """The whole minutes a booking of it takes."""
        return max(1, round(self.minutes if self.catalogue is None else self.catalogue))


@dataclass(frozen=True, slots=True)
class DayKind:
    """A kind of day; see the top of this module."""

    services: Mapping[str, ServiceKind]
    counters: tuple[DayCounter, ...]
    load: float = 0.95
    booked: float = 0.5
    no_show: float = 0.1
    slot_minutes: int = 15
    sold: int = 60
    ahead: float = 5.0
    spread: float = 7.0
    far_early: float = 0.05
    rush: float = 0.15
    last_entry: float = 15.0
    priority: float = 0.08

    @property
    def catalogue(self) -> dict[str, float]:
        """What the catalogue says each service takes."""
        return {name: float(service.planned) for name, service in self.services.items()}


def counters_of(skills: Mapping[str, str], spans: tuple[tuple[float, float], ...] = MORNING) -> tuple[DayCounter, ...]:
    """Counters by name with their services (one letter each), all open at the same hours."""
    return tuple(DayCounter(name, tuple(services), spans) for name, services in skills.items())


KINDS: dict[str, DayKind] = {
    # Five counters that all take every service, ten minutes each: what the targets are stated for.
    "even": DayKind(
        {"A": ServiceKind(10, 0.5), "B": ServiceKind(10, 0.3), "C": ServiceKind(10, 0.2)},
        counters_of(dict.fromkeys("12345", "ABC")),
    ),
    # The same with a long service (land papers) that only two of the five counters take.
    "long": DayKind(
        {"A": ServiceKind(10, 0.6), "B": ServiceKind(10, 0.3), "L": ServiceKind(30, 0.1)},
        counters_of({"1": "AB", "2": "AB", "3": "AB", "4": "LAB", "5": "LAB"}),
    ),
    # A whole day with lunch; services of different length, counters with lists of their own, a catalogue that is a little wrong.
    "ward": DayKind(
        {
            "A": ServiceKind(7, 0.45, 0.45, 8),
            "B": ServiceKind(12, 0.25, 0.5, 10),
            "C": ServiceKind(18, 0.15, 0.5, 20),
            "D": ServiceKind(9, 0.15, 0.7, 10),
        },
        counters_of({"1": "A", "2": "AB", "3": "BC", "4": "DA", "5": "CDB"}, WHOLE_DAY),
    ),
}


def generate(kind: DayKind, seed: int) -> WardDay:
    """One day of this kind."""
    chance = random.Random(f"ward day {seed}")  # noqa: S311 (an invented day is no secret)
    coming = _numbers(kind)
    wanted = _drawn(kind, chance, round(coming * kind.booked / (1 - kind.no_show)))
    sale, sold = _Sale(kind), list[tuple[str, float]]()
    slots = sorted({start for start, _end in sale.slots})
    for service in wanted:
        slot = sale.sell(service, chance.choice(slots))
        if slot is not None:
            sold.append((service, slot))
    walk_ins = _drawn(kind, chance, max(0, coming - round(len(sold) * (1 - kind.no_show))))
    people = [_booked(kind, chance, number, *booking) for number, booking in enumerate(sorted(sold, key=lambda b: b[1]), 1)]
    people += [_walk_in(kind, chance, number, service) for number, service in enumerate(walk_ins, 1)]
    people.sort(key=lambda p: (p.slot or 0.0 if p.arrives is None else p.arrives, p.person))
    return WardDay(tuple(people), kind.counters, kind.catalogue)


def _numbers(kind: DayKind) -> int:
    """How many people come."""
    minutes = sum(closes - opens for counter in kind.counters for opens, closes in counter.spans)
    weight = sum(service.people for service in kind.services.values())
    mean = sum(service.minutes * service.people for service in kind.services.values()) / weight
    return round(kind.load * minutes / mean)


def _drawn(kind: DayKind, chance: random.Random, number: int) -> list[str]:
    """The services `number` people want: the shares as exact as whole people allow, in random order.

    Drawn one by one, a rare service would be overloaded on one day and idle on the next, and the load would not be what it says.
    """
    weight = sum(service.people for service in kind.services.values())
    exact = {name: number * service.people / weight for name, service in kind.services.items()}
    drawn = Counter({name: int(share) for name, share in exact.items()})
    rest = [exact[name] - drawn[name] for name in exact]
    while drawn.total() < number:
        drawn[chance.choices(list(exact), [left + 1e-9 for left in rest])[0]] += 1
    found = sorted(drawn.elements())
    chance.shuffle(found)
    return found


def _booked(kind: DayKind, chance: random.Random, number: int, service: str, slot: float) -> Person:
    offset = chance.gauss(-kind.ahead, kind.spread)
    if chance.random() < kind.far_early:
        offset -= chance.uniform(10, 45)
    arrives = None if chance.random() < kind.no_show else round(slot + offset, 1)
    return Person(f"b{number:03}", "booked", service, arrives, slot, *_visit(kind, chance, service))


def _walk_in(kind: DayKind, chance: random.Random, number: int, service: str) -> Person:
    spans = sorted({span for counter in kind.counters if service in counter.services for span in counter.spans})
    opens, closes = chance.choices(spans, [closes - opens for opens, closes in spans])[0]
    if chance.random() < kind.rush:
        arrives = min(opens - 10 + chance.expovariate(1 / 15), closes)
    else:
        arrives = chance.uniform(opens, max(opens, closes - kind.last_entry))
    return Person(f"w{number:03}", "walk_in", service, round(arrives, 1), None, *_visit(kind, chance, service))


def _visit(kind: DayKind, chance: random.Random, service: str) -> tuple[float, bool]:
    """How long the visit takes and whether the person has priority."""
    its = kind.services[service]
    minutes = its.minutes * exp(chance.gauss(-(its.sigma**2) / 2, its.sigma))
    return round(max(0.5, minutes), 1), chance.random() < kind.priority


@dataclass
class _Sale:
    """What booking would still sell of a day: for each slot and each group of counters a pool of minutes."""

    kind: DayKind
    slots: list[tuple[float, float]] = field(init=False)
    groups: list[Counters] = field(init=False)
    sold: dict[tuple[int, Counters], int] = field(init=False)
    left: dict[tuple[int, Counters], int] = field(init=False)

    def __post_init__(self) -> None:
        self.slots = self._slots()
        self.groups = _groups({self._counters(service) for service in self.kind.services})
        self.sold = {}
        for group in self.groups:
            before = 0
            for index, slot in enumerate(self.slots):
                if index and self.slots[index - 1][1] != slot[0]:
                    before = 0
                within = sum(self._open(counter, slot) for counter in group)
                self.sold[index, group] = (before + within) * self.kind.sold // 100 - before * self.kind.sold // 100
                before += within
        self.left = dict(self.sold)

    def sell(self, service: str, wanted: float) -> float | None:
        """The slot sold: the nearest to the one wanted that has room; None when there is none."""
        for index in sorted(range(len(self.slots)), key=lambda i: (abs(self.slots[i][0] - wanted), i)):
            parts = self._spread(service, self._window(service, index), self.left)
            if parts:
                for place, part in enumerate(parts, index):
                    for group in self._pools(service):
                        self.left[place, group] -= part
                return self.slots[index][0]
        return None

    def _window(self, service: str, first: int) -> list[int]:
        """The slots a visit that begins in `first` may take: as many as it needs where nothing is sold, and one more."""
        found: list[int] = []
        for index in range(first, len(self.slots)):
            if found and self.slots[index - 1][1] != self.slots[index][0]:
                break
            fits = bool(self._spread(service, found, self.sold))
            found.append(index)
            if fits:
                return found
        return found if self._spread(service, found, self.sold) else []

    def _spread(self, service: str, window: list[int], left: Mapping[tuple[int, Counters], int]) -> list[int]:
        """The minutes the visit takes of each slot; none when it does not fit."""
        parts, minutes = list[int](), self.kind.services[service].planned
        for index in window:
            room = min(left[index, group] for group in self._pools(service))
            part = min(room, self.kind.slot_minutes, minutes)
            if part <= 0:
                break
            parts.append(part)
            minutes -= part
        return [] if minutes else parts

    def _pools(self, service: str) -> list[Counters]:
        return [group for group in self.groups if self._counters(service) <= group]

    def _counters(self, service: str) -> Counters:
        return frozenset(counter.counter for counter in self.kind.counters if service in counter.services)

    def _open(self, name: str, slot: tuple[float, float]) -> int:
        spans = next(counter.spans for counter in self.kind.counters if counter.counter == name)
        return int(sum(max(0.0, min(closes, slot[1]) - max(opens, slot[0])) for opens, closes in spans))

    def _slots(self) -> list[tuple[float, float]]:
        """Steps from each opening; a rest before closing is not offered."""
        sessions: list[tuple[float, float]] = []
        for opens, closes in sorted(span for counter in self.kind.counters for span in counter.spans):
            if sessions and opens <= sessions[-1][1]:
                sessions[-1] = (sessions[-1][0], max(sessions[-1][1], closes))
            else:
                sessions.append((opens, closes))
        step = self.kind.slot_minutes
        return [
            (opens + step * n, opens + step * (n + 1)) for opens, closes in sessions for n in range(int(closes - opens) // step)
        ]


def _groups(demands: set[Counters]) -> list[Counters]:
    """Every union of overlapping sets of counters: the groups that must not be oversold."""
    found: set[Counters] = set()
    fresh = set(demands)
    while fresh:
        found |= fresh
        fresh = {one | other for one in fresh for other in found if one & other} - found
    return sorted(found, key=sorted)
