"""From an officer's key to the glass: call-next over HTTP until two displays have painted the number. `python -m bench.lobby`

The reference, in the same run and turn about: the least server that sends a text to two pages over a websocket (bench/echo.py),
painted by the same browser. Both times end two animation frames after the text changed.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from bench.figures import spread
from tests import running, servers
from tests.browser.conftest import FLAGS, LOOK
from tests.browser.hall import LOBBY, OFFICE
from tests.browser.house import COUNTERS, House, demo_house

CALLS = 120
PAUSE_S = 0.25
"""Two calls and two words a second: a hundred times what a ward needs, and yet nobody waits for the one before."""
WATCH = """([place]) => {
  window.painted = {};
  const look = () => {
    const text = document.querySelector(place).textContent;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const now = performance.timeOrigin + performance.now();
      (text.match(/[A-Z][0-9]{3}/g) || []).forEach((number) => { window.painted[number] = window.painted[number] || now; });
    }));
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
PAINTED = """([number]) => new Promise((done) => {
  const look = () => (window.painted[number] ? done(window.painted[number]) : setTimeout(look, 5));
  look();
})"""


def display(browser: Browser, address: str, place: str, token: str | None = None) -> Page:
    """A page that remembers when each number was painted in `place`."""
    context = browser.new_context(**LOOK, **LOBBY)
    if token:
        context.add_cookies([{"name": "device", "value": token, "url": address}])
    page = context.new_page()
    page.goto(address)
    page.evaluate(WATCH, [place])
    return page


def painted_in(pages: list[Page], number: str, begun: float) -> float:
    """Seconds until the last of the pages had painted the number."""
    return max(float(page.evaluate(PAINTED, [number])) for page in pages) / 1000 - begun


def measure(browser: Browser, house: House, echo: str) -> dict[str, Any]:
    """Call after call at ten counters, and one word of the reference after each."""
    house.take(CALLS)
    address = f"http://127.0.0.1:{house.port}/display/{OFFICE}"
    pages = [display(browser, address, "#counters", token) for token in house.displays]
    plain = [display(browser, echo, "#number") for _ in range(2)]
    time.sleep(2)
    calls, words = [], []
    with httpx.Client() as client:
        for number in range(CALLS):
            counter = COUNTERS[number % len(COUNTERS)]
            begun = time.time()
            answer = client.post(
                f"{house.api}/counters/{house.ids[counter]}/call-next", headers=house.staff[counter], json={}
            ).raise_for_status()
            calls.append(painted_in(pages, str(answer.json()["ticket"]["number"]), begun))
            begun = time.time()
            client.post(f"{echo}/say", content=f"X{number:03}").raise_for_status()
            words.append(painted_in(plain, f"X{number:03}", begun))
            time.sleep(PAUSE_S)
    called, said = spread(calls), spread(words)
    return {
        "calls": len(calls),
        "call to paint ms": called,
        "reference, word to paint ms": said,
        "ratio of p50": round(called["p50"] / said["p50"], 2),
        "more than the reference at p99, ms": round(called["p99"] - said["p99"], 1),
    }


def main() -> int:
    """Print a table and JSON."""
    with ExitStack() as stack:
        house = stack.enter_context(demo_house())
        port = servers.free_port()
        command = [sys.executable, "-m", "bench.echo", str(port)]
        log, environ = house.data_dir / "echo.log", running.clean_environ()
        process = stack.enter_context(servers.child(command, log, end=signal.SIGTERM, environ=environ))
        echo = f"http://127.0.0.1:{port}"
        servers.wait_until(lambda: httpx.get(echo).raise_for_status(), process, log)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        found = measure(browser, house, echo)
        browser.close()
    for name, value in found.items():
        print(f"{name:<36}{value}")
    print(json.dumps({"lobby": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
