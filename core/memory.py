"""When a process looks for its garbage: in a quiet moment, and long before there is much of it.

A full collection goes through everything that lives, and everybody waits for it: 20 ms with the screens of a ward, 70-250 ms with
2,000 sockets. Python would have it in the middle of a rush; `settle` therefore sets its threshold out of reach. But what
was in use while the younger generations were collected, and lies in circles (statements, routes, sessions), is only found by a
full one: without any, the server of one ward grew by 25 to 33 kB with each call.

What has lived through one is put aside (`gc.freeze`), so the next goes through what is new since then: at 100 calls a second
among 6,433 sockets the p50 from a call to its displays was 252 ms while everything was gone through once a minute, and 14 ms
without. What becomes garbage after it was put aside, sockets that have left above all, is found by a thorough one: in a quiet
moment, seldom.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LOOK_EVERY_S = 0.5
ENOUGH = 100
"""Collections of the middle generation since the last full one from which on it is worth a quiet moment: 1 MB or 2."""
TOO_MUCH = 500
"""From here on no quiet moment is waited for: 4 MB or more."""
QUIET = 0.1
"""The share of a processor that the process used since the last look, below which nobody is kept waiting."""
THOROUGH_S = 3600.0
"""How long after the last thorough collection a quiet moment is used for another."""
APART_S = 60.0
"""Under the heaviest load collecting takes less than a hundredth of the time."""


def settle() -> None:
    """Keep what a process has loaded by now out of garbage collection, and leave full ones to `Collecting`."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 10000)


def is_due(pending: int, busy: float, since_s: float) -> bool:
    """Whether to collect everything now.

    `pending` middle collections have been since the last full one, which was `since_s` seconds ago; `busy` is the share of a
    processor used since the last look.
    """
    if since_s < APART_S or pending < ENOUGH:
        return False
    return busy < QUIET or pending >= TOO_MUCH


@dataclass
class Collecting:
    """Looks twice a second whether it is time. The functions are those of the process; tests give their own."""

    pending: Callable[[], int] = lambda: gc.get_count()[2]
    processor_s: Callable[[], float] = time.process_time
    clock_s: Callable[[], float] = time.monotonic
    _looked: tuple[float, float] = field(init=False)
    _collected: float = field(init=False)
    _thorough: float = field(init=False)

    def __post_init__(self) -> None:
        self._looked = (self.processor_s(), self.clock_s())
        self._collected = self._thorough = self.clock_s()

    def look(self) -> bool:
        """Collect everything if this is the moment for it; whether it was."""
        used, now = self.processor_s(), self.clock_s()
        busy = (used - self._looked[0]) / max(now - self._looked[1], 0.001)
        self._looked = (used, now)
        if not is_due(self.pending(), busy, now - self._collected):
            return False
        if busy < QUIET and now - self._thorough >= THOROUGH_S:
            gc.unfreeze()
            self._thorough = now
        gc.collect()
        gc.freeze()
        self._collected = self.clock_s()
        self._looked = (self.processor_s(), self._collected)
        return True

    def run(self, stop: threading.Event) -> None:
        """Until the server stops."""
        while not stop.wait(LOOK_EVERY_S):
            self.look()
