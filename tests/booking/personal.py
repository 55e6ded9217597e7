"""An office that keeps people's data, and a look for a person in everything it keeps: each column of each table, and each
file of DATA_DIR byte by byte.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import actions, privacy, retention
from booking.actions import Wish
from booking.forms import Companion, Visitor
from booking.models import Appointment, WaitingEntry
from core.clock import SetClock
from core.database import Base, Database
from core.words import fold
from notices.channels import FileChannel
from notices.outbox import Outbox
from office.models import Office, Service
from office.store import service_by_code
from tests.builders import make_office
from tests.conftest import HANOI, import_models

NAME, CHILD, OTHER = "Nguyễn Thị Thử", "Trần Bé Thử", "Phạm Văn Khác"
PHONE, OTHERS_PHONE = "+84912345601", "+84912345699"
URL = "https://vidu.test"
SECRET = "only-for-tests"
TOMORROW = datetime(2026, 11, 24, 10, 0, tzinfo=HANOI)


@dataclass
class Ward:
    """An office with four counters for A and B of different fields, its outbox, and the folder of its data."""

    database: Database
    clock: SetClock
    data_dir: Path

    def __post_init__(self) -> None:
        self.channel = FileChannel(self.data_dir)
        self.outbox = Outbox(self.database, self.clock, [self.channel])

    @property
    def told(self) -> dict[str, Any]:
        return {"now": self.clock.now(), "tz": HANOI, "public_url": URL}

    def book(self, starts_at: datetime = TOMORROW, service: str = "A", **fields: Any) -> str:
        """A booking with a child along, told by a message that has left; gives its token."""
        asked: dict[str, Any] = {"visitor": Visitor(NAME, PHONE), "people": (Companion(CHILD, service),), "device": "d" * 64}
        with self.database.transaction() as session:
            office = session.scalars(select(Office).where(Office.code == "00070")).one()
            token = actions.book(session, office, Wish(service, starts_at, **(asked | fields)), **self.told).token
        self.outbox.run_once()
        return token

    def erase(self, token: str) -> None:
        with self.database.transaction() as session:
            privacy.erase(session, token, **self.told)
        self.outbox.forget_once()

    def tidy(self) -> None:
        retention.tidy_once(self.database, self.clock.now(), HANOI, self.channel.files.forget_before, threading.Event())
        while self.outbox.forget_once():
            pass

    def booking(self, token: str) -> Appointment:
        with self.database.reading() as session:
            return session.scalars(select(Appointment).where(Appointment.token == token)).one()

    def traces(self, *people: str) -> list[str]:
        return traces(self.database, self.data_dir, *(people or (NAME, CHILD, PHONE)))

    def change(self, what: Callable[[Session], object]) -> None:
        with self.database.transaction() as session:
            what(session)


def make_ward(database: Database, clock: SetClock, data_dir: Path) -> Ward:
    """A ward with its office."""
    with database.transaction() as session:
        make_office(session, services="AB", counters=4, minutes=5)
        for service in session.scalars(select(Service)):
            service.field = f"Lĩnh vực {service.code}"
    return Ward(database, clock, data_dir)


def wait(ward: Ward, visitor: Visitor) -> str:
    """Somebody on the waiting list, written there directly: a day needs not be full for that. Gives the token."""
    with ward.database.transaction() as session:
        office = session.scalars(select(Office).where(Office.code == "00070")).one()
        entry = WaitingEntry(
            office_id=office.id, service_id=service_by_code(session, office, "A").id, on=TOMORROW.date(), name=visitor.name,
            phone=visitor.phone, device="d" * 64, token=secrets.token_urlsafe(16),
            consent_at=ward.clock.now(), created_at=ward.clock.now(),
        )  # fmt: skip
        session.add(entry)
        return entry.token


def entry_of(ward: Ward, token: str) -> WaitingEntry:
    with ward.database.reading() as session:
        return session.scalars(select(WaitingEntry).where(WaitingEntry.token == token)).one()


def traces(database: Database, data_dir: Path, *people: str) -> list[str]:
    """Where one of these names or phones (E.164) still stands: "table.column" or a file's name.

    A name counts with and without its marks, a phone without its country. SQLite's own files are searched, too; what
    PostgreSQL writes on its disk is its housekeeping's.
    """
    wanted = {word for text in people for word in (_forms(text))}
    return sorted({*_in_tables(database, wanted), *_in_files(database, data_dir, wanted)})


def _forms(text: str) -> set[str]:
    return {text[3:]} if text.startswith("+84") else {text, fold(text)}


def _in_tables(database: Database, wanted: set[str]) -> list[str]:
    import_models()
    found = []
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if _holds(str(value), wanted)]
    return found


def _in_files(database: Database, data_dir: Path, wanted: set[str]) -> list[str]:
    database.forget_deleted()
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word.encode() in path.read_bytes() for word in wanted)]


def _holds(text: str, wanted: set[str]) -> bool:
    return any(word in text for word in wanted)
