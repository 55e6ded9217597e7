"""Writing the log of an office's line. How entries are chained is in log_rules.py.

The verbs only *note* what they do (`note`, `note_interval`, ...), at the few places that every change goes through. What was
noted is written at the end of the transaction, whoever commits it: then every row has its id and its last word, and all
entries of one transaction cost one SELECT (the last entry) and one INSERT. The verbs hold the office's line (`lock_line`), so
`n` has no gap; UNIQUE (office_id, n) is the last guard. What is rolled back leaves no entry. Reading is in log_store.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, event, insert, inspect
from sqlalchemy.orm import Session, SessionTransaction

from core.database import Base
from core.rights import Actor
from office.hours import local_day
from office.models import Counter, Office
from queueing import log_store, store
from queueing.log_rules import START, Entry, chained, plain, policy_mark, what_of
from queueing.models import Call, LogEntry, Ticket, TicketInterval
from queueing.order_rules import Line
from queueing.policy import Policy
from queueing.rules import BY_HAND

TZ: Final = "office_tz"
"""The name in `Session.info` of the time zone whose days the log is kept in."""
_WRITE: Final = insert(cast(Table, LogEntry.__table__))
_NOTED: Final = "line_log_noted"
_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_SAYS_MORE = {
    "wrong_person": "wrong_person", "carried": "carried", "wrong_person_undone": "undone", "further_undone": "undone",
    "served_at_desk": "called",
}  # fmt: skip
"""Audits that tell of the same act as the stretch noted just before, by what that is called."""


@dataclass
class _Note:
    """Something to be written at the end. `row` is what it tells of: rolled back with it, the note is dropped."""

    office_id: int
    at: datetime
    what: str
    ticket: Ticket | None = None
    row: Base | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def tz_of(session: Session) -> ZoneInfo:
    """The time zone of the offices of this database."""
    tz: ZoneInfo = session.info.get(TZ, _HANOI)
    return tz


# --- noting -----------------------------------------------------------------------------------------------------------


def note(session: Session, what: str, *, office_id: int, at: datetime, ticket: Ticket | None = None, **detail: Any) -> None:
    """Note something that is no stretch of a ticket's life: a recall, a priority, a counter that opens.

    `detail` never holds a person: numbers of tickets and counters, ids of staff and devices, reasons.
    """
    _noted(session).append(_Note(office_id, at, what, ticket, detail=detail))


def note_interval(
    session: Session, ticket: Ticket, before: TicketInterval | None, stretch: TicketInterval, now: datetime
) -> None:
    """Note a new stretch of a ticket's life, after the one `before`; None: it is the first."""
    left = before.state if before is not None else None
    what = what_of(left, stretch.state, stretch.why)
    _noted(session).append(_Note(ticket.office_id, now, what, ticket, stretch, {"from": left}))


def note_audit(session: Session, what: str, ticket: Ticket, *, actor: Actor, now: datetime, **detail: Any) -> None:
    """Note what an audit says of a ticket: of the change that was just noted it says more, else it is an entry of its own."""
    last = _last_of(session, ticket)
    if last is not None and last.what == _SAYS_MORE.get(what):
        amend(session, ticket, **detail)
        return
    who = {actor.kind: actor.id} if actor.kind in ("staff", "device") else {}
    note(session, what, office_id=ticket.office_id, at=now, ticket=ticket, **who, **detail)


def amend(session: Session, ticket: Ticket, what: str = "", at: datetime | None = None, **detail: Any) -> None:
    """Say more of what was noted last of this ticket: what it is called, or what the states alone do not tell.

    `at` is when it was done, where the row itself tells of an earlier hour.
    """
    noted = _last_of(session, ticket)
    if noted is not None:
        noted.what, noted.at = what or noted.what, at or noted.at
        noted.detail |= detail


def note_call(session: Session, call: Call, ticket: Ticket, line: Line) -> None:
    """Say of the stretch just noted which call it is, and how the line stood that the counter called from.

    Of a call by hand it is said whom the rule would have called.
    """
    who = next((each for each in line.waiting if each.id == ticket.id), None)
    told = {"id": call.id, "tier": call.tier, "reason": call.reason, "params": call.params}
    noted = _last_of(session, ticket)
    if noted is not None and noted.at != call.called_at:
        told["at"] = call.called_at  # whoever waited for the lock looked at the clock before
    choice = line.next_call(call.counter_id) if call.reason == BY_HAND else None
    instead = session.get(Ticket, choice.ticket) if choice is not None and choice.ticket != ticket.id else None
    amend(
        session,
        ticket,
        "called",
        call=told,
        waiting=line.how_many_for(call.counter_id),
        lead=who.lead if who is not None else None,
        late=who.late if who is not None else None,
        instead=instead.label if instead is not None else None,
    )


def note_counter(
    session: Session, what: str, counter: Counter, now: datetime, *, actor: Actor | None = None, **more: Any
) -> None:
    """Note that a counter opened, paused, closed or passed on: who sits there, and who did it where that is known."""
    staff = actor.id if actor is not None and actor.kind == "staff" else counter.staff_id
    note(session, what, office_id=counter.office_id, at=now, counter=counter.number, staff=staff, sits=counter.staff_id, **more)


def _last_of(session: Session, ticket: Ticket) -> _Note | None:
    return next((noted for noted in reversed(_noted(session)) if noted.ticket is ticket), None)


def _noted(session: Session) -> list[_Note]:
    noted: list[_Note] = session.info.setdefault(_NOTED, [])
    return noted


# --- writing ----------------------------------------------------------------------------------------------------------


def write_noted(session: Session) -> None:
    """Write everything noted so far. Done by itself before every commit; asked for when the hash is wanted earlier."""
    noted: list[_Note] = session.info.pop(_NOTED, [])
    if not noted:
        return
    session.flush()
    by_office: dict[int, list[_Note]] = defaultdict(list)
    for each in noted:
        if each.row is None or inspect(each.row).persistent:
            by_office[each.office_id].append(each)
    for office_id, its in by_office.items():
        _append(session, store.office_in_hand(session, office_id), its)


def _append(session: Session, office: Office, noted: Sequence[_Note]) -> None:
    rules, mark = _rules_of(store.policy_of(office))
    last = log_store.last_entry(session, office)
    n, before = (last.n, last.hash) if last is not None else (0, START)
    told: list[tuple[_Note, Mapping[str, Any]]] = [(each, _detail(session, each)) for each in noted]
    if last is None or last.detail.get(log_store.POLICY) != mark:
        # However the policy came to be another one, the log says so before anything is done under it.
        told.insert(0, (_Note(office.id, noted[0].at, log_store.POLICY), {"rules": rules}))
    rows = []
    for each, detail in told:
        n += 1
        ticket_id = each.ticket.id if each.ticket is not None else None
        on, detail = local_day(each.at, tz_of(session)), {**detail, log_store.POLICY: mark}
        entry = Entry(office.code, n, on, each.at, each.what, ticket_id, detail)
        before = chained(entry, before)
        rows.append(
            {
                "office_id": office.id, "n": n, "on": on, "at": each.at, "what": each.what, "ticket_id": ticket_id,
                "detail": detail, "hash": before,
            }
        )  # fmt: skip
    session.execute(_WRITE, rows)


@lru_cache(maxsize=1024)
def _rules_of(policy: Policy) -> tuple[dict[str, Any], str]:
    """A policy as the log tells it, and its mark."""
    rules = plain(asdict(policy))
    return rules, policy_mark(rules)


def _detail(session: Session, noted: _Note) -> dict[str, Any]:
    """What is kept of a note; what has no value, is false, or happened when the entry says anyway, is left out."""
    detail: dict[str, Any] = {}
    if noted.ticket is not None:
        detail |= ticket_facts(session, noted.ticket)
    if isinstance(noted.row, TicketInterval):
        detail |= interval_facts(session, noted.row)
    if noted.ticket is not None and noted.what == "taken":
        detail |= _arrival(noted.ticket)
    detail |= noted.detail
    if detail.get("since") == noted.at:
        del detail["since"]
    return {name: plain(value) for name, value in detail.items() if value not in (None, "", False)}


def ticket_facts(session: Session, ticket: Ticket) -> dict[str, Any]:
    """What decides about a ticket's place in the line."""
    return {
        "number": ticket.label,
        "kind": ticket.kind,
        "due_at": ticket.due_at,
        "priority": ticket.priority,
        "service": ticket.service_id,
        "for": _number(session, ticket.for_counter_id),
    }


def interval_facts(session: Session, stretch: TicketInterval) -> dict[str, Any]:
    """What a stretch of a ticket's life says."""
    return {
        "interval": stretch.id,
        "state": stretch.state,
        "counter": _number(session, stretch.counter_id),
        "staff": stretch.staff_id,
        "device": stretch.device_id,
        "since": stretch.from_at,
        "why": stretch.why,
    }


def _arrival(ticket: Ticket) -> dict[str, Any]:
    return {
        "how": ticket.source,
        "arrival": ticket.arrival,
        "slot_at": ticket.slot_at,
        "arrived_at": ticket.arrived_at,
        "people": ticket.people,
    }


def _number(session: Session, counter_id: int | None) -> int | None:
    return store.counter_in_hand(session, counter_id).number if counter_id is not None else None


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        write_noted(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:  # what a savepoint took back is told by its rows
        session.info.pop(_NOTED, None)


# --- the end of it ----------------------------------------------------------------------------------------------------


def last_hash(session: Session, office: Office) -> str:
    """The hash of the office's last entry, with everything noted in this transaction; "" of an office without a log."""
    write_noted(session)
    last = log_store.last_entry(session, office)
    return last.hash if last is not None else ""
