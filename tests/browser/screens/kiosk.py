"""The kiosk in the lobby."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.browser import qr


class Kiosk:
    """`/kiosk/<office>`: a screen at a time, everything by touch."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(self.screen("home")).to_be_visible()
        expect(page.locator("#clock")).not_to_be_empty()  # the server has told how it stands

    def screen(self, name: str) -> Locator:
        return self.page.locator(f'[data-screen="{name}"]')

    # --- Touches ------------------------------------------------------------------------------------------------------

    def touch_tile(self, name: str) -> None:
        self.page.locator("#tiles").get_by_role("button", name=name).tap()

    def take(self, service: str, *, priority: bool = False) -> Locator:
        """The button of the second touch."""
        words = "Lấy số ưu tiên" if priority else "Lấy số"
        return self.page.locator("#services").get_by_role("button", name=re.compile(f"^{words}: {re.escape(service)}"))

    def touch(self, words: str) -> None:
        self.page.locator("button:visible", has_text=words).first.tap()

    def scan(self, text: str) -> None:
        """As a USB scanner does: types the text into whatever has the focus, and Enter."""
        for _held_again in range(3):
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")
            try:
                self.page.locator('[data-screen="result"]:visible, [data-screen="refused"]:visible').wait_for(timeout=3000)
                return
            except TookTooLong:
                continue
        raise AssertionError("the kiosk did not take what was scanned")

    def type_code(self, code: str) -> None:
        """Touch "I have a booking", then the code on the screen's own keys."""
        self.screen("home").locator('[data-do="checkin"]').tap()
        for sign in code:
            self.page.locator("#keys").get_by_role("button", name=sign, exact=True).tap()
        self.page.get_by_role("button", name="Xác nhận đã đến").tap()

    # --- What it says ---------------------------------------------------------------------------------------------------

    @property
    def number(self) -> str:
        expect(self.screen("result")).to_be_visible()
        return self.page.locator("#number").inner_text()

    @property
    def outcome(self) -> Locator:
        return self.page.locator("#outcome")

    @property
    def ahead(self) -> Locator:
        return self.page.locator("#ahead")

    @property
    def wait(self) -> Locator:
        return self.page.locator("#wait")

    @property
    def counters(self) -> Locator:
        return self.page.locator("#where")

    @property
    def paper(self) -> Locator:
        return self.page.locator("#print")

    @property
    def alert(self) -> Locator:
        return self.page.locator("#alert")

    @property
    def sheets(self) -> Locator:
        """The way, at the second touch, to paper without a number."""
        return self.page.locator("#sheets")

    @property
    def sheet(self) -> Locator:
        """What became of the sheet somebody asked for."""
        return self.page.locator("#sheet")

    @property
    def refusal(self) -> Locator:
        return self.page.locator("#refused-words")

    @property
    def ways(self) -> Locator:
        return self.page.locator("#ways button")

    def read_qr(self) -> str:
        """The code of the number on the screen."""
        picture = self.page.locator("#qr")
        expect(picture).to_be_visible()
        picture.evaluate("image => image.decode()")
        return qr.read(picture.screenshot())

    def go_home(self) -> None:
        self.touch("Xong, về màn hình đầu" if self.screen("result").is_visible() else "Quay lại")
        expect(self.screen("home")).to_be_visible()
