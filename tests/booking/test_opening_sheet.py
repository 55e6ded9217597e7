"""Today's bookings are saved as a page before each opening, whole in itself, masked, and never older than the bookings."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from booking import privacy
from booking.actions import Wish, book, cancel
from booking.forms import Companion, Visitor
from booking.models import Appointment
from booking.opening_sheet import OpeningSheets
from booking.sheet_rules import opening_due
from core.clock import SetClock
from core.database import Database
from office.hours import OFFICE_HOURS, ROUND_THE_CLOCK, Hours
from office.store import office_by_code
from tests.builders import WARD_HOURS, bearer, make_office, make_staff, make_token
from tests.pages import CheckedClient

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PHONE = "+84912345678"


def at(clock: str, day: int = 23) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("07:29"), None),
        (at("07:30"), at("08:00")),
        (at("09:00"), at("08:00")),
        (at("12:59"), at("08:00")),
        (at("13:00"), at("13:30")),
        (at("23:00"), at("13:30")),
        (at("09:00", 28), None),
    ],
)
def test_a_page_is_due_some_minutes_before_each_opening(now: datetime, expected: datetime | None) -> None:
    assert opening_due(Hours.of(OFFICE_HOURS, HANOI), now, 30) == expected


def test_an_office_that_opens_at_midnight_saves_the_next_days_page_before_it() -> None:
    hours = Hours.of(ROUND_THE_CLOCK, HANOI)
    assert opening_due(hours, at("23:29"), 30) == at("00:00")
    assert opening_due(hours, at("23:30"), 30) == at("00:00", 24)


class Ward:
    """The office 00070 in the ward's hours, and its pages."""

    def __init__(self, app: Flask, clock: SetClock) -> None:
        self.app, self.clock = app, clock
        self.database: Database = app.extensions["dung-gio"].database
        self.sheets: OpeningSheets = app.extensions["opening-sheets"]
        self.folder: Path = app.extensions["dung-gio"].config.data_dir / "bookings"
        with self.database.transaction() as session:
            office = make_office(session, hours=WARD_HOURS)
            self.headers = {
                role: bearer(make_token(session, make_staff(session, office, role, role))) for role in ("helper", "technician")
            }

    def book(self, when: str, name: str = "Trần Thị Thử", phone: str = PHONE, day: int = 23, service: str = "A") -> str:
        with self.database.transaction() as session:
            office = office_by_code(session, "00070")
            wish = Wish(service, at(when, day), Visitor(name, phone), people=(Companion("Lê Văn Mẫu", service),))
            return book(session, office, wish, now=at("06:00"), tz=HANOI, public_url="http://localhost").token

    def go_to(self, when: datetime) -> None:
        self.clock.advance(when - self.clock.now())

    def page(self, day: int = 23) -> str:
        return (self.folder / f"00070-2026-11-{day}.html").read_text(encoding="utf-8")

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
def ward(app: Flask, clock: SetClock) -> Ward:
    return Ward(app, clock)


def test_the_page_is_saved_before_opening_with_what_the_office_needs_and_no_more(ward: Ward) -> None:
    ward.book("10:00")
    ward.book("09:15", "Nguyễn Văn Giả", "+84987654321", service="B")
    ward.book("09:00", day=24)
    ward.go_to(at("07:29"))
    ward.sheets.save_due()
    assert ward.files() == []
    ward.go_to(at("07:30"))
    ward.sheets.save_due()
    assert ward.files() == ["00070-2026-11-23.html"]
    page = ward.page()
    assert [page.index(hour) for hour in ("09:15", "10:00")] == sorted(page.index(hour) for hour in ("09:15", "10:00"))
    for words in ("Nguyễn V. G.", "Trần T. T.", "••• 678", "••• 321", "Đăng ký khai sinh", "<td>2</td>", "2 lịch hẹn"):
        assert words in page, words
    for personal in ("Trần Thị Thử", "Lê Văn Mẫu", "912345", "0912"):
        assert personal not in page
    assert (ward.folder / "00070-2026-11-23.html").stat().st_mode & 0o077 == 0


def test_the_saved_page_needs_nothing_beside_it(ward: Ward) -> None:
    ward.book("10:00")
    ward.sheets.save_due()
    page = ward.page()
    assert "@page { size: A4" in page
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page)


def test_each_opening_brings_a_fresh_page_and_a_late_start_the_one_that_was_missed(ward: Ward) -> None:
    ward.go_to(at("08:20"))
    ward.sheets.save_due()
    assert 'content="2026-11-23T01:00:00+00:00"' in ward.page()
    ward.book("14:00")
    before = ward.page()
    ward.go_to(at("12:59"))
    ward.sheets.save_due()
    assert ward.page() == before, "nobody told of the booking, and no opening is near"
    ward.go_to(at("13:00"))
    ward.sheets.save_due()
    assert "14:00" in ward.page()


def test_a_booking_that_changes_changes_the_page(ward: Ward) -> None:
    token = ward.book("14:00")
    ward.sheets.save_due()
    assert "14:00" in ward.page()
    with ward.database.transaction() as session:
        cancel(session, token, now=ward.clock.now(), tz=HANOI, public_url="http://localhost")
    ward.sheets.rewrite_changed()
    assert "14:00" not in ward.page()


def test_who_is_erased_is_gone_from_the_page_also_after_checking_in(ward: Ward) -> None:
    token = ward.book("14:00")
    ward.sheets.save_due()
    with ward.database.transaction() as session:
        privacy.erase(session, token, now=ward.clock.now(), tz=HANOI, public_url="http://localhost")
    ward.sheets.rewrite_changed()
    assert "Trần T. T." not in ward.page()
    assert "678" not in ward.page()


def test_erasing_a_phone_by_command_reaches_the_page(ward: Ward) -> None:
    ward.book("14:00")
    ward.sheets.save_due()
    done = ward.app.test_cli_runner().invoke(args=["office", "erase", "0912345678", "--yes"])
    assert done.exit_code == 0, done.output
    assert "Trần T. T." not in ward.page()


def test_a_page_written_while_bookings_changed_is_written_again(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker that read before an erasure and wrote after it: it looks once more."""
    token, put = ward.book("14:00"), OpeningSheets._put
    meanwhile = [token]

    def put_late(sheets: OpeningSheets, path: Path, page: str) -> None:
        if meanwhile:
            with ward.database.transaction() as session:
                privacy.erase(session, meanwhile.pop(), now=ward.clock.now(), tz=HANOI, public_url="http://localhost")
        put(sheets, path, page)

    monkeypatch.setattr(OpeningSheets, "_put", put_late)
    ward.sheets.save_due()
    assert "Trần T. T." not in ward.page()


def test_pages_and_drafts_of_days_that_are_over_are_thrown_away(ward: Ward) -> None:
    ward.sheets.save_due()
    (ward.folder / "00070-2026-11-23.html.ab12cd34.new").write_text("nửa trang")
    ward.go_to(at("06:00", 24))
    ward.sheets.save_due()
    assert ward.files() == []


def test_a_page_that_cannot_be_written_is_tried_again(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    token, put = ward.book("14:00"), OpeningSheets._put
    ward.sheets.save_due()
    with ward.database.transaction() as session:
        cancel(session, token, now=ward.clock.now(), tz=HANOI, public_url="http://localhost")
    full = [True]

    def put_when_there_is_room(sheets: OpeningSheets, path: Path, page: str) -> None:
        if full:
            raise OSError("the disk is full")
        put(sheets, path, page)

    monkeypatch.setattr(OpeningSheets, "_put", put_when_there_is_room)
    with pytest.raises(OSError, match="full"):
        ward.sheets.rewrite_changed()
    assert "14:00" in ward.page()
    full.clear()
    ward.sheets.rewrite_changed()
    assert "14:00" not in ward.page()


def test_an_office_that_is_not_published_has_no_page(ward: Ward) -> None:
    with ward.database.transaction() as session:
        office_by_code(session, "00070").published = False
    ward.sheets.save_due()
    assert ward.files() == []


def test_the_door_prints_the_same_page(ward: Ward, client: CheckedClient) -> None:
    ward.book("14:00")
    page = client.page("/door/bookings", headers=ward.headers["helper"])
    assert "Trần T. T." in page
    assert "••• 678" in page
    assert "Trần Thị Thử" not in page
    assert client.get("/door/bookings", headers=ward.headers["technician"]).status_code == 403
    with ward.database.reading() as session:
        assert session.query(Appointment).count() == 1
