"""The table of messages to send."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, one_of

STATES = ("queued", "sent", "failed", "erasing")


class Message(Base):
    """One message to one person, written in the transaction of the thing it announces.

    `to` is the address in the channel's own form (a phone in E.164) and, like `text`, personal: neither is ever logged.
    `reference` names what it is about ("appointment:12"). `due_at` is when a worker may take it next: now for a new one,
    the end of the lease while a worker has it, the next try after a failure. `attempts` counts the times it was taken.
    `detail` says what the channel answered, without personal data. An 'erasing' message has lost address and text; its row
    goes when its channel has forgotten it, too.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index("ix_messages_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    to: Mapped[str]
    text: Mapped[str]
    reference: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="queued")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(default="")
