"""Who may enter a room, and who may stay in it. Hundreds are looked up together, by what each has shown."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.database import Database
from core.feeds import Feed
from core.pages import TooMany
from core.patience import give_way
from core.refusals import Refusal
from core.rights import ANONYMOUS, Actor, Doorkeeper, NotAllowed, NotFound, NotSignedIn
from core.rooms import Rooms
from core.words import nfc

log = logging.getLogger(__name__)

LONGEST_KEY = 64
MOST_KNOWN = 20000
"""Of how many rooms it is kept whose they are."""
MOST_ROOMS = 20
"""A screen shows one office or one ticket; who joins more and more rooms makes work for everybody."""
ADMITTED_AT_ONCE = 100
REVIEWED_AT_ONCE = 250
"""Sockets that are looked up together before others get their turn: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A socket that asks to be let into the room `key`. `shown` is what the doorkeeper knows it by, None where all may enter."""

    feed: Feed
    sid: str
    key: str
    shown: Any


class Admission:
    """The doors of one process: who waits before them, and by what right the sockets are in that needed one."""

    def __init__(
        self,
        database: Database,
        doorkeeper: Doorkeeper,
        feeds: Mapping[str, Feed],
        rooms: Rooms,
        is_connected: Callable[[str, str], bool],
    ) -> None:
        """`is_connected(sid, namespace)` says whether a socket is still there."""
        self._database, self._doorkeeper, self._feeds = database, doorkeeper, feeds
        self._rooms, self._is_connected = rooms, is_connected
        self._waiting: deque[Asking] = deque()
        self._called = False
        self._offices: dict[tuple[str, str], str] = {}
        self.guarded: dict[tuple[str, str], Any] = {}
        """What the sockets have shown that are in rooms which ask for a right, by namespace and id."""

    def wait(self, asking: Asking) -> bool:
        """Let a socket wait until `admit` is called; True when somebody has to see to that, False when somebody does already."""
        self._waiting.append(asking)
        first, self._called = not self._called, True
        return first

    def somebody_waits(self) -> bool:
        """Whether `admit` has to be called again."""
        return bool(self._waiting)

    def admit(self) -> list[tuple[Asking, str | Refusal]]:
        """Let in who waits and may enter, a hundred at most: the office whose changes concern the room, or why not.

        Who has hung up meanwhile is passed over.
        """
        self._called = False
        some: list[Asking] = []
        with suppress(IndexError):
            while len(some) < ADMITTED_AT_ONCE:
                some.append(self._waiting.popleft())
        try:
            return self._let_in(some) if some else []
        except Exception:
            log.exception("could not look up those who join; each is looked up alone")
            return [answer for each in some for answer in self._let_in_alone(each)]

    def _let_in_alone(self, asking: Asking) -> list[tuple[Asking, str | Refusal]]:
        try:
            return self._let_in([asking])
        except Exception:
            log.exception("could not let a socket in")
            return []

    def _let_in(self, some: Sequence[Asking]) -> list[tuple[Asking, str | Refusal]]:
        with self._database.reading() as session:
            known = self._doorkeeper.who_are(session, [each.shown for each in some if each.shown is not None])
            actors = iter(known)
            whole = [(each, ANONYMOUS if each.shown is None else next(actors)) for each in some]
            answers = [(each, self._answer(session, each, who)) for each, who in whole]
        return [(each, answer) for each, answer in answers if answer is not None]

    def _answer(self, session: Session, asking: Asking, who: Actor) -> str | Refusal | None:
        namespace, office = asking.feed.namespace, self._office_or_refusal(session, asking, who)
        if not self._is_connected(asking.sid, namespace):
            return None
        if isinstance(office, str):
            if asking.shown is not None:
                self.guarded[namespace, asking.sid] = asking.shown
            self._rooms.enter(namespace, office, asking.key, asking.sid)
        return office

    def _office_or_refusal(self, session: Session, asking: Asking, who: Actor) -> str | Refusal:
        try:
            return self._office_for(session, asking, who)
        except Refusal as refusal:
            return refusal

    def _office_for(self, session: Session, asking: Asking, who: Actor) -> str:
        """The office of the room. Raises a refusal for who may not enter it."""
        feed, key = asking.feed, asking.key
        if not who.may(feed.requires):
            raise NotSignedIn() if who.kind == "anonymous" else NotAllowed()
        if len(key) > LONGEST_KEY or key != nfc(key):
            raise NotFound()
        if self._rooms.how_many(feed.namespace, asking.sid) >= MOST_ROOMS:
            raise TooMany()
        office = self._office_of(session, feed, key)
        if office is None or not (asking.shown is None or who.belongs_to(office)):
            raise NotFound()
        return office

    def _office_of(self, session: Session, feed: Feed, key: str) -> str | None:
        """Asked once for each key: no ticket goes to another office. A whole city that comes back asks for each office once."""
        known = self._offices.get((feed.namespace, key))
        if known is None:
            known = feed.office_of(session, key)
            if known is not None:
                if len(self._offices) >= MOST_KNOWN:
                    self._offices.clear()
                self._offices[feed.namespace, key] = known
        return known

    def leave(self, namespace: str, sid: str) -> None:
        """Let a socket out of every room of the namespace."""
        self.guarded.pop((namespace, sid), None)
        self._rooms.leave(namespace, sid)

    def lost(self) -> Iterator[list[tuple[str, str]]]:
        """The sockets, by namespace and id, that have lost the right by which they came in: signed out, left, or revoked.

        A portion at a time; between two of them others have their turn.
        """
        guarded = list(self.guarded.items())
        for begin in range(0, len(guarded), REVIEWED_AT_ONCE):
            some = guarded[begin : begin + REVIEWED_AT_ONCE]
            with self._database.reading() as session:
                present = self._doorkeeper.who_are(session, [shown for _socket, shown in some])
            asked = zip(some, present, strict=True)
            yield [socket for (socket, _shown), who in asked if not who.may(self._feeds[socket[0]].requires)]
            give_way()
