"""Every page of booking in each of its states: axe finds nothing, it fits, and it can be worked by keyboard alone.

(What fails in a page, and a request to another host, the fixture `visit` finds at the end of each test.)
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.booking.conftest import SHORT_DAY, Ward
from tests.browser.booking.test_booking_path import BIRTH, NAME, NUMBER, RESIDENCE, SMALL, times_of
from tests.browser.conftest import Check
from tests.browser.hall import COPIES, DESK, OFFICE
from tests.browser.screens.booking import Confirm, JoinWaitingList, MyBooking, Times, Waiting
from tests.browser.test_every_screen import tab_to, visit_all

pytestmark = pytest.mark.browser

TARGET = 44
TOO_SMALL = """least => [...document.querySelectorAll("a, button, select, summary, input, label.check")].filter((node) => {
  const box = node.getBoundingClientRect();
  const inSentence = node.closest("li, .brand");  // an error that leads to its field; the mark of the site
  return node.checkVisibility() && !node.matches("label *, .skip-link, [aria-hidden=true]") && !inSentence
    && box.width > 1 && (box.width < least || box.height < least);
}).map((node) => node.outerHTML.slice(0, 100))"""


def test_a_household_and_a_code(ward: Ward, check: Check) -> None:
    ward.set(confirm_code=True)
    step = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    check(step.page, "name and phone")
    step.name.fill(NAME)
    step.add().fill("1", BIRTH)
    step.add().fill("", RESIDENCE)
    check(step.page, "companions")
    assert step.page.evaluate(TOO_SMALL, TARGET) == []
    step.fill(NAME, "0912345675")
    step.press()
    expect(step.page.get_by_role("link", name="Họ và tên có ký tự không dùng được")).to_be_visible()
    check(step.page, "a companion's name that is none")
    step.page.get_by_role("link", name="Họ và tên có ký tự không dùng được").click()
    expect(step.companion(0).name).to_be_focused()
    step.companion(0).name.fill("Trần Văn Mẫu")
    step.press()
    expect(step.refusal).to_contain_text("Các thủ tục này làm ở những quầy khác nhau.")
    check(step.page, "not together")
    step.companion(1).drop()
    step.press()
    expect(step.code).to_be_visible()
    check(step.page, "code asked for")
    step.code.fill(ward.code_sent("+84912345675"))
    step.press()
    booking = MyBooking(step.page)
    check(booking.page, "booked for two")
    assert booking.page.evaluate(TOO_SMALL, TARGET) == []
    address = f"/a/{booking.token}"
    visit_all(booking.page, check, *(f"{address}/{page}" for page in ("qr", "move", "cancel", "erase")))
    booking.page.goto(address)
    booking.erase()
    expect(booking.notice).to_contain_text("Đã xóa")
    check(booking.page, "erased")


def test_a_full_day_and_its_waiting_list(ward: Ward, check: Check) -> None:
    taken = ward.take_all(day=SHORT_DAY)
    full = times_of(ward.hall.visit(**SMALL), ward.hall, day=SHORT_DAY)
    expect(full.other_places).to_have_count(1)
    check(full.page, "full")
    assert full.page.evaluate(TOO_SMALL, TARGET) == []
    form = full.ask_to_wait()
    check(form.page, "who wants to wait")
    form.button.click()
    expect(form.page.locator("#f-name-error")).to_be_visible()
    check(form.page, "refused")
    waiting = form.send(NAME, NUMBER)
    check(waiting.page, "waiting")
    ward.give_back(taken[0])
    waiting.page.reload()
    expect(waiting.kept).to_be_visible()
    check(waiting.page, "offered")
    assert waiting.page.evaluate(TOO_SMALL, TARGET) == []
    address = waiting.page.url
    booking = waiting.accept()
    booking.page.goto(address)
    check(booking.page, "accepted")
    other = ward.hall.visit(**SMALL)
    other.goto(f"/o/{OFFICE}/wait?service={ward.hall.service()}&day={SHORT_DAY}")
    left = JoinWaitingList(other).send(NAME, "0912345679")
    left.press("Thôi chờ")
    expect(left.state).to_have_text("Ông/bà đã thôi chờ")
    check(left.page, "left")


def test_an_hour_that_is_gone(ward: Ward, check: Check) -> None:
    step = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    step.fill(NAME, NUMBER)
    ward.server.wait(minutes=6)
    ward.take_all(hour="09:15")
    step.press()
    check(Times(step.page).page, "taken")


def test_a_household_is_booked_and_a_place_is_waited_for_by_keyboard_alone(ward: Ward) -> None:
    page = ward.hall.visit(**DESK)
    times_of(page, ward.hall)
    tab_to(page, ".slots .slot")
    page.keyboard.press("Enter")
    step = Confirm(page)
    tab_to(page, "[name=name]")
    page.keyboard.type(NAME)
    tab_to(page, "[name=phone]")
    page.keyboard.type(NUMBER)
    tab_to(page, "[name=add]")
    page.keyboard.press("Enter")
    expect(step.companions).to_have_count(1)
    tab_to(page, "[name=person]")
    page.keyboard.type("Trần Văn Mẫu")
    tab_to(page, "[name=person_service]")
    while step.companion(0).service.input_value() != ward.hall.service(BIRTH):
        page.keyboard.press("ArrowDown")
    tab_to(page, "[name=consent]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(MyBooking(page).people).to_have_text([f"Trần Văn Mẫu: {BIRTH}"])
    ward.take_all(day=SHORT_DAY)
    times_of(page, ward.hall, day=SHORT_DAY)
    tab_to(page, "[action$='/wait'] button")
    page.keyboard.press("Enter")
    JoinWaitingList(page)
    tab_to(page, "[name=name]")
    page.keyboard.type(NAME)
    tab_to(page, "[name=phone]")
    page.keyboard.type(NUMBER)
    tab_to(page, "[name=consent]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(Waiting(page).place).to_have_text("Ông/bà đứng đầu danh sách.")


def test_the_waiting_list_says_for_whom_it_is(ward: Ward) -> None:
    """Who comes with others is not put on a list for one."""
    ward.take_all(day=SHORT_DAY)
    step = times_of(ward.hall.visit(**SMALL), ward.hall, service=COPIES).choose("09:15")
    step.add()
    full = step.change_hour().choose_day("25")
    expect(full.page.get_by_text("Không còn giờ nào đủ chỗ cho 2 người hoặc việc cùng lúc.")).to_be_visible()
    expect(full.page.get_by_role("button", name="Vào danh sách chờ")).to_have_count(0)
