"""The worker that empties the outbox: claim, send outside of any transaction, write down how it ended.

It also has the channels forget what was erased (`notices.actions.erase`), in the same manner: claimed, done, written down.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, timedelta

from core.clock import Clock
from core.database import Database
from notices import store
from notices.channels import Channel, Outgoing, by_name
from notices.models import Message

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)
"""Before the second try; doubled each time, so the fifth comes 7.5 minutes after the first."""

LEASE = timedelta(minutes=10)
"""Longer than a batch may take at a slow gateway."""

BATCH = 10
FORGET_BATCH = 500
"""More at once: one rewriting of a file takes all its lines away."""

PAUSE_S = 1.0


class UnknownChannelError(Exception):
    """A message names a channel that this server does not have."""


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failed try (1 for the first)."""
    return FIRST_WAIT * (1 << (attempts - 1))


class Outbox:
    """Sends what is due. Any number of these, in any number of processes, share the work: each message has one taker."""

    def __init__(self, database: Database, clock: Clock, channels: Iterable[Channel]) -> None:
        self._database = database
        self._clock = clock
        self._channels = by_name(channels)

    def run_once(self) -> int:
        """Try one batch of due messages; gives how many were tried."""
        with self._database.reading() as session:
            # Looked at before anything is locked: the outbox is empty nearly always.
            if not store.any_due(session, self._clock.now()):
                return 0
        with self._database.transaction() as session:
            taken = store.claim(session, self._clock.now(), lease=LEASE, limit=BATCH)
        for message in taken:
            self._try(message)
        return len(taken)

    def forget_once(self) -> int:
        """Have the channels forget a batch of erased messages; gives how many were taken. What fails is tried again later."""
        with self._database.reading() as session:
            if not store.any_due(session, self._clock.now(), "erasing"):
                return 0
        with self._database.transaction() as session:
            taken = store.claim(session, self._clock.now(), lease=LEASE, limit=FORGET_BATCH, state="erasing")
        days: dict[tuple[str, date], list[int]] = defaultdict(list)
        for message in taken:
            days[message.channel, _written_on(message)].append(message.id)
        for (channel, on), ids in days.items():
            if self._forgotten(channel, on, ids):
                with self._database.transaction() as session:
                    store.forget(session, ids)
        if taken:
            # With them, what whoever had them erased deleted just before: else it lay beside the database for up to an hour.
            self._database.forget_deleted()
        return len(taken)

    def run(self, stop: threading.Event) -> None:
        """Keep sending and forgetting until `stop` is set. A failure of the database is logged and tried again."""
        while not stop.is_set():
            done = 0
            try:
                done = self.run_once() + self.forget_once()
            except Exception:
                log.exception("the outbox could not be emptied")
            if not done:
                stop.wait(PAUSE_S)

    def _try(self, message: Message) -> None:
        try:
            receipt = self._send(message)
        except Exception as error:
            kept = self._settle_failure(message, error)
        else:
            with self._database.transaction() as session:
                kept = store.settle(session, message, state="sent", detail=receipt, sent_at=self._clock.now())
        if not kept:
            self._forgotten(message.channel, _written_on(message), [message.id])

    def _forgotten(self, channel: str, on: date, ids: list[int]) -> bool:
        """Have a channel forget messages; says whether it did."""
        try:
            if channel not in self._channels:
                raise UnknownChannelError()
            self._channels[channel].forget(on, ids)
        except Exception as error:
            log.warning("%d erased messages of %s are still kept by their channel: %s", len(ids), on, type(error).__name__)
            return False
        return True

    def _send(self, message: Message) -> str:
        channel = self._channels.get(message.channel)
        if channel is None:
            raise UnknownChannelError()
        return channel.send(
            Outgoing(
                id=message.id,
                to=message.to,
                text=message.text,
                reference=message.reference,
                written_on=_written_on(message),
            )
        )

    def _settle_failure(self, message: Message, error: Exception) -> bool:
        """Only the error's name is kept: its text may quote a phone number. As `store.settle`."""
        reason = type(error).__name__
        given_up = message.attempts >= MOST_ATTEMPTS
        log.warning("message %d was not sent at try %d: %s", message.id, message.attempts, reason)
        with self._database.transaction() as session:
            return store.settle(
                session,
                message,
                state="failed" if given_up else "queued",
                detail=reason,
                due_at=self._clock.now() + wait_after(message.attempts),
            )


def _written_on(message: Message) -> date:
    return message.created_at.astimezone(UTC).date()
