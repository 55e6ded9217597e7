"""The main job, end to end: from the ward's name typed on a phone to the number called in the lobby."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import running
from tests.browser import qr
from tests.browser.hall import CERTIFYING, COPIES, Hall, at
from tests.browser.screens.booking import City, MyBooking
from tests.browser.screens.lobby import TicketPage

pytestmark = pytest.mark.browser

ONE_SECOND_MS = 1000


def minutes_apart(said: str) -> str:
    """What is said of a wait but for the minutes: a forecast of another second may have others."""
    return re.sub(r"\d+", "#", said)


def book(hall: Hall, hour: str) -> MyBooking:
    """A citizen books on the phone, from the city's page on."""
    city = City(hall.phone())
    city.find("hoan kiem")
    times = city.choose("Phường Hoàn Kiếm").choose(COPIES)
    return times.choose(hour).send("Nguyễn Thị Thử", "0912 345 678")


def test_a_citizen_finds_the_ward_without_marks_and_books_an_hour(hall: Hall) -> None:
    city = City(hall.phone())
    city.find("hoan kiem")
    expect(city.wards).to_have_count(1)
    services = city.choose("Phường Hoàn Kiếm")
    services.find("ban sao tu ban chinh")
    booking = services.choose(COPIES).choose("09:15").send("Nguyễn Thị Thử", "0912 345 678")
    expect(booking.page.get_by_role("heading", level=1)).to_contain_text("Thứ Hai 23/11")
    expect(booking.page.get_by_role("heading", level=1)).to_contain_text("09:15")
    expect(booking.window).to_have_text(["09:05", "09:25"])
    expect(booking.papers).to_have_count(2)
    assert len(booking.code) == 6
    assert booking.read_qr() == f"{hall.server.url}/a/{booking.token}"


def test_the_kiosk_gives_a_number_in_two_touches_and_its_paper(hall: Hall) -> None:
    kiosk = hall.kiosk()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    assert kiosk.number == "A001"
    expect(kiosk.ahead).to_have_text("Sắp đến lượt ông/bà")
    expect(kiosk.counters).to_have_text("Quầy 1 hoặc quầy 3")
    expect(kiosk.paper).to_have_text("Mời lấy phiếu")
    (slip,) = hall.printed()
    assert "A001" in slip.name
    address = qr.read(slip.read_bytes())
    assert address.startswith(f"{hall.server.url}/t/")
    assert kiosk.read_qr() == address
    ticket = hall.phone()
    ticket.goto(address)
    expect(ticket.get_by_role("heading", level=1)).to_have_text("A001")
    kiosk.go_home()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES, priority=True).tap()
    assert kiosk.number == "A002"
    kiosk.go_home()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    assert kiosk.number == "A003"
    expect(kiosk.ahead).to_have_text("2 người")
    expect(kiosk.wait).to_contain_text("phút")
    ticket.goto(kiosk.read_qr())  # its first drawing is the server's, the next ones the script's: they say it alike
    waiting = ticket.locator("#wait")
    first = minutes_apart(waiting.inner_text())
    assert minutes_apart(kiosk.wait.inner_text()) in first
    expect(ticket.locator("#live")).to_have_text("trực tiếp")
    assert minutes_apart(waiting.inner_text()) == first


def test_a_booked_person_checks_in_by_qr_on_time_and_again(hall: Hall) -> None:
    booking = book(hall, "09:15")
    kiosk = hall.kiosk()
    hall.server.wait_until(at("09:08"))
    kiosk.scan(booking.read_qr())
    number = kiosk.number
    expect(kiosk.outcome).to_have_text("Ông/bà đến đúng giờ hẹn 09:15.")
    expect(kiosk.paper).to_have_text("Mời lấy phiếu")
    address = qr.read(hall.printed()[0].read_bytes())
    kiosk.go_home()
    kiosk.scan(booking.read_qr())
    expect(kiosk.outcome).to_have_text("Ông/bà đã có số này. Xin chờ đến lượt.")
    assert kiosk.number == number
    kiosk.go_home()
    kiosk.scan(address)  # the slip's own code tells where it stands
    expect(kiosk.outcome).to_have_text("Ông/bà đã có số này. Xin chờ đến lượt.")
    assert len(hall.printed()) == 1
    booking.page.reload()
    expect(booking.notice).to_contain_text(f"Số của ông/bà: {number}")


def test_the_kiosk_says_to_the_early_the_late_and_the_wrong_day_what_to_do(hall: Hall) -> None:
    early, late = hall.booked(at("11:00"), "0912345601"), hall.booked(at("09:15"), "0912345602")
    prompt, tomorrow = hall.booked(at("09:30"), "0912345604"), hall.booked(at("09:15", day=24), "0912345603")
    kiosk = hall.kiosk()
    kiosk.type_code(early.code)
    first = kiosk.number
    expect(kiosk.outcome).to_have_text(
        "Ông/bà đến sớm cho giờ hẹn 11:00. Ông/bà sẽ được gọi từ 10:54; có thể được gọi sớm hơn nếu quầy rảnh."
    )
    kiosk.go_home()
    hall.server.wait_until(at("09:31"))
    kiosk.type_code(late.code)
    expect(kiosk.outcome).to_have_text(
        "Đã quá giờ hẹn 09:15 (nhận đến 09:25). Ông/bà vẫn được phục vụ: xếp hàng cùng người lấy số trực tiếp từ bây giờ."
    )
    assert kiosk.number != first
    kiosk.go_home()
    kiosk.type_code(prompt.code)
    expect(kiosk.outcome).to_have_text("Ông/bà đến đúng giờ hẹn 09:30.")
    kiosk.go_home()
    kiosk.type_code(tomorrow.code)  # who only types the code is not handed the booking's page
    expect(kiosk.refusal).to_contain_text("Lịch hẹn này là lúc 09:15 ngày Thứ Ba 24/11, không phải hôm nay.")
    kiosk.touch("Đổi giờ")
    expect(kiosk.refusal).to_contain_text("Mở trang lịch hẹn trên điện thoại")
    kiosk.go_home()
    kiosk.scan(tomorrow.page_url)
    expect(kiosk.refusal).to_contain_text("Lịch hẹn này là lúc 09:15 ngày Thứ Ba 24/11, không phải hôm nay.")
    expect(kiosk.ways).to_contain_text(["Lấy số thường bây giờ"])
    assert qr.read(kiosk.page.locator("#refused-qr-img").screenshot()) == tomorrow.page_url  # to change the hour
    kiosk.touch("Lấy số thường bây giờ")
    assert kiosk.number not in ("", first)
    expect(kiosk.paper).to_have_text("Mời lấy phiếu")
    assert len(hall.printed()) >= 2


def test_an_officer_calls_by_the_rule_and_a_power_cut_changes_nothing(hall: Hall) -> None:
    kiosk = hall.kiosk()
    for _person in range(3):
        kiosk.touch_tile(CERTIFYING)
        kiosk.take(COPIES).tap()
        kiosk.number  # noqa: B018  (waits for it)
        kiosk.go_home()
    booked = hall.booked(at("09:15"), "0912345601")
    hall.server.wait_until(at("09:10"))
    kiosk.scan(booked.page_url)
    number = kiosk.number
    assert number == "A004"
    kiosk.go_home()

    desk = hall.officer("canbo1", counter=3)
    expect(desk.line).to_have_text(["A004", "A001", "A002", "A003"])
    expect(desk.next_words).to_contain_text("Gọi A004")
    desk.call_next()
    expect(desk.number).to_have_text("A004")
    expect(desk.serving).to_contain_text("đặt hẹn 09:15, đến 09:10")
    desk.key("r")
    expect(desk.toast).to_contain_text("Gọi lại được sau")
    hall.server.wait(seconds=21)
    desk.look_again()
    expect(desk.act("recall")).to_have_attribute("aria-disabled", "false")
    desk.key("r")
    expect(desk.serving).to_contain_text("2 lần")
    desk.key("v")
    expect(desk.missed).to_have_text("A004")
    desk.call_next()
    expect(desk.number).to_have_text("A001")
    desk.key("s")
    expect(desk.state).to_have_text("Đang phục vụ")
    desk.key("x")
    expect(desk.serving).to_contain_text("Quầy đang rảnh")
    desk.call_next()
    expect(desk.number).to_have_text("A002")
    expect(desk.line).to_have_text(["A003"])

    port = int(hall.server.url.rsplit(":", 1)[1])
    hall.server.kill()
    with running.server(hall.server.data_dir, port=port, clock_at=hall.server.now()):
        desk.page.reload()
        desk.is_live()
        expect(desk.page.get_by_role("heading", level=1)).to_have_text("Quầy 3")
        expect(desk.number).to_have_text("A002")
        expect(desk.line).to_have_text(["A003"])
        expect(desk.missed).to_have_text("A004")
        expect(kiosk.screen("home")).to_be_visible()
        kiosk.touch_tile(CERTIFYING)
        kiosk.take(COPIES).tap()
        assert kiosk.number == "A005"
        expect(kiosk.paper).to_have_text("Mời lấy phiếu")
        desk.key("s")
        expect(desk.state).to_have_text("Đang phục vụ")
        desk.call_next()
        expect(desk.number).to_have_text("A003")
        expect(desk.line).to_have_text(["A005"])


def test_the_lobby_and_the_own_phone_follow_a_call_within_a_second(
    hall: Hall, record_property: Callable[[str, object], None]
) -> None:
    kiosk, board = hall.kiosk(), hall.lobby()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    number = kiosk.number
    ticket = TicketPage(hall.phone(), kiosk.read_qr())
    desk = hall.officer()
    expect(desk.next_words).to_contain_text(f"Gọi {number}")
    board.watch_for("#number", number)
    ticket.watch_for("#call-counter", "3")
    desk.page.evaluate("addEventListener('keydown', () => { window.pressedAt = Date.now(); }, {capture: true, once: true})")
    desk.call_next()
    took = {"board": board.changed_at(), "ticket": ticket.changed_at()}
    pressed_at = float(desk.page.evaluate("window.pressedAt"))
    expect(board.number).to_have_text(number)
    expect(board.counter).to_have_text("3")
    expect(ticket.call).to_be_visible()
    for screen, follows in (("board", board), ("ticket", ticket)):
        milliseconds = took[screen] - pressed_at
        record_property(f"{screen}_ms", milliseconds)
        print(f"{screen} followed after {milliseconds:.0f} ms")
        assert milliseconds < ONE_SECOND_MS
        assert any(number in frame for frame in follows.frames), "the change did not come over the websocket"
