"""How a snapshot gets to the sockets of this process: by the library, or directly (`FANOUT=direct`).

The library gives every socket three greenlets, a queue and an encoder of its own. Directly, a frame is encoded once for a room
and written to each socket where it stands; a socket is a file watched by the loop, and no greenlet waits for it. A client that
does not read gets a short queue of its own and is dropped when that overflows: nobody ever waits for it.

The direct way stands on insides of Engine.IO, Socket.IO and gunicorn, so it is taken only with the very versions it was tested
with. It needs gevent; tests that serve by threads use the library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, Protocol

import socketio
from engineio import packet as packets
from flask import Flask
from flask_socketio import SocketIO
from gevent import monkey
from pydantic_core import to_json
from socketio import packet as messages
from werkzeug.routing import Rule

from core.engine import Engine
from core.frames import TEXT, frame, payload_of
from core.rights import requires

log = logging.getLogger(__name__)

TESTED = {"python-engineio": "4.15.1", "python-socketio": "5.18.1", "Flask-SocketIO": "5.7.0", "gunicorn": "27.0.1"}
EVENT = "snapshot"


class Sender(Protocol):
    """Sends the snapshot of a room to some of the sockets in it."""

    def encode(self, namespace: str, snapshot: dict[str, Any]) -> Any:
        """The snapshot as `send` takes it: made once, however many sockets it goes to."""

    def later(self, encoded: Any, by: timedelta) -> Any:
        """The same snapshot, told so much later: its `now` moves on, if it has one."""

    def send(self, namespace: str, encoded: Any, sids: Iterable[str]) -> None:
        """Send it; never waits for a client. A socket that has gone meanwhile is passed over."""


_NOW = b'"now":"'
"""In JSON this is a name and never part of a text, in which quotes are escaped; in a snapshot it is the first of that name."""


def _moved(told: str, by: timedelta) -> str:
    return (datetime.fromisoformat(told) + by).isoformat()


def frame_of(namespace: str, snapshot: dict[str, Any]) -> bytes:
    """The finished frame of a snapshot."""
    # What the library's packets come to, without its search for bytes in every corner of the snapshot.
    return frame(TEXT, f"{packets.MESSAGE}{messages.EVENT}{namespace},".encode() + to_json([EVENT, snapshot]))


class LibrarySender:
    """Hands every packet to Socket.IO, which queues it for each socket's writer."""

    def __init__(self, server: socketio.Server) -> None:
        self._server = server

    def encode(self, namespace: str, snapshot: dict[str, Any]) -> Any:
        return snapshot

    def later(self, encoded: Any, by: timedelta) -> Any:
        return encoded | {"now": _moved(encoded["now"], by)} if "now" in encoded else encoded

    def send(self, namespace: str, encoded: Any, sids: Iterable[str]) -> None:
        for sid in list(sids):
            self._server.emit(EVENT, encoded, namespace=namespace, to=sid)


class DirectSender:
    """Writes one finished frame to each socket."""

    def __init__(self, server: socketio.Server, engine: Engine) -> None:
        self._manager = server.manager
        self._channels = engine.sockets

    def encode(self, namespace: str, snapshot: dict[str, Any]) -> bytes:
        return frame_of(namespace, snapshot)

    def later(self, encoded: bytes, by: timedelta) -> bytes:
        # In place: to read and write the 50 kB of a line again for each who joins it would cost more than to let them in.
        before, found, rest = payload_of(encoded).partition(_NOW)
        told, _end, after = rest.partition(b'"')
        return frame(TEXT, before + _NOW + _moved(told.decode(), by).encode() + b'"' + after) if found else encoded

    def send(self, namespace: str, encoded: bytes, sids: Iterable[str]) -> None:
        here = self._manager.rooms.get(namespace, {}).get(None, {})
        for sid in list(sids):
            channel = self._channels.get(here.get(sid))
            if channel is not None:
                channel.write(encoded)


class Sockets(socketio.Manager):  # type: ignore[misc]  # the library has no types
    """Who is connected. The library looks for a leaving socket in every room, so that a mass disconnect costs the square of it:
    here a socket remembers its rooms, and has no room of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rooms_of: dict[tuple[str, str], set[str]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        if room == sid:
            return
        super().basic_enter_room(sid, namespace, room, eio_sid)
        if room is not None:
            self._rooms_of.setdefault((namespace, sid), set()).add(room)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        for room in (*self._rooms_of.pop((namespace, sid), ()), None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        everybody = self.rooms.get(namespace, {}).get(None, {})
        if isinstance(room, str) and room in everybody:
            yield room, everybody[room]
        else:
            yield from super().get_participants(namespace, room)


def _make_server(app: Flask, wanted: str, *, patched: bool, **options: Any) -> SocketIO:
    """The Socket.IO server of `app`, with the engine that `wanted` ("direct" or "library") names, where it can be had."""
    strange = {name: version(name) for name, tested in TESTED.items() if version(name) != tested}
    if strange:
        if wanted == "direct":
            found = ", ".join(f"{name} {there}" for name, there in strange.items())
            log.warning("FANOUT=direct was not tested with %s: the sockets go through the library, which costs more", found)
        return SocketIO(app, **options)
    direct = wanted == "direct" and patched
    served = SocketIO(app, client_manager=Sockets(), async_handlers=not direct, **options)
    if direct:
        _put_in(served.server)
    return served


def _put_in(server: socketio.Server) -> None:
    """Let the direct engine take the place of the one that the library has made."""
    engine = Engine.like(server.eio, server.packet_class)
    engine.on("connect", server._handle_eio_connect)
    engine.on("message", server._handle_eio_message)
    engine.on("disconnect", server._handle_eio_disconnect)
    server.eio = engine


def sender_for(served: SocketIO) -> Sender:
    """How snapshots are sent on this server."""
    server = served.server
    return DirectSender(server, server.eio) if isinstance(server.eio, Engine) else LibrarySender(server)


def soon_of(served: SocketIO) -> Callable[[Callable[[], None]], None]:
    """How something is done after the messages that are waiting to be heard now; by the library nothing waits, so at once."""
    engine = served.server.eio
    return engine.patiently if isinstance(engine, Engine) else lambda job: job()


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
    served = _make_server(
        app,
        app.extensions["dung-gio"].config.fanout,
        patched=patched,
        async_mode="gevent" if patched else "threading",
        transports=["websocket"],
        cors_allowed_origins=None,
        manage_session=False,
        ping_interval=20,
        ping_timeout=15,
    )
    app.wsgi_app = _without_compression(app.wsgi_app)  # type: ignore[method-assign]  # Flask's way to add middleware
    return served


def _without_compression(wsgi_app: Any) -> Any:
    """Keep permessage-deflate from being agreed on: it costs 219 instead of 68 KB a connection."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return wsgi_app(environ, start_response)

    return call
