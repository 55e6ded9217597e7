"""A browser becomes a device: once a code, until its token is revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from core.clock import SetClock
from core.database import Database
from office import actions
from office.models import Device
from tests.builders import make_office
from tests.pages import CheckedClient


@pytest.fixture
def code(database: Database, app: Flask, clock: SetClock) -> str:
    with database.transaction() as session:
        device = actions.add_device(session, make_office(session), "kiosk", "Ki-ốt cửa chính")
        return actions.offer_pairing(session, device, clock.now())


def test_opening_the_link_changes_nothing_and_says_what_will_be(client: CheckedClient, code: str, database: Database) -> None:
    assert "Ki-ốt cửa chính" in client.page(f"/pair/{code}")
    with database.reading() as session:
        assert session.query(Device).one().token_hash is None


def test_a_code_pairs_one_browser_and_only_once(client: CheckedClient, app: Flask, code: str) -> None:
    answer = client.post("/pair/", data={"code": f" {code[:4].lower()}-{code[4:]} "})
    assert (answer.status_code, answer.location) == (302, "/kiosk/00070")
    cookie = client.get_cookie("device")
    assert cookie
    assert cookie.http_only
    other = CheckedClient(app, app.response_class)
    assert other.post("/pair/", data={"code": code}).status_code == 404


def test_a_code_is_good_for_a_day(client: CheckedClient, clock: SetClock, code: str) -> None:
    clock.advance(timedelta(hours=24, seconds=1))
    assert client.post("/pair/", data={"code": code}).status_code == 404


@pytest.mark.parametrize("wrong", ["", "AAAAAAAA", "<script>alert(1)</script>", "x" * 5000])
def test_a_wrong_code_is_answered_with_where_to_get_one(client: CheckedClient, code: str, wrong: str) -> None:
    answer = client.post("/pair/", data={"code": wrong})
    assert answer.status_code == 404
    assert "trang quản lý" in answer.get_data(as_text=True)
