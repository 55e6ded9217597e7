"""What the booking costs a telephone that has never been here: bytes, and what the first paint waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.hall import COPIES, Hall
from tests.browser.screens.booking import City

pytestmark = pytest.mark.browser

MOST_BYTES = 100_000
"""Of the whole path, as it travels: headers and compressed bodies."""
MOST_BLOCKING = 3
"""Requests that the first paint of a page waits for, the page itself among them."""

BLOCKING = """() => performance.getEntriesByType("resource")
    .filter((entry) => entry.renderBlockingStatus === "blocking").map((entry) => entry.name)"""
FONTS = """() => document.fonts.ready.then((fonts) => [...fonts]
    .filter((font) => font.status === "loaded").map((font) => [font.family, font.weight, font.display].join(" ")))"""


@dataclass
class Step:
    """One page of the path: what was fetched for it, in bytes by path, and what its first paint waited for."""

    name: str
    fetched: list[tuple[str, int]] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        return sum(size for _path, size in self.fetched)

    def lines(self) -> Iterator[str]:
        yield f"{self.name:<12} {self.bytes:>7} bytes, {1 + len(self.blocking)} requests before the first paint"
        for path, size in self.fetched:
            yield f"             {size:>7} {path}{'  (blocks)' if path in self.blocking else ''}"


class Scales:
    """Weighs what a page of Chromium fetches, by its debugger: what came out of its cache weighs nothing."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps: list[Step] = []
        self._fetched: dict[str, tuple[str, int]] = {}
        self._paths: dict[str, str] = {}
        debugger = page.context.new_cdp_session(page)
        debugger.on("Network.requestWillBeSent", self._sent)
        debugger.on("Network.loadingFinished", self._finished)
        debugger.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        number = event["requestId"]
        if "redirectResponse" in event:  # the answer that led here has the same number
            redirect = event["redirectResponse"]
            self._fetched[f"{number} to {event['request']['url']}"] = (_path(redirect["url"]), redirect["encodedDataLength"])
        self._paths[number] = _path(event["request"]["url"])

    def _finished(self, event: dict[str, Any]) -> None:
        path, size = self._paths[event["requestId"]], int(event["encodedDataLength"])
        if size and not path.startswith("data:"):
            self._fetched[event["requestId"]] = (path, size)

    def weigh(self, name: str) -> None:
        """Put down what was fetched since the last time, when the page has everything it wants."""
        self.page.wait_for_load_state("networkidle")
        fonts = self.page.evaluate(FONTS)
        blocking = [_path(url) for url in self.page.evaluate(BLOCKING)]
        self.steps.append(Step(name, list(self._fetched.values()), blocking, fonts))
        self._fetched.clear()

    def table(self) -> str:
        total = f"{'all':<12} {sum(step.bytes for step in self.steps):>7} bytes"
        return "\n".join([line for step in self.steps for line in step.lines()] + [total])


def _path(url: str) -> str:
    return url if url.startswith("data:") else urlsplit(url).path


def walk(hall: Hall) -> Scales:
    """Book on a telephone that has never been here, and weigh every page on the way."""
    scales = Scales(hall.phone())
    city = City(scales.page)
    scales.weigh("city")
    services = city.choose("Phường Hoàn Kiếm")
    scales.weigh("service")
    times = services.choose(COPIES)
    scales.weigh("time")
    confirm = times.choose("09:15")
    scales.weigh("confirm")
    confirm.send("Nguyễn Thị Thử", "0912 345 678")
    scales.weigh("my booking")
    return scales


def test_booking_weighs_little_and_nothing_but_two_style_sheets_holds_up_a_page(
    hall: Hall, record_property: Callable[[str, object], None]
) -> None:
    scales = walk(hall)
    print(scales.table())
    record_property("bytes", sum(step.bytes for step in scales.steps))
    assert sum(step.bytes for step in scales.steps) < MOST_BYTES
    for step in scales.steps:
        assert 1 + len(step.blocking) <= MOST_BLOCKING, f"{step.name} waits for {step.blocking}"
        assert all(font.endswith(" swap") for font in step.fonts), f"words wait for a font: {step.fonts}"


def test_what_the_telephone_has_it_does_not_ask_for_again(hall: Hall) -> None:
    fetched = [path for step in walk(hall).steps for path, _size in step.fetched if "/static/" in path]
    assert sorted(fetched) == sorted(set(fetched))
