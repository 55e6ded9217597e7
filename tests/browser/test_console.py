"""An officer's morning on the console, by keys alone; and a helper who gives a number at the door meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from setup.demo_sheet import Sheet
from tests.browser.conftest import Axe, Visit
from tests.browser.hall import Hall, at
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


def test_an_officer_sees_whose_booking_it_is_says_who_did_not_come_and_that_it_is_somebody_else(hall: Hall, axe: Axe) -> None:
    booked = hall.booked(at("09:15"), "0912345601", companions=["Trần Văn Mẫu", "Lê Thị Giả"])
    kiosk = hall.kiosk()
    hall.server.wait_until(at("09:10"))
    kiosk.scan(booked.page_url)
    assert kiosk.number == "A001"
    expect(kiosk.page.locator("#badge")).to_have_text("3 người")
    console = hall.officer()
    console.call_next()
    expect(console.visitors).to_have_text([re.compile("^Nguyễn T. T."), re.compile("^Trần V. M."), re.compile("^Lê T. G.")])
    axe(console.page)
    console.key("m")
    expect(console.visitors.nth(1)).to_contain_text("Trần Văn Mẫu")
    console.visitors.nth(1).get_by_role("button").click()
    expect(console.visit_title).to_have_text("2 người đến theo lịch hẹn")
    expect(console.visitors.nth(1).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    axe(console.page)
    console.key("d")
    expect(console.state).to_have_text("Sẵn sàng")
    expect(console.line).to_have_text(["A001"])
    expect(console.toast).to_have_text("Đã ghi A001 không đúng người.")
    console.key("z")
    expect(console.visitors.first).to_contain_text("Nguyễn T. T.")
    expect(console.visit_title).to_have_text("2 người đến theo lịch hẹn")


def test_at_the_door_a_press_on_the_wrong_person_can_be_taken_back(hall: Hall, visit: Visit, axe: Axe) -> None:
    booked = hall.booked(at("09:15"), "0912345601", companions=["Trần Văn Mẫu"])
    hall.server.wait_until(at("09:10"))
    hall.kiosk().scan(booked.page_url)
    tablet = visit(**TABLET)
    SignIn(tablet).enter("huongdan", hall.sheet.passwords["huongdan"])
    door = Door(tablet)
    door.open_number("A001")
    expect(door.visitors).to_have_text([re.compile("^Nguyễn T. T."), re.compile("^Trần V. M.")])
    axe(tablet)
    door.visitors.nth(0).get_by_role("button").click()
    expect(tablet.locator("#visit-title")).to_have_text("1 người đến theo lịch hẹn")
    tablet.locator("#open-names").click()
    expect(door.visitors.nth(1)).to_contain_text("Trần Văn Mẫu")
    tablet.get_by_role("button", name="Không đúng người đặt hẹn").click()
    expect(door.rows).to_contain_text(["không đúng người đặt hẹn"])
    tablet.locator("#toast-undo").click()
    expect(door.rows).to_contain_text(["đặt hẹn 09:15"])


def test_a_lost_connection_is_said_and_heals(console: Console) -> None:
    page = console.page
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("Mất kết nối", timeout=15_000)
    page.context.set_offline(False)
    console.is_live()
    expect(page.locator("#lost")).to_be_hidden()
