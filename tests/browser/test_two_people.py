"""More than one person, and things that break: nobody is called twice, nobody loses a place, everybody is told what to do."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser import qr
from tests.browser.hall import CERTIFYING, COPIES, Hall, at
from tests.browser.screens.booking import MyBooking
from tests.browser.screens.counter import ChooseCounter, Console
from tests.browser.screens.kiosk import Kiosk
from tests.fault.fault_printer import PAPER_OUT, WELL, FaultPrinter

pytestmark = pytest.mark.browser


def take(kiosk: Kiosk, paper: str | None = None) -> str:
    """One walk-in's number, and what is said of its paper; the kiosk is left at its first screen."""
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    number = kiosk.number
    expect(kiosk.paper).not_to_have_text("Đang in…")
    if paper is not None:
        expect(kiosk.paper).to_have_text(paper)
    kiosk.go_home()
    return number


def test_two_officers_see_one_line_and_never_call_the_same_person(hall: Hall) -> None:
    kiosk = hall.kiosk()
    first, second = hall.officer("canbo1", counter=3), hall.officer("canbo2", counter=1)
    numbers = [take(kiosk) for _person in range(3)]
    for desk in (first, second):
        expect(desk.line).to_have_text(numbers)
    # The second key is down before the first answer is drawn: a press does not wait for it.
    first.key("n")
    second.key("n")
    expect(first.number).to_be_visible()
    expect(second.number).to_be_visible()
    assert {first.number.inner_text(), second.number.inner_text()} == {"A001", "A002"}
    for desk in (first, second):
        expect(desk.line).to_have_text(["A003"])
    third = ChooseCounter(hall.signed_in("canbo3"))
    expect(third.card(3)).to_contain_text("Nguyễn Thị Thử đang ngồi quầy này.")
    expect(third.card(3).get_by_role("button")).to_be_disabled()


def test_a_double_touch_takes_one_number(hall: Hall) -> None:
    kiosk = hall.kiosk()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).dblclick()
    assert kiosk.number == "A001"
    kiosk.go_home()
    assert take(kiosk) == "A002"


def test_a_kiosk_without_network_says_so_and_comes_back(hall: Hall) -> None:
    kiosk = hall.kiosk()
    kiosk.page.context.set_offline(True)
    expect(kiosk.screen("lost")).to_be_visible(timeout=15_000)
    expect(kiosk.screen("lost")).to_contain_text("Máy đang tự nối lại, xin đợi một lát.")
    expect(kiosk.screen("lost")).to_contain_text("mời hỏi cán bộ hướng dẫn tại cửa")
    kiosk.page.context.set_offline(False)
    expect(kiosk.screen("home")).to_be_visible(timeout=15_000)
    kiosk.touch_tile(CERTIFYING)
    kiosk.page.context.set_offline(True)
    kiosk.take(COPIES).tap()
    expect(kiosk.page.locator("#pending-again")).to_have_text(
        "Chưa nhận được trả lời. Máy đang tự thử lại, ông/bà không cần chạm thêm."
    )
    kiosk.page.context.set_offline(False)
    assert kiosk.number == "A001"


def test_with_a_dead_printer_the_number_counts_and_the_next_one_after_its_repair_has_paper(hall: Hall) -> None:
    kiosk, desk = hall.kiosk(), hall.officer()
    folder = hall.server.data_dir / "printed" / "demo-kiosk"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder belongs: nothing can be written below it")
    kiosk.touch_tile(CERTIFYING)
    expect(kiosk.sheets).to_be_visible()
    kiosk.take(COPIES).tap()
    assert kiosk.number == "A001"
    expect(kiosk.paper).to_have_text("Phiếu chưa in được. Số vẫn có hiệu lực: hãy chụp lại mã này.")
    address = kiosk.read_qr()
    assert address.startswith(f"{hall.server.url}/t/")
    kiosk.go_home()
    expect(kiosk.alert).to_contain_text("Máy in đang không in được. Ông/bà vẫn lấy số bình thường")
    expect(desk.next_words).to_contain_text("Gọi A001")
    expect(desk.printer).to_have_text("Máy in: không trả lời")
    kiosk.touch_tile(CERTIFYING)
    expect(kiosk.sheets).to_be_hidden()
    folder.unlink()
    hall.server.wait(minutes=1)  # the spool asks the printer again
    expect(kiosk.alert).to_be_hidden(timeout=15_000)
    expect(kiosk.sheets).to_be_visible()
    kiosk.go_home()
    assert take(kiosk, "Mời lấy phiếu") == "A002"
    expect(desk.printer).to_have_text("Máy in: tốt")
    (slip,) = hall.printed()  # not the slip of who has gone from the kiosk long ago
    assert qr.read(slip.read_bytes()) != address
    assert "A002" in slip.name
    somebody_asks_what_to_bring(kiosk, desk)
    with FaultPrinter(status=WELL | {4: b"\x1e"}) as printer:
        the_paper_ends(hall, kiosk, desk, printer)


def somebody_asks_what_to_bring(kiosk: Kiosk, desk: Console) -> None:
    """At the kiosk and at a counter: a sheet comes, and no number is taken."""
    kiosk.touch_tile(CERTIFYING)
    kiosk.sheets.tap()
    kiosk.touch("In giấy tờ")
    expect(kiosk.sheet).to_have_text("Mời lấy phiếu")
    kiosk.sheets.tap()
    expect(kiosk.take(COPIES)).to_be_visible()
    kiosk.go_home()
    desk.key("i")
    expect(desk.dialog("sheet")).to_be_visible()
    desk.page.keyboard.press("Enter")
    expect(desk.toast).to_have_text("Phiếu hướng dẫn đang in.")
    expect(desk.line).to_have_text(["A001", "A002"])


def the_paper_ends(hall: Hall, kiosk: Kiosk, desk: Console, printer: FaultPrinter) -> None:
    """A printer on the network: near its end, out of paper, and then the one at the help desk prints for it."""
    head = hall.signed_in("truong")
    head.goto("/printers/00070/")
    expect(head.locator("#jobs tr", has_text="Phiếu hướng dẫn").filter(has_text="đã in")).to_have_count(2)
    hall.set_printer(head, "1/change", kind="network", name="Máy in ki-ốt", address=printer.address, width="576")
    expect(desk.printer).to_have_text("Máy in: sắp hết giấy")
    assert take(kiosk, "Mời lấy phiếu") == "A003"
    assert printer.papers == 1
    printer.status = PAPER_OUT
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    expect(kiosk.paper).to_have_text("Máy in hết giấy. Số vẫn có hiệu lực: hãy chụp lại mã này.")
    kiosk.go_home()
    expect(kiosk.alert).to_be_visible()
    expect(desk.printer).to_have_text("Máy in: hết giấy")
    hall.set_printer(head, "add", kind="file", name="Máy in quầy hướng dẫn", address="", width="576")
    hall.set_printer(head, "1/fallback", fallback="2")
    expect(desk.printer).to_have_text("Máy in: hết giấy, máy khác in thay")
    expect(kiosk.alert).to_be_hidden()
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()
    expect(kiosk.paper).to_have_text("Mời lấy phiếuPhiếu in ở: Máy in quầy hướng dẫn")


def test_the_second_of_two_tabs_is_told_that_the_booking_is_cancelled(hall: Hall) -> None:
    booked = hall.booked(at("09:15"), "0912345601")
    one = hall.phone()
    other = one.context.new_page()
    tabs = []
    for page in (one, other):
        page.goto(f"/a/{booked.token}")
        tabs.append(MyBooking(page))
        tabs[-1].ask_cancel()
    for tab in tabs:
        tab.agree_to_cancel()
        expect(tab.notice).to_have_text("Lịch hẹn này đã hủy. Chỗ đã nhường cho người khác.")
    other.go_back()
    other.reload()
    expect(other.locator("main")).to_contain_text("Lịch hẹn này đã hủy")
    kiosk = hall.kiosk()
    kiosk.scan(booked.page_url)
    expect(kiosk.refusal).to_have_text("Mã này đã hủy. Nếu vẫn cần, mời ông/bà lấy số thường.")
    kiosk.touch("Lấy số thường bây giờ")
    assert kiosk.number == "A001"
