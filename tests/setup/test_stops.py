""" "Đóng đột xuất": no numbers and hours for the rest of today; who is booked is told or listed, who waits stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.rights import ANONYMOUS
from office.models import Stop
from office.store import office_by_code, service_by_code
from queueing.actions import take_ticket
from tests.builders import make_service
from tests.conftest import HANOI
from tests.pages import CheckedClient
from tests.setup.lost_hours import NAME, Ward
from tests.setup.test_plan_pages import seen, send

STOPS = "/office/00070/stops"
POWER = {"field": "Tư pháp", "reason": "Mất điện"}
EVERYTHING = {"field": "*", "reason": "Mất điện"}


@pytest.fixture
def land(ward: Ward) -> None:
    """A second field of work, at counter 2 only."""
    with ward.database.transaction() as session:
        make_service(session, office_by_code(session, "00070"), "D", field="Đất đai")


def stop(client: CheckedClient, ward: Ward, typed: dict[str, str] = POWER) -> TestResponse:
    """Look, then stop what was seen."""
    return send(client, ward, STOPS, typed | {"seen": seen(send(client, ward, STOPS, typed))})


def call(client: CheckedClient, ward: Ward, path: str, body: dict[str, Any] | None = None, who: str = "head") -> TestResponse:
    return client.post(f"/api/v1/{path}", json=body or {}, headers=ward.headers[who])


def slots(client: CheckedClient, day: int, service: str = "A") -> list[dict[str, Any]]:
    address = f"/api/v1/offices/00070/slots?service={service}&day=2026-11-{day}"
    found: list[dict[str, Any]] = client.get(address).get_json()
    return found


def test_a_field_is_stopped_after_a_look_at_whom_it_hurts_and_how_many_wait(
    client: CheckedClient, ward: Ward, land: None
) -> None:
    mine, tomorrows = ward.booked("14:00", day=23), ward.booked("10:00", day=24)
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        service = service_by_code(session, office, "A")
        take_ticket(session, office, service, now=ward.clock.now(), tz=HANOI, source="kiosk", actor=ANONYMOUS)
    preview = send(client, ward, STOPS, POWER).get_data(as_text=True)
    for words in (
        "1 lịch hẹn sẽ không giữ được giờ đã đặt",
        "Thứ Hai 23/11, 14:00",
        "1 người đang chờ lĩnh vực này vẫn ở trong hàng",
    ):
        assert words in preview
    assert NAME not in preview
    assert ward.audited() == {}
    assert stop(client, ward).location == "/office/00070/calls"
    assert [entry.appointment_id for entry in ward.entries()] == [mine]
    assert ward.booking(mine).state == ward.booking(tomorrows).state == "booked"
    assert ward.audited()["stopped"] == {"on": "2026-11-23", "field": "Tư pháp", "reason": "Mất điện", "lost_bookings": [mine]}
    office_page = client.page("/office/", headers=ward.headers["head"])
    assert "Đang đóng: Tư pháp (Mất điện)" in " ".join(office_page.split())
    assert "1 người đang chờ vẫn ở trong hàng" in office_page


def test_hours_of_the_field_vanish_for_the_rest_of_today_and_come_back(client: CheckedClient, ward: Ward) -> None:
    assert slots(client, 23)
    tomorrow = slots(client, 24)
    stop(client, ward)
    assert slots(client, 23) == []
    assert slots(client, 24) == tomorrow
    page = client.page("/o/00070/time?service=A&day=2026-11-23")
    assert "Hôm nay tạm ngừng nhận lĩnh vực Tư pháp: Mất điện." in page
    assert "Hôm nay tạm ngừng nhận lĩnh vực Tư pháp: Mất điện." in client.page("/o/00070/")
    wish = {"service": "A", "starts_at": "2026-11-23T14:00:00+07:00", "name": NAME, "phone": "0912345678", "consent": True}
    refused = client.post("/api/v1/offices/00070/appointments", json=wish)
    assert (refused.status_code, refused.get_json()["code"], refused.get_json()["reason"]) == (409, "field_stopped", "Mất điện")
    [stopped] = client.get("/api/v1/offices/00070/stops", headers=ward.headers["head"]).get_json()
    assert send(client, ward, f"{STOPS}/{stopped['id']}/lift", {"x": "1"}).location == STOPS
    assert slots(client, 23)
    assert "tạm ngừng" not in client.page("/o/00070/time?service=A&day=2026-11-23")
    assert client.post("/api/v1/offices/00070/appointments", json=wish).status_code == 201
    assert ward.audited()["stop_lifted"]["field"] == "Tư pháp"


def test_another_field_is_booked_as_before(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        service_by_code(session, office_by_code(session, "00070"), "B").field = "Đất đai"
    stop(client, ward)
    assert slots(client, 23, "A") == []
    assert slots(client, 23, "B")
    assert "tạm ngừng" not in client.page("/o/00070/time?service=B&day=2026-11-23")


def test_the_city_offers_no_hour_of_what_is_stopped_today(client: CheckedClient, ward: Ward) -> None:
    city = ward.app.extensions["city"]
    city.look()
    [before] = [each for each in client.get("/api/v1/offices").get_json() if each["code"] == "00070"]
    stop(client, ward, EVERYTHING)
    city.look()
    [after] = [each for each in client.get("/api/v1/offices").get_json() if each["code"] == "00070"]
    assert before["next_free"].startswith("2026-11-23")
    assert after["next_free"].startswith("2026-11-24T08:00")


def test_lifting_a_stop_tells_those_who_were_told_that_their_hour_is_kept(client: CheckedClient, ward: Ward) -> None:
    ward.has_phones()
    mine = ward.booked("14:00", day=23)
    made = call(client, ward, "offices/00070/stops", POWER)
    assert (made.status_code, made.get_json()["told"], made.get_json()["to_call"]) == (201, 1, 0)
    assert call(client, ward, f"stops/{made.get_json()['id']}/lift").status_code == 200
    assert "nay phục vụ được như đã hẹn" in ward.messages()[-1].text
    assert "Giờ cũ vẫn giữ được" in client.page("/office/00070/calls", headers=ward.headers["head"])
    assert ward.booking(mine).state == "booked"


def test_a_stop_and_a_lift_twice_are_one(client: CheckedClient, ward: Ward) -> None:
    first = call(client, ward, "offices/00070/stops", POWER).get_json()
    again = call(client, ward, "offices/00070/stops", POWER)
    assert (again.status_code, again.get_json()["code"]) == (409, "already_stopped")
    page = send(client, ward, STOPS, POWER)
    assert page.status_code == 409
    assert "đang đóng rồi" in page.get_data(as_text=True)
    lifted = [call(client, ward, f"stops/{first['id']}/lift").get_json()["lifted_at"] for _each in range(2)]
    assert lifted[0] == lifted[1] is not None
    with ward.database.reading() as session:
        assert len(session.scalars(select(Stop)).all()) == 1


def test_everything_can_be_stopped_and_is_said_so(client: CheckedClient, ward: Ward) -> None:
    ward.booked("14:00", day=23, service="A")
    ward.booked("14:00", day=23, service="B")
    made = call(client, ward, "offices/00070/stops", {"reason": "Mất điện"}).get_json()
    assert (made["field"], made["to_call"]) == ("", 2)
    board = client.get("/api/v1/offices/00070/board").get_json()
    assert board["stops"] == [
        {"field": "", "reason": "Mất điện", "sentence": "Hôm nay điểm phục vụ tạm ngừng nhận hồ sơ: Mất điện."}
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"field": ""}, "Hãy chọn lĩnh vực"),
        ({"field": "Không có"}, "Hãy chọn lĩnh vực"),
        ({"reason": ""}, "Hãy ghi lý do"),
        ({"reason": "x" * 121}, "Hãy ghi lý do"),
    ],
)
def test_what_cannot_be_stopped_is_refused_and_kept(client: CheckedClient, ward: Ward, wrong: dict[str, str], words: str) -> None:
    answer = send(client, ward, STOPS, POWER | wrong)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    body = {"field": "Không có", "reason": "Mất điện"} if "field" in wrong else {"field": "Tư pháp"} | wrong
    assert call(client, ward, "offices/00070/stops", body).status_code == 422


def test_a_booking_made_meanwhile_is_shown_before_it_is_stopped(client: CheckedClient, ward: Ward) -> None:
    mark = seen(send(client, ward, STOPS, POWER))
    ward.booked("14:00", day=23)
    answer = send(client, ward, STOPS, POWER | {"seen": mark})
    assert answer.status_code == 409
    assert "14:00" in answer.get_data(as_text=True)
    assert re.search(r'name="seen" value="\w+"', answer.get_data(as_text=True))


@pytest.mark.parametrize("who", ["technician", "officer", "helper", "beside"])
def test_only_the_head_stops_and_lifts(client: CheckedClient, ward: Ward, who: str) -> None:
    made = call(client, ward, "offices/00070/stops", POWER).get_json()
    for answer in (
        send(client, ward, STOPS, POWER, who),
        send(client, ward, f"{STOPS}/{made['id']}/lift", {"x": "1"}, who),
        call(client, ward, "offices/00070/stops", POWER, who),
        call(client, ward, f"stops/{made['id']}/lift", who=who),
    ):
        assert answer.status_code in (403, 404)
    assert client.get("/api/v1/offices/00070/board").get_json()["stops"]


def test_the_stop_of_another_office_is_nobodys(client: CheckedClient, ward: Ward) -> None:
    made = client.post("/api/v1/offices/00091/stops", json={"reason": "Mất điện"}, headers=ward.headers["beside"]).get_json()
    assert send(client, ward, f"{STOPS}/{made['id']}/lift", {"x": "1"}).status_code == 404
    assert call(client, ward, f"stops/{made['id']}/lift").status_code == 404
