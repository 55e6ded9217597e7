"""A display of the lobby through what befalls it: late answers, a network that takes no sockets, a server that is away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.hall import LOBBY, Hall

pytestmark = pytest.mark.browser

HEAR_DRAWN = """() => new MutationObserver(() => noteDrawn(document.getElementById("number").textContent))
  .observe(document.getElementById("number"), {childList: true, characterData: true, subtree: true})"""


class SocketByHand:
    """The server's end of a screen's socket, in the hands of a test: it says which snapshot comes when."""

    def __init__(self, page: Page) -> None:
        page.route_web_socket("**/socket.io/**", self._open)
        self.socket: WebSocketRoute | None = None

    def _open(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(self._hear)
        socket.send('0{"sid":"a","upgrades":[],"pingInterval":20000,"pingTimeout":15000,"maxPayload":1000000}')

    def _hear(self, said: str | bytes) -> None:
        if str(said).startswith("40/board"):
            assert self.socket
            self.socket.send('40/board,{"sid":"b"}')

    def send(self, snapshot: dict[str, Any]) -> None:
        assert self.socket
        self.socket.send(f'42/board,["snapshot",{json.dumps(snapshot)}]')


def with_call(board: dict[str, Any], version: int, number: str, *, now: str = "") -> dict[str, Any]:
    """The board at this version, with this number as the newest call."""
    now = now or str(board["now"])
    call = {"call_id": version, "number": number, "counter": 1, "service": "A", "field": "Hộ tịch", "called_at": now, "times": 1}
    return board | {
        "version": version, "now": now, "recent": [call | {"last_called_at": now, "speech": []}], "open_counters": [1],
    }  # fmt: skip


def test_an_older_board_is_never_drawn_unless_the_database_itself_went_back(hall: Hall) -> None:
    """Late, repeated or out of order: none of it reaches the wall. What was asked for after the newer one was drawn does: then
    the database is one of before, from a backup."""
    page, drawn = hall.visit(**LOBBY), list[str]()
    server, held = SocketByHand(page), list[Route]()
    page.expose_function("noteDrawn", lambda number: drawn.append(number))
    page.goto("/display/00070")
    shown = page.request.get("/api/v1/offices/00070/board").json()
    page.route("**/api/v1/offices/00070/board", lambda route: held.append(route))
    page.evaluate(HEAR_DRAWN)
    server.send(with_call(shown, 101, "A101"))
    expect(page.locator("#recent")).to_contain_text("A101")
    with page.expect_request("**/api/v1/offices/00070/board"):
        server.send(with_call(shown, 100, "A100"))
    server.send(with_call(shown, 101, "A099", now="2026-11-23T08:00:00+07:00"))
    server.send(with_call(shown, 102, "A102"))
    expect(page.locator("#recent")).to_contain_text("A102")
    restored = with_call(shown, 50, "A050")
    with page.expect_response("**/api/v1/offices/00070/board"):
        held[0].fulfill(json=restored)  # but asked for before A102 was drawn
    server.send(with_call(shown, 103, "A103"))
    expect(page.locator("#recent")).to_contain_text("A103")
    page.unroute("**/api/v1/offices/00070/board")
    page.route("**/api/v1/offices/00070/board", lambda route: route.fulfill(json=restored))
    while "A050" not in page.locator("#recent").inner_text():
        server.send(restored)
        page.evaluate("new Promise(requestAnimationFrame)")
    assert {"A100", "A099"}.isdisjoint(drawn)
    assert len(drawn) == len(set(drawn)), f"something older came between: {drawn}"


def test_where_sockets_are_refused_the_board_is_asked_for_and_says_nothing_of_it(hall: Hall) -> None:
    page = hall.visit(**LOBBY)
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto("/display/00070")
    desk = hall.officer()
    (number,) = hall.numbers(desk.page, 1)
    desk.call_next()
    expect(page.locator("#number")).to_have_text(number)
    expect(page.locator("#lost")).to_be_hidden()


def test_a_display_keeps_its_board_with_its_age_and_comes_back_by_itself(hall: Hall) -> None:
    desk = hall.officer()
    first, second = hall.numbers(desk.page, 2)
    desk.call_next()
    sockets: list[WebSocketRoute] = []
    page = hall.visit(**LOBBY)

    def follow(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/socket.io/**", follow)
    page.goto("/display/00070")
    expect(page.locator("#number")).to_have_text(first)
    page.context.set_offline(True)
    sockets[0].close()
    lost = page.locator("#lost")
    expect(lost).to_contain_text("Mất kết nối với máy chủ. Bảng này đúng lúc 09:0", timeout=20_000)
    expect(page.locator("#number")).to_have_text(first)
    desk.key("s")
    desk.key("f")
    desk.call_next()
    expect(page.locator("#number")).to_have_text(first)
    page.context.set_offline(False)
    expect(page.locator("#number")).to_have_text(second)
    expect(lost).to_be_hidden()
