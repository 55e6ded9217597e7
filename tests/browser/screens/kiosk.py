"""The kiosk in the lobby."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.browser import qr

UNREACHED = """() => [...document.querySelectorAll(".kiosk button, .kiosk input, .kiosk summary")].filter((node) => {
  if (!node.checkVisibility() || node.closest(".k-scroll")) return false;
  const box = node.getBoundingClientRect();
  return box.top < 0 || box.left < 0 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1;
}).map((node) => node.textContent || node.id)"""
HIGHEST = """() => Math.min(...[...document.querySelectorAll(".kiosk button, .kiosk input")]
  .filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect().top)) / innerHeight"""
KEPT = """() => [document.body.innerText, ...[...document.querySelectorAll(".kiosk *")].flatMap((node) => [
  node.value || "", node.getAttribute("src") || "", ...(node.children.length ? [] : [node.textContent])])].join("\\n")"""
KEYS = """(keys) => keys.forEach(([key, code, shift]) => (document.activeElement || document.body).dispatchEvent(
  new KeyboardEvent("keydown", {key, code, shiftKey: shift, bubbles: true, cancelable: true})))"""


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

    def keys(self, *keys: tuple[str, str, bool]) -> None:
        """What the browser hears of a scanner when something stands between: (key, code, shift) of each key."""
        self.page.evaluate(KEYS, list(keys))

    def press_keys(self, field: str, signs: str) -> None:
        """The screen's own keys of a field."""
        for sign in signs:
            self.page.locator(f'[data-keys-for="{field}"]').get_by_role("button", name=sign, exact=True).tap()

    def go_on(self) -> None:
        self.page.locator('[data-ask] [type="submit"]:visible').tap()

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
    def countdown(self) -> Locator:
        return self.page.locator("#countdown-words")

    @property
    def everything(self) -> str:
        """All that stands in the page, seen or not: words, addresses of pictures, what is typed."""
        return str(self.page.evaluate(KEPT))

    @property
    def unreached(self) -> list[str]:
        """What is touched but lies outside the glass."""
        return list(self.page.evaluate(UNREACHED))

    @property
    def highest(self) -> float:
        """Where the highest of what is touched begins, as a share of the glass from above."""
        return float(self.page.evaluate(HIGHEST))

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
