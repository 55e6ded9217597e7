"""The city on its morning, written straight into the tables: every office with its counters open and its people waiting.

584 offices, 4,681 counters each with an officer, 60 people waiting at each office, as after the first half hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from core.database import Base, Database
from core.migrate import upgrade
from core.words import fold
from office.models import ApiToken, Counter, CounterService, Device, Office, Service, Staff, WeeklyHours
from office.store import hashed
from queueing.models import NumberCounter, Ticket, TicketInterval
from tests.builders import WARD_HOURS
from tests.conftest import HANOI, import_models

OFFICES = 584
COUNTERS = 4681
WAITING = 60
NOW = datetime(2026, 11, 23, 9, 0, 1, tzinfo=HANOI)
PREFIXES = "ACEFGHJK"
FIELDS = ("Hộ tịch", "Chứng thực", "Cư trú", "Đất đai", "Xây dựng", "Bảo trợ xã hội", "Nhận kết quả", "Hỏi / hướng dẫn")
DOCUMENTS = ["Tờ khai theo mẫu", "Giấy tờ tùy thân", "Giấy chứng sinh hoặc giấy tờ thay thế"]
ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Desk:
    """A counter as its officer's console knows it."""

    office: str
    counter: int
    token: str


@dataclass(frozen=True)
class City:
    """What the generator needs to know of the database."""

    offices: list[str]
    desks: list[Desk]
    phones: list[tuple[str, str]]
    """Office and token of waiting tickets."""

    def keep(self, path: Path) -> None:
        """Write it down for the generator's process."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> City:
        """What `keep` wrote."""
        known = json.loads(path.read_text())
        return cls(known["offices"], [Desk(**desk) for desk in known["desks"]], [(o, t) for o, t in known["phones"]])


def furnish(url: str, *, offices: int = OFFICES, counters: int = COUNTERS, waiting: int = WAITING) -> City:
    """Make the city in an empty database."""
    import_models()
    upgrade(url)
    database = Database(url)
    codes = [f"{number:05}" for number in range(1, offices + 1)]
    share = [counters // offices + (number < counters % offices) for number in range(offices)]
    desks = [Desk(codes[at], 0, f"officer-{at}-{n}") for at in range(offices) for n in range(share[at])]
    desks = [Desk(desk.office, number + 1, desk.token) for number, desk in enumerate(desks)]
    with database.transaction() as session:
        _put(session, Office, _offices(codes))
        _put(session, WeeklyHours, _hours(offices))
        _put(session, Service, _services(offices))
        _put(session, Staff, _staff(codes, desks))
        _put(session, ApiToken, _tokens(desks))
        _put(session, Counter, _counters(codes, desks))
        _put(session, CounterService, _skills(codes, desks))
        _put(session, Device, _devices(offices))
        _put(session, NumberCounter, _numbers(offices, waiting))
        _put(session, Ticket, _tickets(offices, waiting))
        _put(session, TicketInterval, _intervals(offices, waiting))
        if not database.is_sqlite:
            _raise_sequences(session)
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    database.dispose()
    phones = [(codes[at], f"ticket-{at}-{n}") for n in range(waiting - 1, -1, -1) for at in range(offices)]
    return City(codes, desks, phones)


def _put(session: Session, table: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == ROWS_AT_ONCE:
            session.execute(insert(table), held)
            held = []
    if held:
        session.execute(insert(table), held)


def _raise_sequences(session: Session) -> None:
    for table in (Office, WeeklyHours, Service, Staff, ApiToken, Counter, Device, Ticket, TicketInterval):
        last = session.scalar(select(func.max(table.id)))
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.__tablename__}', 'id'), {last})"))


def _offices(codes: list[str]) -> Iterator[dict[str, Any]]:
    for number, code in enumerate(codes, 1):
        name = f"Phường Mẫu {number}"
        yield {"id": number, "code": code, "unit_code": code, "name": name, "folded": fold(name), "published": True}


def _hours(offices: int) -> Iterator[dict[str, Any]]:
    for office in range(1, offices + 1):
        for weekday, spans in WARD_HOURS.items():
            for opens, closes in spans:
                yield {"office_id": office, "counter_id": None, "weekday": weekday, "opens": opens, "closes": closes}


def _services(offices: int) -> Iterator[dict[str, Any]]:
    for office in range(1, offices + 1):
        for position, (prefix, field) in enumerate(zip(PREFIXES, FIELDS, strict=True)):
            name = f"Thủ tục {field.lower()}"
            yield {"id": _service(office, position), "office_id": office, "code": prefix, "name": name, "folded": fold(name),
                   "field": field, "prefix": prefix, "minutes": 8, "position": position, "documents": DOCUMENTS}  # fmt: skip


def _service(office: int, position: int) -> int:
    return (office - 1) * len(PREFIXES) + position + 1


def _staff(codes: list[str], desks: list[Desk]) -> Iterator[dict[str, Any]]:
    for desk in desks:
        yield {"id": desk.counter, "username": desk.token, "name": f"Nguyễn Thị Mẫu {desk.counter}", "password_hash": "-",
               "role": "officer", "office_id": codes.index(desk.office) + 1, "created_at": NOW}  # fmt: skip


def _tokens(desks: list[Desk]) -> Iterator[dict[str, Any]]:
    for desk in desks:
        yield {"staff_id": desk.counter, "token_hash": hashed(desk.token), "created_at": NOW}


def _counters(codes: list[str], desks: list[Desk]) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = {}
    for desk in desks:
        seen[desk.office] = number = seen.get(desk.office, 0) + 1
        yield {"id": desk.counter, "office_id": codes.index(desk.office) + 1, "number": number, "state": "open",
               "staff_id": desk.counter, "state_at": NOW, "idle_at": NOW, "seen_at": NOW}  # fmt: skip


def _skills(codes: list[str], desks: list[Desk]) -> Iterator[dict[str, Any]]:
    """Each counter takes four of the eight services, so that each is taken by four counters of eight."""
    seen: dict[str, int] = {}
    for desk in desks:
        seen[desk.office] = number = seen.get(desk.office, 0) + 1
        for position in range(4):
            office = codes.index(desk.office) + 1
            service = _service(office, (number + position * 2) % len(PREFIXES))
            yield {"counter_id": desk.counter, "service_id": service, "position": position}


def _devices(offices: int) -> Iterator[dict[str, Any]]:
    for office in range(1, offices + 1):
        yield {"office_id": office, "kind": "kiosk", "name": "ki-ốt", "token_hash": hashed(f"kiosk-{office}"), "paired_at": NOW}


def _numbers(offices: int, waiting: int) -> Iterator[dict[str, Any]]:
    for office in range(1, offices + 1):
        for prefix in PREFIXES:
            yield {"office_id": office, "on": NOW.date(), "prefix": prefix, "last": waiting // len(PREFIXES) + 1}


def _tickets(offices: int, waiting: int) -> Iterator[dict[str, Any]]:
    for at in range(offices):
        for n in range(waiting):
            prefix, number = PREFIXES[n % len(PREFIXES)], n // len(PREFIXES) + 1
            since = NOW - timedelta(seconds=30 * (waiting - n))
            yield {"id": at * waiting + n + 1, "office_id": at + 1, "on": NOW.date(), "prefix": prefix, "number": number,
                   "label": f"{prefix}{number:03}", "token": f"ticket-{at}-{n}",
                   "service_id": _service(at + 1, n % len(PREFIXES)), "kind": "walk_in", "arrived_at": since, "due_at": since,
                   "source": "kiosk", "minutes": 8, "state": "waiting", "state_at": since}  # fmt: skip


def _intervals(offices: int, waiting: int) -> Iterator[dict[str, Any]]:
    for at in range(offices):
        for n in range(waiting):
            since = NOW - timedelta(seconds=30 * (waiting - n))
            yield {"ticket_id": at * waiting + n + 1, "state": "waiting", "service_id": _service(at + 1, n % len(PREFIXES)),
                   "from_at": since, "why": ""}  # fmt: skip
