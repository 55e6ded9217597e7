"""What is done with a booking: book, move, cancel. Never commits."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking import offers, rules, slot_store, store, telling, waiting_list
from booking.events import BookingsChanged
from booking.forms import CODE_ALPHABET, Companion, Visitor
from booking.models import Appointment
from booking.offers import Offer, Want
from booking.places import in_hand
from booking.refusals import (
    AlreadyCancelled,
    AlreadyCheckedIn,
    AlreadyOver,
    AppointmentUnknown,
    FieldLimitReached,
    LimitReached,
    PhoneBlocked,
)
from core.events import record
from core.words import fold
from office.hours import local_day
from office.models import Office

CODE_LENGTH = 6
_TRIES = 4
"""How often a phone's ordinal is chosen again when another request of the same phone took it in the same moment."""


@dataclass(frozen=True)
class Wish:
    """What is asked for: `service` is a code, `starts_at` the beginning of a slot, `lang` the language of the messages.

    `hold` is the token of a hold that may be used up. `device` and `phone_hash` are keyed hashes (`booking.marks`).
    """

    service: str
    starts_at: datetime
    visitor: Visitor
    people: tuple[Companion, ...] = ()
    lang: str = "vi"
    hold: str | None = None
    device: str = ""
    phone_hash: str = ""


def book(session: Session, office: Office, wish: Wish, *, now: datetime, tz: ZoneInfo, public_url: str) -> Appointment:
    """Give this person, and who comes along, their place, and write the message that says so.

    Uses up the hold when there is one; one that ran out is no obstacle while there is room. Locks the slots until commit.
    Raises NotBookable, NotTogether, SlotPast, SlotUnknown, SlotTaken, PhoneBlocked, LimitReached or FieldLimitReached; then
    nothing of it is kept, because the transaction is rolled back.
    """
    offer = offers.load(session, office, now, tz)
    want = offer.want(wish.service, *(person.service for person in wish.people))
    window = offer.window_at(want, wish.starts_at)
    hold = slot_store.hold_by_token(session, wish.hold)
    places = in_hand(session, offer, window, freeing_holds=[hold.id] if hold and hold.office_id == office.id else ())
    parts = places.fit_or_refuse(want, window)
    appointment = _appointment(session, office, wish, want, offer, window[0].starts_at)
    refuse_marked(session, offer, wish.phone_hash)
    _within_limits(session, offer, appointment, appointment.on, lambda: session.add(appointment))
    places.give(want.ids, parts, appointment=appointment.id)
    telling.tell_booked(session, offer, appointment, public_url)
    record(session, BookingsChanged(office.code))
    return appointment


def _appointment(
    session: Session, office: Office, wish: Wish, want: Want, offer: Offer, starts_at: datetime
) -> Appointment:
    return Appointment(
        office_id=office.id,
        service_id=want.service.id,
        on=local_day(starts_at, offer.tz),
        starts_at=starts_at,
        minutes=want.minutes,
        field=want.service.field,
        code=_new_code(session, office),
        token=secrets.token_urlsafe(16),
        name=wish.visitor.name,
        name_folded=fold(wish.visitor.name),
        phone=wish.visitor.phone,
        people=[{"name": person.name, "service": person.service} for person in wish.people],
        lang=wish.lang,
        device=wish.device,
        consent_at=offer.now,
        created_at=offer.now,
    )


def move(
    session: Session,
    token: str,
    starts_at: datetime,
    *,
    now: datetime,
    tz: ZoneInfo,
    public_url: str,
    by_office: bool = False,
) -> Appointment:
    """Give the booking another hour; code, token and papers stay. Moved `by_office`, its person is on time at the old hour, too.

    Holds the booking and both hours' slots until commit. Raises AppointmentUnknown, AlreadyCancelled, AlreadyCheckedIn,
    AlreadyOver and what `book` raises.
    """
    appointment = _changeable(session, token, now, tz)
    if starts_at == appointment.starts_at:
        return appointment
    offer = offers.load(session, appointment.office, now, tz)
    want = want_of(offer, appointment)
    window = offer.window_at(want, starts_at)
    places = in_hand(session, offer, window, freeing=appointment.id)
    parts = places.fit_or_refuse(want, window)
    new = window[0].starts_at
    on = local_day(new, tz)

    def change() -> None:
        # Moved twice by the office, the first hour is the one the person knows; moved by the person, the new one.
        told = appointment.moved_from_at or appointment.starts_at
        appointment.moved_from_at = told if by_office and told != new else None
        appointment.on, appointment.starts_at, appointment.moved_at = on, new, now

    _within_limits(session, offer, appointment, on, change)
    places.give(want.ids, parts, appointment=appointment.id)
    waiting_list.pass_on(session, places, public_url=public_url)
    telling.tell_booked(session, offer, appointment, public_url)
    record(session, BookingsChanged(appointment.office.code))
    return appointment


def cancel(session: Session, token: str, *, now: datetime, tz: ZoneInfo, public_url: str) -> Appointment:
    """Give the place back. Cancelling twice is the same as once.

    Raises AppointmentUnknown, AlreadyCheckedIn or AlreadyOver.
    """
    try:
        appointment = _changeable(session, token, now, tz)
    except AlreadyCancelled:
        return _known(session, token)
    offer = offers.load(session, appointment.office, now, tz)
    places = in_hand(session, offer, (), freeing=appointment.id)
    appointment.state, appointment.cancelled_at = "cancelled", now
    waiting_list.pass_on(session, places, public_url=public_url)
    record(session, BookingsChanged(appointment.office.code))
    return appointment


def return_minutes(session: Session, appointment: Appointment, minutes: int, *, now: datetime, tz: ZoneInfo) -> None:
    """Give minutes of a visit back that are not needed, because somebody of a household did not come: the last slots' first.

    What has begun is not given back. Locks the booking's slots until commit; `appointment.minutes` is the caller's to change.
    """
    offer = offers.load(session, appointment.office, now, tz)
    places = in_hand(session, offer, offer.slots_held(slot_store.planned_of(session, appointment=appointment.id)))
    used = slot_store.minutes_of(session, places.ids, appointment.id)
    coming = {starts_at: part for starts_at, part in used.items() if starts_at > now}
    for starts_at, kept in zip(coming, rules.returned(list(coming.values()), minutes), strict=True):
        slot_store.set_minutes(session, places.ids[starts_at], appointment.id, kept)
    in_hand(session, offer, places.slots.values()).agree()
    record(session, BookingsChanged(appointment.office.code))


def want_of(offer: Offer, appointment: Appointment) -> Want:
    """The visit of a booking as it is asked for now: who will not come after all needs no minutes.

    Raises NotBookable, NotTogether when no counter does it any more.
    """
    coming = [person["service"] for person in appointment.people if not person.get("absent")]
    want = offer.want(appointment.service.code, *coming)
    return Want(want.services, appointment.minutes, want.counters)


def _known(session: Session, token: str) -> Appointment:
    appointment = store.lock_by_token(session, token)
    if appointment is None:
        raise AppointmentUnknown()
    return appointment


def _changeable(session: Session, token: str, now: datetime, tz: ZoneInfo) -> Appointment:
    appointment = _known(session, token)
    if appointment.state == "cancelled":
        raise AlreadyCancelled()
    if store.ticket_of(session, appointment) is not None:
        raise AlreadyCheckedIn()
    if appointment.on < local_day(now, tz):
        raise AlreadyOver()
    return appointment


def refuse_marked(session: Session, offer: Offer, phone_hash: str) -> None:
    """Raise PhoneBlocked when too many bookings of this phone (hashed) were used by somebody else."""
    limit = offer.settings.wrong_person_limit
    if limit and phone_hash and store.marks_of(session, phone_hash) >= limit:
        raise PhoneBlocked()


def _new_code(session: Session, office: Office) -> str:
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _letter in range(CODE_LENGTH))
        if not store.code_in_use(session, office, code):
            return code


def _within_limits(session: Session, offer: Offer, appointment: Appointment, on: date, write: Callable[[], None]) -> None:
    """Write the booking with the phone's lowest free ordinal of the day.

    The unique indexes decide, not the look before: when another request of this phone took the ordinal in the same moment,
    the write is undone to its savepoint and tried with the next.
    """
    limit = offer.settings.per_phone_a_day
    phone, field, own_id = appointment.phone, appointment.field, appointment.id
    for _attempt in range(_TRIES):
        use = store.phone_use(session, phone, on, apart_from=own_id)
        if field in use.fields:
            raise FieldLimitReached()
        nth = rules.free_ordinal(use.ordinals, limit)
        if nth is None:
            break
        try:
            with session.begin_nested():
                appointment.nth = nth
                write()
                session.flush()
        except IntegrityError:
            continue
        return
    raise LimitReached(limit=limit)
