"""What a newcomer is told of the wait, in the transaction that makes the ticket, and kept to be compared with what came of it.

No forecast is computed here: it was made before the transaction began, and is brought up to date with those who came since.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from queueing.forecast_rules import Wait
from queueing.forecast_store import keep_promise
from queueing.hall import Hall
from queueing.models import Ticket
from queueing.prospects import Foreseen, Prospect
from queueing.rules import ServiceId


def wait_of_walk_in(hall: Hall, ticket: Ticket, prospect: Prospect) -> Wait | None:
    """The wait of a new walk-in; None where nobody knows. Ask with the line locked, and a hall that has the ticket in it."""
    return prospect.of_walk_in(ticket.service_id, taken_since(hall, prospect.last_ticket, ticket), hall.now)


def taken_since(hall: Hall, last: int, ticket: Ticket) -> list[ServiceId]:
    """The services of those who joined after the ticket `last`, without `ticket` itself: who waits, and who is at a counter."""
    waiting = [(who.id, who.service) for who in hall.line.waiting]
    there = [(row.id, row.service_id) for row in hall.at_counters]
    return [service for id_, service in (*waiting, *there) if id_ > last and id_ != ticket.id]


def promise(
    session: Session, ticket: Ticket, prospect: Prospect, wait: Wait | None, now: datetime, *, call_from: datetime | None = None
) -> Foreseen:
    """Keep `wait` and give what to say of it; `call_from` is the hour from which a booked person is called."""
    if wait is not None:
        keep_promise(session, ticket, wait, now)
    return prospect.foreseen(ticket.service_id, wait, call_from, now)
