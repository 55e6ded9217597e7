"""Two displays and a phone through what happens in years of a lobby: a server that starts again, a line that is cut or goes dead,
ten calls in one second, a clock that is wrong, a screen that slept. What was called is shown by all, and nothing older after it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from core.database import Database
from queueing.models import Call, CallHeard, Ticket
from tests import servers
from tests.browser.conftest import LOOK
from tests.browser.hall import LOBBY, OFFICE, PHONE
from tests.browser.house import COUNTERS, House
from tests.browser.wire import Wire, wire_to

pytestmark = pytest.mark.browser

LOST_MS = 20_000
"""How long a screen may take to say that its line is lost, or to be back."""


@pytest.fixture(scope="module")
def house(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data_dir = shutil.copytree(demo_data, tmp_path_factory.mktemp("house") / "data")
    house = House(data_dir, servers.free_port())
    house.furnish()
    house.start()
    yield house
    house.close()


@dataclass
class Screens:
    """Two paired displays and the phone of somebody who waits, all behind one wire."""

    wire: Wire
    displays: list[Page]
    phone: Page
    number: str

    @property
    def all(self) -> list[Page]:
        return [*self.displays, self.phone]


@pytest.fixture
def screens(house: House, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Screens]:
    """`indirect` parameters: by how many hours the machines' clocks are wrong (None: the real clock, which cannot be moved)."""
    [ticket] = house.take()
    wrong_by = getattr(request, "param", None)
    with wire_to(house.port) as wire, ExitStack() as contexts:

        def screen(path: str, look: dict[str, object], token: str | None) -> Page:
            context: BrowserContext = chromium.new_context(base_url=f"http://127.0.0.1:{wire.port}", **LOOK, **look)
            contexts.callback(context.close)
            if token:
                context.add_cookies([{"name": "device", "value": token, "url": f"http://127.0.0.1:{wire.port}"}])
            page = context.new_page()
            assert house.running
            if wrong_by is not None:
                page.clock.install(time=house.running.now() + timedelta(hours=wrong_by))
            page.goto(path)
            return page

        displays = [screen(f"/display/{OFFICE}", LOBBY, token) for token in house.displays]
        phone = screen(f"/t/{ticket['token']}", PHONE, None)
        for page in displays:
            expect(page.locator("#clock")).to_have_text(re.compile("[0-9]"))
        yield Screens(wire, displays, phone, str(ticket["number"]))


def shows(page: Page, number: str) -> None:
    """The number stands among those called."""
    expect(page.locator("#recent")).to_contain_text(number, timeout=LOST_MS)


def call_until(house: House, number: str) -> None:
    """Call at counter 1 until this number is called."""
    while house.call() != number:
        pass


def test_a_server_that_is_killed_and_starts_again_loses_no_call_on_any_screen(house: House, screens: Screens) -> None:
    [late] = house.take()
    call_until(house, screens.number)
    house.kill()
    for page in screens.displays:
        expect(page.locator("#lost")).to_be_visible(timeout=LOST_MS)
    house.start()
    call_until(house, late["number"])
    for page in screens.displays:
        shows(page, screens.number)
        shows(page, late["number"])
        expect(page.locator("#lost")).to_be_hidden(timeout=LOST_MS)
    expect(screens.phone.locator("#call")).to_be_hidden(timeout=LOST_MS)  # the phone's number was called, and then the next


def test_a_line_that_is_cut_shows_the_last_board_with_its_age_and_then_the_call_made_meanwhile(
    house: House, screens: Screens
) -> None:
    before = screens.displays[0].locator("#number").inner_text()
    screens.wire.cut()
    for page in screens.displays:
        expect(page.locator("#lost")).to_be_visible(timeout=LOST_MS)
        expect(page.locator("#number")).to_have_text(before)
    call_until(house, screens.number)
    screens.wire.mend()
    for page in screens.displays:
        shows(page, screens.number)
        expect(page.locator("#lost")).to_be_hidden()
    expect(screens.phone.locator("#call")).to_be_visible(timeout=LOST_MS)


def test_ten_calls_in_one_second_are_drawn_by_both_displays_and_both_say_so(house: House, screens: Screens) -> None:
    house.take(10)
    with ThreadPoolExecutor(10) as officers:
        called = list(officers.map(house.call, COUNTERS))
    assert len(set(called)) == 10
    for page in screens.displays:
        for counter, number in zip(COUNTERS, called, strict=True):
            expect(page.locator("#counters > li", has_text=number)).to_contain_text(f"Quầy {counter}")
    assert house.running
    database = Database(f"sqlite:///{house.data_dir / 'dung-gio.db'}")

    def said() -> None:
        with database.reading() as session:
            rows = session.execute(
                select(Ticket.label, CallHeard.device_id)
                .join(Call, Call.id == CallHeard.call_id)
                .join(Ticket, Ticket.id == Call.ticket_id)
                .where(Ticket.label.in_(called))
            ).all()
        assert len({(row.label, row.device_id) for row in rows}) == 20, rows

    servers.wait_until(said, house.running.process, house.running.log)
    database.dispose()


@pytest.mark.parametrize("screens", [3, -26], indirect=True, ids=["3 hours ahead", "a day behind"])
def test_a_display_whose_clock_is_wrong_shows_the_offices_hour_and_every_call(house: House, screens: Screens) -> None:
    assert house.running
    call_until(house, screens.number)
    for page in screens.displays:
        shows(page, screens.number)
        told = {f"{house.running.now() + timedelta(minutes=off):%H:%M}" for off in (-1, 0, 1)}
        assert page.locator("#clock").inner_text() in told
        expect(page.locator("#recent > li").first).to_have_class(re.compile("new"))
    expect(screens.phone.locator("#call")).to_be_visible()


@pytest.mark.parametrize("screens", [0], indirect=True, ids=["on time"])
def test_screens_that_slept_behind_a_dead_line_are_up_to_date_at_once_when_they_wake(house: House, screens: Screens) -> None:
    """The lid is closed and the cable goes dead in silence: timers stood still, no socket was told of its end."""
    screens.wire.freeze()
    call_until(house, screens.number)
    screens.wire.cut()
    screens.wire.mend()
    for page in screens.all:
        page.clock.fast_forward("10:00")
    for page in screens.displays:
        shows(page, screens.number)
        expect(page.locator("#lost")).to_be_hidden(timeout=LOST_MS)
    expect(screens.phone.locator("#call")).to_be_visible(timeout=LOST_MS)
    assert urlsplit(screens.phone.url).path.startswith("/t/")
