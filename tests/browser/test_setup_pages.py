"""A head makes a machine that shows its code a display, gives a counter another service on a tablet, and takes that back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import fit
from tests.browser.conftest import Axe
from tests.browser.hall import LOBBY, Hall
from tests.browser.screens.staff import SignIn

pytestmark = pytest.mark.browser

TABLET: dict[str, Any] = {"viewport": {"width": 768, "height": 1024}, "has_touch": True}


def test_a_machine_becomes_a_display_and_a_counter_is_changed_and_changed_back(hall: Hall, axe: Axe) -> None:
    machine = hall.visit(**LOBBY)
    machine.goto("/pair/")
    axe(machine)
    assert list(fit.faults(machine)) == []
    code = machine.locator(".pair-code").inner_text()

    head = hall.visit(**TABLET)
    SignIn(head).enter("truong", hall.sheet.passwords["truong"])
    head.get_by_role("link", name="Thiết bị Ki-ốt").tap()
    head.get_by_label("Mã trên màn hình của máy").fill(code)
    head.get_by_label("Loại").select_option("display")
    head.get_by_label("Tên", exact=True).fill("Bảng cửa sau")
    head.get_by_role("button", name="Thêm").tap()
    expect(head.get_by_role("status")).to_contain_text("Máy sẽ là “Bảng cửa sau”")
    machine.wait_for_url("**/display/00070", timeout=15_000)

    head.goto("/office/00070/counters/4")
    head.get_by_role("button", name="Nhận cả Hộ kinh doanh").tap()
    expect(head.get_by_label("Đăng ký thành lập hộ kinh doanh").first).to_be_checked()
    head.get_by_role("button", name="Xem trước thay đổi").tap()
    preview = head.get_by_role("region", name="Xem trước khi lưu")
    expect(preview).to_contain_text("Quầy 4: thêm dịch vụ")
    axe(head)
    assert list(fit.faults(head)) == []
    preview.get_by_role("button", name="Lưu quầy").tap()
    expect(head.get_by_role("status")).to_contain_text("Đã lưu quầy.")

    head.get_by_role("link", name="Lịch sử thay đổi").tap()
    head.get_by_role("button", name="Hoàn tác").first.tap()
    expect(preview).to_contain_text("Quầy 4: bỏ dịch vụ")
    axe(head)
    preview.get_by_role("button", name="Hoàn tác").tap()
    expect(head.get_by_role("status")).to_contain_text("Đã hoàn tác thay đổi số 2.")
    head.goto("/office/00070/counters/4")
    expect(head.get_by_label("Đăng ký thành lập hộ kinh doanh").first).not_to_be_checked()
