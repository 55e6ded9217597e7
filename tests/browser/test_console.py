"""An officer's morning on the console, by keys alone; and a helper who gives a number at the door meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from setup.demo_sheet import Sheet
from tests.browser.conftest import Axe, Visit
from tests.browser.hall import DESK, OFFICE, Hall, at
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


def test_ten_people_are_served_with_ten_keys_and_the_next_one_is_ready_before_the_last_has_left(hall: Hall, visit: Visit) -> None:
    page = visit(**DESK)
    page.clock.install()
    SignIn(page).enter("canbo3", hall.sheet.passwords["canbo3"])
    console = ChooseCounter(page).open(3)
    numbers = hall.numbers(page, 10)
    expect(console.line).to_have_text(numbers)
    page.evaluate("window.pressed = 0; addEventListener('keydown', () => { window.pressed += 1; }, true)")
    for number, after in zip(numbers, [*numbers[1:], ""], strict=True):
        expect(console.upcoming.locator(".number")).to_have_text(number)
        page.clock.run_for(1300)  # which a person at the desk takes longer than
        console.key("n")
        expect(console.number).to_have_text(number)
        if after:
            expect(console.upcoming).to_contain_text(after)
            expect(console.upcoming).to_contain_text("Giấy tờ: ")
    assert page.evaluate("window.pressed") == len(numbers)
    expect(console.line).to_have_count(0)
    expect(console.missed).to_have_count(0)


def test_procedures_one_after_another_a_dossier_code_and_a_walk_in_at_the_desk_by_keys(hall: Hall) -> None:
    console = hall.officer("canbo3", counter=3)
    page = console.page
    console.key("w")
    page.keyboard.type("ban sao tu ban chinh")
    page.keyboard.press("Control+Enter")
    expect(console.number).to_have_text("A001")
    expect(console.state).to_have_text("Đang phục vụ")
    console.key("l")
    page.keyboard.type("dang ky tam tru")
    page.keyboard.press("Enter")
    expect(console.serving).to_contain_text("Sau đó: Đăng ký tạm trú")
    console.key("x")
    expect(console.toast).to_contain_text("A001 chờ làm tiếp: Đăng ký tạm trú")
    console.key("z")
    expect(console.state).to_have_text("Đang phục vụ")
    console.key("h")
    page.keyboard.type("H24.01-260001")
    page.locator("#ask-dossier [name=all]").check()
    page.keyboard.press("Enter")
    expect(console.state).to_have_text("Sẵn sàng")
    expect(console.line).to_have_count(0)


def test_two_officers_see_one_line_a_refusal_shows_the_truth_and_a_counter_changes_hands(hall: Hall, axe: Axe) -> None:
    one, other = hall.officer("canbo1", counter=1), hall.officer("canbo3", counter=3)
    first, second = hall.numbers(one.page, 2)
    other.open_number(first)
    one.key("n")
    expect(other.strip(1)).to_contain_text(first, timeout=1000)
    other.page.keyboard.press("1")  # call it before the others
    other.page.keyboard.press("Enter")
    expect(other.page.locator("#toast.refused")).to_have_role("alert")
    expect(other.toast).to_contain_text(first)
    other.page.locator("#find-number").fill("")
    expect(other.line).to_have_text([second])

    one.key("b")
    one.dialog("handover").get_by_label("Vũ Văn Trưởng").check()
    axe(one.page)
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/counter/choose")
    expect(other.strip(1)).to_contain_text("Vũ Văn Trưởng")
    hall.server.wait(minutes=4)
    assert len(other.page.workers) == 1  # it counts the minutes, also while the window is hidden
    with other.page.expect_response("**/alive"):
        other.look_again()  # as it does by itself every minute; nobody has the page of counter 1
    silent = {
        counter["number"]: counter["silent"] for counter in other.page.request.get(f"/api/v1/offices/{OFFICE}/counters").json()
    }
    assert (silent[1], silent[3]) == (True, False)
    expect(other.strip(1)).to_contain_text("im lặng 4 phút")
    axe(other.page)
    other.strip(1).get_by_role("button").click()
    expect(other.dialog("release")).to_contain_text(first)
    other.page.keyboard.press("Enter")
    expect(other.line).to_have_text([first, second])
    other.key("p")
    other.page.keyboard.press("3")
    other.dialog("pause").get_by_text("15 phút").click()
    other.page.keyboard.press("Enter")
    expect(other.state).to_have_text("Tạm ngưng: họp, đến 09:19")


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


def test_numbers_written_by_hand_join_the_line_as_of_their_own_time_and_errors_lose_nothing(hall: Hall, visit: Visit) -> None:
    tablet = visit(**TABLET)
    SignIn(tablet).enter("huongdan", hall.sheet.passwords["huongdan"])
    door = Door(tablet)
    door.paste_handwritten("A037 08:12 ban sao tu ban chinh\nH014 8h05 khai sinh ưu tiên\nA037 0820 chu ky\nA039 23:10 chu ky")
    expect(door.hand(1, "time")).to_have_value("08:05")
    expect(door.hand(1, "priority")).to_be_checked()
    tablet.locator("#hand-save").click()
    expect(tablet.locator("#hand-wrong-words")).to_contain_text("2 dòng cần sửa")
    expect(tablet.locator(".hand-row.wrong")).to_contain_text(["Số này đã có ở một dòng trên.", "Giờ này chưa đến."])
    tablet.reload()
    tablet.locator("[data-tab=more]").click()
    tablet.locator("[data-go=hand]").click()
    door.hand(2, "number").fill("a38")
    door.hand(2, "number").press("Enter")
    expect(door.hand(2, "number")).to_have_value("A038")
    door.hand(3, "time").fill("830")
    tablet.locator("#hand-save").click()
    expect(door.toast).to_have_text("Đã ghi 4 số vào hàng chờ.")
    expect(door.rows.locator(".number")).to_have_text(["H014", "A037", "A038", "A039"])
    assert hall.numbers(tablet, 1) == ["A040"]


def test_the_wrong_day_the_wrong_service_and_a_slip_for_tomorrow_are_put_right_at_the_door(hall: Hall, visit: Visit) -> None:
    tomorrow = hall.booked(at("09:15", day=24), "0912345603")
    tablet = visit(**TABLET)
    SignIn(tablet).enter("huongdan", hall.sheet.passwords["huongdan"])
    door = Door(tablet)
    door.find(tomorrow.code)
    expect(tablet.locator("#wrong-words")).to_contain_text("Lịch hẹn này là lúc 09:15 ngày Thứ Ba 24/11, không phải hôm nay.")
    tablet.get_by_role("button", name="Lấy số thường bây giờ").click()
    expect(tablet.locator("#given-number")).to_have_text("A001")
    tablet.locator("#ask-given [data-close]").click()
    door.open_number("A001")
    tablet.get_by_role("button", name="Đổi dịch vụ").click()
    tablet.locator("[data-narrows=new-service]").fill("chu ky")
    tablet.locator("#ask-service [type=submit]").click()
    expect(door.rows).to_contain_text(["Chứng thực chữ ký"])
    door.open_number("A001")
    tablet.get_by_role("button", name="Hẹn sang ngày làm việc tới").click()
    tablet.locator("#ask-carry [type=submit]").click()
    expect(door.toast).to_contain_text("Số A001 có phiếu")
    expect(door.rows).to_have_text(["Không có ai đang chờ."])
    tablet.locator("#toast-undo").click()
    expect(door.rows).to_contain_text(["A001"])


def test_the_helper_hears_that_it_is_too_late_for_today_and_may_give_a_number_all_the_same(hall: Hall, visit: Visit) -> None:
    """The demo office never closes: its server is answered for. What it really says is in tests/kiosk/test_promises.py."""
    tablet = visit(**TABLET)
    SignIn(tablet).enter("huongdan", hall.sheet.passwords["huongdan"])
    problem = {"code": "closing", "detail": "Hôm nay không kịp.", "alternatives": [{"words": "08:00, Thứ Tư 25/11"}]}

    def too_late(route: Route) -> None:
        sent = route.request.post_data_json or {}
        if sent["despite_closing"]:
            route.continue_()
        else:
            route.fulfill(status=409, json=problem)

    tablet.route("**/offices/00070/tickets", too_late)
    tablet.locator("[data-tab=take]").click()
    tablet.locator("[data-take]:not([data-priority])").first.click()
    expect(tablet.locator("#closing-words")).to_have_text("Hôm nay không kịp.")
    expect(tablet.locator("#closing-hours > li")).to_have_text(["08:00, Thứ Tư 25/11"])
    tablet.locator("#ask-closing [data-close]").click()
    expect(tablet.locator("#given-number")).to_be_empty()
    tablet.locator("[data-take]:not([data-priority])").first.click()
    tablet.locator("#ask-closing [type=submit]").click()
    expect(tablet.locator("#given-number")).to_have_text("A001")


def test_the_line_after_a_press_comes_over_the_socket_and_is_not_asked_for_as_well(console: Console) -> None:
    asked: list[str] = []
    console.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/line") else None)
    for number in ("A001", "A002"):
        console.key("k")
        console.page.locator("[data-narrows=take-service]").fill("ban sao tu ban chinh")
        console.key("Enter")
        expect(console.toast).to_contain_text(f"Đã cấp số {number}")
    console.call_next()
    expect(console.number).to_have_text("A001")
    console.key("s")
    expect(console.state).to_have_text("Đang phục vụ")
    console.call_next()
    expect(console.number).to_have_text("A002")
    assert len(asked) < 5, "five presses; a slow machine may ask once or twice"


def test_who_was_signed_out_signs_in_again_and_is_back_at_the_same_counter_with_the_same_person(
    console: Console, sheet: Sheet
) -> None:
    page = console.page
    console.key("k")
    page.locator("[data-narrows=take-service]").fill("ban sao tu ban chinh")
    console.key("Enter")
    expect(console.toast).to_contain_text("Đã cấp số A001")
    console.call_next()
    expect(console.number).to_have_text("A001")
    said = {"csrf_token": page.locator('form[action="/sign-out"] input').first.get_attribute("value") or ""}
    assert page.context.request.post("/sign-out", form=said).ok  # in another window
    console.key("s")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))  # each answer that says so goes there
    page.get_by_label("Tên đăng nhập").fill("canbo3")
    page.get_by_label("Mật khẩu").fill(sheet.passwords["canbo3"])
    page.get_by_role("button", name="Đăng nhập").click()
    back = Console(page)
    expect(back.number).to_have_text("A001")
    expect(page.get_by_role("heading", name="Quầy 3")).to_be_visible()


def test_a_lost_connection_is_said_and_heals(console: Console) -> None:
    page = console.page
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("Mất kết nối", timeout=15_000)
    page.context.set_offline(False)
    console.is_live()
    expect(page.locator("#lost")).to_be_hidden()
