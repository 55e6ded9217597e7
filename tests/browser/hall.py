"""The demo ward with its people: who comes in, sits down or walks by in a browser test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

from setup.demo_sheet import Sheet
from tests.browser.screens.counter import ChooseCounter, Console
from tests.browser.screens.kiosk import Kiosk
from tests.browser.screens.lobby import Board
from tests.browser.screens.staff import Pairing, SignIn
from tests.conftest import MONDAY_MORNING
from tests.running import Running

OFFICE = "00070"
COPIES = "Chứng thực bản sao từ bản chính"
CERTIFYING = "Chứng thực"
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
PHONE: dict[str, Any] = NARROW | {"device_scale_factor": 2, "is_mobile": True, "has_touch": True}
KIOSK: dict[str, Any] = {"viewport": {"width": 1080, "height": 1920}, "has_touch": True}
LOBBY: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


@dataclass(frozen=True)
class Booked:
    """A booking as the city's portal was answered."""

    code: str
    token: str
    page_url: str


@dataclass
class Hall:
    """Opens each screen in a browser of its own, the way its people come to it."""

    server: Running
    sheet: Sheet
    visit: Callable[..., Page]

    def phone(self) -> Page:
        return self.visit(**PHONE)

    def kiosk(self) -> Kiosk:
        """The kiosk, paired by the link of the sheet."""
        page = self.visit(**KIOSK)
        Pairing(page).pair(self.sheet.codes["kiosk"])
        return Kiosk(page)

    def signed_in(self, username: str) -> Page:
        page = self.visit(**DESK)
        SignIn(page).enter(username, self.sheet.passwords[username])
        return page

    def officer(self, username: str = "canbo1", counter: int = 3) -> Console:
        """An officer, signed in, with this counter open."""
        return ChooseCounter(self.signed_in(username)).open(counter)

    def numbers(self, page: Page, count: int, service: str = COPIES) -> list[str]:
        """Walk-ins, given their numbers by whoever is signed in on `page`."""
        headers = {"X-CSRFToken": page.locator("meta[name=csrf-token]").get_attribute("content") or ""}
        wish, address = {"service": self.service(service)}, f"/api/v1/offices/{OFFICE}/tickets"
        press = {"data": wish, "headers": headers}
        taken = [page.request.post(address, **press) for _person in range(count)]
        assert all(answer.status == 201 for answer in taken), taken[-1].text()
        return [str(answer.json()["number"]) for answer in taken]

    def lobby(self) -> Board:
        """The television, paired by the link of the sheet."""
        page = self.visit(**LOBBY)
        Pairing(page).pair(self.sheet.codes["display"])
        page.goto("about:blank")  # so that what it hears next comes from its own start
        return Board(page)

    def service(self, name: str = COPIES) -> str:
        """The code of a service."""
        services = httpx.get(f"{self.server.url}/api/v1/offices/{OFFICE}/services").raise_for_status().json()
        return next(str(service["code"]) for service in services if service["name"] == name)

    def booked(self, starts_at: datetime, phone: str, *, service: str = COPIES, companions: Sequence[str] = ()) -> Booked:
        """A booking that somebody made before, for these `companions` (names), too."""
        wish = {"service": self.service(service), "starts_at": starts_at.isoformat(), "name": "Nguyễn Thị Thử", "phone": phone}
        wish |= {"people": [{"name": name, "service": wish["service"]} for name in companions]}
        answer = httpx.post(f"{self.server.url}/api/v1/offices/{OFFICE}/appointments", json=wish | {"consent": True})
        made = answer.raise_for_status().json()
        return Booked(made["code"], made["token"], made["page_url"])

    def set_printer(self, page: Page, verb: str, **form: str) -> None:
        """What the head signed in on `page` does at the printers' page: "add", "1/change", "1/fallback"."""
        mark = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = page.request.post(f"/printers/{OFFICE}/{verb}", form=form | {"csrf_token": mark})
        assert answer.ok, answer.text()

    def printed(self) -> list[Path]:
        """The pages that came out of the kiosk's printer, oldest first."""
        return sorted((self.server.data_dir / "printed" / "demo-kiosk").glob("*.png"), key=lambda page: page.stat().st_mtime_ns)


def at(clock: str, *, day: int = 23) -> datetime:
    """An hour of the day on which the tests live, e.g. "09:15"; `day` of November for another day."""
    hour, minute = clock.split(":")
    return MONDAY_MORNING.replace(day=day, hour=int(hour), minute=int(minute))
