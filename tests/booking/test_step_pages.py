"""The pages beside the plain path: a place kept while typing, who comes along, a code for the phone, the waiting list."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.models import Appointment, Hold, WaitingEntry
from core.clock import SetClock
from core.database import Database
from notices.channels import EXTENSION, FileChannel
from notices.models import Message
from office.models import Office
from office.store import services_of
from tests.builders import make_office
from tests.pages import CheckedClient

HIDDEN_KEY = re.compile(r'name="key" value="([^"]+)"')
MONDAY, WEDNESDAY = "2026-11-23", "2026-11-25"
HOURS = {0: [(480, 720)], 2: [(600, 630)], 3: [(480, 720)]}
ME = {"name": "Nguyễn Thị Thử", "phone": "0912345601", "consent": "1"}
AT_TEN = {"service": "A", "at": f"{MONDAY}T10:00"}
WAITING = {"service": "A", "day": WEDNESDAY}


@pytest.fixture
def database(app: Flask) -> Database:
    """A ward with two slots on Wednesday. A is done at both counters, B only at the first, C only at the second."""
    found: Database = app.extensions["dung-gio"].database
    with found.transaction() as session:
        office = make_office(session, hours=HOURS, counters=2, skills={1: "AB", 2: "AC"}, fields=None)
        for service in services_of(session, office):
            service.documents = [f"Giấy tờ của {service.code}"]
    return found


@pytest.fixture
def citizen(client: CheckedClient, database: Database) -> CheckedClient:
    """Somebody with a telephone whose browser runs no script."""
    client.page("/o/00070/time?service=A")  # leaves the browser its mark
    return client


def words(response: TestResponse) -> str:
    return unescape(response.get_data(as_text=True))


def hold(citizen: CheckedClient, **changes: Any) -> TestResponse:
    """Choose an hour."""
    return citizen.post("/o/00070/confirm", data=AT_TEN | changes)


def kept(citizen: CheckedClient, **changes: Any) -> str:
    """The token of the hold that choosing an hour leaves in the address."""
    return parse_qs(urlsplit(hold(citizen, **changes).headers["Location"]).query)["hold"][0]


def set_up(database: Database, **settings: Any) -> None:
    with database.transaction() as session:
        session.scalars(select(Office)).one().settings = settings


def how_many(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def fill(citizen: CheckedClient, database: Database, day: str = WEDNESDAY) -> list[str]:
    """Other people book every place of a day; gives the tokens of their bookings."""
    made = []
    for clock in ("10:00", "10:15"):
        while True:
            wish = {"service": "A", "starts_at": f"{day}T{clock}:00+07:00", "name": "Trần Văn Mẫu", "consent": True}
            answer = citizen.post("/api/v1/offices/00070/appointments", json=wish | {"phone": f"09871{len(made):05}"})
            if answer.status_code != 201:
                break
            made.append(answer.get_json()["token"])
    assert made
    return made


def join(citizen: CheckedClient, **changes: Any) -> TestResponse:
    page = citizen.page(f"/o/00070/wait?service=A&day={WEDNESDAY}")
    key = HIDDEN_KEY.search(page)
    assert key
    return citizen.post("/o/00070/wait", data=WAITING | ME | {"key": key.group(1)} | changes)


# --- a place kept while somebody types -----------------------------------------------------------------------------------


def test_choosing_an_hour_keeps_it_and_a_reload_keeps_nothing_more(citizen: CheckedClient, database: Database) -> None:
    address = hold(citizen).headers["Location"]
    assert how_many(database, Hold) == 1
    for _look in range(2):
        assert "Đang giữ chỗ này cho ông/bà đến 09:05:00." in unescape(citizen.page(address))
    assert how_many(database, Hold) == 1


def test_another_hour_gives_the_first_back(citizen: CheckedClient, database: Database) -> None:
    first = kept(citizen)
    second = kept(citizen, at=f"{MONDAY}T11:00", hold=first)
    with database.reading() as session:
        assert session.scalars(select(Hold.token)).all() == [second]
    assert "Đang giữ chỗ" not in citizen.page(f"/o/00070/confirm?service=A&at={MONDAY}T11:00&hold={first}")
    assert "Đang giữ chỗ" not in citizen.page(f"/o/00070/confirm?service=A&at={MONDAY}T10:00&hold={second}")


def test_a_hold_that_ran_out_says_nothing_and_still_books(citizen: CheckedClient, database: Database, clock: SetClock) -> None:
    token = kept(citizen)
    clock.advance(timedelta(minutes=5))
    assert "Đang giữ chỗ" not in citizen.page(f"/o/00070/confirm?service=A&at={MONDAY}T10:00&hold={token}")
    assert citizen.post("/o/00070/book", data=AT_TEN | ME | {"hold": token}).status_code == 303
    assert how_many(database, Hold) == 0


def test_an_hour_that_is_full_leads_back_to_the_hours(citizen: CheckedClient, database: Database) -> None:
    fill(citizen, database)
    refused = hold(citizen, at=f"{WEDNESDAY}T10:00", **ME)
    assert refused.status_code == 409
    assert "vừa hết chỗ" in words(refused)
    assert 'name="name" value="Nguyễn Thị Thử"' in words(refused)


def test_too_many_holds_of_one_address_stop_nobody_from_typing(citizen: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.holding.HOLDS_OF_ADDRESS", 0)
    page = citizen.page(hold(citizen).headers["Location"])
    assert "Ai sẽ đến?" in page
    assert "Đang giữ chỗ" not in page


# --- who comes along -----------------------------------------------------------------------------------------------------


def test_a_row_is_added_and_dropped_with_everything_typed_still_there(citizen: CheckedClient) -> None:
    form = AT_TEN | ME | {"person": ["Trần Văn Mẫu", "Lê Thị Mẫu"], "person_service": ["B", "A"]}
    added = words(citizen.post("/o/00070/confirm", data=form | {"add": "1"}))
    assert [f"Người thứ {n}" in added for n in (2, 3, 4, 5)] == [True, True, True, False]
    dropped = words(citizen.post("/o/00070/confirm", data=form | {"drop": "0"}))
    assert 'value="Lê Thị Mẫu"' in dropped
    assert "Trần Văn Mẫu" not in dropped
    for page in (added, dropped):
        assert 'value="Nguyễn Thị Thử"' in page
        assert " checked" in page


def test_rows_without_a_name_stand_in_the_address_and_stay_in_the_other_language(citizen: CheckedClient) -> None:
    chosen = hold(citizen, person=["", ""], person_service=["A", "B"], add="1")
    page = citizen.page(chosen.headers["Location"])
    assert page.count('name="person_service"') == 3
    english = re.search(r'href="(\?[^"]*lang=en)"', page)
    assert english
    assert citizen.page("/o/00070/confirm" + unescape(english.group(1))).count('name="person_service"') == 3


def test_at_most_five_come_along(citizen: CheckedClient) -> None:
    page = words(citizen.post("/o/00070/confirm", data=AT_TEN | ME | {"person_service": ["A"] * 9, "add": "1"}))
    assert page.count('name="person_service"') == 5
    assert 'name="add"' not in page


def test_what_no_counter_does_together_is_not_offered_and_is_refused(citizen: CheckedClient, database: Database) -> None:
    page = citizen.page(f"/o/00070/confirm?service=B&at={MONDAY}T10:00&person_service=A")
    assert 'value="C"' not in page
    for address in ("confirm", "book"):
        apart = AT_TEN | ME | {"person": ["", "Trần Văn Mẫu"], "person_service": ["B", "C"]}
        refused = citizen.post(f"/o/00070/{address}", data=apart)
        assert refused.status_code == 422
        assert "làm ở những quầy khác nhau" in words(refused)
        assert 'value="Trần Văn Mẫu"' in words(refused)
    assert how_many(database, Appointment) == 0


def test_a_household_is_listed_on_its_page(citizen: CheckedClient) -> None:
    people = {"person": ["Trần Văn Mẫu", "", "Lê Thị Thừa"], "person_service": ["B", "A", ""]}
    made = citizen.post("/o/00070/book", data=AT_TEN | ME | people)
    page = unescape(citizen.page(made.headers["Location"]))
    assert "Trần Văn Mẫu: Đăng ký khai sinh" in page
    assert "Nguyễn Thị Thử: Chứng thực bản sao" in page
    assert "Lê Thị Thừa" not in page
    confirm = words(citizen.post("/o/00070/confirm", data=AT_TEN | people | {"at": f"{MONDAY}T11:00"}))
    for papers in (page, confirm):  # of each procedure once, and of no other
        assert [papers.count(f"Giấy tờ của {code}") for code in "ABC"] == [1, 1, 0]


# --- a code for the phone ------------------------------------------------------------------------------------------------


def code_sent(database: Database) -> str:
    with database.reading() as session:
        text = session.scalars(select(Message.text).order_by(Message.id.desc())).first() or ""
    found = re.search(r"\d{6}", text)
    assert found
    return found.group()


def test_the_code_is_asked_for_sent_once_and_used(citizen: CheckedClient, database: Database) -> None:
    set_up(database, confirm_code=True)
    for _press in range(2):
        asked = citizen.post("/o/00070/book", data=AT_TEN | ME)
        assert asked.status_code == 422
        assert 'name="phone_code"' in words(asked)
    assert how_many(database, Message) == 1
    again = citizen.post("/o/00070/book", data=AT_TEN | ME | {"resend": "1"})
    assert again.status_code == 429
    assert "Mã vừa được gửi" in words(again)
    wrong = citizen.post("/o/00070/book", data=AT_TEN | ME | {"phone_code": "12"})
    assert "Mã xác nhận chưa đúng" in words(wrong)
    code = code_sent(database)
    kept_words = words(citizen.post("/o/00070/book", data=AT_TEN | ME | {"phone_code": code, "consent": ""}))
    assert f'value="{code}"' in kept_words
    assert citizen.post("/o/00070/book", data=AT_TEN | ME | {"phone_code": code}).status_code == 303


@pytest.mark.parametrize(("people", "sentence"), [(["1", "A"], "ký tự không dùng được"), (["", "X"], "không đặt lịch được")])
def test_no_code_is_sent_for_what_cannot_be_booked(
    citizen: CheckedClient, database: Database, people: list[str], sentence: str
) -> None:
    set_up(database, confirm_code=True)
    refused = citizen.post("/o/00070/book", data=AT_TEN | ME | {"person": people[0], "person_service": people[1]})
    assert sentence in words(refused)
    assert how_many(database, Message) == 0


# --- the waiting list ----------------------------------------------------------------------------------------------------


def test_a_full_day_says_so_and_leads_to_its_waiting_list(citizen: CheckedClient, database: Database) -> None:
    fill(citizen, database)
    page = citizen.page(f"/o/00070/time?service=A&day={WEDNESDAY}")
    assert "Ngày này đã hết chỗ" in page
    assert 'action="/o/00070/wait"' in page
    assert 'class="slot"' not in page
    carried = words(citizen.post("/o/00070/time", data=WAITING | ME))
    asked = words(citizen.post("/o/00070/wait", data=WAITING | ME | {"ask": "1"}))
    assert 'name="ask"' in carried
    assert 'value="Nguyễn Thị Thử"' in asked
    assert how_many(database, WaitingEntry) == 0


def test_who_joins_is_told_the_place_and_pressing_twice_is_once(citizen: CheckedClient, database: Database) -> None:
    fill(citizen, database)
    other = join(citizen, phone="0912345609")
    form = WAITING | ME | {"key": "mot-lan"}
    pages = {citizen.post("/o/00070/wait", data=form).headers["Location"] for _press in range(2)}
    assert len(pages) == 1
    assert "Ông/bà đứng đầu danh sách." in citizen.page(other.headers["Location"])
    page = citizen.page(pages.pop())
    assert "Trước ông/bà còn 1 người." in page
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    again = join(citizen)
    assert again.status_code == 409
    assert "đã có trong danh sách chờ" in words(again)
    assert 'value="Nguyễn Thị Thử"' in words(again)


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"name": ""}, 422, "Xin nhập họ và tên."),
        ({"consent": ""}, 422, "đánh dấu vào ô đồng ý"),
        ({"day": "2026-11-24"}, 422, "không nhận lịch hẹn vào giờ này"),
        ({"day": MONDAY}, 409, "Ngày này còn chỗ, không cần chờ."),
    ],
)
def test_who_cannot_join_is_told_why_with_everything_typed_still_there(
    citizen: CheckedClient, database: Database, changes: dict[str, str], status: int, sentence: str
) -> None:
    fill(citizen, database)
    refused = join(citizen, **changes)
    assert refused.status_code == status
    assert sentence in words(refused)
    assert 'value="0912345601"' in words(refused)
    assert how_many(database, WaitingEntry) == 0


@pytest.mark.parametrize("query", ["service=A&day=hom-nay", "service=A", f"service=X&day={WEDNESDAY}"])
def test_an_address_that_means_no_day_or_no_service_is_refused(citizen: CheckedClient, query: str) -> None:
    assert citizen.get(f"/o/00070/wait?{query}").status_code == 422


def test_an_offer_is_accepted_once_and_an_entry_is_left_and_erased(citizen: CheckedClient, database: Database) -> None:
    taken = fill(citizen, database)
    first, second = join(citizen).headers["Location"], join(citizen, phone="0912345602").headers["Location"]
    nothing = citizen.post(f"{first}/accept")
    assert nothing.status_code == 409
    assert "Hiện không có chỗ nào đang giữ cho ông/bà." in words(nothing)
    citizen.delete(f"/api/v1/appointments/{taken[0]}")
    offered = citizen.page(first)
    assert "Có chỗ trống cho ông/bà" in offered
    assert "http-equiv" not in offered
    assert "Thứ Tư 25/11, 10:00" in offered
    bookings = {citizen.post(f"{first}/accept").headers["Location"] for _press in range(2)}
    assert len(bookings) == 1
    assert bookings.pop() in citizen.page(first)
    for _press in range(2):
        assert "Ông/bà đã thôi chờ" in citizen.page(citizen.post(f"{second}/leave").headers["Location"])
    assert "Đã xóa dữ liệu" in citizen.page(citizen.post(f"{second}/erase").headers["Location"])
    with database.reading() as session:
        assert "0912345602" not in json.dumps([entry.phone for entry in session.scalars(select(WaitingEntry))])


# --- the booking's other pages -------------------------------------------------------------------------------------------


def test_the_large_qr_is_shown_while_the_booking_stands(citizen: CheckedClient) -> None:
    mine = citizen.post("/o/00070/book", data=AT_TEN | ME).headers["Location"]
    assert "<svg" in citizen.page(f"{mine}/qr")
    citizen.post(f"{mine}/cancel")
    assert citizen.get(f"{mine}/qr").headers["Location"].endswith(mine)


def test_data_are_erased_only_after_asking(citizen: CheckedClient, database: Database, tmp_path: Path) -> None:
    mine = citizen.post("/o/00070/book", data=AT_TEN | ME).headers["Location"]
    assert "Lịch hẹn này sẽ bị hủy" in citizen.page(f"{mine}/erase")
    assert "Xóa dữ liệu của tôi" in citizen.page(mine)
    for _press in range(2):
        assert citizen.post(f"{mine}/erase").status_code == 303
    assert "Đã xóa họ tên và số điện thoại" in citizen.page(mine)
    with database.reading() as session:
        assert session.scalars(select(Appointment.phone)).all() == [""]


@pytest.mark.parametrize("gateway", [True, False])
def test_a_page_promises_a_message_only_where_messages_reach_telephones(
    citizen: CheckedClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gateway: bool
) -> None:
    channel = FileChannel(tmp_path)
    monkeypatch.setattr(channel, "reaches_phones", gateway)
    monkeypatch.setitem(app.extensions, EXTENSION, [channel])
    addresses = (f"/o/00070/confirm?service=A&at={MONDAY}T10:00", f"/o/00070/wait?service=A&day={WEDNESDAY}")
    pages = [unescape(citizen.page(address)) for address in addresses]
    assert [bool(re.search("nhắn tin (về|và)", page)) for page in pages] == [gateway, gateway]
