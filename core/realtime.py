"""Live screens: a screen joins a room and is sent whole snapshots with a version, never differences.

First load, reconnect and update are one path. A change is told to this process by the events of a transaction, to other
processes through Redis, and once a second every process compares the versions of the offices it shows with the
database, so that a lost message heals.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy.orm import Session

from core.delivery import Delivery
from core.fanout import LibrarySender, sender_for
from core.feeds import Feed as Feed
from core.feeds import Snapshot as Snapshot
from core.neighbours import Neighbours
from core.pages import TooMany
from core.patience import give_way
from core.refusals import Refusal
from core.rights import ANONYMOUS, Actor, NotAllowed, NotFound, NotSignedIn
from core.rooms import Rooms
from core.words import nfc

log = logging.getLogger(__name__)

REVIEW_EVERY_S = 30.0
"""How long somebody whose right was taken away may still be sent a room that asks for one."""
LONGEST_KEY = 64
MOST_KNOWN = 20000
"""Of how many rooms it is kept whose they are."""
MOST_ROOMS = 20
"""A screen shows one office or one ticket; who joins more and more rooms makes work for everybody."""


class Realtime:
    """The sockets of one process and the snapshots they are sent."""

    def __init__(
        self,
        app: Flask,
        socketio: SocketIO,
        *,
        identify: Callable[[], Actor],
        versions: Callable[[Session, Iterable[str]], Mapping[str, int]],
        redis_url: str | None,
    ) -> None:
        self._app = app
        self._socketio = socketio
        self._identify = identify
        self._database = app.extensions["dung-gio"].database
        self._neighbours = Neighbours(redis_url)
        self.feeds: dict[str, Feed] = {}
        self.rooms = Rooms()
        self.sender = sender_for(socketio)
        self.delivery = Delivery(app, self.sender, self.rooms, versions)
        self._guarded: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._offices: dict[tuple[str, str], str] = {}
        self._starting = threading.Lock()
        self._tasks: list[Any] = []

    def add(self, feed: Feed) -> None:
        """Open a namespace."""
        self.feeds[feed.namespace] = feed
        self.delivery.add(feed)
        # Straight from Socket.IO: Flask-SocketIO would make a request of each event, also of those that ask for nobody.
        handlers = {"join": self._joiner(feed), "disconnect": self._leaver(feed)}
        handlers |= {event: self._hearer(feed, handler) for event, handler in feed.hears.items()}
        for event, handler in handlers.items():
            self._socketio.server.on(event, handler, namespace=feed.namespace)

    def changed(self, office: str, *, only: str | None = None) -> None:
        """Something the screens of `office` show has changed and is committed: send it here, and tell the other processes.

        `only` names the one namespace that shows it; a message lost on the way to another process then heals only with the next
        change or refresh, because no version of the office was raised.
        """
        self.delivery.mark(office, only)
        self._neighbours.tell(office, only)

    def close(self) -> None:
        """Send nothing more and ask the database nothing more. Who listens to Redis goes on until the process ends."""
        self.delivery.end()
        for task in self._tasks:
            task.join()

    def redis_answers(self) -> str:
        """"ok" when Redis does; raises when it does not."""
        return self._neighbours.answers()

    def sockets(self) -> dict[str, int]:
        """How many sockets are in rooms, by namespace."""
        return {namespace: self.rooms.sockets_in(namespace) for namespace in self.feeds}

    # --- clients ---------------------------------------------------------------------------------------------------

    def _joiner(self, feed: Feed) -> Callable[..., None]:
        def join(sid: str, data: Any = None, *_rest: Any) -> None:
            environ = self._environ_of(feed, sid)
            key = str(data.get(feed.member, "")) if isinstance(data, dict) else ""
            try:
                office = self._admit(feed, sid, environ, key)
            except Refusal as refusal:
                self._refuse(feed, sid, environ, refusal)
                return
            # Read after the room was entered: a change in between is sent twice rather than never.
            self._enter(feed, key, office, sid, environ)
            self._start()
            if isinstance(self.sender, LibrarySender):
                self.delivery.pay(feed, office)
            else:
                self.delivery.ask()

        return join

    def _environ_of(self, feed: Feed, sid: str) -> dict[str, Any]:
        """The request a socket began with."""
        return self._socketio.server.get_environ(sid, namespace=feed.namespace) or {}

    def _who(self, environ: Mapping[str, Any]) -> Actor:
        with self._app.request_context(dict(environ)):
            return self._identify()

    def _refuse(self, feed: Feed, sid: str, environ: Mapping[str, Any], refusal: Refusal) -> None:
        with self._app.request_context(dict(environ)):
            said = {"code": refusal.code, "detail": refusal.sentence()}
        self._socketio.server.emit("refused", said, to=sid, namespace=feed.namespace)

    def _admit(self, feed: Feed, sid: str, environ: Mapping[str, Any], key: str) -> str:
        """The office whose changes concern the room `key`. Raises a refusal for who may not enter it."""
        for_all = "anyone" in feed.requires
        who = ANONYMOUS if for_all else self._who(environ)
        if not who.may(feed.requires):
            raise NotSignedIn() if who.kind == "anonymous" else NotAllowed()
        if len(key) > LONGEST_KEY or key != nfc(key):
            raise NotFound()
        if self.rooms.how_many(feed.namespace, sid) >= MOST_ROOMS:
            raise TooMany()
        office = self._office_of(feed, key)
        if office is None or not (for_all or who.belongs_to(office)):
            raise NotFound()
        return office

    def _office_of(self, feed: Feed, key: str) -> str | None:
        """Asked once for each key: no ticket goes to another office. A whole city that comes back asks for each office once."""
        known = self._offices.get((feed.namespace, key))
        if known is None:
            with self._database.reading() as session:
                known = feed.office_of(session, key)
            if known is not None:
                if len(self._offices) >= MOST_KNOWN:
                    self._offices.clear()
                self._offices[feed.namespace, key] = known
        return known

    def _enter(self, feed: Feed, key: str, office: str, sid: str, environ: Mapping[str, Any]) -> None:
        if "anyone" not in feed.requires:
            self._guarded[feed.namespace, sid] = environ
        self.rooms.enter(feed.namespace, office, key, sid)
        self.delivery.owe(feed.namespace, office, key, sid)

    def _hearer(self, feed: Feed, handler: Callable[[Actor, str, Any], None]) -> Callable[..., None]:
        def hear(sid: str, data: Any = None, *_rest: Any) -> None:
            environ = self._environ_of(feed, sid)
            try:
                with self._app.request_context(dict(environ)):
                    who = self._identify()
                    for office in self.rooms.offices(feed.namespace, sid):
                        handler(who, office, data)
            except Refusal as refusal:
                self._refuse(feed, sid, environ, refusal)

        return hear

    def _leaver(self, feed: Feed) -> Callable[..., None]:
        def leave(sid: str, *_reason: Any) -> None:
            self._guarded.pop((feed.namespace, sid), None)
            self.rooms.leave(feed.namespace, sid)

        return leave

    # --- what runs beside the requests -----------------------------------------------------------------------------

    def _start(self) -> None:
        with self._starting:
            if self._tasks or self.delivery.ended.is_set():
                return
            for loop in (*self.delivery.loops(), self._review_again_and_again):
                self._tasks.append(self._socketio.start_background_task(loop))
        self._socketio.start_background_task(self._neighbours.listen, self.delivery.mark, self.delivery.ended)

    def review(self) -> None:
        """Close the sockets of those who have lost their right since they joined: signed out, left, or revoked."""
        for (namespace, sid), environ in list(self._guarded.items()):
            if not self._who(environ).may(self.feeds[namespace].requires):
                self._socketio.server.disconnect(sid, namespace=namespace)
            give_way()

    def _review_again_and_again(self) -> None:
        while not self.delivery.ended.wait(REVIEW_EVERY_S):
            try:
                self.review()
            except Exception:
                log.exception("could not review the sockets; it is tried again")
