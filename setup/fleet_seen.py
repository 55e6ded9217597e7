"""Every request of a paired device is a sign of its life: kiosks and print agents ask again and again, so nothing more is wanted.

What is heard is kept in the process and written together, each device once in WRITTEN_EVERY: a city of three thousand machines is
some hundred rows a second at most, in one statement, and no request waits for it.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask
from werkzeug.wrappers import Response

from core.clock import Clock
from core.database import Database
from core.rights import actor
from setup import fleet_store

log = logging.getLogger(__name__)

WRITE_EVERY_S = 5.0
WRITTEN_EVERY = timedelta(seconds=30)


class Seen:
    """Who was heard of in this process. `run` in the background."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[int, datetime] = {}
        self._written: dict[int, datetime] = {}

    def listen(self, app: Flask) -> None:
        """Note whoever makes a request, if it is a device. A request is never refused or held up for it."""

        @app.after_request
        def note(response: Response) -> Response:
            who = actor()
            if who.kind == "device" and who.id is not None:
                self.note(who.id)
            return response

    def note(self, device: int) -> None:
        """A device is alive now."""
        now = self._clock.now()
        with self._lock:
            if now - self._written.get(device, now - WRITTEN_EVERY) >= WRITTEN_EVERY:
                self._heard[device] = now

    def write(self) -> None:
        """Write down who was heard of since; what cannot be written is heard again soon."""
        with self._lock:
            heard, self._heard = self._heard, {}
            self._written |= heard
        if heard:
            with self._database.transaction() as session:
                fleet_store.keep_seen(session, heard)

    def run(self, stop: threading.Event) -> None:
        """Write again and again, until the server stops."""
        while not stop.wait(WRITE_EVERY_S):
            try:
                self.write()
            except Exception:
                log.exception("when devices were last heard of could not be written; they are heard again")
