"""What a failure tells: enough to find it again, nothing about a person, and nothing of the insides to who asked."""

from __future__ import annotations

import logging

import pytest

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
