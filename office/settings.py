"""Every setting of an office, with its default (domain.md) and one sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from office import call_sentence as sentences
from office.display_options import ENGINES

_CHOICES = {
    "priority": ("strict", "interleaved", "all"),
    "late_policy": ("walk_in", "rebook"),
    "voice_engine": ENGINES,
    "voice_style": ("digits", "grouped"),
}
_AT_LEAST = {
    "slot_minutes": 5, "ratio": 1, "interleave": 1, "absent_calls": 1, "per_phone_a_day": 1, "hold_minutes": 1,
    "offer_minutes": 1, "retention_days": 1, "voice_times": 1, "voice_speed": 80,
}  # fmt: skip
_AT_MOST = {
    "slot_minutes": 240, "bookable_share": 100, "book_days": 60, "early": 240, "late": 240, "lead": 240, "voice_times": 3,
    "voice_speed": 240,
}  # fmt: skip
_ANY_AT_MOST = 100_000
_SENTENCES = ("call_sentence", "call_sentence_en")
_MAY_BE_EMPTY = ("quiet_from", "quiet_until")
CLOCKS = ("book_from", "quiet_from", "quiet_until")
"""The settings that are hours of the wall clock."""
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
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
    wait_alarm: int = 45
    """After how many open minutes the longest wait alarms; 0 means never."""
    retention_days: int = 90
    """Days after which personal data are made anonymous."""
    voice_engine: str = "auto"
    """How calls are made heard where a display has nothing of its own: auto, clips, espeak, browser, chime or off."""
    voice_style: str = "digits"
    """How a number is read: digits ("A không một hai") or grouped ("A không mười hai")."""
    voice_times: int = 2
    """How often a call is said."""
    voice_chime: bool = True
    """Whether a chime goes before a call."""
    voice_speed: int = 130
    """How fast a machine's voice reads, in words a minute."""
    voice_set: str = ""
    """The folder of recorded clips under DATA_DIR/voice; empty means the one named like the office's code."""
    call_sentence: str = sentences.VIETNAMESE
    """What is said to call {so} to {quay}."""
    call_sentence_en: str = sentences.ENGLISH
    """The same in English, after it, for who took the number in English."""
    quiet_from: str = ""
    """From which wall-clock time nothing is heard in the hall; empty means never."""
    quiet_until: str = ""
    """Until when; a time before quiet_from is the next morning's."""

    @property
    def quiet(self) -> tuple[str, str] | None:
        """From when until when displays are quiet, or None."""
        named = self.quiet_from and self.quiet_until and self.quiet_from != self.quiet_until
        return (self.quiet_from, self.quiet_until) if named else None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Settings:
        """The settings of an office from what it stored; a name this version does not know is passed over."""
        try:
            return _settings(tuple(sorted(stored.items())))
        except TypeError:  # a value that is no single one, of a version to come
            return _settings.__wrapped__(tuple(stored.items()))


@lru_cache(maxsize=2048)
def _settings(stored: tuple[tuple[str, Any], ...]) -> Settings:
    known = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in stored if name in known})


class SettingWrong(ValueError):
    """A value that a setting cannot have: `why` is number, choice, clock, sentence or folder. Its words: settings_words.py."""

    def __init__(self, sentence: str, name: str, why: str, low: int = 0, high: int = 0) -> None:
        super().__init__(sentence)
        self.name, self.why, self.low, self.high = name, why, low, high


def names() -> tuple[str, ...]:
    """Every setting."""
    return _NAMES


def choices(name: str) -> tuple[str, ...]:
    """What a setting can be, where that is a few words; else nothing."""
    return _CHOICES.get(name, ())


def bounds(name: str) -> tuple[int, int]:
    """The smallest and the greatest figure of a setting that is one."""
    return _AT_LEAST.get(name, 0), _AT_MOST.get(name, _ANY_AT_MOST)


def read_setting(name: str, text: str) -> Any:
    """The value of a setting as it was typed. Raises SettingWrong."""
    return _read(name, text.strip(), getattr(Settings, name))


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
            raise SettingWrong(f"{name} is true or false, not {value!r}", name, "choice")
        return _TRUTHS[value.lower()]
    if isinstance(default, int):
        low, high = bounds(name)
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            raise SettingWrong(f"{name} is a whole number from {low} to {high}, not {value!r}", name, "number", low, high)
        return int(value)
    return _read_text(name, value)


def _read_text(name: str, value: str) -> str:
    if name in _SENTENCES:
        try:
            return sentences.read_sentence(value)
        except ValueError as error:
            raise SettingWrong(str(error), name, "sentence") from error
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise SettingWrong(f"{name} is one of {', '.join(_CHOICES[name])}, not {value!r}", name, "choice")
    elif name == "voice_set":
        if value and not _FOLDER.fullmatch(value):
            sentence = f"{name} is the name of a folder: letters, figures, - and _, not {value!r}"
            raise SettingWrong(sentence, name, "folder")
    elif not _CLOCK.fullmatch(value) and not (name in _MAY_BE_EMPTY and not value):
        raise SettingWrong(f"{name} is an hour like 08:00, not {value!r}", name, "clock")
    return value


_NAMES = tuple(field.name for field in fields(Settings))
