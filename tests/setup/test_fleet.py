"""The fleet of the city: what is broken now, whom to call, and many machines revoked at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from office.models import Device, DeviceReport, Office, OfficeChange
from office.store import office_by_code
from printer.models import Printer
from setup.fleet_seen import WRITTEN_EVERY, Seen
from setup.fleet_view import Fleet, Wish, fleet
from tests.builders import bearer, make_device
from tests.conftest import HANOI
from tests.pages import CheckedClient
from tests.queries import counted
from tests.setup.lost_hours import Ward

FLEET = "/office/fleet"
REVOKE = "/office/fleet/revoke"


def device(ward: Ward, name: str, code: str = "00070", kind: str = "kiosk", silent: float | None = 0, **state: object) -> int:
    """A machine last heard of `silent` minutes ago (None: never); `state` is what it said of itself then."""
    now = ward.clock.now()
    at: datetime | None = None if silent is None else now - timedelta(minutes=silent)
    with ward.database.transaction() as session:
        make_device(session, office_by_code(session, code), kind, name=name, seen_at=at)
        row = session.scalars(select(Device).where(Device.name == name)).one()
        if state and at:
            session.add(DeviceReport(device_id=row.id, at=at, state=state))
        return row.id


def look(ward: Ward, **wish: object) -> Fleet:
    with ward.database.reading() as session:
        return fleet(session, Wish(**wish), release="r1", now=ward.clock.now(), tz=HANOI)  # type: ignore[arg-type]


def lines(found: Fleet) -> list[str]:
    shown = [(place.code, line) for place in found.offices for line in place.lines]
    return [f"{code} {line.name} {line.fault.code if line.fault else 'well'}" for code, line in shown]


@pytest.fixture
def city(ward: Ward) -> Ward:
    """Two offices: in 00070 a silent kiosk, a display whose clock is wrong, an old page and a printer without paper; in 00091 a
    machine that was never heard of; and what is well.
    """
    device(ward, "Ki-ốt 1", silent=30)
    device(ward, "Ki-ốt 2", silent=1)
    device(ward, "Bảng 1", kind="display", ahead_ms=-70_000)
    device(ward, "Bảng 2", kind="display", release="r0")
    device(ward, "Bảng 3", kind="display", release="r1", ahead_ms=10)
    device(ward, "Máy in cửa", "00091", "agent", silent=None)
    with ward.database.transaction() as session:
        office_by_code(session, "00070").technician = "Tổ kỹ thuật 024 0000 0000"
        session.add(Printer(key="00070/k", place="00070", name="Máy in phiếu", kind="file", state="paper_out"))
        session.add(Printer(key="00070/l", place="00070", name="Máy in lời", kind="file", state="ok"))
    return ward


def test_what_is_broken_stands_by_office_the_most_first(city: Ward) -> None:
    found = look(city)
    assert lines(found) == [
        "00070 Bảng 1 clock", "00070 Bảng 2 outdated", "00070 Ki-ốt 1 silent", "00070 Máy in phiếu paper_out",
        "00091 Máy in cửa silent",
    ]  # fmt: skip
    assert (found.machines, found.printers, found.broken, found.muted) == (6, 2, 5, 0)
    assert [place.code for place in look(city, order="since").offices] == ["00091", "00070"]


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ({"fault": "silent"}, ["00070 Ki-ốt 1 silent", "00091 Máy in cửa silent"]),
        ({"fault": "printer"}, ["00070 Máy in phiếu paper_out"]),
        ({"fault": "clock"}, ["00070 Bảng 1 clock"]),
        ({"office": "00091"}, ["00091 Máy in cửa silent"]),
        ({"office": "99999"}, []),
    ],
)
def test_the_city_filters_by_office_and_by_fault(city: Ward, wish: dict[str, str], shown: list[str]) -> None:
    assert lines(look(city, **wish)) == shown
    assert "00070 Ki-ốt 2 well" in lines(look(city, office="00070")), "one office is shown with all its machines"


def test_alarms_are_muted_outside_the_hours_and_shown_to_who_asks(city: Ward, client: CheckedClient) -> None:
    city.clock.advance(timedelta(hours=9))
    found = look(city)
    assert lines(found) == []
    assert (found.broken, found.muted) == (0, 7), "by now everything is silent, and may be"
    assert len(lines(look(city, all=True))) == 7
    page = client.page(FLEET + "?all=1", headers=city.headers["city"])
    assert "Ngoài giờ làm việc" in page
    assert "Im lặng" not in client.page(FLEET, headers=city.headers["city"]).partition("<form")[0]


def test_the_page_says_whom_to_call_and_is_the_citys(city: Ward, client: CheckedClient) -> None:
    page = client.page(FLEET, headers=city.headers["city"])
    assert "Tổ kỹ thuật 024 0000 0000" in page
    assert "Đồng hồ lệch 70 giây" in page
    for who in ("head", "technician", "officer", "helper", "beside"):
        assert client.get(FLEET, headers=city.headers[who]).status_code == 403
        assert client.post(REVOKE, data={"device": "1", "sure": "1"}, headers=city.headers[who]).status_code == 403


def test_many_machines_are_revoked_after_a_look_each_office_with_its_own_history(city: Ward, client: CheckedClient) -> None:
    with city.database.reading() as session:
        ids = list(session.scalars(select(Device.id).where(Device.name.in_(("Ki-ốt 1", "Máy in cửa")))))
    asked = client.post(REVOKE, data={"device": ids}, headers=city.headers["city"]).get_data(as_text=True)
    assert "Thu hồi 2 máy" in asked
    assert revoked(city) == []
    again = re.findall(r'name="device" value="(\d+)"', asked)
    client.post(REVOKE, data={"device": again, "sure": "1"}, headers=city.headers["city"])
    assert revoked(city) == ["Ki-ốt 1", "Máy in cửa"]
    with city.database.reading() as session:
        history = session.execute(select(Office.code, OfficeChange.what).join(Office, Office.id == OfficeChange.office_id)).all()
    assert sorted(map(tuple, history)) == [("00070", "device_revoked"), ("00091", "device_revoked")]
    assert "Ki-ốt 1" not in " ".join(lines(look(city)))


def test_nothing_ticked_is_said_and_revokes_nothing(city: Ward, client: CheckedClient) -> None:
    for sent in ({}, {"device": "x", "sure": "1"}, {"device": "999999999999", "sure": "1"}):
        answer = client.post(REVOKE, data=sent, headers=city.headers["city"], follow_redirects=True)
        assert "Chưa chọn máy nào" in answer.get_data(as_text=True)
    assert revoked(city) == []


def revoked(ward: Ward) -> list[str]:
    with ward.database.reading() as session:
        return list(session.scalars(select(Device.name).where(Device.revoked_at.is_not(None)).order_by(Device.name)))


def test_every_request_of_a_machine_is_a_sign_of_its_life_written_now_and_then(ward: Ward, client: CheckedClient) -> None:
    seen = Seen(ward.database, ward.clock)
    first, second = device(ward, "Ki-ốt 1", silent=None), device(ward, "Ki-ốt 2", silent=None)
    started = ward.clock.now()
    seen.note(first)
    seen.write()
    ward.clock.advance(WRITTEN_EVERY - timedelta(seconds=1))
    seen.note(first)
    seen.note(second)
    seen.write()
    assert heard(ward, first) == started, "written half a minute ago: not again so soon"
    assert heard(ward, second) == ward.clock.now()
    ward.clock.advance(timedelta(seconds=1))
    seen.note(first)
    seen.write()
    assert heard(ward, first) == ward.clock.now()


def test_a_kiosk_that_asks_is_heard_of_and_a_person_is_no_machine(ward: Ward, client: CheckedClient) -> None:
    seen = Seen(ward.database, ward.clock)
    seen.listen(ward.app)
    with ward.database.transaction() as session:
        token = make_device(session, office_by_code(session, "00070"), name="Ki-ốt 1")
        kiosk = session.scalars(select(Device.id).where(Device.name == "Ki-ốt 1")).one()
    client.get("/office/00070/today", headers=ward.headers["head"])
    seen.write()
    assert heard(ward, kiosk) is None
    client.get("/api/v1/offices/00070/kiosk", headers=bearer(token))
    seen.write()
    assert heard(ward, kiosk) == ward.clock.now()


def heard(ward: Ward, device_id: int) -> datetime | None:
    with ward.database.reading() as session:
        return session.get_one(Device, device_id).seen_at


def test_the_whole_city_costs_as_many_statements_as_one_office(city: Ward) -> None:
    def statements() -> int:
        with counted(city.database.engine) as asked:
            look(city)
        return len([each for each in asked if each.lstrip().upper().startswith("SELECT")])

    few = statements()
    for number in range(5):
        device(city, f"Máy {number}", "00091", silent=50)
    assert statements() == few <= 6
