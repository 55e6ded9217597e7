"""A real browser on a real server: Debian's Chromium, the demo office, a set clock that runs.

    def test_...(server: Running, page: Page, axe: Axe) -> None:
        page.goto(f"{server.url}/")
        axe(page)
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import wsgi
from core.clock import SetClock
from core.config import load_config
from setup import demo_sheet
from setup.demo_sheet import Sheet
from tests import running, servers
from tests.browser import fit
from tests.browser.hall import DESK, Hall
from tests.conftest import MONDAY_MORNING

Axe = Callable[[Page], None]
Check = Callable[[Page, str], None]

AXE = servers.ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LOOK: dict[str, Any] = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once: the build without windows, where there is one, which draws no window around each page.

    The engine is the same, and what a page costs is a third.
    """
    binary = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if binary is None:
        servers.not_run("Chromium is not installed (apt-get install chromium-headless-shell)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA_DIR as `make run` leaves it after its first start, to be copied; all processes of one run share it."""
    together = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        together = together.parent
    folder, made = together / "demo", together / "demo-made"
    with (together / "demo-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir()
            _furnish(folder)
            made.touch()
    return folder


def _furnish(data_dir: Path) -> None:
    """`flask office init` and `flask office demo`, in this process: to start each is more work than to run both."""
    app = wsgi.create_app(load_config({"DATA_DIR": str(data_dir)}), SetClock(MONDAY_MORNING, runs=True))
    for command in ("init", "demo"):
        done = app.test_cli_runner().invoke(args=["office", command])
        assert done.exit_code == 0, done.output
    app.extensions["realtime"].close()
    app.extensions["dung-gio"].database.dispose()


@pytest.fixture
def server(demo_data: Path, tmp_path: Path) -> Iterator[running.Running]:
    """A server with the demo office, of this test's own."""
    data_dir = shutil.copytree(demo_data, tmp_path / "data")
    with running.server(data_dir) as started:
        yield started


@pytest.fixture
def sheet(server: running.Running) -> Sheet:
    """The demo ward's sign-ins and pairing codes: `sheet.passwords["canbo1"]`, `sheet.codes["kiosk"]`."""
    return demo_sheet.read(server.data_dir / "demo.txt")


class Visit:
    """Opens screens for one test and remembers what went wrong on them: console errors, failed and foreign requests."""

    def __init__(self, browser: Browser, home: str) -> None:
        self._browser = browser
        self._home = home
        self._contexts = ExitStack()
        self.faults: list[str] = []

    def __call__(self, **look: Any) -> Page:
        """A fresh browser (own cookies) with one page, e.g. `visit(**PHONE)`; paths are of the test's server."""
        context: BrowserContext = self._browser.new_context(base_url=self._home, **LOOK, **look)
        context.set_default_timeout(10_000)
        self._contexts.callback(context.close)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", lambda request: self._note(request.url))
        page = context.new_page()
        page.on("console", lambda message: self._note_console(message.type, message.text))
        return page

    def _note(self, url: str) -> None:
        own = (self._home, self._home.replace("http", "ws", 1), "data:", "blob:")
        if not url.startswith(own):
            self.faults.append(f"request to another host: {url}")

    def _note_console(self, kind: str, text: str) -> None:
        # An answer of 4xx is what some tests ask for; Chromium reports it as an error too.
        if kind == "error" and "Failed to load resource" not in text and "WebSocket connection" not in text:
            self.faults.append(f"console: {text}")

    def close(self) -> None:
        self._contexts.close()


@pytest.fixture
def visit(chromium: Browser, server: running.Running) -> Iterator[Visit]:
    """Opens as many separate browsers as the test has people; the test fails when a page had an error in it."""
    visit = Visit(chromium, server.url)
    yield visit
    visit.close()
    assert visit.faults == []


@pytest.fixture
def page(visit: Visit) -> Page:
    """One browser at a desk."""
    return visit(**DESK)


@pytest.fixture
def hall(server: running.Running, sheet: Sheet, visit: Visit) -> Hall:
    """The demo ward with its people and machines."""
    return Hall(server, sheet, visit)


@pytest.fixture
def axe() -> Axe:
    """Checks the page as it stands against WCAG 2.2 A and AA and axe's best practices."""
    if not AXE.exists():
        servers.not_run("axe-core is not installed (make test installs it with npm)")
    rules = AXE.read_text()

    def check(page: Page) -> None:
        if not page.evaluate("'axe' in window"):
            # Evaluated by the debugger, so the page's own Content-Security-Policy need not allow it.
            page.evaluate(rules)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        told = [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]
        assert told == [], f"{page.url}: {told}"

    return check


@pytest.fixture
def check(axe: Axe) -> Check:
    """Checks a screen as it stands; what is wrong is told at once, with the name of the screen's state."""

    def check(page: Page, state: str) -> None:
        axe(page)
        assert list(fit.faults(page)) == [], f"{page.url} ({state}) does not fit"

    return check
