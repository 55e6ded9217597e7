"""Finding today's booking of somebody who has neither QR nor code: for staff only, and masked until one is chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.forms import typed_phone
from booking.masks import masked_name, masked_phone
from booking.models import Appointment
from booking.store import find_by_name, find_by_phone
from booking.visits import moved_away
from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import Actor
from core.words import fold
from kiosk.refusals import ChooseOne, UnknownCode
from office.actions import audit
from office.hours import local_day
from office.models import Office

FEWEST_LETTERS = 2
"""A shorter name fits half of the day's bookings."""


def find_today(
    session: Session, office: Office, *, phone: str | None, name: str | None, actor: Actor, now: datetime, tz: ZoneInfo
) -> Appointment:
    """The one live booking of today with this phone or name, also one that the office moved to another day. It is written down.

    Raises FormRefused, UnknownCode, and ChooseOne with masked choices when there are several.
    """
    on = local_day(now, tz)
    moved = moved_away(session, office, on, tz)
    if phone:
        wanted = typed_phone(phone)
        found = find_by_phone(session, office, wanted, on) + [each for each in moved if each.phone == wanted]
    else:
        if len(name or "") < FEWEST_LETTERS:
            raise FormRefused({"name": _("Xin nhập ít nhất %(n)s chữ cái của tên.", n=FEWEST_LETTERS)})
        words = fold(name or "")
        found = find_by_name(session, office, words, on) + [each for each in moved if words and words in each.name_folded]
    if not found:
        raise UnknownCode()
    if len(found) > 1:
        raise ChooseOne(choices=[_masked(appointment, tz) for appointment in found])
    by = "phone" if phone else "name"
    audit(session, "booking_found", now, office_id=office.id, staff_id=actor.id, by=by, appointment=found[0].id)
    return found[0]


def _masked(appointment: Appointment, tz: ZoneInfo) -> dict[str, Any]:
    return {
        "code": appointment.code,
        "name": masked_name(appointment.name),
        "phone": masked_phone(appointment.phone),
        "starts_at": appointment.starts_at.astimezone(tz).isoformat(),
        "service": appointment.service.name,
    }
