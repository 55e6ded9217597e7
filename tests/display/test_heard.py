"""The officer knows it was heard: what displays say of calls, who is listened to, and what the console is sent."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient
from sqlalchemy import select

from core.database import Database
from office.models import Device, DeviceReport
from office.store import hashed, office_by_code
from queueing.hearing import Hearing, tidy
from queueing.models import Call, CallHeard
from tests import builders
from tests.display.conftest import CODE, Hall
from tests.pages import CheckedClient

HEARD = f"/api/v1/offices/{CODE}/heard"
STATE = {"sound": "on", "awake": True, "ahead_ms": -70_000, "version": 3, "layout": "wall", "release": "v-0a1b2c3d4e"}


@pytest.fixture
def hearing(app: Flask) -> Hearing:
    """The ledger; it is written when the test says so."""
    ears: Hearing = app.extensions["hearing"]
    return ears


class Lobby:
    """A paired display of the office, a second one, and the officer who wants to know."""

    def __init__(self, app: Flask, hall: Hall, hearing: Hearing, client: CheckedClient) -> None:
        self.app, self.hall, self.hearing, self.client = app, hall, hearing, client
        with hall.database.transaction() as session:
            office = office_by_code(session, CODE)
            self.display = builders.make_device(session, office, "display")
            self.officer = builders.make_token(session, builders.make_staff(session, office, "canbo2"))

    def second(self, **fields: Any) -> str:
        with self.hall.database.transaction() as session:
            return builders.make_device(session, office_by_code(session, CODE), "display", **fields)

    def call(self) -> int:
        """Somebody is called to counter 1; gives the id of the call."""
        self.token = self.hall.take()
        self.hall.call()
        with self.hall.database.reading() as session:
            return session.scalars(select(Call.id).order_by(Call.id.desc())).first() or 0

    def say(self, call: int, how: str | None = None, times: int = 1, by: str = "", **state: Any) -> int:
        """A display says something, and it is written; gives the status of the answer."""
        body = {"calls": [{"call_id": call, "times": times, "how": how}] if call else [], "state": STATE | state}
        answer = self.client.post(HEARD, json=body, headers=builders.bearer(by or self.display))
        self.hearing.write()
        return answer.status_code

    def seen(self) -> dict[str, Any]:
        """What the officer's console is sent."""
        answer = self.client.get(HEARD, headers=builders.bearer(self.officer))
        assert answer.status_code == 200
        sent: dict[str, Any] = answer.get_json()
        return sent

    def told(self) -> str:
        (call,) = self.seen()["calls"]
        now = call["told"][0]
        return f"{now['board']} {now['voice']}".strip() + ("!" if now["ask"] else "")

    def rows(self) -> list[tuple[int, str]]:
        with self.hall.database.reading() as session:
            return [(row.times, row.how) for row in session.scalars(select(CallHeard).order_by(CallHeard.times))]


@pytest.fixture
def lobby(app: Flask, hall: Hall, hearing: Hearing, client: CheckedClient) -> Lobby:
    return Lobby(app, hall, hearing, client)


def socket_of(app: Flask, client: CheckedClient, token: str = "", namespace: str = "/board") -> SocketIOTestClient:
    headers = builders.bearer(token) if token else {}
    socket = app.extensions["socketio"].test_client(app, namespace=namespace, headers=headers, flask_test_client=client)
    socket.emit("join", {"office": CODE}, namespace=namespace)
    socket.get_received(namespace)
    return socket


def test_the_officer_sees_the_call_drawn_and_then_said(lobby: Lobby) -> None:
    lobby.say(0)
    call = lobby.call()
    assert lobby.told() == "not_yet"
    lobby.say(call)
    assert lobby.told() == "shown not_yet"
    lobby.hall.clock.advance(timedelta(seconds=11))
    lobby.say(call, "voice")
    assert lobby.told() == "shown said"
    (sent,) = lobby.seen()["calls"]
    assert (sent["call_id"], sent["times"], sent["how"], sent["shown"], sent["of"]) == (call, 1, "voice", 1, 1)
    assert sent["drawn_at"] < sent["spoken_at"]


def test_a_call_said_again_is_drawn_and_said_anew(lobby: Lobby) -> None:
    call = lobby.call()
    lobby.say(call, "voice")
    lobby.hall.clock.advance(timedelta(seconds=30))
    lobby.hall.do("recall", lobby.token)
    assert lobby.told() == "not_yet"
    lobby.say(call, "chime", times=2)
    assert lobby.told() == "shown chimed"
    assert lobby.rows() == [(1, "voice"), (2, "chime")]


def test_said_twice_it_is_the_same_and_less_said_later_takes_nothing_back(lobby: Lobby) -> None:
    call = lobby.call()
    for how in ("none", None, "chime", "voice", "chime", None):
        lobby.say(call, how)
    assert lobby.rows() == [(1, "voice")]
    assert lobby.told() == "shown said"


def test_a_display_that_is_silent_for_90_seconds_is_not_counted_on(lobby: Lobby) -> None:
    lobby.say(0)
    lobby.call()
    lobby.hall.clock.advance(timedelta(seconds=89))
    assert [each["alive"] for each in lobby.seen()["displays"]] == [True]
    lobby.hall.clock.advance(timedelta(seconds=1))
    assert [each["alive"] for each in lobby.seen()["displays"]] == [False]
    assert lobby.told() == "lost!"


@pytest.mark.parametrize(
    ("state", "drawn", "told"),
    [
        ({"sound": "muted"}, True, "shown off!"),
        ({"sound": "quiet"}, True, "shown quiet!"),
        ({"awake": False}, False, "asleep!"),
        ({}, False, "not_yet"),
    ],
)
def test_the_officer_is_asked_to_call_aloud(lobby: Lobby, state: dict[str, Any], drawn: bool, told: str) -> None:
    call = lobby.call()
    lobby.say(call if drawn else 0, **state)
    assert lobby.told() == told


def test_the_sign_of_another_counter_and_a_board_elsewhere_do_not_count(lobby: Lobby) -> None:
    with lobby.hall.database.transaction() as session:
        first = session.scalars(select(Device).where(Device.token_hash == hashed(lobby.display))).one()
        first.options = {"layout": "counter", "counter": 2}
    far = lobby.second(on_site=False)
    public = lobby.second(options={"layout": "public"})
    call = lobby.call()
    for display in (lobby.display, far, public):
        lobby.say(call, "voice", by=display)
    assert lobby.told() == "unpaired", "no display of the hall shows calls to counter 1"
    own = lobby.second(options={"layout": "counter", "counter": 1})
    lobby.say(call, "voice", by=own)
    assert lobby.told() == "shown said"


def test_a_display_says_how_it_is_and_when_it_was_seen(lobby: Lobby) -> None:
    lobby.say(0)
    with lobby.hall.database.reading() as session:
        report = session.scalars(select(DeviceReport)).one()
        device = session.get_one(Device, report.device_id)
        assert (report.at, device.seen_at) == (lobby.hall.clock.now(), lobby.hall.clock.now())
        assert report.state == STATE
    body = {"calls": []}
    lobby.hall.clock.advance(timedelta(seconds=60))
    assert lobby.client.post(HEARD, json=body, headers=builders.bearer(lobby.display)).status_code == 204
    lobby.hearing.write()
    with lobby.hall.database.reading() as session:
        report = session.scalars(select(DeviceReport)).one()
        assert (report.at, report.state) == (lobby.hall.clock.now(), STATE), "who speaks of calls only is alive as it was"


def test_nothing_is_believed_of_calls_of_others_of_other_days_or_not_made_yet(lobby: Lobby) -> None:
    call = lobby.call()
    with lobby.hall.database.transaction() as session:
        beside = builders.make_office(session, "00071")
        stranger = builders.make_device(session, beside, "display")
        revoked = builders.make_device(session, office_by_code(session, CODE), "display", revoked_at=lobby.hall.clock.now())
    body = {"calls": [{"call_id": call, "times": 1, "how": "voice"}], "state": STATE}
    answer = lobby.client.post("/api/v1/offices/00071/heard", json=body, headers=builders.bearer(stranger))
    assert answer.status_code == 204, "it says so of its own office"
    assert lobby.say(call, "voice", by=stranger) == 403
    assert lobby.say(call, "voice", by=revoked) == 401
    assert lobby.say(call, "voice", by=lobby.officer) == 403
    lobby.say(call, "voice", times=2)
    lobby.say(call + 1000, "voice")
    lobby.hall.clock.advance(timedelta(hours=13))
    lobby.say(call, "voice")
    assert lobby.rows() == []


@pytest.mark.parametrize(
    "body",
    [
        {"calls": [{"call_id": 1, "times": 0}]},
        {"calls": [{"call_id": 1, "times": 1, "how": "shouted"}]},
        {"calls": [{"call_id": 1, "times": 1}] * 65},
        {"calls": "all"},
        {"state": {"sound": "on", "ahead_ms": 10**15}},
        {"state": {"layout": "\0"}},
    ],
)
def test_what_no_display_would_say_is_refused(lobby: Lobby, body: dict[str, Any]) -> None:
    assert lobby.client.post(HEARD, json=body, headers=builders.bearer(lobby.display)).status_code == 422
    socket = socket_of(lobby.app, lobby.client, lobby.display)
    socket.emit("heard", body, namespace="/board")
    refused = [each["args"][0]["code"] for each in socket.get_received("/board") if each["name"] == "refused"]
    assert refused == ["invalid"]


def test_a_socket_says_the_same_and_only_the_consoles_are_sent_it(lobby: Lobby, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str | None]] = []
    monkeypatch.setattr(lobby.app.extensions["realtime"], "changed", lambda office, *, only=None: told.append((office, only)))
    call = lobby.call()
    told.clear()
    display = socket_of(lobby.app, lobby.client, lobby.display)
    body = {"calls": [{"call_id": call, "times": 1, "how": "voice"}], "state": STATE}
    display.emit("heard", body, namespace="/board")
    lobby.hearing.write()
    assert told == [(CODE, "/heard")], "the line and the board are not sent again for it"
    console = lobby.app.extensions["socketio"].test_client(
        lobby.app, namespace="/heard", headers=builders.bearer(lobby.officer), flask_test_client=lobby.client
    )
    console.emit("join", {"office": CODE}, namespace="/heard")
    *_before, sent = console.get_received("/heard")
    assert sent["args"][0] == lobby.seen()
    assert sent["args"][0]["calls"][0]["how"] == "voice"


def test_anybodys_browser_on_the_board_is_not_heard_and_not_scolded(lobby: Lobby) -> None:
    call = lobby.call()
    for token in ("", lobby.officer):
        socket = socket_of(lobby.app, lobby.client, token)
        socket.emit("heard", {"calls": [{"call_id": call, "times": 1, "how": "voice"}]}, namespace="/board")
        socket.emit("heard", "nonsense", namespace="/board")
        assert [each for each in socket.get_received("/board") if each["name"] != "snapshot"] == []
    lobby.hearing.write()
    assert lobby.rows() == []


def test_nobody_but_staff_follows_what_was_heard(lobby: Lobby) -> None:
    for token in ("", lobby.display):
        headers = builders.bearer(token) if token else {}
        socket = lobby.app.extensions["socketio"].test_client(lobby.app, namespace="/heard", headers=headers)
        socket.emit("join", {"office": CODE}, namespace="/heard")
        assert socket.get_received("/heard")[0]["name"] == "refused"


class Counting:
    """A database that counts its write transactions, and fails when told to."""

    def __init__(self, database: Database) -> None:
        self._database, self.begun, self.fails = database, 0, False

    def transaction(self) -> Any:
        self.begun += 1
        if self.fails:
            raise RuntimeError("the disk is full")
        return self._database.transaction()


def test_what_many_displays_say_at_once_is_one_transaction(lobby: Lobby) -> None:
    call = lobby.call()
    counting = Counting(lobby.hall.database)
    lobby.hearing._database = counting  # type: ignore[assignment]  # it asks for transactions only
    displays = [lobby.second() for _screen in range(5)]
    body = {"calls": [{"call_id": call, "times": 1, "how": None}], "state": STATE}
    for token in displays:
        lobby.client.post(HEARD, json=body, headers=builders.bearer(token))
    lobby.hearing.write()
    lobby.hearing.write()
    assert counting.begun == 1
    assert lobby.rows() == [(1, "none")] * 5


def test_what_could_not_be_written_is_written_later(lobby: Lobby) -> None:
    call = lobby.call()
    lobby.hearing._database = counting = Counting(lobby.hall.database)  # type: ignore[assignment]  # as above
    counting.fails = True
    with pytest.raises(RuntimeError):
        lobby.say(call)
    counting.fails = False
    lobby.say(call, "voice")
    assert lobby.rows() == [(1, "voice")]


def test_a_server_that_stops_writes_what_was_said_to_the_last(lobby: Lobby) -> None:
    first = lobby.call()
    stop, body = threading.Event(), {"calls": [{"call_id": first, "times": 1, "how": None}], "state": STATE}
    lobby.client.post(HEARD, json=body, headers=builders.bearer(lobby.display))
    stop.set()
    lobby.hearing.run(stop)
    assert lobby.rows() == [(1, "none")]
    body["calls"][0]["how"] = "voice"  # type: ignore[index]  # sockets are still drained while it stops
    lobby.client.post(HEARD, json=body, headers=builders.bearer(lobby.display))
    assert lobby.hearing._last is not None
    lobby.hearing._last.join()
    assert lobby.rows() == [(1, "voice")]


def test_what_was_said_is_forgotten_after_a_month(lobby: Lobby) -> None:
    class Once(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    lobby.say(lobby.call(), "voice")
    lobby.hall.clock.advance(timedelta(days=30))
    tidy(lobby.hall.database, lobby.hall.clock, Once())
    assert lobby.rows() == [(1, "voice")]
    lobby.hall.clock.advance(timedelta(seconds=1))
    tidy(lobby.hall.database, lobby.hall.clock, Once())
    assert lobby.rows() == []


def test_one_device_does_not_fill_the_ledger(lobby: Lobby) -> None:
    for start in range(1, 1000, 60):
        body = {"calls": [{"call_id": start + each, "times": 1} for each in range(60)], "state": STATE}
        lobby.client.post(HEARD, json=body, headers=builders.bearer(lobby.display))
    (page,) = lobby.hearing._pages.values()
    assert len(page.heard) == 64
