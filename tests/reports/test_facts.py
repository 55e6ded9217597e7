"""The facts of visits, and every figure counted from them, against the raw rows."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from statistics import mean

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.database import Database
from queueing.models import Ticket
from reports import fact_store, figures_store
from reports.city_report import city_report
from reports.fact_rules import percentile
from reports.figures_store import Scope
from reports.models import FactMark, VisitFact
from reports.office_report import office_report
from reports.officer_report import officer_rows
from reports.rules import Spread
from tests.builders import make_office
from tests.queueing.line_at_work import WardAtWork
from tests.queueing.ward import HANOI, NINE, Ward
from tests.reports.raw_day import by_hand, work_at_random
from tests.reports.test_pages import add_booking

SEEDS = range(3)


def catch_up(session: Session, office_id: int) -> None:
    while fact_store.catch_up(session, office_id, HANOI):
        pass


def all_facts(session: Session) -> list[tuple[object, ...]]:
    ordered = select(*VisitFact.__table__.columns).order_by(VisitFact.ticket_id, VisitFact.part)
    return [tuple(row) for row in session.execute(ordered)]


def spread_of(times: list[int]) -> Spread | None:
    middle, high = percentile(times, 50), percentile(times, 90)
    return Spread(len(times), pytest.approx(mean(times)), middle, high) if middle is not None and high is not None else None


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_that_of_the_raw_rows(database: Database, seed: int) -> None:
    with database.transaction() as session:
        ward = Ward(session)
        work_at_random(ward, seed, 160)
        now, office = ward.now, ward.office
    with database.transaction() as session:
        catch_up(session, office.id)
        scope = Scope([office.id], NINE.date(), NINE.date(), now)
        expected = by_hand(session, now)
        whole = figures_store.figures(session, scope)[()]
        by_service = figures_store.figures(session, scope, (VisitFact.service_id,))
    assert (whole.taken, whole.served, whole.missing) == (expected.taken, expected.done, expected.missing)
    assert (whole.punctual.met, whole.punctual.of) == (sum(expected.punctual), len(expected.punctual))
    assert whole.kept is not None
    assert whole.kept.mean_error == pytest.approx(mean(expected.errors))
    assert (whole.kept.held.met, whole.kept.held.of) == (expected.held, len(expected.errors))
    assert whole.wait == spread_of([each for times in expected.waits.values() for each in times])
    assert whole.service == spread_of([each for times in expected.served.values() for each in times])
    for (service,), part in by_service.items():
        assert part.wait == spread_of(expected.waits[service])
        assert part.service == spread_of(expected.served[service])
    assert expected.taken > 20, "a day in which something happened"


@pytest.mark.parametrize("seed", range(2))
def test_the_pages_of_office_officers_and_city_show_what_the_raw_rows_say(database: Database, seed: int) -> None:
    tomorrow = NINE.date() + timedelta(days=1)
    with database.transaction() as session:
        ward = Ward(session)
        work_at_random(ward, 50 + seed, 160)
        not_there = _book_beside(session, ward)
        beside = make_office(session, "00071")
        catch_up(session, ward.office.id)
        raw = by_hand(session, ward.now)
        scope = Scope([ward.office.id], NINE.date(), NINE.date(), ward.now)
        page = office_report(session, ward.office, scope, tomorrow)
        officers = officer_rows(session, ward.office, scope)
        city = city_report(session, replace(scope, offices=None), tomorrow)
        names = {staff.id: staff.name for staff in ward.officers}
        services = {service.id: service.name for service in ward.services.values()}
    assert page.whole.wait == spread_of(_all(raw.waits))
    assert page.walk_in.wait == spread_of(raw.waits_of_kind[False])
    assert page.booked.wait == spread_of(raw.waits_of_kind[True])
    assert {row.at: row.people for row in page.hours if row.people} == dict(raw.people_at)
    assert {row.at: row.wait for row in page.hours if row.wait} == {at: spread_of(times) for at, times in raw.waits_at.items()}
    assert {row.at: row.service for row in page.hours if row.service} == {
        at: spread_of(times) for at, times in raw.served_at.items()
    }
    [day] = page.days
    assert (day.at, day.people, day.wait) == (NINE.date(), raw.taken, page.whole.wait)
    by_name = {row.name: row for row in page.services}
    for id_, name in services.items():
        row = by_name[name]
        assert row.ratings.counts == tuple(raw.scores[id_][score] for score in range(1, 6))
        assert row.no_shows == not_there[id_]
        assert row.figures.wait == spread_of(raw.waits[id_])
        assert row.figures.service == spread_of(raw.served[id_])
    assert {row.name: dict(row.papers) for row in page.papers} == {
        services[id_]: dict(papers) for id_, papers in raw.papers.items()
    }
    assert sum(row.missing for row in page.services) == raw.missing == page.whole.missing
    assert {(row.name, row.service): row.own for row in officers} == {
        (names[staff], services[id_]): spread_of(times) for (staff, id_), times in raw.served_by.items() if staff is not None
    }
    assert city.whole == page.whole
    mine, other = sorted(city.offices, key=lambda row: row.code)
    assert (mine.figures, mine.no_shows, mine.ratings) == (page.whole, page.no_shows, page.ratings)
    assert (other.code, other.figures.taken, other.figures.wait, other.ratings.people) == (beside.code, 0, None, 0)
    assert page.ratings.people > 3
    assert page.no_shows == not_there.total() > 0, "a day in which something happened"


def _book_beside(session: Session, ward: Ward) -> Counter[int]:
    """Six bookings of the day for each service, of which one in three was cancelled and one in three came; who did not come."""
    missed = Counter[int]()
    came = [ticket for ticket in session.scalars(select(Ticket)) if ticket.appointment_id is None]
    for nth, service in enumerate([*ward.services.values()] * 6, start=1):
        booking = add_booking(session, ward.office, NINE, nth, state="cancelled" if nth % 3 == 1 else "booked", id=90_000 + nth)
        booking.service_id = service.id
        if nth % 3 == 2 and came:
            came.pop().appointment_id = booking.id
        else:
            missed[service.id] += booking.state == "booked"
    session.flush()
    return missed


def _all(times: Mapping[int, list[int]]) -> list[int]:
    return [each for its in times.values() for each in its]


@pytest.mark.parametrize("seed", SEEDS)
def test_facts_brought_up_to_date_again_and_again_are_those_of_a_fresh_start(database: Database, seed: int) -> None:
    now, office_id = NINE, 0
    for part in range(4):
        with database.transaction() as session:
            ward = WardAtWork(session, office_id, now, part * 1000) if part else Ward(session)
            work_at_random(ward, seed * 10 + part, 30)
            now, office_id = ward.now, ward.office.id
        with database.transaction() as session:
            catch_up(session, office_id)
        with database.reading() as session:
            assert fact_store.behind(session) == []
    with database.transaction() as session:
        kept = all_facts(session)
        session.execute(delete(VisitFact))
        session.execute(delete(FactMark))
        catch_up(session, office_id)
        assert all_facts(session) == kept
        assert len(kept) >= session.query(Ticket).count() > 10


def test_who_catches_up_at_the_same_time_counts_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction() as session:
        ward = Ward(session)
        work_at_random(ward, 1, 120)
        office_id, tickets = ward.office.id, session.query(Ticket).count()
    monkeypatch.setattr(fact_store, "AT_ONCE", 5)
    start = threading.Barrier(4)

    def one() -> None:
        start.wait()
        left = True
        while left:
            with database.transaction() as session:
                left = fact_store.catch_up(session, office_id, HANOI)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(one) for _ in range(4)]:
            done.result()
    with database.reading() as session:
        scope = Scope([office_id], NINE.date(), NINE.date(), ward.now)
        assert figures_store.figures(session, scope)[()].taken == tickets
        assert fact_store.behind(session) == []
