"""The helper's tablet at the door."""

from __future__ import annotations

from playwright.sync_api import Page, expect


class Door:
    """`/door/`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def give_number(self, words: str) -> str:
        """Give a number for the first service these words find; which number it was."""
        self.page.locator("[data-tab=take]").click()
        self.page.locator("#narrow").fill(words)
        self.page.locator(".door-service:visible [data-take]:not([data-priority])").first.click()
        number = self.page.locator("#given-number")
        expect(number).not_to_be_empty()
        given = number.text_content() or ""
        self.page.locator("#ask-given [data-close]").click()
        return given
