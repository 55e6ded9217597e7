"""The edges of a day on their screens: a field that stops, for the head, the hall, the kiosk and who books; closing the day."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check
from tests.browser.hall import CERTIFYING, COPIES, NARROW, Hall
from tests.browser.screens.counter import Console
from tests.browser.screens.day import ClosingDay
from tests.browser.screens.kiosk import Kiosk

pytestmark = pytest.mark.browser

WHY = "Hôm nay tạm ngừng nhận lĩnh vực Chứng thực: Mất điện."


def stop_certifying(head: Page, check: Check) -> None:
    head.goto("/office/00070/stops")
    head.get_by_label("Lĩnh vực").select_option(label=CERTIFYING)
    head.get_by_label("Lý do").fill("Mất điện")
    head.get_by_role("button", name="Xem ai bị ảnh hưởng").click()
    check(head, "whom it hurts")
    head.get_by_role("button", name="Đóng ngay").click()
    head.wait_for_url("**/stops")


def test_a_field_that_stops_is_said_everywhere_at_once_and_so_is_its_return(hall: Hall, check: Check) -> None:
    kiosk, lobby, head = hall.kiosk(), hall.lobby(), hall.signed_in("truong")
    stop_certifying(head, check)
    check(head, "stopped")
    expect(lobby.page.locator("#stops")).to_have_text(WHY)
    check(lobby.page, "stopped")
    tile = kiosk.page.locator("#tiles").get_by_role("button", name=CERTIFYING)
    expect(tile).to_contain_text("Hôm nay tạm ngừng")
    check(kiosk.page, "a field stopped")
    tile.tap()
    expect(kiosk.refusal).to_have_text(WHY)
    check(kiosk.page, "why it is stopped")
    kiosk.touch("English")
    expect(kiosk.refusal).not_to_have_text(WHY)
    kiosk.touch("Tiếng Việt")
    kiosk.touch("Quay lại")
    citizen = hall.visit(**NARROW)
    citizen.goto(f"/o/00070/time?service={hall.service()}")
    expect(citizen.locator(".notice-amber").first).to_contain_text(WHY)
    expect(citizen.locator(".day").first).to_contain_text("tạm ngừng")
    check(citizen, "stopped today")
    head.goto("/office/00070/stops")
    head.get_by_role("button", name="Mở lại").click()
    expect(lobby.page.locator("#stops")).to_be_hidden()
    expect(tile).not_to_contain_text("tạm ngừng")
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    assert kiosk.number == "A001"


def take(kiosk: Kiosk, numbers: int) -> None:
    for number in range(1, numbers + 1):
        kiosk.touch_tile(CERTIFYING)
        kiosk.take(COPIES).tap()
        assert kiosk.number == f"A{number:03}"
        kiosk.go_home()


def test_every_remaining_person_is_decided_by_keyboard_and_then_the_day_is_closed(hall: Hall, check: Check) -> None:
    take(hall.kiosk(), 3)
    desk: Console = hall.officer()
    desk.call_next()
    expect(desk.number).to_have_text("A001")
    page = ClosingDay(desk.page)
    expect(page.numbers).to_have_text(["A001", "A002", "A003"])
    expect(page.close).to_be_hidden()
    check(page.page, "three people left")
    page.press("Đã phục vụ xong", "A001")
    expect(page.numbers).to_have_text(["A002", "A003"])
    page.press("Phiếu ngày 24/11", "A002")
    expect(page.said).to_contain_text("Đã cấp phiếu ngày 24/11 cho A002")
    expect(page.places).to_contain_text("đã cấp 1/20")
    page.undo.focus()
    page.page.keyboard.press("Enter")
    expect(page.numbers).to_have_text(["A002", "A003"])
    page.press("Phiếu ngày 24/11", "A002")
    expect(page.numbers).to_have_text(["A003"])
    page.page.context.set_offline(True)
    expect(page.lost).to_contain_text("Mất kết nối", timeout=15_000)
    page.press("Hủy số", "A003")
    expect(page.said).to_contain_text("Máy chủ không trả lời")
    check(page.page, "no connection")
    page.page.context.set_offline(False)
    expect(page.lost).to_be_hidden(timeout=15_000)
    page.press("Hủy số", "A003")
    expect(page.title_of_rest).to_have_text("Mọi số của ngày này đã được quyết định.")
    check(page.page, "nobody left")
    page.close.focus()
    page.page.keyboard.press("Enter")
    expect(page.note).to_contain_text("Đã chốt lúc")
    expect(page.page.locator("[data-fate=carried]")).to_have_text("1")
    check(page.page, "closed")


def test_todays_bookings_are_a_page_to_print(hall: Hall, check: Check) -> None:
    page = hall.signed_in("huongdan")
    page.goto("/door/bookings")
    expect(page.get_by_role("button", name="In trang này")).to_be_visible()
    check(page, "bookings")
