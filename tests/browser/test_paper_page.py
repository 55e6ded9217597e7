"""The technician's page of printers, as somebody with a tablet uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Check
from tests.browser.hall import Hall

pytestmark = pytest.mark.browser


LOOKS_EVERY_MS = 4000


def comes_out(row: Locator) -> None:
    """The page looks again by itself until the paper is out; nobody here waits for its hour."""
    for _look in range(15):
        row.page.clock.run_for(LOOKS_EVERY_MS)
        try:
            expect(row).to_contain_text("đã in", timeout=1000)
            return
        except AssertionError:
            continue
    raise AssertionError(row.inner_text())


def test_a_test_page_is_seen_to_come_out_without_loading_the_page_again(hall: Hall, check: Check) -> None:
    page = hall.signed_in("truong")
    hall.numbers(page, 1)
    page.clock.install()
    page.goto("/printers/00070/")
    check(page, "a slip came out")
    page.get_by_role("button", name="In thử").first.click()
    row = page.locator("#jobs tbody tr", has_text="In thử").first
    comes_out(row)
    page.locator("#jobs tbody tr", has_text="A001").get_by_role("button", name="In lại").click()
    expect(page.locator(".notices")).to_contain_text("BẢN IN LẠI")
    comes_out(page.locator("#jobs tbody tr", has_text="bản in lại").first)
    page.get_by_role("button", name="Thêm máy in").click()
    page.locator("#f-name-new").fill("Máy in quầy 2")
    page.get_by_role("button", name="Thêm máy in").click()
    expect(page.get_by_role("alert")).to_contain_text("192.168.1.50:9100")
    expect(page.locator("#f-name-new")).to_have_value("Máy in quầy 2")
    check(page, "refused, with what was typed")
