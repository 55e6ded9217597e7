"""A full day: who waits is offered what comes free, one after the other, and everybody can leave."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.booking.conftest import SHORT_DAY, Ward
from tests.browser.booking.test_booking_path import NAME, SMALL, press_twice, times_of
from tests.browser.screens.booking import Times, Waiting

pytestmark = pytest.mark.browser

IN_LINE = "Ông/bà đang chờ ngày Thứ Tư 25/11"


def join(ward: Ward, phone: str) -> Waiting:
    """Somebody in a browser of their own joins the waiting list of the short day."""
    return times_of(ward.hall.visit(**SMALL), ward.hall, day=SHORT_DAY).ask_to_wait().send(NAME, phone)


def look_again(waiting: Waiting, state: str) -> None:
    """Reload until it says this."""
    for _time in range(60):
        waiting.page.reload()
        if waiting.state.inner_text() == state:
            return
        waiting.page.wait_for_timeout(250)  # the server looks after the lists every few seconds
    raise AssertionError(f"{waiting.state.inner_text()!r}, never {state!r}")


def test_a_freed_place_is_offered_to_the_first_in_line_and_then_to_the_next(ward: Ward) -> None:
    taken = ward.take_all(day=SHORT_DAY)
    first, second = join(ward, "0912345671"), join(ward, "0912345672")
    expect(first.place).to_have_text("Ông/bà đứng đầu danh sách.")
    expect(second.place).to_have_text("Trước ông/bà còn 1 người.")
    first.page.clock.install()
    first.page.reload()
    expect(first.place).to_have_text("Ông/bà đứng đầu danh sách.")
    ward.give_back(taken[0])
    first.page.clock.fast_forward("01:00")  # its telephone lies on the table
    expect(first.state).to_have_text("Có chỗ trống cho ông/bà")
    expect(first.page.locator(".hour")).to_have_text("Thứ Tư 25/11, 09:00")
    expect(first.kept).to_contain_text("Chỗ này giữ cho ông/bà đến 09:10.")
    ward.server.wait(minutes=10)
    look_again(second, "Có chỗ trống cho ông/bà")
    first.press("Nhận chỗ này")
    expect(first.refusal).to_contain_text("Hiện không có chỗ nào đang giữ cho ông/bà.")
    expect(first.state).to_have_text(IN_LINE)
    address = second.page.url
    expect(second.accept().hour).to_contain_text("09:00")
    second.page.goto(address)
    expect(second.state).to_have_text("Ông/bà đã nhận chỗ")
    first.press("Thôi chờ và xóa dữ liệu của tôi")
    expect(first.state).to_have_text("Đã xóa dữ liệu")
    assert ward.bookings() == len(taken)


def test_whoever_joins_twice_or_without_need_is_told_so_and_loses_nothing(ward: Ward) -> None:
    taken = ward.take_all(day=SHORT_DAY)
    form = times_of(ward.hall.visit(**SMALL), ward.hall, day=SHORT_DAY).ask_to_wait()
    form.fill(NAME, "0912345671")
    press_twice(form.button, "**/wait")
    Waiting(form.page)
    again = times_of(form.page, ward.hall, day=SHORT_DAY).ask_to_wait()
    again.fill(NAME, "0912345671")
    again.button.click()
    expect(again.refusal).to_contain_text("đã có trong danh sách chờ của ngày đó")
    again.holds(NAME, "0912345671")
    other = times_of(ward.hall.visit(**SMALL), ward.hall, day=SHORT_DAY).ask_to_wait()
    other.fill(NAME, "0912345672")
    ward.set(freed_rest_minutes=0)
    for token in taken[:2]:  # one place for who waits, one for everybody
        ward.give_back(token)
    other.button.click()
    free = Times(other.page)
    expect(free.refusal).to_contain_text("Ngày này còn chỗ, không cần chờ.")
    free.choose("09:00").holds(NAME, "0912345672")
