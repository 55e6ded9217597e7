"""Bookings that were being made while an office's plan changed: fitted to the plan of before, written after the list was.

No lock would hold them up without holding up every booking at every change of the line, so they are looked for afterwards.
The worker that keeps house looks (core/background.py). It hears of its own changes at once, and finds those of other workers, and
those made just before it took over, in what the offices have written down: none is forgotten when a worker ends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking import call_list, call_store
from booking.events import PlanChanged
from core.clock import Clock
from core.database import Database
from core.patience import give_way
from office.store import office_by_code

log = logging.getLogger(__name__)

LOOKS = (timedelta(seconds=5), timedelta(seconds=60))
"""How long after a change it is looked for them: once for those of a usual moment, once for one that waited long for a lock."""
PAUSE_S = 1.0
LOOK_BACK_EVERY = timedelta(seconds=15)


@dataclass(frozen=True, order=True)
class _Look:
    due_at: datetime
    office: str


class Stragglers:
    """Knows which offices changed their plan lately, and lists who slipped through. One for each process.

    `channel` is the channel that reaches phones, None where there is none; `context` what texts are translated in.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tz: ZoneInfo,
        *,
        public_url: str,
        channel: str | None,
        context: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._database, self._clock, self._tz = database, clock, tz
        self._public_url, self._channel, self._context = public_url, channel, context
        self._looks: set[_Look] = set()
        self._done: set[_Look] = set()
        self._looked_back_at: datetime | None = None
        self._lock = threading.Lock()

    def on_plan_changed(self, event: PlanChanged) -> None:
        """Look at this office soon, and once more."""
        self._plan(event.office, self._clock.now())

    def run(self, stop: threading.Event) -> None:
        """Look when it is time, until `stop` is set."""
        while not stop.is_set():
            try:
                self.look_back()
                self.run_once()
            except Exception:
                log.exception("bookings made during a change of plan could not be looked for; it is tried again")
            stop.wait(PAUSE_S)

    def look_back(self) -> None:
        """Plan the looks at what others changed, every now and then."""
        now = self._clock.now()
        if self._looked_back_at is not None and timedelta(0) <= now - self._looked_back_at < LOOK_BACK_EVERY:
            return
        with self._database.reading() as session:
            changed = call_store.plans_changed(session, now - call_list.JUST_NOW)
        for office, at in changed:
            self._plan(office, at)
        self._looked_back_at = now

    def _plan(self, office: str, changed_at: datetime) -> None:
        forgotten = self._clock.now() - 2 * call_list.JUST_NOW
        with self._lock:
            self._done = {look for look in self._done if look.due_at > forgotten}
            self._looks = {look for look in self._looks if look.due_at > forgotten}
            self._looks |= {_Look(changed_at + after, office) for after in LOOKS} - self._done

    def run_once(self) -> None:
        """List who slipped through, of every office whose look is due; a look that fails is due again."""
        with self._lock:
            due = sorted(look for look in self._looks if look.due_at <= self._clock.now())
        for look in due:
            give_way()  # a template for many offices makes hundreds of looks due at once
            with self._context(), self._database.transaction() as session:
                call_list.catch_up(
                    session,
                    office_by_code(session, look.office),
                    channel=self._channel,
                    public_url=self._public_url,
                    now=self._clock.now(),
                    tz=self._tz,
                )
            with self._lock:
                self._looks.discard(look)
                self._done.add(look)
