"""How one ticket changes its state: the row, its new interval, its call and the note that lets it be taken back.

Used by the actions only, with the line locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any, cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.rights import Actor
from office.actions import audit
from office.models import Counter
from queueing import store
from queueing.lifecycle_rules import OPEN, State, Verb, new_state
from queueing.models import Call, Ticket, TicketInterval
from queueing.refusals import CounterBusy, CounterNotOpen, WrongState

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
    Raises CounterBusy when the counter has an open ticket already: the partial unique index is the judge.
    """
    arriving = session.get_one(Counter, counter_id) if counter_id is not None and state in OPEN else None
    try:
        with session.begin_nested() if arriving else nullcontext():
            _leave_counter(session, ticket, now)
            ticket.state, ticket.state_at, ticket.counter_id = state, now, counter_id
            if arriving:
                arriving.idle_at = None
            write_interval(session, ticket, actor=actor, now=now, why=why, counter_id=counter_id or seen_at)
            session.flush()
    except IntegrityError as error:
        there = store.open_ticket_at(session, arriving.id) if arriving else None
        if arriving is None or there is None:
            raise
        raise CounterBusy(counter=arriving.number, number=there.label) from error


def _leave_counter(session: Session, ticket: Ticket, now: datetime) -> None:
    if ticket.state in OPEN and ticket.counter_id is not None:
        session.get_one(Counter, ticket.counter_id).idle_at = now


def write_interval(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, why: str, counter_id: int | None) -> None:
    """End the present stretch of the ticket's life and begin the next. Every change of a ticket comes through here."""
    present = store.intervals_of(session, ticket)[-1:]
    for stretch in present:
        stretch.to_at = now
    session.flush()  # the present one must have ended before the next begins: at most one is open
    session.add(
        TicketInterval(
            ticket_id=ticket.id,
            state=ticket.state,
            service_id=ticket.service_id,
            counter_id=counter_id,
            staff_id=staff_of(actor),
            device_id=device_of(actor),
            from_at=now,
            why=why,
        )
    )
    ticket.version = ticket.version + 1 if present else 1


def remember(session: Session, ticket: Ticket, verb: str, *, counter_id: int | None, now: datetime) -> None:
    """Note how the ticket is before `verb`, so that `undo` can give it back. Ask before anything is changed."""
    call, present = store.latest_call(session, ticket), store.intervals_of(session, ticket)[-1]
    ticket.undo = {
        "verb": verb,
        "at": now.isoformat(),
        "counter": counter_id,
        "before": {name: _plain(getattr(ticket, name)) for name in _RESTORED},
        "stretch": {"why": present.why, "counter": present.counter_id},
        "call": call and {"id": call.id, "answered_at": _plain(call.answered_at), "withdrawn_at": _plain(call.withdrawn_at)},
    }


def before_of(undo: Mapping[str, Any]) -> dict[str, Any]:
    """What `remember` noted, as values of the row."""
    return {name: _instant(value) if name.endswith("_at") else value for name, value in undo["before"].items()}


def restore_call(session: Session, ticket: Ticket, undo: Mapping[str, Any]) -> None:
    """Put the calls back as they were: one made since is taken back, the one before stands as it stood."""
    noted, latest = undo["call"], store.latest_call(session, ticket)
    if latest is not None and (noted is None or latest.id != noted["id"]):
        latest.tier = store.UNDONE
    if noted is not None:
        call = session.get_one(Call, noted["id"])
        call.answered_at, call.withdrawn_at = _instant(noted["answered_at"]), _instant(noted["withdrawn_at"])


def withdraw(session: Session, ticket: Ticket, now: datetime) -> None:
    """The call nobody has answered yet is over. Ask before the ticket's state is changed."""
    call = store.latest_call(session, ticket)
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


def audit_ticket(session: Session, what: str, ticket: Ticket, *, actor: Actor, now: datetime, **detail: Any) -> None:
    """Write down what was done with a ticket, and by whom; it is told by its number, never by a name."""
    who = {"staff_id": staff_of(actor), "device_id": device_of(actor)}
    audit(session, what, now, office_id=ticket.office_id, **who, ticket=ticket.id, number=ticket.label, **detail)


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
