"""What happened, told after it is true.

An action records events in its transaction; they are published when the transaction has been committed, never before,
and are forgotten when it is rolled back.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

_RECORDED = "recorded_events"


@dataclass(frozen=True)
class Event:
    """Something that happened, named in the past tense. Carries ids and codes, never a name, phone or ID number."""


E = TypeVar("E", bound=Event)


def record(session: Session, event: Event) -> None:
    """Remember `event` until the transaction of `session` is committed."""
    session.info.setdefault(_RECORDED, []).append(event)


def take_recorded(session: Session) -> list[Event]:
    """The events recorded so far, each once and in order; the session forgets them."""
    recorded: list[Event] = session.info.pop(_RECORDED, [])
    return list(dict.fromkeys(recorded))


class EventBus:
    """Hands published events to those who subscribed, in the order of subscription."""

    def __init__(self) -> None:
        self._handlers: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Call `handler` with every published event of exactly this kind."""
        self._handlers[kind].append(handler)

    def publish(self, events: Sequence[Event]) -> None:
        """Tell every subscriber. The transaction is over: a failing handler is logged and stops nobody else."""
        for event in events:
            for handler in self._handlers[type(event)]:
                try:
                    handler(event)
                except Exception:
                    log.exception("a handler of %s failed", type(event).__name__)
