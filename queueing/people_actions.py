"""What is set right about who came with a booking: not the person who booked, or fewer people than were booked.

Each locks the office's line first, never commits, and is written down. The line knows no names: who is who, and what becomes
of the booking, is for the rooms above.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.rights import Actor
from queueing import store
from queueing.changes import audit_ticket, move, remember, state_after, withdraw
from queueing.models import WRONG_PERSON, Ticket
from queueing.refusals import NotBooked


def not_the_person(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Whoever came with the booking is not the person who made it: a walk-in, due now, back in the line.

    The number is kept, and the booking stays used up: nobody checks in with it again; what else its people came for is not
    this person's. Raises NotBooked, WrongState.
    """
    _office, ticket = store.locked_ticket(session, ticket)
    refuse_unless_booked(ticket)
    state, left = state_after(ticket, "not_the_person"), ticket.counter_id
    remember(session, ticket, "not_the_person", counter_id=left, now=now)
    withdraw(session, ticket, now)
    ticket.kind, ticket.arrival, ticket.due_at, ticket.for_counter_id = "walk_in", WRONG_PERSON, now, None
    ticket.further = []
    move(session, ticket, state, actor=actor, now=now, why=WRONG_PERSON, seen_at=left)
    audit_ticket(session, WRONG_PERSON, ticket, actor=actor, now=now, appointment=ticket.appointment_id)
    session.flush()
    return ticket


def set_people(
    session: Session,
    ticket: Ticket,
    *,
    people: int,
    minutes: int,
    absent: Collection[int],
    actor: Actor,
    now: datetime,
    further: Sequence[int] | None = None,
) -> Ticket:
    """Of a booked household `people` have come, planned to take `minutes` together. Raises NotBooked, WrongState.

    `absent` says who has not, by the place in the booking (0 is who booked): that goes into the log. `further` are the services
    still to be done for those who have, when that has changed.
    """
    _office, ticket = store.locked_ticket(session, ticket)
    refuse_unless_booked(ticket)
    state_after(ticket, "people")
    ticket.people, ticket.minutes = people, minutes
    if further is not None:
        ticket.further = list(further)
    if ticket.undo and "minutes" in ticket.undo["before"]:
        kept = {name: value for name, value in ticket.undo["before"].items() if name != "minutes"}
        ticket.undo = {**ticket.undo, "before": kept}
    ticket.version += 1
    audit_ticket(session, "people", ticket, actor=actor, now=now, people=people, absent=sorted(absent))
    session.flush()
    return ticket


def refuse_unless_booked(ticket: Ticket) -> None:
    """Raise NotBooked unless a booking's people belong to this ticket."""
    if ticket.appointment_id is None or ticket.arrival == WRONG_PERSON:
        raise NotBooked(number=ticket.label)
