"""The first free hours of the next working day: what somebody is offered who comes too late for today."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import offers
from booking.refusals import NotBookable
from booking.rules import ALTERNATIVES
from office.models import Office


def next_day_hours(session: Session, office: Office, service: str, now: datetime, tz: ZoneInfo) -> list[datetime]:
    """The earliest free beginnings for this service (code) on the first day after today that has any; none without booking."""
    if not office.published:
        return []
    offer = offers.load(session, office, now, tz)
    try:
        want = offer.want(service)
    except NotBookable:
        return []
    for on in (day for day in offer.days if day > offer.today):
        free = [slot.starts_at for slot in offers.day_slots(session, offer, want, on) if slot.left > 0]
        if free:
            return free[:ALTERNATIVES]
    return []
