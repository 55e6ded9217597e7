"""The officers' console and the helper's tablet, as a person uses them."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign in; leads to the page of the person's role."""
    page.goto("/sign-in")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


class Console:
    """The one screen of an officer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open_counter(self, number: int) -> None:
        """Choose a counter; the console is live afterwards."""
        self.page.locator("[data-counter]").nth(number - 1).click()
        expect(self.page.get_by_role("heading", name=f"Quầy {number}", exact=True)).to_be_visible()
        self.is_live()

    def is_live(self) -> None:
        """The line comes over the socket."""
        expect(self.page.locator("#live")).to_have_text("Trực tiếp")

    def press(self, key: str) -> None:
        """One of the console's keys."""
        self.page.keyboard.press(key)

    def take_number(self, words: str) -> None:
        """K: give a number to somebody at the desk for the service these words find."""
        self.press("k")
        self.page.locator("[data-narrows=take-service]").fill(words)
        self.press("Enter")

    def serves(self, number: str, state: str) -> None:
        """This number is at the counter, in this state."""
        expect(self.page.locator(".serving-number")).to_have_text(number)
        expect(self.page.locator("#counter-state")).to_have_text(state)

    def says(self, words: str) -> None:
        """The message below the keys."""
        expect(self.page.locator("#toast-words")).to_contain_text(words)


class Door:
    """The helper's tablet."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def find(self, words: str) -> None:
        """Look for a booking of today."""
        self.page.locator("#find-words").fill(words)
        self.page.keyboard.press("Enter")

    def give_number(self, words: str) -> str:
        """Give a number for the service these words find; what it is."""
        self.page.locator("[data-tab=take]").click()
        self.page.locator("#narrow").fill(words)
        self.page.locator(".door-service:visible [data-take]:not([data-priority])").first.click()
        number = self.page.locator("#given-number")
        expect(number).not_to_be_empty()
        given = number.text_content() or ""
        self.page.locator("#ask-given [data-close]").click()
        return given
