"""What is done with a booking: book, move, cancel. Never commits."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking import offers, rules, store
from booking.events import BookingsChanged
from booking.forms import CODE_ALPHABET, Visitor
from booking.links import page_url
from booking.models import Appointment
from booking.offers import Offer
from booking.refusals import (
    AlreadyCancelled,
    AlreadyCheckedIn,
    AlreadyOver,
    AppointmentUnknown,
    FieldLimitReached,
    LimitReached,
    SlotTaken,
)
from booking.rules import PlannedSlot
from core.events import record
from core.i18n import gettext as _
from core.words import fold
from notices.actions import enqueue
from office.hours import local_day
from office.models import Office, Service
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of

CODE_LENGTH = 6
CHANNEL = "file"
_TRIES = 4
"""How often a phone's ordinal is chosen again when another request of the same phone took it in the same moment."""


@dataclass(frozen=True)
class Companion:
    """Somebody who comes with the person who books: a clean name and the code of a service."""

    name: str
    service: str


@dataclass(frozen=True)
class Wish:
    """What is asked for: `service` is a code, `starts_at` the beginning of a slot, `lang` the language of the messages."""

    service: str
    starts_at: datetime
    visitor: Visitor
    people: tuple[Companion, ...] = ()
    lang: str = "vi"


def book(session: Session, office: Office, wish: Wish, *, now: datetime, tz: ZoneInfo, public_url: str) -> Appointment:
    """Give this person a place in the slot, and write the message that says so.

    Holds the slot's row until commit. Raises NotBookable, NotTogether, SlotPast, SlotUnknown, SlotTaken, LimitReached or
    FieldLimitReached; then nothing of it is kept, because the transaction is rolled back.
    """
    offer = offers.load(session, office, now, tz)
    service = offer.bookable(wish.service)
    together = [service, *(offer.bookable(person.service) for person in wish.people)]
    offers.one_pool(offer, together)
    minutes = sum(each.minutes for each in together)
    planned = offer.planned_at(service, wish.starts_at)
    slot = store.slot_id(session, office, offer.pool(service), planned)
    _take(session, offer, service, slot, planned, minutes)
    appointment = Appointment(
        office_id=office.id,
        service_id=service.id,
        slot_id=slot,
        on=local_day(planned.starts_at, tz),
        starts_at=planned.starts_at,
        minutes=minutes,
        field=service.field,
        code=_new_code(session, office),
        token=secrets.token_urlsafe(16),
        name=wish.visitor.name,
        name_folded=fold(wish.visitor.name),
        phone=wish.visitor.phone,
        people=[{"name": person.name, "service": person.service} for person in wish.people],
        lang=wish.lang,
        consent_at=now,
        created_at=now,
    )
    _within_limits(session, offer, appointment, appointment.on, lambda: session.add(appointment))
    _tell(session, offer, appointment, public_url)
    record(session, BookingsChanged(office.code))
    return appointment


def move(session: Session, token: str, starts_at: datetime, *, now: datetime, tz: ZoneInfo, public_url: str) -> Appointment:
    """Give the booking another hour; code, token and papers stay.

    Holds the booking and both slots (by id) until commit. Raises AppointmentUnknown, AlreadyCancelled,
    AlreadyCheckedIn, AlreadyOver and what `book` raises.
    """
    appointment = _changeable(session, token, now, tz)
    if starts_at == appointment.starts_at:
        return appointment
    offer = offers.load(session, appointment.office, now, tz)
    service = offer.bookable(appointment.service.code)
    planned = offer.planned_at(service, starts_at)
    old, new = appointment.slot_id, store.slot_id(session, appointment.office, offer.pool(service), planned)
    store.lock_slots(session, old, new)
    _take(session, offer, service, new, planned, appointment.minutes)
    store.give_back_minutes(session, old, appointment.minutes)
    on = local_day(planned.starts_at, tz)

    def change() -> None:
        appointment.on, appointment.starts_at, appointment.slot_id, appointment.moved_at = on, planned.starts_at, new, now

    _within_limits(session, offer, appointment, on, change)
    _tell(session, offer, appointment, public_url)
    record(session, BookingsChanged(appointment.office.code))
    return appointment


def cancel(session: Session, token: str, *, now: datetime, tz: ZoneInfo) -> Appointment:
    """Give the place back. Cancelling twice is the same as once.

    Raises AppointmentUnknown, AlreadyCheckedIn or AlreadyOver.
    """
    try:
        appointment = _changeable(session, token, now, tz)
    except AlreadyCancelled:
        return _known(session, token)
    appointment.state, appointment.cancelled_at = "cancelled", now
    store.give_back_minutes(session, appointment.slot_id, appointment.minutes)
    record(session, BookingsChanged(appointment.office.code))
    return appointment


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


def _take(session: Session, offer: Offer, service: Service, slot: int, planned: PlannedSlot, minutes: int) -> None:
    if not store.take_minutes(session, slot, minutes, planned.capacity):
        raise SlotTaken(alternatives=offers.alternatives(session, offer, service, planned.starts_at, minutes))


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


def _tell(session: Session, offer: Offer, appointment: Appointment, public_url: str) -> None:
    early, _late = arrival_window(appointment.starts_at, policy_of(offer.office, appointment.service))
    enqueue(
        session,
        channel=CHANNEL,
        to=appointment.phone,
        text=_(
            "%(office)s: lịch hẹn %(code)s lúc %(time)s ngày %(day)s. Mời ông/bà đến từ %(arrive)s. Xem, đổi hoặc hủy: %(link)s",
            office=offer.office.name,
            code=appointment.code,
            time=f"{appointment.starts_at.astimezone(offer.tz):%H:%M}",
            day=f"{appointment.starts_at.astimezone(offer.tz):%d/%m/%Y}",
            link=page_url(public_url, appointment.token),
            arrive=f"{early.astimezone(offer.tz):%H:%M}",
        ),
        reference=f"appointment:{appointment.id}",
        now=offer.now,
    )
