"""The edges of the day: midnight at an office that never closes, lunch, closing and holidays at one that does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from core.clock import SetClock
from office.actions import import_holidays
from tests.builders import WARD_HOURS, bearer, make_staff, make_token, open_counter
from tests.conftest import HANOI
from tests.kiosk.hall import Hall, make_hall
from tests.pages import CheckedClient


def at(day: int, clock: str) -> datetime:
    """An hour of November 2026 in Hanoi; the 23rd is a Monday."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00").replace(tzinfo=HANOI)


@pytest.fixture
def hall(app: Flask, client: CheckedClient, clock: SetClock) -> Hall:
    """Open round the clock, like the demo."""
    return make_hall(app, client, clock)


@pytest.fixture
def by_day(app: Flask, client: CheckedClient, clock: SetClock) -> Hall:
    """Monday to Friday, 8:00-12:00 and 13:30-17:00, with the country's holidays."""
    hall = make_hall(app, client, clock, hours=WARD_HOURS, settings={"priority": "strict"})
    with hall.database.transaction() as session:
        import_holidays(session, (2026,))
    return hall


def wait_until(hall: Hall, instant: datetime) -> None:
    """Let the office's clock go on to `instant`."""
    hall.clock.advance(instant - hall.clock.now())


def sit_down(hall: Hall) -> dict[str, Any]:
    """Open counter 1; what is needed to call from it."""
    with hall.writing() as (session, office):
        officer = make_staff(session, office, "canbo9")
        open_counter(office.counters[0], officer, hall.clock.now())
        return {"path": f"/api/v1/counters/{office.counters[0].id}/call-next", "headers": bearer(make_token(session, officer))}


def test_numbers_begin_again_at_midnight_and_who_waited_through_it_goes_first(hall: Hall) -> None:
    wait_until(hall, at(23, "23:58"))
    before = [hall.take().get_json() for _person in range(2)]
    assert [taken["number"] for taken in before] == ["A001", "A002"]
    wait_until(hall, at(24, "00:01"))
    after = hall.take().get_json()
    assert after["number"] == "A001"
    assert after["people_ahead"] == 2
    officer = sit_down(hall)
    called = [hall.client.post(officer["path"], headers=officer["headers"]).get_json()["ticket"]["id"] for _call in range(3)]
    assert called == [before[0]["id"], before[1]["id"], after["id"]]


def test_a_number_from_before_midnight_is_known_after_it(hall: Hall) -> None:
    wait_until(hall, at(23, "23:58"))
    token = hall.take().get_json()["token"]
    wait_until(hall, at(24, "00:05"))
    shown = hall.check_in(qr=f"http://localhost/t/{token}")
    assert (shown.status_code, shown.get_json()["outcome"]) == (200, "already")
    assert hall.client.get(f"/api/v1/tickets/{token}").get_json()["state"] == "waiting"
    assert hall.client.post(f"/t/{token}/cancel").status_code == 303


@pytest.mark.parametrize(
    ("slot", "arrives", "status", "told"),
    [
        (at(24, "00:00"), at(23, "23:50"), 201, "on_time"),
        (at(24, "00:00"), at(23, "23:49"), 409, "wrong_day"),
        (at(24, "00:15"), at(24, "00:01"), 201, "expected"),
        (at(24, "00:00"), at(24, "00:10"), 201, "on_time"),
        (at(23, "23:55"), at(24, "00:05"), 201, "on_time"),
        (at(23, "23:55"), at(24, "00:06"), 409, "wrong_day"),
        (at(23, "23:30"), at(23, "23:59"), 201, "late"),
    ],
)
def test_the_hours_around_a_booking_reach_over_midnight(
    hall: Hall, slot: datetime, arrives: datetime, status: int, told: str
) -> None:
    hall.book(slot)
    wait_until(hall, arrives)
    answer = hall.check_in(code="ACDEFG")
    seen = answer.get_json()
    assert (answer.status_code, seen.get("outcome") or seen["code"]) == (status, told)
    for page in ("/a/token-of-booking-ACDEFG", "/a/token-of-booking-ACDEFG/cancel"):
        assert hall.client.get(page).status_code == 200


def test_a_slot_is_booked_and_kept_over_midnight(hall: Hall) -> None:
    wait_until(hall, at(23, "23:50"))
    body = {"service": "A", "name": "Nguyễn Thị Thử", "phone": "0912345678", "consent": True}
    path = "/api/v1/offices/00070/appointments"
    assert hall.client.post(path, json=body | {"starts_at": at(23, "23:45").isoformat()}).get_json()["code"] == "slot_past"
    booked = hall.client.post(path, json=body | {"starts_at": at(24, "00:00").isoformat()})
    assert booked.status_code == 201
    days = [slot["starts_at"][:10] for slot in hall.client.get("/api/v1/offices/00070/slots?service=A&day=2026-11-23").get_json()]
    assert days == []
    wait_until(hall, at(24, "00:00"))
    moved = hall.client.post(
        f"/api/v1/appointments/{booked.get_json()['token']}/move", json={"starts_at": at(24, "00:15").isoformat()}
    )
    assert moved.status_code == 200


@pytest.mark.parametrize(
    ("instant", "opens"),
    [
        (at(23, "12:30"), "13:"),
        (at(23, "17:30"), "25/11"),
        (at(24, "09:00"), "25/11"),
        (at(28, "09:00"), "30/11"),
        (at(23, "06:00"), "07:"),
    ],
)
def test_a_closed_office_says_when_it_gives_numbers_again(by_day: Hall, instant: datetime, opens: str) -> None:
    """24 November, the day of Vietnamese culture, is a holiday from 2026 on."""
    wait_until(by_day, instant)
    refused = by_day.take()
    assert (refused.status_code, refused.get_json()["code"]) == (409, "closed")
    assert opens in refused.get_json()["detail"]


@pytest.mark.parametrize(
    "starts_at",
    [at(24, "09:00"), at(23, "12:00"), at(23, "13:15"), at(23, "17:00"), at(28, "09:00"), at(25, "07:45"), at(25, "09:07")],
)
def test_an_hour_the_office_does_not_work_in_is_not_sold(by_day: Hall, starts_at: datetime) -> None:
    body = {"service": "A", "name": "Nguyễn Thị Thử", "phone": "0912345678", "consent": True, "starts_at": starts_at.isoformat()}
    answer = by_day.client.post("/api/v1/offices/00070/appointments", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "slot_unknown")
    page = by_day.client.post("/o/00070/book", data=body | {"at": starts_at.strftime("%Y-%m-%dT%H:%M"), "consent": "1"})
    assert page.status_code == 422
    day = starts_at.date().isoformat()
    shown = by_day.client.get(f"/api/v1/offices/00070/slots?service=A&day={day}").get_json()
    assert starts_at.isoformat() not in [slot["starts_at"] for slot in shown]


def test_lunch_is_no_time_spent_waiting(by_day: Hall) -> None:
    wait_until(by_day, at(23, "11:55"))
    first = by_day.take().get_json()
    wait_until(by_day, at(23, "13:31"))
    second = by_day.take("B", priority=True).get_json()
    officer = sit_down(by_day)
    called = by_day.client.post(officer["path"], headers=officer["headers"]).get_json()["ticket"]["id"]
    assert called == second["id"], "after lunch nobody has waited over the guard: priority first"
    assert first["number"] == "A001"


def test_who_still_waited_at_closing_is_not_in_the_line_of_the_next_day(by_day: Hall) -> None:
    wait_until(by_day, at(25, "16:50"))
    old = by_day.take().get_json()
    wait_until(by_day, at(26, "09:00"))
    new = by_day.take().get_json()
    assert (new["number"], new["people_ahead"]) == ("A001", 0)
    officer = sit_down(by_day)
    assert by_day.client.post(officer["path"], headers=officer["headers"]).get_json()["ticket"]["id"] == new["id"]
    assert by_day.client.get(f"/t/{old['token']}").status_code == 200
    assert by_day.check_in(qr=f"/t/{old['token']}").get_json()["code"] == "wrong_day"


def test_a_counter_left_open_over_night_still_calls_in_the_morning(by_day: Hall) -> None:
    wait_until(by_day, at(25, "16:50"))
    officer = sit_down(by_day)
    by_day.take()
    assert by_day.client.post(officer["path"], headers=officer["headers"]).status_code == 200
    wait_until(by_day, at(26, "09:00"))
    by_day.take()
    called = by_day.client.post(officer["path"], headers=officer["headers"])
    assert called.status_code == 200
