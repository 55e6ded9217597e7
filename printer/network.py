"""A printer on the network (port 9100): a page counts as printed only when the printer has acknowledged it.

A send that returns proves nothing: the kernel takes megabytes for a printer that reads none (measured, printing.md).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from dataclasses import dataclass
from typing import Literal

from printer.outcome import WELL, Condition, Outcome
from printer.status_bytes import (
    Reply,
    ReplyStream,
    condition_of_acknowledgement,
    condition_of_automatic,
    condition_of_status,
)


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds (printing.md). `bytes_per_s` is how slowly a printer at work may take its page."""

    connect: float = 2.0
    answer: float = 1.0
    acknowledge: float = 5.0
    bytes_per_s: float = 20_000.0
    drain: float = 1.0


USUAL = Patience()


@dataclass(frozen=True)
class NetworkDevice:
    """An ESC/POS printer at `host`:`port`. Each delivery is a connection of its own; one at a time is the spool's care."""

    host: str
    port: int
    patience: Patience = USUAL
    form: Literal["png", "escpos"] = "escpos"

    def check(self) -> Condition:
        try:
            with _Link(self.host, self.port, self.patience) as link:
                return link.condition()
        except OSError as error:
            return Condition("off", str(error))

    def deliver(self, page: bytes, name: str) -> Outcome:
        """Ask how the printer is, send the page only if it is well, and wait for its acknowledgement."""
        try:
            link = _Link(self.host, self.port, self.patience)
        except OSError as error:
            return Outcome("blocked", f"cannot connect: {error}", "off")
        with link:
            try:
                found = link.condition()
            except OSError as error:
                found = Condition("off", f"broke off: {error}")
            if found.state not in WELL:
                return Outcome("blocked", found.detail, found.state)
            return link.send(page)


class _Link:
    """One connection. Leaving it half-closes, drains and closes: closing with unread bytes would reset the connection,
    and a printer may throw away on a reset what it has not printed yet."""

    def __init__(self, host: str, port: int, patience: Patience) -> None:
        self._patience = patience
        self._socket = socket.create_connection((host, port), timeout=patience.connect)
        self._stream = ReplyStream()
        self._replies: deque[Reply] = deque()
        self._last_automatic: Condition | None = None

    def __enter__(self) -> _Link:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            give_up_at = time.monotonic() + self._patience.drain
            while (left := give_up_at - time.monotonic()) > 0:
                self._socket.settimeout(left)
                if not self._socket.recv(256):
                    break
        self._socket.close()

    def condition(self) -> Condition:
        """DLE EOT 1, 2, 4, each of which must answer: a printer that is silent now would be silent after the page too."""
        answers = []
        for what in (1, 2, 4):
            self._socket.settimeout(self._patience.answer)
            self._socket.sendall(bytes((0x10, 0x04, what)))
            reply = self._await("status", time.monotonic() + self._patience.answer)
            if reply is None:
                return Condition("off", f"no answer to DLE EOT {what}")
            answers.append(reply.data[0])
        return condition_of_status(*answers)

    def send(self, page: bytes) -> Outcome:
        """The page in one send. From its first byte on, everything but an acknowledgement is uncertain."""
        patience = self._patience.acknowledge + len(page) / self._patience.bytes_per_s
        deadline = time.monotonic() + patience
        # An acknowledgement that came before the page is one of an earlier page, answered late.
        self._replies.clear()
        try:
            self._socket.settimeout(patience)
            self._socket.sendall(page)
            reply = self._await("acknowledged", deadline)
        except OSError as error:
            return Outcome("uncertain", f"broke off while sending: {error}", "off")
        if reply is None:
            after = self._last_automatic or Condition("unknown")
            return Outcome("uncertain", f"no acknowledgement {after.detail}".strip(), after.state)
        after = condition_of_acknowledgement(reply.data[0])
        if after.state == "paper_out":
            return Outcome("uncertain", "the paper ended with this page", "paper_out")
        return Outcome("printed", after.detail, after.state)

    def _await(self, kind: str, deadline: float) -> Reply | None:
        """The next reply of this kind, None at the deadline. Raises OSError when the printer hangs up."""
        while True:
            while self._replies:
                reply = self._replies.popleft()
                if reply.kind == "automatic":
                    self._last_automatic = condition_of_automatic(reply.data)
                if reply.kind == kind:
                    return reply
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(256)
            except TimeoutError:
                return None
            if not data:
                raise ConnectionResetError("the printer hung up")
            self._replies.extend(self._stream.feed(data))
