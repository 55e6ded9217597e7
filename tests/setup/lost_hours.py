"""An office with bookings whose hours a change of plan loses, for the tests of its preview and of the call list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from booking.actions import Wish, book
from booking.forms import Visitor
from booking.models import Appointment, CallListEntry
from core.clock import SetClock
from core.database import Database
from notices.channels import EXTENSION, Outgoing
from notices.models import Message
from office.models import AuditEntry
from office.store import office_by_code
from tests.booking.plans import HANOI, at
from tests.builders import WARD_HOURS, bearer, make_office, make_staff, make_token

ROLES = ("head", "technician", "officer", "helper", "city")
NAME = "Trần Thị Thử"
URL = "http://localhost"


class PhoneChannel:
    """A gateway to telephones: keeps in memory what it was given, or takes nothing while it is `broken`."""

    name = "sms"
    reaches_phones = True

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.broken = False

    def send(self, message: Outgoing) -> str:
        if self.broken:
            raise ConnectionError("no answer")
        self.sent.append(message)
        return "taken"


@dataclass
class Ward:
    """The office 00070, open in the ward's hours, A and B at counters 1 and 2; 00091 beside it. Monday, nine o'clock."""

    app: Flask
    clock: SetClock
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Bearer headers by role; `beside` is the head of the other office."""

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            office = make_office(session, hours=WARD_HOURS, services="AB", counters=2)
            beside = make_office(session, "00091", hours=WARD_HOURS)
            staff = {role: make_staff(session, office, role, role) for role in ROLES}
            staff["beside"] = make_staff(session, beside, "beside", "head")
            self.headers = {role: bearer(make_token(session, each)) for role, each in staff.items()}

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions["dung-gio"].database
        return database

    def booked(self, when: str = "10:00", day: int = 24, service: str = "A", phone: str = "", **fields: Any) -> int:
        """A booking; gives its id. Its phone is another each time."""
        with self.database.transaction() as session:
            number = len(session.scalars(select(Appointment.id)).all()) + 1
            visitor = Visitor(NAME, phone or f"+849123456{number:02}")
            wish = Wish(service, at(when, day), visitor, **fields)
            now = self.clock.now() - timedelta(hours=2)
            office = office_by_code(session, "00070")
            return book(session, office, wish, now=now, tz=HANOI, public_url=URL).id

    def booking(self, booking: int) -> Appointment:
        """It as it stands."""
        with self.database.reading() as session:
            return session.get_one(Appointment, booking)

    def has_phones(self) -> PhoneChannel:
        """From now on messages reach telephones."""
        channel = PhoneChannel()
        self.app.extensions[EXTENSION] = [channel]
        return channel

    def messages(self, channel: str = "sms") -> list[Message]:
        """What was written into the outbox for this channel."""
        with self.database.reading() as session:
            return list(session.scalars(select(Message).where(Message.channel == channel).order_by(Message.id)))

    def entries(self) -> list[CallListEntry]:
        """The rows of the call list."""
        with self.database.reading() as session:
            return list(session.scalars(select(CallListEntry).order_by(CallListEntry.id)))

    def audited(self) -> Mapping[str, dict[str, Any]]:
        """The last detail of each thing written into the audit."""
        with self.database.reading() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.what != "signed_in").order_by(AuditEntry.id))
            return {row.what: row.detail for row in rows}


def week(**days: str) -> dict[str, str]:
    """The hours form: the ward's hours, except the weekdays given."""
    usual = {f"day{weekday}": "08:00-12:00, 13:30-17:00" if weekday < 5 else "" for weekday in range(7)}
    return usual | days


def hanoi(instant: datetime) -> str:
    """ "24 10:00": the day of November and the wall clock."""
    return f"{instant.astimezone(HANOI):%d %H:%M}"
