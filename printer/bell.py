"""Wakes print agents: they ask for work and are answered when there is some, so that a slip comes out at once.

A job of another process is found by looking once a second, as in the spool.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable

from printer.events import PrintJobChanged

LOOK_EVERY_S = 1.0


class Bell:
    """One for the process. Subscribe `on_job_changed`; `run` in the background lets everybody go when the server stops."""

    def __init__(self) -> None:
        self._rung: dict[str, threading.Event] = defaultdict(threading.Event)
        self._stopped = False

    def on_job_changed(self, event: PrintJobChanged) -> None:
        """Wake the agents of the place: a job is new, or was moved, or the one before it has ended."""
        self._rung[event.place].set()

    def wait(self, place: str, seconds: float, ready: Callable[[], bool]) -> None:
        """Come back when `ready`, and at the latest after `seconds`."""
        give_up_at = time.monotonic() + seconds
        rung = self._rung[place]
        while not self._stopped:
            rung.clear()
            left = give_up_at - time.monotonic()
            if ready() or left <= 0:
                return
            rung.wait(min(left, LOOK_EVERY_S))

    def run(self, stop: threading.Event) -> None:
        """Until the server stops; then nobody waits any more."""
        stop.wait()
        self._stopped = True
        for rung in list(self._rung.values()):
            rung.set()
