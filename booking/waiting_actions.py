"""The waiting list of a full day: join, accept what is offered, leave. Never commits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking import offers, rules, store, telling, waiting_list
from booking.actions import Wish, book, refuse_marked
from booking.events import PlacesChanged
from booking.forms import Visitor
from booking.models import Appointment, Hold, WaitingEntry
from booking.places import in_hand
from booking.refusals import (
    AlreadyWaiting,
    DayHasRoom,
    FieldLimitReached,
    LimitReached,
    NothingOffered,
    SlotUnknown,
    WaitingUnknown,
)
from core.events import record
from office.models import Office
from office.store import office_by_id

TOKEN_AT_MOST = 64


@dataclass(frozen=True)
class Patience:
    """Who wants to wait for what: `service` is a code; `device` and `phone_hash` are keyed hashes (`booking.marks`)."""

    service: str
    on: date
    visitor: Visitor
    lang: str = "vi"
    device: str = ""
    phone_hash: str = ""


@dataclass(frozen=True)
class Offered:
    """A place kept for somebody who waits, and until when."""

    starts_at: datetime
    until: datetime


def join(
    session: Session, office: Office, wish: Patience, *, now: datetime, tz: ZoneInfo, public_url: str
) -> WaitingEntry:
    """Wait for any hour of a full day, and write the message with the link.

    Raises NotBookable, SlotUnknown, DayHasRoom, PhoneBlocked, FieldLimitReached, LimitReached, AlreadyWaiting.
    """
    offer = offers.load(session, office, now, tz)
    want = offer.want(wish.service)
    slots = offers.day_slots(session, offer, want, wish.on)
    if not slots:
        raise SlotUnknown()
    if rules.next_free(slots):
        free = [slot for slot in slots if slot.left]
        raise DayHasRoom(alternatives=[slot.starts_at.astimezone(tz).isoformat() for slot in free[: rules.ALTERNATIVES]])
    refuse_marked(session, offer, wish.phone_hash)
    limit, use = offer.settings.per_phone_a_day, store.phone_use(session, wish.visitor.phone, wish.on)
    if want.service.field in use.fields:
        raise FieldLimitReached()
    if rules.free_ordinal(use.ordinals, limit) is None:
        raise LimitReached(limit=limit)
    entry = WaitingEntry(
        office_id=office.id,
        service_id=want.service.id,
        on=wish.on,
        name=wish.visitor.name,
        phone=wish.visitor.phone,
        lang=wish.lang,
        device=wish.device,
        token=secrets.token_urlsafe(16),
        consent_at=now,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError as error:
        raise AlreadyWaiting() from error
    telling.tell_waiting(session, offer, entry, public_url)
    return entry


def accept(session: Session, token: str, *, now: datetime, tz: ZoneInfo, public_url: str) -> Appointment:
    """Take the place that is offered; a second time gives the same booking. Locks the entry, then the slots, until commit.

    Raises WaitingUnknown, NothingOffered and what `book` raises: an offer that ran out is no obstacle while there is room.
    """
    entry = _locked(session, token)
    if entry.state == "accepted" and entry.appointment_id is not None:
        return session.get_one(Appointment, entry.appointment_id)
    hold = session.get(Hold, entry.hold_id) if entry.hold_id is not None else None
    if entry.state != "offered" or hold is None:
        raise NothingOffered()
    wish = Wish(
        service=entry.service.code,
        starts_at=hold.starts_at,
        visitor=Visitor(entry.name, entry.phone),
        lang=entry.lang,
        hold=hold.token,
        device=entry.device,
    )
    office = office_by_id(session, entry.office_id)
    appointment = book(session, office, wish, now=now, tz=tz, public_url=public_url)
    entry.state, entry.hold_id, entry.appointment_id, entry.ended_at = "accepted", None, appointment.id, now
    session.flush()
    return appointment


def leave(session: Session, token: str, *, now: datetime, tz: ZoneInfo, public_url: str) -> WaitingEntry:
    """Stop waiting; what was offered goes to the next. Twice is the same as once. Raises WaitingUnknown."""
    entry = _locked(session, token)
    if entry.state in ("waiting", "offered"):
        hold, entry.hold_id = entry.hold_id, None
        entry.state, entry.ended_at = "left", now
        session.flush()
        _free(session, entry, hold, now=now, tz=tz, public_url=public_url)
    return entry


def lapse(session: Session, entry_id: int, *, now: datetime, tz: ZoneInfo, public_url: str) -> None:
    """An offer nobody answered goes to the next in line; who did not answer waits on, behind those with fewer offers.

    Does nothing when the offer was answered, or is being answered, meanwhile.
    """
    due = (WaitingEntry.id == entry_id, WaitingEntry.state == "offered", WaitingEntry.offered_until <= now)
    entry = session.scalar(select(WaitingEntry).where(*due).with_for_update(skip_locked=True))
    if entry is not None:
        hold, entry.hold_id = entry.hold_id, None
        entry.state, entry.offered_until = "waiting", None
        session.flush()
        _free(session, entry, hold, now=now, tz=tz, public_url=public_url, passed_by=entry.offers)


def offer_free(session: Session, entry: WaitingEntry, *, now: datetime, tz: ZoneInfo, public_url: str) -> bool:
    """Offer the first free hour of the day somebody waits for that is not simply public yet; says whether it was offered."""
    offer = offers.load(session, office_by_id(session, entry.office_id), now, tz)
    if not offer.services or not offer.is_bookable(entry.service):
        return False
    want = offer.want(entry.service.code)
    for slot in offers.day_slots(session, offer, want, entry.on):
        if slot.left and rules.offer_ends(now, slot.starts_at, offer.settings.offer_minutes, offer.settings.offers_until):
            places = in_hand(session, offer, offer.window_at(want, slot.starts_at))
            return waiting_list.offer_place(session, places, entry, slot.starts_at, public_url=public_url) is not None
    return False


def find(session: Session, token: str) -> WaitingEntry:
    """The entry this token opens. Raises WaitingUnknown."""
    entry = session.scalar(select(WaitingEntry).where(WaitingEntry.token == _clean(token)))
    if entry is None:
        raise WaitingUnknown()
    return entry


def offer_of(session: Session, entry: WaitingEntry) -> Offered | None:
    """What is offered to this person now."""
    hold = session.get(Hold, entry.hold_id) if entry.state == "offered" and entry.hold_id is not None else None
    return Offered(hold.starts_at, entry.offered_until) if hold is not None and entry.offered_until is not None else None


def ahead_of(session: Session, entry: WaitingEntry) -> int:
    """How many would be offered a place before this person."""
    line = [each.id for each in waiting_list.entries_in_line(session, entry.office, entry.on)]
    return line.index(entry.id) if entry.id in line else 0


def token_of_booking(session: Session, entry: WaitingEntry) -> str | None:
    """The token of the booking it became."""
    return session.get_one(Appointment, entry.appointment_id).token if entry.appointment_id is not None else None


def _locked(session: Session, token: str) -> WaitingEntry:
    mine = select(WaitingEntry).where(WaitingEntry.token == _clean(token)).with_for_update()
    entry = session.scalar(mine.execution_options(populate_existing=True))
    if entry is None:
        raise WaitingUnknown()
    return entry


def _clean(token: str) -> str:
    if "\0" in token or len(token) > TOKEN_AT_MOST:
        raise WaitingUnknown()
    return token


def _free(
    session: Session,
    entry: WaitingEntry,
    hold: int | None,
    *,
    now: datetime,
    tz: ZoneInfo,
    public_url: str,
    passed_by: int | None = None,
) -> None:
    if hold is None:
        return
    office = office_by_id(session, entry.office_id)
    places = in_hand(session, offers.load(session, office, now, tz), (), freeing_holds=[hold])
    waiting_list.pass_on(session, places, public_url=public_url, passed_by=passed_by)
    record(session, PlacesChanged(office.code))
