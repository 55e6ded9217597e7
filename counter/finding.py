"""Finding the person at the door among today's bookings, masked until one is opened; and who sits at which counter."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import store
from booking.forms import e164
from booking.models import Appointment
from core.rights import NotFound, actor
from office.hours import local_day
from office.models import Counter, Office

LEAST_DIGITS = 3
"""So many last digits of a phone are enough to search by: what a person says at the door."""
MOST_FOUND = 20


def is_anothers(counter: Counter) -> bool:
    """Whether the counter is somebody else's business: of neither its officer nor a head."""
    return counter.staff_id != actor().id and actor().role not in ("head", "city")


def find(session: Session, office: Office, words: str, *, now: datetime, tz: ZoneInfo) -> list[Appointment]:
    """Today's live bookings that match a code, a phone or its last digits, or a name without marks; at most 20, by hour."""
    today = local_day(now, tz)
    by_code = store.find_by_code(session, office, words)
    if by_code is not None and by_code.on == today and by_code.state == "booked":
        return [by_code]
    digits = "".join(c for c in words if c.isdigit())
    if digits:
        return _by_digits(session, office, words, digits, now, tz)
    return store.find_by_name(session, office, words, today)[:MOST_FOUND]


def _by_digits(session: Session, office: Office, words: str, digits: str, now: datetime, tz: ZoneInfo) -> list[Appointment]:
    today = local_day(now, tz)
    try:
        return store.find_by_phone(session, office, e164(words), today)
    except ValueError:
        pass  # Not a whole number: the last digits of one.
    if len(digits) < LEAST_DIGITS:
        return []
    live = store.live_on(session, office, today)
    return [each for each in live if each.phone.endswith(digits.lstrip("0") or digits)][:MOST_FOUND]


def opened(session: Session, office: Office, appointment_id: int) -> Appointment:
    """The booking with this id. Raises NotFound, also for another office's."""
    appointment = session.get(Appointment, appointment_id)
    if appointment is None or appointment.office_id != office.id:
        raise NotFound()
    return appointment


def seat_of(session: Session, staff_id: int | None) -> Counter | None:
    """The counter this person sits at. Nobody sits at none: a closed counter has nobody either."""
    if staff_id is None:
        return None
    return session.scalar(select(Counter).where(Counter.staff_id == staff_id))
