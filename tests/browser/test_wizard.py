"""A head who has never seen the product makes a working office: every step walked, every field counted."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Check
from tests.browser.hall import LOBBY, PHONE, Hall

pytestmark = pytest.mark.browser

NEW = "/office/00004"
TYPED, PRESSED = 4, 11
"""As docs/office-file.md says; a step more is a step that somebody gives up at."""


class Novice:
    """Counts what somebody has to type and to press."""

    def __init__(self, page: Page, check: Check) -> None:
        self.page, self._check = page, check
        self.typed = self.pressed = 0

    def types(self, label: str, words: str) -> None:
        self.page.get_by_label(label).fill(words)
        self.typed += 1

    def presses(self, name: str) -> None:
        self._press(self.page.get_by_role("button", name=name))

    def follows(self, name: str) -> None:
        self._press(self.page.get_by_role("link", name=name))

    def _press(self, where: Locator) -> None:
        where.click()
        self.pressed += 1

    def is_asked(self, question: str) -> None:
        expect(self.page.get_by_role("heading", name=question, level=1)).to_be_visible()
        self._check(self.page, question)


def test_a_unit_becomes_a_working_office_in_eight_short_steps(hall: Hall, check: Check) -> None:
    display = hall.visit(**LOBBY)
    display.goto("/pair/")
    code = display.locator(".pair-code").inner_text()
    page = hall.signed_in("quantri")
    page.goto("/office/start")
    page.get_by_label("Tìm theo tên").fill("ba dinh")
    expect(page.locator("#f-office option")).to_have_text(["Phường Ba Đình (00004)"])
    began = time.monotonic()
    page.goto(f"{NEW}/")
    novice = Novice(page, check)
    novice.follows("Thiết lập từng bước")
    novice.is_asked("Đây có đúng là nơi bạn thiết lập không?")
    novice.types("Địa chỉ", "Số 2 Phố Mẫu")
    novice.presses("Lưu và tiếp tục")
    novice.is_asked("Điểm phục vụ nhận những lĩnh vực nào?")
    novice.presses("Lưu và tiếp tục")
    novice.is_asked("Có mấy quầy, mỗi quầy nhận gì?")
    novice.types("Số quầy", "3")
    novice.presses("Chia lại")
    expect(page.get_by_role("group", name="Quầy 3")).to_be_visible()
    expect(page.get_by_role("group", name="Quầy 4")).to_have_count(0)
    novice.presses("Lưu và tiếp tục")
    novice.is_asked("Mở cửa lúc nào?")
    novice.page.get_by_label("Làm cả sáng thứ Bảy").check()
    # Back and forth again: nothing of it is lost.
    page.get_by_role("button", name="Quay lại").click()
    expect(page.get_by_label("Số quầy")).to_have_value("3")
    page.get_by_role("link", name="Giờ làm việc").click()
    expect(page.get_by_label("Làm cả sáng thứ Bảy")).to_be_checked()
    novice.presses("Lưu và tiếp tục")
    novice.is_asked("Ai ngồi quầy, ai hướng dẫn ở cửa?")
    novice.types("Họ tên người thứ 1", "Ngô Thị Thí Điểm")
    novice.presses("Lưu và tiếp tục")
    expect(page.get_by_text("Tên đăng nhập: diemntt")).to_be_visible()
    check(page, "links")
    invited = hall.visit(**PHONE)
    invited.goto(page.locator(".invite a").get_attribute("href") or "")
    expect(invited.get_by_text("Xin chào Ngô Thị Thí Điểm")).to_be_visible()
    check(invited, "invitation")
    novice.follows("Đã đưa xong")
    novice.is_asked("Máy lấy số và bảng gọi số nào đặt ở đây?")
    novice.types("Mã trên bảng gọi số", code)
    novice.presses("Lưu và tiếp tục")
    # Left here, and taken up again where it is.
    page.get_by_role("link", name="Để sau").click()
    page.get_by_role("link", name="Thiết lập từng bước").click()
    novice.is_asked("Có máy in phiếu không?")
    novice.follows("Làm sau")
    novice.is_asked("Mở cho người dân đặt hẹn?")
    page.get_by_role("button", name="Công bố").click()
    novice.pressed += 1
    expect(page.get_by_role("heading", name="Việc nên làm tiếp")).to_be_visible()
    check(page, "what next")
    display.wait_for_url("**/display/00004", timeout=15_000)
    assert page.request.get("/api/v1/offices/00004/services").json()
    slots = "/api/v1/offices/00004/slots?service=2.000815&day=2026-11-28"
    assert {slot["starts_at"][11:13] for slot in page.request.get(slots).json()} <= {"08", "09", "10", "11"}
    assert (novice.typed, novice.pressed) == (TYPED, PRESSED)
    assert time.monotonic() - began < 600
