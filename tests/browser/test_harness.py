"""The harness of the browser tests does find what it is there to find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from setup.demo_sheet import Sheet
from tests.browser.conftest import Axe

pytestmark = pytest.mark.browser

GOOD = '<!doctype html><html lang="vi"><title>Trang</title><main><h1>Xin chào</h1></main></html>'


def test_axe_is_content_with_a_good_page_and_finds_a_bad_one(chromium: Browser, axe: Axe) -> None:
    page = chromium.new_page()
    page.set_content(GOOD)
    axe(page)
    page.set_content(GOOD.replace("Xin chào", '<span style="color: #ddd; background: #fff">Xin chào</span><img src="data:,">'))
    with pytest.raises(AssertionError, match=r"color-contrast.*image-alt"):
        axe(page)
    page.close()


def test_the_server_of_a_test_shows_the_demo_ward(page: Page, sheet: Sheet, axe: Axe) -> None:
    page.goto("/o/00070/")
    assert page.locator("h1").count() == 1
    axe(page)
    assert "canbo1" in sheet.passwords
