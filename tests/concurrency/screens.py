"""A lobby screen at a server that others share: what it was sent, and a way to wait for more."""

from __future__ import annotations

import threading
from typing import Any

import socketio

OFFICE = "00070"
PATIENCE_S = 20


class Screen:
    """It joins anew after each connection, as the real one does."""

    def __init__(self, url: str, *, comes_back: bool = False) -> None:
        self.versions: list[int] = []
        self.calls: set[int] = set()
        self._more = threading.Condition()
        self.client = socketio.Client(reconnection=comes_back, reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.client.on("snapshot", self._drawn, namespace="/board")
        self.client.on("connect", self._join, namespace="/board")
        self.client.connect(url, namespaces=["/board"], transports=["websocket"], wait_timeout=PATIENCE_S)

    def _join(self) -> None:
        self.client.emit("join", {"office": OFFICE}, namespace="/board")

    def _drawn(self, board: dict[str, Any]) -> None:
        with self._more:
            self.versions.append(board["version"])
            self.calls |= {call["call_id"] for call in board["recent"]}
            self._more.notify_all()

    def waits_for(self, version: int, seconds: float = PATIENCE_S) -> bool:
        """Whether it comes to show this version or a later one."""
        with self._more:
            return self._more.wait_for(lambda: bool(self.versions) and self.versions[-1] >= version, timeout=seconds)

    def waits_for_calls(self, calls: set[int]) -> bool:
        """Whether it comes to have shown all these calls."""
        with self._more:
            return self._more.wait_for(lambda: calls <= self.calls, timeout=PATIENCE_S)

    def close(self) -> None:
        self.client.disconnect()
