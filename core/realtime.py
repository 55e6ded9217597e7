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

from core.admission import Admission, Asking
from core.delivery import Delivery
from core.fanout import LibrarySender, sender_for, soon_of
from core.feeds import Feed as Feed
from core.feeds import Snapshot as Snapshot
from core.neighbours import Neighbours
from core.patience import HEARING, give_way
from core.refusals import Refusal
from core.rights import Actor, Doorkeeper
from core.rooms import Rooms

log = logging.getLogger(__name__)

REVIEW_EVERY_S = 30.0
"""How long somebody whose right was taken away may still be sent a room that asks for one."""


class Realtime:
    """The sockets of one process and the snapshots they are sent."""

    def __init__(
        self,
        app: Flask,
        socketio: SocketIO,
        *,
        doorkeeper: Doorkeeper,
        versions: Callable[[Session, Iterable[str]], Mapping[str, int]],
        redis_url: str | None,
    ) -> None:
        self._app = app
        self._socketio = socketio
        self._doorkeeper = doorkeeper
        self._database = app.extensions["dung-gio"].database
        self._neighbours = Neighbours(redis_url)
        self.feeds: dict[str, Feed] = {}
        self.rooms = Rooms()
        self.sender = sender_for(socketio)
        self.delivery = Delivery(app, self.sender, self.rooms, versions)
        self.admission = Admission(self._database, doorkeeper, self.feeds, self.rooms, socketio.server.manager.is_connected)
        self._soon = soon_of(socketio)
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

    def patient_sockets(self) -> int:
        """How many of them are sent what is not urgent."""
        return sum(self.rooms.sockets_in(feed.namespace) for feed in self.feeds.values() if not feed.urgent)

    # --- clients ---------------------------------------------------------------------------------------------------

    def _joiner(self, feed: Feed) -> Callable[..., None]:
        for_all = "anyone" in feed.requires

        def join(sid: str, data: Any = None, *_rest: Any) -> None:
            key = str(data.get(feed.member, "")) if isinstance(data, dict) else ""
            if self.admission.wait(Asking(feed, sid, key, None if for_all else self._shown_by(feed, sid))):
                self._soon(self._admit)

        return join

    def _admit(self) -> None:
        while self._admit_some():
            give_way(HEARING)

    def _admit_some(self) -> bool:
        """Let in who waits, and have them sent what they came for; True when somebody waits still."""
        for asking, office in self.admission.admit():
            if isinstance(office, Refusal):
                self._refuse(asking.feed, asking.sid, office)
                continue
            # Read after the room was entered: a change in between is sent twice rather than never.
            self.delivery.owe(asking.feed.namespace, office, asking.key, asking.sid)
            self._start()
            if isinstance(self.sender, LibrarySender):
                self.delivery.pay(asking.feed, office)
            else:
                self.delivery.ask(asking.feed.namespace)
        return self.admission.somebody_waits()

    def _environ_of(self, feed: Feed, sid: str) -> dict[str, Any]:
        """The request a socket began with; empty when it has gone."""
        return self._socketio.server.get_environ(sid, namespace=feed.namespace) or {}

    def _shown_by(self, feed: Feed, sid: str) -> Any:
        return self._doorkeeper.shown_by(self._app, self._environ_of(feed, sid))

    def _who(self, feed: Feed, sid: str) -> Actor:
        with self._database.reading() as session:
            return self._doorkeeper.who_are(session, [self._shown_by(feed, sid)])[0]

    def _refuse(self, feed: Feed, sid: str, refusal: Refusal) -> None:
        environ = self._environ_of(feed, sid)
        if not environ:  # who has hung up is told nothing
            return
        with self._app.request_context(dict(environ)):
            said = {"code": refusal.code, "detail": refusal.sentence()}
        self._socketio.server.emit("refused", said, to=sid, namespace=feed.namespace)

    def _hearer(self, feed: Feed, handler: Callable[[Actor, str, Any], None]) -> Callable[..., None]:
        def hear(sid: str, data: Any = None, *_rest: Any) -> None:
            self._admit()  # who has just asked to join may say so already
            try:
                with self._app.request_context(dict(self._environ_of(feed, sid))):
                    who = self._who(feed, sid)
                    for office in self.rooms.offices(feed.namespace, sid):
                        handler(who, office, data)
            except Refusal as refusal:
                self._refuse(feed, sid, refusal)

        return hear

    def _leaver(self, feed: Feed) -> Callable[..., None]:
        def leave(sid: str, *_reason: Any) -> None:
            self.admission.leave(feed.namespace, sid)

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
        """Close the sockets of those who have lost their right since they joined."""
        for some in self.admission.lost():
            for namespace, sid in some:
                self._socketio.server.disconnect(sid, namespace=namespace)

    def _review_again_and_again(self) -> None:
        while not self.delivery.ended.wait(REVIEW_EVERY_S):
            try:
                self.review()
            except Exception:
                log.exception("could not review the sockets; it is tried again")
