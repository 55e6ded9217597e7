"""Every query and lock of the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import insert_or
from core.rights import NotFound
from office import store as office_store
from office.hours import Hours, local_day, open_spans
from office.models import Counter, Office, Service
from office.settings import Settings
from queueing.lifecycle_rules import LIVE, OPEN
from queueing.models import WRONG_PERSON, Call, NumberCounter, Ticket, TicketInterval
from queueing.order_rules import Line
from queueing.policy import Policy
from queueing.rules import Called, CounterView, Origin, Waiting
from queueing.waiting_rules import Span

UNDONE = "undone"
"""The tier of a call that was taken back: it stays on paper, but no rule and no board sees it."""

_ORIGINS: dict[str | None, Origin] = {
    "transferred": "transferred", "further": "transferred", "counter_silent": "transferred",
    "missed": "missed", "returned": "returned", "late": "late", WRONG_PERSON: WRONG_PERSON, "carried": "carried",
}  # fmt: skip
"""How somebody came into the line, by why the present stretch of waiting began, else by how the person arrived."""

# --- locks and numbers ------------------------------------------------------------------------------------------------


def lock_line(session: Session, office: Office) -> Office:
    """Lock the line of `office`: held until commit. First of all in every action, so changes happen one after another.

    Asked again in the same transaction it does nothing: all of a transaction is one change of the office.
    """
    held: dict[int, Office] = session.info.setdefault("lines_held", {})
    if office.id not in held:
        held[office.id] = office_store.lock_office(session, office)
    return office


def locked_ticket(session: Session, ticket: Ticket) -> tuple[Office, Ticket]:
    """The ticket's office, its line locked, and the ticket as it is now: who waited for the lock reads again."""
    office = lock_line(session, office_store.office_by_id(session, ticket.office_id))
    _read_again(session, ticket)
    return office, ticket


def locked_counter(session: Session, counter: Counter) -> tuple[Office, Counter]:
    """The counter's office, its line locked, and the counter as it is now."""
    office = lock_line(session, office_store.office_by_id(session, counter.office_id))
    _read_again(session, counter)
    return office, counter


def _read_again(session: Session, row: Ticket | Counter) -> None:
    """Read a row as it is under the lock; once, for nobody else changes it from then on."""
    fresh: set[Ticket | Counter] = session.info.setdefault("read_under_lock", set())
    if row not in fresh:
        session.refresh(row)
        fresh.add(row)


def next_number(session: Session, office_id: int, on: date, prefix: str) -> int:
    """The next number of a prefix on a day, from 1. The row is locked until commit: no number is given twice or left out."""
    number: int = session.execute(
        insert_or(session, NumberCounter)
        .values(office_id=office_id, on=on, prefix=prefix, last=1)
        .on_conflict_do_update(
            index_elements=[NumberCounter.office_id, NumberCounter.on, NumberCounter.prefix],
            set_={"last": NumberCounter.last + 1},
        )
        .returning(NumberCounter.last)
    ).scalar_one()
    return number


# --- one ticket -------------------------------------------------------------------------------------------------------


def ticket_by_id(session: Session, ticket_id: int) -> Ticket:
    """The ticket with this id. Raises NotFound; whose it is, the caller checks with `core.rights.ensure_office`."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound()
    return ticket


def ticket_by_token(session: Session, token: str) -> Ticket:
    """The ticket with this token. Raises NotFound."""
    ticket = session.scalar(select(Ticket).where(Ticket.token == token))
    if ticket is None:
        raise NotFound()
    return ticket


def tickets_by_token(session: Session, tokens: Iterable[str]) -> Sequence[Ticket]:
    """The tickets with these tokens; one that is nobody's is passed over."""
    return session.scalars(select(Ticket).where(Ticket.token.in_(list(tokens)))).all()


def ticket_of_appointment(session: Session, appointment_id: int) -> Ticket | None:
    """The ticket a booking became at check-in."""
    return session.scalar(select(Ticket).where(Ticket.appointment_id == appointment_id))


def tickets_by_id(session: Session, ids: Iterable[int]) -> dict[int, Ticket]:
    """These tickets by id."""
    return {ticket.id: ticket for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(list(ids))))}


def office_of_ticket(session: Session, ticket: Ticket) -> Office:
    """The office in whose line the ticket is."""
    return office_store.office_by_id(session, ticket.office_id)


def open_ticket_at(session: Session, counter_id: int) -> Ticket | None:
    """Who is called to or served at this counter, of whatever day: at most one, the partial unique index says so."""
    return session.scalar(select(Ticket).where(Ticket.counter_id == counter_id, Ticket.state.in_(OPEN)))


def lives_of(session: Session, ticket_ids: Iterable[int]) -> Mapping[int, Sequence[TicketInterval]]:
    """The stretches of each ticket's life, oldest first; the last is the present one."""
    lives: dict[int, list[TicketInterval]] = defaultdict(list)
    rows = select(TicketInterval).where(TicketInterval.ticket_id.in_(list(ticket_ids))).order_by(TicketInterval.id)
    for row in session.scalars(rows):
        lives[row.ticket_id].append(row)
    return lives


def latest_calls(session: Session, ticket_ids: Iterable[int]) -> dict[int, Call]:
    """The same for many tickets, by ticket; those never called are missing."""
    newest = select(func.max(Call.id)).where(Call.ticket_id.in_(list(ticket_ids)), Call.tier != UNDONE).group_by(Call.ticket_id)
    return {call.ticket_id: call for call in session.scalars(select(Call).where(Call.id.in_(newest)))}


def services_by_id(session: Session, office: Office) -> dict[int, Service]:
    """Every service of an office by id, also those it offers no longer: a ticket may have one."""
    return {service.id: service for service in session.scalars(select(Service).where(Service.office_id == office.id))}


# --- the line ---------------------------------------------------------------------------------------------------------


def policy_of(office: Office, service: Service | None = None) -> Policy:
    """The office's settings of its line as the rule takes them, with the tolerance of `service` where it has its own."""
    settings = Settings.of(office.settings)
    names = (
        "early", "late", "lead", "guard", "ratio", "priority", "interleave", "late_policy",
        "recall_after_s", "absent_calls", "absent_after_s", "undo_s",
    )  # fmt: skip
    values = {name: getattr(settings, name) for name in names}
    own = {name: getattr(service, name) for name in ("early", "late") if getattr(service, name, None) is not None}
    return Policy(**values | own)


def line_days(hours: Hours, now: datetime) -> list[date]:
    """The days whose tickets stand in the present line: today, and yesterday where the office is open through midnight."""
    today = local_day(now, hours.tz)
    yesterday = today - timedelta(days=1)
    before, after = open_spans(hours, yesterday), open_spans(hours, today)
    through = bool(before and after) and before[-1].closes_at == after[0].opens_at
    return [yesterday, today] if through else [today]


def opening_of(hours: Hours, days: Iterable[date]) -> tuple[Span, ...]:
    """The open hours of these days, for the rule."""
    return tuple(Span(span.opens_at, span.closes_at) for day in days for span in open_spans(hours, day))


def load_line(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Line:
    """Everything the rule needs about this moment of an office, as plain data."""
    hours = office_store.hours_of(session, office, tz)
    return line_of(session, office, now, hours, calls_of(session, office, line_days(hours, now)))


def line_of(session: Session, office: Office, now: datetime, hours: Hours, calls: Sequence[Call]) -> Line:
    """The same for who has read the office's hours and the calls of the present days already."""
    days, counters = line_days(hours, now), office_store.counters_of(session, office)
    return Line(
        waiting=_waiting(session, office, days, calls, counters),
        counters=_calling(session, office, now, counters),
        log=tuple(_called(call) for call in calls),
        policy=policy_of(office),
        now=now,
        opening=opening_of(hours, days),
        minutes=_minutes(session, office),
    )


def live_tickets(session: Session, office: Office, days: Sequence[date]) -> Sequence[Ticket]:
    """The tickets of these days that are not decided yet, oldest first."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.office_id == office.id, Ticket.on.in_(days), Ticket.state.in_(LIVE))
        .order_by(Ticket.arrived_at, Ticket.id)
    ).all()


def changed_since(session: Session, office: Office, since: datetime) -> Sequence[Ticket]:
    """The tickets whose state has changed since then, latest first: what may still be taken back is among them."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.office_id == office.id, Ticket.on >= since.date() - timedelta(days=2), Ticket.state_at >= since)
        .order_by(Ticket.state_at.desc(), Ticket.id)
    ).all()


def calls_of(session: Session, office: Office, days: Sequence[date]) -> Sequence[Call]:
    """The calls of these days that were not taken back, oldest first."""
    return session.scalars(
        select(Call).where(Call.office_id == office.id, Call.on.in_(days), Call.tier != UNDONE).order_by(Call.id)
    ).all()


def waiting_intervals(session: Session, office: Office, days: Sequence[date]) -> Mapping[int, list[TicketInterval]]:
    """The stretches of waiting of the tickets of these days that are not decided yet, by ticket, oldest first."""
    rows = session.scalars(
        select(TicketInterval)
        .join(Ticket, Ticket.id == TicketInterval.ticket_id)
        .where(
            Ticket.office_id == office.id,
            Ticket.on.in_(days),
            Ticket.state.in_(LIVE),
            TicketInterval.state == "waiting",
        )
        .order_by(TicketInterval.id)
    )
    by_ticket: dict[int, list[TicketInterval]] = defaultdict(list)
    for row in rows:
        by_ticket[row.ticket_id].append(row)
    return by_ticket


def waiting_counts(session: Session, codes: Iterable[str], on: date) -> dict[str, int]:
    """How many people of the day `on` wait in each of these offices. An office without any is left out."""
    rows = session.execute(
        select(Office.code, func.count())
        .join(Ticket, Ticket.office_id == Office.id)
        .where(Office.code.in_(list(codes)), Ticket.state == "waiting", Ticket.on == on)
        .group_by(Office.code)
    )
    return {code: count for code, count in rows}  # noqa: C416 (a Row is no tuple to the type checker)


def _waiting(
    session: Session, office: Office, days: Sequence[date], calls: Sequence[Call], counters: Sequence[Counter]
) -> tuple[Waiting, ...]:
    rows = session.execute(
        select(Ticket.id, Ticket.service_id, Ticket.due_at, Ticket.arrived_at, Ticket.kind, Ticket.arrival, Ticket.slot_at,
               Ticket.priority, Ticket.for_counter_id, Ticket.people, Ticket.minutes, Counter.state.label("for_state"),
               Service.early, Service.late)
        .join(Service, Service.id == Ticket.service_id)
        .outerjoin(Counter, Counter.id == Ticket.for_counter_id)
        .where(Ticket.office_id == office.id, Ticket.on.in_(days), Ticket.state == "waiting")
    ).all()  # fmt: skip
    stretches = waiting_intervals(session, office, days)
    numbers = {counter.id: str(counter.number) for counter in counters}
    lead = policy_of(office).lead
    tries: dict[int, int] = defaultdict(int)
    for call in calls:
        tries[call.ticket_id] += call.reason == "early" and call.withdrawn_at is not None
    line = []
    for row in rows:
        present = stretches[row.id][-1]
        origin = _ORIGINS.get(present.why) or _ORIGINS.get(row.arrival) or "walk_in"
        known = None if row.for_state in (None, "closed") else row.for_counter_id
        line.append(
            Waiting(
                id=row.id,
                service=row.service_id,
                due_at=row.due_at,
                checked_in_at=row.arrived_at,
                booked=row.kind == "booked",
                slot_at=row.slot_at,
                priority=row.priority,
                spans=tuple(Span(stretch.from_at, stretch.to_at) for stretch in stretches[row.id]),
                origin=origin,
                from_counter=numbers.get(present.counter_id or 0, ""),
                only_counter=None if origin == "returned" else known,
                prefers=known if origin == "returned" else None,
                early_tries=tries[row.id],
                lead=None if row.early is None else min(row.early, lead),
                late=row.late,
                minutes=row.minutes if row.people > 1 else None,
            )
        )
    return tuple(line)


def _calling(session: Session, office: Office, now: datetime, counters: Sequence[Counter]) -> tuple[CounterView, ...]:
    """The open counters. A busy one is free when its person has been served for the planned minutes, at the earliest now."""
    skills = office_store.skills_of(session, office)
    busy = {
        row.counter_id: max(now, (row.state_at if row.state == "serving" else now) + timedelta(minutes=row.minutes))
        for row in session.execute(
            select(Ticket.counter_id, Ticket.state, Ticket.state_at, Ticket.minutes).where(
                Ticket.office_id == office.id, Ticket.state.in_(OPEN)
            )
        )
    }
    return tuple(
        CounterView(
            counter.id,
            skills.get(counter.id, ()),
            idle_since=None if counter.id in busy else counter.idle_at,
            free_at=busy.get(counter.id),
        )
        for counter in counters
        if counter.state == "open"
    )


def _minutes(session: Session, office: Office) -> dict[int | str, float]:
    rows = session.execute(select(Service.id, Service.minutes).where(Service.office_id == office.id))
    return {service: float(minutes) for service, minutes in rows}


def _called(call: Call) -> Called:
    booked = call.reason.startswith("booked") or call.reason == "early"
    return Called(
        call.counter_id, call.ticket_id, call.reason, booked, bool(call.params.get("priority")), call.called_at, call.id
    )
