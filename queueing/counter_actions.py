"""The verbs of a counter: opening it, calling, serving, and what becomes of the person there.

Each locks the office's line first, never commits, and tells the screens through `OfficeChanged`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
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
from queueing import line_log, line_store, store
from queueing.changes import (
    move,
    refuse_open_ticket,
    refuse_unless_free,
    refuse_unless_may_pick,
    refuse_unless_open,
    remember,
    staff_of,
    state_after,
    withdraw,
)
from queueing.events import TicketCalled, TicketMissed
from queueing.lifecycle_rules import State, recall_in
from queueing.models import Call, Ticket
from queueing.order_rules import Line
from queueing.refusals import CounterNotOpen, CounterSilent, CounterTaken, OtherCounterOpen, RecallTooSoon, WrongState
from queueing.rules import BY_HAND, Reason
from queueing.silence import left_alone, silent_minutes
from queueing.visit_actions import end_at_counter

# --- the counter itself -----------------------------------------------------------------------------------------------


def open_counter(
    session: Session, counter: Counter, *, staff_id: int, now: datetime, move: bool = False, actor: Actor | None = None
) -> Counter:
    """Seat an officer at a counter, or end its pause. `move` closes the one the officer has open elsewhere; `actor` is who does
    it, where that is somebody else.

    Raises CounterTaken (CounterSilent when that officer seems to have left), OtherCounterOpen (which offers to move), and
    CounterBusy when that other one has somebody.
    """
    office, counter = store.locked_counter(session, counter)
    if counter.staff_id not in (None, staff_id):
        _refuse_taken(session, office, counter, now)
    other = session.scalar(select(Counter).where(Counter.staff_id == staff_id, Counter.id != counter.id))
    if other is not None:
        if not move or other.office_id != counter.office_id:  # another office's line is another lock
            raise OtherCounterOpen(counter=counter.number, other=other.number, other_id=other.id)
        shut(session, other, now, actor)
    if counter.state != "open":
        counter.state, counter.staff_id, counter.pause_reason, counter.back_at = "open", staff_id, "", None
        counter.state_at = counter.idle_at = now
        line_log.note_counter(session, "counter_opened", counter, now, actor=actor)
    counter.seen_at = now
    try:
        session.flush()
    except IntegrityError as error:  # another office's line is another lock; the constraint is the judge
        raise OtherCounterOpen(counter=counter.number, other="") from error
    return counter


def _refuse_taken(session: Session, office: Office, counter: Counter, now: datetime) -> NoReturn:
    """Say who is in the way, and what to do about it."""
    if not left_alone(office, counter, now):
        raise CounterTaken(counter=counter.number)
    there = store.open_ticket_at(session, counter.id)
    silent = {"counter_id": counter.id, "minutes": silent_minutes(counter, now)}
    raise CounterSilent(counter=counter.number, number=there.label if there else "", **silent)


def pause_counter(
    session: Session, counter: Counter, *, reason: str, now: datetime, minutes: int | None = None, actor: Actor | None = None
) -> Counter:
    """Let the counter rest, for about so many minutes. Raises CounterBusy while somebody is there: decide on that one first."""
    _office, counter = store.locked_counter(session, counter)
    if counter.state == "closed":
        raise CounterNotOpen(counter=counter.number, state=counter.state)
    refuse_open_ticket(session, counter)
    counter.state, counter.pause_reason, counter.state_at = "paused", reason.strip(), now
    counter.back_at = now + timedelta(minutes=minutes) if minutes else None
    counter.seen_at = now if actor is None or staff_of(actor) == counter.staff_id else counter.seen_at
    line_log.note_counter(session, "counter_paused", counter, now, actor=actor, why=counter.pause_reason, back_at=counter.back_at)
    session.flush()
    return counter


def close_counter(session: Session, counter: Counter, *, now: datetime, actor: Actor | None = None) -> Counter:
    """Nobody sits there any more. Raises CounterBusy while somebody is there."""
    _office, counter = store.locked_counter(session, counter)
    shut(session, counter, now, actor)
    return counter


def shut(session: Session, counter: Counter, now: datetime, actor: Actor | None = None) -> None:
    """Close a counter of the locked line. Raises CounterBusy while somebody is there."""
    refuse_open_ticket(session, counter)
    if counter.state != "closed":
        line_log.note_counter(session, "counter_closed", counter, now, actor=actor)
        counter.state, counter.staff_id, counter.pause_reason = "closed", None, ""
        counter.state_at, counter.idle_at, counter.back_at = now, None, None
    session.flush()


# --- calling ----------------------------------------------------------------------------------------------------------


def call_next(session: Session, counter: Counter, *, actor: Actor, now: datetime, tz: ZoneInfo) -> Call | None:
    """Finish whoever is at the counter ("Xong, gọi tiếp" is one press) and call the next by the rule; None: nobody.

    Raises CounterNotOpen. The line is locked from the first statement to the commit, so two counters never get one person.
    """
    office, counter = store.locked_counter(session, counter)
    refuse_unless_open(counter)
    present = store.open_in_hand(session, counter.id)
    if present is not None:
        end_at_counter(session, present, "served", actor=actor, now=now)
    line = line_store.line_at(session, office, counter.id, now, tz)
    choice = line.next_call(counter.id)
    if choice is None:
        return None
    ticket = store.ticket_in_hand(session, choice.ticket)
    return _call(session, office, counter, ticket, str(choice.tier), choice.reason, actor=actor, now=now, line=line)


def call_ticket(session: Session, counter: Counter, ticket: Ticket, *, reason: str, actor: Actor, now: datetime) -> Call:
    """Call somebody out of order: a right that wants a reason, and is logged.

    Raises FormRefused without a reason, MayNotPick, CounterNotOpen, CounterBusy, WrongState, and NotFound for another
    office's ticket.
    """
    office, counter = store.locked_counter(session, counter)
    session.refresh(ticket)
    if ticket.office_id != office.id:
        raise NotFound()
    if not reason.strip():
        raise FormRefused({"reason": _("Hãy ghi lý do gọi ngoài thứ tự.")})
    refuse_unless_open(counter)
    refuse_open_ticket(session, counter)
    refuse_unless_may_pick(session, actor)
    call = call_by_hand(session, office, counter, ticket, reason.strip(), actor=actor, now=now)
    log: dict[str, Any] = {"ticket": ticket.id, "number": ticket.label, "counter": counter.number, "reason": reason.strip()}
    audit(session, "call_out_of_order", now, office_id=office.id, staff_id=staff_of(actor), **log)
    return call


def call_by_hand(
    session: Session,
    office: Office,
    counter: Counter,
    ticket: Ticket,
    why: str,
    *,
    actor: Actor,
    now: datetime,
    at_desk: bool = False,
    line: Line | None = None,
) -> Call:
    """Call somebody out of order, for who has asked whether that may be. `at_desk`: the person stands there and is served."""
    reason = Reason(BY_HAND, {"why": why} | ({"at_desk": True} if at_desk else {}))
    return _call(session, office, counter, ticket, BY_HAND, reason, actor=actor, now=now, at_desk=at_desk, line=line)


def _call(
    session: Session,
    office: Office,
    counter: Counter,
    ticket: Ticket,
    tier: str,
    reason: Reason,
    *,
    actor: Actor,
    now: datetime,
    at_desk: bool = False,
    line: Line | None = None,
) -> Call:
    line = line or line_store.line_at(session, office, counter.id, now, line_log.tz_of(session), also=ticket.id)
    state: State = "serving" if at_desk else state_after(ticket, "call")
    remember(session, ticket, "take" if at_desk else "call", counter_id=counter.id, now=now)
    ticket.attempts, ticket.first_called_at, ticket.for_counter_id = ticket.attempts + 1, now, None
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
        answered_at=now if at_desk else None,
        withdrawn_at=None,
    )
    store.present_of(session, ticket).call = call
    move(session, ticket, state, actor=actor, now=now, counter_id=counter.id)
    line_log.note_call(session, call, ticket, line)
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
    line_log.note(session, "recalled", office_id=office.id, at=now, ticket=ticket, staff=staff_of(actor), times=call.times)
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
    call = store.present_of(session, ticket).call
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


def _present_call(session: Session, ticket: Ticket) -> Call:
    call = store.present_of(session, ticket).call
    if call is None:
        raise WrongState(number=ticket.label, state=ticket.state, verb="recall")
    return call
