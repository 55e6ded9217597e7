"""The citizen's pages: the city, the three steps of a booking, and the booking itself."""

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

    def choose(self, hour: str) -> Confirm:
        self.page.locator(".slots").get_by_role("button", name=re.compile(f"^{hour}")).click()
        return Confirm(self.page)


class Confirm:
    """Step 3: who comes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_text("Bước 3 trong 3")).to_be_visible()

    def send(self, name: str, phone: str) -> MyBooking:
        self.page.get_by_role("textbox", name="Họ và tên").fill(name)
        self.page.get_by_role("textbox", name="Số điện thoại").fill(phone)
        self.page.get_by_role("checkbox").check()
        self.page.get_by_role("button", name="Đặt lịch hẹn").click()
        return MyBooking(self.page)


class MyBooking:
    """`/a/<token>`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_url(re.compile(r"/a/[\w-]+$"))

    @property
    def token(self) -> str:
        return self.page.url.rsplit("/", 1)[1]

    @property
    def code(self) -> str:
        return self.page.locator(".code").inner_text().replace(" ", "")

    @property
    def window(self) -> Locator:
        return self.page.locator(".window .number")

    @property
    def papers(self) -> Locator:
        return self.page.locator(".papers > li")

    @property
    def notice(self) -> Locator:
        return self.page.locator(".notice").first

    def read_qr(self) -> str:
        return qr.read(self.page.locator(".booking-qr").screenshot())

    def ask_cancel(self) -> None:
        self.page.get_by_role("link", name="Hủy lịch hẹn").click()

    def agree_to_cancel(self) -> None:
        self.page.get_by_role("button", name="Đồng ý hủy").click()
