"""Snapshots as large as a board's, for measuring sockets alone: no database behind them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMESPACE = "/bench"
ROOMS = 584
RATE = 200.0


def snapshot(room: str, version: int) -> dict[str, Any]:
    """As large as a board with twelve calls on it."""
    call = {"number": "A012", "counter": 4, "service": "Chứng thực bản sao", "field": "Chứng thực",
            "called_at": "2026-11-23T09:00:01+07:00", "last_called_at": "2026-11-23T09:00:01+07:00", "times": 1,
            "speech": [{"lang": "vi", "text": "Mời công dân có số thứ tự A không một hai đến quầy số bốn"}]}  # fmt: skip
    return {"version": version, "office": room, "waiting": 60, "recent": [{"call_id": version + n} | call for n in range(12)]}


def publish(send: Callable[[str, dict[str, Any]], None]) -> None:
    """RATE snapshots a second, room after room, while the file PUBLISH_WHILE names exists."""
    switch, version = Path(os.environ["PUBLISH_WHILE"]), 0
    while True:
        due = time.perf_counter()
        while switch.exists():
            version += 1
            send(f"{version % ROOMS:05}", snapshot(f"{version % ROOMS:05}", version))
            due += 1 / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
        time.sleep(0.05)
