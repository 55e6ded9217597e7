"""The harness of the browser tests does find what it is there to find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

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
