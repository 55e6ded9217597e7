"""How snapshots reach the sockets: written once for a room, directly or by the library, and shared by a hall that comes back."""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from flask import Flask
from flask_socketio import SocketIOTestClient

from core import fanout
from core.clock import SetClock
from core.config import ConfigError, load_config
from core.database import Database
from core.fanout import DirectSender, LibrarySender, Sockets, make_socketio, sender_for
from core.frames import TEXT, accept_key, frame
from core.migrate import upgrade
from core.rooms import Rooms
from office.store import office_by_code
from tests import builders, running
from tests.concurrency.test_several_workers import Screen
from tests.core.test_frames import said

OFFICE = "00070"


# --- the switch -------------------------------------------------------------------------------------------------------


def test_the_switch_takes_two_words_and_refuses_others_in_one_sentence(tmp_path: Path) -> None:
    words = {"direct", "library"}
    assert {load_config({"DATA_DIR": str(tmp_path), "FANOUT": word}).fanout for word in words} == words
    with pytest.raises(ConfigError, match=r"^FANOUT=fast is not one of direct, library\.$"):
        load_config({"DATA_DIR": str(tmp_path), "FANOUT": "fast"})


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    """As much of the product as the sockets need to be made."""
    app = Flask("bare", static_folder=None)
    app.extensions["dung-gio"] = Services(load_config({"DATA_DIR": str(tmp_path), "FANOUT": "direct"}))
    return app


class Services:
    def __init__(self, config: Any) -> None:
        self.config = config


def test_other_versions_than_those_that_were_tested_go_through_the_library(
    bare: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fanout.monkey, "is_module_patched", lambda _module: True)
    assert isinstance(sender_for(make_socketio(bare)), DirectSender)
    monkeypatch.setitem(fanout.TESTED, "python-engineio", "0.0.1")
    with caplog.at_level(logging.WARNING):
        assert isinstance(sender_for(make_socketio(bare)), LibrarySender)
    [line] = caplog.records
    assert "python-engineio" in line.getMessage()


def test_the_versions_that_were_tested_are_those_that_are_installed() -> None:
    """When this fails: read what has changed in them, run the tests of the sockets, then name the new versions here."""
    assert {name: fanout.version(name) for name in fanout.TESTED} == fanout.TESTED


def test_a_frame_says_the_same_as_the_library(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout.monkey, "is_module_patched", lambda _module: True)
    sender = sender_for(make_socketio(bare))
    shown = {"version": 3, "text": "Mời công dân", "none": None, "list": [1, 2.5, True]}
    packet = socketio.packet.Packet(socketio.packet.EVENT, namespace="/board", data=["snapshot", shown])
    encoded = sender.encode("/board", shown)
    assert encoded[:2] == frame(TEXT, b"x" * 200)[:1] + bytes((len(encoded) - 2,)) or encoded[1] == 126
    text = encoded[encoded.index(b"42/board") :].decode()
    assert text[0] == "4"
    ours, theirs = socketio.packet.Packet(encoded_packet=text[1:]), socketio.packet.Packet(encoded_packet=packet.encode())
    assert (ours.packet_type, ours.namespace, ours.data) == (theirs.packet_type, theirs.namespace, theirs.data)


@pytest.mark.parametrize("size", [1, 300, 70_000], ids=["short", "middle", "long"])
def test_a_snapshot_told_later_says_the_time_of_then_and_nothing_else(
    bare: Flask, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(fanout.monkey, "is_module_patched", lambda _module: True)
    sender = sender_for(make_socketio(bare))
    shown = {"v": 3, "now": "2026-11-23T09:00:00+07:00", "said": '"now":"' * size, "in": {"now": "2026-11-23T08:00:00+07:00"}}
    later = sender.later(sender.encode("/line", shown), timedelta(seconds=61, microseconds=5))
    assert later == sender.encode("/line", shown | {"now": "2026-11-23T09:01:01.000005+07:00"})
    timeless = sender.encode("/line", {"v": 3})
    assert sender.later(timeless, timedelta(seconds=61)) == timeless


# --- rooms ------------------------------------------------------------------------------------------------------------


def test_who_leaves_is_in_no_room_and_an_empty_room_is_none() -> None:
    rooms = Rooms()
    rooms.enter("/board", OFFICE, OFFICE, "one")
    rooms.enter("/board", OFFICE, OFFICE, "two")
    rooms.enter("/board", "00071", "00071", "one")
    assert rooms.offices("/board", "one") == {OFFICE, "00071"}
    assert (rooms.how_many("/board", "one"), rooms.sockets_in("/board"), rooms.sockets_in("/line")) == (2, 2, 0)
    rooms.leave("/board", "one")
    rooms.leave("/board", "one")
    assert set(rooms.sockets(("/board", OFFICE), OFFICE)) == {"two"}
    assert rooms.keys(("/board", "00071")) == []
    assert (rooms.how_many("/board", "one"), rooms.sockets_in("/board")) == (0, 1)


class _OnlyByName(dict[Any, Any]):
    """A dictionary nobody may look through."""

    def items(self) -> Any:
        pytest.fail("every room was looked through")

    copy = keys = values = __iter__ = items  # type: ignore[assignment]  # none of them may be used


def test_a_mass_disconnect_looks_through_no_list_of_rooms() -> None:
    sockets = Sockets()
    sockets.set_server(socketio.Server(async_mode="threading"))
    sids = [sockets.connect(f"engine-{number}", "/board") for number in range(50)]
    sockets.enter_room(sids[0], "/board", OFFICE)
    assert [*sockets.get_participants("/board", OFFICE)] == [(sids[0], "engine-0")]
    assert [*sockets.get_participants("/board", sids[1])] == [(sids[1], "engine-1")], "a socket can be sent something alone"
    sockets.rooms["/board"] = _OnlyByName(sockets.rooms["/board"])
    for sid in sids:
        sockets.pre_disconnect(sid, "/board")
        sockets.disconnect(sid, "/board")
    assert "/board" not in sockets.rooms
    assert not sockets.pending_disconnect


# --- one snapshot for everybody ---------------------------------------------------------------------------------------


class Counted:
    """The board's feed, counting how often a board is made."""

    def __init__(self, app: Flask) -> None:
        self.app, self.made = app, 0
        self.realtime = app.extensions["realtime"]
        feed = self.realtime.feeds["/board"]

        def snapshots(session: Any, office: str, keys: Sequence[str]) -> Mapping[str, Any]:
            self.made += 1
            return feed.snapshots(session, office, keys)  # type: ignore[no-any-return]  # extensions have no types

        self.realtime.add(replace(feed, snapshots=snapshots))
        self.realtime.close()  # nothing is sent but by hand

    def join(self) -> dict[str, Any]:
        """What a display that joins is sent."""
        display: SocketIOTestClient = self.app.extensions["socketio"].test_client(self.app, namespace="/board")
        display.emit("join", {"office": OFFICE}, namespace="/board")
        [shown] = [event["args"][0] for event in display.get_received("/board") if event["name"] == "snapshot"]
        return dict(shown)


@pytest.fixture
def counted(app: Flask) -> Counted:
    with app.extensions["dung-gio"].database.transaction() as session:
        builders.make_office(session)
    return Counted(app)


def test_a_hall_that_comes_back_at_once_is_asked_for_once_and_told_the_time(counted: Counted, clock: SetClock) -> None:
    first = counted.join()
    clock.advance(timedelta(seconds=5))
    second = counted.join()
    assert counted.made == 1
    assert second == first | {"now": second["now"]}
    assert datetime.fromisoformat(second["now"]) - datetime.fromisoformat(first["now"]) == timedelta(seconds=5)
    clock.advance(timedelta(seconds=60))
    counted.join()
    assert counted.made == 2, "waits have grown meanwhile"


def test_who_joins_after_a_change_is_sent_what_is_true_now(app: Flask, counted: Counted) -> None:
    counted.join()
    with app.extensions["dung-gio"].database.transaction() as session:
        kiosk = builders.make_device(session, office_by_code(session, OFFICE))
    answer = app.test_client().post(f"/api/v1/offices/{OFFICE}/tickets", json={"service": "A"}, headers=builders.bearer(kiosk))
    assert answer.status_code == 201
    assert counted.join()["waiting"] == 1
    made = counted.made
    counted.realtime.changed(OFFICE, only="/board")  # no version is raised by this
    counted.join()
    assert counted.made == made + 1


# --- a real server, real sockets --------------------------------------------------------------------------------------


class Client:
    """A websocket as an unkind hand would write it."""

    def __init__(self, url: str) -> None:
        host, port = httpx.URL(url).host, httpx.URL(url).port or 80
        self.sock = socket.create_connection((host, port), timeout=10)
        self.buffer = b""
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        self.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.sock.recv(4096)
        head, _end, self.buffer = self.buffer.partition(b"\r\n\r\n")
        assert b" 101 " in head
        assert accept_key(key).encode() in head
        assert b"xtensions" not in head, "compression was not agreed on"

    def frame(self) -> tuple[int, bytes]:
        """The next frame; (8, ...) when the server says goodbye, (0, b"") when it has hung up."""
        while True:
            if len(self.buffer) >= 2:
                size, begins = self.buffer[1], 2
                if size == 126:
                    size, begins = int.from_bytes(self.buffer[2:4]), 4
                if len(self.buffer) >= begins + size:
                    kind, payload = self.buffer[0] & 15, self.buffer[begins : begins + size]
                    self.buffer = self.buffer[begins + size :]
                    return kind, payload
            try:
                data = self.sock.recv(4096)
            except ConnectionError:
                data = b""
            if not data:
                return 0, b""
            self.buffer += data

    def enter(self) -> None:
        assert self.frame()[1].startswith(b'0{"sid"')
        self.sock.sendall(said(TEXT, b"40/board,"))
        assert self.frame()[1].startswith(b"40/board,")

    def snapshot(self) -> dict[str, Any]:
        kind, payload = self.frame()
        assert (kind, payload[:20]) == (TEXT, b'42/board,["snapshot"')
        return dict(json.loads(payload[9:])[1])


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[running.Running, dict[str, str]]]:
    """The product on SQLite with the direct engine, an office in it, and the header of its kiosk."""
    folder = tmp_path_factory.mktemp("hall")
    url = f"sqlite:///{folder / 'dung-gio.db'}"
    upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        kiosk = builders.make_device(session, builders.make_office(session))
    database.dispose()
    with running.server(folder, FANOUT="direct") as server:
        yield server, builders.bearer(kiosk)


def take(hall: tuple[running.Running, dict[str, str]]) -> None:
    server, kiosk = hall
    assert httpx.post(f"{server.url}/api/v1/offices/{OFFICE}/tickets", json={"service": "A"}, headers=kiosk).status_code == 201


def test_a_display_of_the_usual_library_is_sent_the_board_and_every_change(hall: tuple[running.Running, dict[str, str]]) -> None:
    display = Screen(hall[0].url)
    try:
        assert display.waits_for(0)
        before = display.versions[-1]
        take(hall)
        assert display.waits_for(before + 1)
    finally:
        display.client.disconnect()


def test_a_message_in_pieces_with_a_ping_between_is_understood(hall: tuple[running.Running, dict[str, str]]) -> None:
    client = Client(hall[0].url)
    client.enter()
    text = b'42/board,["join",{"office":"00070"}]'
    stream = said(TEXT, text[:5], final=False) + said(9, b"?") + said(0, text[5:20], final=False) + said(0, text[20:])
    for at in range(len(stream)):
        client.sock.sendall(stream[at : at + 1])
    assert client.frame() == (10, b"?")
    waiting = client.snapshot()["waiting"]
    take(hall)
    assert client.snapshot()["waiting"] == waiting + 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (b"\x81\x03abc", 1002),
        (b"GET / HTTP/1.1\r\n\r\n", 1002),
        (said(TEXT, b"4half a frame")[:9], None),  # and then nothing more
        (b"\x81\xff" + (10**9).to_bytes(8) + b"\0\0\0\0", 1009),
        (said(TEXT, b"\xff\xfe"), 1007),
        (said(2, b"binary"), 1008),
        (said(TEXT, b'42/board,["join",' + b"[" * 20_000), 1008),
        (said(TEXT, b'42/line,["disconnect"]'), 1008),
        (said(TEXT, b"nothing of Socket.IO"), 1002),
    ],
)
def test_who_breaks_the_protocol_is_sent_away_and_the_hall_goes_on(
    hall: tuple[running.Running, dict[str, str]], told: bytes, code: int | None
) -> None:
    stays, broken = Client(hall[0].url), Client(hall[0].url)
    for each in (stays, broken):
        each.enter()
    stays.sock.sendall(said(TEXT, b'42/board,["join",{"office":"00070"}]'))
    stays.snapshot()
    broken.sock.sendall(told)
    if code is not None:
        assert broken.frame() == (8, code.to_bytes(2))
        assert broken.frame() == (0, b"")
    take(hall)
    assert stays.snapshot()["waiting"]
    assert not re.search(r"Traceback|ERROR", hall[0].log.read_text()), "a stranger's nonsense does not fill the log"
    broken.sock.close()


def test_a_handshake_that_is_none_is_answered_and_not_taken_over(hall: tuple[running.Running, dict[str, str]]) -> None:
    url = f"{hall[0].url}/socket.io/?EIO=4&transport=websocket"
    assert httpx.get(url).status_code == 400
    upgrade_only = {"Connection": "Upgrade", "Upgrade": "websocket"}
    assert httpx.get(url, headers=upgrade_only | {"Sec-WebSocket-Key": "short", "Sec-WebSocket-Version": "13"}).status_code == 400
    assert httpx.get(url, headers=upgrade_only | {"Sec-WebSocket-Key": "x" * 24, "Sec-WebSocket-Version": "8"}).status_code == 400
    foreign = upgrade_only | {"Sec-WebSocket-Key": "x" * 24, "Sec-WebSocket-Version": "13", "Origin": "https://elsewhere.example"}
    assert httpx.get(url, headers=foreign).status_code == 400, "a foreign page may not open a socket with a visitor's cookie"


def test_a_socket_that_is_reset_leaves_no_trace(hall: tuple[running.Running, dict[str, str]]) -> None:
    clients = [Client(hall[0].url) for _ in range(10)]
    for client in clients:
        client.enter()
        client.sock.sendall(said(TEXT, b'42/board,["join",{"office":"00070"}]'))
        client.snapshot()
    for client in clients:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.sock.close()
    stays = Client(hall[0].url)
    stays.enter()
    stays.sock.sendall(said(TEXT, b'42/board,["join",{"office":"00070"}]'))
    stays.snapshot()
    take(hall)
    assert stays.snapshot()["waiting"]
