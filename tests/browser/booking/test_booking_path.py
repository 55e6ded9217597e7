"""From the city's page to the booking: three screens, two typed fields, and places that are kept and shared truly."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.booking.conftest import SHORT_DAY, Ward
from tests.browser.hall import COPIES, OFFICE, PHONE, Hall, at
from tests.browser.screens.booking import City, Confirm, MyBooking, Times

pytestmark = pytest.mark.browser

SMALL: dict[str, Any] = PHONE | {"viewport": {"width": 360, "height": 740}}
NAME, NUMBER = "Nguyễn Thị Thử", "0912 345 678"
BIRTH, RESIDENCE, COMPANY = "Đăng ký khai sinh", "Đăng ký thường trú", "Đăng ký thành lập hộ kinh doanh"
MOST_SCREENS, MOST_FIELDS, MOST_TAPS = 3, 2, 6


def times_of(page: Page, hall: Hall, *, day: str = "", service: str = COPIES) -> Times:
    """Open step 2 of a service as a link would."""
    page.goto(f"/o/{OFFICE}/time?service={hall.service(service)}&day={day}")
    return Times(page)


class Counted:
    """A page on which everything a person sees and does is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.screens: list[str] = []
        self.typed, self.taps = 0, 0
        page.on("framenavigated", lambda frame: self.screens.append(page.url))

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.tap()

    def heading(self, address: str) -> str:
        """What the next screen, at `address`, says first."""
        self.page.wait_for_url(address)
        return self.page.get_by_role("heading", level=1).inner_text()

    def type(self, what: Locator, text: str) -> None:
        self.typed += 1
        what.fill(text)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_next_free_hour_takes_three_screens_two_typed_fields_and_six_taps(hall: Hall, lang: str) -> None:
    page = hall.visit(**SMALL)
    page.goto(f"/?lang={lang}")
    citizen = Counted(page)
    citizen.tap(page.get_by_role("link", name="Hoàn Kiếm"))
    headings = [citizen.heading("**/o/00070/")]
    citizen.tap(page.locator("details.service summary").first)
    citizen.tap(page.locator("details[open] a.btn-primary"))
    headings.append(citizen.heading("**/time?*"))
    citizen.tap(page.locator(".first-free button"))
    headings.append(citizen.heading("**/confirm?*"))
    asked = page.locator("main").locator("input:visible, textarea:visible, select:visible")
    assert [field.get_attribute("name") for field in asked.all()] == ["name", "phone", "consent"]
    citizen.type(page.locator("[name=name]"), NAME)
    citizen.type(page.locator("[name=phone]"), NUMBER)
    citizen.tap(page.locator("[name=consent]"))
    citizen.tap(page.locator("form .btn-large[type=submit]"))
    expect(MyBooking(page).hour).to_contain_text("09:15")
    before = [address for address in citizen.screens if "/a/" not in address]
    assert len(before) <= MOST_SCREENS, before
    assert citizen.typed <= MOST_FIELDS
    assert citizen.taps <= MOST_TAPS
    assert page.locator("html").get_attribute("lang") == lang
    assert all(heading.isascii() for heading in headings) == (lang == "en"), headings


def test_a_kept_place_is_counted_down_and_books_after_its_end_while_there_is_room(hall: Hall) -> None:
    step = times_of(hall.visit(**SMALL), hall).choose("09:15")
    expect(step.kept).to_contain_text("Đang giữ chỗ này cho ông/bà đến 09:0")
    expect(step.kept.locator("[data-countdown]")).to_have_text(re.compile("^4:5[0-9]$"))
    hall.server.wait(minutes=4, seconds=56)
    step.page.reload()
    expect(step.kept.get_by_role("status")).to_have_text("Còn một phút.")
    expect(step.kept).to_contain_text("Đã hết thời gian giữ chỗ. Ông/bà vẫn đặt được nếu giờ này còn chỗ.", timeout=15_000)
    expect(step.kept.locator("[data-countdown]")).to_be_empty()
    hall.server.wait(seconds=10)
    expect(step.send(NAME, NUMBER).hour).to_contain_text("09:15")


def test_a_kept_place_is_missing_for_others_and_a_device_keeps_one(hall: Hall) -> None:
    mine, other = times_of(hall.visit(**SMALL), hall), times_of(hall.visit(**SMALL), hall)
    free, next_free = other.left("09:15").inner_text(), other.left("09:30").inner_text()
    step = mine.choose("09:15")
    other.page.reload()
    expect(other.left("09:15")).not_to_have_text(free)
    step.change_hour().choose("09:30")
    other.page.reload()
    expect(other.left("09:15")).to_have_text(free)
    expect(other.left("09:30")).not_to_have_text(next_free)


def press_twice(button: Locator, address: str) -> None:
    """Press, and press again while the answer, which the server has given, is still on its way."""
    on_the_way: list[Route] = []

    def answer(route: Route) -> None:
        if on_the_way:
            route.continue_()
        else:
            on_the_way.append(route)
            route.fetch(max_redirects=0)

    button.page.route(address, answer)
    # By the page itself: a press of the test's would wait for the answer to the first.
    button.evaluate("node => { node.click(); setTimeout(() => node.click(), 500); }")
    expect(button.page).to_have_url(re.compile(r"/[aw]/[\w-]+$"))


def test_pressing_twice_books_once(ward: Ward) -> None:
    step = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    step.fill(NAME, NUMBER)
    press_twice(step.button, "**/book")
    MyBooking(step.page)
    assert ward.bookings() == 1


def test_the_second_of_two_tabs_is_told_of_the_first_and_may_take_another_day(ward: Ward) -> None:
    first = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    second = times_of(first.page.context.new_page(), ward.hall).choose("10:00")
    second.fill(NAME, NUMBER)
    first.send(NAME, NUMBER)
    second.press()
    refused = Times(second.page)
    expect(refused.refusal).to_contain_text("đã có một lịch hẹn cùng lĩnh vực trong ngày")
    again = refused.choose_day("24").choose("10:00")
    again.holds(NAME, NUMBER)
    again.press()
    expect(MyBooking(second.page).hour).to_contain_text("Thứ Ba 24/11")
    assert ward.bookings() == 2


def test_a_household_is_one_booking_and_one_number_for_three(ward: Ward) -> None:
    step = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    step.name.fill(NAME)
    step.add().fill("Lê Thị Thừa", COPIES)
    child, errand = step.companion(0), step.companion(1)
    step.add()
    child.drop()
    expect(step.companions).to_have_count(1)
    expect(child.name).to_have_value("")
    step.add()
    offered = child.service.locator("option").all_inner_texts()
    assert BIRTH in offered
    assert COMPANY not in offered, "no counter does this and copies, too"
    child.fill("Trần Văn Mẫu", BIRTH)
    errand.fill("", RESIDENCE)
    step.fill(NAME, NUMBER)
    step.press()
    expect(step.refusal).to_contain_text("Các thủ tục này làm ở những quầy khác nhau.")
    expect(errand.service).to_have_value(ward.hall.service(RESIDENCE))
    step.page.reload()
    errand.service.select_option(label=COPIES)
    step.page.reload()
    step.holds(NAME, NUMBER)
    expect(child.name).to_have_value("Trần Văn Mẫu")
    expect(errand.service).to_have_value(ward.hall.service(COPIES))
    step.press()
    booking = MyBooking(step.page)
    expect(booking.people).to_have_text([f"Trần Văn Mẫu: {BIRTH}", f"{NAME}: {COPIES}"])
    kiosk = ward.hall.kiosk()
    ward.server.wait_until(at("09:08"))
    kiosk.scan(f"{ward.server.url}/a/{booking.token}")
    expect(kiosk.screen("result")).to_contain_text("3 người")
    assert ward.bookings() == 1


def test_a_full_day_offers_other_days_the_waiting_list_and_the_ward_beside(ward: Ward) -> None:
    ward.take_all(day=SHORT_DAY)
    full = times_of(ward.hall.visit(**SMALL), ward.hall).choose_day("25")
    expect(full.page.get_by_role("heading", name="Ngày này đã hết chỗ")).to_be_in_viewport()
    expect(full.page.locator(".slots")).to_have_count(0)
    expect(full.other_places).to_contain_text(["Phường Cửa Nam"])
    full.other_places.first.click()
    expect(Times(full.page).page.locator(".first-free-hour")).to_contain_text("Thứ Hai 23/11")
    full.page.go_back()
    expect(full.choose_day("24").hour("09:15")).to_be_enabled()


def test_who_wants_a_code_gets_it_by_message_and_books_with_it(ward: Ward) -> None:
    ward.set(confirm_code=True)
    step = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    expect(step.code).to_be_hidden()
    step.fill(NAME, NUMBER)
    step.press()
    expect(step.code).to_be_focused()
    sent = ward.code_sent("+84912345678")
    step.code.fill("000000" if sent != "000000" else "111111")
    step.press()
    expect(step.page.locator("#f-phone_code-error")).to_contain_text("Mã xác nhận chưa đúng hoặc đã hết hạn.")
    step.holds(NAME, NUMBER)
    step.page.get_by_role("button", name="Nhận mã mới").click()
    expect(step.refusal).to_contain_text("Mã vừa được gửi đến số điện thoại này.")
    step.code.fill(f"{sent[:3]} {sent[3:]}")
    step.press()
    expect(MyBooking(step.page).hour).to_contain_text("09:15")


def test_the_whole_path_works_without_scripts(ward: Ward) -> None:
    page = ward.hall.visit(**SMALL, java_script_enabled=False)
    step = City(page).choose("Phường Hoàn Kiếm").choose(COPIES).choose("09:15")
    step.fill(NAME, NUMBER)
    step.add().fill("Trần Văn Mẫu", BIRTH)
    step.add()
    step.holds(NAME, NUMBER)
    step.companion(1).drop()
    expect(step.companions).to_have_count(1)
    again = step.change_hour().choose_day("24").choose("10:00")
    again.holds(NAME, NUMBER)
    expect(again.companion(0).name).to_have_value("Trần Văn Mẫu")
    Confirm(page).press()
    booking = MyBooking(page)
    expect(booking.people).to_have_text([f"Trần Văn Mẫu: {BIRTH}"])
    booking.ask_move()
    booking.move_to("11:00")
    ward.take_all(day=SHORT_DAY)
    waiting = times_of(page, ward.hall, day=SHORT_DAY).ask_to_wait().send(NAME, NUMBER)
    expect(waiting.place).to_have_text("Ông/bà đứng đầu danh sách.")
    waiting.press("Thôi chờ")
    expect(waiting.state).to_have_text("Ông/bà đã thôi chờ")
