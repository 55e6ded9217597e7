"""Thousands of screens and some officers in one process: real Socket.IO over websockets, and real HTTP, watched by one loop.

It speaks just enough of the protocols, so that it costs little beside the server it measures. The screens answer pings, join
their room, and come back with the same patience as core/static/core/live.js when they lose the server.
"""

from __future__ import annotations

import errno
import heapq
import itertools
import json
import random
import resource
import select
import socket
import time
import uuid
from collections import Counter as Tally
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

MOST_AT_ONCE = 64
"""Connections under way while everybody connects calmly; in a storm there is no limit."""
READ = 65536
KEPT_S = 1.0
"""How long a free connection is used again: the server ends it after two seconds, perhaps just as something is sent."""
FIRST_DELAY_S, LONGEST_DELAY_S, SPREAD = 1.0, 5.0, 0.9
"""`reconnectionDelay`, `reconnectionDelayMax` and `randomizationFactor` of live.js."""


def allow_many_files() -> None:
    """As many sockets as the machine allows this process."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def masked(text: str) -> bytes:
    """A text frame of a client. The mask is zero, which is one like any other."""
    payload = text.encode()
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2)
    return head + b"\0\0\0\0" + payload


_PONG = masked("3")


class Screen:
    """One socket in one room. `drawn` counts the snapshots it was sent."""

    __slots__ = (
        "attempts", "begun", "buffer", "drawn", "headers", "joined", "key", "kind", "member", "namespace", "sock", "stage",
    )  # fmt: skip

    def __init__(self, namespace: str, member: str, key: str, kind: str, token: str = "") -> None:
        self.namespace, self.member, self.key, self.kind = namespace, member, key, kind
        self.headers = f"Authorization: Bearer {token}\r\n" if token else ""
        self.sock: socket.socket | None = None
        self.buffer = b""
        self.stage = "away"
        self.attempts = self.drawn = 0
        self.begun = self.joined = 0.0


class Press:
    """One request of an officer: when it was due, sent and answered, and what the answer was."""

    __slots__ = ("answered", "body", "buffer", "due", "key", "office", "path", "sent", "status", "token")

    def __init__(self, office: str, path: str, token: str) -> None:
        self.office, self.path, self.token = office, path, token
        self.due = self.sent = self.answered = 0.0
        self.status, self.buffer, self.key = 0, b"", uuid.uuid4().hex
        self.body: Any = None


class Crowd:
    """The loop. `on_snapshot(screen, payload, at)` is told every snapshot, `on_answer(press)` every answer."""

    def __init__(self, host: str, port: int) -> None:
        self.address, self.host = (host, port), f"{host}:{port}"
        self.epoll = select.epoll()
        self.by_fd: dict[int, Screen | Press] = {}
        self.http: dict[int, socket.socket] = {}
        self.idle: list[tuple[float, socket.socket]] = []
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.dice = random.Random(7)
        self.waiting: list[Screen] = []
        self.under_way = self.settled = 0
        self.bytes = self.frames = 0
        self.lost: Tally[str] = Tally()
        self.comes_back = False
        self.on_snapshot: Callable[[Screen, bytes, float], None] = lambda screen, payload, at: None
        self.on_answer: Callable[[Press], None] = lambda press: None

    @classmethod
    def of(cls, url: str) -> Crowd:
        """In front of this server."""
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 80)

    # --- time ------------------------------------------------------------------------------------------------------

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Do this at that time of `perf_counter`."""
        heapq.heappush(self.timers, (when, next(self._order), call))

    def run(self, until: Callable[[], bool], patience: float) -> bool:
        """Serve everybody until it is so; False when that took too long."""
        give_up = time.perf_counter() + patience
        while not until():
            now = time.perf_counter()
            if now > give_up:
                return False
            while self.timers and self.timers[0][0] <= now:
                heapq.heappop(self.timers)[2]()
            pause = 0.05 if not self.timers else max(0.0, min(0.05, self.timers[0][0] - time.perf_counter()))
            for fd, events in self.epoll.poll(pause):
                self._ready(fd, events)
        return True

    def run_for(self, seconds: float) -> None:
        """Serve everybody for so long."""
        end = time.perf_counter() + seconds
        self.run(lambda: time.perf_counter() >= end, seconds + 60)

    # --- screens ---------------------------------------------------------------------------------------------------

    def connect_all(self, screens: list[Screen], patience: float = 400) -> float:
        """Connect them calmly; seconds until each was sent its first snapshot."""
        begun = time.perf_counter()
        wanted = self.settled + len(screens)
        self.waiting = list(reversed(screens))
        self._next()
        if not self.run(lambda: self.settled >= wanted, patience):
            raise RuntimeError(f"{wanted - self.settled} of {len(screens)} screens were not sent anything: {dict(self.lost)}")
        return time.perf_counter() - begun

    def _next(self) -> None:
        while self.waiting and self.under_way < MOST_AT_ONCE:
            self.under_way += 1
            self.open(self.waiting.pop())

    def open(self, screen: Screen) -> None:
        """Begin to connect."""
        sock = socket.socket()
        sock.setblocking(False)
        code = sock.connect_ex(self.address)
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            self._away(screen, f"connect: {errno.errorcode.get(code, code)}")
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        screen.sock, screen.stage, screen.buffer, screen.begun = sock, "connecting", b"", time.perf_counter()
        self.by_fd[sock.fileno()] = screen
        self.epoll.register(sock.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def cut(self, screen: Screen) -> None:
        """Lose the server, as when a cable is pulled at the switch: the socket is reset."""
        if screen.sock is not None:
            screen.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self._away(screen, "cut")

    def _away(self, screen: Screen, why: str) -> None:
        if screen.sock is not None:
            self.by_fd.pop(screen.sock.fileno(), None)
            screen.sock.close()
            screen.sock = None
        if screen.stage == "joined":
            self.settled -= 1
        self.lost[why] += 1
        screen.stage = "away"
        if self.comes_back:
            delay = min(FIRST_DELAY_S * 2**screen.attempts, LONGEST_DELAY_S)
            screen.attempts += 1
            delay *= 1 + SPREAD * self.dice.uniform(-1, 1)
            self.at(time.perf_counter() + delay, lambda: self.open(screen))

    def _ready(self, fd: int, events: int) -> None:
        who = self.by_fd.get(fd)
        if who is None:
            if fd in self.http:  # the server has ended an idle connection
                self._forget_http(self.http[fd])
        elif isinstance(who, Press):
            self._read_answer(fd, who)
        elif who.stage == "connecting" and events & (select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP):
            self._greet(fd, who)
        else:
            self._read(who)

    def _greet(self, fd: int, screen: Screen) -> None:
        assert screen.sock is not None
        code = screen.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._away(screen, f"connect: {errno.errorcode.get(code, code)}")
            return
        self.epoll.modify(fd, select.EPOLLIN)
        screen.stage = "upgrading"
        screen.sock.send(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {self.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"User-Agent: Mozilla/5.0 (X11; Linux x86_64) screen\r\n{screen.headers}\r\n".encode()
        )

    def _read(self, screen: Screen) -> None:
        assert screen.sock is not None
        try:
            data = screen.sock.recv(READ)
        except BlockingIOError:
            return
        except OSError as error:
            self._away(screen, f"read: {errno.errorcode.get(error.errno or 0)}")
            return
        if not data:
            self._away(screen, f"hung up while {screen.stage}")
            return
        now = time.perf_counter()
        self.bytes += len(data)
        screen.buffer = screen.buffer + data if screen.buffer else data
        if screen.stage == "upgrading":
            head, found, rest = screen.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head[:32]:
                self._away(screen, f"answered {head[9:12].decode()}")
                return
            screen.stage, screen.buffer = "opening", rest
        self._cut_frames(screen, now)

    def _cut_frames(self, screen: Screen, now: float) -> None:
        buffer = screen.buffer
        while len(buffer) >= 2:
            size, begins = buffer[1] & 0x7F, 2
            if size == 126:
                size, begins = int.from_bytes(buffer[2:4]), 4
            elif size == 127:
                size, begins = int.from_bytes(buffer[2:10]), 10
            if len(buffer) < begins + size or len(buffer) < begins:
                break
            payload, kind = buffer[begins : begins + size], buffer[0] & 0x0F
            buffer = buffer[begins + size :]
            self.frames += 1
            if kind == 1:
                self._heard(screen, payload, now)
        screen.buffer = buffer

    def _heard(self, screen: Screen, payload: bytes, now: float) -> None:
        assert screen.sock is not None
        if payload == b"2":
            screen.sock.send(_PONG)
        elif payload[:1] == b"0":
            screen.sock.send(masked(f"40{screen.namespace},"))
        elif payload[:2] == b"40":
            screen.sock.send(masked(f'42{screen.namespace},["join",{json.dumps({screen.member: screen.key})}]'))
        elif payload[:2] == b"42":
            if b'"refused"' in payload[:40]:
                raise RuntimeError(f"{screen.kind} {screen.key}: {payload[:300].decode()}")
            screen.drawn += 1
            if screen.stage != "joined":
                screen.stage, screen.joined, screen.attempts = "joined", now, 0
                self.settled += 1
                if self.under_way:
                    self.under_way -= 1
                    self._next()
            self.on_snapshot(screen, payload, now)

    # --- officers --------------------------------------------------------------------------------------------------

    def press(self, press: Press) -> None:
        """Send it on a connection that is free, else on a fresh one."""
        press.sent = time.perf_counter()
        while self.idle and press.sent - self.idle[0][0] > KEPT_S:
            self._forget_http(self.idle[0][1])
        sock = self.idle.pop()[1] if self.idle else self._fresh_http()
        body = b"{}"
        request = (
            f"POST {press.path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {press.token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {press.key}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        self.by_fd[sock.fileno()] = press
        try:
            sock.setblocking(True)
            sock.sendall(request)
            sock.setblocking(False)
        except OSError:
            self._answered(sock, press, -1)

    def _fresh_http(self) -> socket.socket:
        sock = socket.socket()
        sock.settimeout(60)
        with suppress(OSError):  # the send fails then, and is counted
            sock.connect(self.address)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.http[sock.fileno()] = sock
        self.epoll.register(sock.fileno(), select.EPOLLIN)
        return sock

    def _forget_http(self, sock: socket.socket) -> None:
        self.http.pop(sock.fileno(), None)
        self.by_fd.pop(sock.fileno(), None)
        self.idle = [(since, each) for since, each in self.idle if each is not sock]
        sock.close()

    def _read_answer(self, fd: int, press: Press) -> None:
        sock = self.http[fd]
        try:
            data = sock.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._answered(sock, press, -1)
            return
        press.buffer += data
        head, found, body = press.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        begins = lower.find(b"content-length:")
        size = int(lower[begins + 15 :].split(b"\r\n", 1)[0]) if begins >= 0 else 0
        if len(body) < size:
            return
        press.body = json.loads(body) if body[:1] == b"{" else None
        self._answered(sock, press, int(head[9:12]), keep=b"connection: close" not in lower)

    def _answered(self, sock: socket.socket, press: Press, status: int, keep: bool = False) -> None:
        press.answered, press.status, press.buffer = time.perf_counter(), status, b""
        self.by_fd.pop(sock.fileno(), None)
        if keep:
            self.idle.append((press.answered, sock))
        else:
            self._forget_http(sock)
        self.on_answer(press)
