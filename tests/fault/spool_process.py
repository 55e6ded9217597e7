"""A spool in a process of its own, to be killed: `python -m tests.fault.spool_process DATABASE_URL FOLDER NOW [MOMENT]`.

At a MOMENT it kills itself, as a power cut would: no farewell, no last write.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import SetClock
from core.database import Database
from printer import actions, network, spool
from printer.renderer import Renderer
from tests.fault.matrix import QUICK


def die(*_ignored: Any, **_named: Any) -> Any:
    """As SIGKILL from outside would."""
    os.kill(os.getpid(), signal.SIGKILL)


def half_sent(link: Any, page: bytes) -> None:
    """Half of the page is on its way, and then nothing."""
    link._socket.sendall(page[: len(page) // 2])
    die()


def sent(link: Any, page: bytes) -> None:
    """All of the page is on its way."""
    link._socket.sendall(page)
    die()


def _die_after(original: Callable[..., Any], times: int) -> Callable[..., Any]:
    """Let `original` through so often, then die instead."""
    calls = [0]

    def run(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        return original(*arguments, **named) if calls[0] <= times else die()

    return run


MOMENTS: dict[str, Callable[[], None]] = {
    "queued": lambda: setattr(actions, "claim", die),
    "claimed": lambda: setattr(Renderer, "page", die),
    "connected": lambda: setattr(network._Link, "send", die),
    "half sent": lambda: setattr(network._Link, "send", half_sent),
    "sent": lambda: setattr(network._Link, "send", sent),
    "acknowledged": lambda: setattr(actions, "settle", die),
    "written down": lambda: setattr(actions, "claim", _die_after(actions.claim, 1)),
}

if __name__ == "__main__":
    url, folder, now, *moment = sys.argv[1:]
    for each in moment:
        MOMENTS[each]()
    spool.Spool(Database(url), SetClock(datetime.fromisoformat(now)), Path(folder), QUICK).run_once()
