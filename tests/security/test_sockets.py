"""Sockets: who may not join is told so and sent nothing, and nothing that is sent breaks the room for the others."""

from __future__ import annotations

from typing import Any

import pytest
from flask_socketio import SocketIO, SocketIOTestClient
from sqlalchemy import select

from office.models import Staff
from tests.builders import make_office
from tests.security.conftest import PERSON, PHONE, Ward

JUNK: tuple[Any, ...] = (
    None, 0, -1, 1.5, True, "", "00070", "\0", [], ["00070"], {}, {"office": None}, {"office": "\0"}, {"office": "\ud800"},
    {"office": ["00070"]},
    {"office": {"$ne": ""}}, {"office": "x" * 100_000}, {"office": "' OR 1=1 --"}, {"token": "\0"}, {"token": "x" * 100_000},
    {"token": None},
    {"token": "\ud800"}, {"token": {"a": [1] * 1000}}, b"\x00\xff", {"office": "00070 "}, {"office": "٠٠٠٧٠"},
)  # fmt: skip


def connect(ward: Ward, namespace: str, who: str = "") -> SocketIOTestClient:
    socketio: SocketIO = ward.app.extensions["socketio"]
    return socketio.test_client(ward.app, namespace=namespace, headers=ward.signed(who), flask_test_client=ward.client)


def join(socket: SocketIOTestClient, namespace: str, data: Any) -> list[tuple[str, Any]]:
    """What the server sends after a join."""
    socket.get_received(namespace)
    socket.emit("join", data, namespace=namespace)
    return [(each["name"], each["args"][0]) for each in socket.get_received(namespace)]


@pytest.mark.parametrize("who", ["", "kiosk", "display", "agent", "kythuat", "canbo_beside", "truong_beside", "revoked", "left"])
def test_the_line_is_shown_to_nobody_who_does_not_work_in_it(ward: Ward, who: str) -> None:
    socket = connect(ward, "/line", who)
    (event, told), *more = join(socket, "/line", {"office": "00070"})
    assert event == "refused"
    assert (told["code"] == "not_signed_in") == (who in ("", "revoked", "left")), "a known one is told that it may not"
    assert told["detail"]
    assert more == []
    answer = ward.client.post("/api/v1/offices/00070/tickets", json={"service": "A"}, headers=ward.signed("kiosk"))
    assert answer.status_code == 201
    assert socket.get_received("/line") == []


@pytest.mark.parametrize("who", ["canbo", "truong", "huongdan", "quantri"])
def test_the_line_is_shown_to_who_works_in_it(ward: Ward, who: str) -> None:
    assert join(connect(ward, "/line", who), "/line", {"office": "00070"})[0][0] == "snapshot"


@pytest.mark.parametrize("namespace", ["/line", "/board", "/ticket", "/heard"])
def test_junk_is_refused_and_the_room_goes_on(ward: Ward, namespace: str) -> None:
    socket = connect(ward, namespace, "canbo")
    for junk in JUNK:
        for event, told in join(socket, namespace, junk):
            assert event == "refused", junk
            assert told["code"]
            assert told["detail"]
    socket.emit("join", namespace=namespace)
    socket.emit("join", {"office": "00070"}, "more", {"than": "one"}, namespace=namespace)
    socket.get_received(namespace)
    good = {"token": ward.secrets["ticket"]} if namespace == "/ticket" else {"office": "00070"}
    assert join(socket, namespace, good)[0][0] == "snapshot"


def test_what_a_display_says_may_be_junk_and_nobody_else_is_listened_to(ward: Ward) -> None:
    for who in ("display", "", "canbo", "kiosk"):
        socket = connect(ward, "/board", who)
        join(socket, "/board", {"office": "00070"})
        for junk in (*JUNK, {"calls": [{}]}, {"calls": [{"call_id": 10**30, "times": 1}]}, {"state": {"ahead_ms": "NaN"}}):
            socket.emit("heard", junk, namespace="/board")
        told = [each["args"][0] for each in socket.get_received("/board") if each["name"] == "refused"]
        assert {each["code"] for each in told} == ({"invalid"} if who == "display" else set())
        assert all(each["detail"] for each in told)
    assert len(ward.app.extensions["hearing"]._pages) == 1


def test_one_socket_does_not_fill_the_server_with_rooms(ward: Ward) -> None:
    with ward.database.transaction() as session:
        for number in range(40):
            make_office(session, f"2{number:04}", services="A", counters=1)
    socket = connect(ward, "/board")
    events = [join(socket, "/board", {"office": f"2{number:04}"})[0] for number in range(40)]
    assert events[0][0] == "snapshot"
    assert events[-1][0] == "refused"
    assert events[-1][1]["detail"]


def test_what_a_socket_is_sent_names_no_person(ward: Ward) -> None:
    here = ward.client.post("/api/v1/offices/00070/check-ins", json={"code": ward.secrets["code"]}, headers=ward.signed("kiosk"))
    assert here.status_code == 201
    sent = [
        join(connect(ward, "/board"), "/board", {"office": "00070"}),
        join(connect(ward, "/ticket"), "/ticket", {"token": ward.secrets["ticket"]}),
        join(connect(ward, "/line", "canbo"), "/line", {"office": "00070"}),
    ]
    for snapshot in sent:
        assert snapshot[0][0] == "snapshot"
        for personal in (PERSON, PHONE, PHONE[3:], ward.secrets["booking"], ward.secrets["code"]):
            assert personal not in str(snapshot)
    assert ward.secrets["ticket"] not in str(sent[0])
    assert ward.secrets["ticket"] not in str(sent[2])
    assert ["Trần V. V. D." in str(snapshot) for snapshot in sent] == [False, False, True], "masked, and for staff only"


def test_who_has_left_is_sent_the_line_no_more(ward: Ward) -> None:
    stays, leaves, lobby = connect(ward, "/line", "truong"), connect(ward, "/line", "canbo"), connect(ward, "/board")
    join(stays, "/line", {"office": "00070"})
    join(leaves, "/line", {"office": "00070"})
    join(lobby, "/board", {"office": "00070"})
    with ward.database.transaction() as session:
        session.scalars(select(Staff).where(Staff.username == "canbo")).one().active = False
    ward.app.extensions["realtime"].review()
    assert not leaves.is_connected("/line")
    assert stays.is_connected("/line")
    assert lobby.is_connected("/board")
