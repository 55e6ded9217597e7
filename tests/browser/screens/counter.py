"""The officer's screens: choosing a counter, and the console."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class ChooseCounter:
    """`/counter/choose`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/counter/")
        page.wait_for_url("**/counter/choose")

    def card(self, number: int) -> Locator:
        heading = self.page.get_by_role("heading", name=f"Quầy {number}", exact=True)
        return self.page.locator(".chooser-card", has=heading)

    def open(self, number: int) -> Console:
        self.card(number).get_by_role("button").click()
        return Console(self.page)


class Console:
    """`/counter/` of an officer who has a counter open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_url("**/counter/")
        self.is_live()

    def is_live(self) -> None:
        """Waits until the line comes over the socket."""
        expect(self.page.locator("#live.live-live")).to_be_visible()

    def key(self, key: str) -> None:
        """A key of the console, when the press before it has been answered."""
        expect(self.page.locator(".busy")).to_have_count(0)
        self.page.keyboard.press(key)

    def think_better(self) -> None:
        """Escape out of a dialog, until the keys are the console's again."""
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog[open], dialog :focus")).to_have_count(0)

    def call_next(self) -> None:
        """Key N. Soon after a call the console takes it for the same press of a nervous finger, so this waits until then."""
        self.page.evaluate("new Promise(done => setTimeout(done, (window.calledAt || 0) + 1300 - Date.now()))")
        self.key("n")
        expect(self.page.locator(".busy")).to_have_count(0)
        self.page.evaluate("window.calledAt = Date.now()")

    def look_again(self) -> None:
        """As when the officer comes back to this window: the console asks for the present line (and hour) at once."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    @property
    def next_words(self) -> Locator:
        return self.page.locator("#next")

    @property
    def serving(self) -> Locator:
        return self.page.locator("#serving")

    @property
    def number(self) -> Locator:
        return self.page.locator("#serving .serving-number")

    @property
    def state(self) -> Locator:
        return self.page.locator("#counter-state")

    @property
    def line(self) -> Locator:
        """The numbers of the line, in order."""
        return self.page.locator("#line .number")

    @property
    def upcoming(self) -> Locator:
        """Who is next, shown beside the present person."""
        return self.page.locator("#upcoming")

    def strip(self, counter: int) -> Locator:
        """Another counter, in the strip along the bottom."""
        return self.page.locator(".strip-counter", has=self.page.locator(".strip-number", has_text=f" {counter}"))

    def dialog(self, name: str) -> Locator:
        return self.page.locator(f"#ask-{name}")

    def open_number(self, number: str) -> None:
        """By keys: find a number that stands in the line, open what may be done with it."""
        expect(self.page.locator("#line")).to_contain_text(number)
        self.key("/")
        self.page.keyboard.type(number)
        self.page.keyboard.press("Enter")
        expect(self.dialog("ticket")).to_be_visible()

    @property
    def visit_title(self) -> Locator:
        return self.page.locator("#visit-title")

    @property
    def visitors(self) -> Locator:
        """The people of the booking of whoever is at the counter."""
        return self.page.locator("#visit-people > li")

    @property
    def printer(self) -> Locator:
        """How the office's paper is."""
        return self.page.locator("#printer")

    @property
    def missed(self) -> Locator:
        return self.page.locator("#missed .number")

    @property
    def toast(self) -> Locator:
        return self.page.locator("#toast-words")

    def act(self, name: str) -> Locator:
        return self.page.locator(f'.act[data-act="{name}"]')
