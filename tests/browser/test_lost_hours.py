"""A head closes a day in which people are booked; the helper calls them, with one touch an hour. No script is needed for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import fit
from tests.browser.conftest import Axe
from tests.browser.hall import NARROW, Hall, at
from tests.browser.screens.staff import SignIn

pytestmark = pytest.mark.browser


def close_day(page: Page, day: str, note: str) -> None:
    """Fill the form of a single day and look at whom it hurts."""
    page.goto("/office/00070/days")
    page.get_by_label("Ngày", exact=True).fill(day)
    page.get_by_label("Lý do").fill(note)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Xem trước khi lưu")).to_be_visible()


def test_a_closed_day_is_seen_before_it_is_saved_and_its_people_are_called(hall: Hall, axe: Axe) -> None:
    booked = hall.booked(at("09:15", day=26), "0912345601", companions=["Lê Thử"])
    hall.booked(at("10:00", day=26), "02438256601")
    head = hall.signed_in("truong")
    head.goto("/office/00070/counters/1/hours")
    check(head, axe)
    close_day(head, "2026-11-26", "Sửa trụ sở")
    expect(head.get_by_text("2 lịch hẹn sẽ không giữ được giờ đã đặt")).to_be_visible()
    check(head, axe)
    head.get_by_role("button", name="Lưu ngày này").press("Enter")
    head.wait_for_url("**/calls")
    check(head, axe)

    helper = hall.visit(**NARROW)
    SignIn(helper).enter("huongdan", hall.sheet.passwords["huongdan"])
    helper.goto("/office/00070/calls")
    first = helper.locator("article").first
    expect(first.get_by_role("link", name="Gọi 0912 345 601")).to_have_attribute("href", "tel:+84912345601")
    expect(first).to_contain_text("Nguyễn T. T.")
    first.get_by_role("button", name="Xem họ tên").click()
    expect(helper.locator("article").first).to_contain_text("Nguyễn Thị Thử")
    helper.locator("article").first.get_by_role("button", name="Dời sang Thứ Sáu 27/11").click()
    expect(helper.get_by_role("status")).to_contain_text(f"Đã dời lịch hẹn {booked.code} sang Thứ Sáu 27/11, 09:15")
    helper.get_by_role("button", name="Đã gọi").click()
    expect(helper.get_by_text("Không còn ai cần gọi.")).to_be_visible()
    check(helper, axe)
    helper.get_by_role("button", name="Bỏ dấu đã gọi").click()
    expect(helper.get_by_role("heading", name="Cần gọi: 1 người")).to_be_visible()

    head.goto("/office/00070/bookings")
    expect(head.get_by_text("••• 601", exact=True)).to_have_count(2)
    check(head, axe)
    citizen = hall.phone()
    citizen.goto(booked.page_url)
    expect(citizen.locator("main")).to_contain_text("09:15")


def check(page: Page, axe: Axe) -> None:
    axe(page)
    assert list(fit.faults(page)) == [], f"{page.url} does not fit"
