"""An office with everybody who may ask something of it, and the office beside it, for the tests that try to break in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.actions import Wish, book
from booking.forms import Visitor
from booking.holding import Holder, hold_slot
from booking.models import CallListEntry, WaitingEntry
from booking.waiting_actions import offer_free
from core.clock import SetClock
from core.database import Base, Database
from core.rights import ANONYMOUS
from office.actions import offer_pairing
from office.changes import record_change
from office.models import Counter, Device, Office, Staff, Stop
from office.store import hashed, service_by_code
from printer.models import Printer, PrintJob
from queueing.actions import take_ticket
from queueing.models import Ticket
from tests.builders import bearer, make_device, make_office, make_staff, make_token, open_counter
from tests.conftest import HANOI
from tests.furnished import Furnish

PERSON = "Trần Văn Vô Danh"
PHONE = "+84912345678"
ROLES = {"canbo": "officer", "truong": "head", "huongdan": "helper", "kythuat": "technician", "quantri": "city"}

ON_ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is refused before the database is asked, or is asked of it in the same words on both."""

Known = tuple[dict[str, str], dict[str, int], dict[str, int], dict[str, str]]
"""Of a ward: `tokens`, `staff`, `ids` and `secrets`."""


@dataclass
class Ward:
    """The office 00070 and, beside it, 00071 with the names that end in "_beside"."""

    app: Flask
    client: FlaskClient
    clock: SetClock
    tokens: dict[str, str] = field(default_factory=dict)
    """Bearer tokens by user name or by kind of device; `revoked`, `left` and `far` are a revoked kiosk, an officer who left,
    and a kiosk outside the office."""
    staff: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions["dung-gio"].database
        return database

    def signed(self, who: str) -> dict[str, str]:
        """The header of somebody; of nobody for ""."""
        return bearer(self.tokens[who]) if who else {}

    def sign_in(self, who: str) -> None:
        """Sign in on this browser: the cookie a sign-in leaves, without the password."""
        with self.client.session_transaction() as cookie:
            cookie["staff"] = {"id": self.staff[who], "epoch": 0}

    def mark(self) -> str:
        """The CSRF mark that a page of this site puts into its forms."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/sign-in").get_data(as_text=True))
        assert found
        return found.group(1)

    def be_device(self, kind: str) -> None:
        """Make this browser a paired device."""
        self.client.set_cookie("device", self.tokens[kind])

    def nobody(self) -> None:
        """Forget every cookie."""
        self.client._cookies.clear()

    def rows(self) -> Mapping[str, int]:
        """How many rows every table has: what was refused leaves them as they were."""
        with self.database.reading() as session:
            return dict(session.connection().exec_driver_sql(_counting()).one()._mapping)

    def states(self) -> list[tuple[Any, ...]]:
        """Every ticket and counter as it stands: what a call without the right leaves as they were."""
        with self.database.reading() as session:
            tickets = session.execute(select(Ticket.id, Ticket.state, Ticket.version, Ticket.service_id).order_by(Ticket.id))
            counters = session.execute(select(Counter.id, Counter.state, Counter.staff_id).order_by(Counter.id))
            devices = session.execute(select(Device.id, Device.token_hash, Device.revoked_at).order_by(Device.id))
            return [tuple(row) for rows in (tickets, counters, devices) for row in rows]


WORKED_OUT = ("visit_facts", "fact_marks")
"""What reports work out from the other tables when somebody looks: it says nothing of its own."""


@cache
def _counting() -> str:
    """One statement for both databases, written out once: the walks ask after every refusal."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in WORKED_OUT]
    return str(select(*(select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in tables)))


@pytest.fixture
def furnish(request: pytest.FixtureRequest) -> Furnish | None:
    """Whoever asks for the ward finds it in the database."""
    return furnish_ward if "ward" in request.fixturenames else None


@pytest.fixture
def ward(app: Flask, clock: SetClock, known: Known) -> Ward:
    """Monday, nine o'clock. A booking at 10:00, one person waiting, one called to counter 1; the same beside it."""
    return Ward(app, FlaskClient(app, app.response_class), clock, *known)


def furnish_ward(app: Flask) -> Known:
    """Put the office and the one beside it into an empty database."""
    services = app.extensions["dung-gio"]
    ward, clock = Ward(app, FlaskClient(app), services.clock), services.clock
    with ward.database.transaction() as session:
        office, beside = make_office(session), make_office(session, "00071")
        people = [make_staff(session, office, name, role) for name, role in ROLES.items()]
        people += [make_staff(session, office, "left"), make_staff(session, beside, "canbo_beside")]
        people += [make_staff(session, beside, "truong_beside", "head")]
        ward.tokens = {each.username: make_token(session, each) for each in people}
        ward.staff = {each.username: each.id for each in people}
        people[len(ROLES)].active = False
        session.add(Printer(key="00070/kiosk-1", place="00070", name="Máy in ki-ốt", kind="file"))
        session.add(Printer(key="00070/agent", place="00070", name="Máy in ở ward", kind="agent", state="ok"))
        for kind in ("kiosk", "display", "agent"):
            ward.tokens[kind] = make_device(session, office, kind)
        ward.tokens["kiosk_beside"] = make_device(session, beside)
        ward.tokens["far"] = make_device(session, office, on_site=False)
        ward.tokens["revoked"] = make_device(session, office, revoked_at=clock.now())
        ward.ids["device"] = session.scalars(select(Device.id).where(Device.token_hash == hashed(ward.tokens["kiosk"]))).one()
        ward.ids["printer"] = session.scalars(select(Printer.id).where(Printer.kind == "file")).one()
        ward.ids["job"] = _printed(session, ward.ids["printer"], clock.now())
        ward.ids["sheet"] = 7
        _printed(session, ward.ids["printer"], clock.now(), "sheet:7")
        service_by_code(session, office, "B").documents = ["Giấy chứng sinh"]
        ward.secrets["pairing"] = offer_pairing(session, session.get_one(Device, ward.ids["device"]), clock.now())
        _open_for_business(session, ward, office, people[0], "")
        _open_for_business(session, ward, beside, people[len(ROLES) + 1], "_beside")
        _furnish_beside(session, ward, beside)
        for place, officer in ((office, people[0]), (beside, people[len(ROLES) + 1])):
            record_change(session, place, "notice_changed", {"office": {"notice": "x"}}, {"office": {"notice": ""}},
                          staff_id=officer.id, now=clock.now())  # fmt: skip
        ward.ids["n"] = 1
        ward.ids |= {"member": ward.staff["huongdan"], "member_beside": ward.staff["canbo_beside"]}
    return ward.tokens, ward.staff, ward.ids, ward.secrets


def _furnish_beside(session: Session, ward: Ward, office: Office) -> None:
    """The machines of the office beside."""
    printer = Printer(key="00071/kiosk-1", place="00071", name="Máy in ki-ốt", kind="file")
    session.add(printer)
    session.flush()
    ward.ids["printer_beside"] = printer.id
    ward.ids["job_beside"] = _printed(session, printer.id, ward.clock.now())
    token = hashed(ward.tokens["kiosk_beside"])
    ward.ids["device_beside"] = session.scalars(select(Device.id).where(Device.token_hash == token)).one()


def _printed(session: Session, printer: int, at: datetime, reference: str = "ticket:0") -> int:
    job = PrintJob(
        printer_id=printer, kind="ticket", document={"office": "Phường", "number": "A001"}, reference=reference, state="printed",
        created_at=at, expires_at=at,
    )  # fmt: skip
    session.add(job)
    session.flush()
    return job.id


def _open_for_business(session: Session, ward: Ward, office: Office, officer: Staff, suffix: str) -> None:
    now = ward.clock.now()
    service = service_by_code(session, office, "A")
    waiting = take_ticket(session, office, service, now=now, tz=HANOI, source="kiosk", actor=ANONYMOUS)
    called = take_ticket(session, office, service, now=now, tz=HANOI, source="kiosk", actor=ANONYMOUS)
    called.state, called.counter_id = "called", office.counters[0].id
    open_counter(office.counters[0], officer, now)
    visitor = Visitor(PERSON, PHONE if not suffix else "+84987654321")
    wish = Wish("A", now + timedelta(hours=1), visitor)
    booked = book(session, office, wish, now=now, tz=HANOI, public_url="http://localhost")
    to_call = CallListEntry(
        office_id=office.id, appointment_id=booked.id, starts_at=booked.starts_at, why="unreachable", listed_at=now
    )
    session.add(to_call)
    lifted = Stop(office_id=office.id, on=now.astimezone(HANOI).date(), field="", reason="Mất điện", from_at=now, lifted_at=now)
    session.add(lifted)
    session.flush()
    ward.ids |= {
        f"waiting{suffix}": waiting.id,
        f"called{suffix}": called.id,
        f"counter{suffix}": office.counters[0].id,
        f"free_counter{suffix}": office.counters[1].id,
        f"booking{suffix}": booked.id,
        f"entry{suffix}": to_call.id,
        f"stop{suffix}": lifted.id,
    }
    patient = _offered(session, office, visitor, now)
    hold = hold_slot(session, office, ("A",), now + timedelta(hours=3), holder=Holder("", ""), now=now, tz=HANOI)
    ward.secrets |= {f"booking{suffix}": booked.token, f"ticket{suffix}": waiting.token, f"code{suffix}": booked.code}
    ward.secrets |= {f"patient{suffix}": patient.token, f"hold{suffix}": hold.token}


def _offered(session: Session, office: Office, visitor: Visitor, now: datetime) -> WaitingEntry:
    """Somebody on the waiting list of tomorrow, to whom a place is offered."""
    tomorrow = now.astimezone(HANOI).date() + timedelta(days=1)
    entry = WaitingEntry(
        office_id=office.id, service_id=service_by_code(session, office, "B").id, on=tomorrow,
        name=visitor.name, phone=visitor.phone, token=secrets.token_urlsafe(16), consent_at=now, created_at=now,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    assert offer_free(session, entry, now=now, tz=HANOI, public_url="http://localhost")
    return entry
