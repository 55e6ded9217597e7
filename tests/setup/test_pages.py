"""The head and the technician set up their own office, the city every office, and nobody else any."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.database import Database
from office.models import AuditEntry, Office
from printer.models import Printer, PrintJob
from tests.builders import WARD_HOURS, bearer, make_device, make_office, make_staff, make_token
from tests.pages import CheckedClient

Headers = dict[str, str]
ROLES = ("head", "technician", "officer", "helper", "city")
POSTS = ("notice", "publish", "devices", "devices/1/pair", "devices/1/revoke", "printers/1/test", "hours", "days")
HEADS_ONLY = ("notice", "publish", "hours", "days", "counters/1/hours", "services/new", "staff", "settings", "texts")


@pytest.fixture
def db(app: Flask) -> Database:
    database: Database = app.extensions["dung-gio"].database
    return database


@pytest.fixture
def who(db: Database) -> dict[str, Headers]:
    """Two offices, each with a kiosk (device 1 and 2) and a printer (1 and 2); bearer headers by role."""
    with db.transaction() as session:
        office = make_office(session, hours=WARD_HOURS)
        other = make_office(session, "00091")
        found = {role: bearer(make_token(session, make_staff(session, office, role, role))) for role in ROLES}
        for place in (office, other):
            key = f"{place.code}/kiosk-1"
            session.add(Printer(key=key, place=place.code, name=f"Máy in {place.code}", kind="file"))
            found[f"kiosk {place.code}"] = bearer(make_device(session, place, name=f"Ki-ốt {place.code}"))
        return found


def office_of(db: Database, code: str = "00070") -> dict[str, Any]:
    """The columns of an office."""
    with db.reading() as session:
        office = session.execute(select(Office).where(Office.code == code)).scalar_one()
        return {name: getattr(office, name) for name in ("notice", "published", "seq")}


def audited(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


@pytest.mark.parametrize("role", ["head", "technician"])
def test_the_own_office_is_shown_with_all_that_belongs_to_it(client: CheckedClient, who: dict[str, Headers], role: str) -> None:
    page = client.page("/office/", headers=who[role])
    for words in ("Đang mở cửa", "Quầy 3", "Máy in 00070", "08:00-12:00, 13:30-17:00"):
        assert words in page
    assert "Ki-ốt 00070" in client.page("/office/00070/devices", headers=who[role])
    assert "00091" not in page


def test_the_technician_changes_machines_but_not_what_the_office_promises(
    client: CheckedClient, who: dict[str, Headers]
) -> None:
    page = client.page("/office/", headers=who["technician"])
    assert "/office/00070/devices" in page
    assert "/publish" not in page
    assert "/settings" not in page
    for path in HEADS_ONLY:
        assert client.post(f"/office/00070/{path}", headers=who["technician"]).status_code == 403


def test_the_city_chooses_an_office_and_may_change_it(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    assert "Phường Thử Nghiệm 00091" in client.page("/office/", headers=who["city"])
    assert "Máy in 00091" in client.page("/office/?office=00091", headers=who["city"])
    client.post("/office/00091/notice", data={"notice": "Xin chào"}, headers=who["city"])
    assert office_of(db, "00091")["notice"] == "Xin chào"
    assert client.get("/office/12345/", headers=who["city"]).status_code == 404


@pytest.mark.parametrize("role", ["officer", "helper", "kiosk 00070"])
def test_nobody_else_sets_up_an_office(client: CheckedClient, who: dict[str, Headers], role: str) -> None:
    for path in ("/office/", "/office/00070/", "/office/00070/hours"):
        assert client.get(path, headers=who[role]).status_code == 403
    for path in POSTS:
        assert client.post(f"/office/00070/{path}", headers=who[role]).status_code == 403


def test_who_is_not_signed_in_is_led_to_the_sign_in_page(client: CheckedClient) -> None:
    assert "/sign-in" in client.get("/office/").location
    assert client.post("/office/00070/notice").status_code == 401


def test_another_office_is_out_of_reach(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    before = office_of(db, "00091")
    assert client.get("/office/?office=00091", headers=who["head"]).status_code == 404
    assert client.get("/office/00091/", headers=who["head"]).status_code == 403
    for path in POSTS:
        assert client.post(f"/office/00091/{path}", data={"notice": "x"}, headers=who["head"]).status_code == 403
    for path in ("devices/2/pair", "devices/2/revoke", "printers/2/test", "devices/99/pair", "printers/99/test"):
        assert client.post(f"/office/00070/{path}", headers=who["head"]).status_code == 404
    assert (office_of(db, "00091"), audited(db)) == (before, [])


def test_a_form_without_its_csrf_mark_changes_nothing(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with client.session_transaction() as cookie:
        cookie["staff"] = {"id": 1, "epoch": 0}
    assert client.post("/office/00070/notice", data={"notice": "x"}).status_code == 400
    page = client.page("/office/00070/")
    mark = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert mark
    answer = client.post("/office/00070/notice", data={"notice": "Nghỉ sớm", "csrf_token": mark[1]}, follow_redirects=True)
    assert "Đã đổi thông báo ở sảnh." in answer.get_data(as_text=True)
    assert office_of(db)["notice"] == "Nghỉ sớm"


def test_the_notice_is_text_and_tells_the_screens(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    before = office_of(db)["seq"]
    client.post("/office/00070/notice", data={"notice": "  <b>Mở</b>\n cửa "}, headers=who["head"])
    assert office_of(db) == {"notice": "<b>Mở</b> cửa", "published": True, "seq": before + 1}
    assert "&lt;b&gt;Mở&lt;/b&gt;" in client.page("/office/", headers=who["head"])
    assert audited(db) == ["notice_changed"]


def test_a_notice_that_is_too_long_is_kept_to_be_shortened(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    answer = client.post("/office/00070/notice", data={"notice": "dài " * 60}, headers=who["head"])
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "rút gọn còn 200" in page
    assert "dài dài dài" in page
    assert office_of(db)["notice"] == ""


def test_an_office_is_published_and_taken_back(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    client.post("/office/00070/publish", data={"published": "0"}, headers=who["head"])
    assert not office_of(db)["published"]
    client.post("/office/00070/publish", data={"published": "1"}, headers=who["head"])
    assert office_of(db)["published"]
    assert audited(db) == ["unpublished", "published"]


def test_an_empty_office_is_not_published(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        make_office(session, "00103", services="", counters=0, hours={}).published = False
    answer = client.post("/office/00103/publish", data={"published": "1"}, headers=who["city"])
    assert answer.status_code == 409
    assert "Chưa công bố được" in answer.get_data(as_text=True)
    assert not office_of(db, "00103")["published"]


def test_a_revoked_kiosk_is_nobody_at_once(client: CheckedClient, who: dict[str, Headers]) -> None:
    client.post("/office/00070/devices/1/revoke", headers=who["head"])
    assert client.get("/office/00070/", headers=who["kiosk 00070"] | {"Accept": "application/json"}).status_code == 401


def test_a_test_print_waits_in_the_spool(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    answer = client.post("/office/00070/printers/1/test", headers=who["technician"], follow_redirects=True)
    assert "Đã gửi phiếu in thử" in answer.get_data(as_text=True)
    assert "đang chờ in" in client.page("/office/", headers=who["technician"])
    with db.reading() as session:
        [job] = session.scalars(select(PrintJob))
        assert (job.kind, job.printer.key, job.reference) == ("test", "00070/kiosk-1", "test:00070/kiosk-1")
