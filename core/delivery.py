"""Sends the rooms of one process what they show: when it changes, when somebody joins, and when a message was lost.

Boards go out at once. Whatever takes longer (lines, tickets, whoever joins) gives way to requests and to boards, and an office
that changes again before its turn comes is sent once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from core.fanout import Sender
from core.feeds import Feed, Snapshot
from core.patience import give_way, listen_for_patience, patiently
from core.rooms import Place, Rooms

log = logging.getLogger(__name__)

HEAL_EVERY_S = 1.0
REFRESH_EVERY_S = 60.0
"""How long a screen is left alone where nothing changes: a wait grows shorter, or longer, by itself."""
LOOKS_AGAIN = 3
"""How often a change is read anew because somebody who joined while it was read was sent a later snapshot."""
SHARED = timedelta(seconds=REFRESH_EVERY_S)
"""How long a snapshot is good for whoever joins, as long as nothing changes: the screens beside it show the same."""


@dataclass(frozen=True)
class _Kept:
    """What was last sent to the room of a whole office: read at `at` by the office's clock, with `told_at` as its time."""

    snapshot: Snapshot
    encoded: Any
    at: datetime
    told_at: datetime


class Delivery:
    """The snapshots of one process. `told` hears of each sending: namespace, rooms, and seconds since the change, if any."""

    def __init__(
        self,
        app: Flask,
        sender: Sender,
        rooms: Rooms,
        versions: Callable[[Session, Iterable[str]], Mapping[str, int]],
    ) -> None:
        self._app, self._sender, self._rooms, self._versions = app, sender, rooms, versions
        services = app.extensions["dung-gio"]
        self._database, self._clock = services.database, services.clock
        if self._database.is_sqlite:  # PostgreSQL is waited for, and then the others have their turn anyway
            listen_for_patience(self._database.engine)
        self.told: Callable[[str, int, float | None], None] = lambda namespace, count, seconds: None
        self.ended = threading.Event()
        self.shown: dict[Place, int] = {}
        """The version each office's rooms of a namespace were last sent; 0 where they have to be sent again."""
        self._feeds: dict[str, Feed] = {}
        self._sent: dict[Place, float] = {}
        self._kept: dict[Place, _Kept] = {}
        self._dirty: dict[str, dict[str, float | None]] = {}
        self._wakes: dict[str, threading.Event] = {}
        self._owed: dict[Place, dict[str, set[str]]] = {}
        self._begun = count(1)
        self._sent_at: dict[Place, int] = {}
        self._paid_at: dict[Place, int] = {}
        """In which order what was last sent to the rooms of an office, and to who joined them, began to be read: nobody is sent
        what was read earlier after what was read later."""
        self._asked = threading.Event()

    def add(self, feed: Feed) -> None:
        """A namespace more."""
        self._feeds[feed.namespace] = feed
        self._dirty[feed.namespace], self._wakes[feed.namespace] = {}, threading.Event()

    def loops(self) -> list[Callable[[], None]]:
        """What has to run beside the requests until `ended` is set."""
        return [*(lambda feed=feed: self._send_changes(feed) for feed in self._feeds.values()), self._pay_debts, self._heal]

    def end(self) -> None:
        """Let the loops end."""
        self.ended.set()
        for wake in (*self._wakes.values(), self._asked):
            wake.set()

    # --- when something changes ------------------------------------------------------------------------------------

    def mark(self, office: str, only: str | None = None, *, changed: bool = True) -> None:
        """Send the office's rooms, or those of one namespace, what they show now."""
        for namespace in [only] if only else self._feeds:
            self._kept.pop((namespace, office), None)
            self._dirty[namespace].setdefault(office, time.perf_counter() if changed else None)
            self._wakes[namespace].set()

    def _send_changes(self, feed: Feed) -> None:
        dirty, wake = self._dirty[feed.namespace], self._wakes[feed.namespace]
        while not self.ended.is_set():
            wake.wait()
            wake.clear()
            while dirty and not self.ended.is_set():
                office = next(iter(dirty))
                since = dirty.pop(office)
                if feed.urgent:
                    self.send(feed, office, since)
                    continue
                with patiently():
                    self.send(feed, office, since)
                give_way()

    def send(self, feed: Feed, office: str, since: float | None = None) -> None:
        """Send everybody in the rooms of an office what it is now."""
        place = (feed.namespace, office)
        if not self._rooms.keys(place):
            self.shown.pop(place, None)
            self._sent.pop(place, None)
            self._kept.pop(place, None)
            return
        try:
            for _time in range(LOOKS_AGAIN):
                begun = next(self._begun)
                present = self._make(feed, office, self._rooms.keys(place))
                if self._paid_at.get(place, 0) < begun:  # else somebody who joined meanwhile was sent a later one
                    break
            self._sent_at[place] = begun
            for key, encoded in present.items():
                self._sender.send(feed.namespace, encoded, self._rooms.sockets(place, key))
            self.told(feed.namespace, len(present), None if since is None else time.perf_counter() - since)
        except Exception:
            log.exception("could not send the snapshots of an office; it is tried again within a second")
            self.shown[place] = 0

    def _make(self, feed: Feed, office: str, keys: Sequence[str]) -> dict[str, Any]:
        """The present snapshots of these rooms, each encoded once."""
        place, at = (feed.namespace, office), self._clock.now()
        with self._app.test_request_context(), self._database.reading() as session:
            made = feed.snapshots(session, office, keys)
            oldest = min((each["version"] for each in made.values()), default=None)
            if oldest is None:
                oldest = self._versions(session, [office]).get(office, 0)
            # What has changed since it was read is seen to differ, and sent again.
            self.shown[place] = 0 if feed.provisional is not None and feed.provisional(office) else oldest
        self._sent[place] = time.monotonic()
        encoded = {key: self._sender.encode(feed.namespace, snapshot) for key, snapshot in made.items()}
        if office in made:
            self._kept[place] = _Kept(made[office], encoded[office], at, at)
        return encoded

    # --- when somebody joins ---------------------------------------------------------------------------------------

    def owe(self, namespace: str, office: str, key: str, sid: str) -> None:
        """A socket that has entered a room is to be sent what the room shows: by `pay`, or soon after `ask`."""
        self._owed.setdefault((namespace, office), {}).setdefault(key, set()).add(sid)

    def ask(self) -> None:
        """Have what is owed paid by the loop, which shares what it makes among all who have joined meanwhile."""
        self._asked.set()

    def _pay_debts(self) -> None:
        while not self.ended.is_set():
            self._asked.wait()
            self._asked.clear()
            while self._owed and not self.ended.is_set():
                namespace, office = next(iter(self._owed))
                with patiently():
                    self.pay(self._feeds[namespace], office)
                give_way()

    def pay(self, feed: Feed, office: str) -> None:
        """Send those who have joined what they came for; who comes after them finds it made."""
        place = (feed.namespace, office)
        owed = self._owed.pop(place, None)
        if owed is None:
            return
        try:
            begun = next(self._begun)
            present = self._remembered(place, owed) or self._make(feed, office, list(owed))
            if self._sent_at.get(place, 0) > begun:  # to everybody in the rooms, so to them as well
                return
            self._paid_at[place] = begun
            for key in owed.keys() & present.keys():
                self._sender.send(feed.namespace, present[key], owed[key])
            self.told(feed.namespace, len(owed), None)
        except Exception:
            log.exception("could not send who has joined the snapshot of an office; it is tried again within a second")
            self.shown[place] = 0

    def _remembered(self, place: Place, owed: Mapping[str, set[str]]) -> dict[str, Any] | None:
        """What was sent to the whole office a moment ago, if nothing has changed since; with the time of now."""
        office, kept, now = place[1], self._kept.get(place), self._clock.now()
        if kept is None or set(owed) != {office} or not timedelta(0) <= now - kept.at < SHARED:
            return None
        with self._database.reading() as session:
            if self._versions(session, [office]).get(office) != kept.snapshot["version"]:
                return None
        told = kept.snapshot.get("now")
        if told is not None and now - kept.told_at > timedelta(seconds=1):
            snapshot = kept.snapshot | {"now": (datetime.fromisoformat(told) + (now - kept.told_at)).isoformat()}
            kept = self._kept[place] = _Kept(snapshot, self._sender.encode(place[0], snapshot), kept.at, now)
        return {office: kept.encoded}

    # --- when a message was lost -----------------------------------------------------------------------------------

    def _heal(self) -> None:
        while not self.ended.wait(HEAL_EVERY_S):
            try:
                self._compare()
            except Exception:
                log.exception("could not compare versions; it is tried again in a second")

    def _compare(self) -> None:
        offices = {office for _namespace, office in self.shown}
        if not offices:
            return
        with self._database.reading() as session:
            present = self._versions(session, offices)
        for place, shown in list(self.shown.items()):
            namespace, office = place
            old = time.monotonic() - self._sent.get(place, 0) > REFRESH_EVERY_S
            if old or (office in present and present[office] != shown):
                self.mark(office, namespace, changed=False)
