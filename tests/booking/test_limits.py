"""A phone and a device are counted, never a hall behind one address; no number reaches the counters' storage or the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking import limits
from core.clock import SetClock
from core.database import Database
from core.pages import limiter
from tests.builders import bearer, make_device, make_office

OFFICE = "/api/v1/offices/00070"
AN_HOUR = {"service": "A", "starts_at": "2026-11-24T10:00:00+07:00", "name": "Nguyễn Thị Thử", "consent": True}
KNOWN = "M" * 22


@pytest.fixture
def kiosk(app: Flask) -> str:
    """The bearer token of a kiosk of the office."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        return make_device(session, make_office(session), "kiosk")


def browser(app: Flask, mark: str = "") -> FlaskClient:
    client = FlaskClient(app, app.response_class)
    if mark:
        client.set_cookie(limits.COOKIE, mark)
    return client


def book(client: FlaskClient, phone: object, **headers: Any) -> Any:
    return client.post(f"{OFFICE}/appointments", json=AN_HOUR | {"phone": phone, "service": "none"}, **headers)


def phone(nth: int) -> str:
    return f"09123{nth:05}"


def test_a_phone_is_stopped_after_thirty_in_a_minute_with_a_sentence_and_the_time_to_wait(app: Flask, kiosk: str) -> None:
    answers = [book(browser(app), "0912 345 601") for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {422}
    refused = answers[30]
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many")
    assert "Số điện thoại này" in refused.get_json()["detail"]
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_the_same_phone_written_otherwise_and_on_another_page_is_the_same_phone(app: Flask, kiosk: str) -> None:
    for typed in ("0912345601", "+84 912 345 601", "0912.345.601") * 10:
        book(browser(app), typed)
    form = {"service": "A", "at": "2026-11-24T10:00", "name": "Thử", "phone": "84912345601", "consent": "1"}
    assert book(browser(app), "0912345601").status_code == 429
    assert browser(app).post("/o/00070/book", data=form).status_code == 429
    assert browser(app).post("/o/00070/wait", data=form | {"day": "2026-11-24"}).status_code == 429


def test_a_hall_of_people_behind_one_address_shares_no_limit(app: Flask, kiosk: str) -> None:
    assert {book(browser(app), phone(nth)).status_code for nth in range(150)} == {422}


def test_a_device_is_stopped_whatever_phones_it_names(app: Flask, kiosk: str) -> None:
    client = browser(app, KNOWN)
    assert {book(client, phone(nth)).status_code for nth in range(30)} == {422}
    refused = book(client, phone(30))
    assert refused.status_code == 429
    assert "Máy này" in refused.get_json()["detail"]
    assert book(browser(app, "N" * 22), phone(31)).status_code == 422


def test_holds_of_a_device_are_counted_apart_from_its_bookings(app: Flask, kiosk: str) -> None:
    client = browser(app, KNOWN)
    hold = {"service": "none", "starts_at": AN_HOUR["starts_at"]}
    answers = [client.post(f"{OFFICE}/holds", json=hold).status_code for _ in range(61)]
    assert (set(answers[:60]), answers[60]) == ({422}, 429)
    assert book(client, phone(1)).status_code == 422


def test_a_kiosk_and_staff_serve_many_and_are_no_device(app: Flask, kiosk: str) -> None:
    client = browser(app, KNOWN)
    assert {book(client, phone(nth), headers=bearer(kiosk)).status_code for nth in range(40)} == {422}


BODIES: list[dict[str, Any]] = [
    {"json": [1]},
    {"json": {"phone": {"number": "0912345601"}}},
    {"json": {"phone": None}},
    {"data": b"[" * 5000, "content_type": "application/json"},
    {"data": b'{"phone": "09', "content_type": "application/json"},
    {"data": b"phone=" + b"0" * 300_000, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"\xff\xfe", "content_type": "multipart/form-data; boundary=x"},
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_cannot_be_read_is_refused_by_the_call_and_leaves_the_counters_alone(
    app: Flask, kiosk: str, body: dict[str, Any]
) -> None:
    """An error while counting would make the limiter give its storage up, and with it all it has counted."""
    for _ in range(30):
        book(browser(app), "0912345601")
    assert browser(app).post(f"{OFFICE}/appointments", **body).status_code in (413, 422)
    assert book(browser(app), "0912345601").status_code == 429


def test_without_a_usable_number_nobody_is_counted_with_others(app: Flask, kiosk: str) -> None:
    assert {book(browser(app), typed).status_code for typed in ("", "12", "không có") for _ in range(15)} == {422}


def test_no_phone_and_no_mark_reaches_the_storage_or_the_log(
    app: Flask, kiosk: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = browser(app, KNOWN)
    for _ in range(35):
        book(client, "0912345601")
        client.post(f"{OFFICE}/find", json={"code": "AAAAAA", "phone": "0912345601"})
    kept = str(vars(limiter.storage))
    assert "phone:" in kept
    for personal in ("912345601", KNOWN):
        assert personal not in kept
        assert personal not in caplog.text


# --- the mark of a device -----------------------------------------------------------------------------------------------


def cookie_set(answer: Any) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{limits.COOKIE}=")), "")


def test_a_step_of_booking_gives_the_browser_a_random_mark_once(app: Flask, kiosk: str) -> None:
    client = browser(app)
    first = cookie_set(client.get("/o/00070/time?service=A"))
    for word in ("HttpOnly", "SameSite=Lax", "Max-Age=34560000", "Path=/"):
        assert word in first
    assert "Secure" not in first
    assert cookie_set(client.get("/o/00070/time?service=A")) == ""
    assert cookie_set(browser(app).get("/o/00070/time?service=A")) != first


def test_over_https_the_mark_is_sent_by_https_only(app: Flask, kiosk: str) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    assert "Secure" in cookie_set(browser(app).get("/o/00070/time?service=A"))


@pytest.mark.parametrize("forged", ["x", "<script>", "M" * 23, "é" * 22, "M" * 5000])
def test_a_mark_that_is_none_of_ours_is_nobody_and_is_replaced(app: Flask, kiosk: str, forged: str) -> None:
    with app.test_request_context("/", headers={"Cookie": f"{limits.COOKIE}={forged}"}):
        assert limits.device_of_request() == ""
    client = FlaskClient(app, app.response_class)
    assert cookie_set(client.get("/o/00070/time?service=A", headers={"Cookie": f"{limits.COOKIE}={forged}"}))


def test_the_device_is_a_hash_that_is_the_same_each_time_and_another_for_another_mark(app: Flask, clock: SetClock) -> None:
    def device(mark: str) -> str:
        with app.test_request_context("/", headers={"Cookie": f"{limits.COOKIE}={mark}"}):
            holder = limits.holder_of_request()
            assert len(holder.address) == 64
            return holder.device

    assert device(KNOWN) == device(KNOWN) != device("N" * 22)
    assert len(device(KNOWN)) == 64
    assert KNOWN not in device(KNOWN)


def test_static_files_and_pages_besides_booking_give_no_mark(app: Flask, kiosk: str) -> None:
    for path in ("/healthz", "/booking/static/booking.css", "/display/00070", "/sign-in"):
        assert cookie_set(browser(app).get(path)) == ""
