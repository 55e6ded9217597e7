"""Every query that reads the line. Statements are built once and read columns, not objects: they are asked with every press.

What the session has changed is written down before they are asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from office.models import Counter, Office
from office.plans import Plan, plan_of
from queueing.lifecycle_rules import LIVE, OPEN
from queueing.models import WRONG_PERSON, Call, Ticket, TicketInterval
from queueing.order_rules import Line
from queueing.rules import Called, CounterView, Origin, Waiting
from queueing.store import UNDONE, counters_of, line_days, one_of_states, opening_of, policy_of
from queueing.waiting_rules import Span

AnyRow = Row[*tuple[Any, ...]]
CallRow = AnyRow
"""`id, ticket_id, counter_id, reason, priority, called_at, withdrawn` of a call: what the rule and the forecast look at."""
MOST_RECENT = 100
"""Of how many calls a board shows the last: far more than it has rows for, as somebody may be called more than once."""

_ORIGINS: dict[str | None, Origin] = {
    "transferred": "transferred", "further": "transferred", "counter_silent": "transferred",
    "missed": "missed", "returned": "returned", "late": "late", WRONG_PERSON: WRONG_PERSON, "carried": "carried",
}  # fmt: skip
"""How somebody came into the line, by why the present stretch of waiting began, else by how the person arrived."""

_tickets, _stretches = cast(Table, Ticket.__table__), cast(Table, TicketInterval.__table__)
_calls, _counters = cast(Table, Call.__table__), cast(Table, Counter.__table__)


def _of_days(table: Table) -> tuple[ColumnElement[bool], ...]:
    return table.c.office_id == bindparam("office"), table.c.on.in_([bindparam("first"), bindparam("last")])


_WAITING: Final = (
    select(
        *(_tickets.c[name] for name in (
            "id", "service_id", "due_at", "arrived_at", "kind", "arrival", "slot_at", "priority", "for_counter_id", "people",
            "minutes",
        )),
        _stretches.c.from_at, _stretches.c.to_at, _stretches.c.why, _stretches.c.counter_id.label("left"),
    )
    .join(_stretches, _stretches.c.ticket_id == _tickets.c.id)
    .where(*_of_days(_tickets), _tickets.c.state == "waiting", _stretches.c.state == "waiting")
    .order_by(_stretches.c.id)
)  # fmt: skip
_WAITING_FOR: Final = _WAITING.where(
    or_(
        _tickets.c.service_id.in_(bindparam("services", expanding=True)),
        _tickets.c.for_counter_id == bindparam("counter"),
        _tickets.c.id == bindparam("ticket"),
    )
)
_BUSY: Final = (
    select(*(_tickets.c[name] for name in ("id", "service_id", "counter_id", "state", "state_at", "minutes")))
    .join(_counters, _counters.c.id == _tickets.c.counter_id)
    .where(_counters.c.office_id == bindparam("office"), one_of_states(OPEN))
)
_CALLS: Final = (
    select(
        *(_calls.c[name] for name in ("id", "ticket_id", "counter_id", "reason", "called_at")),
        _calls.c.params["priority"].as_boolean().label("priority"),
        _calls.c.withdrawn_at.is_not(None).label("withdrawn"),
    )
    .where(*_of_days(_calls), _calls.c.tier != UNDONE)
    .order_by(_calls.c.id)
)
_CALLS_OF_COUNTER: Final = _CALLS.where(
    or_(
        _calls.c.counter_id == bindparam("counter"),
        and_(_calls.c.reason == "early", _calls.c.withdrawn_at.is_not(None)),
    )
)
_RECENT: Final = (
    select(
        *(_calls.c[name] for name in ("id", "ticket_id", "counter_id", "times", "called_at", "last_called_at")),
        *(_tickets.c[name] for name in ("label", "lang", "service_id", "state")),
    )
    .join(_tickets, _tickets.c.id == _calls.c.ticket_id)
    .where(*_of_days(_calls), _calls.c.tier != UNDONE, _calls.c.params["at_desk"].as_boolean().is_not(True))
    .order_by(_calls.c.last_called_at.desc(), _calls.c.id.desc())
    .limit(literal_column(str(MOST_RECENT)))
)
_SHOWN: Final = select(*(_tickets.c[name] for name in ("id", "label", "service_id", "state", "counter_id"))).where(
    *_of_days(_tickets), _tickets.c.state.in_(("waiting", *OPEN))
)
_LIVE: Final = (
    select(
        *(_tickets.c[name] for name in (
            "id", "label", "state", "state_at", "service_id", "counter_id", "kind", "arrival", "people", "minutes",
            "appointment_id", "slot_at", "arrived_at", "due_at", "priority", "needs_help", "lang", "first_called_at", "attempts",
            "for_counter_id", "outcome", "missing_papers", "further", "carried_on", "dossier_code",
        ))
    )
    .where(*_of_days(_tickets), one_of_states(LIVE))
    .order_by(_tickets.c.arrived_at, _tickets.c.id)
)
_CHANGED: Final = (
    select(_tickets.c.id, _tickets.c.label, _tickets.c.undo)
    .where(_tickets.c.office_id == bindparam("office"), _tickets.c.state_at >= bindparam("since"))
    .order_by(_tickets.c.state_at.desc(), _tickets.c.id)
)


def line_at(session: Session, office: Office, counter: int, now: datetime, tz: ZoneInfo, *, also: int = 0) -> Line:
    """What the rule needs for the next call of one open counter, and no more: whom it takes, and its own calls.

    `also` is the ticket of somebody it does not take. Who is at the other counters is not read, as no call asks for it, nor are
    their turns, which late in a day are hundreds.
    """
    plan, counters = plan_of(session, office, tz), counters_of(session, office)
    days, skills = line_days(plan.hours, now), plan.skills
    calls = _calls_at(session, office, days, counter)
    which = _where(office, days) | {"services": skills.get(counter, ()), "counter": counter, "ticket": also}
    views = tuple(CounterView(c.id, skills.get(c.id, ()), c.idle_at) for c in counters if c.state == "open")
    return _line(office, now, plan, session.execute(_WAITING_FOR, which), views, calls, counters)


def line_of(
    session: Session,
    office: Office,
    now: datetime,
    plan: Plan,
    *,
    calls: Sequence[CallRow],
    counters: Sequence[Counter],
    busy: Sequence[AnyRow],
) -> Line:
    """Everything the rule needs about this moment of an office, as plain data; `calls` are those of the present days."""
    session.flush()
    rows = session.execute(_WAITING, _where(office, line_days(plan.hours, now)))
    return _line(office, now, plan, rows, _calling(now, plan, counters, busy), calls, counters)


def _line(
    office: Office,
    now: datetime,
    plan: Plan,
    rows: Iterable[AnyRow],
    views: tuple[CounterView, ...],
    calls: Sequence[CallRow],
    counters: Sequence[Counter],
) -> Line:
    policy = policy_of(office)
    return Line(
        waiting=_people(rows, plan, policy.lead, calls, counters),
        counters=views,
        log=tuple(_called(call) for call in calls),
        policy=policy,
        now=now,
        opening=opening_of(plan.hours, line_days(plan.hours, now)),
        minutes=plan.minutes,
    )


def at_counters(session: Session, office: Office) -> Sequence[AnyRow]:
    """`id, service_id, counter_id, state, state_at, minutes` of the tickets that are called or served now."""
    session.flush()
    return session.execute(_BUSY, {"office": office.id}).all()


def live_tickets(session: Session, office: Office, days: Sequence[date]) -> Sequence[AnyRow]:
    """What officers are shown of the tickets of these days that are not decided yet, oldest first."""
    session.flush()
    return session.execute(_LIVE, _where(office, days)).all()


def shown_tickets(session: Session, office: Office, days: Sequence[date]) -> Sequence[AnyRow]:
    """What a board tells of those who wait or are at a counter: `id, label, service_id, state, counter_id`."""
    session.flush()
    return session.execute(_SHOWN, _where(office, days)).all()


def changed_since(session: Session, office: Office, since: datetime) -> Sequence[AnyRow]:
    """`id, label, undo` of the tickets whose state has changed since then, latest first: what may be taken back is among them."""
    session.flush()
    return session.execute(_CHANGED, {"office": office.id, "since": since}).all()


def calls_of(session: Session, office: Office, days: Sequence[date]) -> Sequence[CallRow]:
    """The calls of these days that were not taken back, oldest first."""
    session.flush()
    return session.execute(_CALLS, _where(office, days)).all()


def _calls_at(session: Session, office: Office, days: Sequence[date], counter: int) -> Sequence[CallRow]:
    """Those of a counter, and all early ones that were in vain: those are told of a person, wherever it was called."""
    session.flush()
    return session.execute(_CALLS_OF_COUNTER, _where(office, days) | {"counter": counter}).all()


def waiting_in_all(session: Session, on: date) -> int:
    """How many numbers of the day `on` wait, in all offices."""
    # The offices are named for the index, which begins with them.
    of_day = (Ticket.office_id.in_(select(Office.id)), Ticket.on == on, Ticket.state == "waiting")
    return session.execute(select(func.count()).where(*of_day)).scalar_one()


def recent_calls(session: Session, office: Office, days: Sequence[date]) -> Sequence[AnyRow]:
    """The last calls of these days, the latest first, with the ticket's `label, lang, service_id, state`.

    Without those of people who stood at the desk already: nobody is called out for them.
    """
    session.flush()
    return session.execute(_RECENT, _where(office, days)).all()


def waiting_counts(session: Session, codes: Iterable[str], on: date) -> dict[str, int]:
    """How many people of the day `on` wait in each of these offices. An office without any is left out."""
    rows = session.execute(
        select(Office.code, func.count())
        .join(Ticket, Ticket.office_id == Office.id)
        .where(Office.code.in_(list(codes)), Ticket.state == "waiting", Ticket.on == on)
        .group_by(Office.code)
    )
    return {code: count for code, count in rows}  # noqa: C416 (a Row is no tuple to the type checker)


def _where(office: Office, days: Sequence[date]) -> dict[str, Any]:
    return {"office": office.id, "first": days[0], "last": days[-1]}


def _people(
    rows: Iterable[AnyRow], plan: Plan, lead: int, calls: Sequence[CallRow], counters: Sequence[Counter]
) -> tuple[Waiting, ...]:
    stretches: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        stretches[row.id].append(row)
    known = {counter.id: counter for counter in counters}
    tries: dict[int, int] = defaultdict(int)
    for call in calls:
        tries[call.ticket_id] += call.reason == "early" and call.withdrawn
    return tuple(_who(life, plan, known, lead, tries.get(ticket, 0)) for ticket, life in stretches.items())


def _who(life: Sequence[AnyRow], plan: Plan, counters: Mapping[int, Counter], lead: int, tries: int) -> Waiting:
    """Somebody who waits, by the stretches of waiting, the last of which is the present one."""
    row, service = life[-1], plan.services[life[-1].service_id]
    origin = _ORIGINS.get(row.why) or _ORIGINS.get(row.arrival) or "walk_in"
    sent_to = counters.get(row.for_counter_id or 0)
    there = sent_to.id if sent_to is not None and sent_to.state != "closed" else None
    left = counters.get(row.left or 0)
    return Waiting(
        id=row.id,
        service=row.service_id,
        due_at=row.due_at,
        checked_in_at=row.arrived_at,
        booked=row.kind == "booked",
        slot_at=row.slot_at,
        priority=row.priority,
        spans=tuple(Span(stretch.from_at, stretch.to_at) for stretch in life),
        origin=origin,
        from_counter=str(left.number) if left is not None else "",
        only_counter=None if origin == "returned" else there,
        prefers=there if origin == "returned" else None,
        early_tries=tries,
        lead=None if service.early is None else min(service.early, lead),
        late=service.late,
        minutes=row.minutes if row.people > 1 else None,
    )


def _calling(now: datetime, plan: Plan, counters: Sequence[Counter], busy: Iterable[AnyRow]) -> tuple[CounterView, ...]:
    """The open counters. A busy one is free when its person has been served for the planned minutes, at the earliest now."""
    until = {
        row.counter_id: max(now, (row.state_at if row.state == "serving" else now) + timedelta(minutes=row.minutes))
        for row in busy
    }
    return tuple(
        CounterView(
            counter.id,
            plan.skills.get(counter.id, ()),
            idle_since=None if counter.id in until else counter.idle_at,
            free_at=until.get(counter.id),
        )
        for counter in counters
        if counter.state == "open"
    )


def _called(call: CallRow) -> Called:
    booked = call.reason.startswith("booked") or call.reason == "early"
    return Called(call.counter_id, call.ticket_id, call.reason, booked, bool(call.priority), call.called_at, call.id)
