"""Lost hours and the people to be called, as pages and programs are shown them: names masked, hours in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.call_list import ToCall
from booking.impact import LostHour
from booking.masks import masked_name
from booking.models import Appointment
from booking.reach import dialled
from booking.words import hour_words, wall
from core.web import local
from office.words import service_name
from setup import words


@dataclass(frozen=True)
class Hour:
    """An hour to move to: `at` as forms send it, and in words."""

    at: str
    words: str


@dataclass(frozen=True)
class LostLine:
    """A booking that a change of plan would hurt, as the preview shows it."""

    hour: str
    service: str
    code: str
    name: str
    people: int
    by_message: bool
    proposals: Sequence[Hour]


@dataclass(frozen=True)
class CallLine:
    """An entry of the call list. `whole_name` is shown only after an opening that was written down."""

    id: int
    state: str
    pill: tuple[str, str]
    hour: str
    service: str
    code: str
    name: str
    whole_name: str
    people: int
    phone: str
    dialled: str
    message_failed: bool
    now_at: str
    caller: str
    called_at: str
    proposals: Sequence[Hour]


def lost_line(lost: LostHour) -> LostLine:
    """A line of the preview."""
    booked = lost.appointment
    return LostLine(
        hour_words(local(booked.starts_at)),
        service_name(booked.service),
        booked.code,
        masked(booked),
        1 + len(booked.people),
        lost.by_message,
        hours(lost.proposals, booked.starts_at),
    )


def call_line(entry: ToCall) -> CallLine:
    """A line of the call list; `now_at` is the hour a moved booking has now."""
    booked, called_at = entry.appointment, entry.entry.called_at
    return CallLine(
        id=entry.entry.id,
        state=entry.state,
        pill=words.call_state(entry.state),
        hour=hour_words(local(entry.entry.starts_at)),
        service=service_name(booked.service),
        code=booked.code,
        name=masked(booked),
        whole_name=booked.name,
        people=1 + len(booked.people),
        phone=booked.phone,
        dialled=dialled(booked.phone),
        message_failed=entry.message_failed,
        now_at=hour_words(local(booked.starts_at)) if entry.state == "moved" else "",
        caller=entry.caller or "",
        called_at=f"{local(called_at):%H:%M %d/%m}" if called_at else "",
        proposals=hours(entry.proposals, entry.entry.starts_at),
    )


def hours(proposals: Iterable[datetime], instead_of: datetime) -> list[Hour]:
    """Hours in words: of the same day just the clock, of another day the day too."""
    day = local(instead_of).date()
    return [
        Hour(wall(at), f"{at:%H:%M}" if at.date() == day else hour_words(at)) for at in (local(each) for each in proposals)
    ]


def masked(booked: Appointment) -> str:
    """The name as a screen may show it; nothing where it was deleted."""
    return masked_name(booked.name) if booked.name.strip() else ""
