"""What is personal goes: at the person's word, or (`booking.retention`) when its days are over. Never commits.

A booking stays as a figure: its day, hour, services, how it ended. Name, phone and device are gone from it and from everything
that was written about it: messages, waiting list, call list, kept answers. What stays until its own days are over is the mark
that somebody else came with a booking: a keyed hash of the phone, from which nobody gets the number back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import privacy_store, store, telling, waiting_actions
from booking.actions import cancel
from booking.events import BookingsChanged
from booking.models import Appointment, WaitingEntry
from booking.refusals import AlreadyCheckedIn, AlreadyOver, AppointmentUnknown
from core import idempotency
from core.events import record
from notices import actions as notices


def erase(session: Session, token: str, *, now: datetime, tz: ZoneInfo, public_url: str) -> Appointment:
    """Delete the data of the booking this token opens; a second time changes nothing. Locks it, and then its slots, until commit.

    A visit still to come is cancelled first. Who stands in the line keeps the number: a ticket has no name. The token stays
    good, for a page that says what was done. Raises AppointmentUnknown.
    """
    appointment = store.lock_by_token(session, token)
    if appointment is None:
        raise AppointmentUnknown()
    if appointment.erased_at is not None:
        return appointment
    with suppress(AlreadyCheckedIn, AlreadyOver):  # there is nothing left to give back
        cancel(session, token, now=now, tz=tz, public_url=public_url)
    idempotency.forget_answers(session, _as_answered(appointment))
    anonymise(session, [appointment], now)
    record(session, BookingsChanged(appointment.office.code))
    return appointment


def erase_waiting(session: Session, token: str, *, now: datetime, tz: ZoneInfo, public_url: str) -> WaitingEntry:
    """The same for who waits, by the token of the waiting list, and for the booking that came of it. Raises WaitingUnknown."""
    entry = waiting_actions.leave(session, token, now=now, tz=tz, public_url=public_url)
    if entry.appointment_id is not None:
        booked = session.get_one(Appointment, entry.appointment_id)
        erase(session, booked.token, now=now, tz=tz, public_url=public_url)
    if entry.erased_at is None:
        anonymise_waiting(session, [entry], now)
    return entry


def anonymise(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Take the data out of locked bookings and out of what was written about them."""
    for each in appointments:
        each.name = each.name_folded = each.phone = each.device = ""
        # Who did not come stays known by place and service: that is no name, and the minutes were counted by it.
        each.people = [{**person, "name": ""} for person in each.people]
        each.erased_at = now
    session.flush()
    ids = [each.id for each in appointments]
    anonymise_waiting(session, privacy_store.waiting_of(session, ids), now)
    privacy_store.forget_calls(session, ids)
    notices.erase(session, [telling.reference(each) for each in appointments], now)


def anonymise_waiting(session: Session, entries: Sequence[WaitingEntry], now: datetime) -> None:
    """The same for locked entries of waiting lists; who still stands on one leaves it."""
    for each in entries:
        each.name = each.phone = each.device = ""
        each.erased_at = now
        if each.state in ("waiting", "offered"):
            each.state, each.hold_id, each.ended_at = "left", None, now
    session.flush()
    notices.erase(session, [telling.waiting_reference(each) for each in entries], now)


def _as_answered(appointment: Appointment) -> list[str]:
    """The data as they stand in an answer that is kept for whoever asks twice."""
    personal = {appointment.name, appointment.phone, *(person["name"] for person in appointment.people)}
    return [json.dumps(text, ensure_ascii=False) for text in personal if text]
