"""A lost link is not a lost booking: found by its code and its phone together."""

from __future__ import annotations

import pytest
from flask import Flask

from core.clock import SetClock
from tests import builders
from tests.pages import CheckedClient

PHONE = "0912345678"


@pytest.fixture
def booked(app: Flask, client: CheckedClient, clock: SetClock) -> dict[str, str]:
    with app.extensions["dung-gio"].database.transaction() as session:
        builders.make_office(session)
        builders.make_office(session, "00082")
    slots = client.get("/api/v1/offices/00070/slots?service=A&day=2026-11-24").json
    assert slots
    wish = {"service": "A", "starts_at": slots[0]["starts_at"], "name": "Nguyễn Thị Thử", "phone": PHONE, "consent": True}
    made: dict[str, str] | None = client.post("/api/v1/offices/00070/appointments", json=wish).json
    assert made
    return made


def ask(client: CheckedClient, code: str, phone: str, office: str = "00070") -> tuple[int, str]:
    answer = client.post(f"/api/v1/offices/{office}/find", json={"code": code, "phone": phone})
    assert answer.json
    return answer.status_code, answer.json.get("page_url") or answer.json["code"]


@pytest.mark.parametrize("phone", [PHONE, "+84 912 345 678", "0912.345.678"])
def test_code_and_phone_lead_to_the_booking_however_they_are_typed(
    client: CheckedClient, booked: dict[str, str], phone: str
) -> None:
    code = booked["code"].lower()
    assert ask(client, f" {code[:3]}-{code[3:]} ", phone) == (200, booked["page_url"])


def test_a_wrong_code_a_wrong_phone_and_another_office_look_the_same(client: CheckedClient, booked: dict[str, str]) -> None:
    assert ask(client, booked["code"], "0912345679") == (404, "not_found")
    assert ask(client, "AAAAAA", PHONE) == (404, "not_found")
    assert ask(client, booked["code"], PHONE, office="00082") == (404, "not_found")


def test_the_page_keeps_what_was_typed_and_says_what_to_check(client: CheckedClient, booked: dict[str, str]) -> None:
    assert "Tìm lịch hẹn của tôi" in client.page("/o/00070/")
    client.page("/o/00070/find")
    refused = client.post("/o/00070/find", data={"code": "AAAAAA", "phone": PHONE})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 404
    assert 'value="AAAAAA"' in page
    assert f'value="{PHONE}"' in page
    assert "kiểm tra lại cả hai" in page
    found = client.post("/o/00070/find", data={"code": booked["code"], "phone": PHONE})
    assert (found.status_code, found.location) == (303, f"/a/{booked['token']}")


def test_guessing_is_slowed_down_for_the_phone_and_not_for_the_hall(client: CheckedClient, booked: dict[str, str]) -> None:
    for _try in range(10):
        assert ask(client, "AAAAAA", PHONE)[0] == 404
    assert ask(client, "AAAAAA", PHONE) == (429, "too_many")
    assert ask(client, "AAAAAA", "0987654321")[0] == 404


def test_a_phone_that_is_none_is_said_so(client: CheckedClient, booked: dict[str, str]) -> None:
    assert ask(client, booked["code"], "12")[0] == 422
