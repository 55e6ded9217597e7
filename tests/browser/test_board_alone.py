"""A board that nobody looks after: loaded again without a server, renewed for a new release, still for whoever wants no motion,
and with more calls missed than it has rows. Its server is here in the process, and answers or is away as the test says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from core.clock import SetClock
from tests.browser.conftest import LOOK
from tests.browser.hall import LOBBY
from tests.display.conftest import CODE, Hall, opened_hall

pytestmark = pytest.mark.browser

HOME = "http://hall.test"
STEP_S = 5
NO_CHANCE = "Math.random = () => 0"
"""Renewals of a city's screens are spread by chance over a minute; here they are due at once."""
HEAR_SAID = """() => {
  window.said = [];
  const number = document.getElementById("number");
  const note = () => {
    const now = document.body.classList.contains("speaking") ? number.textContent : null;
    if (now && said[said.length - 1] !== now) said.push(now);
  };
  new MutationObserver(note).observe(document.body, {attributes: true, subtree: true, childList: true, characterData: true});
}"""
RUNNING = "document.getAnimations().filter((one) => one.playState === 'running').length"


class Screen:
    """A page of the product in a browser whose clock is the office's. Sockets are blocked: it asks every five seconds."""

    def __init__(self, context: BrowserContext, client: FlaskClient, clock: SetClock) -> None:
        self._client, self._clock = client, clock
        self._remembered: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.there = True
        context.route("**/*", self._answer)
        context.route_web_socket("**/socket.io/**", lambda socket: socket.close())
        self.page: Page = context.new_page()
        self.page.clock.install(time=clock.now())

    def _answer(self, route: Route) -> None:
        """As the server would, and while it is away from the browser's memory: pages and their files, never what changes."""
        request, parts = route.request, urlsplit(route.request.url)
        path = f"{parts.path}?{parts.query}"
        if not self.there:
            held = self._remembered.get(path) if request.resource_type in ("document", "script", "stylesheet", "font") else None
            return route.fulfill(status=held[0], body=held[1], headers=held[2]) if held else route.abort()
        kind = {"Content-Type": request.headers.get("content-type", "text/html")}
        answer = self._client.open(path, method=request.method, data=request.post_data, headers=kind)
        self._remembered[path] = answer.status_code, answer.data, dict(answer.headers)
        return route.fulfill(status=answer.status_code, body=answer.data, headers=dict(answer.headers))

    def wait(self, seconds: int, *, step: int = STEP_S) -> None:
        """Let time pass, here and at the office, in steps in which every answer comes; the page may load itself again in them."""
        for _step in range(seconds // step):
            self._clock.advance(timedelta(seconds=step))
            with suppress(Error):
                self.page.clock.fast_forward(step * 1000)
                self.page.evaluate("fetch('/healthz').catch(() => null)")
        self.page.wait_for_load_state()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The screens are the same on either database."""
    return sqlite_url


@pytest.fixture
def hall(app: Flask, clock: SetClock) -> Hall:
    return opened_hall(app, clock)


@pytest.fixture
def screen(app: Flask, hall: Hall, clock: SetClock, chromium: Browser) -> Iterator[Screen]:
    context = chromium.new_context(base_url=HOME, **LOOK, **LOBBY)
    context.set_default_timeout(10_000)
    yield Screen(context, app.test_client(), clock)
    context.close()


def test_a_screen_that_is_loaded_again_while_the_server_is_away_has_the_board_it_kept_with_its_age(
    hall: Hall, screen: Screen
) -> None:
    hall.take()
    hall.call()
    hall.open(2)
    screen.page.goto(f"/display/{CODE}")
    number, lost = screen.page.locator("#number"), screen.page.locator("#lost")
    expect(number).to_have_text("A001")
    hall.take()
    hall.call(2)
    screen.wait(15)
    expect(number).to_have_text("A002")
    screen.there = False
    screen.wait(600, step=300)
    screen.page.reload()
    screen.wait(10)
    expect(number).to_have_text("A002")  # the page from the browser's memory knows A001 only
    expect(lost).to_contain_text("Bảng này đúng lúc 09:00 (10 phút trước).")
    screen.there = True
    screen.wait(10)
    expect(lost).to_be_hidden()


def test_a_new_release_is_loaded_in_a_quiet_moment_when_the_server_has_it_and_only_once(
    hall: Hall, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_same() -> bool:
        return bool(screen.page.evaluate("window.isSame === true"))

    screen.page.add_init_script(NO_CHANCE)
    screen.page.goto(f"/display/{CODE}")
    screen.page.evaluate("window.isSame = true")
    hall.take()
    hall.call()
    monkeypatch.setattr("display.live.release", lambda: "the next release")
    screen.wait(15)
    expect(screen.page.locator("#number")).to_have_text("A001")
    assert is_same(), "somebody has just been called"
    screen.there = False
    screen.wait(30, step=15)
    assert is_same(), "a page that cannot be had is not asked for: the hall would see the browser's error"
    screen.there = True
    screen.wait(98, step=14)
    assert not is_same()
    screen.page.evaluate("window.isSame = true")
    monkeypatch.setattr("display.live.release", lambda: "the old server beside it")
    screen.wait(60, step=20)
    assert is_same(), "two servers that answer in turn do not make it load itself again and again"


def test_calls_missed_while_the_line_was_away_are_said_however_many_unless_their_person_has_come(
    hall: Hall, screen: Screen
) -> None:
    """Twelve rows of calls are sent; who has still to come is sent besides."""
    hall.open(2)
    screen.page.goto(f"/display/{CODE}")
    screen.page.evaluate(HEAR_SAID)
    screen.there = False
    hall.take()
    hall.call(1)
    for _person in range(15):
        came = hall.take()
        hall.call(2)
        hall.do("serve", came)
        hall.send_for_papers(came, "giấy tờ")
    hall.take()
    screen.wait(40)
    hall.call(2)
    screen.there = True
    screen.wait(40)
    assert screen.page.evaluate("said") == ["A001", "A017"]


def test_nothing_moves_for_whoever_wants_no_motion(hall: Hall, screen: Screen) -> None:
    token = hall.take()
    hall.call()
    for path in (f"/t/{token}", f"/display/{CODE}", f"/display/{CODE}?layout=led"):
        screen.page.emulate_media(reduced_motion="no-preference")
        screen.page.goto(path)
        screen.wait(20, step=20)  # nobody is called again sooner
        hall.do("recall", token)
        screen.wait(5)
        screen.page.locator(".speaking, .state-called").wait_for()
        assert screen.page.evaluate(RUNNING) > 0, f"{path}: a call does move for everybody else"
        screen.page.emulate_media(reduced_motion="reduce")
        assert screen.page.evaluate(RUNNING) == 0, path
