"""Finding the person at the door among today's bookings, masked until one is opened; and who sits at which counter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import store, visits
from booking.forms import e164
from booking.models import Appointment
from core.rights import NotFound, actor
from core.words import fold
from office.hours import local_day
from office.models import Counter, Office

LEAST_DIGITS = 3
"""So many last digits of a phone are enough to search by: what a person says at the door."""
MOST_FOUND = 20


def is_anothers(counter: Counter) -> bool:
    """Whether the counter is somebody else's business: of neither its officer nor a head."""
    return counter.staff_id != actor().id and actor().role not in ("head", "city")


def find(session: Session, office: Office, words: str, *, now: datetime, tz: ZoneInfo) -> list[Appointment]:
    """Today's live bookings that match a code, a phone or its last digits, or a name without marks; at most 20, by hour.

    Those that the office moved to another day are found as well, after the others: not everybody heard of it.
    """
    today = local_day(now, tz)
    moved = visits.moved_away(session, office, today, tz)
    by_code = store.find_by_code(session, office, words)
    if by_code is not None and by_code.state == "booked" and (by_code.on == today or by_code in moved):
        return [by_code]
    digits = "".join(c for c in words if c.isdigit())
    if digits:
        return _by_digits(words, digits, [*store.live_on(session, office, today), *moved])
    by_name = [each for each in moved if fold(words) and fold(words) in each.name_folded]
    return [*store.find_by_name(session, office, words, today), *by_name][:MOST_FOUND]


def _by_digits(words: str, digits: str, live: Sequence[Appointment]) -> list[Appointment]:
    try:
        phone = e164(words)
        return [each for each in live if each.phone == phone]
    except ValueError:
        pass  # Not a whole number: the last digits of one.
    if len(digits) < LEAST_DIGITS:
        return []
    return [each for each in live if each.phone.endswith(digits.lstrip("0") or digits)][:MOST_FOUND]


def opened(session: Session, office: Office, appointment_id: int) -> Appointment:
    """The booking with this id. Raises NotFound, also for another office's."""
    appointment = session.get(Appointment, appointment_id)
    if appointment is None or appointment.office_id != office.id:
        raise NotFound()
    return appointment
