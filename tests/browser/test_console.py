"""An officer's morning on the console, by keys alone; and a helper who gives a number at the door meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from setup.demo_sheet import Sheet
from tests.browser.conftest import Axe, Visit
from tests.browser.screens.console import Console, Door, sign_in

pytestmark = pytest.mark.browser

TABLET = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}


def test_an_officer_calls_serves_and_takes_back_by_keys_and_a_reload_changes_nothing(page: Page, sheet: Sheet, axe: Axe) -> None:
    sign_in(page, "canbo3", sheet.passwords["canbo3"])
    axe(page)
    console = Console(page)
    console.open_counter(3)
    axe(page)
    console.take_number("ban sao tu ban chinh")
    console.says("Đã cấp số A001")
    console.press("n")
    console.serves("A001", "Đang gọi")
    console.press("r")
    console.says("Gọi lại được sau")
    console.press("s")
    console.serves("A001", "Đang phục vụ")
    axe(page)
    page.reload()
    console.is_live()
    console.serves("A001", "Đang phục vụ")
    console.press("g")
    axe(page)
    console.press("2")
    console.press("Enter")
    expect(page.locator("#held")).to_contain_text("điền tờ khai")
    console.press("z")
    console.serves("A001", "Đang phục vụ")
    console.press("n")
    expect(page.locator("#counter-state")).to_have_text("Sẵn sàng")


def test_a_number_given_at_the_door_appears_at_the_counter_at_once(visit: Visit, page: Page, sheet: Sheet, axe: Axe) -> None:
    sign_in(page, "canbo3", sheet.passwords["canbo3"])
    console = Console(page)
    console.open_counter(3)
    tablet = visit(**TABLET)
    sign_in(tablet, "huongdan", sheet.passwords["huongdan"])
    axe(tablet)
    number = Door(tablet).give_number("ban sao tu ban chinh")
    expect(page.locator("#next")).to_contain_text(f"Gọi {number}", timeout=1000)


def test_a_lost_connection_is_said_and_heals(page: Page, sheet: Sheet) -> None:
    sign_in(page, "canbo3", sheet.passwords["canbo3"])
    console = Console(page)
    console.open_counter(3)
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("Mất kết nối", timeout=15_000)
    page.context.set_offline(False)
    console.is_live()
    expect(page.locator("#lost")).to_be_hidden()
