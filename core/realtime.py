"""Live screens: a screen joins a room and is sent whole snapshots with a version, never differences.

First load, reconnect and update are one path. A change is told to this process by the events of a transaction, to other
processes through Redis, and once a second every process compares the versions of the offices it shows with the
database, so that a lost message heals.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis
from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room
from gevent import monkey
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from core.pages import TooMany
from core.refusals import Refusal
from core.rights import Actor, NotAllowed, NotFound, NotSignedIn, Who, requires
from core.words import nfc

log = logging.getLogger(__name__)

HEAL_EVERY_S = 1.0
REFRESH_EVERY_S = 60.0
"""How long a screen is left alone where nothing changes: a wait grows shorter, or longer, by itself."""
REVIEW_EVERY_S = 30.0
"""How long somebody whose right was taken away may still be sent a room that asks for one."""

CHANNEL = "dung-gio:changed"
LONGEST_KEY = 64
MOST_ROOMS = 20
"""A screen shows one office or one ticket; who joins more and more rooms makes work for everybody."""
REDIS_PATIENCE_S = 2.0
"""A change is committed when Redis is told of it: a Redis that does not answer must not hold up whoever made it."""

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Feed:
    """One namespace of rooms.

    A client emits `join` with `{member: key}`; `office_of` says which office's changes concern that key (None: there is no such
    room); `snapshots` makes the present snapshots of several rooms of one office, each with a `version`. `provisional` says that
    those of an office hold something that was not worked out anew yet: they are sent once more within a second. `hears` is what
    a client in a room may say besides: by the event's name a function of who says it, the room's office, and the data, which
    may raise a refusal. It is run without a transaction of its own.
    """

    namespace: str
    member: str
    requires: tuple[Who, ...]
    office_of: Callable[[Session, str], str | None]
    snapshots: Callable[[Session, str, Sequence[str]], Mapping[str, Snapshot]]
    provisional: Callable[[str], bool] | None = None
    hears: Mapping[str, Callable[[Actor, str, Any], None]] = field(default_factory=dict)


@dataclass
class _Room:
    office: str
    sockets: set[str] = field(default_factory=set)


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
        self._versions = versions
        self._database = app.extensions["dung-gio"].database
        self._redis_url = redis_url
        self._redis: Any = None
        self.feeds: dict[str, Feed] = {}
        self._rooms: dict[str, dict[str, _Room]] = defaultdict(dict)
        self._entered: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._guarded: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._shown: dict[str, int] = {}
        self._sent: dict[str, float] = {}
        self._dirty: dict[str, set[str]] = {}
        self._wake = threading.Event()
        self._starting = threading.Lock()
        self._tasks: list[Any] = []
        self._ended = threading.Event()

    def add(self, feed: Feed) -> None:
        """Open a namespace."""
        self.feeds[feed.namespace] = feed
        self._socketio.on_event("join", self._joiner(feed), namespace=feed.namespace)
        self._socketio.on_event("disconnect", self._leaver(feed), namespace=feed.namespace)
        for event, handler in feed.hears.items():
            self._socketio.on_event(event, self._hearer(feed, handler), namespace=feed.namespace)
        # Without a connect handler Socket.IO refuses the namespace to clients that have not been told of it.
        self._socketio.on_event("connect", lambda auth=None: None, namespace=feed.namespace)

    def changed(self, office: str, *, only: str | None = None) -> None:
        """Something the screens of `office` show has changed and is committed: send it here, and tell the other processes.

        `only` names the one namespace that shows it; a message lost on the way to another process then heals only with the next
        change or refresh, because no version of the office was raised.
        """
        self._mark(office, only)
        if self._redis_url:
            try:
                self._redis_client().publish(CHANNEL, json.dumps({"office": office, "only": only}))
            except Exception:
                log.warning("could not tell other processes of a change; they will see it within a second")

    def close(self) -> None:
        """Send nothing more and ask the database nothing more. Who listens to Redis goes on until the process ends."""
        self._ended.set()
        self._wake.set()
        for task in self._tasks:
            task.join()

    def redis_answers(self) -> str:
        """"ok" when Redis does; raises when it does not."""
        self._redis_client().ping()
        return "ok"

    # --- clients ---------------------------------------------------------------------------------------------------

    def _joiner(self, feed: Feed) -> Callable[[Any], None]:
        def join(data: Any = None, *_rest: Any) -> None:
            try:
                key = str(data.get(feed.member, "")) if isinstance(data, dict) else ""
                office = self._admit(feed, key)
                self._enter(feed, key, office)
                # Read after the room was entered: a change in between is sent twice rather than never.
                with self._database.reading() as session:
                    present = feed.snapshots(session, office, [key])[key]
                emit("snapshot", present)
                self._start()
            except Refusal as refusal:
                emit("refused", {"code": refusal.code, "detail": refusal.sentence()})

        return join

    def _admit(self, feed: Feed, key: str) -> str:
        """The office whose changes concern the room `key`. Raises a refusal for who may not enter it."""
        who = self._identify()
        if not who.may(feed.requires):
            raise NotSignedIn() if who.kind == "anonymous" else NotAllowed()
        if len(key) > LONGEST_KEY or key != nfc(key):
            raise NotFound()
        if len(self._entered.get((feed.namespace, request.sid), ())) >= MOST_ROOMS:  # type: ignore[attr-defined]  # as in _enter
            raise TooMany()
        with self._database.reading() as session:
            office = feed.office_of(session, key)
        if office is None or ("anyone" not in feed.requires and not who.belongs_to(office)):
            raise NotFound()
        return office

    def _enter(self, feed: Feed, key: str, office: str) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it to the request
        join_room(key)
        if "anyone" not in feed.requires:
            self._guarded[feed.namespace, sid] = request.environ
        self._rooms[feed.namespace].setdefault(key, _Room(office)).sockets.add(sid)
        self._entered[feed.namespace, sid].add(key)
        self._shown.setdefault(office, 0)

    def _hearer(self, feed: Feed, handler: Callable[[Actor, str, Any], None]) -> Callable[[Any], None]:
        def hear(data: Any = None, *_rest: Any) -> None:
            sid: str = request.sid  # type: ignore[attr-defined]  # as in _enter
            rooms = self._rooms[feed.namespace]
            try:
                who = self._identify()
                for office in {rooms[key].office for key in self._entered.get((feed.namespace, sid), ())}:
                    handler(who, office, data)
            except Refusal as refusal:
                emit("refused", {"code": refusal.code, "detail": refusal.sentence()})

        return hear

    def _leaver(self, feed: Feed) -> Callable[..., None]:
        def leave(*_reason: Any) -> None:
            sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it to the request
            rooms = self._rooms[feed.namespace]
            self._guarded.pop((feed.namespace, sid), None)
            for key in self._entered.pop((feed.namespace, sid), ()):
                rooms[key].sockets.discard(sid)
                if not rooms[key].sockets:
                    del rooms[key]

        return leave

    # --- sending ---------------------------------------------------------------------------------------------------

    def _mark(self, office: str, only: str | None = None) -> None:
        self._dirty.setdefault(office, set()).update([only] if only else self.feeds)
        self._wake.set()

    def _start(self) -> None:
        with self._starting:
            if self._tasks or self._ended.is_set():
                return
            for loop in (self._send_changes, self._heal, self._review_again_and_again):
                self._tasks.append(self._socketio.start_background_task(loop))
        if self._redis_url:
            self._socketio.start_background_task(self._listen)

    def _send_changes(self) -> None:
        while not self._ended.is_set():
            self._wake.wait()
            self._wake.clear()
            while self._dirty and not self._ended.is_set():
                office = next(iter(self._dirty))
                namespaces = self._dirty.pop(office)
                try:
                    self._send(office, namespaces)
                except Exception:
                    log.exception("could not send the snapshots of an office; it is tried again within a second")
                    self._shown[office] = 0

    def _send(self, office: str, namespaces: set[str]) -> None:
        """Namespace by namespace, in the order they were opened: the board does not wait for hundreds of tickets."""
        watched = {
            namespace: [key for key, room in list(self._rooms[namespace].items()) if room.office == office]
            for namespace in self.feeds
        }
        if not any(watched.values()):
            self._shown.pop(office, None)
            self._sent.pop(office, None)
            return
        if len(namespaces) == len(self.feeds):
            with self._database.reading() as session:
                # Before anything is read to be shown: what changes from now on is seen to differ, and sent again.
                self._shown[office] = self._versions(session, [office]).get(office, 0)
            self._sent[office] = time.monotonic()
        for namespace, keys in watched.items():
            if not keys or namespace not in namespaces:
                continue
            feed = self.feeds[namespace]
            with self._app.test_request_context(), self._database.reading() as session:
                made = feed.snapshots(session, office, keys)
                if feed.provisional is not None and feed.provisional(office):
                    self._shown[office] = 0
            for key, snapshot in made.items():
                self._socketio.emit("snapshot", snapshot, namespace=namespace, to=key)

    def _heal(self) -> None:
        while not self._ended.wait(HEAL_EVERY_S):
            try:
                offices = list(self._shown)
                if not offices:
                    continue
                with self._database.reading() as session:
                    present = self._versions(session, offices)
                for office, version in present.items():
                    if version != self._shown.get(office) or time.monotonic() - self._sent.get(office, 0) > REFRESH_EVERY_S:
                        self._mark(office)
            except Exception:
                log.exception("could not compare versions; it is tried again in a second")

    def review(self) -> None:
        """Close the sockets of those who have lost their right since they joined: signed out, left, or revoked."""
        for (namespace, sid), environ in list(self._guarded.items()):
            with self._app.request_context(dict(environ)):
                allowed = self._identify().may(self.feeds[namespace].requires)
            if not allowed:
                self._socketio.server.disconnect(sid, namespace=namespace)

    def _review_again_and_again(self) -> None:
        while not self._ended.wait(REVIEW_EVERY_S):
            try:
                self.review()
            except Exception:
                log.exception("could not review the sockets; it is tried again")

    def _listen(self) -> None:
        while True:
            try:
                channel = self._connected().pubsub(ignore_subscribe_messages=True)  # nothing may be said for hours
                channel.subscribe(CHANNEL)
                for message in channel.listen():
                    told = json.loads(message["data"])
                    self._mark(told["office"], told["only"])
            except Exception:
                log.warning("no connection to Redis; versions are compared with the database meanwhile")
                time.sleep(HEAL_EVERY_S)

    def _redis_client(self) -> Any:
        if self._redis is None:
            self._redis = self._connected(socket_timeout=REDIS_PATIENCE_S)
        return self._redis

    def _connected(self, **options: Any) -> Any:
        return redis.Redis.from_url(
            str(self._redis_url), socket_connect_timeout=REDIS_PATIENCE_S, health_check_interval=10, **options
        )


def _answer_elsewhere() -> str:
    return ""


def make_socketio(app: Flask) -> SocketIO:
    """The Socket.IO server: websocket transport only, so that several workers need no sticky sessions."""
    patched = monkey.is_module_patched("socket")  # by gunicorn's gevent worker; a test serves by threads
    # Socket.IO answers before Flask does, but each of its events is matched against Flask's addresses too: without this
    # rule every event drops a traceback for the garbage collector (p99 164 instead of 6 ms at 5,000 sockets).
    app.url_map.add(Rule("/socket.io/", endpoint="socketio", websocket=True))
    app.view_functions["socketio"] = requires("anyone")(_answer_elsewhere)
    for library in ("engineio.server", "socketio.server"):
        # Otherwise each writes its errors to stderr itself, beside the log; at INFO it would write every packet.
        logging.getLogger(library).setLevel(logging.ERROR)
    socketio = SocketIO(
        app,
        async_mode="gevent" if patched else "threading",
        transports=["websocket"],
        cors_allowed_origins=None,
        manage_session=False,
        ping_interval=20,
        ping_timeout=15,
    )
    app.wsgi_app = _without_compression(app.wsgi_app)  # type: ignore[method-assign]  # Flask's way to add middleware
    return socketio


def _without_compression(wsgi_app: Any) -> Any:
    """Keep permessage-deflate from being agreed on: it costs 219 instead of 68 KB a connection."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return wsgi_app(environ, start_response)

    return call
