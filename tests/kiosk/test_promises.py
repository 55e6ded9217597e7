"""What a person is told of the wait, that it is kept, and that no number is given which nobody would call today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.clock import SetClock
from core.rights import Actor
from kiosk import actions
from kiosk.place import Place
from kiosk.refusals import Closing
from office.models import Staff
from office.store import office_by_code, service_by_code
from printer.models import PrintJob
from queueing import counter_actions, promises, visit_actions
from queueing import hall as line
from queueing.actions import take_ticket
from queueing.forecasts import Forecast, Forecasts, forecasts
from queueing.models import Promise, Ticket
from tests import builders
from tests.kiosk.hall import Hall, make_hall
from tests.pages import CheckedClient
from tests.queueing.ward import HANOI, NINE

TOMORROW = "2026-11-24"


@pytest.fixture
def ward(app: Flask, client: CheckedClient, clock: SetClock) -> Hall:
    """The hall as a ward with lunch, one counter open, at nine on Monday; a visit takes ten minutes."""
    hall = make_hall(app, client, clock, hours=builders.WARD_HOURS, skills={1: "AB", 2: "C"}, counters=2)
    open_counter(hall, 1)
    return hall


def open_counter(hall: Hall, number: int) -> None:
    with hall.writing() as (session, office):
        staff = builders.make_staff(session, office, f"canbo-{number}")
        counter = next(counter for counter in office.counters if counter.number == number)
        counter_actions.open_counter(session, counter, staff_id=staff.id, now=hall.clock.now())


def move_to(hall: Hall, instant: datetime) -> None:
    hall.clock.advance(instant - hall.clock.now())


def at(hall: Hall, clock: str) -> None:
    hour, minute = map(int, clock.split(":"))
    move_to(hall, NINE.replace(hour=hour, minute=minute))


def promises_of(hall: Hall) -> dict[int, tuple[int, int, int]]:
    with hall.writing() as (session, _office):
        return {each.ticket_id: (each.median, each.low, each.high) for each in session.scalars(select(Promise))}


def slip_of(hall: Hall) -> dict[str, Any]:
    with hall.writing() as (session, _office):
        job = session.scalars(select(PrintJob).order_by(PrintJob.id.desc())).first()
        assert job is not None
        return job.document


def known_of(hall: Hall) -> Forecast:
    with hall.app.app_context(), hall.database.reading() as session:
        return forecasts().at(session, office_by_code(session, "00070"), hall.clock.now(), HANOI)


# --- told and kept ----------------------------------------------------------------------------------------------------


def test_what_is_told_is_kept_and_printed(ward: Hall) -> None:
    answers = [ward.take().json for _each in range(4)]
    waits = [answer["wait"] for answer in answers]
    assert waits[0] == {"median": 0, "low": 0, "high": 2}
    assert [wait["median"] for wait in waits] == sorted(wait["median"] for wait in waits)
    assert 20 <= waits[3]["median"] <= 40
    kept = promises_of(ward)
    assert [kept[answer["id"]] for answer in answers] == [(w["median"], w["low"], w["high"]) for w in waits]
    slip = slip_of(ward)
    assert slip["labels"]["wait"] == "Chờ khoảng"
    assert slip["wait"].endswith("phút")


def test_the_ticket_s_own_page_tells_the_same_and_goes_on_telling(ward: Hall) -> None:
    ward.take()
    told = ward.take().json
    first = ward.client.get(f"/api/v1/tickets/{told['token']}").json
    assert first["wait"]["median"] == pytest.approx(told["wait"]["median"], abs=5)
    with ward.writing() as (session, office):
        ahead = session.scalars(select(Ticket)).first()
        assert ahead is not None
        actor = Actor(kind="staff", id=1, role="officer", office=office.code)
        counter_actions.call_next(session, office.counters[0], actor=actor, now=ward.clock.now(), tz=HANOI)
        visit_actions.finish(session, ahead, actor=actor, now=ward.clock.now())
    later = ward.client.get(f"/api/v1/tickets/{told['token']}").json
    assert later["wait"]["median"] < first["wait"]["median"]
    assert promises_of(ward)[told["id"]][0] == told["wait"]["median"], "what was promised does not change any more"


def test_a_page_says_how_long_it_takes(ward: Hall) -> None:
    for _each in range(3):
        ward.take()
    token = ward.take().json["token"]
    assert "Chờ khoảng" in ward.client.page(f"/t/{token}")


def test_somebody_who_checks_in_for_an_hour_is_told_the_hour(ward: Hall) -> None:
    ward.book(NINE + timedelta(minutes=30))
    answer = ward.check_in(code="ACDEFG").json
    kept = promises_of(ward)[answer["id"]]
    assert kept == (answer["wait"]["median"], answer["wait"]["low"], answer["wait"]["high"])
    ward.take()
    slip = slip_of(ward)
    assert slip["number"] != answer["number"]


def test_a_booked_person_before_the_hour_reads_the_clock_on_the_slip(ward: Hall) -> None:
    for _each in range(3):
        ward.take()
    ward.book(NINE + timedelta(hours=1))
    answer = ward.check_in(code="ACDEFG").json
    assert answer["outcome"] == "expected"
    about = datetime.fromisoformat(answer["call_about"])
    assert timedelta(minutes=45) <= about - NINE <= timedelta(minutes=70)
    slip = slip_of(ward)
    assert (slip["labels"]["wait"], slip["wait"]) == ("Gọi lúc khoảng", f"{about:%H:%M}")


def test_bookings_not_here_yet_make_a_walk_in_wait(ward: Hall) -> None:
    ward.take()
    alone = ward.take().json["wait"]
    for number in range(4):
        ward.book(NINE + timedelta(minutes=2), code=f"ACDEF{'GHJK'[number]}", phone=f"+8491234567{number}")
    assert ward.take().json["wait"]["median"] >= alone["median"] + 20


def test_where_nobody_can_say_how_long_it_takes_numbers_are_given_and_people_called(
    ward: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_asked: Any) -> None:
        raise ArithmeticError

    monkeypatch.setattr("queueing.forecasts.outlook", broken)
    given = ward.take()
    assert (given.status_code, given.json["wait"]) == (201, None)
    assert promises_of(ward) == {}
    assert slip_of(ward)["wait"] is None
    assert ward.client.get(f"/api/v1/tickets/{given.json['token']}").json["wait"] is None


def test_calling_never_asks_for_a_forecast(ward: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.take()
    monkeypatch.setattr(Forecasts, "at", None)
    with ward.writing() as (session, office):
        token = builders.make_token(session, session.get_one(Staff, office.counters[0].staff_id))
        counter = office.counters[0].id
    called = ward.client.post(f"/api/v1/counters/{counter}/call-next", json={}, headers=builders.bearer(token))
    assert called.status_code == 200, called.text


# --- the end of the day -----------------------------------------------------------------------------------------------


def fill(hall: Hall, clock: str, people: int) -> None:
    """So many people take a number at noon of the clock, however late it is."""
    at(hall, clock)
    with hall.writing() as (_session, office):
        office.settings = {"last_number_rule": False}
    for _each in range(people):
        assert hall.take().status_code == 201
    with hall.writing() as (_session, office):
        office.settings = {}


def counted(hall: Hall) -> tuple[int, int]:
    with hall.writing() as (session, _office):
        tickets, jobs = (session.scalar(select(func.count()).select_from(table)) for table in (Ticket, PrintJob))
        return tickets or 0, jobs or 0


def test_nobody_is_given_a_number_that_will_not_be_called_today(ward: Hall) -> None:
    fill(ward, "16:00", 8)
    before = counted(ward)
    refused = ward.take()
    assert (refused.status_code, refused.json["code"]) == (409, "closing")
    assert counted(ward) == before, "neither a number nor paper"
    assert "đặt giờ hẹn" in refused.json["detail"]
    at(ward, "15:00")
    assert ward.take().json["number"] == "A009", "no number was lost"


def test_the_first_free_hours_of_the_next_working_day_are_offered_with_a_page_that_knows_them(ward: Hall) -> None:
    fill(ward, "16:00", 8)
    [first, *others] = ward.take().json["alternatives"]
    assert first["starts_at"] == f"{TOMORROW}T08:00:00+07:00"
    assert first["words"] == "08:00, Thứ Ba 24/11"
    assert len(others) == 2
    page = ward.client.page(first["url"].removeprefix("http://localhost:8000"))
    assert "Chứng thực bản sao" in page
    assert "08:00" in page
    code = ward.client.get(f"/kiosk/00070/qr/hour.svg?service=A&at={TOMORROW}T08:00", headers=builders.bearer(ward.kiosk))
    assert (code.status_code, code.mimetype) == (200, "image/svg+xml")


def test_on_a_friday_the_hours_of_monday_are_offered(ward: Hall) -> None:
    fill(ward, "16:00", 0)
    move_to(ward, NINE.replace(day=27, hour=16))
    fill_friday = [ward.take().status_code for _each in range(8)]
    assert 409 in fill_friday
    refused = ward.take()
    assert refused.json["alternatives"][0]["starts_at"].startswith("2026-11-30T08:00")


def test_staff_may_give_a_number_all_the_same_and_a_kiosk_may_not(ward: Hall) -> None:
    fill(ward, "16:00", 8)
    given = ward.post("tickets", {"service": "A", "despite_closing": True}, ward.staff)
    assert given.status_code == 201
    assert given.json["wait"]["median"] > 60
    assert ward.take(despite_closing=True).status_code == 403


def test_an_office_may_give_numbers_to_the_end(ward: Hall) -> None:
    fill(ward, "16:00", 8)
    with ward.writing() as (_session, office):
        office.settings = {"last_number_rule": False}
    assert ward.take().status_code == 201


def test_the_hours_of_the_counters_that_take_the_service_count(ward: Hall) -> None:
    with ward.writing() as (session, office):
        own = {weekday: [(480, 630)] for weekday in range(5)}
        builders.set_hours(session, office, own, next(c for c in office.counters if c.number == 2))
    open_counter(ward, 2)
    at(ward, "10:25")
    assert [ward.take("C").status_code for _each in range(2)] == [201, 409], "its counter closes at 10:30"
    assert ward.take("A").status_code == 201


def test_of_two_people_at_once_the_second_is_judged_after_the_first(ward: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ward, "16:05", 5)
    known = known_of(ward)
    place = Place(Actor(kind="device", id=1, office="00070", on_site=True), HANOI, "http://localhost:8000", known)

    def take() -> Ticket:
        with ward.app.app_context(), ward.writing() as (session, office):
            service = service_by_code(session, office, "A")
            given = actions.take_number(session, office, service, priority=False, lang="vi", place=place, now=ward.clock.now())
            return given.ticket

    assert take().number == 6, "the first of them was in time"
    with pytest.raises(Closing):
        take()
    monkeypatch.setattr(promises, "taken_since", lambda *_asked: [])
    assert take().number == 7, "without a look at who came since, everybody who asked in time gets a number"


def test_whoever_came_since_counts_also_when_called_already(ward: Hall) -> None:
    known = known_of(ward)
    assert ward.take("A").json["wait"]["median"] == 0
    with ward.writing() as (session, office):
        actor = Actor(kind="staff", id=1, role="officer", office=office.code)
        assert counter_actions.call_next(session, office.counters[0], actor=actor, now=ward.clock.now(), tz=HANOI)
        service, how = service_by_code(session, office, "A"), {"now": ward.clock.now(), "tz": HANOI}
        made = take_ticket(session, office, service, source="kiosk", actor=actor, **how)
        wait = promises.wait_of_walk_in(line.Hall(session, office, **how), made, known.prospect)
    assert wait is not None
    assert wait.median >= 5, "the counter was free when it was forecast, and is not now"


# --- the break --------------------------------------------------------------------------------------------------------


def test_a_number_called_after_lunch_is_asked_about_before_it_is_printed(ward: Hall) -> None:
    fill(ward, "11:30", 4)
    before = counted(ward)
    asked = ward.take(after_break=False)
    assert (asked.status_code, asked.json["code"]) == (409, "after_break")
    assert asked.json["opens_at"] == "2026-11-23T13:30:00+07:00"
    assert "gọi từ 13:30" in asked.json["detail"]
    assert counted(ward) == before
    wanted = ward.take(after_break=True)
    assert wanted.status_code == 201
    assert "13:30" in (wanted.json["after_break"] or wanted.json["perhaps_after_break"])


def test_a_program_that_does_not_ask_is_told_in_the_answer(ward: Hall) -> None:
    fill(ward, "11:30", 4)
    given = ward.take()
    assert given.status_code == 201
    assert given.json["after_break"] or given.json["perhaps_after_break"]


def test_a_slip_says_from_when_after_lunch(ward: Hall) -> None:
    fill(ward, "11:50", 6)
    assert ward.take(after_break=True).json["after_break"] == "2026-11-23T13:30:00+07:00"
    slip = slip_of(ward)
    assert (slip["labels"]["wait"], slip["wait"]) == ("Sau giờ nghỉ trưa", "gọi từ 13:30")


def test_before_lunch_nobody_is_asked(ward: Hall) -> None:
    assert ward.take(after_break=False).status_code == 201


