"""The verbs of the line: joining it, being sent on in it, coming back to it, leaving it.

Each locks the office's line first, never commits, and tells the screens through `OfficeChanged`. What happens at a counter
is in counter_actions.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.events import record
from core.rights import Actor, NotFound
from office.hours import local_day
from office.models import Counter, Office, Service
from office.plans import AnyService
from office.stops import refuse_if_stopped
from queueing import change_store, line_log, store
from queueing.changes import (
    audit_ticket,
    before_of,
    move,
    refuse_unless_free,
    remember,
    restore_call,
    state_after,
    stay,
    withdraw,
    write_interval,
)
from queueing.events import TicketTaken
from queueing.lifecycle_rules import OPEN, Returning, may_reopen, may_undo, return_due
from queueing.models import Ticket
from queueing.refusals import MayNotReturn, TooLateToUndo

Arrival = Literal["expected", "on_time", "late"]
PAPERS_MISSING = "papers_missing"
"""The outcome of a visit that ended with "hướng dẫn bổ sung": told once which papers are missing."""


def take_ticket(
    session: Session,
    office: Office,
    service: AnyService,
    *,
    now: datetime,
    tz: ZoneInfo,
    source: str,
    actor: Actor,
    priority: bool = False,
    lang: str = "vi",
) -> Ticket:
    """A walk-in's number. `source` says where it was taken ("kiosk", "counter", "door"). Raises FieldStopped."""
    store.lock_line(session, office)
    refuse_if_stopped(session, office, service, local_day(now, tz))
    ticket = Ticket(kind="walk_in", due_at=now, minutes=service.minutes, priority=priority, lang=lang, source=source)
    return join(session, office, service, ticket, actor=actor, now=now, tz=tz)


def take_booked_ticket(
    session: Session,
    office: Office,
    service: AnyService,
    *,
    appointment_id: int,
    slot_at: datetime,
    arrival: Arrival,
    due_at: datetime,
    minutes: int,
    now: datetime,
    tz: ZoneInfo,
    source: str,
    actor: Actor,
    people: int = 1,
    further: Sequence[int] = (),
    priority: bool = False,
    lang: str = "vi",
) -> tuple[Ticket, bool]:
    """The ticket of a booking whose person is here, and whether it is new: one booking has one ticket, however often pressed.

    `slot_at`, `arrival` and `due_at` come from `checkin_rules.check_in`; a late one joins the walk-ins. `minutes` are planned
    for all of its `people` together, whose other services (ids, in order) are `further`. Raises FieldStopped for one that is new.
    """
    store.lock_line(session, office)
    made = store.ticket_of_appointment(session, appointment_id)
    if made is not None:
        return made, False
    refuse_if_stopped(session, office, service, local_day(now, tz))
    ticket = Ticket(
        kind="walk_in" if arrival == "late" else "booked",
        arrival=arrival,
        slot_at=slot_at,
        appointment_id=appointment_id,
        due_at=due_at,
        people=people,
        further=list(further),
        minutes=minutes,
        priority=priority,
        lang=lang,
        source=source,
    )
    return join(session, office, service, ticket, actor=actor, now=now, tz=tz), True


def join(
    session: Session,
    office: Office,
    service: AnyService,
    ticket: Ticket,
    *,
    actor: Actor,
    now: datetime,
    tz: ZoneInfo,
    number: int | None = None,
) -> Ticket:
    """Let a new ticket join the locked line of its service at `now`, with the next number of the day, or `number` on paper."""
    if service.office_id != office.id:
        raise NotFound()
    ticket.office_id, ticket.service_id = office.id, service.id
    ticket.on, ticket.prefix = local_day(now, tz), service.prefix
    ticket.number = number or store.next_number(session, office.id, ticket.on, ticket.prefix)
    ticket.label = f"{ticket.prefix}{ticket.number:03}"
    ticket.token = secrets.token_urlsafe(16)
    ticket.state, ticket.state_at, ticket.arrived_at = "waiting", now, now
    session.add(ticket)
    session.flush()
    store.begin(session, ticket)
    write_interval(session, ticket, actor=actor, now=now, why="", counter_id=None)
    session.flush()
    record(session, TicketTaken(office.code, ticket.id))
    return ticket


def transfer(
    session: Session,
    ticket: Ticket,
    *,
    actor: Actor,
    now: datetime,
    service: Service | None = None,
    counter: Counter | None = None,
) -> Ticket:
    """Send somebody on: to another service, to one counter, or (neither) back to the line. `due_at` and `minutes` are kept.

    One sent to a counter is called there only, as long as it is not closed. Raises WrongState; NotFound for another office's.
    """
    office, ticket = store.locked_ticket(session, ticket)
    if any(target is not None and target.office_id != office.id for target in (service, counter)):
        raise NotFound()
    state, left = state_after(ticket, "transfer"), ticket.counter_id
    remember(session, ticket, "transfer", counter_id=left, now=now)
    withdraw(session, ticket, now)
    ticket.for_counter_id = counter.id if counter is not None else None
    if service is not None:
        _put_first(ticket, service)
    move(session, ticket, state, actor=actor, now=now, why="transferred", seen_at=left)
    return ticket


def _put_first(ticket: Ticket, service: Service) -> None:
    """Make this the present service; what was still to be done after it stays, once each."""
    ticket.service_id, ticket.further = service.id, [each for each in ticket.further if each != service.id]


def return_ticket(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, tz: ZoneInfo) -> Ticket:
    """Bring somebody back to the line as a walk-in: one who missed the call, or one who fetched the missing papers.

    A missed person is due as before the first time and from now the second; a visit is reopened once, the same day, and the
    counter that knows it is preferred. Raises WrongState or MayNotReturn.
    """
    _office, ticket = store.locked_ticket(session, ticket)
    state, missed = state_after(ticket, "return"), ticket.state == "missed"
    if not missed:
        _refuse_second_reopening(session, ticket, now, tz)
    call = store.present_of(session, ticket).call
    remember(session, ticket, "return", counter_id=None, now=now)
    if missed:
        ticket.due_at = return_due(Returning(ticket.due_at, ticket.cycle), now)
        ticket.cycle += 1
    else:
        ticket.for_counter_id, ticket.outcome = call.counter_id if call else None, None
    ticket.kind = "walk_in"
    move(session, ticket, state, actor=actor, now=now, why="missed" if missed else "returned")
    return ticket


def _refuse_second_reopening(session: Session, ticket: Ticket, now: datetime, tz: ZoneInfo) -> None:
    before = change_store.returned_before(session, ticket)
    same_day = ticket.on == local_day(now, tz)
    if not may_reopen(before, papers_missing=ticket.outcome == PAPERS_MISSING, same_day=same_day):
        raise MayNotReturn(number=ticket.label)


def cancel(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Give the number up: by its person, or by staff. Raises WrongState."""
    _office, ticket = store.locked_ticket(session, ticket)
    state, left = state_after(ticket, "cancel"), ticket.counter_id
    remember(session, ticket, "cancel", counter_id=left, now=now)
    withdraw(session, ticket, now)
    move(session, ticket, state, actor=actor, now=now, seen_at=left)
    return ticket


def change_service(session: Session, ticket: Ticket, service: Service, *, actor: Actor, now: datetime) -> Ticket:
    """Another service, the same number, the same place: the wrong tile was pressed. Raises WrongState, NotFound.

    One person's planned minutes are those of the new service; a household keeps its own. Undo gives the service before back.
    """
    office, ticket = store.locked_ticket(session, ticket)
    if service.office_id != office.id:
        raise NotFound()
    state_after(ticket, "change_service")
    remember(session, ticket, "change_service", counter_id=ticket.counter_id, now=now, minutes=ticket.minutes)
    _put_first(ticket, service)
    ticket.minutes = service.minutes if ticket.people == 1 else ticket.minutes
    stay(session, ticket, actor=actor, now=now)
    line_log.amend(session, ticket, "service")
    session.flush()
    return ticket


def set_priority(session: Session, ticket: Ticket, priority: bool, *, actor: Actor, now: datetime) -> Ticket:
    """Set or remove priority, with a log entry of who did it. Raises WrongState."""
    _office, ticket = store.locked_ticket(session, ticket)
    state_after(ticket, "priority")
    if ticket.priority != priority:
        ticket.priority = priority
        ticket.version += 1
        audit_ticket(session, "priority", ticket, actor=actor, now=now, priority=priority)
        session.flush()
    return ticket


def mark_needs_help(session: Session, ticket: Ticket, needs_help: bool, *, now: datetime) -> Ticket:
    """Tell the officer that this person needs a hand."""
    _office, ticket = store.locked_ticket(session, ticket)
    ticket.needs_help = needs_help
    ticket.version += 1
    session.flush()
    return ticket


def undo(session: Session, ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Take back what was done last with this ticket, within the office's `undo_s` seconds.

    Raises TooLateToUndo; CounterNotOpen or CounterBusy when the ticket would return to a counter that has gone on meanwhile.
    """
    office, ticket = store.locked_ticket(session, ticket)
    note = ticket.undo
    if not note or not may_undo(datetime.fromisoformat(note["at"]), store.policy_of(office), now):
        raise TooLateToUndo(number=ticket.label)
    before = before_of(note)
    if before["state"] in OPEN:
        refuse_unless_free(session, session.get_one(Counter, before["counter_id"]), ticket)
    restore_call(session, ticket, note)
    stretch = note["stretch"]
    placed = ("state", "state_at", "counter_id")  # by `move`, which looks at how the ticket stands until then
    for name in before.keys() - set(placed):
        setattr(ticket, name, before[name])
    move(
        session, ticket, before["state"], actor=actor, now=now,
        counter_id=before["counter_id"], why=stretch["why"], seen_at=stretch["counter"],
    )  # fmt: skip
    line_log.amend(session, ticket, "undone", verb=note["verb"])
    ticket.state_at = before["state_at"]
    if note["verb"] in ("not_the_person", "further"):
        what = "wrong_person_undone" if note["verb"] == "not_the_person" else "further_undone"
        audit_ticket(session, what, ticket, actor=actor, now=now)
    ticket.undo = None
    session.flush()
    return ticket
