"""Every query on the outbox, and the claim that lets one worker at a time have a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, select, update
from sqlalchemy.orm import Session

from notices.models import Message


def any_due(session: Session, now: datetime, state: str = "queued") -> bool:
    """Whether a message waits to be sent, or ("erasing") to be forgotten."""
    return session.scalar(select(Message.id).where(Message.state == state, Message.due_at <= now).limit(1)) is not None


def most_overdue(session: Session, now: datetime) -> float:
    """For how many seconds the message that is due longest has been due; 0 when none is."""
    since = session.scalar(select(func.min(Message.due_at)).where(Message.state == "queued", Message.due_at <= now))
    return 0.0 if since is None else (now - since).total_seconds()


def claim(session: Session, now: datetime, *, lease: timedelta, limit: int, state: str = "queued") -> list[Message]:
    """Take up to `limit` due messages, oldest first: nobody else gets them until `lease` is over.

    One conditional UPDATE, so that of two workers at the same row the second finds it no longer due. The lease outlives
    the transaction; a worker that dies with a message gives it back by its end, and the message may then be sent twice.
    """
    due = (Message.state == state, Message.due_at <= now)
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
) -> bool:
    """Write down how a try ended, unless the lease ran out and another worker has taken the message since.

    False when the message was erased meanwhile: what was handed over is to be forgotten.
    """
    session.execute(
        update(Message)
        .where(Message.id == message.id, Message.state == "queued", Message.attempts == message.attempts)
        .values(state=state, detail=detail, sent_at=sent_at, due_at=due_at or message.due_at)
    )
    kept = select(Message.id).where(Message.id == message.id, Message.state != "erasing")
    return session.execute(kept).scalar() is not None


def of_reference(session: Session, reference: str) -> Sequence[Message]:
    """The messages about one thing, oldest first."""
    return session.scalars(select(Message).where(Message.reference == reference).order_by(Message.id)).all()


def of_references(session: Session, references: Collection[str]) -> Mapping[str, Sequence[Message]]:
    """The messages about many things, by reference and oldest first; what nothing was written about is missing."""
    found: dict[str, list[Message]] = defaultdict(list)
    if references:
        for message in session.scalars(select(Message).where(Message.reference.in_(references)).order_by(Message.id)):
            found[message.reference].append(message)
    return found


# --- what is personal goes ----------------------------------------------------------------------------------------------


def empty(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    """Take address and text out of these messages and leave the rest to `claim` with the state "erasing"; gives how many.

    A message that a worker is sending just now is due when its lease is over: a worker that dies after handing it over leaves
    nothing behind either.
    """
    leased = and_(Message.state == "queued", Message.due_at > now)
    emptied = session.execute(
        update(Message)
        .where(which, Message.state != "erasing")
        .values(
            to="",
            text="",
            detail="",
            state="erasing",
            sent_at=None,
            attempts=0,
            due_at=case((leased, Message.due_at), else_=literal(now, Message.due_at.type)),
        )
        .execution_options(synchronize_session=False)
        .returning(Message.id)
    )
    return len(emptied.all())


def oldest(session: Session, before: datetime, limit: int, reference: str | None) -> list[int]:
    """Up to `limit` messages written before then: of one reference, or of all, looking only at the first `limit` kept."""
    if reference is not None:
        mine = select(Message.id).where(Message.reference == reference, Message.created_at < before, Message.state != "erasing")
        return list(session.scalars(mine.limit(limit)))
    # In the order of their ids they are in the order of their time: no look at the whole table every hour.
    first = select(Message.id, Message.created_at).where(Message.state != "erasing").order_by(Message.id).limit(limit)
    return [row.id for row in session.execute(first) if row.created_at < before]


def forget(session: Session, ids: Collection[int]) -> None:
    """Throw away emptied messages that no channel keeps any more."""
    session.execute(delete(Message).where(Message.id.in_(ids), Message.state == "erasing"))
