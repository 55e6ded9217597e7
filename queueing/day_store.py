"""Every query behind the edges of a day: what is not decided, the places for slips of the next day, the closing of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, case, delete, func, select, update
from sqlalchemy.orm import Session

from core.database import insert_or
from office.models import Office, Service
from queueing.lifecycle_rules import LIVE
from queueing.models import CarryQuota, DayClosing, Ticket
from queueing.store import one_of_states

_closings = cast(Table, DayClosing.__table__)
_UNDECIDED = (
    select(Ticket.on, func.count())
    .where(Ticket.office_id == bindparam("office"), Ticket.on <= bindparam("today"), one_of_states(LIVE))
    .group_by(Ticket.on)
    .order_by(Ticket.on)
)
_REOPEN = delete(_closings).where(_closings.c.office_id == bindparam("office"), _closings.c.on == bindparam("day"))


def undecided(session: Session, office: Office, on: date) -> Sequence[Ticket]:
    """The tickets of a day that are not decided yet, oldest first."""
    of_day = (Ticket.office_id == office.id, Ticket.on == on, Ticket.state.in_(LIVE))
    return session.scalars(select(Ticket).where(*of_day).order_by(Ticket.arrived_at, Ticket.id)).all()


def undecided_until(session: Session, office: Office, today: date) -> Mapping[date, int]:
    """How many tickets of each day are not decided yet, the oldest day first and today last; days without any are left out."""
    rows = session.execute(_UNDECIDED, {"office": office.id, "today": today})
    return {on: count for on, count in rows}  # noqa: C416 (a Row is no tuple to the type checker)


def undecided_before(session: Session, office: Office, today: date) -> Mapping[date, int]:
    """The same of the days before today: their tickets were never decided."""
    return {on: count for on, count in undecided_until(session, office, today).items() if on < today}


def ends_of(session: Session, office: Office, on: date) -> list[tuple[str, str | None]]:
    """State and outcome of every ticket of a day."""
    rows = session.execute(select(Ticket.state, Ticket.outcome).where(Ticket.office_id == office.id, Ticket.on == on))
    return [(state, outcome) for state, outcome in rows]


def waiting_of_field(session: Session, office: Office, field: str, on: date) -> int:
    """How many people of a day wait for the services of a field; of all fields for ""."""
    waiting = (Ticket.office_id == office.id, Ticket.on == on, Ticket.state == "waiting")
    counted = select(func.count()).select_from(Ticket).join(Service, Service.id == Ticket.service_id).where(*waiting)
    return session.execute(counted.where(Service.field == field) if field else counted).scalar_one()


# --- slips for the next day -------------------------------------------------------------------------------------------


def carry_places(session: Session, office: Office, on: date, places: int) -> tuple[int, int]:
    """How many slips are good for a day at most, and how many were given; `places` is what the office sets now."""
    row = session.get(CarryQuota, (office.id, on), populate_existing=True)
    return (max(places, row.used), row.used) if row else (places, 0)


def take_carry_place(session: Session, office: Office, on: date, places: int) -> bool:
    """Take one of the `places` for slips of a day; False when all are taken.

    Conditional update, and the CHECK `ck_carry_quotas_places` behind it. What the office sets now holds, never less than used.
    """
    most = case((CarryQuota.used > places, CarryQuota.used), else_=places)
    made = insert_or(session, CarryQuota).values(office_id=office.id, on=on, used=0, places=places)
    session.execute(made.on_conflict_do_update(index_elements=["office_id", "on"], set_={"places": most}))
    mine = (CarryQuota.office_id == office.id, CarryQuota.on == on)
    taken = (
        update(CarryQuota)
        .where(*mine, CarryQuota.used < CarryQuota.places)
        .values(used=CarryQuota.used + 1)
        .returning(CarryQuota.used)
        .execution_options(synchronize_session=False)
    )
    return session.execute(taken).scalar() is not None


def give_carry_place_back(session: Session, office_id: int, on: date) -> None:
    """A slip was taken back."""
    mine = (CarryQuota.office_id == office_id, CarryQuota.on == on, CarryQuota.used > 0)
    session.execute(update(CarryQuota).where(*mine).values(used=CarryQuota.used - 1).execution_options(synchronize_session=False))


def continued_by(session: Session, ticket_id: int) -> Ticket | None:
    """The ticket that a slip from the day before became: at most one, `uq_tickets_carried_from_id` says so."""
    return session.scalar(select(Ticket).where(Ticket.carried_from_id == ticket_id))


def tokens_of_continuing(session: Session, ticket_ids: Sequence[int]) -> Mapping[int, str]:
    """The tokens of the tickets that these were continued by, by the id of the first."""
    if not ticket_ids:
        return {}
    rows = session.execute(select(Ticket.carried_from_id, Ticket.token).where(Ticket.carried_from_id.in_(ticket_ids)))
    return {first: token for first, token in rows if first is not None}


# --- the closing ------------------------------------------------------------------------------------------------------


def closing_of(session: Session, office: Office, on: date) -> DayClosing | None:
    """That a day was closed, if it is."""
    return session.get(DayClosing, (office.id, on), populate_existing=True)


def reopen(session: Session, ticket: Ticket) -> None:
    """The day of a ticket that is live again is not closed any more: it has to be closed anew."""
    session.execute(_REOPEN, {"office": ticket.office_id, "day": ticket.on})


def forget_undo(session: Session, office: Office, on: date) -> None:
    """What was decided on a closed day is not taken back any more."""
    of_day = (Ticket.office_id == office.id, Ticket.on == on, Ticket.undo.is_not(None))
    session.execute(update(Ticket).where(*of_day).values(undo=None).execution_options(synchronize_session="fetch"))


def put_closing(session: Session, office: Office, on: date, *, staff_id: int | None, log_hash: str, now: datetime) -> DayClosing:
    """Close a day. The key of the table says once."""
    closing = DayClosing(office_id=office.id, on=on, closed_at=now, staff_id=staff_id, log_hash=log_hash)
    session.add(closing)
    session.flush()
    return closing
