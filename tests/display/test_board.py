"""The lobby board: what it shows, and what it never shows."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, url_for

from core.clock import SetClock
from office.store import office_by_code
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
    assert [(said["lang"], said["text"]) for said in call["speech"]] == [
        ("vi", "Mời công dân có số thứ tự A không không một đến quầy số một")
    ]
    assert shown["now_serving"] == [{"number": "A001", "counter": 1, "state": "called", "field": "Tư pháp"}]
    assert (shown["waiting"], shown["open_counters"]) == (1, [1])


def test_who_took_the_number_in_english_is_called_in_both_languages(client: CheckedClient, hall: Hall) -> None:
    hall.take(lang="en")
    hall.call()
    said = board(client)["recent"][0]["speech"]
    assert [sentence["lang"] for sentence in said] == ["vi", "en"]
    assert said[1]["text"] == "Number A zero zero one, please go to counter one"


def test_a_second_call_of_a_number_is_known_from_the_first(client: CheckedClient, hall: Hall, clock: SetClock) -> None:
    token = hall.take()
    hall.call()
    clock.advance(timedelta(seconds=30))
    hall.do("recall", token)
    (call,) = board(client)["recent"]
    assert call["times"] == 2
    assert call["last_called_at"] > call["called_at"]


def test_who_is_called_again_elsewhere_stands_there_once_with_the_newest_call(
    client: CheckedClient, hall: Hall, clock: SetClock
) -> None:
    first = hall.take()
    hall.call()
    hall.do("absent", first)
    hall.take()
    hall.call()
    hall.back(first)
    clock.advance(timedelta(seconds=30))
    hall.open(2)
    hall.call(2)
    assert [(call["number"], call["counter"]) for call in board(client)["recent"]] == [("A001", 2), ("A002", 1)]


def test_every_counter_says_whether_it_is_open_and_what_it_takes(client: CheckedClient, hall: Hall, clock: SetClock) -> None:
    hall.open(2, pause=15)
    counters = board(client)["counters"]
    assert [(each["number"], each["state"], each["back_at"]) for each in counters] == [
        (1, "open", None), (2, "paused", "2026-11-23T09:15:00+07:00"), (3, "closed", None),
    ]  # fmt: skip
    assert counters[0]["fields"] == ["Tư pháp"]


def test_a_notice_is_gone_when_its_time_is_over_and_guidance_stays(client: CheckedClient, hall: Hall, clock: SetClock) -> None:
    hall.tell("Chiều nay đóng cửa sớm.", clock.now() + timedelta(minutes=5), ["Chuẩn bị sẵn căn cước."])
    shown = board(client)
    assert (shown["notice"], shown["guidance"]) == ("Chiều nay đóng cửa sớm.", ["Chuẩn bị sẵn căn cước."])
    assert shown["notice_until"] == "2026-11-23T09:05:00+07:00"
    clock.advance(timedelta(minutes=5))
    assert (board(client)["notice"], board(client)["notice_until"]) == ("", None)
    assert "đóng cửa sớm" not in client.page("/display/00070")


def test_a_screen_knows_which_files_the_server_has(app: Flask, client: CheckedClient, hall: Hall) -> None:
    with app.test_request_context():
        assert f"/{board(client)['release']}/" in url_for("display.static", filename="board.js")


# --- which screen it is --------------------------------------------------------------------------------------------


def screen(page: str) -> dict[str, Any]:
    """The data `display` of a page."""
    found = re.search(r'id="display">(.*?)</script>', page)
    assert found
    options: dict[str, Any] = json.loads(found[1])
    return options


def test_a_paired_display_has_its_own_layout_and_says_who_it_is(client: CheckedClient, hall: Hall) -> None:
    device = hall.pair({"layout": "counter", "counter": 2, "volume": 40})
    client.set_cookie("device", device)
    mine = screen(client.page("/display/00070"))
    assert (mine["layout"], mine["counter"], mine["volume"]) == ("counter", 2, 40)
    assert mine["device"] is not None
    assert mine["engine"] == "off", "the television of the hall speaks for a sign"
    assert client.get("/api/v1/offices/00070/screen").get_json() == mine
    looked = screen(client.page("/display/00070?layout=led"))
    assert (looked["layout"], looked["engine"]) == ("led", None)


def test_anybodys_browser_is_no_display(client: CheckedClient, hall: Hall) -> None:
    shown = screen(client.page("/display/00070"))
    assert shown == {
        "device": None, "layout": "wall", "counter": None, "fields": [], "volume": 100, "engine": None, "quiet": None,
    }  # fmt: skip
    assert client.get("/api/v1/offices/00070/screen").status_code == 401


def test_a_display_of_another_office_is_a_passer_by_here(client: CheckedClient, hall: Hall) -> None:
    client.set_cookie("device", hall.pair({"layout": "led"}, elsewhere=True))
    shown = screen(client.page("/display/00070"))
    assert (shown["device"], shown["layout"]) == (None, "wall")


@pytest.mark.parametrize("query", ["layout=led", "layout=counter&counter=3", "layout=public", "layout=round", "counter=x"])
def test_every_layout_is_a_whole_page_without_scripts(client: CheckedClient, hall: Hall, query: str) -> None:
    hall.take()
    hall.call()
    page = client.page(f"/display/00070?{query}")
    assert 'http-equiv="refresh"' in page
    assert "nomodule" in page


# --- the board for who waits elsewhere ------------------------------------------------------------------------------


def test_the_public_board_needs_no_right_makes_no_sound_and_cannot_say_it_was_drawn(client: CheckedClient, hall: Hall) -> None:
    for address in ("/o/00070/board", "/display/00070?layout=public"):
        page = client.page(address)
        shown = screen(page)
        assert (shown["layout"], shown["engine"], shown["device"]) == ("public", "off", None)
        assert "Bảng này chỉ để xem" in page
        assert "/o/00070/" in page
    client.set_cookie("device", hall.pair({"layout": "wall"}))
    assert screen(client.page("/o/00070/board"))["device"] is None


def test_an_office_that_publishes_no_hours_has_none_to_book_on_its_public_board(client: CheckedClient, hall: Hall) -> None:
    with hall.database.transaction() as session:
        office_by_code(session, "00070").published = False
    page = client.page("/o/00070/board")
    assert "không phải ngồi chờ</h2>" not in page
    assert client.get("/api/v1/offices/00070/outlook").get_json()["next_free"] is None


def test_elsewhere_one_reads_how_long_each_field_takes(app: Flask, client: CheckedClient, hall: Hall) -> None:
    for _person in range(4):
        hall.take()
    app.extensions["city"].look()
    told = client.get("/api/v1/offices/00070/outlook").get_json()
    (field,) = told["fields"]
    assert field["field"] == "Tư pháp"
    assert re.fullmatch(r"Chờ (khoảng|dưới) .*phút", field["wait"])
    assert told["next_free_words"] == f"{told['next_free'][11:16]} hôm nay"


def test_a_page_that_was_kept_may_be_shown_again_when_the_server_is_away(client: CheckedClient, hall: Hall) -> None:
    assert "no-store" not in client.get("/display/00070").headers["Cache-Control"]


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
