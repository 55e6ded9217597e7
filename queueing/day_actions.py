"""The verbs of a day's edges: a slip for another day instead of being served, that slip shown there, and closing the day.

Each locks the office's line first, never commits, and tells the screens through `OfficeChanged`.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.rights import Actor, NotFound
from office.actions import audit
from office.hours import Hours, local_day
from office.models import Office
from office.settings import Settings
from office.stops import refuse_if_stopped
from office.store import hours_of
from queueing import actions, day_rules, day_store, line_log, store
from queueing.changes import audit_ticket, move, remember, staff_of, state_after, withdraw
from queueing.day_refusals import CarriedLater, CarryFull, DayNotOver, Undecided
from queueing.lifecycle_rules import LIVE
from queueing.models import DayClosing, Ticket
from queueing.refusals import TooLateToUndo

# --- a slip for another day -------------------------------------------------------------------------------------------


def carry(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, tz: ZoneInfo) -> Ticket:
    """Give the person a slip for the next working day: `carried_on`, out of a quota of its own. This ticket has ended.

    Raises WrongState, and CarryFull when all places of that day are taken or no day is known.
    """
    office, ticket = store.locked_ticket(session, ticket)
    state, left = state_after(ticket, "carry"), ticket.counter_id
    places = Settings.of(office.settings).carry_quota
    on = day_rules.carry_day(hours_of(session, office, tz), ticket.on, now)
    if on is None or not day_store.take_carry_place(session, office, on, places):
        raise CarryFull(number=ticket.label, places=places)
    remember(session, ticket, "carry", counter_id=left, now=now)
    withdraw(session, ticket, now)
    ticket.outcome, ticket.carried_on = day_rules.CARRIED, on
    move(session, ticket, state, actor=actor, now=now, why=day_rules.CARRIED, seen_at=left)
    audit_ticket(session, "carried", ticket, actor=actor, now=now, on=on.isoformat())
    return ticket


def take_slip_back(session: Session, ticket: Ticket) -> None:
    """The slip of a ticket whose "carry" was undone is good for nothing, and its place is free. Its line is locked.

    Raises TooLateToUndo when it was shown already: nobody stands in the line twice.
    """
    if ticket.carried_on is not None:
        if day_store.continued_by(session, ticket.id) is not None:
            raise TooLateToUndo(number=ticket.label)
        day_store.give_carry_place_back(session, ticket.office_id, ticket.carried_on)
        ticket.carried_on = None
        session.flush()


def slip_day(ticket: Ticket) -> date | None:
    """The day a ticket's slip is good for; None when it has none."""
    return ticket.carried_on if ticket.outcome == day_rules.CARRIED else None


def take_carried_ticket(
    session: Session, office: Office, carried: Ticket, *, now: datetime, tz: ZoneInfo, source: str, actor: Actor
) -> tuple[Ticket, bool]:
    """The ticket of a slip from another day, and whether it is new: one slip makes one ticket, however often it is shown.

    Due before the walk-ins of the day. Raises CarriedLater before its day, FieldStopped, NotFound where there is no such slip.
    """
    store.lock_line(session, office)
    session.refresh(carried)
    on, today = slip_day(carried), local_day(now, tz)
    if on is None or carried.office_id != office.id:
        raise NotFound()
    made = day_store.continued_by(session, carried.id)
    if made is not None:
        return made, False
    hours = hours_of(session, office, tz)
    if on == today:
        refuse_if_stopped(session, office, carried.service, on)
    else:
        opening = day_rules.first_opening(hours, on)
        raise CarriedLater(day=on.isoformat(), hour=f"{opening.astimezone(tz):%H:%M}" if opening else "")
    ticket = Ticket(
        kind="walk_in",
        arrival=day_rules.CARRIED,
        carried_from_id=carried.id,
        due_at=_due(hours, on, office) or now,
        people=carried.people,
        minutes=carried.minutes,
        further=list(carried.further),
        priority=carried.priority,
        needs_help=carried.needs_help,
        lang=carried.lang,
        source=source,
    )
    return actions.join(session, office, carried.service, ticket, actor=actor, now=now, tz=tz), True


def _due(hours: Hours, on: date, office: Office) -> datetime | None:
    return day_rules.carried_due(hours, on, Settings.of(office.settings).numbers_before)


# --- the end of a day -------------------------------------------------------------------------------------------------


def expire(session: Session, ticket: Ticket, *, actor: Actor, now: datetime, outcome: str | None = None) -> Ticket:
    """The day ends without this person having been served. Raises WrongState."""
    _office, ticket = store.locked_ticket(session, ticket)
    state, left = state_after(ticket, "expire"), ticket.counter_id
    remember(session, ticket, "expire", counter_id=left, now=now)
    withdraw(session, ticket, now)
    ticket.outcome = outcome or ticket.outcome
    move(session, ticket, state, actor=actor, now=now, why=outcome or "", seen_at=left)
    return ticket


def close_day(
    session: Session, office: Office, on: date, *, expire_missed: bool, actor: Actor, now: datetime, tz: ZoneInfo
) -> DayClosing:
    """Close a day of the office: every ticket of it is decided. Closed twice, the first time counts.

    `expire_missed`: whoever missed the call and has not come back has expired with it. Of a day that is over that is true of
    everybody left: they are out of the line already, this writes it down, and whoever was left at a counter counts as served.
    Raises Undecided with the numbers that are left, DayNotOver for a day to come.
    """
    store.lock_line(session, office)
    today = local_day(now, tz)
    if on > today:
        raise DayNotOver()
    closed = day_store.closing_of(session, office, on)
    if closed is not None:
        return closed
    over = on < min(store.line_days(hours_of(session, office, tz), now))
    if expire_missed:
        for ticket in day_store.undecided(session, office, on):
            _end(session, ticket, over, actor=actor, now=now)
    left = [ticket.label for ticket in day_store.undecided(session, office, on)]
    if left:
        raise Undecided(numbers=left, on=on.isoformat())
    day_store.forget_undo(session, office, on)
    line_log.note(session, "day_closed", office_id=office.id, at=now, day=on, staff=staff_of(actor))
    end = line_log.last_hash(session, office)
    closing = day_store.put_closing(session, office, on, staff_id=staff_of(actor), log_hash=end, now=now)
    audit(session, "day_closed", now, office_id=office.id, staff_id=staff_of(actor), on=on.isoformat())
    return closing


def _end(session: Session, ticket: Ticket, over: bool, *, actor: Actor, now: datetime) -> None:
    """Decide on somebody who is left when the day is closed, where there is nothing to decide."""
    if ticket.state == "missed":
        expire(session, ticket, actor=actor, now=now, outcome=day_rules.MISSED)
    elif over and ticket.state == "serving":
        left = ticket.counter_id
        ticket.outcome = "served"
        move(session, ticket, "done", actor=actor, now=now, why="served", seen_at=left)
    elif over and ticket.state in LIVE:
        expire(session, ticket, actor=actor, now=now)
