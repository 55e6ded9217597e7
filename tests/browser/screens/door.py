"""The helper's tablet at the door."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


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

    def open_number(self, number: str) -> None:
        """Touch a number of the line."""
        self.page.locator("[data-tab=line]").click()
        self.rows.filter(has_text=number).get_by_role("button").click()

    def find(self, words: str) -> None:
        self.page.locator("[data-tab=find]").click()
        self.page.locator("#find-words").fill(words)
        self.page.locator("#find button").click()

    def paste_handwritten(self, lines: str) -> None:
        """Open the form for handwritten numbers and paste a whole list."""
        self.page.locator("[data-tab=more]").click()
        self.page.locator("[data-go=hand]").click()
        self.page.locator("#hand-paste").click()
        self.page.locator("[name=lines]").fill(lines)
        self.page.locator("#ask-paste [type=submit]").click()

    def hand(self, row: int, name: str) -> Locator:
        """A field of a handwritten number; rows count from 0."""
        return self.page.locator(".hand-row").nth(row).locator(f"[data-hand={name}]")

    @property
    def toast(self) -> Locator:
        return self.page.locator("#toast-words")

    @property
    def rows(self) -> Locator:
        """The line, or whatever of it is chosen."""
        return self.page.locator("#tickets > li")

    @property
    def visitors(self) -> Locator:
        """The people of the booking of the number that is open."""
        return self.page.locator("#visit-people > li")
