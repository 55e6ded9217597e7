"""The office today, as its head sees it on a tablet: what stands there, what alarms, and what one touch does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask_socketio import SocketIO
from sqlalchemy import select

from core.rights import Actor
from office.events import OfficeChanged
from office.models import Counter, Office, OfficeChange, Staff
from office.store import office_by_code, service_by_code
from printer.models import Printer
from queueing import counter_actions
from queueing.actions import take_ticket
from queueing.models import LogEntry
from tests.builders import make_device, make_staff, open_counter
from tests.conftest import HANOI
from tests.pages import CheckedClient
from tests.setup.lost_hours import Ward

TODAY = "/api/v1/offices/00070/today"
NOTICE = "/api/v1/offices/00070/notice"


def shown(client: CheckedClient, ward: Ward) -> dict[str, Any]:
    answer = client.get(TODAY, headers=ward.headers["head"])
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def alarms(client: CheckedClient, ward: Ward) -> list[str]:
    return [f"{each['code']} {each['about']}".strip() for each in shown(client, ward)["alarms"]]


def walk_in(ward: Ward, service: str = "A") -> str:
    """Somebody takes a number now."""
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        return take_ticket(
            session, office, service_by_code(session, office, service),
            source="kiosk", actor=Actor(), now=ward.clock.now(), tz=HANOI,
        ).label  # fmt: skip


def counter(ward: Ward, number: int = 1) -> Counter:
    with ward.database.reading() as session:
        return session.scalars(select(Counter).join(Office).where(Office.code == "00070", Counter.number == number)).one()


def officer(ward: Ward, username: str = "officer") -> int:
    with ward.database.reading() as session:
        return session.scalars(select(Staff.id).where(Staff.username == username)).one()


def sit(ward: Ward, number: int = 1, username: str = "officer") -> None:
    """An officer has this counter open, and its console is heard of."""
    with ward.database.transaction() as session:
        place = session.get_one(Counter, counter(ward, number).id)
        open_counter(place, session.get_one(Staff, officer(ward, username)), ward.clock.now())


def seat(client: CheckedClient, ward: Ward, number: int, who: str = "head", **body: Any) -> Any:
    body = {"staff": officer(ward)} | body
    return client.post(f"/api/v1/counters/{counter(ward, number).id}/seat", json=body, headers=ward.headers[who])


# --- what stands there ------------------------------------------------------------------------------------------------


def test_the_head_sees_who_waits_who_is_served_and_who_is_still_to_come(client: CheckedClient, ward: Ward) -> None:
    ward.booked("09:30", day=23)
    ward.booked("10:15", day=23)
    sit(ward)
    first, second = walk_in(ward), walk_in(ward)
    ward.clock.advance(timedelta(minutes=20))
    with ward.database.transaction() as session:
        place = session.get_one(Counter, counter(ward).id)
        place.seen_at = ward.clock.now()
        office = office_by_code(session, "00070")
        who = Actor("staff", officer(ward), "officer", office.code)
        counter_actions.call_next(session, place, actor=who, now=ward.clock.now(), tz=HANOI)
    ward.clock.advance(timedelta(minutes=2))
    page = shown(client, ward)
    assert page["waiting"] == 1
    assert page["longest"] == {"number": second, "minutes": 22, "service": "A"}
    assert page["expected"] == 1, "the one at 09:30; the hour of the other has not begun"
    [one, two] = page["counters"]
    assert one["ticket"]["number"] == first
    assert one["officer_name"].endswith("officer")
    assert two["state"] == "closed"
    assert page["alarms"] == []
    assert "Trần Thị Thử" not in str(page), "no citizen's name"


def test_what_is_wrong_is_told_and_only_while_somebody_should_be_there(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        office.settings = {"wait_alarm": 25}
        make_device(session, office, "display", name="Bảng chính", seen_at=ward.clock.now())
        make_device(session, office, "kiosk", name="Chưa ghép", token_hash=None)
        session.add(Printer(key="00070/k", place="00070", name="Máy in cửa", kind="file", state="paper_out"))
    sit(ward)
    waiting = walk_in(ward)
    assert alarms(client, ward) == ["printer Máy in cửa"]
    ward.clock.advance(timedelta(minutes=26))
    assert alarms(client, ward) == [f"wait_long {waiting}", "counter_silent 1", "printer Máy in cửa", "machine_silent Bảng chính"]
    ward.clock.advance(timedelta(hours=9))
    assert alarms(client, ward) == [], "the office is closed and may be dark"
    assert shown(client, ward)["on_duty"] is False


# --- one touch --------------------------------------------------------------------------------------------------------


def test_the_head_opens_a_counter_for_an_officer_and_moves_one(client: CheckedClient, ward: Ward) -> None:
    answer = seat(client, ward, 1)
    assert answer.status_code == 200, answer.get_json()
    assert counter(ward).staff_id == officer(ward)
    refused = seat(client, ward, 2)
    assert refused.get_json()["code"] == "other_counter_open"
    moved = seat(client, ward, 2, move=True).get_json()
    assert [each["state"] for each in moved["counters"]] == ["closed", "open"]
    with ward.database.reading() as session:
        noted = session.execute(select(LogEntry.what, LogEntry.detail).order_by(LogEntry.n)).all()
    by_hand = [row for row in noted if row.what.startswith("counter_")]
    assert [row.what for row in by_hand] == ["counter_opened", "counter_closed", "counter_opened"]
    assert {row.detail["staff"] for row in by_hand} == {officer(ward, "head")}, "the log says who did it"


def test_an_officer_with_somebody_there_is_not_moved_and_no_counter_is_taken_away(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        second = make_staff(session, office_by_code(session, "00070"), "second").id
    walk_in(ward)
    seat(client, ward, 1)
    call = client.post(f"/api/v1/counters/{counter(ward).id}/call-next", json={}, headers=ward.headers["officer"])
    assert call.status_code == 200
    assert seat(client, ward, 2, move=True).get_json()["code"] == "counter_busy"
    assert seat(client, ward, 1, staff=second).get_json()["code"] == "counter_taken"
    assert seat(client, ward, 2, staff=officer(ward, "helper")).status_code == 404
    assert seat(client, ward, 2, staff=officer(ward, "beside")).status_code == 404, "not of this office"
    assert counter(ward).staff_id == officer(ward)


def test_the_hall_is_told_something_for_a_while_at_once(client: CheckedClient, ward: Ward) -> None:
    changed: list[OfficeChanged] = []
    ward.app.extensions["dung-gio"].bus.subscribe(OfficeChanged, changed.append)
    told = client.post(NOTICE, json={"notice": "Quầy 2 nghỉ đến 10 giờ", "minutes": 30}, headers=ward.headers["head"])
    assert told.status_code == 200, told.get_json()
    assert [each.office for each in changed] == ["00070"], "every screen of the office is sent its board"
    assert client.get("/api/v1/offices/00070/board").get_json()["notice"] == "Quầy 2 nghỉ đến 10 giờ"
    ward.clock.advance(timedelta(minutes=30))
    assert client.get("/api/v1/offices/00070/board").get_json()["notice"] == ""
    assert shown(client, ward)["notice"] == ""
    with ward.database.reading() as session:
        assert session.scalars(select(OfficeChange.what)).all() == ["notice_changed"], "versioned like every change"


@pytest.mark.parametrize("wrong", [{"notice": "x" * 201}, {"notice": "Nghỉ", "minutes": 4}, {"notice": "Nghỉ", "minutes": 1441}])
def test_a_notice_that_cannot_be_is_refused(client: CheckedClient, ward: Ward, wrong: dict[str, Any]) -> None:
    assert client.post(NOTICE, json=wrong, headers=ward.headers["head"]).status_code == 422


# --- who ----------------------------------------------------------------------------------------------------------------


def join(ward: Ward, client: CheckedClient, who: str) -> list[tuple[str, Any]]:
    socketio: SocketIO = ward.app.extensions["socketio"]
    socket = socketio.test_client(ward.app, namespace="/today", headers=ward.headers[who], flask_test_client=client)
    socket.emit("join", {"office": "00070"}, namespace="/today")
    return [(each["name"], each["args"][0]) for each in socket.get_received("/today")]


def test_the_socket_shows_today_to_the_head_and_the_city_and_to_nobody_else(client: CheckedClient, ward: Ward) -> None:
    walk_in(ward)
    for who in ("head", "city"):
        (event, snapshot), *_sent_once_more = join(ward, client, who)
        assert event == "snapshot"
        assert snapshot["waiting"] == 1
        assert snapshot["version"] == 1
    for who in ("officer", "helper", "technician", "beside"):
        [(event, told)] = join(ward, client, who)
        assert event == "refused", who
        assert told["detail"]


def test_the_page_is_the_heads(client: CheckedClient, ward: Ward) -> None:
    assert "Các quầy" in client.page("/office/today", headers=ward.headers["head"])
    assert client.get("/office/00070/today", headers=ward.headers["officer"]).status_code == 403
    assert client.get("/office/00070/today", headers=ward.headers["beside"]).status_code in (403, 404)
    assert seat(client, ward, 1, who="officer").status_code == 403
    assert seat(client, ward, 1, who="beside").status_code == 404
