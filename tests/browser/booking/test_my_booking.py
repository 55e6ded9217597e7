"""The booking's own page: calendar, large QR, paper; moved, found again, given up, forgotten."""

from __future__ import annotations

import icalendar
import pytest
from playwright.sync_api import expect

from tests.browser import qr
from tests.browser.booking.conftest import Ward
from tests.browser.booking.test_booking_path import NAME, SMALL, times_of
from tests.browser.hall import COPIES, at
from tests.browser.screens.booking import Find, MyBooking

pytestmark = pytest.mark.browser

PHONE = "0912345678"


def booked(ward: Ward) -> MyBooking:
    """Somebody on the page of their booking at 09:15."""
    return times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15").send(NAME, PHONE)


def test_calendar_scanner_and_paper_have_the_hour_and_the_code(ward: Ward) -> None:
    booking = booked(ward)
    address, code = f"{ward.server.url}/a/{booking.token}", booking.code
    (event,) = icalendar.Calendar.from_ical(booking.calendar_file()).walk("VEVENT")
    assert event.decoded("dtstart") == at("09:15")
    assert (str(event["url"]), COPIES in str(event["summary"])) == (address, True)
    assert booking.read_big_qr() == address
    booking.page.emulate_media(media="print")
    for printed in (booking.hour, booking.page.locator(".code"), booking.page.get_by_text(address), booking.papers.first):
        expect(printed).to_be_visible()
    for button in booking.page.locator("a.btn, button").all():
        expect(button).to_be_hidden()
    assert qr.read(booking.page.locator(".booking-qr").screenshot()) == address
    assert code[:3] in booking.page.locator(".code").inner_text()
    pages = booking.page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert pages == 1


def test_a_booking_is_moved_found_again_and_given_up(ward: Ward) -> None:
    booking = booked(ward)
    code, token = booking.code, booking.token
    booking.ask_move()
    booking.move_to("10:30")
    expect(booking.notice).to_contain_text("Đã đổi giờ.")
    expect(booking.window).to_have_text(["10:20", "10:40"])
    assert (booking.code, booking.token) == (code, token)
    lost = Find(ward.hall.visit(**SMALL))
    lost.send(code, "0912345679")
    expect(lost.refusal).to_contain_text("Không có lịch hẹn nào khớp cả mã và số điện thoại.")
    lost.send(f"{code[:3].lower()} {code[3:]}", PHONE)
    found = MyBooking(lost.page)
    found.ask_cancel()
    found.agree_to_cancel()
    expect(found.notice).to_contain_text("đã hủy")
    found.page.goto(f"/a/{token}/qr")
    expect(MyBooking(found.page).notice).to_contain_text("đã hủy")
    assert ward.bookings() == 0


def test_data_are_erased_by_their_owner_with_one_question(ward: Ward) -> None:
    booking = booked(ward)
    booking.erase()
    expect(booking.notice).to_contain_text("Đã xóa họ tên và số điện thoại")
    expect(booking.page.locator(".booking-qr")).to_have_count(0)
    booking.page.reload()
    expect(booking.page.get_by_role("link", name="Xóa dữ liệu của tôi")).to_have_count(0)
    assert ward.bookings() == 0
