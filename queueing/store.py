"""Every lock of the line, and the queries of one ticket. What reads the whole line is in line_store.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from core.database import dialect_of, in_both_words
from core.rights import NotFound
from office import store as office_store
from office.hours import Hours, local_day, open_spans
from office.models import Counter, Office, Service
from office.plans import AnyService
from office.settings import Settings
from queueing.lifecycle_rules import OPEN
from queueing.models import Call, NumberCounter, Ticket, TicketInterval
from queueing.policy import Policy
from queueing.waiting_rules import Span

Stretch = Row[*tuple[Any, ...]]
"""`ticket_id, state, from_at, to_at, why` of a stretch of a ticket's life."""
UNDONE = "undone"
"""The tier of a call that was taken back: it stays on paper, but no rule and no board sees it."""
_HELD: Final = "lines_held"
_COUNTERS: Final = "counters_under_lock"
_KNOWN: Final = "present_by_ticket"

_tickets, _numbers = cast(Table, Ticket.__table__), cast(Table, NumberCounter.__table__)


def one_of_states(states: Iterable[str]) -> ColumnElement[bool]:
    """Whether a ticket is in one of these states, written out: SQLite uses a partial index only for its very words."""
    return _tickets.c.state.in_([literal_column(f"'{state}'") for state in states])


def _next_number(insert: Any) -> Any:
    """The next number of a prefix: the first is 1."""
    key: dict[str, Any] = {name: bindparam(name) for name in ("office_id", "on", "prefix")}
    made = insert(_numbers).values(**key, last=1)
    return made.on_conflict_do_update(index_elements=list(key), set_={"last": _numbers.c.last + 1}).returning(_numbers.c.last)


_WITH_OFFICE = select(Ticket, Office).join(Office, Office.id == Ticket.office_id).where(Ticket.id == bindparam("ticket"))
_NEXT_NUMBER = in_both_words(_next_number)
_OPEN_AT = select(Ticket).where(_tickets.c.counter_id == bindparam("counter"), one_of_states(OPEN))
_stretches = cast(Table, TicketInterval.__table__)
_BY_AGE = select(*(_stretches.c[name] for name in ("ticket_id", "state", "from_at", "to_at", "why"))).order_by(_stretches.c.id)
_LIVES = _BY_AGE.where(_stretches.c.ticket_id.in_(bindparam("tickets", expanding=True)))
_LIFE = _BY_AGE.where(_stretches.c.ticket_id == bindparam("ticket"))
_LATEST = select(Call).where(
    Call.id.in_(
        select(func.max(Call.id))
        .where(Call.ticket_id.in_(bindparam("tickets", expanding=True)), Call.tier != UNDONE)
        .group_by(Call.ticket_id)
    )
)
_COUNTERS_OF = select(Counter).where(Counter.office_id == bindparam("office")).order_by(Counter.number)

_AS_NOW = {"populate_existing": True}
_newest = aliased(Call)
_NEWEST = (
    select(func.max(_newest.id)).where(_newest.ticket_id == Ticket.id, _newest.tier != UNDONE).correlate(Ticket).scalar_subquery()
)
_IN_HAND = (
    select(Ticket, TicketInterval, Call)
    .join(TicketInterval, and_(TicketInterval.ticket_id == Ticket.id, TicketInterval.to_at.is_(None)))
    .outerjoin(Call, Call.id == _NEWEST)
)
_PRESENT = _IN_HAND.where(Ticket.id == bindparam("ticket"))
_OPEN_IN_HAND = _IN_HAND.where(Ticket.counter_id == bindparam("counter"), one_of_states(OPEN))

# --- locks and numbers ------------------------------------------------------------------------------------------------


def lock_line(session: Session, office: Office) -> Office:
    """Lock the line of `office`: held until commit. First of all in every action, so changes happen one after another.

    Asked again in the same transaction it does nothing: all of a transaction is one change of the office.
    """
    held: dict[int, Office] = session.info.setdefault(_HELD, {})
    if office.id not in held:
        held[office.id] = office_store.lock_office(session, office)
    return office


def office_in_hand(session: Session, office_id: int) -> Office:
    """The office with this id; the one whose line is locked costs nothing."""
    held: dict[int, Office] = session.info.get(_HELD, {})
    return held.get(office_id) or office_store.office_by_id(session, office_id)


def counter_in_hand(session: Session, counter_id: int) -> Counter:
    """The counter with this id; those that were read under the lock cost nothing."""
    known: dict[int, Sequence[Counter]] = session.info.get(_COUNTERS, {})
    read = (counter for counters in known.values() for counter in counters if counter.id == counter_id)
    return next(read, None) or session.get_one(Counter, counter_id)


def locked_ticket(session: Session, ticket: Ticket) -> tuple[Office, Ticket]:
    """The ticket's office, its line locked, and the ticket as it is now: who waited for the lock reads again, once."""
    office = lock_line(session, office_in_hand(session, ticket.office_id))
    if ticket.id not in _known(session):
        ticket_in_hand(session, ticket.id)
    if ticket.counter_id is not None:
        counters_under_lock(session, office)
    return office, ticket


def locked_counter(session: Session, counter: Counter) -> tuple[Office, Counter]:
    """The counter's office, its line locked, and the counter as it is now; the office's others are read with it.

    Raises NotFound when it was retired a moment ago.
    """
    office = lock_line(session, office_in_hand(session, counter.office_id))
    counters_under_lock(session, office)
    if counter.retired:
        raise NotFound()
    return office, counter


def counters_under_lock(session: Session, office: Office) -> Sequence[Counter]:
    """Every counter of an office as it is under the lock of its line, retired ones too: read once in a transaction."""
    known: dict[int, Sequence[Counter]] = session.info.setdefault(_COUNTERS, {})
    if office.id not in known:
        as_now = {"populate_existing": True}
        known[office.id] = session.scalars(_COUNTERS_OF, {"office": office.id}, execution_options=as_now).all()
    return known[office.id]


def counters_of(session: Session, office: Office) -> Sequence[Counter]:
    """The counters of an office by number, without those there are no more."""
    known: dict[int, Sequence[Counter]] = session.info.get(_COUNTERS, {})
    counters = known.get(office.id) or session.scalars(_COUNTERS_OF, {"office": office.id}).all()
    return [counter for counter in counters if not counter.retired]


def next_number(session: Session, office_id: int, on: date, prefix: str) -> int:
    """The next number of a prefix on a day, from 1. The row is locked until commit: no number is given twice or left out."""
    whose = {"office_id": office_id, "on": on, "prefix": prefix}
    number: int = session.execute(_NEXT_NUMBER[dialect_of(session)], whose).scalar_one()
    return number


# --- a ticket in hand -------------------------------------------------------------------------------------------------


@dataclass
class Present:
    """The present stretch of a ticket's life and its newest call that was not taken back."""

    stretch: TicketInterval | None
    call: Call | None


def present_of(session: Session, ticket: Ticket) -> Present:
    """Where the ticket stands, with the line locked: read once in a transaction, and kept true by `changes`."""
    known = _known(session)
    if ticket.id not in known:
        _taken_up(session, session.execute(_PRESENT, {"ticket": ticket.id}).one())
    return known[ticket.id]


def ticket_in_hand(session: Session, ticket_id: int) -> Ticket:
    """The ticket with where it stands, in one statement, with the line locked."""
    return _taken_up(session, session.execute(_PRESENT, {"ticket": ticket_id}, execution_options=_AS_NOW).one())


def open_in_hand(session: Session, counter_id: int) -> Ticket | None:
    """The same of who is called to or served at this counter, of whatever day, if anybody is."""
    row = session.execute(_OPEN_IN_HAND, {"counter": counter_id}, execution_options=_AS_NOW).first()
    return None if row is None else _taken_up(session, row)


def _taken_up(session: Session, row: Row[Ticket, TicketInterval, Call]) -> Ticket:
    ticket, stretch, call = row
    _known(session).setdefault(ticket.id, Present(stretch, call))
    return ticket


def _known(session: Session) -> dict[int, Present]:
    known: dict[int, Present] = session.info.setdefault(_KNOWN, {})
    return known


def calls_in_hand(session: Session, ticket_ids: Sequence[int]) -> dict[int, Call]:
    """The newest call of each of these tickets, by ticket: what this transaction has in hand is not read again."""
    known = _known(session)
    calls = latest_calls(session, [each for each in ticket_ids if each not in known])
    return calls | {each: call for each in ticket_ids if each in known and (call := known[each].call) is not None}


def begin(session: Session, ticket: Ticket) -> None:
    """A ticket that is new has neither a stretch nor a call."""
    _known(session)[ticket.id] = Present(None, None)


def forget(session: Session, ticket: Ticket) -> None:
    """Read the ticket's stretch and call again when they are asked for next."""
    _known(session).pop(ticket.id, None)


# --- one ticket -------------------------------------------------------------------------------------------------------


def ticket_by_id(session: Session, ticket_id: int) -> Ticket:
    """The ticket with this id. Raises NotFound; whose it is, the caller checks with `core.rights.ensure_office`."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound()
    return ticket


def ticket_with_office(session: Session, ticket_id: int) -> tuple[Ticket, Office]:
    """The same with the office in whose line it is, in one statement."""
    row = session.execute(_WITH_OFFICE, {"ticket": ticket_id}).first()
    if row is None:
        raise NotFound()
    return row[0], row[1]


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


def office_of_ticket(session: Session, ticket: Ticket) -> Office:
    """The office in whose line the ticket is."""
    return office_in_hand(session, ticket.office_id)


def open_ticket_at(session: Session, counter_id: int) -> Ticket | None:
    """Who is called to or served at this counter, of whatever day: at most one, the partial unique index says so."""
    return session.scalar(_OPEN_AT, {"counter": counter_id})


def lives_of(session: Session, ticket_ids: Iterable[int]) -> Mapping[int, Sequence[Stretch]]:
    """The stretches of each ticket's life, oldest first; the last is the present one."""
    lives: dict[int, list[Stretch]] = defaultdict(list)
    ids = list(ticket_ids)
    if not ids:
        return lives
    session.flush()
    for row in session.execute(_LIFE, {"ticket": ids[0]}) if len(ids) == 1 else session.execute(_LIVES, {"tickets": ids}):
        lives[row.ticket_id].append(row)
    return lives


def latest_calls(session: Session, ticket_ids: Iterable[int]) -> dict[int, Call]:
    """The same for many tickets, by ticket; those never called are missing."""
    ids = list(ticket_ids)
    if not ids:
        return {}
    return {call.ticket_id: call for call in session.scalars(_LATEST, {"tickets": ids})}


def services_by_id(session: Session, office: Office) -> dict[int, Service]:
    """Every service of an office by id, also those it offers no longer: a ticket may have one."""
    return {service.id: service for service in session.scalars(select(Service).where(Service.office_id == office.id))}


_NAMES = (
    "early", "late", "lead", "guard", "ratio", "priority", "interleave", "late_policy",
    "recall_after_s", "absent_calls", "absent_after_s", "undo_s",
)  # fmt: skip


def policy_of(office: Office, service: AnyService | None = None) -> Policy:
    """The office's settings of its line as the rule takes them, with the tolerance of `service` where it has its own."""
    early, late = (service.early, service.late) if service is not None else (None, None)
    return _policy(Settings.of(office.settings), early, late)


@lru_cache(maxsize=2048)
def _policy(settings: Settings, early: int | None, late: int | None) -> Policy:
    own = {name: value for name, value in (("early", early), ("late", late)) if value is not None}
    return Policy(**{name: getattr(settings, name) for name in _NAMES} | own)


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
