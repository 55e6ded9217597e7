"""Days, hours and names as the booking pages say them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date

from booking import rules
from booking.offers import Offer
from booking.rules import OfferedSlot
from core.i18n import day_words
from core.i18n import gettext as _
from core.words import fold
from office.hours import open_spans
from office.models import Service
from office.words import field_name, stopped_words


@dataclass(frozen=True)
class DayTile:
    """One day of the strip: `note` says why nothing is free, or that it is today; `closed` that there is nothing to choose."""

    on: date
    weekday: str
    day: str
    note: str
    closed: bool
    chosen: bool


@dataclass(frozen=True)
class SlotTile:
    """One slot as a button: `at` is its local beginning, `tone` green, amber (last place) or plain (full)."""

    at: str
    clock: str
    left: int
    note: str
    tone: str
    next_day: bool


@dataclass(frozen=True)
class PartOfDay:
    """The slots of the morning, the afternoon, ..."""

    name: str
    slots: list[SlotTile]


def hour_words(local_start: datetime) -> str:
    """ "Thứ Hai 23/11, 09:15" """
    return f"{day_words(local_start.date())}, {local_start:%H:%M}"


def wall(local_start: datetime) -> str:
    """The beginning of a slot as the pages' addresses carry it: the office's wall clock, to the minute."""
    return local_start.strftime("%Y-%m-%dT%H:%M")


def legible(text: str) -> str:
    """What was typed without the characters no page can show again; otherwise untouched."""
    return "".join(c for c in text if not unicodedata.category(c).startswith("C"))


def matches(folded: str, typed: str) -> bool:
    """Whether every word typed stands in the folded name, tones and case aside."""
    return all(word in folded for word in fold(typed).split())


def day_tiles(
    offer: Offer, slots: dict[date, list[OfferedSlot]], chosen: date, *, stopped_today: bool = False
) -> list[DayTile]:
    """The days that may be booked, with why some cannot be chosen."""
    return [
        DayTile(
            on=on,
            weekday=str(format_date(on, "EEE")),
            day=str(on.day),
            note=_("tạm ngừng") if stopped_today and on == offer.today else _day_note(offer, on, of_day),
            closed=not of_day,
            chosen=on == chosen,
        )
        for on, of_day in slots.items()
    ]


def stops_today(offer: Offer) -> list[str]:
    """What the office says is stopped today."""
    return [stopped_words(stop.field, stop.reason) for stop in offer.stops]


def stopped(offer: Offer, services: Iterable[Service], on: date) -> str:
    """Why a visit for these services is not to be had on a day; "" when nothing stops it."""
    stop = offer.stop_of(services, on)
    return stopped_words(stop.field, stop.reason) if stop else ""


def parts_of_day(offer: Offer, service: Service, slots: Iterable[OfferedSlot]) -> list[PartOfDay]:
    """The slots of a day under the headings people use; parts without a slot are left out."""
    parts: dict[str, list[SlotTile]] = {}
    for slot in slots:
        local_start = slot.starts_at.astimezone(offer.tz)
        parts.setdefault(_part(local_start.hour), []).append(_slot_tile(offer, service, slot, local_start))
    return [PartOfDay(name, tiles) for name, tiles in parts.items()]


def next_working_day(offer: Offer, on: date) -> date | None:
    """The first open day after `on` within a fortnight."""
    days = rules.bookable_days(on, 14)[1:]
    return next((day for day in days if open_spans(offer.hours, day)), None)


def grouped(services: Sequence[Service]) -> dict[str, list[Service]]:
    """Services by field, fields in the order they first appear."""
    groups: dict[str, list[Service]] = {}
    for service in services:
        groups.setdefault(field_name(service.field), []).append(service)
    return groups


def _day_note(offer: Offer, on: date, slots: Sequence[OfferedSlot]) -> str:
    exception = offer.hours.exceptions.get(on)
    if exception is not None and exception.holiday and not slots:
        return _("nghỉ lễ")
    if not slots:
        return _("hết giờ") if on == offer.today and open_spans(offer.hours, on) else _("nghỉ")
    if not any(slot.left for slot in slots):
        return _("hết chỗ")
    return _("hôm nay") if on == offer.today else ""


def _part(hour: int) -> str:
    if hour < 5:
        return _("Ban đêm")
    if hour < 12:
        return _("Buổi sáng")
    return _("Buổi chiều") if hour < 18 else _("Buổi tối")


def _slot_tile(offer: Offer, service: Service, slot: OfferedSlot, local_start: datetime) -> SlotTile:
    note = _("hết chỗ") if slot.left == 0 else _("còn %(count)s chỗ", count=slot.left)
    return SlotTile(
        at=wall(local_start),
        clock=f"{local_start:%H:%M}",
        left=slot.left,
        note=note,
        tone="plain" if slot.left == 0 else "amber" if slot.left == 1 else "green",
        next_day=slot.left > 0 and rules.answered_next_day(local_start, service.same_day),
    )
