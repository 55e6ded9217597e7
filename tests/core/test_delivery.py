"""In which order snapshots reach a socket, however long each of them was in the making."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.delivery import Delivery
from core.feeds import Feed
from core.rooms import Rooms

OFFICE = "00070"
PATIENCE_S = 20


class Hall:
    """One console in a room of which only a number is shown. Each making waits where it is told to: before or after reading."""

    def __init__(self, app: Flask) -> None:
        self.present, self.shown, self.rooms = 1, [], Rooms()  # type: ignore[var-annotated]  # numbers
        self.gates = {(who, when): threading.Event() for who in ("send", "pay") for when in ("before", "after")}
        self.reached = {place: threading.Event() for place in self.gates}
        self.feed = Feed("/line", "office", ("anyone",), lambda _session, key: key, self._snapshots)
        self.delivery = Delivery(app, self, self.rooms, lambda _session, offices: dict.fromkeys(offices, self.present))
        self.delivery.add(self.feed)
        self.rooms.enter("/line", OFFICE, OFFICE, "console")
        self.delivery.owe("/line", OFFICE, OFFICE, "console")

    def encode(self, _namespace: str, snapshot: dict[str, Any]) -> Any:
        return snapshot

    def later(self, encoded: Any, _by: timedelta) -> Any:
        return encoded

    def send(self, _namespace: str, encoded: Any, _sids: Iterable[str]) -> None:
        self.shown.append(encoded["version"])

    def _snapshots(self, _session: Any, _office: str, keys: Sequence[str]) -> Mapping[str, dict[str, Any]]:
        self._wait("before")
        read = self.present
        self._wait("after")
        return {key: {"version": read} for key in keys}

    def _wait(self, when: str) -> None:
        place = (threading.current_thread().name, when)
        self.reached[place].set()
        self.gates[place].wait(PATIENCE_S)

    def begin(self, who: str) -> threading.Thread:
        thread = threading.Thread(target=getattr(self.delivery, who), args=(self.feed, OFFICE), name=who)
        thread.start()
        return thread


@pytest.fixture
def hall(app: Flask) -> Iterator[Hall]:
    app.extensions["realtime"].close()
    hall = Hall(app)
    yield hall
    for gate in hall.gates.values():
        gate.set()


@pytest.mark.parametrize(("first", "second"), [("send", "pay"), ("pay", "send")])
def test_what_was_begun_first_and_read_last_is_not_followed_by_what_was_read_before(hall: Hall, first: str, second: str) -> None:
    slow = hall.begin(first)
    hall.reached[first, "before"].wait(PATIENCE_S)
    hall.gates[second, "before"].set()
    quick = hall.begin(second)
    hall.reached[second, "after"].wait(PATIENCE_S)
    hall.present = 2
    hall.gates[first, "before"].set()
    hall.gates[first, "after"].set()
    slow.join(PATIENCE_S)
    assert hall.shown == [2]
    hall.gates[second, "after"].set()
    quick.join(PATIENCE_S)
    assert set(hall.shown) == {2}


def test_who_joins_another_room_meanwhile_is_sent_it(hall: Hall) -> None:
    """A ticket's room that nobody was in when the others began to be made."""
    hall.gates["pay", "before"].set()
    hall.gates["pay", "after"].set()
    hall.begin("pay").join(PATIENCE_S)
    sending = hall.begin("send")
    hall.reached["send", "before"].wait(PATIENCE_S)
    hall.gates["pay", "after"].clear()
    hall.reached["pay", "after"].clear()
    hall.rooms.enter("/line", OFFICE, "another", "telephone")
    hall.delivery.owe("/line", OFFICE, "another", "telephone")
    paying = hall.begin("pay")
    hall.reached["pay", "after"].wait(PATIENCE_S)
    hall.gates["send", "before"].set()
    hall.gates["send", "after"].set()
    sending.join(PATIENCE_S)
    shown = len(hall.shown)
    hall.gates["pay", "after"].set()
    paying.join(PATIENCE_S)
    assert len(hall.shown) == shown + 1


class Boards:
    """Two displays, of two offices; the board of the first takes its time."""

    def __init__(self, app: Flask) -> None:
        self.begun, self.may_go_on, rooms = threading.Event(), threading.Event(), Rooms()
        self.sent = {office: threading.Event() for office in ("slow", "quick")}
        self.delivery = Delivery(app, self, rooms, lambda _session, offices: dict.fromkeys(offices, 1))
        self.delivery.add(Feed("/board", "office", ("anyone",), lambda _session, key: key, self._snapshots, urgent=True, hands=2))
        for office in self.sent:
            rooms.enter("/board", office, office, f"display of {office}")

    def encode(self, _namespace: str, snapshot: dict[str, Any]) -> Any:
        return snapshot

    def later(self, encoded: Any, _by: timedelta) -> Any:
        return encoded

    def send(self, _namespace: str, encoded: Any, _sids: Iterable[str]) -> None:
        self.sent[encoded["office"]].set()

    def _snapshots(self, _session: Any, office: str, keys: Sequence[str]) -> Mapping[str, dict[str, Any]]:
        if office == "slow":
            self.begun.set()
            self.may_go_on.wait(PATIENCE_S)
        return {key: {"version": 1, "office": office} for key in keys}


def test_boards_that_postgresql_is_asked_for_are_made_side_by_side(app: Flask) -> None:
    """SQLite is not waited for: there nobody else has a turn while one is made, so a second hand would help nobody."""
    app.extensions["realtime"].close()
    boards = Boards(app)
    loops = [threading.Thread(target=loop, daemon=True) for loop in boards.delivery.loops()]
    for loop in loops:
        loop.start()
    boards.delivery.mark("slow")
    assert boards.begun.wait(PATIENCE_S)
    boards.delivery.mark("quick")
    if app.extensions["dung-gio"].database.is_sqlite:
        assert not boards.sent["quick"].wait(0.5)
    else:
        assert boards.sent["quick"].wait(PATIENCE_S)
        assert not boards.sent["slow"].is_set()
    boards.may_go_on.set()
    assert all(sent.wait(PATIENCE_S) for sent in boards.sent.values())
    boards.delivery.end()
    for loop in loops:
        loop.join(PATIENCE_S)
