"""An hour (or so many minutes) of a lobby: does anything grow? `python -m bench.soak [MINUTES]`

The real server, two displays and a phone in Chromium, ten counters, a call every five seconds: two days of a ward. Once a
minute: memory of the server, and of each page, after its garbage was collected, the script's heap, nodes and listeners. What is
printed at the end is what each grew by from the end of the first sixth on.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from contextlib import ExitStack
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.figures import memory
from tests.browser.conftest import FLAGS, LOOK
from tests.browser.hall import LOBBY, OFFICE, PHONE
from tests.browser.house import COUNTERS, House, demo_house

CALL_EVERY_S = 5.0
SOUND = "--autoplay-policy=no-user-gesture-required"
METRICS = {"JSHeapUsedSize": "heap kB", "Nodes": "nodes", "JSEventListeners": "listeners"}

Sample = dict[str, float]


def figures(sessions: dict[str, CDPSession]) -> Sample:
    """Heap (kB), nodes and listeners of each page, garbage collected."""
    found = {}
    for name, session in sessions.items():
        session.send("HeapProfiler.collectGarbage")
        for metric in session.send("Performance.getMetrics")["metrics"]:
            if metric["name"] in METRICS:
                value = metric["value"] / (1000 if metric["name"] == "JSHeapUsedSize" else 1)
                found[f"{name}: {METRICS[metric['name']]}"] = round(value)
    return found


def soak(house: House, pages: dict[str, Page], minutes: float) -> list[Sample]:
    """Take and call, and look at the figures once a minute."""
    sessions = {name: page.context.new_cdp_session(page) for name, page in pages.items()}
    for session in sessions.values():
        session.send("Performance.enable")
    samples, calls = [], 0
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < minutes * 60:
        if passed >= len(samples) * 60:
            assert house.running
            samples.append({"minute": len(samples), "calls": calls, **figures(sessions), "server MB": server_memory(house)})
            print(json.dumps(samples[-1]), flush=True)
        house.take()
        house.call(COUNTERS[calls % len(COUNTERS)])
        calls += 1
        pages["display 1"].wait_for_timeout(max(0, CALL_EVERY_S * 1000 * calls - (time.monotonic() - begun) * 1000))
    return samples


def server_memory(house: House) -> float:
    """Megabytes of the server's worker."""
    assert house.running
    return round(memory(house.running.process.pid) / 1e6, 1)


def growth(samples: list[Sample]) -> dict[str, Any]:
    """By what each figure grew between the middle of the first half and that of the second, warming up left out."""
    after = samples[len(samples) // 6 :]
    half = len(after) // 2
    found = {}
    for name in after[0]:
        if name not in ("minute", "calls") and half:
            first, second = (sum(each[name] for each in part) / len(part) for part in (after[:half], after[half:]))
            found[name] = {"first half": round(first, 1), "second half": round(second, 1), "grew by": round(second - first, 1)}
    return found


def main() -> int:
    """Print a line a minute, then what grew."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with ExitStack() as stack:
        house = stack.enter_context(demo_house())
        home = f"http://127.0.0.1:{house.port}"
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, SOUND])
        [ticket] = house.take()
        pages = {}
        for name, path, look in (
            ("display 1", f"/display/{OFFICE}", LOBBY), ("display 2", f"/display/{OFFICE}?layout=led", LOBBY),
            ("phone", f"/t/{ticket['token']}", PHONE),
        ):  # fmt: skip
            context = browser.new_context(base_url=home, **LOOK, **look)
            if name != "phone":
                context.add_cookies([{"name": "device", "value": house.displays[len(pages)], "url": home}])
            pages[name] = context.new_page()
            pages[name].goto(path)
        samples = soak(house, pages, minutes)
        browser.close()
    found = growth(samples)
    for name, values in found.items():
        print(f"{name:<26}{values}")
    print(json.dumps({"soak": {"minutes": len(samples), "calls": samples[-1]["calls"], "growth": found}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
