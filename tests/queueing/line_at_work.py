"""A ward that works for hours, each press a transaction of its own, and what must be true of its line after every one."""

from __future__ import annotations

import itertools
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.refusals import Refusal
from office.models import Counter, Office, Service, Staff
from office.store import skills_of
from queueing import line_views, store
from queueing.lifecycle_rules import LIVE, OPEN, State, Verb, new_state
from queueing.models import Call, NumberCounter, Ticket, TicketInterval
from tests import builders
from tests.queueing.tickets import intervals_of
from tests.queueing.ward import HANOI, NINE, Ward

T = TypeVar("T")
_codes = itertools.count(10_000)
NIGHT = NINE.replace(hour=22)

STEPS = {
    (state, after)
    for state in get_args(State)
    for verb in get_args(Verb)
    for after in (new_state(state, verb), new_state(state, verb, early_call=True), new_state(state, verb, at_counter=False))
    if after is not None
} | {("waiting", "serving")}  # served at the desk
"""From which state to which a ticket may come; taking it back leads the other way."""


class WardAtWork(Ward):
    """The ward of a transaction that goes on where the last one ended."""

    def __init__(self, session: Session, office_id: int, now: datetime, bookings: int) -> None:
        self.session, self.now, self._bookings = session, now, bookings
        self.office = session.get_one(Office, office_id)
        self.officers = list(
            session.scalars(select(Staff).where(Staff.office_id == office_id, Staff.role == "officer").order_by(Staff.id))
        )
        self.services = {s.prefix: s for s in session.scalars(select(Service).where(Service.office_id == office_id))}


@dataclass
class Overtaken:
    """A walk-in over the guard: how many bookings and priority people may still go first, and how many have."""

    at_most: int
    times: int = 0


class LineAtWork(RuleBasedStateMachine):
    """The office, its clock, and what is always true."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.now = database, NINE
        self.office_id = self.tickets = self.bookings = 0
        self.left_out: dict[str, set[int]] = defaultdict(set)
        self.over: dict[int, Overtaken] = {}

    def found(self, skills: dict[int, str], settings: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            code = f"{next(_codes)}"
            hours = builders.ROUND_THE_CLOCK
            office = builders.make_office(session, code, skills=skills, hours=hours, settings=settings)
            self.office_id, self.bookings = office.id, int(code) * 1000
            for number in range(1, 5):
                builders.make_staff(session, office, f"canbo{number}-{code}")

    @contextmanager
    def ward(self) -> Iterator[WardAtWork]:
        """The ward in a transaction that is kept."""
        with self.database.transaction() as session:
            ward = WardAtWork(session, self.office_id, self.now, self.bookings)
            yield ward
            self.bookings = ward._bookings

    def tried(self, press: Callable[[WardAtWork], T]) -> T | Refusal:
        """Do it; a refusal leaves nothing behind."""
        try:
            with self.ward() as ward:
                return press(ward)
        except Refusal as refusal:
            return refusal

    def counter_at(self, ward: WardAtWork, number: int) -> Counter:
        return next(counter for counter in ward.office.counters if counter.number == number)

    # --- one call, judged by plain rows -------------------------------------------------------------------------------

    def judged_call(self, ward: WardAtWork, number: int) -> Call | None:
        """Press "next" at an open counter; who comes is one of those who may, and nobody comes only if nobody may."""
        counter = self.counter_at(ward, number)
        who = next(officer for officer in ward.officers if officer.id == counter.staff_id)
        present = store.open_ticket_at(ward.session, counter.id)
        call = ward.call_as(counter, who)
        if call is None:
            assert not callable_at(ward, counter, present), "a counter with callable people is never told that nobody waits"
            return None
        mine = callable_at(ward, counter, present, called=call)
        assert call.ticket_id in {ticket.id for ticket in mine}, "nobody is called who was not callable here"
        self._nobody_jumps(ward, call, mine)
        self._overtakings(ward, counter, call, mine)
        return call

    def _nobody_jumps(self, ward: WardAtWork, call: Call, mine: Sequence[Ticket]) -> None:
        policy = store.policy_of(ward.office)
        due = [t for t in mine if t.kind == "booked" and t.slot_at and t.slot_at - timedelta(minutes=policy.lead) <= self.now]
        if due and call.ticket.kind == "walk_in" and waited(ward, call.ticket, self.now) <= policy.guard:
            assert (call.reason, policy.priority) == ("priority_first", "all"), "no walk-in takes the turn of a due booking"

    def _overtakings(self, ward: WardAtWork, counter: Counter, call: Call, mine: Sequence[Ticket]) -> None:
        policy = store.policy_of(ward.office)
        over = {t.id: waited(ward, t, self.now) for t in mine if t.kind == "walk_in"}
        over = {ticket: minutes for ticket, minutes in over.items() if minutes > policy.guard}
        skills = skills_of(ward.session, ward.office)
        everywhere = {t.id: waited(ward, t, self.now) for t in waiting_of(ward) if t.kind == "walk_in"} | over
        for ticket, minutes in over.items():
            if ticket not in self.over:
                longer = sum(theirs >= minutes and other != ticket for other, theirs in everywhere.items())
                who = ward.session.get_one(Ticket, ticket)
                takers = sum(who.service_id in its or counter.id == each for each, its in skills.items())
                self.over[ticket] = Overtaken((longer + takers) * (policy.ratio + 1))
        self.over.pop(call.ticket_id, None)
        for ticket in over.keys() & self.over.keys():
            if call.reason in ("booked", "booked_overdue", "priority_first"):
                self.over[ticket].times += 1
                assert self.over[ticket].times <= self.over[ticket].at_most, "over the guard nobody is overtaken without end"
            else:
                assert call.reason == "guard", "over the guard only who waited longer goes first"

    # --- always -------------------------------------------------------------------------------------------------------

    @invariant()
    def nobody_vanishes_and_every_life_is_whole(self) -> None:
        if not self.office_id:
            return
        with self.database.reading() as session:
            tickets = session.scalars(select(Ticket).where(Ticket.office_id == self.office_id)).all()
            assert len(tickets) == self.tickets
            lives = lives_of(session, self.office_id)
            unanswered = (Call.answered_at.is_(None), Call.withdrawn_at.is_(None), Call.tier != store.UNDONE)
            open_calls = Tally(session.scalars(select(Call.ticket_id).where(Call.office_id == self.office_id, *unanswered)))
            for ticket in tickets:
                whole_life(ticket, lives[ticket.id])
                assert open_calls[ticket.id] == (ticket.state == "called"), f"{ticket.label} is called once, or not"
            self._at_counters(session, tickets)
            self._numbers(session, tickets)
            self._shown(session, tickets)

    def _at_counters(self, session: Session, tickets: Sequence[Ticket]) -> None:
        here = Tally(ticket.counter_id for ticket in tickets if ticket.state in OPEN)
        assert all(count == 1 for count in here.values()), "one open ticket at a counter"
        for counter in session.scalars(select(Counter).where(Counter.office_id == self.office_id)):
            assert counter.state != "closed" or counter.id not in here, "nobody stands at a closed counter"

    def _numbers(self, session: Session, tickets: Sequence[Ticket]) -> None:
        for row in session.scalars(select(NumberCounter).where(NumberCounter.office_id == self.office_id)):
            numbers = [ticket.number for ticket in tickets if ticket.prefix == row.prefix]
            given = sorted([*numbers, *self.left_out[row.prefix]])
            assert given == list(range(1, row.last + 1)), "numbers have no gap and are given once"

    def _shown(self, session: Session, tickets: Sequence[Ticket]) -> None:
        line = line_views.line_view(session, session.get_one(Office, self.office_id), self.now, HANOI)
        shown = [each["id"] for name in ("waiting", "missed", "held") for each in line[name]]
        shown += [counter["ticket"]["id"] for counter in line["counters"] if counter["ticket"]]
        assert sorted(shown) == sorted(ticket.id for ticket in tickets if ticket.state in LIVE), "everybody is in one list"


def lives_of(session: Session, office_id: int) -> Mapping[int, list[TicketInterval]]:
    """The stretches of every ticket of an office."""
    lives: dict[int, list[TicketInterval]] = defaultdict(list)
    rows = select(TicketInterval).join(Ticket, Ticket.id == TicketInterval.ticket_id).where(Ticket.office_id == office_id)
    for row in session.scalars(rows.order_by(TicketInterval.id)):
        lives[row.ticket_id].append(row)
    return lives


def whole_life(ticket: Ticket, life: Sequence[TicketInterval]) -> None:
    """From the hour the ticket was taken until now without a gap, one allowed step after the other."""
    assert life[0].from_at == ticket.arrived_at
    assert life[0].state == "waiting"
    assert [stretch.to_at for stretch in life[:-1]] == [stretch.from_at for stretch in life[1:]]
    assert life[-1].to_at is None
    assert (life[-1].state, life[-1].service_id) == (ticket.state, ticket.service_id)
    for before, after in itertools.pairwise(life):
        step = (before.state, after.state)
        assert step in STEPS or step[::-1] in STEPS, f"{ticket.label}: {step}"


def waiting_of(ward: WardAtWork) -> Sequence[Ticket]:
    """Everybody who waits."""
    return ward.session.scalars(select(Ticket).where(Ticket.office_id == ward.office.id, Ticket.state == "waiting")).all()


def callable_at(
    ward: WardAtWork, counter: Counter, present: Ticket | None, called: Call | None = None
) -> list[Ticket]:
    """Whom a counter could call, by the rows: of its services and not sent to another counter that works, or sent to it.

    With `called`, as it was before that call; who was at the counter until then (`present`) may have gone on to it by itself.
    """
    skills = set(skills_of(ward.session, ward.office).get(counter.id, ()))
    states = {each.id: each.state for each in ward.office.counters}
    mine = []
    for ticket in waiting_of(ward):
        sent_to = ticket.for_counter_id if states.get(ticket.for_counter_id or 0, "closed") != "closed" else None
        prefers_only = intervals_of(ward.session, ticket)[-1].why == "returned"
        if sent_to == counter.id or (ticket.service_id in skills and (sent_to is None or prefers_only)):
            mine.append(ticket)
    return [*mine, called.ticket] if called is not None else mine


def waited(ward: WardAtWork, ticket: Ticket, now: datetime) -> float:
    """The minutes a ticket has waited since it was due; the office is always open."""
    stretches = [each for each in intervals_of(ward.session, ticket) if each.state == "waiting"]
    spans = (max((each.to_at or now) - max(each.from_at, ticket.due_at), timedelta(0)) for each in stretches)
    return sum(spans, timedelta(0)) / timedelta(minutes=1)
