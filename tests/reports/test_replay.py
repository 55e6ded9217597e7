"""Suggestions from replaying the own days: the days are those of the rows, and only what is clear is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.clock import SetClock
from core.database import Database
from office.models import Office
from office.store import counters_of
from queueing.models import Ticket, TicketInterval
from queueing.policy import Policy
from queueing.simulation_files import DayCounter, Person, WardDay
from reports import replay_process, replay_store, skill_rules
from reports.fact_rules import Stretch
from reports.own_day_rules import Mark, OwnDay, errands, open_spans
from reports.replay_kept import EXTENSION, Replays
from reports.replay_rules import Pair, Variation, changed, findings, together, variations, verdict
from reports.replay_words import said
from reports.skill_rules import Waited
from tests.pages import CheckedClient
from tests.queueing.ward import HANOI, NINE, Ward
from tests.reports.test_pages import Headers, office_of
from tests.reports.test_pages import db as db
from tests.reports.test_pages import who as who

EIGHT = NINE.replace(hour=8)


def life(*stretches: tuple[str, int, int | None, int]) -> list[Stretch]:
    """(state, minutes it lasted or None, counter) one after the other from eight o'clock."""
    found, now = [], EIGHT
    for state, minutes, counter, service in stretches:
        until = now + timedelta(minutes=minutes)
        found.append(Stretch(state, now, None if state == "done" else until, service, counter))
        now = until
    return found


A_TO_1 = (("waiting", 5, None, 1), ("called", 1, 1, 1), ("serving", 9, 1, 1))
B_TO_2 = (("waiting", 4, None, 2), ("called", 1, 2, 2), ("serving", 6, 2, 2))
DONE = ("done", 0, None, 1)


@pytest.mark.parametrize(
    ("its_life", "expected"),
    [
        ((*A_TO_1, DONE), [(1, 1, 0, 5, 10)]),
        ((*A_TO_1, ("held", 20, None, 1), ("serving", 3, 1, 1), DONE), [(1, 1, 0, 5, 13)]),
        ((*A_TO_1, *B_TO_2, DONE), [(1, 1, 0, 5, 10), (2, 2, 15, 19, 7)]),
        ((("waiting", 5, None, 1), ("called", 2, 1, 1), ("missed", 8, None, 1), *A_TO_1, DONE), [(1, 1, 15, 20, 10)]),
        ((("waiting", 5, None, 1), ("called", 2, 2, 1), *A_TO_1, DONE), [(1, 1, 0, 12, 10)]),
        ((("waiting", 5, None, 1), ("called", 7, 1, 1), DONE), [(1, 1, 0, 5, 7)]),
        ((("waiting", 5, None, 1), ("cancelled", 0, None, 1)), []),
        ((("waiting", 5, None, 1), ("called", 2, 1, 1), ("missed", 9, None, 1), ("expired", 0, None, 1)), []),
    ],
)  # fmt: skip
def test_a_visit_is_cut_into_what_was_waited_for_and_done(its_life: Any, expected: list[tuple[int, ...]]) -> None:
    def minute(at: datetime) -> int:
        return round((at - EIGHT) / timedelta(minutes=1))

    found = [(e.service, e.counter, minute(e.since), minute(e.called_at), round(e.minutes)) for e in errands(life(*its_life))]
    assert found == expected


HOURS = ((0.0, 210.0), (330.0, 540.0))


@pytest.mark.parametrize(
    ("marks", "worked", "hours", "expected"),
    [
        ([(5, True), (60, False), (75, True), (200, False)], (), HOURS, ((5, 60), (75, 200))),
        ([(5, True)], (), HOURS, ((5, 210), (330, 540))),
        ([(40, False)], ((10.0, 30.0), (50.0, 90.0)), HOURS, ((10, 90),)),
        ([], ((10.0, 30.0), (200.0, 400.0)), HOURS, ((10, 210), (330, 400))),
        ([(600, True), (660, False)], ((600.0, 640.0),), HOURS, ((600, 660),)),
        ([(5, True), (60, False)], (), (), ((5, 60),)),
        ([], (), HOURS, ()),
    ],
)
def test_a_counter_is_open_as_the_log_says_within_the_hours_of_the_office(
    marks: Any, worked: Any, hours: Any, expected: Any
) -> None:
    assert open_spans([Mark(*mark) for mark in marks], worked, hours) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(40, 20), (41, 18), (30, 29)], "shorter"),
        ([(40, 20), (41, 41), (30, 30)], "unclear"),
        ([(18, 41), (20, 40), (25, 25)], "longer"),
        ([(10, 10), (12, 12.5), (30, 28)], "same"),
        ([(10, 10), (12, 12), (40, 20)], "unclear"),
        ([(50, 50), (60, 54), (70, 70)], "unclear"),  # on two days nothing, but in the median 60 and 54
        ([(40, 36), (40, 36), (40, 36)], "unclear"),  # 4 minutes of 40 are not 15 %
        ([(4, 2), (4, 2), (4, 2)], "unclear"),  # half, but 2 minutes
        ([(40, 20), (20, 40), (40, 20), (20, 40)], "unclear"),
    ],
)
def test_only_what_is_clear_on_most_days_is_said(pairs: list[Pair], expected: str) -> None:
    assert verdict(pairs) == expected


def test_a_gain_for_one_figure_and_a_loss_for_the_other_is_not_said() -> None:
    assert together("shorter", "longer") == together("same", "unclear") == "unclear"
    assert together("same", "shorter") == together("shorter", "unclear") == "shorter"
    assert together("same", "same") == "same"


def rush(on: str, extra: float = 0, booked: bool = False) -> OwnDay:
    """Twelve people stand at the door at 8, ten minutes each; counter 1 takes them all, counter 2 only somebody else at 10."""
    people = [Person(f"{n}", "walk_in", "A", float(n) / 10, None, 10 + extra) for n in range(12)]
    people.append(Person("late", "walk_in", "B", 120, None, 5))
    if booked:
        people.append(Person("booked", "booked", "A", 30, 40, 5))
    counters = (DayCounter("1", ("A",), ((0, 210),)), DayCounter("2", ("A", "B"), ((120, 210),)))
    return OwnDay(on, WardDay(tuple(people), counters), (110.0,), {"1": 120.0, "2": 5.0})


def test_one_more_counter_in_the_rush_is_suggested_and_a_setting_without_effect_is_called_so() -> None:
    found = findings([rush("2026-11-20"), rush("2026-11-19", 1), rush("2026-11-18", 2)], Policy())
    tried = {(each.kind, each.value): each for each in found.tried}
    first_hour = tried["more", 8]
    assert first_hour.verdict == "shorter"
    assert first_hour.longest[0] == found.replayed[0] > 100
    assert first_hour.longest[1] < 75
    assert tried["more", 11].verdict == "same"
    assert {tried[kind, value].verdict for kind, value in (("late", 8), ("late", 12), ("lead", 0), ("lead", 10))} == {"same"}
    assert (found.first, found.last, found.days, found.people) == ("2026-11-18", "2026-11-20", 3, 39)
    assert ("fewer", 8) not in tried, "counter 1 was alone"


def test_the_counter_that_worked_least_is_spared_unless_nobody_else_takes_its_service() -> None:
    own = rush("2026-11-20")
    own = replace(own, day=replace(own.day, counters=(own.day.counters[0], DayCounter("2", ("A", "B"), ((120, 180),)))))
    its = changed(own, Policy(), Variation("fewer", 10))
    assert its is not None
    assert [(c.counter, c.spans) for c in its[0].counters] == [("1", ((0, 120), (180, 210))), ("2", ((120, 180),))]
    more = changed(own, Policy(), Variation("more", 11))
    assert more is not None
    assert more[0].counters[-1] == DayCounter("extra", ("A",), ((180, 210),)), "as far as the office is open"


def test_a_setting_that_is_so_already_is_not_tried() -> None:
    tried = variations([rush("2026-11-20")], Policy(late=8, lead=10))
    assert [(each.kind, each.value) for each in tried if each.kind in ("late", "lead")] == [("late", 12), ("lead", 0)]


# --- another skill for a counter --------------------------------------------------------------------------------------


def desks(services: dict[str, str], worked: dict[str, float], on: str = "2026-11-20") -> OwnDay:
    """A day of 210 minutes with these counters: the services each takes (letters), the minutes each was busy."""
    counters = tuple(DayCounter(number, tuple(its), ((0, 210),)) for number, its in services.items())
    return OwnDay(on, WardDay((), counters), (), worked)


def waited(**minutes: list[float]) -> list[Waited]:
    """How long the people of each service waited."""
    return [Waited(service, each) for service, its in minutes.items() for each in its]


QUIET = [1.0] * 18
"""Enough short waits that the 90th percentile of the day is a long one."""
THREE = {"1": "A", "2": "B", "3": "BC"}
BUSY = {"1": 200.0, "2": 20.0, "3": 90.0}


@pytest.mark.parametrize(
    ("services", "worked", "waits", "expected"),
    [
        (THREE, BUSY, waited(A=[30, 31], B=QUIET), [(2, "A"), (3, "A")]),
        (THREE, {"1": 200.0, "2": 150.0, "3": 90.0}, waited(A=[30, 31], B=QUIET), [(3, "A"), (2, "A")]),  # who has time first
        (THREE | {"4": "C"}, BUSY | {"4": 10.0}, waited(A=[30, 31], B=QUIET), [(4, "A"), (2, "A")]),  # two and no more
        (THREE, BUSY, waited(C=[30], A=[31, 32], B=QUIET), [(2, "A"), (3, "A"), (2, "C"), (1, "C")]),  # of A more waited long
        (THREE, BUSY, waited(A=[2.5, 2.5], B=QUIET), []),  # nobody waited long
        ({"1": "AB", "2": "AB"}, BUSY, waited(A=[30, 31], B=QUIET), []),  # everybody takes everything
        ({"1": "ABCD", "2": "X"}, BUSY, waited(A=[30] * 5, B=[30] * 4, C=[30] * 3, D=[30] * 2), [(2, "A"), (2, "B"), (2, "C")]),
        (THREE, BUSY, [], []),
    ],
)  # fmt: skip
def test_a_skill_is_tried_where_people_wait_long_and_a_counter_has_time(
    services: dict[str, str], worked: dict[str, float], waits: list[Waited], expected: list[tuple[int, str]]
) -> None:
    assert skill_rules.pairs([desks(services, worked)], [waits]) == expected


def test_a_counter_that_was_there_on_few_days_or_takes_the_service_by_now_is_given_no_skill() -> None:
    days = [desks({"1": "A", "2": "B"}, BUSY), desks({"1": "A"}, BUSY), desks({"1": "A", "2": "AB"}, BUSY)]
    assert skill_rules.pairs(days, [waited(A=[30, 31], B=QUIET)] * 3) == [], "on one of three days it could be tried"
    assert skill_rules.pairs(days[:1], [waited(A=[30, 31], B=QUIET)]) == [(2, "A")]
    assert [skill_rules.with_skill(own.day, 2, "A") is None for own in days] == [False, True, True]
    its = skill_rules.with_skill(days[0].day, 2, "A")
    assert its is not None
    assert [(each.counter, each.services) for each in its.counters] == [("1", ("A",)), ("2", ("B", "A"))], "last of its own"


def test_the_skill_that_would_have_cut_the_wait_is_said_with_its_figures(app: Flask) -> None:
    days = []
    for nth in range(3):
        own = rush(f"2026-11-{18 + nth}", nth)
        idle = DayCounter("2", ("B",), ((0, 210),))
        days.append(replace(own, day=replace(own.day, counters=(own.day.counters[0], idle))))
    found = findings(days, Policy())
    [tried] = [each for each in found.tried if each.kind == "skill"]
    assert (tried.value, tried.service, tried.verdict, tried.days) == (2, "A", "shorter", 3)
    assert tried.longest[0] == found.replayed[0] > 100
    assert tried.longest[1] < 70
    with app.test_request_context():
        told = said(found, {"A": "Chứng thực bản sao"})
    figures = f"người chờ lâu nhất {tried.longest[0]:.0f} → {tried.longest[1]:.0f} phút"
    assert any(each.startswith(f"Quầy 2 nhận thêm dịch vụ “Chứng thực bản sao”: {figures}") for each in told.shorter)
    assert any(row[0] == "Quầy 2 nhận thêm dịch vụ “Chứng thực bản sao”" and row[4] == "ngắn hơn" for row in told.rows)


def test_days_and_findings_survive_the_way_to_the_process_and_back() -> None:
    days = [rush(f"2026-11-{day}", day, booked=True) for day in (16, 17, 18)]
    assert replay_process.ask(days, Policy(late=8)) == findings(days, Policy(late=8))


def test_a_past_day_is_read_as_it_was(database: Database) -> None:
    """Real presses: somebody booked, somebody with two counters, somebody who left; a counter that paused."""
    with database.transaction() as session:
        ward = Ward(session)
        ward.open(1, 3)
        first = ward.take("A", priority=True)
        ward.take("B")
        left = ward.take("A")
        booked = ward.check_in("09:10", "A")
        ward.do("cancel", left)
        ward.pass_minutes(3)
        for counter, minutes in ((1, 6), (1, 4), (1, 5)):
            called = ward.call(counter)
            assert called is not None
            ward.pass_minutes(1)
            ward.do("serve", called.ticket)
            ward.pass_minutes(minutes)
            ward.do("finish", called.ticket)
        names = (str(first.id), str(booked.id))
        services = {prefix: str(service.id) for prefix, service in ward.services.items()}
    with database.reading() as session:
        [own] = replay_store.own_days(session, office_of(session), [NINE.date()], HANOI)
    people = {person.person.split(".")[0]: person for person in own.day.people}
    assert len(people) == 3, "who left is not replayed"
    priority, came_booked = people[names[0]], people[names[1]]
    assert (priority.kind, priority.arrives, priority.minutes, priority.priority) == ("walk_in", 60, 7, True)
    assert (came_booked.kind, came_booked.arrives, came_booked.slot) == ("booked", 60, 70)
    assert own.worked == {"1": 18}
    assert [(c.counter, c.spans) for c in own.day.counters] == [
        ("1", ((60, 240), (330, 540))), ("3", ((60, 240), (330, 540))),
    ]  # fmt: skip
    assert own.day.counters[0].services == (services["A"], services["B"])
    assert sorted(own.waited) == [0, 3, 15], "the booked person was called at the slot"


def add_rush(session: Session, office: Office, on: date, people: int = 12) -> None:
    """So many people at eight o'clock, ten minutes each, one after the other at counter 1."""
    counter, service = counters_of(session, office)[0], office.services[0]
    eight = datetime(on.year, on.month, on.day, 8, tzinfo=HANOI)
    for number in range(1, people + 1):
        called_at, done_at = eight + timedelta(minutes=10 * number - 10), eight + timedelta(minutes=10 * number)
        ticket = Ticket(
            office_id=office.id, on=on, prefix="A", number=number, label=f"A{number:03}", token=f"{office.code}-{on}-{number}",
            service_id=service.id, kind="walk_in", arrived_at=eight, due_at=eight, source="kiosk", minutes=10, state="done",
            state_at=done_at, outcome="served",
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        lived = (("waiting", eight, called_at), ("called", called_at, called_at), ("serving", called_at, done_at))
        for state, since, until in (*lived, ("done", done_at, None)):
            desk = counter.id if state in ("called", "serving") else None
            session.add(
                TicketInterval(
                    ticket_id=ticket.id, state=state, service_id=service.id, counter_id=desk, from_at=since, to_at=until
                )
            )


@pytest.fixture
def rushes(db: Database, who: dict[str, Headers], clock: SetClock) -> None:
    """Three days of the week before with a rush at eight, a quiet one, and today's."""
    with db.transaction() as session:
        for back in (3, 4, 5, 0):
            add_rush(session, office_of(session), clock.now().date() - timedelta(days=back))
        add_rush(session, office_of(session), clock.now().date() - timedelta(days=6), people=4)


@pytest.mark.usefixtures("rushes")
def test_the_head_reads_what_one_more_counter_would_have_done(app: Flask, client: CheckedClient, who: dict[str, Headers]) -> None:
    app.extensions[EXTENSION] = Replays(for_a_page_s=60)
    page = client.page("/reports/suggestions", headers=who["head"])
    assert "3 ngày làm việc gần nhất, từ 18/11/2026 đến 20/11/2026, 36 lượt" in page, "neither a quiet day nor today"
    assert "Thêm một quầy lúc 8–9 giờ: người chờ lâu nhất 110 → 50 phút" in page
    assert "Nhận người đặt hẹn đến muộn tới 8 phút thay vì 10 phút: không thay đổi." in page
    assert "Thật sự đã chờ 110 phút, chạy lại không đổi gì 110 phút" in page
    assert "không phải lời hứa" in page
    assert "Refresh" not in client.get("/reports/suggestions", headers=who["head"]).headers
    assert "One more counter" in client.page("/reports/suggestions?lang=en", headers=who["head"])


@pytest.mark.usefixtures("rushes")
def test_a_page_does_not_wait_for_long_replays_and_asks_again(app: Flask, client: CheckedClient, who: dict[str, Headers]) -> None:
    app.extensions[EXTENSION] = Replays(for_a_page_s=0)
    answer = client.get("/reports/suggestions", headers=who["head"])
    assert "Đang chạy lại" in answer.get_data(as_text=True)
    assert answer.headers["Refresh"] == "5"


@pytest.mark.usefixtures("rushes")
def test_replays_that_failed_are_said_and_tried_again(
    app: Flask, client: CheckedClient, who: dict[str, Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions[EXTENSION] = Replays(for_a_page_s=60)
    real, asked = replay_process.ask, list[int]()

    def fails_once(days: Any, policy: Policy) -> Any:
        asked.append(len(days))
        if len(asked) == 1:
            raise OSError("no process")
        return real(days, policy)

    monkeypatch.setattr(replay_process, "ask", fails_once)
    assert "chưa tính được" in client.page("/reports/suggestions", headers=who["head"])
    for _time in range(2):
        assert "Thêm một quầy" in client.page("/reports/suggestions", headers=who["head"])
    assert asked == [3, 3], "calculated again after the failure, and then kept"


def test_an_office_without_enough_days_is_told_so(client: CheckedClient, who: dict[str, Headers]) -> None:
    assert "Chưa đủ ngày" in client.page("/reports/suggestions", headers=who["head"])


@pytest.mark.usefixtures("rushes")
def test_suggestions_are_of_the_own_office_and_for_its_head(client: CheckedClient, who: dict[str, Headers]) -> None:
    assert "Chưa đủ ngày" in client.page("/reports/suggestions", headers=who["other head"])
    assert client.get("/reports/suggestions?office=00091", headers=who["head"]).status_code == 404
    assert client.get("/reports/suggestions", headers=who["officer"]).status_code == 403
    assert "00091" in client.page("/reports/suggestions", headers=who["city"]), "the city chooses"
