"""The pages: from the city to a booking, without scripts; and what a person sees when something cannot be done."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from html import unescape
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.models import Appointment
from core.clock import SetClock
from core.database import Database
from office.models import Service, SpecialDay
from tests.builders import WARD_HOURS, make_office
from tests.conftest import MONDAY_MORNING
from tests.pages import CheckedClient

HIDDEN_KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def database(app: Flask) -> Database:
    """The app's own database: one ward in its hours (27 minutes a slot, 10 a service), one that publishes nothing."""
    found: Database = app.extensions["dung-gio"].database
    with found.transaction() as session:
        office = make_office(session, hours=WARD_HOURS)
        office.name, office.folded = "Phường Hoàn Kiếm", "phuong hoan kiem"
        service = session.scalars(select(Service).where(Service.code == "A")).one()
        service.documents, service.same_day = ["Bản chính", "Bản sao"], True
        make_office(session, "00091").published = False
        holiday = MONDAY_MORNING.date() + timedelta(days=1)
        session.add(SpecialDay(office_id=office.id, on=holiday, name="Nghỉ", holiday=True, spans=[]))
    return found


@pytest.fixture
def citizen(client: CheckedClient, database: Database) -> CheckedClient:
    """Somebody with a telephone whose browser runs no script."""
    return client


def typed(citizen: CheckedClient, **changes: Any) -> dict[str, Any]:
    """The form of step 3 as a person fills it in."""
    page = citizen.page("/o/00070/confirm?service=A&at=2026-11-23T10:00")
    key = HIDDEN_KEY.search(page)
    assert key is not None
    sent = {"service": "A", "at": "2026-11-23T10:00", "name": "Nguyễn Thị Thử", "phone": "0912345601", "consent": "1"}
    return {**sent, "key": key.group(1), **changes}


def booked(citizen: CheckedClient, **changes: Any) -> str:
    """Book; gives the address of the booking's page."""
    response = citizen.post("/o/00070/book", data=typed(citizen, **changes))
    assert response.status_code == 303, unescape(response.get_data(as_text=True))
    return str(response.headers["Location"])


def how_many(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Appointment.id))) or 0


def test_the_ward_is_found_by_typing_without_tones(citizen: CheckedClient) -> None:
    everything = citizen.page("/")
    assert "Phường Hoàn Kiếm" in everything
    assert "Chưa công bố giờ hẹn" in everything
    for query in ("hoan+kiem", "Hoàn+Kiếm", "KIEM hoan", unicodedata.normalize("NFD", "Hoàn Kiếm")):
        found = citizen.page(f"/?q={query}")
        assert 'href="/o/00070/"' in found
        assert "00091" not in found
    assert "Không tìm thấy phường, xã nào" in citizen.page("/?q=khong-co")


def test_a_booking_is_made_in_three_steps_without_scripts(citizen: CheckedClient, database: Database) -> None:
    services = citizen.page("/o/00070/?q=chung thuc")
    assert "không phải nộp nếu đã có trong CSDL" in services
    assert "Bản chính" in services
    assert "Đăng ký khai sinh" not in services
    times = citizen.page("/o/00070/time?service=A")
    assert "Thứ Hai 23/11, 09:15" in times
    assert "nghỉ lễ" in times
    confirm = citizen.page("/o/00070/confirm?service=A&at=2026-11-23T10:00")
    assert re.search(r'type="checkbox"[^>]*name="consent"[^>]*>', confirm)
    assert " checked" not in confirm
    mine = citizen.page(booked(citizen))
    for words in ("10:00", "09:50", "10:10", "<svg", "Bản chính", "Đổi giờ", "Hủy lịch hẹn"):
        assert words in mine
    assert how_many(database) == 1


def test_pressing_twice_is_one_booking(citizen: CheckedClient, database: Database) -> None:
    form = typed(citizen)
    pages = {citizen.post("/o/00070/book", data=form).headers["Location"] for _press in range(2)}
    assert len(pages) == 1
    assert how_many(database) == 1


def test_a_refused_hour_comes_back_to_the_times_with_what_was_typed(citizen: CheckedClient, database: Database) -> None:
    form = typed(citizen, name="<b>Thử</b> Con", phone="0912345603")
    taken = 0
    while citizen.post("/o/00070/book", data=typed(citizen, phone=f"09123457{taken:02}")).status_code == 303:
        taken += 1
    refused = citizen.post("/o/00070/book", data=form)
    page = unescape(refused.get_data(as_text=True))
    assert refused.status_code == 409
    assert "vừa hết chỗ" in page
    assert 'name="name" value="<b>Thử</b> Con"' in page
    again = citizen.post("/o/00070/confirm", data={**form, "at": "2026-11-23T10:15"})
    shown = again.get_data(as_text=True)
    assert again.status_code == 200
    assert 'value="&lt;b&gt;Thử&lt;/b&gt; Con"' in shown
    assert " checked" in shown
    key = HIDDEN_KEY.search(shown)
    assert key is not None
    assert citizen.post("/o/00070/book", data={**form, "at": "2026-11-23T10:15", "key": key.group(1)}).status_code == 303
    assert how_many(database) == taken + 1


def test_what_was_typed_travels_in_forms_and_never_in_an_address(citizen: CheckedClient) -> None:
    page = citizen.post("/o/00070/time", data=typed(citizen)).get_data(as_text=True)
    assert 'value="Nguyễn Thị Thử"' in page
    assert '<form method="get" action="/o' not in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Xin nhập họ và tên."),
        ({"name": "Thử" * 40}, "từ 2 đến 80 ký tự"),
        ({"name": "12345"}, "ký tự không dùng được"),
        ({"phone": "0123"}, "Số điện thoại chưa đúng"),
        ({"consent": ""}, "đánh dấu vào ô đồng ý"),
    ],
)
def test_a_field_that_cannot_be_used_says_why_and_keeps_the_rest(
    citizen: CheckedClient, database: Database, changes: dict[str, str], sentence: str
) -> None:
    form = typed(citizen, **changes)
    refused = citizen.post("/o/00070/book", data=form)
    page = unescape(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert sentence in page
    kept = "phone" if "name" in changes else "name"
    assert f'value="{form[kept]}"' in page
    assert how_many(database) == 0


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"at": "2026-11-23T08:00"}, 409, "Giờ này đã qua"),
        ({"at": "2026-11-24T10:00"}, 422, "không nhận lịch hẹn vào giờ này"),
        ({"at": "2026-11-23T10:07"}, 422, "không nhận lịch hẹn vào giờ này"),
        ({"at": "hôm nay"}, 422, "không nhận lịch hẹn vào giờ này"),
        ({"at": ""}, 422, "không nhận lịch hẹn vào giờ này"),
        ({"at": "9999-12-31T23:59"}, 422, "không nhận lịch hẹn vào giờ này"),
        ({"service": "X"}, 422, "Thủ tục này không đặt lịch được"),
        ({"service": ""}, 422, "Thủ tục này không đặt lịch được"),
        ({"service": "X", "name": ""}, 422, "Thủ tục này không đặt lịch được"),
    ],
)
def test_an_hour_or_service_that_is_not_offered_leads_back_to_its_step(
    citizen: CheckedClient, database: Database, changes: dict[str, str], status: int, sentence: str
) -> None:
    refused = citizen.post("/o/00070/book", data=typed(citizen, **changes))
    assert refused.status_code == status
    assert sentence in unescape(refused.get_data(as_text=True))
    assert how_many(database) == 0


def test_two_tabs_do_not_book_twice_for_one_field(citizen: CheckedClient, database: Database) -> None:
    first, second = typed(citizen), typed(citizen, at="2026-11-23T11:00")
    assert citizen.post("/o/00070/book", data=first).status_code == 303
    refused = citizen.post("/o/00070/book", data=second)
    assert refused.status_code == 409
    assert "đã có một lịch hẹn cùng lĩnh vực" in unescape(refused.get_data(as_text=True))
    assert how_many(database) == 1


def test_characters_no_page_can_show_are_dropped_from_what_was_typed(citizen: CheckedClient) -> None:
    assert "Đăng ký khai sinh" in citizen.page("/o/00070/?q=%00khai%07")
    refused = citizen.post("/o/00070/book", data=typed(citizen, name="Thử\0 \x1bCon", phone=""))
    assert 'value="Thử Con"' in refused.get_data(as_text=True)


def test_a_form_changed_after_it_was_sent_is_told_so_and_keeps_its_words(citizen: CheckedClient, database: Database) -> None:
    form = typed(citizen)
    citizen.post("/o/00070/book", data=form)
    refused = citizen.post("/o/00070/book", data={**form, "name": "Trần Văn Thử"})
    assert refused.status_code == 422
    assert 'value="Trần Văn Thử"' in unescape(refused.get_data(as_text=True))
    assert how_many(database) == 1


def test_slots_late_in_the_day_say_that_the_result_comes_later(citizen: CheckedClient) -> None:
    page = citizen.page("/o/00070/time?service=A&day=2026-11-23")
    assert "trả hôm sau" in page
    assert "Thứ Tư 25/11" in page
    assert "trả hôm sau" not in citizen.page("/o/00070/time?service=B&day=2026-11-23")


def test_a_booking_is_moved_and_keeps_its_page(citizen: CheckedClient) -> None:
    mine = booked(citizen)
    choice = citizen.page(f"{mine}/move?day=2026-11-25")
    assert "Giờ đang giữ: Thứ Hai 23/11, 10:00" in unescape(choice)
    moved = citizen.post(f"{mine}/move", data={"at": "2026-11-25T14:00"})
    assert moved.headers["Location"].startswith(mine)
    assert "Thứ Tư 25/11" in citizen.page(moved.headers["Location"])
    refused = citizen.post(f"{mine}/move", data={"at": "2026-11-24T14:00"})
    assert refused.status_code == 422
    assert "không nhận lịch hẹn vào giờ này" in unescape(refused.get_data(as_text=True))


def test_a_booking_is_cancelled_only_after_asking(citizen: CheckedClient) -> None:
    mine = booked(citizen)
    assert "Hủy lịch hẹn này?" in citizen.page(f"{mine}/cancel")
    assert "<svg" in citizen.page(mine)
    for _press in range(2):
        assert citizen.post(f"{mine}/cancel").status_code == 303
    page = citizen.page(mine)
    assert "Lịch hẹn này đã hủy" in page
    assert "Đặt lịch hẹn mới" in page
    assert citizen.get(f"{mine}/move").headers["Location"].endswith(mine)


def test_the_page_says_how_the_booking_stands_as_time_goes_by(citizen: CheckedClient, clock: SetClock) -> None:
    mine = booked(citizen)
    assert "Đã giữ chỗ" in citizen.page(mine)
    clock.advance(timedelta(hours=1, minutes=10, seconds=59))
    assert "Đã giữ chỗ" in citizen.page(mine)
    clock.advance(timedelta(seconds=1))
    assert "Đã quá giờ hẹn" in citizen.page(mine)
    clock.advance(timedelta(days=1))
    assert "Ngày hẹn đã qua" in citizen.page(mine)


def test_the_calendar_file_holds_the_hour_and_the_address(citizen: CheckedClient) -> None:
    mine = booked(citizen)
    response = citizen.get(f"{mine}.ics")
    assert response.mimetype == "text/calendar"
    (event,) = icalendar.Calendar.from_ical(response.get_data()).walk("VEVENT")
    assert event.decoded("dtstart") == MONDAY_MORNING + timedelta(hours=1)
    assert mine in str(event["url"])
    assert citizen.get(f"{mine}/qr.svg").mimetype == "image/svg+xml"


@pytest.mark.parametrize(
    "path", ["/o/99999/", "/o/00091/", "/o/%00/", "/a/khong-co-that-dau", "/a/x.ics", "/a/%00", "/a/khong-co-that-dau/move"]
)
def test_what_is_not_there_is_a_friendly_page(citizen: CheckedClient, path: str) -> None:
    missing = citizen.get(path)
    assert missing.status_code == 404
    assert "Không" in missing.get_data(as_text=True)
    assert 'href="/"' in missing.get_data(as_text=True)


def test_the_steps_can_be_gone_back_to_and_personal_pages_are_not_kept(citizen: CheckedClient) -> None:
    assert "no-store" not in citizen.get("/o/00070/time?service=A").headers["Cache-Control"]
    assert "no-store" in citizen.get(booked(citizen)).headers["Cache-Control"]
