"""The verbs of a counter: opening it, calling, serving, and what becomes of the person there.

Each locks the office's line first, never commits, and tells the screens through `OfficeChanged`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.events import record
from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import Actor, NotFound
from office.actions import audit
from office.models import Counter, Office
from queueing import store
from queueing.actions import PAPERS_MISSING
from queueing.changes import move, refuse_open_ticket, refuse_unless_free, remember, staff_of, state_after, withdraw
from queueing.events import TicketCalled, TicketMissed
from queueing.lifecycle_rules import recall_in
from queueing.models import Call, Ticket
from queueing.refusals import CounterNotOpen, CounterTaken, OtherCounterOpen, RecallTooSoon, WrongState
from queueing.rules import BY_HAND, Reason

Outcome = Literal["served", "papers_missing", "left"]


# --- the counter itself -----------------------------------------------------------------------------------------------


def open_counter(session: Session, counter: Counter, *, staff_id: int, now: datetime, move: bool = False) -> Counter:
    """Seat an officer at a counter, or end its pause. `move` closes the one the officer has open elsewhere.

    Raises CounterTaken, OtherCounterOpen (which offers to move), and CounterBusy when that other one has somebody.
    """
    _office, counter = store.locked_counter(session, counter)
    if counter.staff_id not in (None, staff_id):
        raise CounterTaken(counter=counter.number)
    other = session.scalar(select(Counter).where(Counter.staff_id == staff_id, Counter.id != counter.id))
    if other is not None:
        if not move or other.office_id != counter.office_id:  # another office's line is another lock
            raise OtherCounterOpen(counter=counter.number, other=other.number, other_id=other.id)
        _close(session, other, now)
    if counter.state != "open":
        counter.state, counter.staff_id, counter.pause_reason = "open", staff_id, ""
        counter.state_at = counter.idle_at = now
    try:
        session.flush()
    except IntegrityError as error:  # another office's line is another lock; the constraint is the judge
        raise OtherCounterOpen(counter=counter.number, other="") from error
    return counter


def pause_counter(session: Session, counter: Counter, *, reason: str, now: datetime) -> Counter:
    """Let the counter rest. Raises CounterBusy while somebody is there: decide on that one first."""
    _office, counter = store.locked_counter(session, counter)
    if counter.state == "closed":
        raise CounterNotOpen(counter=counter.number, state=counter.state)
    refuse_open_ticket(session, counter)
    counter.state, counter.pause_reason, counter.state_at = "paused", reason.strip(), now
    session.flush()
    return counter


def close_counter(session: Session, counter: Counter, *, now: datetime) -> Counter:
    """Nobody sits there any more. Raises CounterBusy while somebody is there."""
    _office, counter = store.locked_counter(session, counter)
    _close(session, counter, now)
    return counter


def _close(session: Session, counter: Counter, now: datetime) -> None:
    refuse_open_ticket(session, counter)
    if counter.state != "closed":
        counter.state, counter.staff_id, counter.pause_reason = "closed", None, ""
        counter.state_at, counter.idle_at = now, None
    session.flush()


# --- calling ----------------------------------------------------------------------------------------------------------


def call_next(session: Session, counter: Counter, *, actor: Actor, now: datetime, tz: ZoneInfo) -> Call | None:
    """Finish whoever is at the counter ("Xong, gọi tiếp" is one press) and call the next by the rule; None: nobody.

    Raises CounterNotOpen. The line is locked from the first statement to the commit, so two counters never get one person.
    """
    office, counter = store.locked_counter(session, counter)
    _refuse_unless_open(counter)
    present = store.open_ticket_at(session, counter.id)
    if present is not None:
        _finish(session, present, "served", actor=actor, now=now)
    choice = store.load_line(session, office, now, tz).next_call(counter.id)
    if choice is None:
        return None
    ticket = session.get_one(Ticket, choice.ticket)
    return _call(session, office, counter, ticket, str(choice.tier), choice.reason, actor=actor, now=now)


def call_ticket(session: Session, counter: Counter, ticket: Ticket, *, reason: str, actor: Actor, now: datetime) -> Call:
    """Call somebody out of order: a right that wants a reason, and is logged.

    Raises FormRefused without a reason, CounterNotOpen, CounterBusy, WrongState, and NotFound for another office's ticket.
    """
    office, counter = store.locked_counter(session, counter)
    session.refresh(ticket)
    if ticket.office_id != office.id:
        raise NotFound()
    if not reason.strip():
        raise FormRefused({"reason": _("Hãy ghi lý do gọi ngoài thứ tự.")})
    _refuse_unless_open(counter)
    refuse_open_ticket(session, counter)
    why = Reason(BY_HAND, {"why": reason.strip()})
    call = _call(session, office, counter, ticket, BY_HAND, why, actor=actor, now=now)
    log: dict[str, Any] = {"ticket": ticket.id, "number": ticket.label, "counter": counter.number, "reason": reason.strip()}
    audit(session, "call_out_of_order", now, office_id=office.id, staff_id=staff_of(actor), **log)
    return call


def _refuse_unless_open(counter: Counter) -> None:
    if counter.state != "open":
        raise CounterNotOpen(counter=counter.number, state=counter.state)


def _call(
    session: Session, office: Office, counter: Counter, ticket: Ticket, tier: str, reason: Reason, *, actor: Actor, now: datetime
) -> Call:
    state = state_after(ticket, "call")
    remember(session, ticket, "call", counter_id=counter.id, now=now)
    ticket.attempts, ticket.first_called_at, ticket.for_counter_id = ticket.attempts + 1, now, None
    move(session, ticket, state, actor=actor, now=now, counter_id=counter.id)
    call = Call(
        office_id=office.id,
        on=ticket.on,
        ticket_id=ticket.id,
        counter_id=counter.id,
        staff_id=staff_of(actor),
        called_at=now,
        last_called_at=now,
        times=1,
        tier=tier,
        reason=reason.code,
        params={**_stored(reason.params), "priority": ticket.priority},
    )
    session.add(call)
    session.flush()
    record(session, TicketCalled(office.code, ticket.id, call.id, 1))
    return call


def _stored(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in params.items()}


def recall(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Say the number once more. Raises RecallTooSoon within `recall_after_s` of the last time, WrongState."""
    office, ticket = store.locked_ticket(session, ticket)
    state_after(ticket, "recall")
    call = _present_call(session, ticket)
    seconds = recall_in(call.last_called_at, store.policy_of(office), now)
    if seconds:
        raise RecallTooSoon(number=ticket.label, seconds=seconds)
    call.times, call.last_called_at, call.staff_id = call.times + 1, now, staff_of(actor) or call.staff_id
    ticket.attempts += 1
    ticket.version += 1
    session.flush()
    record(session, TicketCalled(office.code, ticket.id, call.id, call.times))
    return ticket


# --- the person at the counter ----------------------------------------------------------------------------------------


def serve(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """The called person is here. Raises WrongState."""
    _office, ticket = store.locked_ticket(session, ticket)
    state, counter_id = state_after(ticket, "serve"), ticket.counter_id
    remember(session, ticket, "serve", counter_id=counter_id, now=now)
    _present_call(session, ticket).answered_at = now
    move(session, ticket, state, actor=actor, now=now, counter_id=counter_id)
    return ticket


def absent(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Nobody came. An early call changes nothing: expected again, no attempt counted. Raises WrongState."""
    office, ticket = store.locked_ticket(session, ticket)
    call = store.latest_call(session, ticket)
    early = call is not None and call.reason == "early"
    state, left = state_after(ticket, "absent", early_call=early), ticket.counter_id
    remember(session, ticket, "absent", counter_id=left, now=now)
    withdraw(session, ticket, now)
    if early and call is not None:
        ticket.attempts, ticket.first_called_at = ticket.attempts - call.times, None
    else:
        record(session, TicketMissed(office.code, ticket.id))
    move(session, ticket, state, actor=actor, now=now, seen_at=None if early else left)
    return ticket


def hold(session: Session, ticket: Ticket, *, why: str, actor: Actor, now: datetime) -> Ticket:
    """Put somebody aside: the counter is free, the place (`due_at`) is kept. Raises WrongState."""
    _office, ticket = store.locked_ticket(session, ticket)
    state, left = state_after(ticket, "hold"), ticket.counter_id
    remember(session, ticket, "hold", counter_id=left, now=now)
    withdraw(session, ticket, now)
    move(session, ticket, state, actor=actor, now=now, why=why.strip(), seen_at=left)
    return ticket


def resume(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, counter: Counter | None = None) -> Ticket:
    """Go on with a held person at `counter`; without one, back to the line. Raises WrongState, CounterNotOpen, CounterBusy."""
    office, ticket = store.locked_ticket(session, ticket)
    state = state_after(ticket, "resume", at_counter=counter is not None)
    if counter is not None:
        session.refresh(counter)
        if counter.office_id != office.id:
            raise NotFound()
        refuse_unless_free(session, counter, ticket)
    counter_id = counter.id if counter is not None else None
    remember(session, ticket, "resume", counter_id=counter_id, now=now)
    move(session, ticket, state, actor=actor, now=now, counter_id=counter_id)
    return ticket


def finish(
    session: Session,
    ticket: Ticket,
    *,
    actor: Actor,
    now: datetime,
    outcome: Outcome = "served",
    missing_papers: Sequence[str] = (),
    dossier_code: str | None = None,
) -> Ticket:
    """The visit is over. With `missing_papers` its outcome is "hướng dẫn bổ sung", and it may be reopened once today.

    Raises WrongState.
    """
    _office, ticket = store.locked_ticket(session, ticket)
    _finish(session, ticket, PAPERS_MISSING if missing_papers else outcome, actor=actor, now=now)
    ticket.missing_papers, ticket.dossier_code = list(missing_papers), dossier_code or ticket.dossier_code
    session.flush()
    return ticket


def _finish(session: Session, ticket: Ticket, outcome: str, *, actor: Actor, now: datetime) -> None:
    state, left = state_after(ticket, "finish"), ticket.counter_id
    remember(session, ticket, "finish", counter_id=left, now=now)
    call = store.latest_call(session, ticket)
    if call is not None and call.answered_at is None and call.withdrawn_at is None:
        call.answered_at = now
    ticket.outcome = outcome
    move(session, ticket, state, actor=actor, now=now, why=outcome, seen_at=left)


def _present_call(session: Session, ticket: Ticket) -> Call:
    call = store.latest_call(session, ticket)
    if call is None:
        raise WrongState(number=ticket.label, state=ticket.state, verb="recall")
    return call
