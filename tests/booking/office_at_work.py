"""An office of a state machine: what it remembers of itself, and what must hold of its books after every step."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import offers, store
from booking.capacity_rules import PlannedSlot
from booking.models import Hold, WaitingEntry
from core.database import Database
from core.refusals import Refusal
from office.models import Office, Service
from tests.booking.desk import HANOI, Desk, at
from tests.booking.ledger import Books, PlanOfTest, loads, oversold, read_books, wrong_pools
from tests.builders import make_office

TUESDAY = 24
MINUTES = {"A": 10, "B": 20, "R": 5}
SETTINGS = {"book_days": 1, "freed_rest_minutes": 10, "offer_minutes": 10, "offers_until": 30, "hold_minutes": 5}

T = TypeVar("T")
_codes = itertools.count(10_000)


class OfficeAtWork(RuleBasedStateMachine):
    """One office that is booked for Tuesday. `now` begins on Monday and only goes on."""

    plan: PlanOfTest
    cap: int | None
    code: str
    counters: dict[int, int]
    books: Books

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

    def is_live(self, hold: Hold) -> bool:
        """Whether the plan still keeps what it kept for this hold."""
        return hold.expires_at > self.now and hold.created_at >= self.plan_since

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


def slots_of(desk: Desk) -> list[PlannedSlot]:
    return offers.load(desk.session, desk.office, desk.now, HANOI).slots(at("00:00", TUESDAY).date())


def entry_of(desk: Desk, token: str) -> WaitingEntry:
    return desk.session.scalars(select(WaitingEntry).where(WaitingEntry.token == token)).one()
