"""The head sees a day's log in order, with what was done by hand; the city those of every office, and nobody else any."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import text

from core.database import Database
from queueing import log_store
from queueing.log_rules import in_groups
from tests.builders import bearer, make_device, make_office, make_staff, make_token
from tests.pages import CheckedClient
from tests.queueing.log_day import DAY, ENTRIES, Again, make_day

Headers = dict[str, str]
PAGE = f"/reports/log?day={DAY}"


@pytest.fixture
def db(app: Flask) -> Database:
    database: Database = app.extensions["dung-gio"].database
    return database


@pytest.fixture
def who(db: Database) -> dict[str, Headers]:
    """A day that was closed, and who might look at it."""
    make_day(db)
    with db.transaction() as session:
        office, other = Again(session).office, make_office(session, "00091")
        found = {
            role: bearer(make_token(session, make_staff(session, office, role, role)))
            for role in ("head", "officer", "helper", "technician", "city")
        }
        found["other head"] = bearer(make_token(session, make_staff(session, other, "truong2", "head")))
        found["kiosk"] = bearer(make_device(session, office))
        return found


def rows_of(page: str) -> list[str]:
    """The rows of the log, as text."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in body.split("<tr")[1:]]


def test_the_head_sees_the_calls_in_order_and_what_was_done_by_hand(client: CheckedClient, who: dict[str, Headers]) -> None:
    rows = rows_of(client.page(PAGE, headers=who["head"]))
    assert len(rows) == 5
    assert "09:02:00" in rows[0]
    assert "Gọi đặt hẹn 09:05 đặt hẹn 09:05, đến 09:01" in rows[0]
    assert "BẰNG TAY Đổi ưu tiên lấy số tại ki-ốt Đặt ưu tiên Nguyễn Thị Thử canbo1" in rows[1]
    assert "BẰNG TAY Gọi lấy số tại ki-ốt gọi ngoài thứ tự: có trẻ nhỏ (theo thứ tự là A001)" in rows[2]
    assert "BẰNG TAY" not in rows[3]
    assert "BẰNG TAY Hoàn tác" in rows[4]
    assert "Hoàn tác việc: Gọi" in rows[4]


def test_everything_of_the_day_can_be_seen(client: CheckedClient, who: dict[str, Headers]) -> None:
    rows = rows_of(client.page(PAGE + "&all=1", headers=who["head"]))
    assert len(rows) == ENTRIES
    assert "Mở quầy" in rows[1]
    assert "Chốt ngày" in rows[-1]


def test_the_hash_at_its_end_is_one_people_can_compare(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.reading() as session:
        last = log_store.last_entry(session, Again(session).office)
    assert last is not None
    page = client.page(PAGE, headers=who["head"])
    assert in_groups(last.hash) in page
    assert f"Chuỗi nhật ký của ngày khớp: {ENTRIES} dòng" in page


def test_the_hash_stands_where_the_day_is_closed_to_be_printed_or_written_down(
    client: CheckedClient, who: dict[str, Headers]
) -> None:
    shown = client.get(f"/api/v1/offices/00070/day?on={DAY}", headers=who["officer"]).get_json()
    assert re.fullmatch(r"([0-9a-f]{4} ){15}[0-9a-f]{4}", shown["log_end"])
    assert shown["log_end"] in client.page(PAGE, headers=who["head"])


def test_a_chain_that_is_broken_is_said_loudly(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        session.execute(text("UPDATE line_log SET what = 'served' WHERE n = 6"))
    page = client.page(PAGE, headers=who["head"])
    assert "Chuỗi nhật ký không khớp từ dòng 6" in page
    assert "của ngày khớp" not in page


def test_who_did_how_much_by_hand_only_the_head_sees_counted(client: CheckedClient, who: dict[str, Headers]) -> None:
    assert "Nguyễn Thị Thử canbo1: <strong>3</strong>" in client.page(PAGE, headers=who["head"])
    city = client.page(f"{PAGE}&office=00070", headers=who["city"])
    assert "Việc làm bằng tay theo cán bộ" not in city
    assert len(rows_of(city)) == 5


def test_the_download_has_every_entry_and_the_hash(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    answer = client.get(f"/reports/log.csv?day={DAY}", headers=who["head"])
    assert (answer.mimetype, f"00070_{DAY}_log.csv" in answer.headers["Content-Disposition"]) == ("text/csv", True)
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(lines) == ENTRIES + 2
    assert [len(line) for line in lines[:-1]] == [9] * (ENTRIES + 1)
    assert lines[11][:5] == ["11", "09:04:30", "1", "B001", "Gọi"]
    assert lines[11][7] == "BẰNG TAY"
    with db.reading() as session:
        last = log_store.last_entry(session, Again(session).office)
    assert last is not None
    assert lines[-1][1] == last.hash


def test_a_reason_that_looks_like_a_formula_stays_text(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        ward = Again(session)
        ward.open(2)
        ward.do("hold", ward.take(), why="=1+1")
    assert "'=1+1" in client.get(f"/reports/log.csv?day={DAY}", headers=who["head"]).get_data(as_text=True)


def test_a_day_without_calls_says_so(client: CheckedClient, who: dict[str, Headers]) -> None:
    assert "Ngày này chưa có lần gọi nào." in client.page("/reports/log?day=2026-11-20", headers=who["head"])
    assert "Ngày này chưa có lần gọi nào." in client.page(PAGE, headers=who["other head"])


@pytest.mark.parametrize("role", ["officer", "helper", "technician", "kiosk"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}&office=00091", "/reports/log.csv"])
def test_nobody_else_sees_the_log(client: CheckedClient, who: dict[str, Headers], role: str, path: str) -> None:
    assert client.get(path, headers=who[role]).status_code == 403


@pytest.mark.parametrize("path", ["/reports/log?office=00070", "/reports/log.csv?office=00070"])
def test_a_head_does_not_see_another_offices_log(client: CheckedClient, who: dict[str, Headers], path: str) -> None:
    assert client.get(path, headers=who["other head"]).status_code == 404


def test_the_city_chooses_an_office(client: CheckedClient, who: dict[str, Headers]) -> None:
    assert "Phường Thử Nghiệm 00070" in client.page("/reports/log", headers=who["city"])
    assert client.get("/reports/log.csv", headers=who["city"]).status_code == 422


def test_a_day_that_is_none_is_said(client: CheckedClient, who: dict[str, Headers]) -> None:
    answer = client.get("/reports/log?day=hôm nay", headers=who["head"])
    assert answer.status_code == 422
    assert "Hãy chọn ngày theo dạng" in answer.get_data(as_text=True)
    assert client.get("/reports/log.csv?day=2026-13-01", headers=who["head"]).status_code == 422
