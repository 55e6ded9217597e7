"""A head reads the charts of the day: drawn, told at a touch, and the same as a table."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.hall import Hall

INKED = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)"""


def test_the_charts_are_drawn_and_say_what_the_table_says(hall: Hall) -> None:
    desk = hall.officer()
    hall.numbers(desk.page, 2)
    page = hall.signed_in("truong")
    page.goto("/reports/")
    expect(page.locator('[data-chart="waits-by-hour"]')).to_contain_text("Chưa có ai được gọi")
    desk.call_next()
    expect(desk.number).to_be_visible()
    page.reload()
    expect(page.locator("html[data-charts=drawn]")).to_be_attached()
    expect(page.locator(".chart canvas")).to_have_count(2)
    for canvas in page.locator(".chart canvas").all():
        assert canvas.evaluate(INKED), "an empty picture"
    people = page.locator('[data-chart="people-by-hour"]')
    people.locator(".u-over").hover()
    expect(people.locator(".chart-here")).to_have_text("9–10 giờ: 2 người")
    people.locator("summary").click()
    expect(people.locator("tbody tr")).to_have_text(["9–10 giờ2"])
