"""Plans of a small office for the tests of what may be booked: counters by number, services by letter, a Monday in Hanoi."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, combinations
from zoneinfo import ZoneInfo

from booking.capacity_rules import Counters, Plan, PlannedSlot, Use, day_slots
from office.hours import OpenSpan

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(clock: str, day: int = 23) -> datetime:
    """An instant of November 2026, by Hanoi's wall clock."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


def span(text: str) -> OpenSpan:
    """ "08:00-11:30" """
    opens, closes = text.split("-")
    return OpenSpan(at(opens), at(closes))


def ids(services: str) -> frozenset[int]:
    """Services by their letters: "A" is 1, "AB" are 1 and 2."""
    return frozenset(ord(letter) - ord("A") + 1 for letter in services)


def plan(skills: Mapping[int, str], *, share: int = 60, slot_minutes: int = 15, places: Mapping[str, int] | None = None) -> Plan:
    """The plan of counters (number) that take services (letters)."""
    services = sorted({letter for letters in skills.values() for letter in letters})
    takers = {
        one: frozenset(number for number, letters in skills.items() if letter in letters)
        for letter in services
        for one in ids(letter)
    }
    return Plan(takers, share, slot_minutes, {one: most for letter, most in (places or {}).items() for one in ids(letter)})


def morning(counters: int | Mapping[int, str], until: str = "12:00", slot_minutes: int = 15) -> list[PlannedSlot]:
    """The slots of a morning from 8:00, of so many counters, or of counters with these hours."""
    hours = counters if isinstance(counters, Mapping) else dict.fromkeys(range(1, counters + 1), f"08:00-{until}")
    return day_slots({number: [span(part) for part in text.split()] for number, text in hours.items()}, slot_minutes)


def use(services: str, minutes: int, *, first: bool = True) -> Use:
    """What a visit for these services (letters) takes of one slot."""
    return Use(ids(services), minutes, first)


def begins(slots: Sequence[PlannedSlot]) -> list[str]:
    """When slots begin, by Hanoi's wall clock."""
    return [f"{slot.starts_at.astimezone(HANOI):%H:%M}" for slot in slots]


def every_group(counters: Sequence[int]) -> list[Counters]:
    """Every set of these counters but the empty one, whether they hang together or not."""
    sizes = (combinations(counters, size) for size in range(1, len(counters) + 1))
    return [frozenset(group) for group in chain.from_iterable(sizes)]
