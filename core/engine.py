"""The direct engine: each client is a file that the loop watches, and no greenlet of its own waits for it.

What a client says is heard by a few workers, one message of a client after the other, and only when nothing more urgent is
ready: thousands that come back at once hold up no officer's call.
"""

from __future__ import annotations

import _socket
import io
import logging
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import engineio
import gevent
import gevent.socket
import socketio.packet as messages
from engineio import packet as packets
from gevent.queue import SimpleQueue

from core import frames
from core.channels import LONGEST_MESSAGE, UNWANTED, Channel
from core.patience import HEARING, give_way

log = logging.getLogger(__name__)

MOST_CLIENTS = 20000
WORKERS = 4
BEAT_EVERY_S = 0.25
BEATS_AT_ONCE = 250
"""Pings written before others get their turn."""

_PING = frames.frame(frames.TEXT, b"2")
_KEPT = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
         "REMOTE_ADDR", "REMOTE_PORT", "wsgi.url_scheme", "wsgi.version", "flask.app")  # fmt: skip
_NOTHING = io.BytesIO()


class Engine(engineio.Server):  # type: ignore[misc]  # the library has no types
    """Engine.IO over websockets only, without a greenlet for each. `dropped` counts the clients that did not read."""

    dropped = 0
    _packets: Any
    _jobs: SimpleQueue
    _due: deque[tuple[float, Channel]]
    _begun = False

    @classmethod
    def like(cls, made: engineio.Server, packet_class: Any) -> Engine:
        """An engine with the settings of one that the library has made."""
        engine = cls(
            async_mode=made.async_mode,
            ping_interval=made.ping_interval,
            ping_timeout=made.ping_timeout,
            cors_allowed_origins=made.cors_allowed_origins,
            cors_credentials=made.cors_credentials,
            transports=made.transports,
            async_handlers=False,
            monitor_clients=False,
        )
        engine._packets = packet_class
        engine._jobs = SimpleQueue()
        engine._due = deque()
        return engine

    def _handle_connect(
        self, environ: dict[str, Any], start_response: Any, transport: str, jsonp_index: int | None = None
    ) -> Any:
        """Take the connection over from gunicorn, which believes that it has ended."""
        sock = environ.get("gunicorn.socket")
        if type(sock) is not gevent.socket.socket:  # TLS, or a server that is not gunicorn
            return super()._handle_connect(environ, start_response, transport, jsonp_index)
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or len(key) != 24:
            return self._bad_request("This is no WebSocket of version 13.")
        if len(self.sockets) >= MOST_CLIENTS:
            return {"status": "503 SERVICE UNAVAILABLE", "headers": [("Retry-After", "10")], "response": b"Too many screens."}
        self._begin()
        sid = self.generate_id()
        channel = Channel(self, sid, _taken_over(sock), _kept(environ))
        self.sockets[sid] = channel
        self._trigger_event("connect", sid, channel.environ, run_async=False)
        self.watch(channel)
        channel.begin(_upgraded(key) + self._opening(sid))
        raise StopIteration  # what gunicorn understands as: nothing more to answer here

    def _opening(self, sid: str) -> bytes:
        told = {
            "sid": sid,
            "upgrades": [],
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": LONGEST_MESSAGE,
        }
        return frames.frame(frames.TEXT, packets.Packet(packets.OPEN, told).encode().encode())

    def watch(self, channel: Channel) -> None:
        """Ping a client from now on."""
        self._due.append((time.monotonic() + self.ping_interval, channel))

    # --- what is done when there is time ---------------------------------------------------------------------------

    def patiently(self, job: Callable[..., None], *of: Any) -> None:
        """Do this when nothing more urgent is ready. May be called by the loop itself."""
        self._jobs.put((job, of))

    def hear(self, channel: Channel) -> None:
        """Hear the next message of a client; the one after it when others have been heard."""
        if channel.unheard:
            text = channel.unheard.popleft()
            if self._is_sensible(text):
                self._trigger_event("message", channel.sid, text, run_async=False)
                channel.environ.pop("werkzeug.request", None)  # each request leaves itself there, until the next one comes
            else:
                channel.refuse(UNWANTED)
        if channel.unheard:
            self.patiently(self.hear, channel)
            return
        channel.busy, channel.unheard = False, None
        if channel.closed:
            self.forget(channel, self.reason.TRANSPORT_CLOSE)

    def leave(self, channel: Channel, reason: str) -> None:
        """Forget a client, unless it is being heard: what it has just said might let it into a room after it has left."""
        if not channel.busy:
            self.forget(channel, reason)

    def forget(self, channel: Channel, reason: str) -> None:
        """Leave everything the client was in."""
        if self.sockets.pop(channel.sid, None) is not None:
            self._trigger_event("disconnect", channel.sid, reason, run_async=False)

    def _is_sensible(self, text: str) -> bool:
        """Whether it is something a screen says. Anything else would only fill the log with tracebacks."""
        try:
            packet = self._packets(encoded_packet=text)
        except Exception:
            return False
        if packet.packet_type != messages.EVENT:
            return packet.packet_type in (messages.CONNECT, messages.DISCONNECT)
        said = packet.data
        return isinstance(said, list) and bool(said) and isinstance(said[0], str) and said[0] not in ("connect", "disconnect")

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        for _worker in range(WORKERS):
            gevent.spawn(self._work)
        gevent.spawn(self._beat)

    def _work(self) -> None:
        while True:
            job, of = self._jobs.get()
            try:
                job(*of)
            except Exception:
                log.exception("a socket's message could not be heard")
            give_way(HEARING)

    def _beat(self) -> None:
        """Ping everybody in turn; who has not answered by the next time is gone, whatever its half-open connection says."""
        while True:
            gevent.sleep(BEAT_EVERY_S)
            now, beats = time.monotonic(), 0
            while self._due and self._due[0][0] <= now:
                _at, channel = self._due.popleft()
                if channel.closed:
                    continue
                if channel.awaits_pong:
                    channel.lose(self.reason.PING_TIMEOUT)
                    continue
                channel.awaits_pong = True
                channel.write(_PING)
                self._due.append((now + self.ping_interval, channel))
                beats += 1
                if beats % BEATS_AT_ONCE == 0:
                    give_way(HEARING)


def _taken_over(sock: Any) -> _socket.socket:
    """The connection without gevent's wrapper, which gunicorn may then close."""
    raw = _socket.socket(fileno=sock.detach())
    raw.setblocking(False)
    return raw


def _upgraded(key: str) -> bytes:
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {frames.accept_key(key)}\r\n\r\n"
    ).encode()


def _kept(environ: dict[str, Any]) -> dict[str, Any]:
    """What of a request is needed later to know who it is: the whole would be most of a connection's memory."""
    kept: dict[str, Any] = {name: environ[name] for name in _KEPT if name in environ}
    for name, value in environ.items():
        if name.startswith("HTTP_") and not name.startswith("HTTP_SEC_"):
            kept[sys.intern(name)] = sys.intern(value)
    return kept | {"wsgi.input": _NOTHING, "wsgi.errors": sys.stderr, "wsgi.multithread": True}
