"""Gunicorn's gevent worker, at whose door officers go first.

Thousands of screens that come back at once knock within two seconds. Each is taken from the kernel's queue at once, which else
overflows, so that the kernel drops whoever knocks next for a second; but a screen is answered only when nothing more urgent is
ready. Load it only after gevent has patched the standard library.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from gevent.lock import BoundedSemaphore
from gunicorn.workers.ggevent import GeventWorker

from core.patience import OPENING, give_way

SCREEN = b"GET /socket.io/"
"""How the request of a screen begins."""
ANSWERED_AT_ONCE = 4
"""Screens that are answered before others get their turn: some milliseconds."""


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Serves every connection in a greenlet of its own until it has ended, or until it is a screen's and the engine has it."""

    _turns: BoundedSemaphore

    def init_process(self) -> None:
        """Called by gunicorn after the fork."""
        self._turns = BoundedSemaphore(ANSWERED_AT_ONCE)
        super().init_process()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        if self._begins_with(client) == SCREEN:
            with self._turns:
                give_way(OPENING)
        super().handle(listener, client, addr)

    def _begins_with(self, client: Any) -> bytes:
        """What was sent first; empty when that takes too long, and then gunicorn waits as long again before it hangs up."""
        head: bytes = b""
        with self.timeout_ctx(), suppress(OSError):
            head = client.recv(len(SCREEN), socket.MSG_PEEK)
        return head
