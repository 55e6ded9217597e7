"""The first run: its proposals, how far an office is, and that a step taken again changes only what was changed in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from office.hours import Weekly
from office.models import Counter, CounterService, Procedure, Service, Staff, WeeklyHours
from office.store import office_by_code
from setup import parts_store
from setup.rules import read_day
from setup.wizard_rules import spread, username_of, usual_day, usual_week
from tests.pages import CheckedClient
from tests.setup.lost_hours import Ward

NEW = "/office/00091/start"


@pytest.mark.parametrize(
    ("loads", "counters", "expected"),
    [
        ({"H": 4, "C": 2}, 1, {1: ["H", "C"]}),
        ({"H": 4, "C": 2}, 2, {1: ["H", "C"], 2: ["H", "C"]}),
        ({"H": 4, "C": 2}, 3, {1: ["H", "C"], 2: ["H"], 3: ["C"]}),
        ({"H": 4}, 3, {1: ["H"], 2: ["H"], 3: ["H"]}),
        ({}, 2, {1: [], 2: []}),
    ],
)
def test_every_field_is_spread_over_two_counters(loads: dict[str, float], counters: int, expected: dict[int, list[str]]) -> None:
    assert spread(loads, list(range(1, counters + 1))) == expected


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Nguyễn Thị Thử", (), "thunt"),
        ("Nguyễn Thị Thử", ("thunt",), "thunt2"),
        ("Đặng Văn Ô", (), "odv"),
        ("Ô", (), "canboo"),
        ("李", (), "canbo"),
        ("x" * 80, (), "x" * 24),
    ],
)
def test_a_user_name_is_proposed_that_nobody_has(name: str, taken: tuple[str, ...], expected: str) -> None:
    assert username_of(name, taken) == expected


def test_a_simple_week_is_typed_in_one_line_and_another_one_is_left_alone() -> None:
    day = read_day("08:00-11:30, 13:30-17:00")
    assert usual_day(usual_week(day, saturday=True)) == ("08:00-11:30, 13:30-17:00", True)
    assert usual_day(usual_week(day, saturday=False)) == ("08:00-11:30, 13:30-17:00", False)
    assert usual_day(Weekly.parse({"0": ["08:00-11:30"]})) is None


def setup_of(ward: Ward, code: str) -> dict[str, dict[str, Any]]:
    with ward.database.reading() as session:
        return parts_store.read(session, office_by_code(session, code))


@pytest.fixture
def bare(ward: Ward) -> Ward:
    """The catalogue has a few procedures, and 00091, which nobody can book, has nothing but its head."""
    with ward.database.transaction() as session:
        beside = office_by_code(session, "00091")
        beside.published = False
        numbers = select(Counter.id).where(Counter.office_id == beside.id)
        session.execute(delete(CounterService).where(CounterService.counter_id.in_(numbers)))
        for table in (WeeklyHours, Counter, Service):
            session.execute(delete(table).where(table.office_id == beside.id))
        for code, name, field in (("1", "Khai sinh", "Hộ tịch"), ("2", "Kết hôn", "Hộ tịch"), ("3", "Bản sao", "Chứng thực"),
                                  ("4", "Việc lạ", "Lạ một"), ("5", "Việc lạ khác", "Lạ hai")):  # fmt: skip
            session.add(
                Procedure(
                    code=code, name=name, field=field, agency="UBND", processing_time="Trong ngày", documents=["Bản chính"],
                    fee="", counter_minutes=9, common=True, valid_from=ward.clock.now().date(),
                )
            )  # fmt: skip
    return ward


def send(client: CheckedClient, ward: Ward, step: str, sent: dict[str, str], base: str = NEW, who: str = "beside") -> Any:
    return client.post(f"{base}/{step}", data=sent, headers=ward.headers[who])


def goes_on_at(client: CheckedClient, ward: Ward) -> str:
    return str(client.get(NEW, headers=ward.headers["beside"]).location).rpartition("/")[2]


def test_an_office_goes_on_where_it_was_left_and_ends_published(client: CheckedClient, bare: Ward) -> None:
    assert goes_on_at(client, bare) == "unit"
    assert send(client, bare, "unit", {"address": ""}).status_code == 422
    assert send(client, bare, "unit", {"address": "Số 2 Phố Mẫu"}).location == f"{NEW}/fields"
    assert send(client, bare, "fields", {}).status_code == 422
    chosen = {"field:Hộ tịch": "1", "field:Lạ một": "1", "field:Lạ hai": "1"}
    assert send(client, bare, "fields", chosen).location == f"{NEW}/counters"
    made = setup_of(bare, "00091")
    codes = {name.removeprefix("service:") for name in made if name.startswith("service:")}
    assert codes == {"1", "2", "4", "5", "ket-qua", "bo-sung", "hoi"}
    first = made["service:1"]
    assert (first["minutes"], first["documents"], first["procedure"]) == (9, ["Bản chính"], "1")
    assert made["service:4"]["prefix"] != made["service:5"]["prefix"]
    assert send(client, bare, "publish", {}).status_code == 409
    page = send(client, bare, "counters", {"number": "2", "spread": "1"}).get_data(as_text=True)
    assert page.count("checked") == 6
    assert "Quầy 2: hãy chọn" in send(client, bare, "counters", {"number": "2", "take:1:Hộ tịch": "1"}).get_data(as_text=True)
    sent = {"number": "2", "take:1:Hộ tịch": "1", "take:2:Lạ một": "1", "take:2:Lạ hai": "1"}
    assert send(client, bare, "counters", sent | {"back": "1"}).location == f"{NEW}/fields"
    assert setup_of(bare, "00091")["counter:1"]["services"] == ["1", "2", "ket-qua", "bo-sung", "hoi"]
    assert goes_on_at(client, bare) == "hours"
    assert send(client, bare, "hours", {"usual": "sáng"}).status_code == 422
    assert send(client, bare, "hours", {"usual": "08:00-11:30, 13:30-17:00", "saturday": "1"}).location == f"{NEW}/people"
    assert setup_of(bare, "00091")["hours"]["5"] == ["08:00-11:30"]
    for step in ("people", "devices", "printer"):
        assert goes_on_at(client, bare) == "people"
        assert send(client, bare, step, {}).status_code == 302
    assert send(client, bare, "publish", {}).location == f"{NEW}/publish"
    assert "Việc nên làm tiếp" in client.page(f"{NEW}/publish", headers=bare.headers["beside"])
    assert goes_on_at(client, bare) == "publish"


def test_a_step_taken_again_keeps_what_was_made_elsewhere(client: CheckedClient, bare: Ward) -> None:
    send(client, bare, "fields", {"field:Hộ tịch": "1", "field:Chứng thực": "1"})
    send(client, bare, "counters", {"number": "1", "take:1:Hộ tịch": "1", "take:1:Chứng thực": "1"})
    with bare.database.transaction() as session:
        office = office_by_code(session, "00091")
        next(service for service in office.services if service.code == "2").active = False
    before = setup_of(bare, "00091")
    send(client, bare, "fields", {"field:Hộ tịch": "1", "field:Chứng thực": "1"})
    send(client, bare, "counters", {"number": "1", "take:1:Hộ tịch": "1", "take:1:Chứng thực": "1"})
    assert setup_of(bare, "00091") == before
    send(client, bare, "fields", {"field:Hộ tịch": "1"})
    assert setup_of(bare, "00091")["service:3"]["active"] is False
    send(client, bare, "fields", {"field:Hộ tịch": "1", "field:Chứng thực": "1"})
    assert setup_of(bare, "00091") == before


def test_new_people_get_a_link_each_and_nobody_is_added_twice(client: CheckedClient, bare: Ward) -> None:
    sent = {"name:0": "Lê Thị Mẫu", "role:0": "officer", "name:3": "Lê Thị Mầu", "role:3": "helper"}
    page = send(client, bare, "people", sent).get_data(as_text=True)
    assert page.count("/invite/") == 4
    with bare.database.reading() as session:
        rows = session.execute(select(Staff.username, Staff.role).where(Staff.username.like("mault%")).order_by(Staff.id)).all()
    assert [tuple(row) for row in rows] == [("mault", "officer"), ("mault2", "helper")]
    assert send(client, bare, "people", sent).status_code == 422
    assert send(client, bare, "people", {"name:0": "Lan", "role:0": "city"}).status_code == 422


def test_a_wrong_code_adds_no_device_and_a_printer_is_an_address(client: CheckedClient, bare: Ward) -> None:
    answer = send(client, bare, "devices", {"kiosk": "SAISAISA", "display": ""})
    assert "f-kiosk-error" in answer.get_data(as_text=True)
    assert not any(name.startswith("device:") for name in setup_of(bare, "00091"))
    assert send(client, bare, "printer", {"address": "http://x"}).status_code == 422
    assert send(client, bare, "printer", {"address": "192.168.1.50"}).location == f"{NEW}/publish"
    assert "192.168.1.50" in client.page(f"{NEW}/printer", headers=bare.headers["beside"])


def test_in_an_office_people_have_booked_the_hours_are_previewed_first(client: CheckedClient, ward: Ward) -> None:
    ward.booked("16:00")
    answer = send(client, ward, "hours", {"usual": "08:00-11:30"}, "/office/00070/start", "head")
    assert "1 lịch hẹn sẽ không giữ được" in answer.get_data(as_text=True)
    assert setup_of(ward, "00070")["hours"]["0"] == ["08:00-12:00", "13:30-17:00"]


def test_the_city_sets_up_any_unit_and_an_officer_none(client: CheckedClient, bare: Ward) -> None:
    assert client.get("/office/start?office=00091", headers=bare.headers["city"]).location == NEW
    assert client.get(f"{NEW}/unit", headers=bare.headers["head"]).status_code == 403
    assert client.get("/office/00070/start/unit", headers=bare.headers["officer"]).status_code == 403
    assert client.get(f"{NEW}/khong-co", headers=bare.headers["beside"]).status_code == 404
