"""Every screen: axe finds nothing, it fits on a small phone and at twice the text size, nothing in it fails or calls outside.

(What fails in a page, and a request to another host, the fixture `visit` finds at the end of each test.)
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core.database import Database
from office.store import office_by_code
from tests.browser import fit
from tests.browser.conftest import Check
from tests.browser.hall import CERTIFYING, COPIES, DESK, NARROW, OFFICE, Hall, at
from tests.browser.screens.booking import City, MyBooking
from tests.browser.screens.counter import ChooseCounter
from tests.browser.screens.door import Door
from tests.conftest import MONDAY_MORNING
from tests.reports.test_replay import add_rush

pytestmark = pytest.mark.browser

SHOWS_FOCUS = "node => getComputedStyle(node).outlineStyle !== 'none'"


def visit_all(page: Page, check: Check, *addresses: str) -> None:
    for address in addresses:
        page.goto(address)
        check(page, address)


def test_the_citizens_pages(hall: Hall, check: Check) -> None:
    page = hall.visit(**NARROW)
    service = hall.service()
    visit_all(page, check, "/", "/?q=khong-co-noi-nao", "/?lang=en", "/?lang=vi", "/o/00070/", f"/o/00070/time?service={service}")
    page.goto(f"/o/00070/confirm?service={service}&at=2026-11-23T09:15")
    check(page, "confirm")
    page.get_by_role("button", name="Đặt lịch hẹn").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "confirm, refused")


def test_the_pages_of_a_booking_and_of_a_ticket(hall: Hall, check: Check) -> None:
    booked = hall.booked(at("09:15"), "0912345601")
    page = hall.visit(**NARROW)
    visit_all(page, check, *(f"/a/{booked.token}{rest}" for rest in ("", "/cancel", "/move")))
    hall.server.wait_until(at("09:10"))
    page.goto(f"/a/{booked.token}")
    page.get_by_role("button", name="Tôi đã đến").click()
    page.wait_for_url("**/t/*")
    address = page.url
    check(page, "waiting")
    desk = hall.officer()
    desk.call_next()
    expect(page.locator("#call")).to_be_visible()
    check(page, "called")
    desk.key("v")
    expect(page.locator(".state-missed")).to_be_visible()
    check(page, "missed")
    visit_all(page, check, f"/a/{booked.token}", address)


def test_the_errors_and_the_pages_for_programs_and_devices(hall: Hall, check: Check) -> None:
    page = hall.visit(**DESK)
    visit_all(page, check, "/khong-co-trang-nay", "/a/khong-co", "/o/99999/", "/t/khong-co", "/api/v1/", "/sign-in")
    visit_all(page, check, "/kiosk/00070", "/pair/", "/pair/SAIMASAI", f"/pair/{hall.sheet.codes['kiosk']}")
    page.get_by_role("button", name="Ghép máy này").click()
    page.wait_for_url("**/kiosk/00070")
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill("canbo1")
    page.get_by_label("Mật khẩu").fill("sai")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "refused")


def test_the_kiosk_in_each_of_its_states(hall: Hall, check: Check) -> None:
    booked = hall.booked(at("09:15", day=24), "0912345601")
    kiosk = hall.kiosk()
    check(kiosk.page, "home")
    kiosk.touch_tile(CERTIFYING)
    check(kiosk.page, "services")
    kiosk.sheets.tap()
    check(kiosk.page, "what to bring")
    kiosk.sheets.tap()
    kiosk.take(COPIES).tap()
    expect(kiosk.paper).to_have_text("Mời lấy phiếu")
    check(kiosk.page, "result")
    kiosk.go_home()
    kiosk.touch("Tôi đã đặt lịch hẹn")
    check(kiosk.page, "checkin")
    kiosk.scan(booked.page_url)
    check(kiosk.page, "refused")
    kiosk.touch("Cần người giúp")
    check(kiosk.page, "help")
    kiosk.touch("English")
    check(kiosk.page, "help in English")
    kiosk.touch("Back")
    kiosk.page.context.set_offline(True)
    expect(kiosk.screen("lost")).to_be_visible(timeout=15_000)
    check(kiosk.page, "no network")


def test_the_lobby_before_and_after_a_call(hall: Hall, check: Check) -> None:
    board = hall.lobby()
    check(board.page, "nobody called yet")
    kiosk, desk = hall.kiosk(), hall.officer()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    expect(desk.next_words).to_contain_text("Gọi A001")
    desk.call_next()
    expect(board.number).to_have_text("A001")
    check(board.page, "called")
    other_layouts = ("led", "counter&counter=3", "counter&counter=9")
    visit_all(board.page, check, *(f"/display/00070?layout={layout}" for layout in other_layouts), "/o/00070/board")


def test_the_officers_screens(hall: Hall, check: Check) -> None:
    page = hall.signed_in("canbo1")
    choose = ChooseCounter(page)
    check(page, "choose")
    desk = choose.open(3)
    check(page, "nobody waiting")
    for key, name in (("?", "help"), ("k", "take a number"), ("p", "pause"), ("b", "hand over"), ("i", "what to bring")):
        desk.key(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        check(page, name)
        desk.think_better()
    first, second = hall.numbers(page, 2)
    expect(desk.upcoming).to_contain_text(first)
    check(page, "somebody is next")
    desk.open_number(second)
    check(page, "a number of the line")
    desk.think_better()
    page.locator("#find-number").fill("")
    page.locator("#find-number").blur()
    desk.call_next()
    expect(desk.number).to_be_visible()
    check(page, "called")
    desk.key("s")
    expect(desk.state).to_have_text("Đang phục vụ")
    for key, name in (("g", "hold"), ("c", "transfer"), ("t", "papers"), ("l", "further"), ("h", "dossier")):
        desk.key(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        check(page, name)
        desk.think_better()
    visit_all(page, check, "/office/00070/")  # which is not the officer's to see


def test_the_screens_of_the_door_and_of_who_manages_the_office(hall: Hall, check: Check) -> None:
    page = hall.signed_in("huongdan")
    expect(page.locator("#live.live-live")).to_be_visible()
    hall.numbers(page, 1)
    door = Door(page)
    for tab in ("find", "take", "more", "line"):
        page.locator(f'[data-tab="{tab}"]').click()
        check(page, tab)
    door.open_number("A001")
    check(page, "a number of the line")
    page.keyboard.press("Escape")
    door.paste_handwritten("A037 08:12 chu ky\nA037 23:10\nQQ")
    page.locator("#hand-save").click()
    expect(page.locator(".hand-row.wrong")).to_have_count(2)
    check(page, "handwritten numbers, two of them wrong")
    hall.numbers(page, 2)
    hall.officer().call_next()
    past_rushes(hall)
    head = hall.signed_in("truong")
    mark = head.locator("meta[name=csrf-token]").get_attribute("content") or ""
    head.request.post("/office/00070/notice", form={"notice": "Nghỉ chiều nay", "csrf_token": mark})
    pages = ("services", "services/hoi", "services/add?q=khai", "services/new", "counters", "counters/1", "counters/1/hours")
    pages += ("texts", "days?month=2026-12&day=2026-12-24", "staff", "staff/1", "devices", "devices/1", "devices/2")
    pages += ("settings", "changes", "file")
    visit_all(head, check, *(f"/office/00070/{each}" for each in pages))
    visit_all(head, check, "/office/00070/", "/office/00070/hours", "/reports/", "/reports/log", "/reports/log?all=1")
    visit_all(head, check, "/reports/officers", "/reports/suggestions", "/display/00070/voice")
    city = hall.signed_in("quantri")
    today_on_the_heads_tablet(hall, head, city, check)
    visit_all(city, check, "/office/", "/office/00004/", "/reports/city")
    a_template_for_another_office(city, check)
    head.goto("/reports/suggestions")  # which have been calculated since they were asked for above
    expect(head.get_by_role("heading", name="Sẽ chờ ngắn hơn")).to_be_visible(timeout=30_000)
    for closed in head.locator("details > summary").all():
        closed.click()
    check(head, "suggestions")


def past_rushes(hall: Hall) -> None:
    """Three days of the week before, from which something can be learnt."""
    database = Database(f"sqlite:///{hall.server.data_dir / 'dung-gio.db'}")
    with database.transaction() as session:
        for back in (3, 4, 5):
            add_rush(session, office_by_code(session, OFFICE), MONDAY_MORNING.date() - timedelta(days=back))
    database.dispose()


def a_template_for_another_office(city: Page, check: Check) -> None:
    """The demo ward's hours for a ward that has none: looked at, saved, told."""
    ward = city.request.get(f"/office/{OFFICE}/file.json").body()
    city.goto("/office/template")
    city.get_by_label("Tệp .json").set_input_files({"name": "ward.json", "mimeType": "application/json", "buffer": ward})
    city.get_by_label("Giờ làm việc trong tuần").check()
    city.get_by_label("Ở những nơi nào").select_option("chosen")
    city.get_by_label("Phường Ba Đình", exact=True).evaluate("tick => { tick.checked = true; }")  # folded away
    city.get_by_role("button", name="Xem trước").click()
    check(city, "template, looked at")
    city.get_by_role("button", name="Lưu ở 1 nơi").click()
    expect(city.get_by_text("Đã lưu ở 1 trong 1 nơi.")).to_be_visible()
    check(city, "template, results")


def today_on_the_heads_tablet(hall: Hall, head: Page, city: Page, check: Check) -> None:
    """Live, with one touch and a sentence that asks first; and what is broken in the city."""
    head.goto("/office/00070/today")
    expect(head.locator("#live.live-live")).to_be_visible()
    check(head, "today")
    head.locator("#counters").get_by_role("button", name="Mở quầy này Quầy 1").click()
    expect(head.locator("#seat-what")).to_contain_text("Mở quầy 1 cho")
    check(head, "today, who sits where")
    head.locator("#seat-do").click()
    expect(head.locator("#figure-counters")).to_contain_text("2 trong 5")
    waiting = int(head.locator("#figure-waiting dd").first.inner_text())
    hall.numbers(head, 1)
    expect(head.locator("#figure-waiting")).to_contain_text(str(waiting + 1))
    hall.server.wait(minutes=50)
    hall.numbers(head, 1)  # so that it is told at once, and not with the next look in 20 s
    expect(head.locator(".now-alarm.now-red").first).to_contain_text("đã chờ")
    check(head, "today, alarmed")
    hall.lobby()
    visit_all(city, check, "/office/fleet", "/office/fleet?office=00070")
    city.locator("[name=device]").first.check()
    city.get_by_role("button", name="Thu hồi các máy đã đánh dấu").click()
    check(city, "revoke many")


def test_an_hour_is_booked_by_keyboard_alone(hall: Hall) -> None:
    page = hall.visit(**DESK)
    page.goto("/")
    tab_to(page, "#q")
    page.keyboard.type("hoan kiem")
    tab_to(page, "a.place")
    page.keyboard.press("Enter")
    page.wait_for_url("**/o/00070/")
    tab_to(page, "details.service summary")
    page.keyboard.press("Enter")
    tab_to(page, "details[open] a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/time?*")
    tab_to(page, ".slots .slot")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm?*")
    tab_to(page, "[name=name]")
    page.keyboard.type("Nguyễn Thị Thử")
    tab_to(page, "[name=phone]")
    page.keyboard.type("0912345678")
    tab_to(page, "[type=checkbox]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(MyBooking(page).notice).to_contain_text("Đã giữ chỗ")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is wanted has the focus, and the focus can be seen."""
    for _press in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.evaluate("(node, selector) => node.matches(selector)", selector):
            assert focused.evaluate(SHOWS_FOCUS), f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"Tab never comes to {selector} on {page.url}")


def test_an_hour_is_booked_without_scripts(hall: Hall) -> None:
    page = hall.visit(**DESK, java_script_enabled=False)
    city = City(page)
    city.find("hoan kiem")
    page.get_by_role("button", name="Tìm").click()
    expect(city.wards).to_have_count(1)
    services = city.choose("Phường Hoàn Kiếm")
    services.find("ban sao tu ban chinh")
    page.get_by_role("button", name="Tìm").click()
    booking = services.choose(COPIES).choose("09:15").send("Nguyễn Thị Thử", "0912345678")
    expect(booking.notice).to_contain_text("Đã giữ chỗ")
    assert booking.read_qr() == f"{hall.server.url}/a/{booking.token}"
    booking.ask_cancel()
    booking.agree_to_cancel()
    expect(booking.notice).to_contain_text("đã hủy")


def test_the_check_itself_finds_what_does_not_fit(page: Page) -> None:
    page.set_content("<p>Ngắn</p>")
    assert list(fit.faults(page)) == []
    page.set_content('<p style="width: 25em; background: #ccc">Dài</p>')
    assert any("320 px" in fault for fault in fit.faults(page))
    page.set_content('<p style="width: 50rem; position: fixed; left: 0; margin: 0">Dài</p>')
    assert any("200 %" in fault for fault in fit.faults(page))
