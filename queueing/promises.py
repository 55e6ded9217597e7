"""What a newcomer is told of the wait, in the transaction that makes the ticket, and kept to be compared with what came of it.

No forecast is computed here: it was made before the transaction began, and is brought up to date with those who came since.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from office.models import Office
from office.store import hours_of
from queueing.forecast_rules import Wait
from queueing.forecast_store import keep_promise, taken_since
from queueing.models import Ticket
from queueing.prospects import Foreseen, Prospect
from queueing.store import line_days


def wait_of_walk_in(
    session: Session, office: Office, ticket: Ticket, prospect: Prospect, tz: ZoneInfo, now: datetime
) -> Wait | None:
    """The wait of a new walk-in; None where nobody knows. Ask with the line locked and the ticket in it."""
    days = line_days(hours_of(session, office, tz), now)
    since = list(taken_since(session, office, prospect.last_ticket, days))
    if ticket.service_id in since:
        since.remove(ticket.service_id)  # The ticket itself; it does not wait for its own visit.
    return prospect.of_walk_in(ticket.service_id, since, now)


def promise(
    session: Session, ticket: Ticket, prospect: Prospect, wait: Wait | None, now: datetime, *, call_from: datetime | None = None
) -> Foreseen:
    """Keep `wait` and give what to say of it; `call_from` is the hour from which a booked person is called."""
    if wait is not None:
        keep_promise(session, ticket, wait, now)
    return prospect.foreseen(ticket.service_id, wait, call_from, now)
