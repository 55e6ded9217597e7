"""The figures to take away, the officers' page and the comparison of the city: who gets what, the same everywhere."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select, update

from core.clock import SetClock
from core.database import Database
from office.models import Service, Staff
from queueing.models import Rating, Ticket, TicketInterval
from reports import catching_up, fact_store
from reports.period_rules import Period, shortcuts
from tests.builders import make_service
from tests.pages import CheckedClient
from tests.reports.test_pages import Headers, add_ticket, office_of
from tests.reports.test_pages import db as db
from tests.reports.test_pages import who as who


@pytest.fixture
def day(db: Database, who: dict[str, Headers], clock: SetClock) -> None:
    """Twelve finished visits at 00070, by its one officer, two of them lacking papers, and one at 00091 that waited longer."""
    with db.transaction() as session:
        office, beside = office_of(session), office_of(session, "00091")
        nine = clock.now() - timedelta(hours=1)
        for number in range(1, 13):
            lacking = (
                {"outcome": "papers_missing", "missing_papers": ["=Tờ khai", "Căn cước"][: number % 2 + 1]} if number > 10 else {}
            )
            add_ticket(session, office, number, nine, number, 10, **lacking)
        add_ticket(session, beside, 1, nine, 40, 10)
        officer = session.scalars(select(Staff).where(Staff.username == "officer")).one()
        officer.name = "Trần Văn Thử"
        counter = {"counter_id": office.counters[0].id, "staff_id": officer.id}
        ours = select(Ticket.id).where(Ticket.office_id == office.id)
        at_desk = TicketInterval.state.in_(("called", "serving"))
        session.execute(update(TicketInterval).where(TicketInterval.ticket_id.in_(ours), at_desk).values(counter))
        for ticket, score in zip(session.scalars(ours.limit(4)), (5, 4, 4, 1), strict=True):
            session.add(Rating(ticket_id=ticket, office_id=office.id, on=nine.date(), score=score, at=nine))


def workbook(client: CheckedClient, path: str, headers: Headers) -> openpyxl.Workbook:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    assert ".xlsx" in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(answer.get_data()))


def table(client: CheckedClient, path: str, headers: Headers) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(path, headers=headers).get_data(as_text=True).lstrip("\ufeff"))))


@pytest.mark.usefixtures("day")
def test_the_workbook_holds_every_section_with_the_figures_of_the_csv(client: CheckedClient, who: dict[str, Headers]) -> None:
    book = workbook(client, "/reports/figures.xlsx", who["head"])
    assert book.sheetnames == ["Theo dịch vụ", "Theo giờ", "Theo ngày", "Dự kiến và cách đến", "Thiếu giấy", "Đánh giá"]
    for title, key in (("Theo dịch vụ", "services"), ("Theo giờ", "hours"), ("Thiếu giấy", "papers"), ("Đánh giá", "ratings")):
        [heading, *rows] = table(client, f"/reports/figures.csv?sheet={key}", who["head"])
        page = [[cell.value for cell in row] for row in book[title].iter_rows(min_row=3)]
        assert page[0] == heading
        for shown, written in zip(page[1:], rows, strict=True):
            assert [_written(each) for each in shown] == [_number(each.removeprefix("'")) for each in written]
        assert len(rows) >= 1
    services = book["Theo dịch vụ"]
    assert services["C4"].value == 12
    assert (services["G4"].value, services["G4"].number_format) == (6, "0.0")


def _written(value: object) -> object:
    return "" if value is None else value


def _number(text: str) -> object:
    return float(text) if text.replace(".", "", 1).isdigit() else text


@pytest.mark.usefixtures("day")
def test_a_paper_that_looks_like_a_formula_is_text_in_the_workbook(client: CheckedClient, who: dict[str, Headers]) -> None:
    cells = [cell for row in workbook(client, "/reports/figures.xlsx", who["head"])["Thiếu giấy"].iter_rows() for cell in row]
    [paper] = [cell for cell in cells if cell.value == "=Tờ khai"]
    assert paper.data_type == "s", "a formula would be f"


@pytest.mark.usefixtures("day")
def test_the_page_names_the_papers_and_says_what_the_faces_are_not(client: CheckedClient, who: dict[str, Headers]) -> None:
    page = client.page("/reports/", headers=who["head"])
    assert "2 người thiếu giấy trong 12 lượt đã phục vụ" in page
    assert "Căn cước" in page
    assert "3 trong 4 người đã đánh giá" in page
    assert "Không phải chỉ số hài lòng theo QĐ 766." in page
    assert 'id="charts"' in page


@pytest.mark.usefixtures("day")
def test_the_head_sees_each_officer_beside_the_office(client: CheckedClient, who: dict[str, Headers]) -> None:
    page = client.page("/reports/officers", headers=who["head"])
    assert "Trần Văn Thử" in page
    assert "không dùng để xếp hạng" in page
    assert table(client, "/reports/officers.csv", who["head"])[1] == ["Trần Văn Thử", "Chứng thực bản sao", "12", "10.0", "10.0"]


@pytest.mark.usefixtures("day")
def test_of_few_visits_no_time_is_told(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        office = office_of(session)
        rare = make_service(session, office, "Q")
        moved = session.scalars(select(Ticket.id).where(Ticket.office_id == office.id).limit(3)).all()
        session.execute(update(TicketInterval).where(TicketInterval.ticket_id.in_(moved)).values(service_id=rare.id))
    rows = table(client, "/reports/officers.csv", who["head"])
    assert [row[2:] for row in rows[1:]] == [["9", "", ""], ["3", "", ""]]
    assert "ít lượt" in client.page("/reports/officers", headers=who["head"])


@pytest.mark.usefixtures("day")
def test_nobody_but_the_head_sees_officers(client: CheckedClient, who: dict[str, Headers]) -> None:
    for form in ("", ".csv", ".xlsx"):
        assert client.get(f"/reports/officers{form}?office=00070", headers=who["city"]).status_code == 403
    for path in ("/reports/?office=00070", "/reports/city", "/reports/city.csv"):
        assert "Trần Văn Thử" not in client.page(path, headers=who["city"])
    assert client.get("/reports/city", headers=who["head"]).status_code == 403


@pytest.mark.usefixtures("day")
def test_the_city_is_sorted_by_what_wants_looking_at(client: CheckedClient, who: dict[str, Headers]) -> None:
    by_wait = client.page("/reports/city?sort=wait", headers=who["city"])
    assert by_wait.index("Phường Thử Nghiệm 00091") < by_wait.index("Phường Thử Nghiệm 00070")
    by_name = client.page("/reports/city", headers=who["city"])
    assert by_name.index("Phường Thử Nghiệm 00070") < by_name.index("Phường Thử Nghiệm 00091")
    by_faces = client.page("/reports/city?sort=content", headers=who["city"])
    assert by_faces.index("Phường Thử Nghiệm 00070") < by_faces.index("Phường Thử Nghiệm 00091"), "of 00091 nothing is known"
    book = workbook(client, "/reports/city.xlsx", who["city"])
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=4)] == ["00070", "00091", ""]


def test_the_city_is_not_asked_for_a_year(client: CheckedClient, who: dict[str, Headers]) -> None:
    answer = client.get("/reports/city?since=2026-01-01&until=2026-11-23", headers=who["city"])
    assert answer.status_code == 422
    assert "không quá 31 ngày" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("day")
def test_a_page_that_cannot_wait_says_how_much_is_not_counted_yet(
    client: CheckedClient, who: dict[str, Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_store, "AT_ONCE", 5)
    monkeypatch.setattr(catching_up, "MOST_FOR_A_PAGE", 1)
    assert "Còn 7 phiếu đang được tính" in client.page("/reports/", headers=who["head"])
    assert "Còn 2 phiếu đang được tính" in client.page("/reports/", headers=who["head"])
    client.page("/reports/", headers=who["head"])
    assert "đang được tính" not in client.page("/reports/", headers=who["head"])


def test_services_are_named_as_they_are_now(
    client: CheckedClient, who: dict[str, Headers], db: Database, clock: SetClock
) -> None:
    with db.transaction() as session:
        add_ticket(session, office_of(session), 1, clock.now() - timedelta(hours=1), 3, 3)
        session.execute(update(Service).values(name="Tên mới"))
    assert "Tên mới" in client.page("/reports/", headers=who["head"])


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("today", (2026, 3, 4), (2026, 3, 4)),
        ("yesterday", (2026, 3, 3), (2026, 3, 3)),
        ("week", (2026, 3, 2), (2026, 3, 4)),
        ("last_week", (2026, 2, 23), (2026, 3, 1)),
        ("month", (2026, 3, 1), (2026, 3, 4)),
        ("last_month", (2026, 2, 1), (2026, 2, 28)),
        ("year", (2026, 1, 1), (2026, 3, 4)),
    ],
)
def test_the_usual_days_of_a_wednesday(name: str, since: tuple[int, int, int], until: tuple[int, int, int]) -> None:
    assert shortcuts(date(2026, 3, 4))[name] == Period(date(*since), date(*until))


def test_the_usual_days_lead_to_the_page(client: CheckedClient, who: dict[str, Headers]) -> None:
    page = client.page("/reports/?since=2026-11-16&until=2026-11-22", headers=who["head"])
    assert '?office=00070&amp;since=2026-11-16&amp;until=2026-11-22" aria-current="true">Tuần trước' in page
