"""Back, reload, no connection, a power cut, an hour that somebody else took: what was typed is there all the time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Route, expect

from tests.browser.booking.conftest import Ward
from tests.browser.booking.test_booking_path import NAME, NUMBER, SMALL, times_of
from tests.browser.hall import COPIES
from tests.browser.screens.booking import City, Confirm, MyBooking, Services, Times

pytestmark = pytest.mark.browser


def typed_in(ward: Ward) -> Confirm:
    """Somebody on step 3 with everything typed."""
    step = times_of(ward.hall.visit(**SMALL), ward.hall).choose("09:15")
    step.fill(NAME, NUMBER)
    return step


def test_going_back_and_reloading_at_every_step_loses_nothing(ward: Ward) -> None:
    page = ward.hall.visit(**SMALL)
    City(page).choose("Phường Hoàn Kiếm")
    page.reload()
    times = Services(page).choose(COPIES).choose_day("24")
    page.reload()
    expect(page.locator(".day-chosen .day-date")).to_have_text("24")
    step = times.choose("09:15")
    step.fill(NAME, NUMBER)
    page.reload()
    step.holds(NAME, NUMBER)
    page.go_back()
    Times(page).page.go_forward()
    step.holds(NAME, NUMBER)
    step.change_hour()
    page.reload()
    again = Times(page).choose("10:00")
    again.holds(NAME, NUMBER)
    page.reload()
    again.holds(NAME, NUMBER)
    again.consent.uncheck()
    again.press()
    expect(again.page.locator("#f-consent-error")).to_be_visible()
    page.reload()
    expect(again.name).to_have_value(NAME)
    again.consent.check()
    again.press()
    expect(MyBooking(page).hour).to_contain_text("10:00")
    page.go_back()
    page.reload()
    expect(again.name).to_have_value("")  # nobody who picks the telephone up next reads it
    assert ward.bookings() == 1


def test_without_a_connection_the_button_says_so_and_books_when_it_is_back(ward: Ward) -> None:
    step = typed_in(ward)
    step.page.context.set_offline(True)
    step.press()
    expect(step.offline).to_contain_text("Điện thoại đang mất mạng. Những gì đã nhập vẫn còn")
    step.holds(NAME, NUMBER)
    with pytest.raises(Error):
        step.page.reload()  # the browser's own page of no connection
    step.page.context.set_offline(False)
    step.page.reload()
    step.holds(NAME, NUMBER)
    step.press()
    expect(MyBooking(step.page).hour).to_contain_text("09:15")
    assert ward.bookings() == 1


def test_an_answer_lost_on_the_way_does_not_book_twice(ward: Ward) -> None:
    step = typed_in(ward)

    def lose_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    step.page.route("**/book", lose_answer)
    with step.page.expect_event("requestfailed"):
        step.press()
    assert ward.bookings() == 1
    step.page.unroute("**/book")
    step.page.go_back()
    step.page.reload()
    step.holds(NAME, NUMBER)
    step.press()
    expect(MyBooking(step.page).hour).to_contain_text("09:15")
    assert ward.bookings() == 1


def test_going_back_after_the_booking_finds_no_consent_to_another(ward: Ward) -> None:
    step = typed_in(ward)
    step.consent.uncheck()
    step.press()
    expect(step.refusal).to_be_visible()
    step.consent.check()
    step.press()
    expect(MyBooking(step.page).hour).to_contain_text("09:15")
    step.page.go_back(wait_until="load")
    expect(step.consent).not_to_be_checked()


def test_a_power_cut_between_two_steps_loses_nothing(ward: Ward) -> None:
    step = typed_in(ward)
    ward.restart()
    step.page.reload()
    step.holds(NAME, NUMBER)
    expect(step.kept).to_contain_text("Đang giữ chỗ này")
    step.press()
    expect(MyBooking(step.page).hour).to_contain_text("09:15")


def test_an_hour_that_somebody_took_meanwhile_leads_to_another_with_everything_still_there(ward: Ward) -> None:
    step = typed_in(ward)
    ward.server.wait(minutes=5, seconds=1)
    ward.take_all(hour="09:15")
    step.press()
    refused = Times(step.page)
    expect(refused.refusal).to_contain_text("Khung giờ này vừa hết chỗ.")
    expect(refused.hour("09:15")).to_be_disabled()
    step.page.reload()
    again = refused.choose("09:30")
    again.holds(NAME, NUMBER)
    expect(again.hour).to_contain_text("09:30")
    again.press()
    expect(MyBooking(step.page).hour).to_contain_text("09:30")
