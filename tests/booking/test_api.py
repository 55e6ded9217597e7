"""The JSON calls of the contract: the shape of answers, and every refusal as a problem that says what to do."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from booking.models import Appointment, SlotUse
from core.clock import SetClock
from core.database import Database
from tests.builders import WARD_HOURS, make_office
from tests.queries import counted

OFFICE = "/api/v1/offices/00070"
MONDAY = "2026-11-23"


@pytest.fixture
def database(app: Flask) -> Database:
    """The app's own database with one office in ward hours: 27 minutes a slot, 10 a service."""
    found: Database = app.extensions["dung-gio"].database
    with found.transaction() as session:
        make_office(session, hours=WARD_HOURS)
        make_office(session, "00082", services="X")
        make_office(session, "00091").published = False
    return found


@pytest.fixture
def client(app: Flask, database: Database) -> FlaskClient:
    """A program without rights."""
    return app.test_client()


def asked(**changes: Any) -> dict[str, Any]:
    body = {
        "service": "A", "starts_at": "2026-11-23T10:00:00+07:00", "name": "Nguyễn Thị Thử", "phone": "0912345601", "consent": True
    }  # fmt: skip
    return {**body, **changes}


def book(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    response = client.post(f"{OFFICE}/appointments", json=asked(**changes))
    assert response.status_code == 201, response.json
    answer: dict[str, Any] = response.json
    return answer


def count(database: Database) -> tuple[int, int]:
    """Appointments, and booked minutes."""
    with database.reading() as session:
        booked = session.scalar(select(func.coalesce(func.sum(SlotUse.minutes), 0)).where(SlotUse.appointment_id.is_not(None)))
        return session.scalar(select(func.count(Appointment.id))) or 0, booked or 0


def test_published_offices_say_whether_they_are_open_and_how_many_wait(client: FlaskClient) -> None:
    offices = client.get("/api/v1/offices").json
    assert [office["code"] for office in offices] == ["00070", "00082"]
    assert offices[0].keys() == {"code", "name", "address", "open_now", "waiting", "next_free", "url", "services_url"}
    assert (offices[0]["open_now"], offices[0]["waiting"]) == (True, 0)
    assert offices[0]["url"].endswith("/o/00070/")


def test_services_and_slots_are_as_the_contract_names_them(client: FlaskClient) -> None:
    services = client.get(f"{OFFICE}/services").json
    assert services[0].keys() == {"code", "name", "field", "bookable", "minutes", "documents", "fee", "prefix"}
    slots = client.get(f"{OFFICE}/slots?service=A&day=2026-11-23").json
    assert slots[0] == {"starts_at": "2026-11-23T09:15:00+07:00", "ends_at": "2026-11-23T09:30:00+07:00", "left": 3}
    assert client.get(f"{OFFICE}/slots?service=A&day=2026-11-22").json == []
    assert client.get(f"{OFFICE}/slots?service=A&day=2026-11-30").json == []


def test_a_booking_is_made_shown_moved_and_cancelled(client: FlaskClient, database: Database) -> None:
    made = book(client)
    assert made.keys() == {"code", "token", "starts_at", "arrive_from", "arrive_until", "page_url", "qr_url", "ics_url"}
    assert made["arrive_from"] == "2026-11-23T09:50:00+07:00"
    assert made["arrive_until"] == "2026-11-23T10:10:00+07:00"
    address = f"/api/v1/appointments/{made['token']}"
    assert client.get(address).json["state"] == "booked"
    moved = client.post(f"{address}/move", json={"starts_at": "2026-11-24T14:00:00+07:00"})
    assert (moved.status_code, moved.json["code"], moved.json["token"]) == (200, made["code"], made["token"])
    assert moved.json["starts_at"] == "2026-11-24T14:00:00+07:00"
    assert [client.delete(address).status_code for _time in range(2)] == [204, 204]
    assert client.get(address).json["state"] == "cancelled"
    assert count(database) == (1, 0)
    assert client.post(f"{address}/move", json={"starts_at": "2026-11-24T14:00:00+07:00"}).json["code"] == "already_cancelled"


def test_a_taken_slot_is_a_problem_with_alternatives(client: FlaskClient) -> None:
    for phone in ("0912345601", "0912345602", "0912345604"):
        book(client, phone=phone)
    refused = client.post(f"{OFFICE}/appointments", json=asked(phone="0912345603"))
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert refused.json["code"] == "slot_taken"
    assert "2026-11-23T10:15:00+07:00" in refused.json["alternatives"]


def test_a_household_is_one_booking_and_a_second_procedure_needs_no_name(client: FlaskClient, database: Database) -> None:
    made = book(client, people=[{"name": "Trần Văn Thử", "service": "B"}, {"service": "C"}])
    shown = client.get(f"/api/v1/appointments/{made['token']}").json
    assert shown["people"] == [{"name": "Trần Văn Thử", "service": "B"}, {"name": "Nguyễn Thị Thử", "service": "C"}]
    assert count(database) == (1, 30)


def test_a_held_slot_has_one_place_less_until_it_is_booked_given_back_or_out_of_time(
    client: FlaskClient, clock: SetClock
) -> None:
    def left() -> int:
        slots = client.get(f"{OFFICE}/slots?service=A&day=2026-11-23").json
        return next(slot["left"] for slot in slots if slot["starts_at"] == "2026-11-23T10:00:00+07:00")

    wish = {"service": "A", "starts_at": "2026-11-23T10:00:00+07:00"}
    held = client.post(f"{OFFICE}/holds", json=wish)
    assert (held.status_code, held.json.keys()) == (201, {"hold", "expires_at"})
    assert held.json["expires_at"] == "2026-11-23T09:05:00+07:00"
    assert left() == 2
    book(client, hold=held.json["hold"])
    assert left() == 2
    other = client.post(f"{OFFICE}/holds", json=wish).json["hold"]
    assert left() == 1
    assert [client.delete(f"{OFFICE}/holds/{other}").status_code for _time in range(2)] == [204, 204]
    assert left() == 2
    late = client.post(f"{OFFICE}/holds", json=wish).json["hold"]
    clock.advance(timedelta(minutes=5))
    assert left() == 2
    book(client, hold=late, phone="0912345699")
    assert left() == 1


def test_who_waits_is_offered_what_is_given_up_and_accepts_once(client: FlaskClient) -> None:
    """A program goes the way of the waiting list: join a full day, be offered, accept, leave."""
    day, phones = "2026-11-28", iter(range(10, 100))
    wish = {"service": "A", "day": "2026-11-23", "name": "Trần Văn Thử", "phone": "0987654321", "consent": True}
    assert client.post(f"{OFFICE}/waiting-list", json=wish).json["code"] == "day_has_room"
    assert client.post(f"{OFFICE}/waiting-list", json=wish | {"day": day}).json["code"] == "slot_unknown", "a closed day"
    made = []
    while free := [slot for slot in client.get(f"{OFFICE}/slots?service=A&day=2026-11-24").json if slot["left"]]:
        made.append(book(client, starts_at=free[0]["starts_at"], phone=f"09123456{next(phones)}"))
    wish |= {"day": "2026-11-24"}
    joined = client.post(f"{OFFICE}/waiting-list", json=wish)
    assert (joined.status_code, joined.json["state"], joined.json["ahead"], joined.json["offer"]) == (201, "waiting", 0, None)
    assert client.post(f"{OFFICE}/waiting-list", json=wish).json["code"] == "already_waiting"
    mine = f"/api/v1/waiting-list/{joined.json['token']}"
    assert client.post(f"{mine}/accept").json["code"] == "nothing_offered"
    client.delete(f"/api/v1/appointments/{made[-1]['token']}")
    offered = client.get(mine).json
    assert (offered["state"], offered["offer"]["starts_at"]) == ("offered", made[-1]["starts_at"])
    accepted = client.post(f"{mine}/accept")
    assert (accepted.status_code, accepted.json["starts_at"]) == (201, made[-1]["starts_at"])
    assert client.post(f"{mine}/accept").json["token"] == accepted.json["token"]
    assert client.post(f"{mine}/leave").json["state"] == "accepted"


def test_the_same_key_books_once(client: FlaskClient, database: Database) -> None:
    headers = {"Idempotency-Key": "mot-lan"}
    answers = [client.post(f"{OFFICE}/appointments", json=asked(), headers=headers) for _press in range(2)]
    assert answers[0].status_code == answers[1].status_code == 201
    assert answers[0].json == answers[1].json
    assert count(database) == (1, 10)
    other = client.post(f"{OFFICE}/appointments", json=asked(name="Trần Văn Thử"), headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"service": "Z"}, 422, "not_bookable"),
        ({"service": "X"}, 422, "not_bookable"),
        ({"service": None}, 422, "invalid"),
        ({"service": 7}, 422, "invalid"),
        ({"starts_at": "2026-11-23T08:00:00+07:00"}, 409, "slot_past"),
        ({"starts_at": "2026-11-23T12:15:00+07:00"}, 422, "slot_unknown"),
        ({"starts_at": "2026-11-23T10:05:00+07:00"}, 422, "slot_unknown"),
        ({"starts_at": "2026-12-23T10:00:00+07:00"}, 422, "slot_unknown"),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, 422, "slot_unknown"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, 409, "slot_past"),
        ({"starts_at": "2026-11-23T10:00:00"}, 422, "invalid"),
        ({"starts_at": "ngày mai"}, 422, "invalid"),
        ({"name": ""}, 422, "invalid"),
        ({"name": "Thử" * 40}, 422, "invalid"),
        ({"name": "Thử\0"}, 422, "invalid"),
        ({"name": ["Thử"]}, 422, "invalid"),
        ({"name": "T" * 5000}, 422, "invalid"),
        ({"phone": "0123"}, 422, "invalid"),
        ({"consent": False}, 422, "invalid"),
        ({"consent": None}, 422, "invalid"),
        ({"consent": "true"}, 422, "invalid"),
        ({"people": [{"name": "Trần Văn Thử", "service": "A"}] * 6}, 422, "invalid"),
        ({"people": [{"name": "", "service": "A"}]}, 422, "invalid"),
        ({"people": [{"name": "Trần Văn Thử", "service": "X"}]}, 422, "not_bookable"),
        ({"people": [{"name": "Lê Văn Mẫu", "service": "B"}] * 2, "starts_at": f"{MONDAY}T11:45:00+07:00"}, 422, "slot_unknown"),
    ],
)
def test_what_cannot_be_booked_is_refused_and_nothing_is_half_done(
    client: FlaskClient, database: Database, changes: dict[str, Any], status: int, code: str
) -> None:
    refused = client.post(f"{OFFICE}/appointments", json=asked(**changes))
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert len(refused.json["detail"]) > 10
    assert count(database) == (0, 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b"\xff\xfe", b'{"service": "\\ud800"}'])
def test_a_body_that_is_no_booking_is_refused(client: FlaskClient, body: bytes) -> None:
    refused = client.post(f"{OFFICE}/appointments", data=body, content_type="application/json")
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    "path",
    ["/offices/99999/services", "/offices/00091/services", "/offices/%00/services", "/appointments/khong-co-that-dau",
     "/appointments/%00", "/offices/00091/slots?service=A&day=2026-11-23"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    missing = client.get(f"/api/v1{path}")
    assert (missing.status_code, missing.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("query", ["", "service=A", "service=A&day=mai", "service=A&day=2026-13-40", "day=2026-11-23"])
def test_slots_want_a_service_and_a_day(client: FlaskClient, query: str) -> None:
    assert client.get(f"{OFFICE}/slots?{query}").status_code == 422


def test_decomposed_text_and_html_are_kept_as_plain_composed_text(client: FlaskClient) -> None:
    typed = unicodedata.normalize("NFD", "<i>Nguyễn</i> Thị Thử")
    made = book(client, name=typed)
    assert client.get(f"/api/v1/appointments/{made['token']}").json["name"] == "<i>Nguyễn</i> Thị Thử"


def test_a_phone_is_limited_and_told_so(client: FlaskClient) -> None:
    book(client)
    refused = client.post(f"{OFFICE}/appointments", json=asked(starts_at="2026-11-23T11:00:00+07:00"))
    assert (refused.status_code, refused.json["code"]) == (409, "field_limit_reached")


def test_a_booking_lives_by_the_offices_day(client: FlaskClient, clock: SetClock) -> None:
    made = book(client)
    clock.advance(timedelta(days=1))
    refused = client.delete(f"/api/v1/appointments/{made['token']}")
    assert (refused.status_code, refused.json["code"]) == (409, "already_over")
    assert datetime.fromisoformat(made["starts_at"]).utcoffset() == timedelta(hours=7)


def test_a_whole_city_costs_as_many_queries_as_two_offices(client: FlaskClient, database: Database) -> None:
    with counted(database.engine) as for_two:
        client.get("/api/v1/offices")
        client.get("/")
    with database.transaction() as session:
        for number in range(20):
            make_office(session, f"1{number:04}", services="X", counters=1)
    with counted(database.engine) as for_the_city:
        assert len(client.get("/api/v1/offices").json or []) == 22
        client.get("/")
    assert len(for_the_city) == len(for_two)
