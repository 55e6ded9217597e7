"""The verb of this room: put a message into the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from notices.models import Message


def enqueue(session: Session, *, channel: str, to: str, text: str, reference: str, now: datetime) -> Message:
    """Write a message to be sent after this transaction; a dead gateway never holds up or undoes what it announces.

    `channel` is the name of a channel ("file"); `to` an address it understands (a phone in E.164); `reference` names what
    the message is about ("appointment:12"), so that it can be found and erased with it.
    """
    message = Message(channel=channel, to=to, text=text, reference=reference, created_at=now, due_at=now)
    session.add(message)
    session.flush()
    return message
