"""The call list is worked through by those who sit in the office: on its page without a script, and by programs."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from notices.channels import TO_PHONE
from notices.outbox import MOST_ATTEMPTS, Outbox, wait_after
from tests.pages import CheckedClient
from tests.setup.lost_hours import NAME, Ward, hanoi
from tests.setup.test_plan_pages import CLOSED_TUESDAY, DAYS, save

CALLS = "/office/00070/calls"
API = "/api/v1/call-list"
STAFF = ("head", "officer", "helper")


@pytest.fixture
def lost(client: CheckedClient, ward: Ward) -> int:
    """Somebody is booked for Tuesday at ten, and Tuesday is closed: the booking."""
    booking = ward.booked("10:00")
    save(client, ward, DAYS, CLOSED_TUESDAY)
    return booking


def entry(ward: Ward) -> int:
    [found] = ward.entries()
    return found.id


def press(client: CheckedClient, ward: Ward, what: str, who: str = "helper", **sent: str) -> TestResponse:
    return client.post(f"{CALLS}/{entry(ward)}/{what}", data=sent, headers=ward.headers[who])


@pytest.mark.parametrize("who", STAFF)
def test_the_list_says_whom_to_call_and_what_to_offer(client: CheckedClient, ward: Ward, lost: int, who: str) -> None:
    page = client.page(CALLS, headers=ward.headers[who])
    for words in ("Thứ Ba 24/11, 10:00", "Trần T. T.", "0912 345 601", 'href="tel:+84912345601"', "Chứng thực bản sao"):
        assert words in page
    assert page.count("Dời sang Thứ Hai 23/11") == 2
    assert page.count("Dời sang Thứ Tư 25/11, 10:00") == 1
    assert NAME not in page


def test_a_name_is_opened_once_and_that_is_written_down(client: CheckedClient, ward: Ward, lost: int) -> None:
    page = press(client, ward, "open").get_data(as_text=True)
    assert NAME in page
    assert ward.audited()["booking_opened"] == {"booking": lost}
    assert NAME not in client.page(CALLS, headers=ward.headers["helper"])


def test_called_is_ticked_with_who_and_when_and_unticked(client: CheckedClient, ward: Ward, lost: int) -> None:
    assert press(client, ward, "called", called="1").status_code == 303
    page = client.page(CALLS, headers=ward.headers["officer"])
    assert "Cần gọi: 0 người" in page
    assert "Nguyễn Thị Thử helper gọi lúc 09:00 23/11" in page
    press(client, ward, "called", who="officer", called="0")
    assert "Cần gọi: 1 người" in client.page(CALLS, headers=ward.headers["officer"])


def test_an_hour_agreed_on_the_telephone_is_one_touch(client: CheckedClient, ward: Ward, lost: int) -> None:
    offered = re.findall(r'name="at" value="([^"]+)"', client.page(CALLS, headers=ward.headers["helper"]))
    answer = client.post(
        f"{CALLS}/{entry(ward)}/move", data={"at": offered[0]}, headers=ward.headers["helper"], follow_redirects=True
    )
    page = answer.get_data(as_text=True)
    assert f"Đã dời lịch hẹn {ward.booking(lost).code} sang Thứ Hai 23/11" in page
    assert "Cần gọi: 0 người" in page
    booking = ward.booking(lost)
    assert booking.moved_from_at is not None
    assert (hanoi(booking.moved_from_at), booking.state) == ("24 10:00", "booked")


def test_who_booked_in_english_is_told_of_the_new_hour_in_english(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00", lang="en")
    save(client, ward, DAYS, CLOSED_TUESDAY)
    assert press(client, ward, "move", at="2026-11-23T15:00").status_code == 303
    told = ward.messages(TO_PHONE)[-1].text
    assert "appointment" in told
    assert "15:00" in told
    assert "lịch hẹn" not in told


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        ("2026-11-24T10:15", 422, "không nhận lịch hẹn vào giờ này"),
        ("2026-11-23T08:00", 409, "Giờ này đã qua"),
        ("chiều", 422, "không nhận lịch hẹn vào giờ này"),
        ("", 422, "không nhận lịch hẹn vào giờ này"),
    ],
)
def test_an_hour_that_cannot_be_is_refused_and_the_list_stays(
    client: CheckedClient, ward: Ward, lost: int, at: str, status: int, words: str
) -> None:
    answer = press(client, ward, "move", at=at)
    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    assert words in page
    assert "Cần gọi: 1 người" in page
    assert hanoi(ward.booking(lost).starts_at) == "24 10:00"


def test_who_moved_by_the_own_link_is_not_called(client: CheckedClient, ward: Ward, lost: int) -> None:
    token = ward.booking(lost).token
    moved = client.post(f"/api/v1/appointments/{token}/move", json={"starts_at": "2026-11-23T15:00:00+07:00"})
    assert moved.status_code == 200
    assert "Giờ mới: Thứ Hai 23/11, 15:00" in client.page(CALLS, headers=ward.headers["helper"])
    late = press(client, ward, "move", at="2026-11-23T16:00")
    assert late.status_code == 409
    assert "Hãy tải lại danh sách" in late.get_data(as_text=True)


def test_a_message_that_fails_for_good_puts_its_person_on_the_list(client: CheckedClient, ward: Ward) -> None:
    channel = ward.has_phones()
    channel.broken = True
    ward.booked("10:00")
    assert save(client, ward, DAYS, CLOSED_TUESDAY).location == "/office/00070/days?month=2026-11"
    assert "Đã nhắn tin" in client.page(CALLS, headers=ward.headers["helper"])
    outbox = Outbox(ward.database, ward.clock, [channel])
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outbox.run_once()
        ward.clock.advance(wait_after(attempt))
    page = client.page(CALLS, headers=ward.headers["helper"])
    assert "Cần gọi: 1 người" in page
    assert "Nhắn tin không được" in page


@pytest.mark.parametrize("who", ["technician", "beside"])
def test_nobody_else_sees_the_list(client: CheckedClient, ward: Ward, lost: int, who: str) -> None:
    assert client.get(CALLS, headers=ward.headers[who]).status_code == 403
    for what in ("called", "move", "open"):
        assert press(client, ward, what, who).status_code == 403
    for what in ("called", "move"):
        body = {"starts_at": "2026-11-23T16:00:00+07:00"}
        answer = client.post(f"{API}/{entry(ward)}/{what}", json=body, headers=ward.headers[who])
        assert answer.status_code in (403, 404)
    assert client.get("/api/v1/offices/00070/call-list", headers=ward.headers[who]).status_code == 403
    assert ward.entries()[0].called_at is None


def test_an_entry_of_another_office_is_nobodys(client: CheckedClient, ward: Ward, lost: int) -> None:
    for what in ("called", "move", "open"):
        path = f"/office/00091/calls/{entry(ward)}/{what}"
        assert client.post(path, data={"called": "1"}, headers=ward.headers["beside"]).status_code == 404
        assert client.post(f"/office/00070/calls/99/{what}", headers=ward.headers["head"]).status_code == 404


# --- for programs -----------------------------------------------------------------------------------------------------


def test_programs_read_tick_and_move(client: CheckedClient, ward: Ward, lost: int) -> None:
    headers = ward.headers["officer"]
    [listed] = client.get("/api/v1/offices/00070/call-list", headers=headers).get_json()
    assert listed["starts_at"] == "2026-11-24T10:00:00+07:00"
    assert (listed["booking"], listed["name"], listed["phone"]) == (lost, "Trần T. T.", "+84912345601")
    assert len(listed["proposals"]) == 3
    ticked = client.post(f"{API}/{listed['id']}/called", json={}, headers=headers).get_json()
    assert (ticked["state"], ticked["called_by"]) == ("called", "Nguyễn Thị Thử officer")
    assert client.get("/api/v1/offices/00070/call-list", headers=headers).get_json() == []
    unticked = client.post(f"{API}/{listed['id']}/called", json={"called": False}, headers=headers).get_json()
    assert (unticked["state"], unticked["called_at"]) == ("open", None)
    body = {"starts_at": listed["proposals"][0]}
    assert client.post(f"{API}/{listed['id']}/move", json=body, headers=headers).get_json()["state"] == "moved"
    refused = client.post(f"{API}/{listed['id']}/move", json={"starts_at": "2026-11-23T09:30:00+07:00"}, headers=headers)
    assert refused.get_json()["code"] == "not_listed_any_more"
