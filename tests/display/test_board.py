"""The lobby board: what it shows, and what it never shows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.clock import SetClock
from tests.display.conftest import Hall
from tests.pages import CheckedClient

BOARD = "/api/v1/offices/00070/board"


def board(client: CheckedClient) -> dict[str, Any]:
    answer = client.get(BOARD)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_hall_sees_and_hears_who_is_called_where(client: CheckedClient, hall: Hall) -> None:
    hall.take()
    hall.take()
    hall.call()
    shown = board(client)
    (call,) = shown["recent"]
    assert (call["number"], call["counter"], call["times"], call["service"]) == ("A001", 1, 1, "Chứng thực bản sao")
    assert call["speech"] == [{"lang": "vi", "text": "Mời công dân có số thứ tự A không không một đến quầy số 1"}]
    assert shown["now_serving"] == [{"number": "A001", "counter": 1, "state": "called"}]
    assert (shown["waiting"], shown["open_counters"]) == (1, [1])


def test_who_took_the_number_in_english_is_called_in_both_languages(client: CheckedClient, hall: Hall) -> None:
    hall.take(lang="en")
    hall.call()
    said = board(client)["recent"][0]["speech"]
    assert [sentence["lang"] for sentence in said] == ["vi", "en"]
    assert said[1]["text"] == "Number A zero zero one, please go to counter 1"


def test_a_second_call_of_a_number_is_known_from_the_first(client: CheckedClient, hall: Hall, clock: SetClock) -> None:
    token = hall.take()
    hall.call()
    clock.advance(timedelta(seconds=30))
    hall.do("recall", token)
    (call,) = board(client)["recent"]
    assert call["times"] == 2
    assert call["last_called_at"] > call["called_at"]


def test_times_on_the_board_are_the_office_clock_with_its_offset(client: CheckedClient, hall: Hall) -> None:
    assert board(client)["now"] == "2026-11-23T09:00:00+07:00"


def test_every_change_of_the_line_gives_the_board_a_higher_version(client: CheckedClient, hall: Hall) -> None:
    before = board(client)["version"]
    hall.take()
    taken = board(client)["version"]
    hall.call()
    assert before < taken < board(client)["version"]


def test_the_board_names_nobody(client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    hall.call()
    for shown in (json.dumps(board(client), ensure_ascii=False), client.page("/display/00070")):
        assert "Nguyễn Thị Thử" not in shown
        assert token not in shown
        assert "ưu tiên" not in shown.lower()


def test_anyone_may_look_at_the_board_page(client: CheckedClient, hall: Hall) -> None:
    hall.take()
    hall.call()
    page = client.page("/display/00070")
    assert "Điểm phục vụ hành chính công phường Thử Nghiệm 00070" in page
    assert "<span>A001</span><span>1</span>" in page, "without scripts the calls can be read too"


def test_the_board_page_speaks_english_when_asked(client: CheckedClient, hall: Hall) -> None:
    assert '<html lang="en">' in client.page("/display/00070?lang=en")


@pytest.mark.parametrize("path", ["/display/99999", "/display/00070/x", "/api/v1/offices/99999/board"])
def test_a_board_of_no_office_is_not_found(client: CheckedClient, hall: Hall, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_screen_that_joins_gets_the_same_board_as_the_call(app: Flask, client: CheckedClient, hall: Hall) -> None:
    hall.take()
    socket = app.extensions["socketio"].test_client(app, namespace="/board")
    socket.emit("join", {"office": "00070"}, namespace="/board")
    received = socket.get_received("/board")[0]
    assert received["name"] == "snapshot"
    assert received["args"][0] == board(client)


def test_a_screen_of_no_office_is_refused(app: Flask, hall: Hall) -> None:
    socket = app.extensions["socketio"].test_client(app, namespace="/board")
    socket.emit("join", {"office": "99999"}, namespace="/board")
    received = socket.get_received("/board")[0]
    assert (received["name"], received["args"][0]["code"]) == ("refused", "not_found")
