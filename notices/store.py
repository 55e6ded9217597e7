"""Every query on the outbox, and the claim that lets one worker at a time have a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notices.models import Message


def any_due(session: Session, now: datetime) -> bool:
    """Whether a message waits to be sent."""
    return session.scalar(select(Message.id).where(Message.state == "queued", Message.due_at <= now).limit(1)) is not None


def claim(session: Session, now: datetime, *, lease: timedelta, limit: int) -> list[Message]:
    """Take up to `limit` due messages, oldest first: nobody else gets them until `lease` is over.

    One conditional UPDATE, so that of two workers at the same row the second finds it no longer due. The lease outlives
    the transaction; a worker that dies with a message gives it back by its end, and the message may then be sent twice.
    """
    due = (Message.state == "queued", Message.due_at <= now)
    oldest = select(Message.id).where(*due).order_by(Message.due_at, Message.id).limit(limit).scalar_subquery()
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(oldest), *due)
        .values(due_at=now + lease, attempts=Message.attempts + 1)
        .returning(Message)
    )
    return sorted(taken, key=lambda message: message.id)


def settle(
    session: Session,
    message: Message,
    *,
    state: str,
    detail: str,
    sent_at: datetime | None = None,
    due_at: datetime | None = None,
) -> None:
    """Write down how a try ended, unless the lease ran out and another worker has taken the message since."""
    session.execute(
        update(Message)
        .where(Message.id == message.id, Message.state == "queued", Message.attempts == message.attempts)
        .values(state=state, detail=detail, sent_at=sent_at, due_at=due_at or message.due_at)
    )


def of_reference(session: Session, reference: str) -> Sequence[Message]:
    """The messages about one thing, oldest first."""
    return session.scalars(select(Message).where(Message.reference == reference).order_by(Message.id)).all()
