"""What is told of the wait where a number is given, and when none is given any more because the day ends.

A forecast is never computed here: it was made before the transaction began and is brought up to date with those who took a number
meanwhile. So of two people at once the second is judged after the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.links import hour_url
from booking.next_days import next_day_hours
from core.i18n import day_words
from kiosk import refusals
from office.models import Office
from office.plans import AnyService
from office.settings import Settings
from queueing.closing_rules import Verdict
from queueing.forecasts import Forecast
from queueing.hall import Hall
from queueing.models import Ticket
from queueing.promises import promise, wait_of_walk_in
from queueing.prospects import Foreseen
from queueing.wait_words import is_lunch


@dataclass(frozen=True)
class Asked:
    """What a walk-in has been told and wants all the same.

    `despite_closing`: staff give a number although it will not be called today any more. `after_break`: True, a number that is
    called after the break is wanted; False, the person has to be asked first; None, whoever asks will see it in the answer.
    """

    despite_closing: bool = False
    after_break: bool | None = None


@dataclass(frozen=True)
class Desk:
    """Where and when it is asked: the office's clock, the address of its pages, and the forecast that was made before."""

    tz: ZoneInfo
    public_url: str
    known: Forecast | None


def promise_walk_in(hall: Hall, ticket: Ticket, asked: Asked, desk: Desk) -> Foreseen:
    """Keep and give what the person of a new number is told. Raises Closing, AfterBreak: then no number was given.

    Ask with the line locked, and a hall that has the ticket in it.
    """
    if desk.known is None:
        return Foreseen()
    prospect = desk.known.prospect
    wait = wait_of_walk_in(hall, ticket, prospect)
    says = prospect.says(ticket.service_id, wait, hall.now)
    refuse(hall.session, hall.office, hall.services[ticket.service_id], says, asked, desk, hall.now)
    return promise(hall.session, ticket, prospect, wait, hall.now)


def promise_booked(hall: Hall, ticket: Ticket, call_from: datetime, desk: Desk) -> Foreseen:
    """Keep and give what somebody is told who checked in. One who came late waits as a walk-in, and is not turned away."""
    if desk.known is None or ticket.appointment_id is None:
        return Foreseen()
    prospect, booked = desk.known.prospect, ticket.kind == "booked"
    if booked:
        wait = prospect.of_booking(ticket.appointment_id, ticket.service_id, call_from, hall.now)
    else:
        wait = wait_of_walk_in(hall, ticket, prospect)
    return promise(hall.session, ticket, prospect, wait, hall.now, call_from=call_from if booked else None)


def refuse_early(session: Session, office: Office, service: AnyService, asked: Asked, desk: Desk, now: datetime) -> None:
    """The refusals of `promise_walk_in`, before any lock is taken: most people are told here."""
    if desk.known is not None:
        prospect = desk.known.prospect
        says = prospect.says(service.id, prospect.of_walk_in(service.id, (), now), now)
        refuse(session, office, service, says, asked, desk, now)


def refuse(
    session: Session, office: Office, service: AnyService, says: Verdict, asked: Asked, desk: Desk, now: datetime
) -> None:
    """Raise Closing or AfterBreak where the forecast says so, the office goes by it, and it is not wanted all the same."""
    if says.kind == "fits" or not Settings.of(office.settings).last_number_rule:
        return
    if says.kind == "closing" and not asked.despite_closing:
        hours = next_day_hours(session, office, service.code, now, desk.tz)
        raise refusals.Closing(
            alternatives=[
                {
                    "starts_at": hour.astimezone(desk.tz).isoformat(),
                    "words": _hour_words(hour.astimezone(desk.tz)),
                    "url": hour_url(desk.public_url, office.code, service.code, hour.astimezone(desk.tz)),
                }
                for hour in hours
            ]
        )
    if says.kind == "after_break" and says.opens_at is not None and asked.after_break is False:
        opens_at = says.opens_at.astimezone(desk.tz)
        raise refusals.AfterBreak(opens_at=opens_at.isoformat(), time=f"{opens_at:%H:%M}", lunch=is_lunch(opens_at))


def _hour_words(hour: datetime) -> str:
    return f"{hour:%H:%M}, {day_words(hour.date())}"
