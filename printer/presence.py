"""Knowing that another process of this machine is dead: a locked file, which the kernel lets go of however it dies.

A lease alone would leave the printer waiting for a minute after every restart, longer than a kiosk's slip may wait. A worker of
another machine has no file here; for it the lease decides.
"""

from __future__ import annotations

import fcntl
import os
import socket
import uuid
from collections.abc import Iterable
from pathlib import Path


class Presence:
    """This process's file in `folder`, locked as long as it lives. `name` is unique to this start of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()[:30]}-{uuid.uuid4().hex[:16]}"
        self._file = self._path(self.name).open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def dead_among(self, names: Iterable[str]) -> frozenset[str]:
        """Those of `names` that are known to have died. One's own name is never among them."""
        return frozenset(name for name in names if name != self.name and self._has_died(name))

    def tidy(self, keep: Iterable[str]) -> None:
        """Remove the files of the dead that nobody asks about any more."""
        kept = {self.name, *keep}
        for path in self._folder.glob("*.alive"):
            if path.stem not in kept and self._has_died(path.stem):
                path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Count as dead from now on."""
        self._file.close()

    def _has_died(self, name: str) -> bool:
        try:
            handle = os.open(self._path(name), os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.alive"
