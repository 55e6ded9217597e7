"""What a failure tells: enough to find it again, nothing about a person, and nothing of the insides to who asked."""

from __future__ import annotations

import logging

import pytest

from core import logs
from tests.security.conftest import PERSON, PHONE, Ward
from tests.security.test_bad_calls import BOOKING


def test_the_log_of_a_failure_tells_no_name_phone_or_token(ward: Ward, caplog: pytest.LogCaptureFixture) -> None:
    """The database refuses a row of the booking that it should have taken: what was sent to it stays out of the log."""
    caplog.set_level(logging.DEBUG, logger="core")
    refuse = "ALTER TABLE messages ADD CONSTRAINT full_disk CHECK (false) NOT VALID"
    if ward.database.is_sqlite:
        refuse = "CREATE TRIGGER no_more BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'full_disk'); END"
    with ward.database.transaction() as session:
        session.connection().exec_driver_sql(refuse)
    answer = ward.client.post("/api/v1/offices/00070/appointments", json=BOOKING | {"phone": "0912345670"})
    assert answer.status_code == 500
    assert PERSON not in answer.get_data(as_text=True)
    assert "full_disk" in caplog.text
    for personal in (PERSON, "912345670", PHONE, *ward.secrets.values(), *ward.tokens.values()):
        assert personal not in caplog.text
    assert answer.headers["X-Request-Id"] in caplog.text


def test_a_failure_is_told_without_its_insides(ward: Ward) -> None:
    with ward.database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE tickets RENAME TO gone")
    for path in ("/api/v1/offices/00070/board", "/display/00070", "/t/" + ward.secrets["ticket"]):
        text = ward.client.get(path).get_data(as_text=True)
        for inside in ("Traceback", "sqlite", "SELECT", "tickets.", "Error:"):
            assert inside not in text


def test_a_whole_day_of_work_leaves_a_line_for_each_request_and_nothing_of_a_person(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody does everything, with names, telephones and keys in bodies, queries and addresses."""
    caplog.set_level(logging.INFO)
    asked = 0
    phone = "0987001002"
    booked = ward.client.post("/api/v1/offices/00070/appointments", json=BOOKING | {"phone": phone, "name": PERSON}).get_json()
    ward.secrets |= {"booked": booked["token"], "booked_code": booked["code"]}
    paths = [f"/a/{ward.secrets['booking']}{part}" for part in ("", "/move", "/cancel", "/erase", "/qr", ".ics", "/qr.svg")]
    paths += [f"/t/{ward.secrets['ticket']}", f"/w/{ward.secrets['patient']}", f"/pair/{ward.secrets['pairing']}"]
    paths += [f"/api/v1/appointments/{ward.secrets['booking']}", f"/api/v1/tickets/{ward.secrets['ticket']}"]
    paths += [f"/o/00070/find?code={ward.secrets['code']}&phone={PHONE}", f"/o/{PERSON}/", f"/no-page/{PHONE}", "/?q=" + PERSON]
    for path in paths:
        ward.client.get(path)
        asked += 1
    wish = {"phone": PHONE, "name": PERSON, "code": ward.secrets["code"], "qr": f"http://x/a/{ward.secrets['booking']}"}
    for who in ("", "canbo", "huongdan", "kiosk"):
        for call in ("find", "bookings/find", "check-ins", "waiting-list"):
            ward.client.post(f"/api/v1/offices/00070/{call}", json=wish, headers=ward.signed(who))
            asked += 1
    for _press in range(3):
        ward.client.post(f"/api/v1/counters/{ward.ids['counter']}/call-next", json={}, headers=ward.signed("canbo"))
        asked += 1
    ward.client.post("/sign-in", data={"username": "canbo", "password": "a-wrong-password", "csrf_token": ward.mark()})
    lines = [record for record in caplog.records if record.name == "core.access"]
    assert len(lines) == asked + 1 + 2, "the booking, the page with the form, and the sign-in besides"
    told = "\n".join(logs.formatter("json").format(record) for record in caplog.records)
    personal = (PERSON, "987001002", PHONE.lstrip("+"), "a-wrong-password", *ward.secrets.values(), *ward.tokens.values())
    for each in personal:
        assert each not in told
    assert '"route": "/a/<token>/move", "status": 200' in told
    assert '"office": "00070", "actor": "officer"' in told
