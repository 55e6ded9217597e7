"""One client of the direct engine (core/engine.py): its socket, what still has to be written to it, and what it has said."""

from __future__ import annotations

import _socket
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import gevent
from engineio import packet as packets

from core import frames

if TYPE_CHECKING:
    from core.engine import Engine

MOST_UNSENT = 512 * 1024
"""Bytes that may wait for a client besides what the kernel holds. Who falls further behind is dropped, and comes back."""
MOST_UNHEARD = 64
"""Messages of a client that may wait to be heard. A screen says a handful in its life."""
LONGEST_MESSAGE = 64 * 1024
READ_AT_ONCE = 4096

UNWANTED: Final = 1008
_LIBEV_READ, _LIBEV_WRITE = 1, 2


class Channel:
    """One client. Stands in for `engineio.Socket`: what the libraries ask of one is here."""

    __slots__ = ("_engine", "_reader", "_reads", "_sock", "_unsent", "_unsent_bytes", "_writes", "awaits_pong", "busy", "closed",
                 "closing", "connected", "environ", "session", "sid", "unheard", "upgraded")  # fmt: skip

    def __init__(self, engine: Engine, sid: str, sock: _socket.socket, environ: dict[str, Any] | None = None) -> None:
        self._engine, self.sid, self._sock, self.environ = engine, sid, sock, environ or {}
        self._reader = frames.Reader(LONGEST_MESSAGE)
        self._unsent: deque[bytes] | None = None
        self._unsent_bytes = 0
        self._reads = gevent.get_hub().loop.io(sock.fileno(), _LIBEV_READ)
        self._writes: Any = None
        self.unheard: deque[str] | None = None
        self.busy = False
        self.awaits_pong = False
        self.closing = self.closed = False
        self.connected = self.upgraded = True
        self.session: dict[str, Any] = {}

    def begin(self, first: bytes) -> None:
        """Answer the handshake, and listen from now on."""
        self.write(first)
        if not self.closed:
            self._reads.start(self._readable)

    # --- to the client ---------------------------------------------------------------------------------------------

    def send(self, packet: packets.Packet) -> None:
        """Send a packet of the libraries."""
        encoded = packet.encode()
        if isinstance(encoded, str):
            self.write(frames.frame(frames.TEXT, encoded.encode()))

    def write(self, data: bytes) -> None:
        """Write a frame, as much of it as the client takes now; the rest as soon as it takes more."""
        if self.closed:
            return
        sent = 0
        if not self._unsent:
            try:
                sent = self._sock.send(data)
            except BlockingIOError:
                pass
            except OSError:
                self.lose(self._engine.reason.TRANSPORT_ERROR)
                return
            if sent == len(data):
                return
        self._keep(data[sent:])

    def _keep(self, rest: bytes) -> None:
        if self._unsent_bytes + len(rest) > MOST_UNSENT:
            self._engine.dropped += 1
            self.lose(self._engine.reason.TRANSPORT_ERROR)
            return
        if self._unsent is None:
            self._unsent = deque()
        self._unsent.append(rest)
        self._unsent_bytes += len(rest)
        if self._writes is None:
            self._writes = gevent.get_hub().loop.io(self._sock.fileno(), _LIBEV_WRITE)
            self._writes.start(self._writable)

    def _writable(self) -> None:
        try:
            while self._unsent:
                data = self._unsent[0]
                sent = self._sock.send(data)
                self._unsent_bytes -= sent
                if sent < len(data):
                    self._unsent[0] = data[sent:]
                    return
                self._unsent.popleft()
        except BlockingIOError:
            return
        except OSError:
            self.lose(self._engine.reason.TRANSPORT_ERROR)
            return
        self._unsent = None
        _end(self._writes)
        self._writes = None

    # --- from the client -------------------------------------------------------------------------------------------

    def _readable(self) -> None:
        """Called by the loop itself, so it may neither wait nor raise."""
        try:
            data = self._sock.recv(READ_AT_ONCE)
            if not data:
                self.lose(self._engine.reason.TRANSPORT_CLOSE)
                return
            for kind, payload in self._reader.feed(data):
                self._hear(kind, payload)
        except BlockingIOError:
            return
        except OSError:
            self.lose(self._engine.reason.TRANSPORT_ERROR)
        except frames.BrokenProtocol as broken:
            self.refuse(broken.code)
        except UnicodeDecodeError:
            self.refuse(frames.NOT_UTF8)

    def _hear(self, kind: int, payload: bytes) -> None:
        if self.closed:
            return
        self.awaits_pong = False  # whoever says anything is there
        if kind == frames.CLOSE:
            self.write(frames.frame(frames.CLOSE, payload[:2]))
            self.lose(self._engine.reason.CLIENT_DISCONNECT)
        elif kind == frames.PING:
            self.write(frames.frame(frames.PONG, payload))
        elif kind == frames.TEXT:
            self._hear_text(payload.decode())
        elif kind == frames.BINARY:
            self.refuse(UNWANTED)

    def _hear_text(self, text: str) -> None:
        if text[:1] == "4":
            if self.unheard is None:
                self.unheard = deque()
            self.unheard.append(text[1:])
            if len(self.unheard) > MOST_UNHEARD:
                self.refuse(UNWANTED)
            elif not self.busy:
                self.busy = True
                self._engine.patiently(self._engine.hear, self)
        elif text == "1":
            self.lose(self._engine.reason.CLIENT_DISCONNECT)
        elif text != "3":
            self.refuse(frames.PROTOCOL_ERROR)

    # --- the end ---------------------------------------------------------------------------------------------------

    def refuse(self, code: int) -> None:
        """Say goodbye to who does not keep to the protocol."""
        if not self.closed:
            self.write(frames.closing(code))
            self.lose(self._engine.reason.TRANSPORT_ERROR)

    def lose(self, reason: str) -> None:
        """Let go of the client at once; its rooms are left as soon as there is time."""
        if self._let_go():
            self._engine.patiently(self._engine.leave, self, reason)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """The same for the libraries, who expect the rooms to be left when this returns."""
        if not self.closed and not abort:
            self.write(frames.frame(frames.TEXT, b"1"))
        if self._let_go():
            self._engine.forget(self, reason or self._engine.reason.SERVER_DISCONNECT)

    def _let_go(self) -> bool:
        if self.closed:
            return False
        self.closing = self.closed = True
        self.connected = False
        for watcher in (self._reads, self._writes):
            if watcher is not None:
                _end(watcher)
        self._reads = self._writes = self._unsent = self.unheard = None
        self._sock.close()
        return True


def _end(watcher: Any) -> None:
    watcher.stop()
    watcher.close()
