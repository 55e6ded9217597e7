"""What the line and the bookings do together when somebody stands at the counter or the door, in one transaction.

The booking is locked before the line (the order of locks in docs/rooms.md).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import visits
from core.rights import Actor
from queueing import actions, day_actions, people_actions
from queueing.models import WRONG_PERSON, Ticket
from queueing.refusals import NotBooked


def not_the_person(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, secret: str) -> Ticket:
    """Somebody else came with this booking: a walk-in from now on, and it counts against the phone that booked.

    Raises NotBooked, WrongState.
    """
    appointment = visits.locked(session, ticket.appointment_id)
    people_actions.not_the_person(session, ticket, actor=actor, now=now)
    if appointment is not None:
        visits.mark_wrong_person(session, appointment, staff_id=actor.id, now=now, secret=secret)
    return ticket


def undo(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Take back what was done last with this ticket, and with its booking. Raises what the line's own `undo` raises."""
    appointment = visits.locked(session, ticket.appointment_id)
    actions.undo(session, ticket, actor=actor, now=now)
    day_actions.take_slip_back(session, ticket)
    if appointment is not None and ticket.arrival != WRONG_PERSON:
        visits.unmark_wrong_person(session, appointment)
    return ticket


def set_absent(session: Session, ticket: Ticket, absent: Collection[int], *, actor: Actor, now: datetime, tz: ZoneInfo) -> Ticket:
    """Of the people of this ticket's booking exactly these did not come (0 is who booked); the same again changes nothing.

    Raises NotBooked, WrongState, NobodyCame, and FormRefused for nobody of the booking.
    """
    appointment = visits.locked(session, ticket.appointment_id)
    session.refresh(ticket)
    people_actions.refuse_unless_booked(ticket)
    if appointment is None:
        raise NotBooked(number=ticket.label)
    before = visits.further_services(session, appointment, ticket.people)
    after = visits.set_absent(session, appointment, absent, present=ticket.people, now=now, tz=tz)
    if after is not None:
        wanted = visits.further_services(session, appointment, after.people)
        people_actions.set_people(
            session, ticket, people=after.people, minutes=after.minutes, absent=after.absent,
            further=_still_to_do(ticket.further, before, wanted), actor=actor, now=now,
        )  # fmt: skip
    return ticket


def _still_to_do(noted: Sequence[int], before: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """What a visit goes on to when other people came than was thought; what was changed by hand is only shortened."""
    if list(noted) == list(before):
        return list(wanted)
    return [service for service in noted if service in wanted or service not in before]
