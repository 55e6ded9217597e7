"""A whole office as one file: out and in again is the same, a wrong file changes nothing, and many offices take one template."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from office.models import Office, OfficeChange
from office.store import office_by_code
from printer.models import Printer
from setup import office_file, parts_store, plan_actions
from setup.office_file_reading import FileWrong, read
from setup.plan_changes import Desk
from tests.builders import make_device
from tests.conftest import HANOI, MONDAY_MORNING
from tests.pages import CheckedClient
from tests.queries import counted
from tests.setup.lost_hours import NAME, URL, Ward

DESK = Desk(None, MONDAY_MORNING, HANOI, URL, None, city=True)
FILE = "/office/00070/file"
MOST_FOR_AN_OFFICE = 36
"""Statements to save a template for one office: fewer than the services it changes, each of which once cost three."""
TEXTS = {"address": "Không ai nhận", "hotline": "", "technician": "", "notice": "", "guidance": []}
SERVICE = {
    "code": "A", "name": "Bản sao", "name_en": "", "field": "Tư pháp", "prefix": "A", "minutes": 9, "documents": [], "fee": "",
    "processing_time": "", "bookable": True, "common": True, "same_day": False, "early": None, "late": None, "places": None,
    "active": True, "position": 0, "procedure": None,
}  # fmt: skip


def setup_of(ward: Ward, code: str = "00070") -> dict[str, dict[str, Any]]:
    with ward.database.reading() as session:
        return parts_store.read(session, office_by_code(session, code))


def file_of(**sections: Any) -> dict[str, Any]:
    return {"format": "dung-gio/office-setup", "version": 1} | sections


def fetched(client: CheckedClient, ward: Ward) -> str:
    return client.get(f"{FILE}.json", headers=ward.headers["head"]).get_data(as_text=True)


def send(client: CheckedClient, ward: Ward, text: str, seen: str = "", to: str = FILE, who: str = "head", **more: Any) -> Any:
    sent: dict[str, Any] = {"file": text, "seen": seen} if seen else {"chosen": (BytesIO(text.encode()), "a.json")}
    return client.post(to, data=sent | more, headers=ward.headers[who])


def seen_in(answer: Any) -> str:
    page = answer.get_data(as_text=True)
    assert 'name="seen"' in page, page
    return str(page.partition('name="seen" value="')[2].partition('"')[0])


@pytest.fixture
def furnished(ward: Ward) -> Ward:
    """00070 with everything that can stand in a file, and with what may not."""
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        make_device(session, office, "display", options={"layout": "led"})
        session.add(Printer(key="00070/p", place="00070", name="Máy in 1", kind="network", address="192.168.1.50"))
        office.settings, office.guidance = {"guard": 40, "voice_engine": "chime", "voice_chime": False}, ["Mời ngồi"]
    ward.booked()
    change(ward, {"days": {"2026-12-24": {"name": "Họp", "holiday": False, "spans": ["08:00-11:00"], "as_weekday": None}}})
    return ward


def change(ward: Ward, sections: dict[str, Any], code: str = "00070") -> None:
    with ward.database.transaction() as session:
        office = office_by_code(session, code)
        made = office_file.change(session, office, read(json.dumps(file_of(**sections))))
        plan_actions.save(session, office, made, seen=None, desk=DESK)


def test_a_file_makes_another_office_the_same_and_what_it_took_is_taken_back(client: CheckedClient, furnished: Ward) -> None:
    text = fetched(client, furnished)
    start = setup_of(furnished, "00091")
    change(furnished, {name: part for name, part in json.loads(text).items() if isinstance(part, dict | list)}, "00091")
    mine, theirs = setup_of(furnished), setup_of(furnished, "00091")
    for name in mine:
        if not name.startswith(("staff:", "device:", "office")):
            assert theirs[name] == mine[name], name
    with furnished.database.transaction() as session:
        assert session.scalars(select(Printer.address).where(Printer.place == "00091")).all() == ["192.168.1.50"]
        office = office_by_code(session, "00091")
        plan_actions.save(session, office, plan_actions.undo(session, office, 1), seen=None, desk=DESK)
    assert setup_of(furnished, "00091") == start


def test_a_file_holds_no_password_no_person_no_booking_and_no_token(client: CheckedClient, furnished: Ward) -> None:
    text = fetched(client, furnished)
    for secret in (NAME, "849123456", "token", "argon2", "Nguyễn Thị Thử", "officer", "published"):
        assert secret not in text
    assert json.loads(text)["displays"] == [{"name": "display thử", "options": {"layout": "led"}}]


def test_a_file_is_shown_first_and_saved_as_one_change(client: CheckedClient, furnished: Ward) -> None:
    file = json.loads(fetched(client, furnished))
    assert "Không có gì thay đổi" in send(client, furnished, json.dumps(file)).get_data(as_text=True)
    file["counters"] = [file["counters"][0] | {"services": ["B"]}]
    file["printers"].append({"name": "Máy in 2", "kind": "agent", "address": "", "width": 384})
    answer = send(client, furnished, json.dumps(file))
    page = answer.get_data(as_text=True)
    for words in ("Quầy 2: bỏ quầy", "1 lịch hẹn sẽ không giữ được", "Thêm máy in: Máy in 2"):
        assert words in page
    assert setup_of(furnished)["counter:2"]["retired"] is False
    assert send(client, furnished, json.dumps(file), seen_in(answer)).location == "/office/00070/calls"
    assert setup_of(furnished)["counter:2"]["retired"] is True
    with furnished.database.reading() as session:
        assert [row.what for row in session.scalars(select(OfficeChange).order_by(OfficeChange.id))][-1] == "file_read"


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("{", "line 1"),
        ("[]", "file"),
        ("[" * 5000, "line 1"),
        ({"format": "x"}, "format"),
        (file_of(version=2), "version"),
        (file_of(staff=[]), "staff"),
        (file_of(texts={"address": 5}), "texts.address"),
        (file_of(settings={"guard": "40"}), "settings.guard"),
        (file_of(settings={"guard": 10**9}), "settings.guard"),
        (file_of(settings={"x": 1}), "settings.x"),
        (file_of(hours={"7": []}), "hours.7"),
        (file_of(hours={"0": ["08:00-12:00", "11:00-13:00"]}), "hours.0"),
        (file_of(days={"2026-W48-1": {}}), "days.2026-W48-1"),
        (file_of(services=[SERVICE | {"minutes": True}]), "services[0].minutes"),
        (file_of(services=[SERVICE, SERVICE]), "services[1].code"),
        (file_of(services=[SERVICE | {"token": "x"}]), "services[0].token"),
        (file_of(services=[SERVICE | {"documents": ["a\u0000"]}]), "services[0].documents[0]"),
        (file_of(counters=[{"number": 0}]), "counters[0].number"),
        (file_of(displays=[{"name": "x", "options": {"layout": "moon"}}]), "displays[0].options"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_is_refused_with_its_place(file: Any, place: str) -> None:
    with pytest.raises(FileWrong) as refused:
        read(file if isinstance(file, str) else json.dumps(file))
    assert refused.value.place == place


def test_a_wrong_file_is_one_sentence_and_nothing_half_done(client: CheckedClient, furnished: Ward) -> None:
    start, texts = setup_of(furnished), {"address": "Mới", "hotline": "", "technician": "", "notice": "", "guidance": []}
    for wrong in (
        {"texts": texts, "printers": [{"name": "x", "kind": "network", "address": "http://x", "width": 576}]},
        {"texts": texts, "counters": [{"number": 1, "name": "", "planned": True, "hours": None, "services": ["khong-co"]}]},
        {"texts": texts, "services": [SERVICE | {"prefix": "I"}]},
    ):
        answer = send(client, furnished, json.dumps(file_of(**wrong)))
        seen = "x" if answer.status_code == 200 else ""
        assert answer.status_code >= 400 or send(client, furnished, json.dumps(file_of(**wrong)), seen).status_code >= 400
        assert setup_of(furnished) == start
    page = send(client, furnished, json.dumps(file_of(hours={"0": ["sáng"]}))).get_data(as_text=True)
    assert "Chỗ sai: hours.0, giờ viết như" in page


def test_the_command_line_writes_and_reads_the_same_file(ward: Ward, tmp_path: Any) -> None:
    runner, path = ward.app.test_cli_runner(), tmp_path / "ward.json"
    assert runner.invoke(args=["office", "export-setup", "00070", str(path)]).exit_code == 0
    assert runner.invoke(args=["office", "export-setup", "00070"]).output == path.read_text()
    assert "read in" in runner.invoke(args=["office", "import-setup", "00091", str(path)]).output
    assert setup_of(ward, "00091")["counter:1"] == setup_of(ward)["counter:1"]
    path.write_text("{")
    refused = runner.invoke(args=["office", "import-setup", "00091", str(path)])
    assert (refused.exit_code, "line 1" in refused.output) == (1, True)


def test_only_its_head_and_the_city_take_an_offices_file(client: CheckedClient, ward: Ward) -> None:
    assert client.get(f"{FILE}.json", headers=ward.headers["beside"]).status_code == 403
    assert client.get(f"{FILE}.json", headers=ward.headers["officer"]).status_code == 403
    assert client.get(f"{FILE}.json", headers=ward.headers["city"]).status_code == 200
    with ward.database.reading() as session:
        assert session.scalars(select(Office.code)).all() == ["00070", "00091"]


# --- a template for many offices --------------------------------------------------------------------------------------


def test_a_template_is_saved_office_by_office_and_one_that_fails_stops_none(client: CheckedClient, ward: Ward) -> None:
    ward.booked("16:00")
    mornings = {str(day): ["08:00-12:00"] for day in range(5)}
    text = json.dumps(file_of(hours=mornings, settings={"guard": 40}, texts=TEXTS))
    chosen = {"who": "ward", "section:hours": "1", "section:settings": "1"}

    def sent(**more: Any) -> str:
        answer = client.post("/office/template", data=chosen | more, headers=ward.headers["city"])
        return answer.get_data(as_text=True)

    page = sent(chosen=(BytesIO(text.encode()), "a.json"))
    assert "2 trong 2 nơi sẽ thay đổi; 1 lịch hẹn mất giờ" in page
    marks = {code: page.partition(f'name="seen:{code}" value="')[2].partition('"')[0] for code in ("00070", "00091")}
    change(ward, {"settings": {"guard": 50}}, "00091")
    assert "Đã lưu ở 1 trong 2 nơi" in sent(file=text, **{f"seen:{code}": mark for code, mark in marks.items()})
    mine, theirs = setup_of(ward), setup_of(ward, "00091")
    assert (mine["hours"], mine["settings"], mine["office"]["address"]) == (mornings, {"guard": 40}, "")
    assert (theirs["hours"] != mornings, theirs["settings"]) == (True, {"guard": 50})
    assert [entry.office_id for entry in ward.entries()] == [1]
    chosen = {"who": "all"}
    assert "f-sections" in sent(file=text)
    assert client.get("/office/template", headers=ward.headers["head"]).status_code == 403


def applied(client: CheckedClient, ward: Ward, services: list[dict[str, Any]], opens: int) -> int:
    """Let both wards take these services and open at that hour on Mondays; how many statements it took to save them."""
    text = json.dumps(file_of(services=services, hours={"0": [f"{opens:02}:00-12:00"]}))
    sent = {"who": "ward", "section:hours": "1", "section:services": "1", "file": text}
    page = client.post("/office/template", data=sent, headers=ward.headers["city"]).get_data(as_text=True)
    marks = {f"seen:{code}": page.partition(f'name="seen:{code}" value="')[2].partition('"')[0] for code in ("00070", "00091")}
    with counted(ward.database.engine) as asked:
        answer = client.post("/office/template", data=sent | marks, headers=ward.headers["city"])
    assert "Đã lưu ở 2 trong 2 nơi" in answer.get_data(as_text=True)
    return len(asked)


def test_a_template_costs_the_same_few_statements_however_many_services_it_changes(client: CheckedClient, ward: Ward) -> None:
    ward.booked("16:00")
    own = [SERVICE, SERVICE | {"code": "B", "name": "Khai sinh", "prefix": "B"}]
    more = [SERVICE | {"code": f"T{n}", "name": f"Thủ tục {n}", "early": n % 2 or None} for n in range(40)]
    changed = [row | {"minutes": 12, "fee": "Không" if n % 3 else "", "late": n % 2 or None} for n, row in enumerate(own + more)]
    applied(client, ward, own, 5)
    costs = {
        "3 added": applied(client, ward, own + more[:3], 6),
        "37 added": applied(client, ward, own + more, 7),
        "42 changed": applied(client, ward, changed, 8),
        "37 switched off": applied(client, ward, changed[:5], 9),
    }
    assert len(set(costs.values())) == 1, costs
    assert costs["42 changed"] <= 2 * MOST_FOR_AN_OFFICE, costs
    before = setup_of(ward, "00091")
    assert [before[f"service:T{n}"]["active"] for n in (2, 3, 39)] == [True, False, False]
    with ward.database.transaction() as session:
        office = office_by_code(session, "00091")
        newest = session.scalars(select(OfficeChange.n).where(OfficeChange.office_id == office.id)).all()[-1]
        plan_actions.save(session, office, plan_actions.undo(session, office, newest), seen=None, desk=DESK)
    theirs, mine = setup_of(ward, "00091"), setup_of(ward)
    assert [theirs[f"service:T{n}"]["active"] for n in (2, 3, 39)] == [True, True, True]
    assert mine["service:T39"]["active"] is False, "each office is taken back by itself"
