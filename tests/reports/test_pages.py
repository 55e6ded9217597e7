"""The head sees the figures of the own office, the city those of every one, and nobody else sees any."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from booking.models import Appointment
from core.clock import SetClock
from core.database import Database
from office.models import Office
from queueing.models import Call, Ticket, TicketInterval
from queueing.store import UNDONE
from tests.builders import bearer, make_device, make_office, make_service, make_staff, make_token
from tests.pages import CheckedClient

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 20)
Headers = dict[str, str]


@pytest.fixture
def db(app: Flask) -> Database:
    database: Database = app.extensions["dung-gio"].database
    return database


@pytest.fixture
def who(db: Database) -> dict[str, Headers]:
    """Bearer headers by role, and of the head of another office."""
    with db.transaction() as session:
        office = make_office(session)
        other = make_office(session, "00091")
        found = {
            role: bearer(make_token(session, make_staff(session, office, role, role)))
            for role in ("head", "officer", "technician", "city")
        }
        found["other head"] = bearer(make_token(session, make_staff(session, other, "truong2", "head")))
        found["kiosk"] = bearer(make_device(session, office))
        return found


def add_ticket(session: Session, office: Office, number: int, at: datetime, waited: int, served: int, **fields: Any) -> None:
    """A finished visit at the first service, in minutes; calls at once were undone or, being early, unanswered."""
    values: dict[str, Any] = {"kind": "walk_in", "state": "done", "source": "kiosk", "minutes": 10, "outcome": "served"} | fields
    called_at, done_at = at + timedelta(minutes=waited), at + timedelta(minutes=waited + served)
    service = office.services[0]
    ticket = Ticket(
        office_id=office.id,
        on=at.date(),
        prefix=service.prefix,
        number=number,
        label=f"{service.prefix}{number:03}",
        token=f"ticket-{office.code}-{number}",
        service_id=service.id,
        arrived_at=at,
        due_at=at,
        state_at=done_at,
        **values,
    )
    session.add(ticket)
    session.flush()
    for state, since, until in (
        ("waiting", at, called_at),
        ("called", called_at, called_at),
        ("serving", called_at, done_at),
        ("done", done_at, None),
    ):
        session.add(TicketInterval(ticket_id=ticket.id, state=state, service_id=service.id, from_at=since, to_at=until))
    for instant, tier, withdrawn_at in ((at, UNDONE, None), (at, "early", at), (called_at, "walk_in", called_at)):
        session.add(
            Call(
                office_id=office.id,
                on=at.date(),
                ticket_id=ticket.id,
                counter_id=office.counters[0].id,
                called_at=instant,
                last_called_at=instant,
                tier=tier,
                reason=tier,
                withdrawn_at=withdrawn_at,
            )
        )


def add_booking(session: Session, office: Office, starts_at: datetime, nth: int = 1, **fields: Any) -> Appointment:
    appointment = Appointment(
        office_id=office.id,
        service_id=office.services[0].id,
        on=starts_at.date(),
        starts_at=starts_at,
        minutes=10,
        field=f"field {nth}",
        nth=nth,
        code=f"CODE{nth}",
        token=f"booking-{nth}",
        name="Nguyễn Thị Thử",
        name_folded="nguyen thi thu",
        phone="+84912000001",
        consent_at=starts_at,
        created_at=starts_at,
        **fields,
    )
    session.add(appointment)
    session.flush()
    return appointment


def office_of(session: Session, code: str = "00070") -> Office:
    return session.query(Office).filter_by(code=code).one()


@pytest.fixture
def day(db: Database, who: dict[str, Headers], clock: SetClock) -> None:
    """Today: waits of 4, 12 and 20 minutes, service of 10; on Friday somebody booked and did not come."""
    with db.transaction() as session:
        office = office_of(session)
        nine = clock.now() - timedelta(hours=1)
        for number, waited in enumerate((4, 12, 20), start=1):
            add_ticket(session, office, number, nine, waited, 10)
        add_booking(session, office, nine - timedelta(days=3))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.usefixtures("day")
def test_the_head_sees_today_and_how_each_figure_is_computed(client: CheckedClient, who: dict[str, Headers]) -> None:
    page = client.page("/reports/", headers=who["head"])
    assert "12 phút" in page
    assert "không quá 20 phút" in page
    assert page.count("Cách tính") == 12
    assert "Chứng thực bản sao" in page


@pytest.mark.usefixtures("day")
def test_a_no_show_is_counted_when_its_day_is_past(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        add_booking(session, office_of(session), datetime.fromisoformat("2026-11-23T08:00:00+07:00"), 2)
    answer = client.get(f"/reports/figures.csv?since={FRIDAY}&until={TODAY}", headers=who["head"])
    assert rows_of(answer.get_data(as_text=True))[-1][4] == "1"


@pytest.mark.usefixtures("day")
def test_who_came_or_cancelled_is_no_no_show(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        office = office_of(session)
        friday = datetime.fromisoformat("2026-11-20T08:00:00+07:00")
        came = add_booking(session, office, friday, 2)
        add_ticket(session, office, 9, friday, 3, 5, kind="booked", slot_at=friday, arrival="on_time", appointment_id=came.id)
        add_booking(session, office, friday, 3, state="cancelled")
    [heading, row, whole] = rows_of(
        client.get(f"/reports/figures.csv?since={FRIDAY}&until={FRIDAY}", headers=who["head"]).get_data(as_text=True)
    )
    assert len(heading) == len(row) == len(whole) == 22
    times, promises, papers_and_faces = ["3.0", "3.0", "3.0", "5.0", "5.0", "5.0"], ["", "0", "0"], ["0"] * 6
    assert row == ["A", "Chứng thực bản sao", "1", "1", "1", *times, "1", "1", *promises, *papers_and_faces]


@pytest.mark.usefixtures("day")
def test_the_download_opens_in_a_spreadsheet(client: CheckedClient, who: dict[str, Headers]) -> None:
    answer = client.get("/reports/figures.csv", headers=who["head"])
    assert answer.mimetype == "text/csv"
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert "00070_2026-11-23_2026-11-23.csv" in answer.headers["Content-Disposition"]


def test_a_name_that_looks_like_a_formula_stays_text(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        office = office_of(session)
        service = make_service(session, office, "K")
        service.name, service.position = "=1+1", -1
        session.flush()
        session.refresh(office)
        at = datetime.fromisoformat("2026-11-23T08:00:00+07:00")
        add_ticket(session, office, 1, at, 1, 1)
    text = client.get("/reports/figures.csv", headers=who["head"]).get_data(as_text=True)
    assert "'=1+1" in text


def test_an_empty_day_says_so(client: CheckedClient, who: dict[str, Headers]) -> None:
    assert "Chưa có số nào được lấy" in client.page("/reports/", headers=who["head"])


@pytest.mark.usefixtures("day")
def test_another_offices_tickets_are_not_counted(client: CheckedClient, who: dict[str, Headers]) -> None:
    whole = rows_of(client.get("/reports/figures.csv", headers=who["other head"]).get_data(as_text=True))[-1]
    assert whole[2] == "0"


@pytest.mark.parametrize("path", ["/reports/?office=00091", "/reports/figures.csv?office=00091", "/reports/?office=99999"])
def test_the_head_cannot_ask_for_another_office(client: CheckedClient, who: dict[str, Headers], path: str) -> None:
    assert client.get(path, headers=who["head"]).status_code == 404


@pytest.mark.usefixtures("day")
def test_the_city_sees_all_offices_and_opens_one(client: CheckedClient, who: dict[str, Headers]) -> None:
    page = client.page("/reports/", headers=who["city"])
    assert "Phường Thử Nghiệm 00091" in page
    assert "/reports/?office=00070&amp;since=2026-11-23&amp;until=2026-11-23" in page
    assert "12 phút" in client.page("/reports/?office=00070", headers=who["city"])
    assert client.get("/reports/?office=12345", headers=who["city"]).status_code == 404
    assert client.get("/reports/figures.csv", headers=who["city"]).status_code == 422


@pytest.mark.parametrize("role", ["officer", "technician", "kiosk"])
@pytest.mark.parametrize("path", ["/reports/", "/reports/figures.csv"])
def test_nobody_else_sees_the_figures(client: CheckedClient, who: dict[str, Headers], role: str, path: str) -> None:
    assert client.get(path, headers=who[role]).status_code == 403


def test_who_is_not_signed_in_is_led_to_the_sign_in_page(client: CheckedClient) -> None:
    answer = client.get("/reports/")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=hôm qua", "Hãy chọn ngày theo dạng"),
        ("since=2026-13-01", "Hãy chọn ngày theo dạng"),
        ("since=2026-11-23&until=2026-11-20", "Ngày cuối phải từ ngày đầu trở đi."),
        ("since=2020-01-01&until=2026-11-20", "Hãy chọn khoảng không quá 366 ngày."),
        ("since=%3Cscript%3E", "Hãy chọn ngày theo dạng"),
    ],
)
def test_days_that_cannot_be_used_are_said_and_kept(
    client: CheckedClient, who: dict[str, Headers], query: str, sentence: str
) -> None:
    answer = client.get(f"/reports/?{query}", headers=who["head"])
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert sentence in page
    assert "<script>" not in page
    assert client.get(f"/reports/figures.csv?{query}", headers=who["head"]).status_code == 422
