"""An officer's morning on the console, by keys alone; and a helper who gives a number at the door meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from setup.demo_sheet import Sheet
from tests.browser.conftest import Axe, Visit
from tests.browser.screens.counter import ChooseCounter, Console
from tests.browser.screens.door import Door
from tests.browser.screens.staff import SignIn

pytestmark = pytest.mark.browser

TABLET = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}


@pytest.fixture
def console(page: Page, sheet: Sheet, axe: Axe) -> Console:
    """canbo3 at counter 3."""
    SignIn(page).enter("canbo3", sheet.passwords["canbo3"])
    choose = ChooseCounter(page)
    axe(page)
    return choose.open(3)


def test_an_officer_calls_serves_and_takes_back_by_keys_and_a_reload_changes_nothing(console: Console, axe: Axe) -> None:
    page = console.page
    axe(page)
    console.key("k")
    page.locator("[data-narrows=take-service]").fill("ban sao tu ban chinh")
    console.key("Enter")
    expect(console.toast).to_contain_text("Đã cấp số A001")
    console.key("n")
    expect(console.number).to_have_text("A001")
    expect(console.state).to_have_text("Đang gọi")
    console.key("r")
    expect(console.toast).to_contain_text("Gọi lại được sau")
    console.key("s")
    expect(console.state).to_have_text("Đang phục vụ")
    axe(page)
    page.reload()
    console.is_live()
    expect(console.number).to_have_text("A001")
    console.key("g")
    axe(page)
    console.key("2")
    console.key("Enter")
    expect(page.locator("#held")).to_contain_text("điền tờ khai")
    console.key("z")
    expect(console.state).to_have_text("Đang phục vụ")
    console.key("n")
    expect(console.state).to_have_text("Sẵn sàng")


def test_a_number_given_at_the_door_appears_at_the_counter_at_once(
    visit: Visit, console: Console, sheet: Sheet, axe: Axe
) -> None:
    tablet = visit(**TABLET)
    SignIn(tablet).enter("huongdan", sheet.passwords["huongdan"])
    axe(tablet)
    number = Door(tablet).give_number("ban sao tu ban chinh")
    expect(console.next_words).to_contain_text(f"Gọi {number}", timeout=1000)


def test_a_lost_connection_is_said_and_heals(console: Console) -> None:
    page = console.page
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("Mất kết nối", timeout=15_000)
    page.context.set_offline(False)
    console.is_live()
    expect(page.locator("#lost")).to_be_hidden()
