"""People who must hear that the office cannot keep their hour: told by a message, or called by telephone. Never commits.

Everybody whose hour a change of plan loses gets an entry. Who could be told by a message is on the list of those to be called
only when that message failed. A booking itself is never touched by it: it stays until its person or an officer moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import flask_babel
from flask import has_app_context
from sqlalchemy.orm import Session

from booking import actions, call_rules, call_store, impact, links, offers, visits
from booking.call_rules import CallState, Listed, Sent
from booking.call_store import EntryRow
from booking.free_hours import FreeHours
from booking.impact import Impact
from booking.models import Appointment, CallListEntry
from booking.offers import Offer
from booking.reach import by_message
from booking.refusals import NotListedAnyMore
from booking.telling import reference
from core.i18n import gettext as _
from notices.actions import enqueue
from notices.models import Message
from notices.store import of_references
from office.actions import audit
from office.models import Office

MESSAGED = "messaged"
UNREACHABLE = "unreachable"
"""Why somebody stands on the list: a message was written at `listed_at`, or none could be."""

SHOWN = timedelta(days=7)
"""How long after its hour an entry is shown as done."""

JUST_NOW = timedelta(minutes=3)
"""Longer than a booking takes from reading the plan to being written, and than it takes until somebody looks for it."""


@dataclass(frozen=True)
class ToCall:
    """An entry as the list shows it: how it stands, who called (the name), whether a message failed, and free hours if open."""

    entry: CallListEntry
    appointment: Appointment
    state: CallState
    caller: str | None
    message_failed: bool
    proposals: Sequence[datetime]


@dataclass(frozen=True)
class Told:
    """How many people were told by a message, and how many somebody has to call."""

    by_message: int
    to_call: int


# --- after a change of plan -------------------------------------------------------------------------------------------


def record_lost(session: Session, done: Impact, *, channel: str | None, public_url: str) -> Told:
    """Tell everybody whose hour is lost, or put them on the list; tell those who were told so before that it is kept after all.

    `channel` is the channel that reaches phones, None where there is none. The bookings are held (`impact.lock_lost`).
    """
    told = 0
    for appointment in done.lost:
        reached = by_message(appointment, channel)
        call_store.put_entry(session, appointment, MESSAGED if reached else UNREACHABLE, done.offer.now)
        if reached and channel is not None:
            _tell_lost(session, done.offer, appointment, channel, public_url)
            told += 1
    _tell_kept(session, done.offer, done.kept_again, channel)
    return Told(told, len(done.lost) - told)


def catch_up(session: Session, office: Office, *, channel: str | None, public_url: str, now: datetime, tz: ZoneInfo) -> Told:
    """List who booked or moved in the very moment the plan changed, still by the plan of before. Long after: does nothing."""
    lately = [each for each in call_store.coming(session, office, now) if _since(each) >= now - JUST_NOW]
    if not lately:
        return Told(0, 0)
    offer = offers.load(session, office, now, tz)
    hurt = impact.hurt_by(session, offer)
    fresh = [each for each in lately if each.id in hurt]
    # Held before the list is asked: of two workers who look at once the second sees whom the first has told.
    impact.lock_lost(session, fresh)
    known = call_store.listed_hours(session, office, [each.id for each in fresh])
    missed = tuple(each for each in fresh if (each.id, each.starts_at) not in known)
    return record_lost(session, Impact(offer, missed, ()), channel=channel, public_url=public_url)


def _since(appointment: Appointment) -> datetime:
    return appointment.moved_at or appointment.created_at


def _tell_lost(session: Session, offer: Offer, appointment: Appointment, channel: str, public_url: str) -> None:
    with flask_babel.force_locale(appointment.lang) if has_app_context() else nullcontext():
        text = _(
            "%(office)s: rất tiếc, do thay đổi giờ làm việc, chúng tôi không phục vụ được lịch hẹn %(code)s lúc %(time)s ngày "
            "%(day)s. Lịch hẹn chưa bị hủy: mời ông/bà chọn giờ khác tại %(link)s",
            **_hour(offer, appointment),
            link=f"{links.page_url(public_url, appointment.token)}/move",
        )
    enqueue(session, channel=channel, to=appointment.phone, text=text, reference=reference(appointment), now=offer.now)


def _tell_kept(session: Session, offer: Offer, kept: Sequence[Appointment], channel: str | None) -> None:
    """To those who got a message before: what it said no longer holds."""
    known = call_store.listed_hours(session, offer.office, [each.id for each in kept])
    for appointment in kept:
        entry = known.get((appointment.id, appointment.starts_at))
        if entry is None or entry.why != MESSAGED or channel is None:
            continue
        with flask_babel.force_locale(appointment.lang) if has_app_context() else nullcontext():
            text = _(
                "%(office)s: lịch hẹn %(code)s lúc %(time)s ngày %(day)s nay phục vụ được như đã hẹn. Ông/bà không cần đổi giờ.",
                **_hour(offer, appointment),
            )
        enqueue(session, channel=channel, to=appointment.phone, text=text, reference=reference(appointment), now=offer.now)


def _hour(offer: Offer, appointment: Appointment) -> dict[str, str]:
    begins = appointment.starts_at.astimezone(offer.tz)
    return {"office": offer.office.name, "code": appointment.code, "time": f"{begins:%H:%M}", "day": f"{begins:%d/%m/%Y}"}


# --- the list ---------------------------------------------------------------------------------------------------------


def entries(session: Session, office: Office, *, now: datetime, tz: ZoneInfo, only: int | None = None) -> list[ToCall]:
    """Everybody on the list of an office, by the hour they booked, how they stand judged now; or `only` one entry (id)."""
    judged = _judged(session, office, now, tz, only)
    to_call = any(state == "open" for _row, state in judged)
    free = FreeHours(session, offers.load(session, office, now, tz)) if to_call else None
    return [
        ToCall(
            row.entry,
            row.appointment,
            state,
            row.caller,
            message_failed=state == "open" and row.entry.why == MESSAGED,
            proposals=free.near(row.appointment) if free and state == "open" else (),
        )
        for row, state in judged
    ]


def how_many_to_call(session: Session, office: Office, *, now: datetime, tz: ZoneInfo) -> int:
    """How many people of an office somebody still has to call."""
    return sum(state == "open" for _row, state in _judged(session, office, now, tz, None))


def _judged(
    session: Session, office: Office, now: datetime, tz: ZoneInfo, only: int | None
) -> list[tuple[EntryRow, CallState]]:
    rows = call_store.entry_rows(session, office, now - SHOWN, only)
    if not rows:
        return []
    hurt = impact.hurt_by(session, offers.load(session, office, now, tz))
    sent = of_references(session, [reference(row.appointment) for row in rows if row.entry.why == MESSAGED])
    return [(row, call_rules.state(_listed(row, row.appointment.id not in hurt, sent, now), now)) for row in rows]


def _listed(row: EntryRow, kept: bool, sent: Mapping[str, Sequence[Message]], now: datetime) -> Listed:
    entry, appointment = row.entry, row.appointment
    return Listed(
        cancelled=appointment.state == "cancelled" or appointment.erased_at is not None,
        checked_in=row.here,
        moved=appointment.starts_at != entry.starts_at,
        called=entry.called_at is not None,
        over=entry.starts_at <= now,
        kept=kept,
        message=_message(entry, sent.get(reference(appointment), ())),
    )


def _message(entry: CallListEntry, messages: Iterable[Message]) -> Sent | None:
    """The message written with the entry: the last one of that instant, after the confirmation if that is as young."""
    if entry.why != MESSAGED:
        return None
    mine = [message for message in messages if message.created_at == entry.listed_at]
    return Sent(mine[-1].state, mine[-1].created_at) if mine else None


# --- what staff do with it --------------------------------------------------------------------------------------------


def set_called(session: Session, entry: CallListEntry, called: bool, *, staff_id: int | None, now: datetime) -> None:
    """Tick or untick "called"; ticked twice, the first one counts. The entry is held (`call_store.entry_by_id`)."""
    if called == (entry.called_at is not None):
        return
    entry.called_at, entry.called_by = (now, staff_id) if called else (None, None)
    _note(session, entry, "person_called" if called else "call_unticked", staff_id, now)


def open_booking(session: Session, entry: CallListEntry, *, staff_id: int | None, now: datetime) -> Appointment:
    """The booking of an entry with its name in full. Written down, as every opening is: the log names no person."""
    _note(session, entry, "booking_opened", staff_id, now)
    return session.get_one(Appointment, entry.appointment_id)


def move(
    session: Session,
    entry: CallListEntry,
    starts_at: datetime,
    *,
    staff_id: int | None,
    now: datetime,
    tz: ZoneInfo,
    public_url: str,
) -> Appointment:
    """Give the booking of an entry the hour agreed on the telephone; its person is on time at the old one, too.

    Twice is the same as once. Raises NotListedAnyMore when the booking is at another hour by now, and what
    `booking.actions.move` raises.
    """
    appointment = visits.locked(session, entry.appointment_id)
    if appointment is None or appointment.starts_at not in (entry.starts_at, starts_at):
        raise NotListedAnyMore()
    if appointment.starts_at == starts_at:
        return appointment
    moved = actions.move(session, appointment.token, starts_at, now=now, tz=tz, public_url=public_url, by_office=True)
    _note(session, entry, "booking_moved_by_office", staff_id, now)
    return moved


def _note(session: Session, entry: CallListEntry, what: str, staff_id: int | None, now: datetime) -> None:
    audit(session, what, now, office_id=entry.office_id, staff_id=staff_id, booking=entry.appointment_id)
