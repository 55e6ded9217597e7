"""An office's books, counted again from the raw rows: who uses which minutes, and what the plan would allow.

It shares nothing with `booking` but the tables and the cutting of a day into slots: demands come from the skills as they
were set, capacities are exact fractions, and every set of counters is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.capacity_rules import PlannedSlot
from booking.models import Appointment, Hold, Slot, SlotPool, SlotUse
from office.models import Counter, Office, Service
from tests import builders
from tests.booking.plans import every_group

Counters = frozenset[int]
Hours = tuple[int, int]
"""From when to when, in minutes after midnight, on every day."""


@dataclass(frozen=True)
class PlanOfTest:
    """How a small office is planned: skills (prefixes) by counter number, its hours and those of single counters."""

    skills: Mapping[int, str]
    share: int = 60
    hours: Hours = (480, 540)
    own: Mapping[int, Hours] = field(default_factory=dict)
    unplanned: frozenset[int] = frozenset()

    def takers(self, services: Iterable[str]) -> Counters:
        """The numbers of the planned counters that take all of these prefixes."""
        wanted = set(services)
        return frozenset(
            number for number, skills in self.skills.items() if number not in self.unplanned and wanted <= set(skills)
        )

    def write(self, session: Session, office: Office) -> None:
        """Make it the plan of an office that has counters with these numbers."""
        office.settings = {**office.settings, "bookable_share": self.share}
        builders.set_hours(session, office, {weekday: [self.hours] for weekday in range(7)})
        for counter in session.scalars(select(Counter).where(Counter.office_id == office.id)):
            builders.set_skills(session, counter, self.skills[counter.number])
            own = self.own.get(counter.number)
            builders.set_hours(session, office, {weekday: [own] for weekday in range(7)} if own else {}, counter)
            counter.planned = counter.number not in self.unplanned
        session.flush()


@dataclass(frozen=True)
class Line:
    """One use: of which slot, for which prefixes, by whom, and whether it still counts."""

    starts_at: datetime
    ends_at: datetime
    services: frozenset[str]
    minutes: int
    first: bool
    appointment: int | None
    hold: int | None
    live: bool


@dataclass(frozen=True)
class Books:
    """All lines of an office, its bookings by id, its holds by id, and the pools by (beginning, name with counter numbers)."""

    lines: Sequence[Line]
    appointments: Mapping[int, Appointment]
    holds: Mapping[int, Hold]
    pools: Mapping[tuple[datetime, str], tuple[int, int]]

    def of(self, appointment: Appointment) -> list[Line]:
        """The lines of a booking, by time."""
        return sorted((line for line in self.lines if line.appointment == appointment.id), key=lambda line: line.starts_at)


def read_books(session: Session, office: Office, now: datetime) -> Books:
    """The books as they are at `now`."""
    prefixes = {each.id: each.prefix for each in session.scalars(select(Service).where(Service.office_id == office.id))}
    numbers = {each.id: each.number for each in session.scalars(select(Counter).where(Counter.office_id == office.id))}
    appointments = {each.id: each for each in session.scalars(select(Appointment).where(Appointment.office_id == office.id))}
    holds = {each.id: each for each in session.scalars(select(Hold).where(Hold.office_id == office.id))}
    uses = session.execute(select(Slot, SlotUse).join(SlotUse, SlotUse.slot_id == Slot.id).where(Slot.office_id == office.id))
    lines = [
        Line(
            slot.starts_at,
            slot.ends_at,
            frozenset(prefixes[int(service)] for service in use.services.split(".")),
            use.minutes,
            use.first,
            use.appointment_id,
            use.hold_id,
            use.hold_id is None or holds[use.hold_id].expires_at > now,
        )
        for slot, use in uses
    ]
    pools = session.execute(
        select(Slot.starts_at, SlotPool).join(Slot, Slot.id == SlotPool.slot_id).where(Slot.office_id == office.id)
    )
    named = {(start, _named(pool.pool, numbers, prefixes)): (pool.booked, pool.capacity) for start, pool in pools}
    return Books(lines, appointments, holds, named)


def _named(pool: str, numbers: Mapping[int, int], prefixes: Mapping[int, str]) -> str:
    if pool.startswith("s"):
        return prefixes[int(pool[1:])]
    return "".join(sorted(str(numbers[int(counter)]) for counter in pool[1:].split(".")))


def loads(lines: Iterable[Line], plan: PlanOfTest, slots: Sequence[PlannedSlot]) -> dict[tuple[datetime, Counters], int]:
    """The minutes that only a set of counters (numbers) can serve, for every planned slot and every set of counters.

    A line counts in the slot of the plan in which its own slot begins.
    """
    found = {}
    for slot in slots:
        inside = [line for line in lines if line.live and slot.starts_at <= line.starts_at < slot.ends_at]
        demands = [(plan.takers(line.services), line.minutes) for line in inside]
        for group in every_group(list(plan.skills)):
            found[slot.starts_at, group] = sum(minutes for demand, minutes in demands if demand and demand <= group)
    return found


def oversold(
    lines: Iterable[Line], plan: PlanOfTest, slots: Sequence[PlannedSlot], ids: Mapping[int, int],
    before: Mapping[tuple[datetime, Counters], int],
) -> list[str]:  # fmt: skip
    """Which sets of counters have more to do than they may, unless they had as much `before`. `ids` are ids by number.

    A set whose visits fall into parts that have no counter in common may do what the parts may.
    """
    lines, now = list(lines), loads(lines, plan, slots)
    wrong = []
    for slot in slots:
        inside = [line for line in lines if line.live and slot.starts_at <= line.starts_at < slot.ends_at]
        demands = [demand for line in inside if (demand := plan.takers(line.services))]
        for group in every_group(list(plan.skills)):
            allowed = Fraction(0)
            for part in _parts([demand for demand in demands if demand <= group]):
                can = Fraction(sum(slot.within.get(ids[number], 0) for number in part) * plan.share, 100)
                allowed += max(can, Fraction(before.get((slot.starts_at, part), 0)))
            if now[slot.starts_at, group] > allowed:
                wrong.append(f"{slot.starts_at}: {sorted(group)} have {now[slot.starts_at, group]} of {allowed} minutes")
    return wrong


def _parts(demands: Iterable[Counters]) -> list[Counters]:
    """The unions of demands that hang together."""
    parts: list[Counters] = []
    for demand in demands:
        touching = [part for part in parts if part & demand]
        parts = [part for part in parts if not part & demand] + [demand.union(*touching)]
    return parts


def wrong_pools(books: Books, plan: PlanOfTest, beginnings: Collection[datetime]) -> list[str]:
    """Which pools of these slots say another sum than their lines."""
    wrong = []
    for (starts_at, name), (booked, _capacity) in books.pools.items():
        inside = [line for line in books.lines if line.starts_at == starts_at]
        if starts_at in beginnings and name.isdigit():
            group = frozenset(int(number) for number in name)
            demands = [(plan.takers(line.services), line.minutes) for line in inside]
            right = sum(minutes for demand, minutes in demands if demand and demand <= group)
        elif starts_at in beginnings:
            right = sum(line.first and name in line.services for line in inside)
        else:
            continue
        if booked != right:
            wrong.append(f"{starts_at} {name}: {booked} instead of {right}")
    return wrong


def changed(plan: PlanOfTest, **what: object) -> PlanOfTest:
    """The same plan but for this."""
    return replace(plan, **what)  # type: ignore[arg-type]
