"""The citizen's pages: the city, the three steps of a booking, the waiting list, and the booking itself."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import qr


class City:
    """`/`: which ward."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/")

    def find(self, typed: str) -> None:
        self.page.get_by_role("searchbox").press_sequentially(typed)

    @property
    def wards(self) -> Locator:
        return self.page.locator("#places > li:visible")

    def choose(self, name: str) -> Services:
        self.page.get_by_role("link", name=name).click()
        return Services(self.page)


class Services:
    """Step 1: which service, with the papers it needs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_text("Bước 1 trong 3")).to_be_visible()

    def find(self, typed: str) -> None:
        self.page.get_by_role("searchbox").press_sequentially(typed)

    def open(self, name: str) -> Locator:
        """Unfold a service; gives its papers."""
        service = self.page.locator("details:visible", has=self.page.locator("summary", has_text=name)).first
        service.locator("summary").click()
        return service.locator(".papers > li")

    def choose(self, name: str) -> Times:
        papers = self.open(name)
        expect(papers.first).to_be_visible()
        self.page.get_by_role("link", name="Chọn thủ tục này").click()
        return Times(self.page)


class Times:
    """Step 2: day and hour."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_text("Bước 2 trong 3")).to_be_visible()

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert").first

    def hour(self, hour: str) -> Locator:
        return self.page.locator(".slots").get_by_role("button", name=re.compile(f"^{hour}"))

    def left(self, hour: str) -> Locator:
        """How many places it says are left."""
        return self.hour(hour).locator(".slot-left").first

    def choose(self, hour: str) -> Confirm:
        self.hour(hour).click()
        return Confirm(self.page)

    def choose_day(self, day: str) -> Times:
        """Another day of the strip, by its date, e.g. "24"."""
        self.page.locator(".days").get_by_role("button", name=re.compile(rf"\b{day}\b")).click()
        expect(self.page.locator(".day-chosen .day-date")).to_have_text(day)
        return self

    @property
    def other_places(self) -> Locator:
        return self.page.locator("[aria-labelledby=nearby] .place")

    def ask_to_wait(self) -> JoinWaitingList:
        self.page.get_by_role("button", name="Vào danh sách chờ").click()
        return JoinWaitingList(self.page)


class _WhoComes:
    """Name, phone and consent, as two pages ask for them."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def name(self) -> Locator:
        return self.page.locator("#f-name")

    @property
    def phone(self) -> Locator:
        return self.page.locator("#f-phone")

    @property
    def consent(self) -> Locator:
        return self.page.get_by_role("checkbox")

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert").first

    @property
    def offline(self) -> Locator:
        return self.page.locator("#offline")

    @property
    def code(self) -> Locator:
        """The field for the code that was sent to the phone."""
        return self.page.get_by_label("Mã xác nhận")

    def fill(self, name: str, phone: str) -> None:
        self.name.fill(name)
        self.phone.fill(phone)
        self.consent.check()

    def holds(self, name: str, phone: str) -> None:
        """That everything typed is (still) there."""
        expect(self.name).to_have_value(name)
        expect(self.phone).to_have_value(phone)
        expect(self.consent).to_be_checked()


class Confirm(_WhoComes):
    """Step 3: who comes."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        expect(page.get_by_text("Bước 3 trong 3")).to_be_visible()

    @property
    def hour(self) -> Locator:
        return self.page.locator(".hour")

    @property
    def kept(self) -> Locator:
        """What it says about the place that is kept meanwhile."""
        return self.page.locator(".kept")

    @property
    def button(self) -> Locator:
        return self.page.get_by_role("button", name="Đặt lịch hẹn")

    def press(self) -> None:
        self.button.click()

    def send(self, name: str, phone: str) -> MyBooking:
        self.fill(name, phone)
        self.press()
        return MyBooking(self.page)

    def change_hour(self) -> Times:
        self.page.get_by_role("button", name="Đổi giờ").click()
        return Times(self.page)

    # --- who comes along

    @property
    def companions(self) -> Locator:
        return self.page.locator(".companion")

    def add(self) -> Companion:
        """One more row."""
        rows = self.companions.count()
        self.page.locator("button[name=add]").click()
        expect(self.companions).to_have_count(rows + 1)
        return self.companion(rows)

    def companion(self, index: int) -> Companion:
        return Companion(self.companions.nth(index))


class Companion:
    """A row of step 3: somebody who comes along, or a further procedure of the person who books."""

    def __init__(self, row: Locator) -> None:
        self.name = row.get_by_role("textbox")
        self.service = row.get_by_role("combobox")
        self._drop = row.get_by_role("button", name="Bỏ người thứ")

    def fill(self, name: str, service: str) -> None:
        self.name.fill(name)
        self.service.select_option(label=service)

    def drop(self) -> None:
        self._drop.click()


class JoinWaitingList(_WhoComes):
    """`/o/<office>/wait`: whoever wants any hour of a full day."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Chờ chỗ trống")

    @property
    def button(self) -> Locator:
        return self.page.get_by_role("button", name="Vào danh sách chờ")

    def send(self, name: str, phone: str) -> Waiting:
        self.fill(name, phone)
        self.button.click()
        return Waiting(self.page)


class Waiting:
    """`/w/<token>`: a place in line, an offer, or what became of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_url(re.compile(r"/w/[\w-]+$"))

    @property
    def state(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def place(self) -> Locator:
        """How many are before this person."""
        return self.page.locator("main .large")

    @property
    def kept(self) -> Locator:
        return self.page.locator(".kept")

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert").first

    def accept(self) -> MyBooking:
        self.press("Nhận chỗ này")
        return MyBooking(self.page)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()


class MyBooking:
    """`/a/<token>`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_url(re.compile(r"/a/[\w-]+(\?moved=1)?$"))

    @property
    def token(self) -> str:
        return self.page.url.rsplit("/", 1)[1].partition("?")[0]

    @property
    def code(self) -> str:
        return self.page.locator(".code").inner_text().replace(" ", "")

    @property
    def hour(self) -> Locator:
        return self.page.locator("h1.hour")

    @property
    def window(self) -> Locator:
        return self.page.locator(".window .number")

    @property
    def papers(self) -> Locator:
        return self.page.locator(".papers > li")

    @property
    def people(self) -> Locator:
        """Who comes along, and for what."""
        return self.page.locator(".people > li")

    @property
    def notice(self) -> Locator:
        return self.page.locator(".notice").first

    def read_qr(self) -> str:
        return qr.read(self.page.locator(".booking-qr").screenshot())

    def read_big_qr(self) -> str:
        """Show the code as large as the screen, hold the whole screen under a scanner, and come back."""
        self.page.get_by_role("link", name="Phóng to mã QR").click()
        self.page.wait_for_url("**/qr")
        read = qr.read(self.page.screenshot())
        self.page.get_by_role("link", name="Quay lại").click()
        expect(self.hour).to_be_visible()
        return read

    def calendar_file(self) -> bytes:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Thêm vào lịch điện thoại").click()
        return download.value.path().read_bytes()

    def ask_move(self) -> None:
        self.page.get_by_role("link", name="Đổi giờ").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Đổi sang giờ nào?")

    def move_to(self, hour: str) -> None:
        self.page.locator(".slots").get_by_role("button", name=re.compile(f"^{hour}")).click()
        expect(self.hour).to_contain_text(hour)

    def ask_cancel(self) -> None:
        self.page.get_by_role("link", name="Hủy lịch hẹn").click()

    def agree_to_cancel(self) -> None:
        self.page.get_by_role("button", name="Đồng ý hủy").click()

    def erase(self) -> None:
        self.page.get_by_role("link", name="Xóa dữ liệu của tôi").click()
        self.page.get_by_role("button", name="Đồng ý xóa").click()


class Find:
    """`/o/<office>/find`: a booking whose link is lost."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/o/00070/find")

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert")

    def send(self, code: str, phone: str) -> None:
        self.page.get_by_label("Mã lịch hẹn").fill(code)
        self.page.get_by_label("Số điện thoại").fill(phone)
        self.page.get_by_role("button", name="Tìm").click()
