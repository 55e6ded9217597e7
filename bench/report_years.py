"""Rows for `bench.reports`: a year of one office and a day of a whole city, invented, written in bulk with their visit facts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.models import Appointment
from core.database import Base, Database
from core.words import fold
from office.models import Counter, Office, Service, Staff
from queueing.models import Rating, Ticket
from reports.fact_rules import CALLED_WITHIN
from reports.models import FactMark, VisitFact
from tests.builders import make_office, make_staff, make_token
from tests.conftest import HANOI, import_models

SEED = 8
A_DAY = 300
"""Tickets of an office in a day: 75,000 in 250 working days, 175,000 in the city."""
NO_SHOWS = 12
NAMES = ("Chứng thực bản sao từ bản chính", "Đăng ký khai sinh", "Đăng ký thường trú", "Xác nhận tình trạng hôn nhân",
         "Đăng ký biến động đất đai", "Trả kết quả", "Bổ sung hồ sơ", "Hỏi, hướng dẫn")  # fmt: skip
MINUTES = (6, 12, 14, 9, 22, 3, 5, 4)
PAPERS = (
    "Bản chính giấy tờ",
    "Căn cước của người đi cùng",
    "Giấy chứng sinh",
    "Tờ khai đã ký",
    "Giấy chứng nhận quyền sử dụng đất",
)
HOURS = (7, 8, 9, 10, 11, 13, 14, 15, 16)
RUSH = (4, 14, 15, 9, 4, 9, 11, 8, 3)
"""How many come in each hour, in parts."""


def write_years(database: Database, today: date, offices: int, days: int) -> dict[str, str]:
    """Fill an empty database; bearer tokens of the head of the first office and of the city administrator."""
    import_models()
    chance = random.Random(SEED)
    with database.transaction() as session:
        first = make_office(session, "00001", services="ABCDEFGH", counters=6)
        rename(first)
        officers = [make_staff(session, first, f"canbo{number}") for number in range(1, 7)]
        tokens = {
            "head": make_token(session, make_staff(session, first, "truong", "head")),
            "city": make_token(session, make_staff(session, None, "quantri", "city")),
        }
        others = [_office(session, number) for number in range(2, offices + 1)]
        counters = {office.id: office.counters[0].id for office in (first, *others) if office.services}  # loads both
    write_days(database, chance, first, counters[first.id], officers, working_days(today, days))
    yesterday = working_days(today, 1)
    for office in others:
        write_days(database, chance, office, counters[office.id], [], yesterday)
    with database.transaction() as session:
        marks = [{"office_id": id_, "through_n": 0, "next_id": 0, "until_id": 0} for id_ in session.scalars(select(Office.id))]
        session.execute(insert(FactMark), marks)
    return tokens


def rename(office: Office) -> None:
    """Names as an office has them, some of them long."""
    for service, name, minutes in zip(office.services, NAMES, MINUTES, strict=True):
        service.name, service.folded, service.minutes = name, fold(name), minutes


def working_days(today: date, count: int) -> list[date]:
    """The last `count` days from Monday to Friday before `today`."""
    days = (today - timedelta(days=back) for back in range(1, 2 * count + 10))
    return sorted([day for day in days if day.weekday() < 5][:count])


def _office(session: Session, number: int) -> Office:
    code = f"{number:05}"
    name = f"Phường Thử Nghiệm {number}"
    office = Office(code=code, unit_code=code, name=name, folded=fold(name), published=True)
    session.add(office)
    session.flush()
    for position, (title, minutes) in enumerate(zip(NAMES[:4], MINUTES, strict=False)):
        letter = "ABCD"[position]
        session.add(Service(office_id=office.id, code=letter, prefix=letter, name=title, folded=fold(title), field="Tư pháp",
                            minutes=minutes, position=position))  # fmt: skip
    session.add(Counter(office_id=office.id, number=1))
    session.flush()
    session.refresh(office)
    return office


def write_days(
    database: Database, chance: random.Random, office: Office, counter: int, officers: list[Staff], days: list[date]
) -> None:
    """A_DAY visits of an office on each of these days, all at one counter, by any of these officers."""
    with database.transaction() as session:
        rows: dict[type[Base], list[dict[str, Any]]] = {}
        last = session.scalar(select(Ticket.id).order_by(Ticket.id.desc()).limit(1)) or 0
        for day in days:
            for row_of, row in _day(chance, office, counter, officers, day, last):
                rows.setdefault(row_of, []).append(row)
            last += A_DAY
        for table, its in rows.items():
            session.execute(insert(table), its)


def _day(
    chance: random.Random, office: Office, counter: int, officers: list[Staff], day: date, last: int
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    for number in range(1, A_DAY + 1):
        place = min(len(office.services) - 1, len(MINUTES) - 1, int(chance.expovariate(0.6)))
        hour = chance.choices(HOURS, RUSH)[0]
        at = datetime.combine(day, time(hour, chance.randrange(60)), HANOI)
        waited = int(chance.expovariate(1 / (240 + 1100 * RUSH[HOURS.index(hour)] / 15)))
        served = int(60 * chance.gammavariate(4, MINUTES[place] / 4))
        yield from _visit(chance, office, counter, officers, last + number, number, place, at, waited, served)
    for nth in range(NO_SHOWS):
        at = datetime.combine(day, time(9), HANOI)
        yield Appointment, {
            "office_id": office.id, "service_id": office.services[nth % 3].id, "on": day, "starts_at": at, "minutes": 10,
            "field": f"{nth}", "nth": nth + 1, "code": f"{office.id}-{day}-{nth}", "token": f"no-show-{office.id}-{day}-{nth}",
            "name": "Nguyễn Thị Thử", "name_folded": "nguyen thi thu", "phone": f"+84{office.id:04}{nth:05}", "consent_at": at,
            "created_at": at,
        }  # fmt: skip


def _visit(
    chance: random.Random, office: Office, counter: int, officers: list[Staff], id_: int, number: int, place: int,
    at: datetime, waited: int, served: int,
) -> Iterator[tuple[type[Base], dict[str, Any]]]:  # fmt: skip
    service, booked, missing = office.services[place], chance.random() < 0.4, chance.random() < 0.07
    called, on = at + timedelta(seconds=waited), at.date()
    outcome = "papers_missing" if missing else "served"
    yield Ticket, {
        "id": id_, "office_id": office.id, "on": on, "prefix": service.prefix, "number": number,
        "label": f"{service.prefix}{number:03}", "token": f"t{id_}", "service_id": service.id,
        "kind": "booked" if booked else "walk_in", "arrival": "on_time" if booked else None, "slot_at": at if booked else None,
        "arrived_at": at, "due_at": at, "source": "kiosk", "minutes": service.minutes, "state": "done", "state_at": called,
        "outcome": outcome, "missing_papers": chance.sample(PAPERS, chance.randint(1, 2)) if missing else [],
    }  # fmt: skip
    fact = {
        "ticket_id": id_, "part": 0, "office_id": office.id, "on": on, "service_id": service.id,
        "counter_id": counter, "staff_id": chance.choice(officers).id if officers else None,
        "hour": at.hour, "served_hour": called.hour, "waited_s": waited, "served_s": served, "booked": booked,
        "state": "done", "outcome": outcome, "on_time": waited <= CALLED_WITHIN.seconds if booked else None,
        "on_time_limit_at": None, "error_s": abs(waited - 600), "held": 240 <= waited <= 1200,
    }  # fmt: skip
    yield VisitFact, fact
    if number % 8 == 0:
        nothing = {"state": None, "outcome": None, "on_time": None, "error_s": None, "held": None}
        yield VisitFact, fact | nothing | {"part": 1, "service_id": office.services[0].id, "waited_s": waited // 2}
    if number % 4 == 0:
        score = chance.choices((1, 2, 3, 4, 5), (3, 5, 12, 35, 45))[0]
        yield Rating, {"ticket_id": id_, "office_id": office.id, "on": on, "score": score, "at": called}
