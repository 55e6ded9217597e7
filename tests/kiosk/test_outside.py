"""A kiosk in a culture house: it books hours, prints what is no number, and never gives a number."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.models import Appointment
from office.models import Device
from office.store import hashed, office_by_code, service_by_code
from printer.models import Printer, PrintJob
from queueing.models import Ticket
from tests import builders
from tests.conftest import MONDAY_MORNING
from tests.kiosk.hall import Hall

PHONE = "0912 345 678"
TOMORROW = MONDAY_MORNING + timedelta(days=1)


@pytest.fixture
def outside(hall: Hall) -> Hall:
    """The hall's kiosk stands in a culture house, with a printer of its own; service B has papers."""
    with hall.writing() as (session, office):
        session.add(Printer(key="00070/house", place="00070", name="Máy in nhà văn hóa", kind="file", state="ok"))
        hall.kiosk = builders.make_device(session, office, on_site=False, printer_key="00070/house")
        service_by_code(session, office, "B").documents = ["Giấy chứng sinh (bản chính)"]
        beside = office_by_code(session, "00071")
        beside.hotline = "0243 000 0071"
        service_by_code(session, beside, "B").documents = ["Giấy tờ của nơi bên cạnh"]
    return hall


def serve(hall: Hall, offices: Any) -> None:
    """Let the kiosk book for these offices."""
    with hall.writing() as (session, _office):
        device = session.scalars(select(Device).where(Device.token_hash == hashed(hall.kiosk))).one()
        device.options = {"offices": offices}


def get(hall: Hall, path: str, **query: str) -> TestResponse:
    return hall.client.get(f"/api/v1/offices/00070/{path}", query_string=query, headers=builders.bearer(hall.kiosk))


def book(hall: Hall, office: str = "00070", service: str = "A") -> Any:
    """As the kiosk's screen does: an hour is kept, then booked."""
    base, signed = f"/api/v1/offices/{office}", builders.bearer(hall.kiosk)
    wish = {"service": service, "starts_at": TOMORROW.isoformat()}
    hold = hall.client.post(f"{base}/holds", json=wish, headers=signed)
    assert hold.status_code == 201, hold.text
    typed = {"name": "Nguyễn Thị Thử", "phone": PHONE, "consent": True, "hold": hold.json["hold"]}
    answer = hall.client.post(f"{base}/appointments", json=wish | typed, headers=signed)
    assert answer.status_code == 201, answer.text
    return answer.json


def data(hall: Hall) -> Any:
    page = hall.client.page("/kiosk/00070", headers=builders.bearer(hall.kiosk))
    found = re.search(r'id="kiosk-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_who_books_at_a_kiosk_outside_gets_an_hour_and_no_number(outside: Hall) -> None:
    booked = book(outside)
    refused = outside.post("check-ins", {"code": booked["code"]})
    assert (refused.status_code, refused.json["code"]) == (403, "not_on_site")
    assert outside.post("tickets", {"service": "A"}).json["code"] == "not_on_site"
    with outside.writing() as (session, _office):
        appointment = session.scalars(select(Appointment)).one()
        assert (appointment.code, appointment.device) == (booked["code"], "")  # a kiosk is nobody's device
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_its_page_says_what_can_be_booked_and_whom_to_ask(outside: Hall) -> None:
    with outside.writing() as (session, office):
        service_by_code(session, office, "C").bookable = False
    shown = data(outside)
    assert (shown["on_site"], [place["place"] for place in shown["places"]]) == (False, ["00070"])
    assert shown["bookable"] == ["A", "B"]
    assert "tại cửa" not in json.dumps({key: shown["words"]["vi"][key] for key in ("help_what", "lost_what", "sheet_blocked")})
    assert shown["words"]["vi"].keys() == shown["words"]["en"].keys()


@pytest.mark.parametrize(
    ("named", "served"),
    [
        (["00071", "00070"], ["00071", "00070"]),
        (["00071"], ["00071"]),
        (["00071", "00071", "99999"], ["00071"]),
        (["99999"], ["00070"]),
        ([], ["00070"]),
        ("00071", ["00070"]),
        (None, ["00070"]),
    ],
)
def test_it_books_for_the_offices_it_is_told(outside: Hall, named: Any, served: list[str]) -> None:
    serve(outside, named)
    assert [place["place"] for place in data(outside)["places"]] == served


@pytest.mark.parametrize("lacks", ["hours", "services"])
def test_an_office_where_nothing_can_be_booked_is_not_among_them(outside: Hall, lacks: str) -> None:
    serve(outside, ["00070", "00071"])
    with outside.writing() as (session, _office):
        beside = office_by_code(session, "00071")
        beside.published = lacks != "hours"
        for service in beside.services if lacks == "services" else []:
            service.bookable = False
    assert [place["place"] for place in data(outside)["places"]] == ["00070"]


def test_a_kiosk_inside_books_for_nobody_else(outside: Hall) -> None:
    serve(outside, ["00071"])
    with outside.writing() as (session, _office):
        session.scalars(select(Device).where(Device.token_hash == hashed(outside.kiosk))).one().on_site = True
    assert data(outside)["places"] == []
    assert get(outside, "kiosk-hours", service="A", place="00071").status_code == 404


def test_the_free_hours_are_told_in_both_languages(outside: Hall) -> None:
    answer = get(outside, "kiosk-hours", service="A").json
    monday, tuesday = answer["days"][:2]
    assert answer["first"] == "2026-11-23T09:15:00+07:00"
    assert (monday["on"], monday["name"]) == ("2026-11-23", {"vi": "Thứ Hai 23/11", "en": "Monday 23/11"})
    assert monday["note"]["vi"] == "hôm nay"
    assert [part["name"]["vi"] for part in tuesday["parts"]] == ["Ban đêm", "Buổi sáng", "Buổi chiều", "Buổi tối"]
    assert monday["parts"][0]["hours"][0] == {
        "starts_at": "2026-11-23T09:15:00+07:00", "clock": "09:15", "left": 3, "next_day": False,
    }  # fmt: skip


def test_the_hours_of_a_served_office_are_told_and_of_no_other(outside: Hall) -> None:
    assert get(outside, "kiosk-hours", service="A", place="00071").status_code == 404
    serve(outside, ["00070", "00071"])
    assert get(outside, "kiosk-hours", service="A", place="00071").status_code == 200
    refused = get(outside, "kiosk-hours", service="Z", place="00071")
    assert (refused.status_code, refused.json["code"]) == (422, "not_bookable")


def test_a_booking_is_printed_at_the_kiosks_own_printer_and_names_nobody(outside: Hall) -> None:
    booked = book(outside, service="B")
    answer = outside.post("booking-slips", {"token": booked["token"]})
    assert (answer.status_code, answer.json["state"]) == (201, "queued")
    with outside.writing() as (session, _office):
        job = session.scalars(select(PrintJob)).one()
        paper, printer = job.document, job.printer.key
    assert (printer, job.kind, paper["number"]) == ("00070/house", "booking", "")
    assert (paper["day"], paper["badge"]) == ("Thứ Ba 24/11/2026", "HẸN 09:00")
    assert paper["counters"] == f"Mã lịch hẹn: {booked['code'][:3]} {booked['code'][3:]}"
    assert (paper["url"], paper["checklist"]) == (booked["page_url"], ["Giấy chứng sinh (bản chính)"])
    assert "08:50–09:10" in paper["notes"][0]
    assert "Thử" not in json.dumps({key: text for key, text in paper.items() if key != "office"}, ensure_ascii=False)
    assert "345678" not in json.dumps(paper)
    assert get(outside, f"guide-sheets/{answer.json['id']}").json["state"] == "queued"


def test_paper_for_a_served_office_comes_out_where_the_kiosk_stands(outside: Hall) -> None:
    booked = book(outside, "00071")
    for path, body in (("booking-slips", {"token": booked["token"]}), ("guide-sheets", {"service": "B", "place": "00071"})):
        assert outside.post(path, body).status_code == 404
    serve(outside, ["00070", "00071"])
    assert outside.post("booking-slips", {"token": booked["token"], "lang": "en"}).status_code == 201
    assert outside.post("guide-sheets", {"service": "B", "place": "00071"}).status_code == 201
    with outside.writing() as (session, _office):
        jobs = session.scalars(select(PrintJob).order_by(PrintJob.id)).all()
        assert {job.printer.key for job in jobs} == {"00070/house"}
        assert jobs[0].document["labels"]["title"] == "APPOINTMENT"
        assert jobs[1].document["checklist"] == ["Giấy tờ của nơi bên cạnh"]


def test_a_kiosk_outside_without_a_printer_prints_nothing_at_the_office(outside: Hall) -> None:
    booked = book(outside)
    with outside.writing() as (session, _office):
        session.scalars(select(Device).where(Device.token_hash == hashed(outside.kiosk))).one().printer_key = None
    for path, body in (("guide-sheets", {"service": "B"}), ("booking-slips", {"token": booked["token"]})):
        answer = outside.post(path, body)
        assert (answer.status_code, answer.json["code"]) == (409, "no_printer")
    assert get(outside, "kiosk").json["printer"] == "none"


def test_a_booking_that_is_cancelled_or_erased_is_not_printed(outside: Hall) -> None:
    booked = book(outside)
    outside.client.delete(f"/api/v1/appointments/{booked['token']}")
    answer = outside.post("booking-slips", {"token": booked["token"]})
    assert (answer.status_code, answer.json["code"]) == (409, "cancelled")
    with outside.writing() as (session, _office):
        session.scalars(select(Appointment)).one().erased_at = MONDAY_MORNING
    assert outside.post("booking-slips", {"token": booked["token"]}).status_code == 404


def test_a_double_press_is_one_slip(outside: Hall) -> None:
    booked = book(outside)
    press = {"Idempotency-Key": "press-1"}
    answers = [outside.post("booking-slips", {"token": booked["token"]}, **press) for _time in range(2)]
    assert answers[0].json == answers[1].json
    with outside.writing() as (session, _office):
        assert session.scalar(select(func.count()).select_from(PrintJob)) == 1
