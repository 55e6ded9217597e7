"""Work that several hands share: each piece is in one hand at a time, and done once however often it was asked for before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


class Turns(Generic[Piece]):
    """What is `waiting`, by name, in the order in which it came. Whoever adds to it wakes the hands."""

    def __init__(self) -> None:
        self.waiting: dict[str, Piece] = {}
        self._in_hand: set[str] = set()
        self._taking = threading.Lock()
        self._woken = threading.Event()

    def wake(self) -> None:
        """Something was added, or it is time to end."""
        self._woken.set()

    def take(self, name: str) -> Piece | None:
        """This piece, out of turn; None when it is not waiting."""
        return self.waiting.pop(name, None)

    def work(self, do: Callable[[str, Piece], None], ended: threading.Event, helps: Callable[[], bool] = lambda: True) -> None:
        """Be one of the hands until `ended` is set. One that only `helps` at times leaves everything to the others else."""
        while not ended.is_set():
            self._woken.wait()
            self._woken.clear()
            while not ended.is_set() and helps() and (taken := self._next()) is not None:
                try:
                    do(*taken)
                finally:
                    self._put_down(taken[0])
        self.wake()  # the next hand, to end as well

    def _next(self) -> tuple[str, Piece] | None:
        with self._taking:
            name = next((name for name in list(self.waiting) if name not in self._in_hand), None)
            if name is None:
                return None
            self._in_hand.add(name)
            return name, self.waiting.pop(name)

    def _put_down(self, name: str) -> None:
        self._in_hand.discard(name)
        if name in self.waiting:  # asked for again meanwhile, when whoever was free could not take it
            self.wake()
