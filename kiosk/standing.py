"""A ticket that is shown again: where it stands, and the missed, the sent home for papers and yesterday's slips come back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.i18n import day_words
from kiosk import refusals
from kiosk.paper import print_ticket
from kiosk.place import Admitted, Place
from kiosk.ways import take_way
from kiosk.words import Told
from office.hours import local_day
from office.models import Counter, Office
from office.plans import plan_of
from office.store import office_by_id
from queueing import actions as line
from queueing import day_actions
from queueing import store as tickets
from queueing.hall import Hall
from queueing.models import Ticket
from queueing.prospects import Foreseen
from queueing.refusals import MayNotReturn, WrongState


def stand(session: Session, office: Office, ticket: Ticket, *, place: Place, now: datetime) -> Admitted:
    """Where a ticket stands; a missed person, or one sent for papers, joins the line again."""
    if ticket.office_id != office.id:
        other = office_by_id(session, ticket.office_id).name
        raise refusals.OtherOffice(office=other, ways=take_way(session, office, now, place))
    if day_actions.slip_day(ticket) is not None:
        return _carried(session, office, ticket, place=place, now=now)
    if ticket.on not in tickets.line_days(plan_of(session, office, place.tz).hours, now):
        ways = take_way(session, office, now, place)
        raise refusals.WrongDay(day=day_words(ticket.on), slot="", past=True, slip=True, ways=ways)
    if ticket.state in ("cancelled", "expired"):
        raise refusals.BookingCancelled(ways=take_way(session, office, now, place, ticket.service.code))
    if ticket.state in ("missed", "done"):
        return _back_in_line(session, office, ticket, place=place, now=now)
    counter = session.get(Counter, ticket.counter_id) if ticket.counter_id else None
    return Admitted(ticket, False, "already", (f"outcome_{ticket.state}", {"counter": str(counter.number) if counter else ""}))


def _carried(session: Session, office: Office, ticket: Ticket, *, place: Place, now: datetime) -> Admitted:
    """A slip from the day before: on its day it becomes a ticket, once, and from then on stands where that one stands."""
    on = day_actions.slip_day(ticket)
    if on is not None and on < local_day(now, place.tz):
        ways = take_way(session, office, now, place)
        raise refusals.WrongDay(day=day_words(on), slot="", past=True, slip=True, ways=ways)
    made, new = day_actions.take_carried_ticket(
        session, office, ticket, now=now, tz=place.tz, source=place.source, actor=place.actor
    )
    if not new:
        return stand(session, office, made, place=place, now=now)
    told: Told = ("outcome_carried", {})
    print_ticket(Hall(session, office, now, place.tz), made, place, told=told, foreseen=Foreseen())
    return Admitted(made, True, "carried", told)


def _back_in_line(session: Session, office: Office, ticket: Ticket, *, place: Place, now: datetime) -> Admitted:
    try:
        returned = line.return_ticket(session, ticket, actor=place.actor, now=now, tz=place.tz)
    except (WrongState, MayNotReturn) as refusal:
        session.refresh(ticket)
        if ticket.state != "done":  # Somebody else brought the person back, or called them, a moment ago.
            return stand(session, office, ticket, place=place, now=now)
        raise refusals.VisitOver(ways=take_way(session, office, now, place)) from refusal
    return Admitted(returned, False, "returned", ("outcome_returned", {}))
