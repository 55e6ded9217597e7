"""The officer knows that it was heard: displays say which calls they drew and said aloud, and what they are up to themselves.

A city's displays say some thirty things a second, mostly all at once after a call. They are put on a small ledger in the
process and written together, a few times a second in one transaction of their own: never in that of a call. Written twice they
are the same, so a display that is not sure says it again. What the officer is told of it is decided in hearing_rules.py.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Database
from office.hours import local_day
from office.models import Office
from queueing import hearing_rules, hearing_store
from queueing.hearing_rules import How, Screen, Told
from queueing.hearing_store import Display, Heard, HeardKey, Report
from queueing.models import Call, CallHeard

log = logging.getLogger(__name__)

EXTENSION = "hearing"
GATHER_S = 0.05
"""So long the first thing said waits for what is said together with it: shorter than a blink."""
WRITE_EVERY_S = 0.3
LOOK_EVERY_S = 1.0
KEPT = timedelta(days=30)
"""What displays said is for the officer of the moment, and for whoever asks next week why nobody came."""
TIDY_EVERY_S = 3600.0
TIDY_AT_ONCE = 1000
OF_TODAY = timedelta(hours=12)
"""What was called longer ago is of another day, or of no interest any more."""
MOST_OF_A_DEVICE = 64
"""A display shows twelve calls. One that says more between two writes is making things up, and the rest is forgotten."""


@dataclass(frozen=True)
class SaidOfCall:
    """What a display says of a call, for the how-many-eth time it was said. `how` None: it was drawn, and not said yet."""

    call: int
    times: int
    how: How | None


@dataclass(frozen=True)
class CallNow:
    """A call whose person is on the way, what became of it in the hall, and what the officer is told (hearing_rules.course).

    `shown` of the `of` displays that are alive and concerned have drawn it.
    """

    call: Call
    drawn_at: datetime | None
    spoken_at: datetime | None
    how: How | None
    shown: int
    of: int
    told: list[Told]


@dataclass
class _Page:
    """What one device said since the ledger was last written."""

    office: str
    at: datetime
    state: Mapping[str, Any] | None = None
    heard: dict[tuple[int, int], Heard] = field(default_factory=dict)

    def put(self, call: tuple[int, int], said: Heard) -> None:
        there = self.heard.get(call)
        if there is not None:
            self.heard[call] = _both(there, said)
        elif len(self.heard) < MOST_OF_A_DEVICE:
            self.heard[call] = said


class Hearing:
    """The ledger of one process. `run` in the background; `tell(office)` is called after what was said is written."""

    def __init__(self, database: Database, clock: Clock, tell: Callable[[str], None]) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._pages: dict[int, _Page] = {}
        self._said = threading.Event()
        self._ended = False
        self._last: threading.Thread | None = None

    def hear(self, device: int, office: str, calls: Sequence[SaidOfCall], state: Mapping[str, Any] | None) -> None:
        """Put on the ledger what a paired display of `office` says. `state` is what it says of itself, or None."""
        now = self._clock.now()
        with self._lock:
            page = self._pages.setdefault(device, _Page(office, now))
            page.at = now
            page.state = state if state is not None else page.state
            for said in calls:
                page.put((said.call, said.times), _heard(said, now))
        self._said.set()
        if self._ended:
            # The server stops, and nobody comes to write any more. Not here: whoever says it may hold a transaction himself.
            self._last = threading.Thread(target=self._write_again_and_again)
            self._last.start()

    def run(self, stop: threading.Event) -> None:
        """Write what was said, until the server stops; then the rest."""
        while not stop.is_set():
            self._said.wait(LOOK_EVERY_S)
            if not stop.wait(GATHER_S) and self._said.is_set():
                self._write_again_and_again()
                stop.wait(WRITE_EVERY_S - GATHER_S)
        self._ended = True
        self._write_again_and_again()

    def write(self) -> None:
        """Write all that was said until now in one transaction, and tell the offices it was said in."""
        with self._lock:
            pages, self._pages = self._pages, {}
            self._said.clear()
        if not pages:
            return
        try:
            with self._database.transaction() as session:
                known = self._keep(session, pages)
        except Exception:
            self._put_back(pages)
            raise
        for office in sorted({pages[device].office for device in known}):
            self._tell(office)

    def _write_again_and_again(self) -> None:
        try:
            self.write()
        except Exception:
            log.exception("what displays say could not be written; it is tried again")

    def _put_back(self, pages: Mapping[int, _Page]) -> None:
        """What could not be written stays on the ledger, before what was said meanwhile."""
        with self._lock:
            for device, page in pages.items():
                newer = self._pages.setdefault(device, page)
                if newer is page:
                    continue
                newer.state = newer.state if newer.state is not None else page.state
                for call, said in page.heard.items():
                    newer.put(call, said)
        self._said.set()

    def _keep(self, session: Session, pages: Mapping[int, _Page]) -> set[int]:
        """Write the pages of who is still paired, as far as they speak of calls of their office; gives whose they were."""
        paired = hearing_store.paired(session, pages)
        named = {call for page in pages.values() for call, _times in page.heard}
        calls = hearing_store.said_since(session, named, self._clock.now() - OF_TODAY)
        heard: dict[HeardKey, Heard] = {}
        for device in paired:
            for (call, times), said in pages[device].heard.items():
                office, most = calls.get(call, ("", 0))
                if office == pages[device].office and times <= most:
                    heard[call, times, device] = said
        hearing_store.keep_reports(session, {device: Report(pages[device].at, pages[device].state) for device in paired})
        hearing_store.keep_heard(session, heard)
        return paired


def tidy(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Forget what was said of calls long ago, until `stop` is set; a little at a time, for a call must not wait for it."""
    while not stop.is_set():
        more = False
        try:
            with database.transaction() as session:
                more = hearing_store.forget_before(session, clock.now() - KEPT, TIDY_AT_ONCE) == TIDY_AT_ONCE
        except Exception:
            log.exception("what displays said long ago could not be forgotten; it is tried again")
        stop.wait(1.0 if more else TIDY_EVERY_S)


def hearing() -> Hearing:
    """The ledger of the present process."""
    return cast(Hearing, current_app.extensions[EXTENSION])


def displays(session: Session, office: Office) -> list[Display]:
    """The paired displays of an office and what they last said of themselves."""
    return hearing_store.displays_of(session, office)


def calls_now(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> list[CallNow]:
    """Every call of an office whose person is on the way to a counter, and whether the hall saw and heard it."""
    calls = hearing_store.called_now(session, office)
    if not calls:
        return []
    numbers = {counter.id: counter.number for counter in office.counters}
    screens = displays(session, office)
    heard = hearing_store.heard_of(session, calls)
    since = min(call.last_called_at for call in calls) - timedelta(seconds=hearing_rules.LONGEST_PATIENCE_S)
    spoken = hearing_store.lately_called(session, office, _days(now, tz), since)
    shown = []
    for call in calls:
        concerned = [each for each in screens if concerns(each, numbers.get(call.counter_id))]
        rows = [row for row in heard if row.call_id == call.id and row.device_id in {each.id for each in concerned}]
        shown.append(_call_now(call, concerned, rows, _before(call, spoken), now))
    return shown


def concerns(display: Display, counter: int | None) -> bool:
    """Whether a call to that counter is for this display: it stands in the hall, and is not another counter's sign."""
    if not display.on_site or display.options.layout == "public":
        return False
    return display.options.layout != "counter" or display.options.counter == counter


def _call_now(call: Call, concerned: Sequence[Display], rows: Sequence[CallHeard], before: int, now: datetime) -> CallNow:
    screens = [
        Screen(each.said_at, str(each.state.get("sound", "on")), bool(each.state.get("awake", True))) for each in concerned
    ]
    hows = [cast(How, row.how) for row in rows]
    alive = {each.id for each in concerned if hearing_rules.alive_at(each.said_at, now)}
    drew = {row.device_id for row in rows}
    return CallNow(
        call,
        drawn_at=min((row.drawn_at for row in rows), default=None),
        spoken_at=min((row.spoken_at for row in rows if row.spoken_at is not None), default=None),
        how=max(hows, key=hearing_rules.HOWS.index, default=None),
        shown=len(drew),
        of=len(alive | drew),
        told=hearing_rules.course(screens, hows, call.last_called_at, before, now),
    )


def _before(call: Call, spoken: Sequence[tuple[datetime, datetime | None]]) -> int:
    """How many calls the voice had still to say when this one was made."""
    at = call.last_called_at
    since = at - timedelta(seconds=hearing_rules.LONGEST_PATIENCE_S)
    return sum(1 for called, heard in spoken if since <= called < at and (heard is None or heard > at))


def _heard(said: SaidOfCall, now: datetime) -> Heard:
    aloud = said.how in ("chime", "voice")
    return Heard(drawn_at=now, spoken_at=now if aloud else None, how=said.how or "none")


def _both(there: Heard, said: Heard) -> Heard:
    """What was heard only becomes more: a display that says less later has been loaded again."""
    return replace(there, how=hearing_rules.louder(there.how, said.how), spoken_at=there.spoken_at or said.spoken_at)


def _days(now: datetime, tz: ZoneInfo) -> list[date]:
    """Today and yesterday: where an office is open through midnight, its calls of the evening are still on the board."""
    today = local_day(now, tz)
    return [today - timedelta(days=1), today]
