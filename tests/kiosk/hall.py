"""A small office with a kiosk and bookings, as the tests of the kiosk need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from booking.models import Appointment
from core.clock import SetClock
from core.database import Database
from core.words import fold
from office.models import Office, Service
from office.store import office_by_code, service_by_code
from printer.models import Printer
from tests import builders
from tests.pages import CheckedClient

PHONE = "+84912345678"


@dataclass
class Hall:
    """The office 00070 with services A, B, C, one kiosk with a printer, and 00071 beside it."""

    app: Flask
    client: CheckedClient
    clock: SetClock
    kiosk: str
    staff: str

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions["dung-gio"].database
        return database

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Office]]:
        """A transaction and the office in it."""
        with self.database.transaction() as session:
            yield session, office_by_code(session, "00070")

    def post(self, path: str, body: dict[str, Any], token: str | None = None, **headers: str) -> TestResponse:
        """A call of the office 00070, signed by the kiosk unless another token is given ("" signs nothing)."""
        signed = self.kiosk if token is None else token
        sent = headers | (builders.bearer(signed) if signed else {})
        return self.client.post(f"/api/v1/offices/00070/{path}", json=body, headers=sent)

    def take(self, service: str = "A", **body: Any) -> TestResponse:
        return self.post("tickets", {"service": service, **body})

    def check_in(self, **body: Any) -> TestResponse:
        return self.post("check-ins", body)

    def book(self, starts_at: datetime, *, office: str = "00070", code: str = "ACDEFG", **fields: Any) -> str:
        """A booking of service A; gives its token."""
        with self.database.transaction() as session:
            at = office_by_code(session, office)
            service = service_by_code(session, at, "A")
            return make_appointment(session, at, service, starts_at, code, **fields).token


def make_hall(app: Flask, client: CheckedClient, clock: SetClock, **office: Any) -> Hall:
    """The office of the tests of the kiosk."""
    with app.extensions["dung-gio"].database.transaction() as session:
        at = builders.make_office(session, **office)
        builders.make_office(session, "00071")
        session.add(Printer(key="00070/kiosk-1", place="00070", name="Máy in ki-ốt", kind="file"))
        kiosk = builders.make_device(session, at, printer_key="00070/kiosk-1", screen_mm=270)
        staff = builders.make_token(session, builders.make_staff(session, at))
    return Hall(app, client, clock, kiosk, staff)


def make_appointment(
    session: Session, office: Office, service: Service, starts_at: datetime, code: str, **fields: Any
) -> Appointment:
    """A booking as `booking.actions.book` leaves it, for an hour that may be past already; it uses no slot."""
    name = fields.pop("name", "Nguyễn Thị Thử")
    known: dict[str, Any] = {
        "office_id": office.id,
        "service_id": service.id,
        "on": starts_at.date(),
        "starts_at": starts_at,
        "minutes": service.minutes,
        "field": service.field,
        "nth": 1,
        "code": code,
        "token": f"token-of-booking-{code}",
        "name": name,
        "name_folded": fold(name),
        "phone": PHONE,
        "consent_at": builders.LONG_AGO,
        "created_at": builders.LONG_AGO,
    }
    appointment = Appointment(**(known | fields))
    session.add(appointment)
    session.flush()
    return appointment
