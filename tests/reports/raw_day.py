"""A ward that works at random for a day, and its figures worked out once more from the raw rows, another way than reports/ does.

Every ticket's life is looked at second by second: who waited, was called or was served in that second.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.refusals import Refusal
from queueing import forecast_store, ratings, visit_actions
from queueing.actions import undo
from queueing.forecast_rules import Wait
from queueing.models import Call, Promise, Rating, Ticket, TicketInterval
from tests.queueing.ward import HANOI, Ward

SECOND = timedelta(seconds=1)


def work_at_random(ward: Ward, seed: int, presses: int) -> None:
    """So many presses of kiosk, counters and door, each some seconds after the one before. What is refused changes nothing."""
    chance = random.Random(seed)
    for number in (1, 2, 3):
        if ward.counter(number).state == "closed":
            ward.open(number)
    for _ in range(presses):
        ward.now += timedelta(seconds=chance.randint(1, 240))
        press = chance.choices(PRESSES, WEIGHTS)[0]
        try:
            with ward.session.begin_nested():
                press(ward, chance)
        except Refusal:
            ward.session.expire_all()


def _take(ward: Ward, chance: random.Random) -> None:
    ticket = ward.take(chance.choice("ABC"))
    _promise(ward, ticket, chance)


def _check_in(ward: Ward, chance: random.Random) -> None:
    slot = ward.now.astimezone(HANOI) + timedelta(minutes=chance.choice((-25, -5, 0, 8, 20)))
    ticket = ward.check_in(f"{slot:%H:%M}", chance.choice("AB"))
    _promise(ward, ticket, chance)


def _promise(ward: Ward, ticket: Ticket, chance: random.Random) -> None:
    median = chance.randint(0, 40)
    if chance.random() < 0.8:
        forecast_store.keep_promise(ward.session, ticket, Wait(median, max(0, median - 6), median + 9), ward.now)


def _rate(ward: Ward, chance: random.Random) -> None:
    ratings.rate(ward.session, _any(ward, chance, "done"), chance.randint(1, 5), now=ward.now)


def _further(ward: Ward, chance: random.Random) -> None:
    ticket = _any(ward, chance, "waiting", "called", "serving")
    visit_actions.set_further(ward.session, ticket, [ward.services[chance.choice("ABC")]], actor=ward.actor, now=ward.now)


def _finish(ward: Ward, chance: random.Random) -> None:
    papers = {"missing_papers": chance.sample(["Tờ khai", "Căn cước", "Bản chính"], 2)} if chance.random() < 0.3 else {}
    ward.do("finish", _any(ward, chance, "called", "serving"), **papers)


def _undo(ward: Ward, chance: random.Random) -> None:
    ticket = _any(ward, chance, "waiting", "called", "serving", "done", "missed", "held")
    undo(ward.session, ticket, actor=ward.actor, now=ticket.state_at + timedelta(seconds=chance.randint(1, 20)))


def _verb(verb: str, *states: str, **more: Any) -> Callable[[Ward, random.Random], object]:
    return lambda ward, chance: ward.do(verb, _any(ward, chance, *states), **more)


def _any(ward: Ward, chance: random.Random, *states: str) -> Ticket:
    found = ward.session.scalars(select(Ticket).where(Ticket.state.in_(states)).order_by(Ticket.state_at.desc(), Ticket.id)).all()
    if not found:
        raise NobodyThere()
    return chance.choice(found[:3])


class NobodyThere(Refusal):
    """No ticket to press anything for."""

    code = "nobody_there"

    def sentence(self) -> str:
        return ""


PRESSES: tuple[Callable[[Ward, random.Random], object], ...] = (
    _take,
    _check_in,
    lambda ward, chance: ward.call(chance.choice((1, 2, 3))),
    _verb("serve", "called"),
    _finish,
    _further,
    _undo,
    _verb("absent", "called"),
    _verb("hold", "waiting", "called", "serving", why="chờ giấy tờ"),
    _verb("resume", "held"),
    _verb("cancel", "waiting", "missed"),
    lambda ward, chance: ward.do("return_ticket", _any(ward, chance, "missed", "done"), tz=HANOI),
    _rate,
)
WEIGHTS = (6, 5, 9, 7, 6, 3, 4, 2, 2, 2, 1, 2, 4)


@dataclass
class ByHand:
    """What `reports` must say, from the rows alone: seconds by (service id), and counts of people."""

    waits: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    served: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    taken: int = 0
    done: int = 0
    missing: int = 0
    punctual: list[bool] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    held: int = 0
    waits_at: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    waits_of_kind: dict[bool, list[int]] = field(default_factory=lambda: defaultdict(list))
    served_at: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    served_by: dict[tuple[int | None, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    people_at: Counter[int] = field(default_factory=Counter)
    scores: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    papers: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def by_hand(session: Session, now: datetime) -> ByHand:
    """All figures, ticket by ticket and second by second."""
    found = ByHand()
    for ticket in session.scalars(select(Ticket)):
        rows = session.scalars(
            select(TicketInterval).where(TicketInterval.ticket_id == ticket.id).order_by(TicketInterval.id)
        ).all()
        calls = [
            call.called_at
            for call in session.scalars(select(Call).where(Call.ticket_id == ticket.id).order_by(Call.called_at, Call.id))
            if call.tier != "undone" and not (call.reason == "early" and call.withdrawn_at is not None)
        ]
        found.taken += 1
        found.done += ticket.state == "done"
        found.missing += ticket.outcome == "papers_missing"
        if ticket.outcome == "papers_missing":
            found.papers[ticket.service_id].update(ticket.missing_papers)
        for rating in session.scalars(select(Rating).where(Rating.ticket_id == ticket.id)):
            found.scores[ticket.service_id][rating.score] += 1
        due = max(ticket.arrived_at, ticket.slot_at or ticket.arrived_at)
        found.people_at[_hour(due)] += 1
        _punctual(found, ticket, due, calls, rows[-1].from_at, now)
        _promised(found, session.get(Promise, ticket.id), calls)
        _parts(found, ticket, rows, due, calls)
    return found


def _punctual(found: ByHand, ticket: Ticket, due: datetime, calls: list[datetime], last_at: datetime, now: datetime) -> None:
    if ticket.slot_at is None or ticket.arrival == "late":
        return
    limit = due + timedelta(minutes=5)
    if calls:
        found.punctual.append(calls[0] <= limit)
    elif now > limit and not (ticket.state == "cancelled" and last_at <= limit):
        found.punctual.append(False)


def _promised(found: ByHand, promise: Promise | None, calls: list[datetime]) -> None:
    if promise is None or not calls:
        return
    took = (calls[0] - promise.told_at).total_seconds()
    found.errors.append(round(abs(took - 60 * promise.median)))
    found.held += promise.low - 0.5 <= took / 60 <= promise.high + 0.5


def _parts(found: ByHand, ticket: Ticket, rows: Any, due: datetime, calls: list[datetime]) -> None:
    """From one "further" that stood to the next."""
    starts = [due]
    for row, following in zip(rows, [*rows[1:], None], strict=False):
        if row.why == "further" and row.state == "waiting":
            before = rows[list(rows).index(row) - 1]
            back = following is not None and following.state in ("called", "serving", "held")
            if following is None or not back or following.service_id != before.service_id:
                starts.append(row.from_at)
    for number, start in enumerate(starts):
        until = starts[number + 1] if number + 1 < len(starts) else datetime.max.replace(tzinfo=start.tzinfo)
        its = [row for row in rows if (row.from_at >= start or number == 0) and row.from_at < until]
        call = next((at for at in calls if (at >= start or number == 0) and at < until), None)
        there = [row for row in its if row.counter_id is not None]
        service = (there or its)[-1].service_id if its else ticket.service_id
        if call is not None:
            waited = sum(_seconds(its, "waiting", start, call))
            for times in (found.waits[service], found.waits_at[_hour(start)], found.waits_of_kind[ticket.slot_at is not None]):
                times.append(waited)
        over = number + 1 < len(starts) or ticket.state == "done"
        spans = [row for row in its if row.state == "serving" and row.to_at] or [
            row for row in its if row.state == "called" and row.to_at
        ][-1:]
        if over and spans:
            took = sum((row.to_at - row.from_at) // SECOND for row in spans)
            by = (there or its)[-1].staff_id
            for times in (found.served[service], found.served_at[_hour(spans[0].from_at)], found.served_by[by, service]):
                times.append(took)


def _hour(instant: datetime) -> int:
    return instant.astimezone(HANOI).hour


def _seconds(rows: Iterable[Any], state: str, since: datetime, until: datetime) -> Iterable[int]:
    """A 1 for every second in which the ticket was in that state."""
    for row in rows:
        at = row.from_at
        while row.state == state and at < min(row.to_at or until, until):
            yield int(at >= since)
            at += SECOND
