"""`make pictures`: the README's pictures, taken of the demo ward on a Monday morning with invented people."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from bench.report_years import working_days, write_days
from core.database import Database
from office.store import counters_of, office_by_code
from reports.models import FactMark
from setup import demo_sheet
from tests import running
from tests.browser.conftest import FLAGS, LOOK
from tests.browser.hall import DESK, KIOSK, LOBBY, OFFICE, PHONE
from tests.conftest import MONDAY_MORNING

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"
API = f"/api/v1/offices/{OFFICE}"
TABLET: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
NEW = "/office/00004"


def main() -> None:
    """Fill a demo ward, and take every picture of it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        running.office_command(data, "init")
        running.office_command(data, "demo")
        _remember(data)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with running.server(data) as server:
            _Ward(server, browser).take()
        browser.close()


def _remember(data: Path) -> None:
    """Two weeks that are over, for the figures."""
    database = Database(f"sqlite:///{data / 'dung-gio.db'}")
    with database.reading() as session:
        office = office_by_code(session, OFFICE)
        counter = counters_of(session, office)[0].id
        list(office.services)  # which are read with the office's session, and written about in another
    with database.transaction() as session:
        session.add(FactMark(office_id=office.id, through_n=0, next_id=0, until_id=0))  # the facts are written, not worked out
    write_days(database, random.Random(8), office, counter, [], working_days(MONDAY_MORNING.date(), 10))
    database.dispose()


class _Ward:
    def __init__(self, server: running.Running, browser: Browser) -> None:
        self.server, self.browser = server, browser
        self.sheet = demo_sheet.read(server.data_dir / "demo.txt")
        self.kiosk = self._page(KIOSK, "/pair/" + self.sheet.codes["kiosk"])
        self.kiosk.click("main button[type=submit]")
        self.kiosk.wait_for_url("**/kiosk/00070")
        token = next(cookie["value"] for cookie in self.kiosk.context.cookies() if cookie["name"] == "device")
        self.http = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"})
        self.services = self.http.get(f"{API}/services").json()

    def take(self) -> None:
        mine = self._fill()
        self._shoot(self.kiosk, "kiosk")
        display = self._page(LOBBY, "/pair/" + self.sheet.codes["display"])
        display.click("main button[type=submit]")
        display.wait_for_url(f"**/display/{OFFICE}")
        console = self._signed_in("canbo3")
        console.keyboard.press("n")
        console.wait_for_timeout(2000)
        self._shoot(console, "console")
        self._shoot(display, "display")
        self._shoot(self._page(PHONE, f"/t/{mine}"), "ticket")
        booking = self._page(PHONE, f"/o/00070/time?service={self.services[0]['code']}")
        self._shoot(booking, "booking")
        self._take_the_heads_pages()
        newest = max((self.server.data_dir / "printed").glob("*/*.png"), key=lambda path: path.stat().st_mtime)
        shutil.copy(newest, PICTURES / "paper.png")

    def _take_the_heads_pages(self) -> None:
        """Today, the figures, a change looked at before it is saved, and a step of the first run: on a tablet."""
        head = self._signed_in("truong", look=TABLET)
        head.goto(f"/office/{OFFICE}/today")
        self._shoot(head, "today")
        days = working_days(MONDAY_MORNING.date(), 10)
        head.goto(f"/reports/?since={days[0]}&until={days[-1]}")
        head.locator(".charts").first.evaluate("charts => scrollTo(0, charts.getBoundingClientRect().top - 72)")
        self._shoot(head, "reports")
        head.goto(f"/office/{OFFICE}/hours")
        head.get_by_label("Thứ Hai").fill("13:00-17:00")
        head.get_by_role("button", name="Xem trước").click()
        self._shoot(head, "preview")
        city = self._signed_in("quantri", look=TABLET)
        city.goto(f"{NEW}/start/fields")
        city.get_by_role("button", name="Lưu và tiếp tục").click()
        self._shoot(city, "wizard")

    def _fill(self) -> str:
        """Walk-ins, bookings and two busy counters; gives the token of the last number taken."""
        busy = [service for service in self.services if service["prefix"] in "AH"]
        tickets = [
            self.http.post(f"{API}/tickets", json={"service": busy[turn * 5 % len(busy)]["code"], "priority": turn == 6}).json()
            for turn in range(12)
        ]
        tomorrow = (self.server.now() + timedelta(minutes=20)).replace(second=0, microsecond=0)
        slots = self.http.get(f"{API}/slots", params={"service": busy[0]["code"], "day": tomorrow.date().isoformat()}).json()
        for turn, slot in enumerate(slots[:3]):
            self._book(busy[0]["code"], datetime.fromisoformat(slot["starts_at"]), turn)
        for number, username in ((1, "canbo1"), (2, "canbo2")):
            page = self._signed_in(username, number)
            page.keyboard.press("n")
            page.wait_for_timeout(1500)
        self._signed_in("canbo3", 3)
        return str(tickets[-1]["token"])

    def _book(self, service: str, at: datetime, turn: int) -> None:
        wish = {"service": service, "starts_at": at.isoformat(), "name": f"Nguyễn Thị Thử {turn}", "consent": True}
        booked = self.http.post(f"{API}/appointments", json=wish | {"phone": f"091234567{turn}"}).json()
        if turn == 0:
            self.http.post(f"{API}/check-ins", json={"code": booked["code"]})

    def _signed_in(self, username: str, open_counter: int = 0, look: dict[str, Any] = DESK) -> Page:
        page = self._page(look, "/sign-in")
        page.fill("#username", username)
        page.fill("#password", self.sheet.passwords[username])
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        if open_counter:
            page.locator("button", has_text="Mở quầy này").nth(open_counter - 1).click()
        page.wait_for_timeout(1500)
        return page

    def _page(self, look: dict[str, Any], path: str) -> Page:
        page = self.browser.new_context(base_url=self.server.url, **LOOK, **look).new_page()
        page.goto(path)
        return page

    def _shoot(self, page: Page, name: str) -> None:
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURES / f"{name}.png")
        sys.stdout.write(f"docs/pictures/{name}.png\n")


if __name__ == "__main__":
    main()
