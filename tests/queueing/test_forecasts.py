"""The forecast of an office as it is read, kept and computed: what it sees, how often, and what it must not touch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.database import Database
from office.models import Office
from queueing import forecast_store, forecasts
from queueing.forecast_rules import Expected, Wait
from queueing.forecasts import GIVING, Forecast, Forecasts
from queueing.models import Promise, Ticket
from queueing.service_times import DAYS
from tests.queueing.ward import HANOI, NINE, Ward

SILENT: list[Expected] = []


def nobody(*_asked: Any) -> Sequence[Expected]:
    return SILENT


@pytest.fixture
def its() -> Forecasts:
    """Computed anew whenever something has changed."""
    return Forecasts(nobody, pause_s=0)


def another_change(ward: Ward) -> None:
    """The ward lives in one transaction, which numbers its changes once."""
    ward.office.seq += 1
    ward.session.flush()


def now_of(its: Forecasts, ward: Ward) -> Forecast:
    return its.at(ward.session, ward.office, ward.now, HANOI)


def wait_of(its: Forecasts, ward: Ward, ticket: Ticket) -> Wait:
    wait = now_of(its, ward).of(ticket, ward.now)
    assert wait is not None
    return wait


def serve(ward: Ward, number: int, minutes: float, service: str = "A") -> None:
    """Somebody comes, is called at once and stays so long."""
    ward.take(service)
    call = ward.call(number)
    assert call is not None
    ward.pass_minutes(minutes / 2)
    ward.do("serve", call.ticket)
    ward.pass_minutes(minutes / 2)
    ward.do("finish", call.ticket)


def test_each_person_waits_longer_than_the_one_before(ward: Ward, its: Forecasts) -> None:
    ward.open(1)
    line = [ward.take("A") for _each in range(5)]
    waits = [wait_of(its, ward, ticket) for ticket in line]
    assert its.computed == 1
    assert waits[0] == Wait(0, 0, 2)
    assert [wait.median for wait in waits] == sorted(wait.median for wait in waits)
    assert 30 <= waits[-1].median <= 50, "four visits of ten minutes"


def test_whoever_is_being_served_is_no_longer_waiting(ward: Ward, its: Forecasts) -> None:
    ward.open(1)
    ticket = ward.take("A")
    ward.call(1)
    assert now_of(its, ward).of(ticket, ward.now) is None


def test_what_a_call_changes_is_forecast_anew(ward: Ward, its: Forecasts) -> None:
    ward.open(1)
    first, second = ward.take("A"), ward.take("A")
    before = wait_of(its, ward, second)
    ward.call(1)
    ward.do("finish", first)
    another_change(ward)
    assert wait_of(its, ward, second).median < before.median


def test_the_times_of_recent_visits_are_learned_and_those_of_the_catalogue_forgotten(ward: Ward, its: Forecasts) -> None:
    ward.open(1)
    for _each in range(30):
        ward.now = NINE
        serve(ward, 1, 30)
    ward.now = NINE + timedelta(days=1)
    ward.take("A"), ward.take("A")
    assert 25 <= wait_of(its, ward, ward.take("A")).median <= 75, "two visits that take half an hour now, not ten minutes"


def test_a_visit_is_from_the_call_to_the_next_free_moment_without_what_was_in_vain(ward: Ward) -> None:
    ward.open(1, 2)
    ticket = ward.take("A")
    ward.call(1)
    ward.pass_minutes(5)
    ward.do("absent", ticket)
    ward.pass_minutes(20)
    ward.do("return_ticket", ticket, tz=HANOI)
    ward.call(1)
    ward.pass_minutes(2)
    ward.do("serve", ticket)
    ward.pass_minutes(3)
    ward.do("hold", ticket, why="")
    ward.pass_minutes(40)
    ward.do("resume", ticket, counter=ward.counter(2))
    ward.pass_minutes(4)
    ward.do("finish", ticket)
    [visit] = forecast_store.visits_of(ward.session, ward.office, NINE.date())
    assert visit.minutes == 2 + 3 + 4
    assert visit.service == ward.services["A"].id


def test_a_household_is_counted_per_person(ward: Ward) -> None:
    ward.open(1)
    family = ward.check_in("09:00", people=3, minutes=30)
    ward.call(1)
    ward.pass_minutes(45)
    ward.do("finish", family)
    [visit] = forecast_store.visits_of(ward.session, ward.office, NINE.date())
    assert visit.minutes / visit.share == 15


def test_what_is_learned_is_read_once_a_day_and_never_more_than_a_bounded_number_of_visits(
    ward: Ward, its: Forecasts, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[date] = []
    monkeypatch.setattr(forecast_store, "MOST_VISITS", 3)
    read = forecast_store.visits_of

    def counted(session: Session, office: Office, on: date) -> Any:
        asked.append(on)
        return read(session, office, on)

    monkeypatch.setattr(forecasts.store, "visits_of", counted)
    ward.open(1)
    for _each in range(5):
        serve(ward, 1, 10)
        another_change(ward)
        now_of(its, ward)
    assert asked == [NINE.date()]
    assert len(read(ward.session, ward.office, NINE.date())) == 3
    ward.now += timedelta(days=DAYS + 1)
    now_of(its, ward)
    assert len(asked) == 2
    assert read(ward.session, ward.office, ward.now.date()) == [], "visits of long ago are not looked at"


def test_it_is_computed_once_for_everybody_who_asks_and_at_most_once_a_second(ward: Ward) -> None:
    its = Forecasts(nobody, pause_s=3600)
    ward.open(1)
    first = ward.take("A")
    known = now_of(its, ward)
    assert now_of(its, ward) is known
    assert not its.is_behind(ward.office.code)
    second = ward.take("A")
    another_change(ward)
    late = now_of(its, ward)
    assert (its.computed, late.settled) == (1, False)
    assert its.is_behind(ward.office.code), "who was told this is sent the truth within a second"
    assert late.of(first, ward.now) == known.of(first, ward.now)
    assert late.of(second, ward.now) is not None, "who came since is told what whoever joins is told"
    its.pause_s = 0
    now_of(its, ward)
    assert (its.computed, its.is_behind(ward.office.code)) == (2, False)


def test_a_number_is_given_by_one_that_is_some_seconds_old(ward: Ward) -> None:
    its = Forecasts(nobody, pause_s=0.05)
    ward.open(1)

    def asked(*, giving: bool) -> int:
        another_change(ward)
        its.at(ward.session, ward.office, ward.now, HANOI, giving=giving)
        return its.computed

    assert asked(giving=True) == 1
    time.sleep(0.06)
    assert asked(giving=True) == 1
    assert asked(giving=False) == 2, "a screen is told the present one"
    time.sleep(0.06 * GIVING)
    assert asked(giving=True) == 3


def test_a_forecast_grows_old_where_nothing_changes(ward: Ward, its: Forecasts) -> None:
    ward.open(1)
    ward.take("A")
    ward.call(1)
    waiting = ward.take("A")
    before = wait_of(its, ward, waiting)
    ward.pass_minutes(6)
    assert wait_of(its, ward, waiting).median < before.median
    assert its.computed == 2


def test_it_changes_nothing_and_locks_nothing(ward: Ward, its: Forecasts) -> None:
    ward.open(1)
    ward.take("A")
    ward.session.flush()
    statements: list[str] = []
    engine = ward.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    seq = ward.office.seq
    now_of(its, ward)
    assert statements
    assert all(each.lstrip().startswith("SELECT") and "FOR UPDATE" not in each for each in statements)
    assert ward.office.seq == seq


def test_counters_that_are_planned_but_not_there_yet_count_from_when_they_open(ward: Ward, its: Forecasts) -> None:
    ward.now = NINE.replace(hour=7, minute=40)
    wait = wait_of(its, ward, ward.take("A"))
    assert wait.low == 20
    ward.now = NINE.replace(hour=12, minute=30)
    assert wait_of(its, ward, ward.take("A")).low >= 60


def test_a_counter_that_pauses_until_then_is_waited_for(ward: Ward, its: Forecasts) -> None:
    ward.open(3)
    counter = ward.counter(3)
    counter.state, counter.back_at = "paused", ward.now + timedelta(minutes=25)
    ward.session.flush()
    assert wait_of(its, ward, ward.take("C")).low == 25


def test_over_lunch_people_are_told_from_when(ward: Ward, its: Forecasts) -> None:
    ward.now = NINE.replace(hour=11, minute=50)
    ward.open(3)
    last = [ward.take("C") for _each in range(6)][-1]
    told = now_of(its, ward).foreseen(last, None, ward.now)
    assert told.after_break == NINE.replace(hour=13, minute=30)


def test_bookings_still_expected_are_asked_of_who_knows_them(ward: Ward) -> None:
    asked: list[tuple[str, list[date], datetime]] = []
    slot = NINE + timedelta(minutes=3)

    def booked(session: Session, office: Office, days: Sequence[date], now: datetime) -> list[Expected]:
        asked.append((office.code, list(days), now))
        return [Expected(ward.services["C"].id, slot, booking=number) for number in (1, 2, 3)]

    ward.open(3)
    ward.take("C")
    ward.call(3)
    ticket = ward.take("C")
    alone = wait_of(Forecasts(nobody, pause_s=0), ward, ticket)
    its = Forecasts(booked, pause_s=0)
    assert wait_of(its, ward, ticket).median >= alone.median + 10
    assert asked == [(ward.office.code, [NINE.date()], ward.now)]
    assert set(now_of(its, ward).prospect.booked) == {1, 2, 3}


def test_a_promise_is_one_row_a_ticket(ward: Ward, database: Database) -> None:
    ticket = ward.take("A")
    forecast_store.keep_promise(ward.session, ticket, Wait(12, 8, 20), ward.now)
    kept = ward.session.get_one(Promise, ticket.id)
    assert (kept.median, kept.low, kept.high, kept.told_at, kept.on) == (12, 8, 20, ward.now, ticket.on)
