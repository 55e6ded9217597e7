"""The page on which a day is closed."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class ClosingDay:
    """`/counter/day`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/counter/day")
        expect(page.locator("#live.live-live")).to_be_visible()

    def press(self, words: str, number: str) -> None:
        """A button of one person's row, by keyboard."""
        self.page.get_by_role("button", name=f"{words}: {number}").focus()
        self.page.keyboard.press("Enter")

    @property
    def numbers(self) -> Locator:
        """Who is not decided yet."""
        return self.page.locator("#rows .number")

    @property
    def close(self) -> Locator:
        return self.page.locator("#close")

    @property
    def said(self) -> Locator:
        return self.page.locator("#said-words")

    @property
    def undo(self) -> Locator:
        return self.page.locator("#undo")

    @property
    def places(self) -> Locator:
        return self.page.locator("#places")

    @property
    def note(self) -> Locator:
        return self.page.locator("#closing-note")

    @property
    def lost(self) -> Locator:
        return self.page.locator("#lost")

    @property
    def title_of_rest(self) -> Locator:
        """How many are left, in words."""
        return self.page.locator("#left")
