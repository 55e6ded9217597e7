"""Every setting of an office, with its default (domain.md) and one sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

_CHOICES = {"priority": ("strict", "interleaved", "all"), "late_policy": ("walk_in", "rebook")}
_AT_LEAST = {
    "slot_minutes": 5, "ratio": 1, "interleave": 1, "absent_calls": 1, "per_phone_a_day": 1, "hold_minutes": 1,
    "offer_minutes": 1, "retention_days": 1,
}  # fmt: skip
_AT_MOST = {"slot_minutes": 240, "bookable_share": 100, "book_days": 60, "early": 240, "late": 240, "lead": 240}
_ANY_AT_MOST = 100_000
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Settings:
    """What an office may set. Minutes are whole minutes; shares are per cent."""

    slot_minutes: int = 15
    """Length of a bookable slot."""
    early: int = 10
    """How many minutes before the slot a booked person still counts as on time."""
    late: int = 10
    """How many minutes after the slot's start a booked person still counts as on time."""
    lead: int = 6
    """How many minutes before the slot a booked person who is here may be called; never more than `early`."""
    guard: int = 30
    """After how many open minutes of waiting a walk-in takes turns with due bookings."""
    ratio: int = 4
    """How many due bookings go between two turns of the guard."""
    priority: str = "interleaved"
    """How priority people go before other walk-ins: strict, interleaved, or all (before due bookings too)."""
    interleave: int = 3
    """With interleaved priority: one priority person after so many others."""
    late_policy: str = "walk_in"
    """What becomes of a booked person who comes too late: walk_in, or rebook (the next free slot today)."""
    numbers_before: int = 30
    """From how many minutes before opening numbers are given."""
    book_days: int = 6
    """How many days after today can be booked."""
    book_from: str = "00:00"
    """At which wall-clock time the last of these days opens for booking."""
    per_phone_a_day: int = 2
    """Live bookings a phone may have on one day; one a field."""
    confirm_code: bool = False
    """Whether a code sent to the phone is asked for before a booking is made."""
    wrong_person_limit: int = 3
    """After how many bookings that somebody else came with a phone can book no more, while data are kept; 0 means never."""
    hold_minutes: int = 5
    """How many minutes a slot is held while name and phone are typed."""
    freed_rest_minutes: int = 10
    """Within how many minutes a place that was given back comes up again, at a random moment; 0 means at once."""
    offer_minutes: int = 10
    """How many minutes somebody on the waiting list has to accept an offered place."""
    offers_until: int = 60
    """From how many minutes before its slot a freed place is simply public."""
    bookable_share: int = 60
    """How much of the counters' time may be booked; the rest is for walk-ins."""
    last_number_rule: bool = True
    """Whether walk-in numbers end when the forecast passes the session's closing time."""
    recall_after_s: int = 20
    """Seconds between two calls of the same person."""
    absent_calls: int = 3
    """After how many calls absence is suggested."""
    absent_after_s: int = 90
    """Seconds from the first call before absence is suggested."""
    undo_s: int = 30
    """Seconds in which an action can be undone."""
    silent_after_s: int = 180
    """After how many seconds without a sign of its console an open or paused counter counts as left alone."""
    carry_quota: int = 20
    """How many slips for one working day may be given at the close of the days before it."""
    hold_alarm: int = 60
    """After how many minutes a held ticket alarms."""
    retention_days: int = 90
    """Days after which personal data are made anonymous."""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Settings:
        """The settings of an office from what it stored; a name this version does not know is passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


def read_changes(texts: Iterable[str]) -> dict[str, Any]:
    """The settings written as "guard=25" or "confirm_code=true", each checked. Raises ValueError with a sentence."""
    changes = {}
    for text in texts:
        name, equals, value = text.partition("=")
        default = getattr(Settings, name, None) if name in _NAMES else None
        if not equals or default is None:
            raise ValueError(f"{text!r} is not NAME=VALUE of a setting: {', '.join(_NAMES)}")
        changes[name] = _read(name, value.strip(), default)
    return changes


def _read(name: str, value: str, default: Any) -> Any:
    if isinstance(default, bool):
        if value.lower() not in _TRUTHS:
            raise ValueError(f"{name} is true or false, not {value!r}")
        return _TRUTHS[value.lower()]
    if isinstance(default, int):
        low, high = _AT_LEAST.get(name, 0), _AT_MOST.get(name, _ANY_AT_MOST)
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            raise ValueError(f"{name} is a whole number from {low} to {high}, not {value!r}")
        return int(value)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{name} is one of {', '.join(_CHOICES[name])}, not {value!r}")
    if name not in _CHOICES and not _CLOCK.fullmatch(value):
        raise ValueError(f"{name} is an hour like 08:00, not {value!r}")
    return value


_NAMES = tuple(field.name for field in fields(Settings))
