"""Sends the rooms of one process what they show: when it changes, when somebody joins, and when a message was lost.

Boards go out at once. Whatever takes longer (lines, tickets, whoever joins) gives way to requests and to boards, and an office
that changes again before its turn comes is sent once. Where there is a painter, a process beside makes what is not urgent.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import create_environ

from core.fanout import Sender
from core.feeds import Feed, Picture, Snapshot
from core.painter import Painter
from core.patience import give_way, listen_for_patience, patiently
from core.rooms import Place, Rooms
from core.turns import Turns

log = logging.getLogger(__name__)

HEAL_EVERY_S = 1.0
REFRESH_EVERY_S = 60.0
"""How long a screen is left alone where nothing changes: a wait grows shorter, or longer, by itself."""
LOOKS_AGAIN = 3
"""How often a change is read anew because somebody who joined while it was read was sent a later snapshot."""
_NOBODY_ASKS = create_environ()
"""The request that snapshots are made in: its words are those of the office, in the first language."""
SHARED = timedelta(seconds=REFRESH_EVERY_S)
"""How long a snapshot is good for whoever joins, as long as nothing changes: the screens beside it show the same."""


@dataclass(frozen=True)
class _Kept:
    """What was last sent to the room of a whole office: read at `at` by the office's clock, with `told_at` as its time."""

    version: int
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
        self.painter: Painter | None = None
        self.ended = threading.Event()
        self.shown: dict[Place, int] = {}
        """The version each office's rooms of a namespace were last sent; 0 where they have to be sent again."""
        self._feeds: dict[str, Feed] = {}
        self._sent: dict[Place, float] = {}
        self._kept: dict[Place, _Kept] = {}
        self._changes: dict[str, Turns[float | None]] = {}
        """By namespace the offices that have changed, and since when."""
        self._joins: dict[str, Turns[dict[str, set[str]]]] = {}
        """By namespace the offices that somebody has joined: which sockets, by room."""
        self._moments = count(1)
        self._sent_at: dict[Place, tuple[int, Set[str]]] = {}
        self._paid_at: dict[Place, int] = {}
        """When the rooms of an office, and who joined them, were last sent something. Of two that were made at the same time
        nobody knows which was read later, so the second is not sent to whom the first has reached."""

    def add(self, feed: Feed) -> None:
        """A namespace more."""
        self._feeds[feed.namespace] = feed
        self._changes[feed.namespace], self._joins[feed.namespace] = Turns(), Turns()

    def loops(self) -> list[Callable[[], None]]:
        """What has to run beside the requests until `ended` is set."""
        loops: list[Callable[[], None]] = [self._heal]
        for feed in self._feeds.values():
            changed, joined = partial(self._send_change, feed), partial(self._pay_debt, feed)
            helps = partial(self._is_waited_for, feed)
            for work, do in ((self._changes[feed.namespace].work, changed), (self._joins[feed.namespace].work, joined)):
                loops.append(partial(work, do, self.ended))
                loops += [partial(work, do, self.ended, helps)] * (feed.hands - 1)
        return loops

    def end(self) -> None:
        """Let the loops end."""
        self.ended.set()
        for turns in (self._changes, self._joins):
            for each in turns.values():
                each.wake()

    # --- when something changes ------------------------------------------------------------------------------------

    def mark(self, office: str, only: str | None = None, *, changed: bool = True) -> None:
        """Send the office's rooms, or those of one namespace, what they show now."""
        for namespace in [only] if only else self._feeds:
            self._kept.pop((namespace, office), None)
            self._changes[namespace].waiting.setdefault(office, time.perf_counter() if changed else None)
            self._changes[namespace].wake()

    def _send_change(self, feed: Feed, office: str, since: float | None) -> None:
        if feed.urgent:
            self.send(feed, office, since)
            return
        with patiently():
            self.send(feed, office, since)
        if not self._is_painted(feed):  # who makes them here gives way between one office and the next
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
                begun = next(self._moments)
                present = self._make(feed, office, self._rooms.keys(place))
                if self._paid_at.get(place, 0) < begun:  # else somebody who joined was sent another one meanwhile
                    break
            self._sent_at[place] = (next(self._moments), set(present.encoded))
            self._is_sent(place, present)
            for key, encoded in present.encoded.items():
                self._sender.send(feed.namespace, encoded, self._rooms.sockets(place, key))
            self.told(feed.namespace, len(present.encoded), None if since is None else time.perf_counter() - since)
        except Exception:
            log.exception("could not send the snapshots of an office; it is tried again within a second")
            self.shown[place] = 0

    def _is_sent(self, place: Place, sent: Picture) -> None:
        """What has changed since it was read is seen to differ, and sent again."""
        self.shown[place] = sent.version
        self._sent[place] = time.monotonic()
        if place[1] in sent.encoded:
            self._kept[place] = _Kept(sent.version, sent.encoded[place[1]], sent.at, sent.at)

    # --- what is sent ----------------------------------------------------------------------------------------------

    def _is_painted(self, feed: Feed) -> bool:
        return self.painter is not None and self.painter.is_there and not feed.urgent

    def _is_waited_for(self, feed: Feed) -> bool:
        """Whether others have their turn while an office of the feed is made, so that several hands make more than one."""
        return not self._database.is_sqlite if feed.urgent else self._is_painted(feed)

    def _make(self, feed: Feed, office: str, keys: Sequence[str]) -> Picture:
        painted = None if feed.urgent or self.painter is None else self.painter.paint(feed.namespace, office, keys)
        return painted or self.picture(feed, office, keys, self._sender.encode)

    def picture(self, feed: Feed, office: str, keys: Sequence[str], encode: Callable[[str, Snapshot], Any]) -> Picture:
        """The present snapshots of these rooms, each encoded once; made in this process."""
        at = self._clock.now()
        with self._app.request_context(dict(_NOBODY_ASKS)), self._database.reading(urgent=feed.urgent) as session:
            made = feed.snapshots(session, office, keys)
            oldest = min((each["version"] for each in made.values()), default=None)
            if oldest is None:
                oldest = self._versions(session, [office]).get(office, 0)
            again = feed.provisional is not None and feed.provisional(office)
        encoded = {key: encode(feed.namespace, snapshot) for key, snapshot in made.items()}
        return Picture(at, 0 if again else oldest, encoded)

    # --- when somebody joins ---------------------------------------------------------------------------------------

    def owe(self, namespace: str, office: str, key: str, sid: str) -> None:
        """A socket that has entered a room is to be sent what the room shows: by `pay`, or soon after `ask`."""
        self._joins[namespace].waiting.setdefault(office, {}).setdefault(key, set()).add(sid)

    def ask(self, namespace: str) -> None:
        """Have what is owed paid by the loops, which share what they make among all who have joined meanwhile."""
        self._joins[namespace].wake()

    def _pay_debt(self, feed: Feed, office: str, owed: Mapping[str, set[str]]) -> None:
        with patiently():
            self._pay(feed, office, owed)
        give_way()  # meanwhile more of those who come back join the same offices, and are paid together

    def pay(self, feed: Feed, office: str) -> None:
        """Send those who have joined what they came for; who comes after them finds it made."""
        owed = self._joins[feed.namespace].take(office)
        if owed is not None:
            self._pay(feed, office, owed)

    def _pay(self, feed: Feed, office: str, owed: Mapping[str, set[str]]) -> None:
        place = (feed.namespace, office)
        try:
            begun = next(self._moments)
            present = self._remembered(place, owed)
            if not present:
                made = self._make(feed, office, list(owed))
                self._is_paid(place, made, begun)
                present = made.encoded
            sent_at, sent = self._sent_at.get(place, (0, set()))
            self._paid_at[place] = next(self._moments)
            for key in owed.keys() & present.keys():
                if sent_at < begun or key not in sent:  # else it went to everybody in that room, so to them as well
                    self._sender.send(feed.namespace, present[key], owed[key])
            self.told(feed.namespace, len(owed), None)
        except Exception:
            log.exception("could not send who has joined the snapshot of an office; it is tried again within a second")
            self.shown[place] = 0

    def _is_paid(self, place: Place, paid: Picture, begun: int) -> None:
        """As `_is_sent`; where the rooms were sent something meanwhile, what is known of them is not later than either."""
        if self._sent_at.get(place, (0,))[0] < begun:
            self._is_sent(place, paid)
        else:
            self.shown[place] = min(self.shown.get(place, 0), paid.version)

    def _remembered(self, place: Place, owed: Mapping[str, set[str]]) -> Mapping[str, Any]:
        """What was sent to the whole office a moment ago, if nothing has changed since; with the time of now. Else nothing."""
        office, kept, now = place[1], self._kept.get(place), self._clock.now()
        if kept is None or set(owed) != {office} or not timedelta(0) <= now - kept.at < SHARED:
            return {}
        with self._database.reading(urgent=self._feeds[place[0]].urgent) as session:
            if self._versions(session, [office]).get(office) != kept.version:
                return {}
        if now - kept.told_at > timedelta(seconds=1):
            kept = self._kept[place] = _Kept(kept.version, self._sender.later(kept.encoded, now - kept.told_at), kept.at, now)
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
