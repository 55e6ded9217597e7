"""The verbs of this room: put a message into the outbox, and take what is personal out of it again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from notices import store
from notices.models import Message


def enqueue(session: Session, *, channel: str, to: str, text: str, reference: str, now: datetime) -> Message:
    """Write a message to be sent after this transaction; a dead gateway never holds up or undoes what it announces.

    `channel` is the name of a channel, or `notices.channels.TO_PHONE`; `to` an address it understands (a phone in E.164);
    `reference` names what the message is about ("appointment:12"), so that it can be found and erased with it.
    """
    message = Message(channel=channel, to=to, text=text, reference=reference, created_at=now, due_at=now)
    session.add(message)
    session.flush()
    return message


def erase(session: Session, references: Collection[str], now: datetime) -> int:
    """Empty the messages about these things; gives how many. What has not left yet never will.

    Address and text are gone with this transaction; what a channel keeps of them is forgotten by the outbox soon after.
    """
    return store.empty(session, Message.reference.in_(references), now)


def erase_to(session: Session, to: str, now: datetime) -> int:
    """The same for every message to this address."""
    return store.empty(session, Message.to == to, now)


def erase_written_before(session: Session, before: datetime, now: datetime, *, limit: int, reference: str | None = None) -> int:
    """The same for up to `limit` messages written before then: those of one `reference`, or the oldest of all."""
    return store.empty(session, Message.id.in_(store.oldest(session, before, limit, reference)), now)
