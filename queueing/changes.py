"""How one ticket changes its state: the row, its new interval, its call and the note that lets it be taken back.

Used by the actions only, with the line locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from core.rights import Actor
from core.rows import write
from office.actions import audit
from office.models import Counter, Staff
from queueing import day_store, line_log, store
from queueing.lifecycle_rules import LIVE, OPEN, State, Verb, may_pick, new_state
from queueing.models import Call, Ticket, TicketInterval
from queueing.refusals import CounterBusy, CounterNotOpen, MayNotPick, WrongState

_RESTORED = (
    "state", "state_at", "counter_id", "for_counter_id", "service_id", "due_at", "kind", "arrival", "attempts",
    "first_called_at", "cycle", "outcome", "missing_papers", "dossier_code", "further",
)  # fmt: skip
"""What `undo` gives back. Not `people` and `minutes`: who did not come has given places back, and is set right by name."""


def state_after(ticket: Ticket, verb: Verb, **circumstances: bool) -> State:
    """The state `verb` leads to. Raises WrongState when it is not allowed now."""
    state = new_state(cast(State, ticket.state), verb, **circumstances)
    if state is None:
        raise WrongState(number=ticket.label, state=ticket.state, verb=verb)
    return state


def move(
    session: Session,
    ticket: Ticket,
    state: State,
    *,
    actor: Actor,
    now: datetime,
    counter_id: int | None = None,
    why: str = "",
    seen_at: int | None = None,
) -> None:
    """Put the ticket into `state` at `counter_id`, and write the interval (who, when, from, to, why).

    `seen_at` is the counter the interval is written for when the ticket itself stands at none (it was sent on from there).
    That a counter has one open ticket is for the action to ask before; the partial unique index stops who did not.
    """
    leaving = arriving = None
    if ticket.state in OPEN and ticket.counter_id is not None:
        leaving = store.counter_in_hand(session, ticket.counter_id)
        leaving.idle_at = now
        _hear(leaving, actor, now)
    ticket.state, ticket.state_at, ticket.counter_id = state, now, counter_id
    if counter_id is not None and state in OPEN:
        arriving = store.counter_in_hand(session, counter_id)
        arriving.idle_at = None
        _hear(arriving, actor, now)
    write(session, (leaving, arriving, store.present_of(session, ticket).call))
    write_interval(session, ticket, actor=actor, now=now, why=why, counter_id=counter_id or seen_at)
    session.flush()


def _hear(counter: Counter, actor: Actor, now: datetime) -> None:
    """Whoever presses a key at the own counter is there."""
    if counter.staff_id is not None and counter.staff_id == staff_of(actor):
        counter.seen_at = now


def write_interval(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, why: str, counter_id: int | None) -> None:
    """End the present stretch of the ticket's life and begin the next. Every change of a ticket comes through here."""
    present = store.present_of(session, ticket)
    if ticket.state in LIVE and (present.stretch is None or present.stretch.state not in LIVE):
        day_store.reopen(session, ticket)
    ticket.version = ticket.version + 1 if present.stretch else 1
    before = present.stretch
    if before is not None:
        now = max(now, before.from_at)  # who waited for the lock may have looked at the clock before who held it
        before.to_at = now
    present.stretch = TicketInterval(
        ticket_id=ticket.id,
        state=ticket.state,
        service_id=ticket.service_id,
        counter_id=counter_id,
        staff_id=staff_of(actor),
        device_id=device_of(actor),
        from_at=now,
        to_at=None,
        why=why,
    )
    write(session, (ticket, before, present.stretch))  # at most one is open: it has ended before the next begins
    line_log.note_interval(session, ticket, before, present.stretch, now)


def stay(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, why: str | None = None) -> None:
    """Begin a new stretch in the same state and place, because something else about the ticket has changed."""
    present = store.present_of(session, ticket).stretch
    assert present is not None
    reason = present.why if why is None else why
    write_interval(session, ticket, actor=actor, now=now, why=reason, counter_id=present.counter_id)


def remember(
    session: Session, ticket: Ticket, verb: str, *, counter_id: int | None, now: datetime, minutes: int | None = None
) -> None:
    """Note how the ticket is before `verb`, so that `undo` can give it back. Ask before anything is changed.

    `minutes`, where the verb changes them; they are no longer given back when somebody of a household is said not to have come.
    """
    present = store.present_of(session, ticket)
    call, stretch = present.call, present.stretch
    assert stretch is not None
    ticket.undo = {
        "verb": verb,
        "at": now.isoformat(),
        "counter": counter_id,
        "before": {name: _plain(getattr(ticket, name)) for name in _RESTORED} | ({"minutes": minutes} if minutes else {}),
        "stretch": {"why": stretch.why, "counter": stretch.counter_id},
        "call": call and {"id": call.id, "answered_at": _plain(call.answered_at), "withdrawn_at": _plain(call.withdrawn_at)},
    }


def before_of(undo: Mapping[str, Any]) -> dict[str, Any]:
    """What `remember` noted, as values of the row."""
    return {name: _instant(value) if name.endswith("_at") else value for name, value in undo["before"].items()}


def restore_call(session: Session, ticket: Ticket, undo: Mapping[str, Any]) -> None:
    """Put the calls back as they were: one made since is taken back, the one before stands as it stood."""
    noted, latest = undo["call"], store.present_of(session, ticket).call
    if latest is not None and (noted is None or latest.id != noted["id"]):
        latest.tier = store.UNDONE
    if noted is not None:
        call = session.get_one(Call, noted["id"])
        call.answered_at, call.withdrawn_at = _instant(noted["answered_at"]), _instant(noted["withdrawn_at"])
    session.flush()
    store.forget(session, ticket)


def withdraw(session: Session, ticket: Ticket, now: datetime) -> None:
    """The call nobody has answered yet is over. Ask before the ticket's state is changed."""
    call = store.present_of(session, ticket).call
    if ticket.state == "called" and call is not None:
        call.withdrawn_at = now


def refuse_unless_free(session: Session, counter: Counter, ticket: Ticket) -> None:
    """Raise CounterNotOpen or CounterBusy when `ticket` cannot be put at this counter now."""
    if counter.state == "closed":
        raise CounterNotOpen(counter=counter.number, state=counter.state)
    refuse_open_ticket(session, counter, other_than=ticket)


def refuse_open_ticket(session: Session, counter: Counter, *, other_than: Ticket | None = None) -> None:
    """Raise CounterBusy when somebody is called to or served at this counter."""
    there = store.open_ticket_at(session, counter.id)
    if there is not None and there is not other_than:
        raise CounterBusy(counter=counter.number, number=there.label)


def refuse_unless_open(counter: Counter) -> None:
    """Raise CounterNotOpen unless the counter calls people now."""
    if counter.state != "open":
        raise CounterNotOpen(counter=counter.number, state=counter.state)


def refuse_unless_may_pick(session: Session, actor: Actor, **details: Any) -> None:
    """Raise MayNotPick unless this actor may call somebody out of order."""
    staff = session.get(Staff, actor.id) if actor.kind == "staff" and actor.id is not None else None
    if not may_pick(actor.role, staff is not None and staff.may_pick):
        raise MayNotPick(**details)


def audit_ticket(session: Session, what: str, ticket: Ticket, *, actor: Actor, now: datetime, **detail: Any) -> None:
    """Write down what was done with a ticket, and by whom; it is told by its number, never by a name."""
    who = {"staff_id": staff_of(actor), "device_id": device_of(actor)}
    audit(session, what, now, office_id=ticket.office_id, **who, ticket=ticket.id, number=ticket.label, **detail)
    line_log.note_audit(session, what, ticket, actor=actor, now=now, **detail)


def staff_of(actor: Actor) -> int | None:
    """The staff member who acts, if it is one."""
    return actor.id if actor.kind == "staff" else None


def device_of(actor: Actor) -> int | None:
    """The device that acts, if it is one."""
    return actor.id if actor.kind == "device" else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None
