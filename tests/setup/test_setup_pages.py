"""Every page of the set-up: what a head types is looked at, saved, written into the history; who may not does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from office import pair_codes
from office.models import Device, OfficeChange, Procedure, Staff
from office.store import office_by_code
from setup import parts_store
from tests.booking.plans import at
from tests.builders import make_device
from tests.pages import CheckedClient
from tests.setup.lost_hours import Ward

O = "/office/00070"  # noqa: E741  # as short as it is often
SERVICE = dict.fromkeys(("bookable", "common", "same_day", "active"), "1") | dict.fromkeys(("places", "early", "late"), "") | {
    "name": "Chứng thực chữ ký", "name_en": "Signature", "field": "Tư pháp", "prefix": "A", "minutes": "8", "fee": "10.000 đồng",
    "processing_time": "Trong ngày", "documents": "Căn cước\n\n  Bản gốc ", "procedure": "",
}  # fmt: skip


def post(client: CheckedClient, ward: Ward, path: str, sent: Mapping[str, str], who: str = "head") -> TestResponse:
    return client.post(O + path, data=sent, headers=ward.headers[who])


def form(client: CheckedClient, ward: Ward, path: str, who: str = "head") -> dict[str, str]:
    """The fields of the largest form of a page as it stands: what a browser sends when nothing is changed."""
    page = client.page(O + path, headers=ward.headers[who])
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL)
    html = max(forms, key=len)
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        kind, name, value = (_attribute(tag, each) for each in ("type", "name", "value"))
        if name and (kind not in ("checkbox", "radio") or " checked" in tag):
            found[name] = value
    for name, words in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        found[name] = words
    for tag, options in re.findall(r"<select([^>]*)>(.*?)</select>", html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[_attribute(tag, "name")] = chosen[1] if chosen else ""
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def save(client: CheckedClient, ward: Ward, path: str, sent: Mapping[str, str], who: str = "head") -> TestResponse:
    """Look, then save what was seen."""
    answer = post(client, ward, path, sent, who)
    seen = re.search(r'name="seen" value="(\w+)"', answer.get_data(as_text=True))
    assert seen, answer.get_data(as_text=True)
    return post(client, ward, path, {**sent, "seen": seen[1]}, who)


def part(ward: Ward, name: str) -> dict[str, Any]:
    with ward.database.reading() as session:
        return parts_store.read(session, office_by_code(session, "00070")).get(name, {})


def history(ward: Ward) -> list[str]:
    with ward.database.reading() as session:
        return list(session.scalars(select(OfficeChange.what).order_by(OfficeChange.n)))


# --- services ---------------------------------------------------------------------------------------------------------


def test_a_service_is_added_of_its_own_to_the_counters_that_were_ticked(client: CheckedClient, ward: Ward) -> None:
    answer = post(client, ward, "/services/new", SERVICE | {"take:2": "1"})
    assert "Dịch vụ “Chứng thực chữ ký”: thêm mới" in answer.get_data(as_text=True)
    assert history(ward) == []
    assert save(client, ward, "/services/new", SERVICE | {"take:2": "1"}).location == f"{O}/services"
    made = part(ward, "service:chung-thuc-chu-ky")
    assert (made["documents"], made["minutes"], made["position"]) == (["Căn cước", "Bản gốc"], 8, 67)
    assert part(ward, "counter:2")["services"] == ["A", "B", "chung-thuc-chu-ky"]
    assert part(ward, "counter:1")["services"] == ["A", "B"]


def test_a_procedure_of_the_catalogue_is_found_without_marks_and_filled_in(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        procedure = Procedure(
            code="2.000815", name="Chứng thực bản sao", field="Chứng thực", agency="UBND", processing_time="Trong ngày",
            documents=["Bản chính"], fee="2.000 đồng/trang", counter_minutes=6, valid_from=at("08:00").date(),
        )  # fmt: skip
        session.add(procedure)
    assert "2.000815" in client.page(f"{O}/services/add?q=chung+thuc", headers=ward.headers["head"])
    assert "Không thấy thủ tục nào" in client.page(f"{O}/services/add?q=khai+sinh", headers=ward.headers["head"])
    sent = form(client, ward, "/services/new?procedure=2.000815")
    assert (sent["name"], sent["minutes"], sent["same_day"], sent["prefix"]) == ("Chứng thực bản sao", "6", "1", "C")
    save(client, ward, "/services/new", sent | {"take:1": "1"})
    assert part(ward, "service:2.000815")["procedure"] == "2.000815"
    assert "Chọn" not in client.page(f"{O}/services/add?q=ban+sao", headers=ward.headers["head"])


def test_words_of_a_service_are_saved_at_once_and_what_bookings_need_after_a_look(client: CheckedClient, ward: Ward) -> None:
    mine = ward.booked("10:00")
    sent = form(client, ward, "/services/A")
    assert post(client, ward, "/services/A", sent | {"fee": "Miễn phí", "name_en": "Copy"}).location == f"{O}/services"
    assert part(ward, "service:A")["fee"] == "Miễn phí"
    sent = form(client, ward, "/services/A")
    del sent["active"]
    answer = post(client, ward, "/services/A", sent)
    page = answer.get_data(as_text=True)
    for words in ("1 lịch hẹn sẽ không giữ được", "đang nhận có → không"):
        assert words in page
    assert save(client, ward, "/services/A", sent).location == f"{O}/calls"
    assert [entry.appointment_id for entry in ward.entries()] == [mine]


def test_a_form_filled_in_from_what_somebody_else_changed_meanwhile_is_shown_first(client: CheckedClient, ward: Ward) -> None:
    mine, theirs = form(client, ward, "/services/A"), form(client, ward, "/services/A")
    post(client, ward, "/services/A", theirs | {"fee": "5.000 đồng"})
    answer = post(client, ward, "/services/A", mine | {"name_en": "Copy"})
    assert "lệ phí 5.000 đồng → để trống" in answer.get_data(as_text=True)
    assert part(ward, "service:A")["fee"] == "5.000 đồng"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"field": " "}, "field"),
        ({"prefix": "I"}, "prefix"),
        ({"prefix": "D"}, "prefix"),
        ({"prefix": "C", "field": "Khác"}, ""),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "1,5"}, "minutes"),
        ({"early": "999"}, "early"),
        ({"places": "-1"}, "places"),
        ({"documents": "\n".join("abcdefghijklmnopqrstuvwxyzabcdef")}, "documents"),
        ({"procedure": "khong.co"}, None),
    ],
)
def test_a_service_that_cannot_be_is_said_beside_its_field(
    client: CheckedClient, ward: Ward, wrong: dict[str, str], field: str | None
) -> None:
    answer = post(client, ward, "/services/new", SERVICE | wrong)
    if field is None:
        assert answer.status_code == 404
    elif not field:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 422
        assert f"f-{field}-error" in answer.get_data(as_text=True)
    assert history(ward) == []


def test_services_are_put_in_another_order(client: CheckedClient, ward: Ward) -> None:
    assert post(client, ward, "/services/order", {"code": "B", "move": "top"}).location == f"{O}/services"
    page = client.page(f"{O}/services", headers=ward.headers["head"])
    assert page.index("Đăng ký khai sinh") < page.index("Chứng thực bản sao")
    assert history(ward) == ["services_ordered"]


# --- counters ---------------------------------------------------------------------------------------------------------


def counter(ward: Ward, number: int = 1) -> str:
    with ward.database.reading() as session:
        return f"/counters/{office_by_code(session, '00070').counters[number - 1].id}"


def test_a_counter_is_added_named_and_given_what_it_takes_in_an_order(client: CheckedClient, ward: Ward) -> None:
    assert post(client, ward, "/counters", {"number": "3", "name": "Cư trú"}).location == f"{O}/counters"
    sent = form(client, ward, counter(ward, 3))
    assert sent["name"] == "Cư trú"
    chosen = sent | {"take:A": "1", "place:A": "2", "take:B": "1", "place:B": "1"}
    assert "Quầy 3: thêm dịch vụ Đăng ký khai sinh, Chứng thực bản sao" in (
        post(client, ward, counter(ward, 3), chosen).get_data(as_text=True)
    )
    save(client, ward, counter(ward, 3), chosen)
    assert part(ward, "counter:3")["services"] == ["B", "A"]
    assert "2 dịch vụ" in client.page(f"{O}/counters", headers=ward.headers["head"])


def test_skills_that_lose_an_hour_are_previewed_with_what_is_left_without_a_counter(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00")
    post(client, ward, counter(ward, 2) + "/retire", {})
    save(client, ward, counter(ward, 2) + "/retire", {})
    sent = form(client, ward, counter(ward))
    del sent["take:A"]
    page = post(client, ward, counter(ward), sent).get_data(as_text=True)
    for words in ("Sẽ không còn quầy nào nhận: Chứng thực bản sao", "1 lịch hẹn sẽ không giữ được giờ đã đặt", "Trần T. T."):
        assert words in page
    assert client.get(f"{O}{counter(ward, 2)}", headers=ward.headers["head"]).status_code == 404


@pytest.mark.parametrize("wrong", [{"number": "1"}, {"number": "0"}, {"number": "x"}, {"number": "7", "name": "x" * 61}])
def test_a_counter_that_cannot_be_is_refused(client: CheckedClient, ward: Ward, wrong: dict[str, str]) -> None:
    assert post(client, ward, "/counters", {"name": ""} | wrong).status_code == 422
    assert history(ward) == []


# --- people -----------------------------------------------------------------------------------------------------------

LAN = {"username": "lan.nguyen", "name": "Nguyễn Thị Lan", "role": "officer", "may_pick": "1"}


def test_somebody_is_added_and_handed_a_link_that_is_shown_once(client: CheckedClient, ward: Ward) -> None:
    answer = post(client, ward, "/staff", LAN)
    link = re.search(r'href="http://[^/]+(/invite/[\w-]+)"', answer.get_data(as_text=True))
    assert link
    assert "<svg" in answer.get_data(as_text=True)
    page = client.page(f"{O}/staff", headers=ward.headers["head"])
    assert "Liên kết còn đến 30/11" in page
    assert "/invite/" not in page
    client.post(link[1], data={"password": "mot cau ngan", "again": "mot cau ngan"})
    assert client.post("/sign-in", data=_sign_in(client, "lan.nguyen", "mot cau ngan")).location == "/counter/"
    assert history(ward) == ["staff_added"]


def _sign_in(client: CheckedClient, username: str, password: str) -> dict[str, str]:
    mark = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert mark
    return {"username": username, "password": password, "csrf_token": mark[1]}


@pytest.mark.parametrize(
    "wrong",
    [{"username": "officer"}, {"username": "Lan Nguyễn"}, {"username": "ab"}, {"name": ""}, {"role": "city"}, {"role": ""}],
)
def test_nobody_is_added_who_cannot_be_and_no_head_makes_a_city_administrator(
    client: CheckedClient, ward: Ward, wrong: dict[str, str]
) -> None:
    assert post(client, ward, "/staff", LAN | wrong).status_code == 422
    assert history(ward) == []


def of_staff(ward: Ward, username: str) -> str:
    with ward.database.reading() as session:
        return f"/staff/{session.scalars(select(Staff.id).where(Staff.username == username)).one()}"


def test_a_person_is_changed_sent_off_and_taken_back(client: CheckedClient, ward: Ward) -> None:
    path = of_staff(ward, "officer")
    sent = form(client, ward, path)
    del sent["may_pick"]
    assert post(client, ward, path, sent | {"name": "Lê Thị Ví Dụ", "role": "helper"}).location == f"{O}/staff"
    changed = part(ward, "staff:officer")
    assert (changed["name"], changed["role"], changed["may_pick"]) == ("Lê Thị Ví Dụ", "helper", False)
    assert post(client, ward, path + "/leave", {}).location == f"{O}/staff"
    assert client.get("/door/", headers=ward.headers["officer"] | {"Accept": "application/json"}).status_code == 401
    assert post(client, ward, path + "/invite", {}).status_code == 404
    assert post(client, ward, path + "/return", {}).location == f"{O}/staff"
    assert history(ward) == ["staff_changed", "staff_left", "staff_back"]


def test_the_last_head_is_told_why_he_cannot_leave(client: CheckedClient, ward: Ward) -> None:
    answer = post(client, ward, of_staff(ward, "head") + "/leave", {})
    assert answer.status_code == 409
    assert "trưởng điểm phục vụ duy nhất" in answer.get_data(as_text=True)
    assert post(client, ward, of_staff(ward, "head") + "/leave", {}, "city").status_code == 302


# --- devices ----------------------------------------------------------------------------------------------------------


def test_a_machine_that_shows_its_code_is_added_set_up_and_revoked(client: CheckedClient, ward: Ward) -> None:
    machine = CheckedClient(ward.app, ward.app.response_class)
    machine.page("/pair/")
    mark = machine.get_cookie("pairing", path="/pair/")
    assert mark
    code = pair_codes.code_of(mark.value, ward.app.config["SECRET_KEY"])
    sent = {"kind": "display", "name": "Bảng sảnh", "on_site": "1", "printer_key": "", "code": f"{code[:4]} {code[4:]}".lower()}
    assert post(client, ward, "/devices", sent, "technician").location == f"{O}/devices"
    assert machine.post("/pair/claim").get_json() == {"url": "/display/00070"}
    options = form(client, ward, "/devices/1") | {"layout": "led", "volume": "40", "field:0": "1"}
    assert post(client, ward, "/devices/1", options, "technician").location == f"{O}/devices"
    assert part(ward, "device:1")["options"] == {"layout": "led", "volume": 40, "fields": ["Tư pháp"]}
    assert post(client, ward, "/devices/1/revoke", {}, "technician").location == f"{O}/devices"
    assert post(client, ward, "/devices/1/pair", {"code": code}, "technician").status_code == 409
    with ward.database.reading() as session:
        assert session.scalars(select(Device.token_hash)).all() == [None]
    assert history(ward) == ["device_added", "device_changed", "device_revoked"]


def test_a_kiosk_outside_is_told_for_whom_it_books(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        make_device(session, office_by_code(session, "00070"), on_site=False)
    sent = form(client, ward, "/devices/1") | {"screen_mm": "520", "offices": "00070, 00091"}
    assert post(client, ward, "/devices/1", sent).location == f"{O}/devices"
    assert part(ward, "device:1")["options"] == {"offices": ["00070", "00091"]}
    for wrong in ({"offices": "99999"}, {"screen_mm": "5"}, {"name": ""}, {"printer_key": "00091/kiosk-1"}):
        assert post(client, ward, "/devices/1", sent | wrong).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [{}, {"kind": "agent", "name": "Máy in"}, {"kind": "kiosk", "name": " "}, {"kind": "kiosk", "name": "x" * 61},
     {"kind": "kiosk", "name": "Ki-ốt", "printer_key": "00091/kiosk-1"}, {"kind": "kiosk", "name": "Ki-ốt", "code": "AAAAAAAC"}],
)  # fmt: skip
def test_a_device_that_cannot_be_is_refused_and_what_was_typed_stays(
    client: CheckedClient, ward: Ward, wrong: dict[str, str]
) -> None:
    answer = post(client, ward, "/devices", wrong)
    assert answer.status_code == 422
    assert wrong.get("name", "").strip() in answer.get_data(as_text=True)
    assert history(ward) == []


# --- texts and settings -----------------------------------------------------------------------------------------------


def test_texts_are_saved_with_the_end_of_the_notice(client: CheckedClient, ward: Ward) -> None:
    sent = form(client, ward, "/texts")
    sent |= {"notice": "Nghỉ chiều nay", "until": "2026-11-23T17:00", "guidance": "Mời lấy số\r\n\r\nMời ngồi"}
    assert post(client, ward, "/texts", sent).location == f"{O}/texts"
    said = part(ward, "office")
    assert (said["notice"], said["guidance"]) == ("Nghỉ chiều nay", ["Mời lấy số", "Mời ngồi"])
    assert said["notice_until"] == "2026-11-23T10:00:00+00:00"
    for wrong in ({"until": "2026-11-23T08:00"}, {"until": "mai"}, {"notice": "x" * 201}, {"guidance": "x\n" * 13}):
        assert post(client, ward, "/texts", sent | wrong).status_code == 422


def test_a_setting_is_saved_marked_and_put_back(client: CheckedClient, ward: Ward) -> None:
    sent = form(client, ward, "/settings")
    assert post(client, ward, "/settings", sent | {"guard": "45", "priority": "strict"}).location == f"{O}/settings"
    assert part(ward, "settings") == {"guard": 45, "priority": "strict"}
    page = client.page(f"{O}/settings", headers=ward.headers["head"])
    assert page.count("Đã đổi") == 2
    assert "Thường dùng: 30 phút." in page
    base = form(client, ward, "/settings")["base"]
    assert post(client, ward, "/settings", {"reset": "guard", "base": base}).location == f"{O}/settings"
    assert part(ward, "settings") == {"priority": "strict"}


def test_a_setting_that_touches_bookings_is_looked_at_first(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00")
    sent = form(client, ward, "/settings") | {"bookable_share": "0"}
    page = post(client, ward, "/settings", sent).get_data(as_text=True)
    assert "Cài đặt: Phần được đặt trước mặc định → 0 %" in page
    assert "1 lịch hẹn sẽ không giữ được" in page
    assert part(ward, "settings") == {}
    assert save(client, ward, "/settings", sent).location == f"{O}/calls"


@pytest.mark.parametrize(
    "wrong", [{"guard": "-1"}, {"guard": ""}, {"slot_minutes": "1"}, {"priority": "first"}, {"book_from": "25:00"},
              {"call_sentence": "Mời {so}"}, {"voice_set": "../x"}, {"confirm_code": "maybe"}],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_said_in_vietnamese(client: CheckedClient, ward: Ward, wrong: dict[str, str]) -> None:
    answer = post(client, ward, "/settings", form(client, ward, "/settings") | wrong)
    assert answer.status_code == 422
    assert re.search(r"hãy (nhập|chọn)|câu cần có|chỉ gồm", answer.get_data(as_text=True))
    assert part(ward, "settings") == {}


# --- the history ------------------------------------------------------------------------------------------------------


def test_the_history_says_who_did_what_and_takes_it_back_after_a_look(client: CheckedClient, ward: Ward) -> None:
    post(client, ward, "/counters", {"number": "3", "name": ""})
    path = counter(ward, 3)
    save(client, ward, path, form(client, ward, path) | {"take:A": "1"})
    page = client.page(f"{O}/changes", headers=ward.headers["head"])
    for words in ("Quầy 3: thêm dịch vụ Chứng thực bản sao", "09:00 23/11/2026", "Nguyễn Thị Thử head", "Quầy 3: thêm mới"):
        assert words in page
    first = post(client, ward, "/changes/1/undo", {})
    assert (first.status_code, "đã được đổi tiếp sau đó" in first.get_data(as_text=True)) == (409, True)
    look = post(client, ward, "/changes/2/undo", {}).get_data(as_text=True)
    assert "Quầy 3: bỏ dịch vụ Chứng thực bản sao" in look
    assert save(client, ward, "/changes/2/undo", {}).location == f"{O}/changes"
    page = client.page(f"{O}/changes", headers=ward.headers["head"])
    assert "Hoàn tác thay đổi số 2" in page
    assert "Đã hoàn tác ở số 3" in page
    assert post(client, ward, "/changes/2/undo", {}).status_code == 409
    assert post(client, ward, "/changes/99/undo", {}).status_code == 404


def test_a_long_history_is_read_page_by_page(client: CheckedClient, ward: Ward) -> None:
    for n in range(42):
        post(client, ward, "/notice", {"notice": f"Lần {n}"})
    page = client.page(f"{O}/changes", headers=ward.headers["head"])
    assert "Số 42" in page
    assert 'id="change-2"' not in page
    assert 'id="change-2"' in client.page(f"{O}/changes?before=3", headers=ward.headers["head"])
