"""What may be booked and when. Pure: slots with their places in, choices out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

ALTERNATIVES = 3
"""How many other beginnings are offered instead of a taken one."""

NEXT_DAY_FROM_MINUTE = 15 * 60
"""Dossiers handed in from 15:00 on move on the next working day (domain.md, "Law that shapes screens and data")."""


@dataclass(frozen=True)
class OfferedSlot:
    """A slot as a person sees it for one visit: how many more of its kind may begin in it."""

    starts_at: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True)
class Waiting:
    """Somebody on the waiting list: how often an offer came already, and since when they wait."""

    id: int
    offers: int
    since: datetime


def next_free(slots: Iterable[OfferedSlot]) -> OfferedSlot | None:
    """The earliest slot with a place left."""
    return min((slot for slot in slots if slot.left > 0), key=lambda slot: slot.starts_at, default=None)


def alternatives(slots: Iterable[OfferedSlot], wanted: datetime, count: int = ALTERNATIVES) -> list[OfferedSlot]:
    """The free slots nearest to the wanted beginning, earliest first: what to offer when it is taken."""
    free = sorted((slot for slot in slots if slot.left > 0), key=lambda slot: abs(slot.starts_at - wanted))
    return sorted(free[:count], key=lambda slot: slot.starts_at)


def bookable_days(today: date, days_ahead: int) -> list[date]:
    """The local days that may be booked: today and the next `days_ahead`."""
    return [today + timedelta(days=ahead) for ahead in range(days_ahead + 1)]


def days_open(local_now: datetime, days_ahead: int, book_from: time) -> list[date]:
    """The same at this wall-clock time: the last of the days opens for booking at `book_from`, not at midnight."""
    opened = local_now.time() >= book_from or days_ahead == 0
    return bookable_days(local_now.date(), days_ahead if opened else days_ahead - 1)


def free_ordinal(taken: Collection[int], limit: int) -> int | None:
    """The lowest ordinal from 1 to `limit` a phone has not used that day; None when the limit is reached."""
    return next((nth for nth in range(1, limit + 1) if nth not in taken), None)


def answered_next_day(local_start: datetime, same_day: bool) -> bool:
    """Whether the result of a same-day procedure handed in at this wall-clock time comes a working day later."""
    return same_day and local_start.hour * 60 + local_start.minute >= NEXT_DAY_FROM_MINUTE


def in_line(waiting: Iterable[Waiting]) -> list[Waiting]:
    """In which order freed places are offered: who had the fewest offers first, of those who has waited longest."""
    return sorted(waiting, key=lambda each: (each.offers, each.since, each.id))


def offer_ends(now: datetime, starts_at: datetime, offer_minutes: int, public_minutes: int) -> datetime | None:
    """Until when a place freed now may be offered to somebody; None when it is simply public.

    Public it is from `public_minutes` before its slot, and so is an offer of which less than a minute would be left.
    """
    ends = min(now + timedelta(minutes=offer_minutes), starts_at - timedelta(minutes=public_minutes))
    return ends if ends - now >= timedelta(minutes=1) else None


def rest_ends(now: datetime, starts_at: datetime, rest_minutes: int, public_minutes: int, chance: float) -> datetime | None:
    """When a freed place comes up again: `chance` (0 to 1) of the way through `rest_minutes`; None for at once."""
    ends = min(now + timedelta(minutes=rest_minutes) * chance, starts_at - timedelta(minutes=public_minutes))
    return ends if ends > now else None


def returned(parts: Sequence[int], minutes: int) -> list[int]:
    """What stays of a visit's `parts` (minutes slot by slot) when `minutes` are not needed: the last slots come back first."""
    kept = list(parts)
    for index in range(len(kept) - 1, -1, -1):
        back = min(kept[index], minutes)
        kept[index] -= back
        minutes -= back
    return kept
