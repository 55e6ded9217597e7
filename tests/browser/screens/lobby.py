"""What follows by itself: the lobby's board and a person's own ticket page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, Request, WebSocket

MOMENTS = 600
"""Frames of the screen in ten seconds."""

CHANGED = """([selector, text]) => {
  window.notLoadedAgain = true;
  window.changedAt = new Promise((done, fail) => {
    setTimeout(() => fail(new Error(`${text} did not come`)), 5000);
    const look = () => {
      const node = document.querySelector(selector);
      if (node && node.textContent === text) done(Date.now());
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
    look();
  });
}"""


class LivePage:
    """A page that follows over a websocket: ready when its first snapshot has come. What it asks the API for is noted."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self.frames: list[str] = []
        self.asked: list[str] = []
        page.on("websocket", self._listen)
        page.goto(path)
        for _moment in range(MOMENTS):
            if any('["snapshot",' in frame for frame in self.frames):
                break
            page.evaluate("new Promise(requestAnimationFrame)")  # lets the page, and these listeners, go on
        else:
            raise AssertionError(f"{path}: no snapshot came over a socket")
        page.on("request", self._note)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))

    def _note(self, request: Request) -> None:
        if "/api/" in request.url or "/socket.io/" in request.url:
            self.asked.append(request.url)

    def watch_for(self, selector: str, text: str) -> None:
        """From now on: remember when this text comes to stand there, and whether the page was loaded again meanwhile."""
        self.frames.clear()
        self.asked.clear()
        self.page.evaluate(CHANGED, [selector, text])

    def changed_at(self) -> float:
        """When the text watched for came, in milliseconds since 1970. The page is still the same one, nothing was asked for."""
        at = float(self.page.evaluate("window.changedAt"))
        assert self.page.evaluate("window.notLoadedAgain")
        assert self.asked == [], f"the page asked for {self.asked}"
        return at


class Board(LivePage):
    """`/display/<office>`."""

    def __init__(self, page: Page, office: str = "00070") -> None:
        super().__init__(page, f"/display/{office}")

    @property
    def number(self) -> Locator:
        return self.page.locator("#number")

    @property
    def counter(self) -> Locator:
        return self.page.locator("#counter")

    @property
    def recent(self) -> Locator:
        return self.page.locator("#recent > li")


class TicketPage(LivePage):
    """`/t/<token>`."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page, address)

    @property
    def title(self) -> Locator:
        return self.page.locator("#title")

    @property
    def call(self) -> Locator:
        return self.page.locator("#call")
