"""What stands on a number's slip, whoever gave it: the kiosk, the door and the desk print the same one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from office.models import Office, Service
from printer.slip import Slip
from queueing.forecast_rules import Wait
from queueing.models import Ticket
from queueing.prospects import Foreseen
from queueing.slips import ticket_slip
from tests.conftest import HANOI, MONDAY_MORNING
from tests.queueing.line_builders import minute

KEEPS = "Gọi 3 lần vắng mặt: đến quầy hướng dẫn, số vẫn còn."
FREE = "Lấy số miễn phí."


@dataclass(frozen=True)
class Case:
    """A ticket and what is known of it, and where its slip differs from USUAL."""

    ticket: dict[str, Any]
    printed: dict[str, Any]
    counters: tuple[int, ...] = (1,)
    ahead: int | None = 4
    foreseen: Foreseen = field(default_factory=Foreseen)
    told: str = ""


USUAL = Slip(
    office="UBND PHƯỜNG THỬ NGHIỆM",
    unit="Điểm phục vụ hành chính công",
    number="A007",
    service="Chứng thực bản sao",
    counters="Quầy 1",
    people_ahead=4,
    url="https://vidu.test/t/the-token",
    taken_at="09:00, 23/11/2026",
    notes=(KEEPS, FREE),
    hotline="024 0000 0000",
    labels={"nobody": "Sắp đến lượt bạn"},
).to_dict()

CASES = {
    "a walk-in": Case({}, {}),
    "priority, with the wait": Case(
        {"priority": True},
        {
            "badge": "ƯU TIÊN",
            "counters": "Quầy 1 hoặc quầy 2",
            "wait": "20–40 phút",
            "labels": {"nobody": "Sắp đến lượt bạn", "wait": "Chờ khoảng"},
        },
        counters=(1, 2),
        foreseen=Foreseen(Wait(30, 22, 37)),
    ),
    "booked, two people, over a break": Case(
        {"kind": "booked", "slot_at": minute(60), "people": 2},
        {
            "badge": "HẸN 09:00 · 2 NGƯỜI",
            "counters": "Một trong các quầy 1, 2, 3",
            "people_ahead": 0,
            "wait": "10 phút đến 2 giờ 30 phút",
            "notes": ("Ông/bà đến đúng giờ hẹn 09:00.", "Có thể phải qua giờ nghỉ: sau đó gọi từ 13:30.", KEEPS, FREE),
            "labels": {"nobody": "Sắp đến lượt bạn", "wait": "Chờ khoảng"},
        },
        counters=(1, 2, 3),
        ahead=0,
        foreseen=Foreseen(Wait(140, 12, 145), perhaps_after_break=minute(330)),
        told="Ông/bà đến đúng giờ hẹn 09:00.",
    ),
    "in English, nothing known": Case(
        {"lang": "en"},
        {
            "office": "PEOPLE'S COMMITTEE OF PHƯỜNG THỬ NGHIỆM",
            "unit": "Public service point",
            "service": "Certified copies",
            "counters": "",
            "people_ahead": None,
            "notes": ("Absent after 3 calls? Go to the help desk, your number is kept.", "Taking a number is free."),
            "labels": {"nobody": "Your turn is near"},
            "lang": "en",
        },
        counters=(),
        ahead=None,
    ),
}


def slip_of(case: Case) -> Slip:
    office = Office(code="00070", name="Phường Thử Nghiệm", hotline="024 0000 0000")
    service = Service(name="Chứng thực bản sao", name_en="Certified copies")
    known = {"kind": "walk_in", "slot_at": None, "people": 1, "lang": "vi", "priority": False}
    ticket = Ticket(service=service, label="A007", token="the-token", arrived_at=MONDAY_MORNING, **(known | case.ticket))
    return ticket_slip(
        office,
        ticket,
        counters=case.counters,
        ahead=case.ahead,
        tz=HANOI,
        public_url="https://vidu.test",
        foreseen=case.foreseen,
        told=case.told,
    )


def test_the_slip_of_a_number_stays_as_it_was(app: Flask) -> None:
    for name, case in CASES.items():
        with app.app_context():
            assert slip_of(case).to_dict() == USUAL | case.printed, name
