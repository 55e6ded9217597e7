"""The officer knows whether the hall saw and heard the call; the person's own telephone says what to do, and asks how it was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check
from tests.browser.hall import NARROW, Hall
from tests.browser.screens.lobby import TicketPage

pytestmark = pytest.mark.browser

SHAKES = "navigator.vibrate = pattern => { (window.shaken = window.shaken || []).push(pattern); return true; };"


def ticket_of(hall: Hall, page: Page) -> str:
    """The page of a new walk-in's ticket; taken by whoever is signed in on `page`."""
    mark = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = page.request.post("/api/v1/offices/00070/tickets", data={"service": hall.service()}, headers={"X-CSRFToken": mark})
    return f"/t/{answer.json()['token']}"


def test_the_console_says_that_the_hall_saw_it_and_when_to_call_aloud(hall: Hall, check: Check) -> None:
    desk, lobby = hall.officer(), hall.lobby()
    hall.numbers(desk.page, 2)
    heard = desk.page.locator("#heard")
    desk.call_next()
    expect(heard).to_contain_text("bảng: đã hiện")
    check(desk.page, "a call that the hall saw")
    lobby.page.close()
    hall.server.wait(seconds=100)
    desk.look_again()
    desk.call_next()
    expect(heard).to_contain_text("mời gọi bằng lời")
    expect(heard).to_contain_text("bảng: mất kết nối")
    expect(desk.page.locator("#heard-said")).to_have_text("mời gọi bằng lời: bảng: mất kết nối")
    desk.key("s")
    expect(heard).to_have_count(0)


def test_a_telephone_grows_louder_catches_up_after_a_lost_network_and_asks_how_it_was(hall: Hall, check: Check) -> None:
    desk = hall.officer()
    hall.numbers(desk.page, 3)
    phone = hall.visit(**NARROW)
    phone.add_init_script(SHAKES)
    ticket = TicketPage(phone, ticket_of(hall, desk.page))
    body = phone.locator("body")
    expect(body).to_have_class("ticket state-waiting")
    phone.get_by_role("button", name="Báo khi sắp đến lượt").click()
    desk.call_next()
    expect(body).to_have_class(re.compile("near-soon"))
    assert phone.evaluate("window.shaken.length") == 2, "once for the touch, once because it is soon"
    phone.context.set_offline(True)
    expect(phone.locator("#lost")).to_contain_text("Xin nhìn bảng gọi số ở sảnh", timeout=30_000)
    desk.call_next()
    desk.call_next()
    expect(ticket.title).to_have_text("Còn 2 người trước")
    phone.context.set_offline(False)
    expect(ticket.title).to_have_text("Ông/bà là người tiếp theo", timeout=5_000)
    expect(phone.locator("#lost")).to_be_hidden()
    check(phone, "next")
    desk.call_next()
    expect(ticket.call).to_be_visible()
    expect(phone.get_by_role("alert").first).to_have_text("Đến lượt ông/bà. Số A004, mời đến quầy 3.")
    assert phone.evaluate("window.shaken.length") == 3
    expect(phone).to_have_title(re.compile("ĐẾN LƯỢT · A004|Quầy 3 · A004"))
    desk.key("x")
    phone.get_by_role("button", name="Hài lòng", exact=True).click()
    expect(phone.locator("#rated")).to_have_text("Đã ghi nhận.")
    expect(phone.get_by_role("button", name="Hài lòng", exact=True)).to_have_attribute("aria-pressed", "true")
    check(phone, "rated")
    phone.set_viewport_size({"width": 320, "height": 568})
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    check(phone, "rated, at twice the text")
