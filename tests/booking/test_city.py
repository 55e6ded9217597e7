"""The city page, the call and the feed: what is free next at each office, and how long it may take to show."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking import city as city_module
from booking import offers
from booking.city import LINE_MOVED, City
from core.clock import SetClock
from core.database import Database
from office.store import lock_office, office_by_code, service_by_code
from tests.booking.desk import Desk, at
from tests.builders import WARD_HOURS, make_office, make_staff, make_token, set_hours
from tests.conftest import HANOI
from tests.pages import CheckedClient
from tests.queries import counted

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def database(app: Flask) -> Database:
    """The app's own database: two wards in their hours (27 minutes a slot, 10 a service), and one that publishes nothing."""
    found: Database = app.extensions["dung-gio"].database
    with found.transaction() as session:
        make_office(session, hours=WARD_HOURS, fields=None).name = "Phường Thử & Mẫu"
        make_office(session, "00082", services="X", counters=1, hours=WARD_HOURS)
        make_office(session, "00091").published = False
    return found


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    """What the app knows of the city; it looks only when told."""
    found: City = app.extensions["city"]
    return found


@pytest.fixture
def portal(app: Flask, database: Database) -> FlaskClient:
    """A program without rights and without cookies."""
    return app.test_client(use_cookies=False)


def look(city: City) -> None:
    """Look until nothing is left to look at."""
    while city.look():
        pass


def next_free(portal: FlaskClient, code: str = "00070") -> str | None:
    """The next free hour the call names: day and wall clock."""
    [office] = [office for office in portal.get("/api/v1/offices").json or [] if office["code"] == code]
    named = office["next_free"]
    return f"{named[8:10]} {named[11:16]}" if named else None


def fill(database: Database, clock: SetClock, *starts: str, day: int = 23, code: str = "00070", service: str = "A") -> None:
    """Book all places of these slots, or of the day when none are named."""
    with database.transaction() as session:
        desk = Desk(session, office_by_code(session, code), clock.now().astimezone(HANOI))
        for start in starts:
            desk.fill(at(start, day), service)
        if not starts:
            desk.fill_day(day, service)


# --- What is free next --------------------------------------------------------------------------------------------------


def test_an_office_that_was_not_looked_at_yet_names_no_hour(portal: FlaskClient, city: City) -> None:
    assert next_free(portal) is None
    look(city)
    assert next_free(portal) == "23 09:15"
    assert next_free(portal, "00082") == "23 09:15"


def test_bookings_of_this_process_show_at_once(portal: FlaskClient, city: City, database: Database, clock: SetClock) -> None:
    look(city)
    fill(database, clock, "09:15", "09:30")
    assert city.look() is False
    assert next_free(portal) == "23 09:45"


def test_bookings_of_another_process_show_within_a_minute(
    portal: FlaskClient, city: City, database: Database, clock: SetClock
) -> None:
    look(city)
    other = Database(database.engine.url.render_as_string(hide_password=False))
    fill(other, clock, "09:15")
    other.dispose()
    look(city)
    assert next_free(portal) == "23 09:15", "nobody told this process"
    clock.advance(timedelta(seconds=30))
    look(city)
    assert next_free(portal) == "23 09:30"


def test_a_held_hour_is_free_again_within_a_minute_of_its_end(
    portal: FlaskClient, city: City, database: Database, clock: SetClock
) -> None:
    with database.transaction() as session:
        desk = Desk(session, office_by_code(session, "00082"), clock.now().astimezone(HANOI))
        desk.hold(at("09:15"), "X", device="one")
    look(city)
    assert next_free(portal, "00082") == "23 09:30"
    clock.advance(timedelta(minutes=5))
    look(city)
    assert next_free(portal, "00082") == "23 09:15"


def test_when_the_hour_begins_the_next_one_is_shown_without_a_look(portal: FlaskClient, city: City, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=14, seconds=50))
    look(city)
    assert next_free(portal) == "23 09:15"
    clock.advance(timedelta(seconds=10))
    assert next_free(portal) == "23 09:30"


def test_what_was_looked_up_longer_than_a_minute_ago_is_not_shown(portal: FlaskClient, city: City, clock: SetClock) -> None:
    look(city)
    clock.advance(timedelta(seconds=61))
    assert next_free(portal) is None


def test_a_full_day_names_the_next_day_that_has_an_hour(
    citizen: CheckedClient, portal: FlaskClient, city: City, database: Database, clock: SetClock
) -> None:
    fill(database, clock, code="00082", service="X")
    look(city)
    assert next_free(portal, "00082") == "24 08:00"
    page = citizen.page("/")
    assert "Hết chỗ hôm nay; sớm nhất: Thứ Ba 24/11, 08:00" in page
    assert "Sớm nhất: 09:15 hôm nay" in page
    fill(database, clock, day=24, code="00082", service="X")
    look(city)
    assert next_free(portal, "00082") == "25 08:00"


def test_after_closing_nothing_is_called_full(citizen: CheckedClient, city: City, clock: SetClock) -> None:
    clock.advance(timedelta(hours=8))
    look(city)
    page = citizen.page("/")
    assert "Sớm nhất: Thứ Ba 24/11, 08:00" in page
    assert "Hết chỗ" not in page
    assert "Mở cửa lại: Thứ Ba 24/11, 08:00" in page


def test_an_office_without_an_hour_to_book_says_so(
    citizen: CheckedClient, portal: FlaskClient, city: City, database: Database
) -> None:
    with database.transaction() as session:
        service_by_code(session, office_by_code(session, "00082"), "X").bookable = False
    look(city)
    assert next_free(portal, "00082") is None
    assert "Hiện không còn giờ hẹn nào" in citizen.page("/?q=00082")


@pytest.mark.parametrize("seed", range(4))
def test_the_hour_shown_is_the_earliest_that_booking_itself_would_give(
    portal: FlaskClient, city: City, database: Database, clock: SetClock, seed: int
) -> None:
    """Of any service, with bookings, households and holds lying anywhere in the next three days."""
    chance = random.Random(seed)
    with database.transaction() as session:
        office = make_office(
            session, "00300", hours=WARD_HOURS, fields=None, counters=3, skills={1: "A", 2: "AB", 3: "C"},
            minutes={"A": 4, "B": 15, "C": 40}, settings={"bookable_share": 40, "book_days": 2},
        )  # fmt: skip
        service_by_code(session, office, "A").places = 1
        desk = Desk(session, office, clock.now().astimezone(HANOI))
        for day in (23, 24):
            for wanted in chance.sample(["A", "B", "C"], 3):
                slots = offers.day_slots(session, *_asked(desk, wanted), at("00:00", day).date())
                for slot in slots[: chance.randrange(20)]:
                    if desk.left(slot.starts_at.astimezone(HANOI), wanted):
                        take = desk.book if chance.random() < 0.7 else desk.hold
                        take(slot.starts_at.astimezone(HANOI), wanted)
        starts = [
            slot.starts_at
            for wanted in "ABC"
            for of_day in offers.all_slots(session, *_asked(desk, wanted)).values()
            for slot in of_day
            if slot.left
        ]
    look(city)
    assert next_free(portal, "00300") == f"{min(starts).astimezone(HANOI):%d %H:%M}"


def _asked(desk: Desk, service: str) -> tuple[Any, Any]:
    offer = offers.load(desk.session, desk.office, desk.now, HANOI)
    return offer, offer.want(service)


# --- Looking ------------------------------------------------------------------------------------------------------------


def test_twenty_offices_cost_as_many_queries_as_two(city: City, database: Database, clock: SetClock) -> None:
    with counted(database.engine) as for_two:
        look(city)
    with database.transaction() as session:
        for number in range(18):
            make_office(session, f"1{number:04}", services="X", counters=1)
    clock.advance(timedelta(seconds=30))
    with counted(database.engine) as for_twenty:
        assert city.look() is False
    assert len(for_two) == len(for_twenty)


def test_more_offices_than_a_batch_are_looked_at_one_batch_after_another(city: City, database: Database) -> None:
    with database.transaction() as session:
        for number in range(city_module.BATCH):
            make_office(session, f"1{number:04}", services="X", counters=1)
    assert city.look() is True
    assert city.look() is False


def test_an_office_whose_plan_makes_no_sense_keeps_no_other_from_being_shown(
    portal: FlaskClient, city: City, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        office_by_code(session, "00082").settings = {"book_from": "eight"}
    look(city)
    assert next_free(portal) == "23 09:15"
    assert next_free(portal, "00082") is None
    assert "cannot be worked out" in caplog.text


def test_changed_hours_show_at_once_and_a_line_that_moves_costs_little(
    portal: FlaskClient, city: City, database: Database, clock: SetClock
) -> None:
    look(city)
    clock.advance(LINE_MOVED)
    with database.transaction() as session:
        office = lock_office(session, office_by_code(session, "00070"))
        set_hours(session, office, {0: [(600, 720)]})
    look(city)
    assert next_free(portal) == "23 10:00"
    with counted(database.engine) as nothing_happened:
        look(city)
    with database.transaction() as session:
        lock_office(session, office_by_code(session, "00070"))
    with counted(database.engine) as asked:
        look(city)
    assert len(asked) == len(nothing_happened), "it was looked at just now"


def test_an_office_that_takes_its_hours_back_is_gone(portal: FlaskClient, city: City, database: Database) -> None:
    look(city)
    with database.transaction() as session:
        office_by_code(session, "00082").published = False
    assert [office["code"] for office in portal.get("/api/v1/offices").json or []] == ["00070"]
    look(city)
    with database.transaction() as session:
        office_by_code(session, "00082").published = True
    assert next_free(portal, "00082") is None


def test_the_loop_goes_on_after_a_failure_and_ends_when_told(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, looks = threading.Event(), []

    def failing_once() -> bool:
        looks.append(1)
        if len(looks) == 1:
            raise OSError("the database is away")
        stop.set()
        return False

    monkeypatch.setattr(city, "look", failing_once)
    for pause in ("CALM_S", "PAUSE_S"):
        monkeypatch.setattr(city_module, pause, 0)
    city.run(stop)
    assert len(looks) == 2


# --- The page, the call, the feed ---------------------------------------------------------------------------------------


@pytest.fixture
def citizen(client: CheckedClient, database: Database) -> CheckedClient:
    """Somebody with a telephone whose browser runs no script."""
    return client


def test_offices_that_publish_hours_stand_first_and_the_search_finds_both(citizen: CheckedClient, city: City) -> None:
    look(city)
    page = citizen.page("/")
    assert page.index('href="/o/00070/"') < page.index('href="/o/00082/"') < page.index("Chưa công bố giờ hẹn")
    assert "Phường Thử &amp; Mẫu" in page
    assert "Chưa công bố giờ hẹn" in citizen.page("/?q=nghiem 00091")
    assert "09:15" in citizen.page("/?lang=en")


def test_the_page_is_not_kept_by_others(citizen: CheckedClient) -> None:
    assert citizen.get("/").headers["Cache-Control"] == "private, no-cache"


def test_the_call_says_when_an_hour_is_free_and_where_the_services_are(portal: FlaskClient, city: City) -> None:
    look(city)
    office = (portal.get("/api/v1/offices").json or [])[0]
    assert office["next_free"] == "2026-11-23T09:15:00+07:00"
    assert office["services_url"].endswith("/api/v1/offices/00070/services")
    assert portal.get(office["services_url"].removeprefix("http://localhost:8000")).status_code == 200


def test_the_feed_is_atom_with_an_entry_for_each_office(portal: FlaskClient, city: City, clock: SetClock) -> None:
    look(city)
    response = portal.get("/feed.atom")
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    assert feed.tag == f"{ATOM}feed"
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Phường Thử & Mẫu", "Phường Thử Nghiệm 00082"]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
    assert entries[0].findtext(f"{ATOM}summary") == ("Đang mở cửa. Không có người chờ. Sớm nhất: Thứ Hai 23/11, 09:15.")
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://localhost:8000/o/00070/"
    assert entries[0].findtext(f"{ATOM}updated") == "2026-11-23T09:00:00+07:00"


def test_an_entry_is_updated_only_when_something_of_it_has_changed(
    portal: FlaskClient, city: City, database: Database, clock: SetClock
) -> None:
    def updated() -> list[str | None]:
        feed = ElementTree.fromstring(portal.get("/feed.atom").data)
        return [entry.findtext(f"{ATOM}updated") for entry in feed.findall(f"{ATOM}entry")]

    look(city)
    first = updated()
    clock.advance(timedelta(seconds=40))
    look(city)
    assert updated() == first
    fill(database, clock, "09:15")
    look(city)
    assert updated() == ["2026-11-23T09:00:40+07:00", first[1]]


@pytest.mark.parametrize("path", ["/api/v1/offices", "/feed.atom"])
def test_a_portal_asks_again_and_is_told_that_nothing_changed(portal: FlaskClient, city: City, path: str) -> None:
    look(city)
    first = portal.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=15"
    again = portal.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = portal.get(path, headers={"Accept-Encoding": "gzip"})
    known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert portal.get(path, headers=known).status_code == 304


def test_nobody_who_waits_or_books_is_named(portal: FlaskClient, city: City, database: Database, clock: SetClock) -> None:
    fill(database, clock, "09:15")
    look(city)
    for path in ("/", "/api/v1/offices", "/feed.atom"):
        assert "Nguyễn Thị Thử" not in portal.get(path).get_data(as_text=True)


def test_a_signed_in_person_reads_the_same_and_nobody_keeps_it(app: Flask, portal: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        token = make_token(session, make_staff(session, office_by_code(session, "00070")))
    answer = portal.get("/api/v1/offices", headers={"Authorization": f"Bearer {token}"})
    assert answer.json == portal.get("/api/v1/offices").json
    assert "public" not in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
