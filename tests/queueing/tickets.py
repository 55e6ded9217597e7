"""What tests ask about a ticket's life."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from queueing.models import Call, Ticket, TicketInterval
from queueing.store import UNDONE


def intervals_of(session: Session, ticket: Ticket) -> Sequence[TicketInterval]:
    """The stretches of a ticket's life, oldest first; the last is the present one."""
    return session.scalars(select(TicketInterval).where(TicketInterval.ticket_id == ticket.id).order_by(TicketInterval.id)).all()


def latest_call(session: Session, ticket: Ticket) -> Call | None:
    """The newest call of a ticket that was not taken back."""
    return session.scalar(select(Call).where(Call.ticket_id == ticket.id, Call.tier != UNDONE).order_by(Call.id.desc()).limit(1))
