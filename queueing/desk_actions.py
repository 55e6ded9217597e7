"""What an officer does about the desk itself: serve a walk-in who stands there, pass the counter on, free one left alone.

Each but `hear` locks the office's line first, never commits, and tells the screens through `OfficeChanged`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import Actor, NotFound
from office import store as office_store
from office.actions import audit
from office.models import Counter, Office, Service
from queueing import change_store, line_log, line_store, store
from queueing.actions import take_ticket
from queueing.changes import (
    audit_ticket,
    move,
    refuse_open_ticket,
    refuse_unless_may_pick,
    refuse_unless_open,
    remember,
    staff_of,
    state_after,
    stay,
    withdraw,
)
from queueing.counter_actions import call_by_hand, shut
from queueing.models import Ticket
from queueing.refusals import CounterNotOpen, CounterNotSilent, TheirCounterOpen
from queueing.silence import left_alone


def take_at_desk(
    session: Session,
    counter: Counter,
    service: Service,
    *,
    actor: Actor,
    now: datetime,
    tz: ZoneInfo,
    priority: bool = False,
    reason: str = "",
    serve: bool = True,
) -> Ticket:
    """A number for a walk-in who stands at the desk: served there at once, or in the line behind the others.

    Serving at once is a call by hand. Raises CounterNotOpen, CounterBusy, and MayNotPick where somebody this counter takes
    waits and the officer has no right to call out of order.
    """
    office, counter = store.locked_counter(session, counter)
    line, waiting = None, 0
    if serve:
        refuse_unless_open(counter)
        refuse_open_ticket(session, counter)
        line = line_store.line_at(session, office, counter.id, now, tz)
        waiting = line.how_many_for(counter.id)
        if waiting:
            refuse_unless_may_pick(session, actor, waiting=waiting)
    ticket = take_ticket(session, office, service, now=now, tz=tz, source="counter", actor=actor, priority=priority)
    if line is not None:
        why = reason.strip() or _("Lấy số tại quầy")
        call_by_hand(session, office, counter, ticket, why, actor=actor, now=now, at_desk=True, line=line)
        told: dict[str, Any] = {"counter": counter.number, "reason": why, "waiting": waiting}
        audit_ticket(session, "served_at_desk", ticket, actor=actor, now=now, **told)
        session.flush()
    return ticket


def hear(session: Session, counter: Counter, *, actor: Actor, now: datetime) -> None:
    """The console of this counter is alive. A plain update: no lock, no new version of the line."""
    change_store.hear(session, counter, staff_of(actor), now)


def release(session: Session, counter: Counter, *, actor: Actor, now: datetime) -> Counter:
    """Close a counter that has fallen silent; whoever is there goes back to the line with the old hour.

    Raises CounterNotSilent while its console is heard of.
    """
    office, counter = store.locked_counter(session, counter)
    session.refresh(counter)  # its console may be heard of without the lock of the line
    if not left_alone(office, counter, now):
        raise CounterNotSilent(counter=counter.number, state=counter.state)
    there = store.open_ticket_at(session, counter.id)
    if there is not None:
        state = state_after(there, "release")
        remember(session, there, "release", counter_id=counter.id, now=now)
        withdraw(session, there, now)
        there.for_counter_id = None
        move(session, there, state, actor=actor, now=now, why="counter_silent", seen_at=counter.id)
    _write_down(session, "counter_released", office, counter, there, actor=actor, now=now)
    shut(session, counter, now, actor)
    return counter


def hand_over(session: Session, counter: Counter, staff_id: int, *, actor: Actor, now: datetime) -> Counter:
    """Another officer of the office goes on at this counter, with the person who is there.

    Raises CounterNotOpen, TheirCounterOpen, and NotFound for who is no officer here.
    """
    office, counter = store.locked_counter(session, counter)
    if counter.state == "closed":
        raise CounterNotOpen(counter=counter.number, state=counter.state)
    if all(officer.id != staff_id for officer in change_store.officers_of(session, office)):
        raise NotFound()
    if staff_id == counter.staff_id:
        return counter
    other = office_store.seat_of(session, staff_id)
    if other is not None:
        raise TheirCounterOpen(counter=counter.number, other=other.number)
    there = store.open_ticket_at(session, counter.id)
    if there is not None:
        state_after(there, "hand_over")
        stay(session, there, actor=actor, now=now, why="handed_over")
    _write_down(session, "handed_over", office, counter, there, actor=actor, now=now, sits=staff_id)
    counter.staff_id, counter.seen_at = staff_id, now
    line_log.note_counter(session, "handed_over", counter, now, actor=actor)
    session.flush()
    return counter


def _write_down(
    session: Session,
    what: str,
    office: Office,
    counter: Counter,
    there: Ticket | None,
    *,
    actor: Actor,
    now: datetime,
    **detail: Any,
) -> None:
    """Who sat at the counter until now, with whom, and who changed that."""
    number = there.label if there else None
    told = {"counter": counter.number, "sat": counter.staff_id, "number": number, **detail}
    audit(session, what, now, office_id=office.id, staff_id=staff_of(actor), **told)
