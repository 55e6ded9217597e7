"""Whatever people and the office do, in whatever order: no minute is sold twice, none is lost, no booking disappears.

A machine of Hypothesis plays citizens, the waiting list, the clock and the head of the office who changes the plan. After every
step the books are counted again from the raw rows (`ledger`), on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import offers, slot_store, store, waiting_list
from booking.models import Hold, WaitingEntry
from booking.refusals import DayHasRoom
from core.database import Database
from core.refusals import Refusal
from office.models import Office, Service
from tests.booking.desk import HANOI, Desk, at
from tests.booking.ledger import PlanOfTest, changed, loads, oversold, read_books, wrong_pools
from tests.builders import make_office

TUESDAY = 24
MINUTES = {"A": 10, "B": 20, "R": 5}
SKILLS = [{1: "A", 2: "AB", 3: "BR"}, {1: "ABR", 2: "ABR", 3: "ABR"}, {1: "A", 2: "B", 3: "ABR"}, {1: "A", 2: "A", 3: "AR"}]
SETTINGS = {"book_days": 1, "freed_rest_minutes": 10, "offer_minutes": 10, "offers_until": 30, "hold_minutes": 5}

visits = st.sampled_from([("A",), ("A",), ("A",), ("B",), ("R",), ("A", "B"), ("A", "R"), ("A", "A", "R")])
services = st.sampled_from("AABR")
clocks = st.sampled_from(["08:00", "08:00", "08:15", "08:30", "09:00", "09:30", "09:45", "08:05", "08:20"])

T = TypeVar("T")
_codes = itertools.count(10_000)


class BookingOffice(RuleBasedStateMachine):
    """One office that is booked for Tuesday. `now` begins on Monday and only goes on."""

    appointments = Bundle("appointments")
    holds = Bundle("holds")
    entries = Bundle("entries")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.now = at("07:00")
        self.hours: dict[str, datetime | None] = {}
        """The hour of every booking ever made, by token; None once it is cancelled."""
        self.before: dict[Any, int] = {}
        self.known: set[tuple[datetime, int | None, int | None]] = set()
        self.stale: set[datetime] = set()
        self.plan_since = self.now

    @initialize(skills=st.sampled_from(SKILLS), cap=st.sampled_from([None, None, 1, 2]))
    def open_office(self, skills: dict[int, str], cap: int | None) -> None:
        self.plan, self.cap = PlanOfTest(skills), cap
        with self.database.transaction() as session:
            office = self.founded(session)
            self.code = office.code
            self.counters = {counter.number: counter.id for counter in office.counters}

    def founded(self, session: Session) -> Office:
        """An office with the present plan, and nothing booked."""
        office = make_office(session, str(next(_codes)), services="ABR", minutes=MINUTES, fields=None, settings=SETTINGS)
        rare = session.scalars(select(Service).where(Service.office_id == office.id, Service.prefix == "R")).one()
        rare.places = self.cap
        self.plan.write(session, office)
        session.expire_all()
        return office

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk in a transaction of its own; what is refused is rolled back and goes up."""
        with self.database.transaction() as session:
            yield self.desk_in(session)

    @contextmanager
    def looking(self) -> Iterator[Desk]:
        """The same, for looking only."""
        with self.database.reading() as session:
            yield self.desk_in(session)

    def desk_in(self, session: Session) -> Desk:
        return Desk(session, session.scalars(select(Office).where(Office.code == self.code)).one(), self.now)

    def tried(self, verb: Callable[[Desk], T]) -> T | Refusal:
        try:
            with self.desk() as desk:
                return verb(desk)
        except Refusal as refusal:
            return refusal

    # --- people

    @rule(target=holds, visit=visits, clock=clocks, device=st.sampled_from(["", "", "one", "other"]))
    def hold(self, visit: tuple[str, ...], clock: str, device: str) -> str | MultipleResults[str]:
        with self.looking() as desk:
            shown = places_shown(desk, clock, visit)
        token = self.tried(lambda desk: desk.hold(at(clock, TUESDAY), *visit, device=device).token)
        if isinstance(token, Refusal):
            assert not shown, f"a place that is shown can be held: {token!r}"
            return multiple()
        assert shown or device, "a place that is not shown cannot be held"
        return token

    @rule(token=holds)
    def give_hold_back(self, token: str) -> None:
        with self.desk() as desk:
            hold = slot_store.hold_by_token(desk.session, token)
            if hold is not None:
                desk.release(hold)

    @rule(target=appointments, visit=visits, clock=clocks)
    def book(self, visit: tuple[str, ...], clock: str) -> str | MultipleResults[str]:
        with self.looking() as desk:
            shown = places_shown(desk, clock, visit)
        token = self.tried(lambda desk: desk.book(at(clock, TUESDAY), *visit).token)
        if isinstance(token, Refusal):
            assert not shown, f"a place that is shown can be booked: {token!r}"
            return multiple()
        assert shown, "a place that is not shown cannot be booked"
        self.hours[token] = at(clock, TUESDAY)
        return token

    @rule(target=appointments, held=holds, other_clock=st.none() | clocks)
    def book_what_is_held(self, held: str, other_clock: str | None) -> str | MultipleResults[str]:
        """At the hour that is held, or at another after all; the hold may be over long since."""
        with self.looking() as desk:
            hold = slot_store.hold_by_token(desk.session, held)
            if hold is None:
                return multiple()
            prefixes = {service.id: service.prefix for service in desk.office.services}
        visit = [prefixes[int(service)] for service in hold.services.split(".")]
        good = self.is_live(hold) and sum(MINUTES[each] for each in visit) == hold.minutes
        starts_at = at(other_clock, TUESDAY) if other_clock else hold.starts_at.astimezone(HANOI)
        token = self.tried(lambda desk: desk.book(starts_at, *visit, hold=held).token)
        if isinstance(token, Refusal):
            assert other_clock or not good, f"a place that is held can be booked: {token!r}"
            return multiple()
        self.hours[token] = starts_at
        return token

    @rule(token=appointments, clock=clocks, by_office=st.booleans())
    def move(self, token: str, clock: str, by_office: bool) -> None:
        moved = self.tried(
            lambda desk: desk.move(store.appointment_by_token(desk.session, token), at(clock, TUESDAY), by_office=by_office)
        )
        if not isinstance(moved, Refusal):
            assert self.hours[token] is not None, "a cancelled booking does not come back"
            self.hours[token] = at(clock, TUESDAY)

    @rule(token=appointments)
    def cancel(self, token: str) -> None:
        with self.desk() as desk:
            desk.cancel(store.appointment_by_token(desk.session, token))
        self.hours[token] = None

    # --- the waiting list

    @rule(target=entries, service=services)
    def join(self, service: str) -> str | MultipleResults[str]:
        with self.looking() as desk:
            free = any(all_places_shown(desk, service).values())
        token = self.tried(lambda desk: desk.join(TUESDAY, service).token)
        if isinstance(token, Refusal):
            assert isinstance(token, DayHasRoom) == free
            return multiple()
        assert not free, "who may wait finds no place"
        return token

    @rule(target=appointments, token=entries)
    def accept(self, token: str) -> str | MultipleResults[str]:
        with self.looking() as desk:
            entry = entry_of(desk, token)
        good = entry.state == "offered" and self.is_live(self.books.holds[entry.hold_id or 0])
        made = self.tried(lambda desk: desk.accept(entry_of(desk, token)))
        if isinstance(made, Refusal):
            assert not good, f"what is offered can be accepted: {made!r}"
            return multiple()
        if entry.state == "accepted":
            assert made.token in self.hours, "a second time gives the same booking"
            return multiple()
        self.hours[made.token] = made.starts_at.astimezone(HANOI)
        return made.token

    @rule(token=entries)
    def leave(self, token: str) -> None:
        with self.desk() as desk:
            desk.leave(entry_of(desk, token))

    @rule(token=entries)
    def let_lapse(self, token: str) -> None:
        with self.desk() as desk:
            entry = entry_of(desk, token)
            was_theirs = entry.state == "offered" and entry.offered_until is not None and entry.offered_until > self.now
            desk.lapse(entry)
            assert not was_theirs or entry.state == "offered"

    @rule(token=entries)
    def look_for_a_place(self, token: str) -> None:
        with self.desk() as desk:
            entry = entry_of(desk, token)
            if entry.state == "waiting":
                desk.offer_free(entry)

    def is_live(self, hold: Hold) -> bool:
        """Whether the plan still keeps what it kept for this hold."""
        return hold.expires_at > self.now and hold.created_at >= self.plan_since

    # --- time, and the head of the office

    @rule(minutes=st.sampled_from([1, 3, 6, 11, 11]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sleep_until_tuesday_morning(self) -> None:
        self.now = max(self.now, at("07:20", TUESDAY))

    @rule()
    def tidy(self) -> None:
        with self.desk() as desk:
            slot_store.forget_long_expired(desk.session, self.now - timedelta(minutes=10), 100)

    @rule(
        change=st.one_of(
            st.fixed_dictionaries({"skills": st.sampled_from(SKILLS)}),
            st.fixed_dictionaries({"share": st.sampled_from([40, 60, 100])}),
            st.fixed_dictionaries({"hours": st.sampled_from([(480, 600), (480, 600), (480, 540), (485, 605), (420, 600)])}),
            st.fixed_dictionaries({"own": st.sampled_from([{}, {3: (510, 570)}, {1: (480, 540), 2: (540, 600)}])}),
            st.fixed_dictionaries({"unplanned": st.sampled_from([frozenset[int](), frozenset({2}), frozenset({1, 3})])}),
        )
    )
    def plan_otherwise(self, change: dict[str, Any]) -> None:
        self.plan = changed(self.plan, **change)
        with self.desk() as desk:
            self.plan.write(desk.session, desk.office)
            desk.session.expire_all()
            books = read_books(desk.session, desk.office, self.now)
            self.before = loads(books.lines, self.plan, slots_of(desk))
        self.plan_since = self.now + timedelta(microseconds=1)
        self.now = self.plan_since
        self.stale |= {starts_at for starts_at, _pool in books.pools}

    # --- what must hold

    @invariant()
    def the_books_are_right(self) -> None:
        if not hasattr(self, "code"):
            return
        with self.looking() as desk:
            self.books, slots = read_books(desk.session, desk.office, self.now), slots_of(desk)
            entries = desk.session.scalars(select(WaitingEntry).where(WaitingEntry.office_id == desk.office.id)).all()
        assert oversold(self.books.lines, self.plan, slots, self.counters, self.before) == []
        self.before = loads(self.books.lines, self.plan, slots)
        self.bookings_are_right()
        self.pools_are_right()
        self.offers_are_right(list(entries))

    def bookings_are_right(self) -> None:
        found = {each.token: each for each in self.books.appointments.values()}
        assert found.keys() == self.hours.keys(), "no booking disappears"
        for token, hour in self.hours.items():
            made, lines = found[token], self.books.of(found[token])
            assert made.state == ("booked" if hour else "cancelled")
            if hour is None:
                assert lines == []
                continue
            assert made.starts_at == hour == lines[0].starts_at
            assert sum(line.minutes for line in lines) == made.minutes
            assert [line.first for line in lines] == [True] + [False] * (len(lines) - 1)
            assert all(one.ends_at == other.starts_at for one, other in pairwise(lines)), "slots that follow each other"

    def pools_are_right(self) -> None:
        """Where no hold ended and no plan changed since somebody last took minutes of the slot."""
        now = {(line.starts_at, line.appointment, line.hold) for line in self.books.lines}
        self.stale -= {starts_at for starts_at, _appointment, _hold in now - self.known}
        self.stale |= {line.starts_at for line in self.books.lines if not line.live}
        self.known = now
        on_grid = {starts_at for starts_at, _pool in self.books.pools if starts_at.minute % 15 == self.plan.hours[0] % 15}
        mixed = len({starts_at.minute % 15 for starts_at, _pool in self.books.pools}) > 1
        assert mixed or wrong_pools(self.books, self.plan, on_grid - self.stale) == []

    def offers_are_right(self, entries: list[WaitingEntry]) -> None:
        offered = [entry.hold_id for entry in entries if entry.state == "offered"]
        assert len(offered) == len(set(offered))
        assert all(hold in self.books.holds and self.books.holds[hold].kind == "offer" for hold in offered if hold is not None)
        live = [hold.id for hold in self.books.holds.values() if hold.kind == "offer" and hold.expires_at > self.now]
        assert set(live) <= set(offered), "an offer is somebody's"

    def teardown(self) -> None:
        """Everybody gives up, and when nothing rests any more the office is as empty as one that was never booked."""
        if not hasattr(self, "books"):
            return
        with self.desk() as desk:
            for entry in desk.session.scalars(select(WaitingEntry).where(WaitingEntry.office_id == desk.office.id)):
                desk.leave(entry)
            for token, hour in self.hours.items():
                if hour:
                    desk.cancel(store.appointment_by_token(desk.session, token))
        self.now += timedelta(minutes=11)
        with self.desk() as desk:
            empty = Desk(desk.session, self.founded(desk.session), self.now)
            for service in "ABR":
                assert all_places_shown(desk, service) == all_places_shown(empty, service), "no place is lost"


def places_shown(desk: Desk, clock: str, visit: tuple[str, ...]) -> int | None:
    """What the page says is left for a visit; None when it says nothing of it."""
    return all_places_shown(desk, *visit).get(at(clock, TUESDAY))


def all_places_shown(desk: Desk, *visit: str) -> dict[datetime, int]:
    offer = offers.load(desk.session, desk.office, desk.now, HANOI)
    try:
        slots = offers.day_slots(desk.session, offer, offer.want(*visit), at("00:00", TUESDAY).date())
    except Refusal:
        return {}
    return {slot.starts_at: slot.left for slot in slots}


def slots_of(desk: Desk) -> list[Any]:
    return offers.load(desk.session, desk.office, desk.now, HANOI).slots(at("00:00", TUESDAY).date())


def entry_of(desk: Desk, token: str) -> WaitingEntry:
    return desk.session.scalars(select(WaitingEntry).where(WaitingEntry.token == token)).one()


def test_nothing_is_sold_twice_and_nothing_is_lost(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_list, "_chance", lambda: 0.5)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: BookingOffice(database),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
        ),
    )
