"""What to bring, on paper and without a number: who gets it, where it comes out, and what is said when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from office.store import service_by_code
from printer import actions
from printer.models import Printer, PrintJob
from queueing.models import Ticket
from tests import builders
from tests.kiosk.hall import Hall

PAPERS = ["Giấy chứng sinh (bản chính)", "Tờ khai đăng ký khai sinh"]


@pytest.fixture
def asked(hall: Hall) -> Hall:
    """The hall, with the papers of service B written down."""
    with hall.writing() as (session, office):
        service = service_by_code(session, office, "B")
        service.documents, service.fee, service.processing_time = PAPERS, "Miễn phí", "1 ngày làm việc"
    return hall


def test_somebody_who_asks_gets_the_papers_and_no_number(asked: Hall) -> None:
    answer = asked.post("guide-sheets", {"service": "B"})
    assert (answer.status_code, answer.json | {"id": ""}) == (
        201,
        {"id": "", "state": "queued", "printer": "unknown", "at": None},
    )
    with asked.writing() as (session, _office):
        job = session.scalars(select(PrintJob)).one()
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    sheet = job.document
    assert (job.kind, sheet["number"], sheet["labels"]["title"]) == ("sheet", "", "PHIẾU HƯỚNG DẪN")
    assert (sheet["checklist_title"], sheet["checklist"]) == ("Giấy tờ cần mang theo", PAPERS)
    assert sheet["notes"] == ["Lệ phí: Miễn phí", "Thời hạn giải quyết: 1 ngày làm việc"]
    assert sheet["url"] == "http://localhost:8000/o/00070/time?service=B"
    assert job.expires_at - job.created_at == timedelta(seconds=30)


def test_a_sheet_in_english_leaves_out_what_nobody_can_book(asked: Hall) -> None:
    with asked.writing() as (session, office):
        service_by_code(session, office, "B").bookable = False
    assert asked.post("guide-sheets", {"service": "B", "lang": "en"}).status_code == 201
    with asked.writing() as (session, _office):
        sheet = session.scalars(select(PrintJob)).one().document
    assert (sheet["checklist_title"], sheet["url"], sheet["lang"]) == ("Papers to bring", "", "en")


def test_staff_print_it_at_the_offices_printer_and_have_more_time(asked: Hall) -> None:
    assert asked.post("guide-sheets", {"service": "B"}, asked.staff).status_code == 201
    with asked.writing() as (session, _office):
        job = session.scalars(select(PrintJob)).one()
        assert job.expires_at - job.created_at == timedelta(minutes=3)


def test_a_double_press_is_one_sheet(asked: Hall) -> None:
    answers = [asked.post("guide-sheets", {"service": "B"}, **{"Idempotency-Key": "press-1"}) for _time in range(2)]
    assert answers[0].json == answers[1].json
    with asked.writing() as (session, _office):
        assert session.scalar(select(func.count()).select_from(PrintJob)) == 1


def test_no_sheet_is_printed_that_says_nothing_or_that_nobody_can_take(asked: Hall) -> None:
    answer = asked.post("guide-sheets", {"service": "A"})
    assert (answer.status_code, answer.json["code"]) == (409, "no_papers")
    with asked.writing() as (session, _office):
        session.delete(session.scalars(select(Printer)).one())
    answer = asked.post("guide-sheets", {"service": "B"}, asked.staff)
    assert (answer.status_code, answer.json["code"]) == (409, "no_printer")


def test_where_the_sheet_comes_out_is_told_until_it_has_come(asked: Hall) -> None:
    with asked.writing() as (session, _office):
        own = session.scalars(select(Printer)).one()
        spare = Printer(key="00070/desk", place="00070", name="Máy in quầy hướng dẫn", kind="file", state="ok")
        session.add(spare)
        session.flush()
        own.state, own.fallback_id = "paper_out", spare.id
    made = asked.post("guide-sheets", {"service": "B"}).json
    assert (made["state"], made["printer"], made["at"]) == ("queued", "ok", "Máy in quầy hướng dẫn")
    with asked.writing() as (session, _office):
        job = actions.claim(
            session, session.scalars(select(Printer.id).where(Printer.key == "00070/desk")).one(), "one", asked.clock.now()
        )
        assert job is not None
    signed = builders.bearer(asked.kiosk)
    told = asked.client.get(f"/api/v1/offices/00070/guide-sheets/{made['id']}", headers=signed)
    assert told.json == made | {"state": "sending"}
    for place, sheet in (("00070", "nobodys"), ("00071", made["id"])):
        assert asked.client.get(f"/api/v1/offices/{place}/guide-sheets/{sheet}", headers=signed).status_code in (403, 404)
