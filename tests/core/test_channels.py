"""One client of the direct engine: who does not read, does not answer or hangs up in the middle troubles nobody else."""

from __future__ import annotations

import _socket
import socket
from collections.abc import Callable, Iterator
from typing import Any

import engineio
import gevent
import pytest
from socketio import packet as messages

from core import channels
from core.channels import Channel
from core.engine import Engine
from core.frames import TEXT, frame

BOARD = frame(TEXT, b"42/board," + b"x" * 50_000)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with the loops of a running one."""
    made = engineio.Server(async_mode="gevent", transports=["websocket"])
    engine = Engine.like(made, messages.Packet)
    engine.told = []
    engine.on("disconnect", lambda sid, reason: engine.told.append((sid, reason)))
    engine._begin()
    yield engine
    for channel in list(engine.sockets.values()):
        channel.close()


def connect(engine: Engine, sid: str) -> tuple[Channel, socket.socket]:
    """A client, and its own end of the connection."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    channel = Channel(engine, sid, _socket.socket(fileno=ours.detach()))
    engine.sockets[sid] = channel
    engine.watch(channel)
    channel.begin(b"")
    theirs.setblocking(False)
    return channel, theirs


def read(sock: socket.socket, size: int) -> bytes:
    """So many bytes, while the loop runs."""
    received = b""
    with gevent.Timeout(5):
        while len(received) < size:
            try:
                received += sock.recv(size - len(received))
            except BlockingIOError:
                gevent.sleep(0.001)
    return received


def until(so: Callable[[], Any]) -> None:
    """Let the loop run until it is so."""
    with gevent.Timeout(5):
        while not so():
            gevent.sleep(0.005)


def masked(text: bytes) -> bytes:
    return bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text


def test_who_does_not_read_is_dropped_and_holds_up_nobody(engine: Engine) -> None:
    slow, _unread = connect(engine, "slow")
    quick, reads = connect(engine, "quick")
    sent = 0
    while not slow.closed:
        slow.write(BOARD)
        quick.write(BOARD)
        sent += 1
        assert sent * len(BOARD) < 64 * 2**20, "the queue has no end"
        assert read(reads, len(BOARD)) == BOARD
    assert not quick.closed
    until(lambda: engine.told)
    assert [sid for sid, _reason in engine.told] == ["slow"]
    assert engine.dropped == 1


def test_who_reads_again_in_time_gets_every_frame_in_order(engine: Engine) -> None:
    channel, reads = connect(engine, "slow")
    wanted, number = b"", 0
    while not channel._unsent:
        data = frame(TEXT, b"%08d" % number * 2000)
        channel.write(data)
        wanted, number = wanted + data, number + 1
    channel.write(frame(TEXT, b"the last"))
    wanted += frame(TEXT, b"the last")
    assert read(reads, len(wanted)) == wanted
    assert channel._unsent is None
    assert channel._writes is None, "nobody waits for a client that takes everything"


def test_who_does_not_answer_is_gone_and_who_answers_stays(engine: Engine) -> None:
    engine.ping_interval = 0.05
    _half_open, _silent = connect(engine, "half-open")
    there, answers = connect(engine, "there")
    pings = 0
    while not engine.told:
        assert read(answers, 3) == frame(TEXT, b"2")
        pings += 1
        answers.send(masked(b"3"))
        gevent.sleep(0.01)
    assert engine.told == [("half-open", engine.reason.PING_TIMEOUT)]
    assert pings >= 2
    assert not there.closed


def test_messages_of_a_client_are_heard_in_their_order_and_one_at_a_time(engine: Engine) -> None:
    heard: list[str] = []
    hearing: list[str] = []

    def hear(sid: str, text: str) -> None:
        hearing.append(sid)
        assert hearing == [sid]
        gevent.sleep(0.01)
        heard.append(text)
        hearing.remove(sid)

    engine.on("message", hear)
    _channel, speaks = connect(engine, "one")
    speaks.send(b"".join(masked(b'42/board,["join",%d]' % number) for number in range(5)))
    until(lambda: len(heard) == 5)
    assert heard == [f'2/board,["join",{number}]' for number in range(5)]


def test_who_hangs_up_while_it_is_heard_is_forgotten_after_it_was_heard(engine: Engine) -> None:
    happened: list[str] = []

    def hear(_sid: str, _text: str) -> None:
        gevent.sleep(0.05)
        happened.append("entered a room")

    engine.on("message", hear)
    engine.on("disconnect", lambda sid, reason: happened.append("left every room"))
    _channel, speaks = connect(engine, "hasty")
    speaks.send(masked(b'42/board,["join",{}]'))
    speaks.close()
    until(lambda: len(happened) == 2)
    assert happened == ["entered a room", "left every room"]
    assert engine.sockets == {}


@pytest.mark.parametrize(
    "text",
    [
        b"", b"2", b"9", b"5", b"4", b"42/board,[", b"42/board,{}", b"42/board,[1]", b'42/board,["disconnect"]',
        b'42/board,["connect"]', b"43/board,1[]", b'451-/board,["a",{"_placeholder":true,"num":0}]', b"\xff\xfe",
    ],
)  # fmt: skip
def test_who_says_what_no_screen_says_is_sent_away_without_being_heard(engine: Engine, text: bytes) -> None:
    engine.on("message", lambda sid, told: pytest.fail(f"heard {told}"))
    _channel, speaks = connect(engine, "strange")
    speaks.send(masked(text))
    until(lambda: engine.told)
    assert engine.sockets == {}
    assert read(speaks, 1)[0] == 0x88, "a closing frame says why"


def test_who_talks_without_end_is_sent_away(engine: Engine) -> None:
    engine.on("message", lambda sid, told: gevent.sleep(0.05))
    _channel, speaks = connect(engine, "chatterer")
    speaks.send(masked(b'42/board,["join",{}]') * (channels.MOST_UNHEARD * 2))
    until(lambda: engine.told)
    assert engine.sockets == {}


def test_a_ping_of_a_proxy_is_answered_and_a_goodbye_is_returned(engine: Engine) -> None:
    _channel, speaks = connect(engine, "polite")
    speaks.send(bytes((0x89, 0x82)) + b"\0\0\0\0hi" + bytes((0x88, 0x82)) + b"\0\0\0\0" + (1000).to_bytes(2))
    until(lambda: engine.told)
    assert read(speaks, 8) == bytes((0x8A, 2)) + b"hi" + bytes((0x88, 2)) + (1000).to_bytes(2)
    assert engine.told == [("polite", engine.reason.CLIENT_DISCONNECT)]
