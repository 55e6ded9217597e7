"""Work that lets everything else go first: a call is worth more than a forecast.

The process has one thread, and SQLite never waits, so whoever computes for long must offer the others their turn, and whoever
waits where gevent cannot see it (a disk, a library of its own) must do so elsewhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import gevent
from gevent import get_hub, monkey
from sqlalchemy import Engine, event

Answer = TypeVar("Answer")

LONGEST_S = 0.05
"""Under a load that never ends the patient get their turn all the same: this long after they have asked, or when the loop next
looks at its clock."""
PATIENCE_S = 0.5
"""How long a piece of work waits in all before it gives way no more: where there is too much to do it is done all the same."""

OPENING, HEARING, MAKING = 0, -1, -2
"""Among those who give way: screens that connect go first, then what they say is heard, then what they are sent is made. So when
a whole city comes back each office is made once, for all its screens together. They are priorities of libev."""

_here = threading.local()


def give_way(priority: int = MAKING) -> None:
    """Let whatever is ready run first. Where threads serve (tests), they share the processor by themselves."""
    if monkey.is_module_patched("socket"):
        with gevent.Timeout(LONGEST_S, False):
            gevent.idle(priority)


def in_a_thread(call: Callable[..., Answer], *arguments: Any) -> Answer:
    """`call(*arguments)` in a real thread, while everybody else goes on; what it raises is raised here."""
    if not monkey.is_module_patched("threading"):
        return call(*arguments)
    answer: Answer = get_hub().threadpool.apply(call, arguments)
    return answer


@contextmanager
def patiently() -> Iterator[None]:
    """Give way before every statement of this block. Only for reading: who writes holds a lock and never gives way."""
    _here.left = PATIENCE_S
    try:
        yield
    finally:
        _here.left = 0.0


def listen_for_patience(engine: Engine) -> None:
    """Let the statements of `engine` know who is patient."""
    # With `retval` it is called as it is; else each statement of everybody would pay for a function around it.
    event.listen(engine, "before_cursor_execute", _before_statement, retval=True)


def _before_statement(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> tuple[str, Any]:
    left = getattr(_here, "left", 0.0)
    if left > 0:
        begun = time.perf_counter()
        give_way()
        _here.left = left - (time.perf_counter() - begun)
    return statement, values
