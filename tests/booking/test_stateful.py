"""Whatever people and the office do, in whatever order: no minute is sold twice, none is lost, no booking disappears.

A machine of Hypothesis plays citizens, the waiting list, the clock and the head of the office who changes the plan. After every
step the books are counted again from the raw rows (`ledger`), on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, initialize, multiple, rule, run_state_machine_as_test

from booking import slot_store, store, waiting_list
from booking.refusals import DayHasRoom
from core.database import Database
from core.refusals import Refusal
from tests.booking.desk import HANOI, at
from tests.booking.ledger import PlanOfTest, changed, loads, read_books
from tests.booking.office_at_work import MINUTES, TUESDAY, OfficeAtWork, all_places_shown, entry_of, places_shown, slots_of

SKILLS = [{1: "A", 2: "AB", 3: "BR"}, {1: "ABR", 2: "ABR", 3: "ABR"}, {1: "A", 2: "B", 3: "ABR"}, {1: "A", 2: "A", 3: "AR"}]

visits = st.sampled_from([("A",), ("A",), ("A",), ("B",), ("R",), ("A", "B"), ("A", "R"), ("A", "A", "R")])
services = st.sampled_from("AABR")
clocks = st.sampled_from(["08:00", "08:00", "08:15", "08:15", "08:30", "08:45", "09:00", "08:05", "08:20"])


class BookingOffice(OfficeAtWork):
    """What may happen at it."""

    appointments = Bundle("appointments")
    holds = Bundle("holds")
    entries = Bundle("entries")

    @initialize(skills=st.sampled_from(SKILLS), cap=st.sampled_from([None, None, 1, 2]))
    def open_office(self, skills: dict[int, str], cap: int | None) -> None:
        self.plan, self.cap = PlanOfTest(skills), cap
        with self.database.transaction() as session:
            office = self.founded(session)
            self.code = office.code
            self.counters = {counter.number: counter.id for counter in office.counters}

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

    @rule(target=appointments, service=services)
    def rush(self, service: str) -> MultipleResults[str]:
        """Everything that is shown is booked."""
        with self.desk() as desk:
            made = [each for start in all_places_shown(desk, service) for each in desk.fill(start.astimezone(HANOI), service)]
        self.hours |= {each.token: each.starts_at for each in made}
        return multiple(*(each.token for each in made))

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
            st.fixed_dictionaries({"hours": st.sampled_from([(480, 540), (480, 540), (480, 510), (485, 545), (420, 600)])}),
            st.fixed_dictionaries({"own": st.sampled_from([{}, {3: (510, 540)}, {1: (480, 510), 2: (510, 540)}])}),
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


def test_nothing_is_sold_twice_and_nothing_is_lost(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_list, "_chance", lambda: 0.5)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: BookingOffice(database),
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            # A failure is shown as it was found: to make it shorter takes minutes.
            phases=[Phase.reuse, Phase.generate],
        ),
    )
