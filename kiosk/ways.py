"""The ways out of a refusal: an ordinary number now, another hour. Each refusal of a check-in is made here with its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.models import Appointment
from core.i18n import day_words
from core.refusals import Refusal
from kiosk import refusals
from kiosk.opening import is_taking, moment_words, next_taking
from kiosk.place import Place
from office.hours import local_day
from office.models import Office
from office.plans import plan_of
from office.refusals import FieldStopped
from queueing import checkin_rules


def take_way(session: Session, office: Office, now: datetime, place: Place, code: str | None = None) -> list[dict[str, Any]]:
    """The way out "an ordinary number now": of the same service where this office offers it; none while it is closed."""
    if not is_taking(session, office, now, place.tz):
        return []
    offered = any(service.code == code for service in plan_of(session, office, place.tz).offered)
    return [{"do": "take_number", "service": code if offered else None}]


def change_hour(appointment: Appointment, place: Place, *, shown: bool) -> dict[str, Any]:
    """The way out "another hour": its page for whoever holds the QR, on the own phone for who does not."""
    page = f"{place.public_url}/a/{appointment.token}"
    return {"do": "change_hour", "token": appointment.token, "url": page} if shown else {"do": "change_hour"}


def with_other_hour(stopped: FieldStopped, appointment: Appointment, place: Place, *, shown: bool) -> FieldStopped:
    """The refusal of a booking whose field is stopped today, with the way to another hour."""
    return FieldStopped(**stopped.details, ways=[change_hour(appointment, place, shown=shown)])


def refusal_of(
    session: Session,
    office: Office,
    appointment: Appointment,
    arrival: checkin_rules.Arrival,
    place: Place,
    now: datetime,
    *,
    shown: bool,
) -> Refusal:
    """The refusal of a booking that makes no ticket now, with its ways out."""
    told = hours_told(arrival, place.tz)
    ways = take_way(session, office, now, place, appointment.service.code)
    if arrival.outcome in ("other_day_future", "rebook"):
        ways.append(change_hour(appointment, place, shown=shown))
    if arrival.outcome == "cancelled":
        return refusals.BookingCancelled(ways=ways)
    if arrival.outcome == "other_office":
        return refusals.OtherOffice(office=appointment.office.name, ways=ways)
    if arrival.outcome == "rebook":
        return refusals.TooLate(**told, ways=ways)
    day = day_words(local_day(arrival.slot_at, place.tz))
    return refusals.WrongDay(**told, day=day, past=arrival.outcome == "other_day_past", ways=ways)


def hours_told(arrival: checkin_rules.Arrival, tz: ZoneInfo) -> dict[str, str]:
    """The hours of a check-in's sentence, on the office's wall clock."""
    instants = {
        "slot": arrival.slot_at,
        "call_from": arrival.call_from,
        "arrive_from": arrival.arrive_from,
        "until": arrival.arrive_until,
    }
    return {name: f"{instant.astimezone(tz):%H:%M}" for name, instant in instants.items()}


def closed(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Refusal:
    """The refusal of an office that gives no numbers now: it says when it will."""
    opens_at = next_taking(session, office, now, tz)
    if opens_at is None:
        return refusals.Closed(opens_at=None, when=None)
    return refusals.Closed(opens_at=opens_at.astimezone(tz).isoformat(), when=moment_words(opens_at, now, tz))
