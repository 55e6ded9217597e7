"""Every query behind a changed plan: what is booked and whose it is, and who is to be called because of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session, joinedload

from booking.capacity_rules import Use, read_services
from booking.impact_rules import OwnedUse
from booking.models import Appointment, CallListEntry, Hold, Slot, SlotUse
from core.database import insert_or
from core.rights import NotFound
from office.models import AuditEntry, Office, Staff
from queueing.models import Ticket


def owned_uses(session: Session, office: Office, now: datetime) -> list[OwnedUse]:
    """What bookings and live holds use of the slots that are not over, in the order in which they are kept.

    First who is here or should be by now and cannot be told any more, then bookings in the order they were made, then holds.
    """
    settled = or_(Appointment.starts_at <= now, Ticket.id.is_not(None))
    rank = case((SlotUse.hold_id.is_not(None), 2), (settled, 0), else_=1)
    rows = session.execute(
        select(Slot.starts_at, SlotUse.appointment_id, SlotUse.services, SlotUse.minutes, SlotUse.first)
        .join(SlotUse, SlotUse.slot_id == Slot.id)
        .outerjoin(Appointment, Appointment.id == SlotUse.appointment_id)
        .outerjoin(Ticket, Ticket.appointment_id == SlotUse.appointment_id)
        .outerjoin(Hold, Hold.id == SlotUse.hold_id)
        .where(Slot.office_id == office.id, Slot.ends_at > now, or_(SlotUse.hold_id.is_(None), Hold.expires_at > now))
        .order_by(rank, Appointment.created_at, Appointment.id, SlotUse.id)
    )
    return [
        OwnedUse(row.appointment_id, row.starts_at, Use(read_services(row.services), row.minutes, row.first)) for row in rows
    ]


def coming(session: Session, office: Office, now: datetime) -> list[Appointment]:
    """The live bookings whose hour is still to come and whose people are not here yet, by hour."""
    here = select(Ticket.id).where(Ticket.appointment_id == Appointment.id).exists()
    live = (Appointment.office_id == office.id, Appointment.state == "booked", Appointment.starts_at > now)
    found = select(Appointment).where(*live, ~here).options(joinedload(Appointment.service))
    return list(session.scalars(found.order_by(Appointment.starts_at, Appointment.id)))


def lock_appointments(session: Session, ids: Collection[int]) -> None:
    """Hold these bookings until commit, in the order of their ids: nobody moves, cancels or checks them in meanwhile."""
    if ids:
        session.execute(select(Appointment.id).where(Appointment.id.in_(ids)).order_by(Appointment.id).with_for_update())


def lock_coming(session: Session, office: Office, now: datetime) -> None:
    """Hold all live bookings of an office whose hour is still to come, in the order of their ids."""
    live = (Appointment.office_id == office.id, Appointment.state == "booked", Appointment.starts_at > now)
    session.execute(select(Appointment.id).where(*live).order_by(Appointment.id).with_for_update()).all()


# --- the call list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryRow:
    """An entry with its booking, whether its person is here, and who called."""

    entry: CallListEntry
    appointment: Appointment
    here: bool
    caller: str | None


def put_entry(session: Session, appointment: Appointment, why: str, now: datetime) -> None:
    """Put the booking at its present hour on the list; listed before for this hour, it is to be told anew."""
    fresh = {"why": why, "listed_at": now, "called_at": None, "called_by": None}
    row = {"office_id": appointment.office_id, "appointment_id": appointment.id, "starts_at": appointment.starts_at}
    session.execute(
        insert_or(session, CallListEntry)
        .values(**row, **fresh)
        .on_conflict_do_update(index_elements=["appointment_id", "starts_at"], set_=fresh)
    )


def plans_changed(session: Session, since: datetime) -> list[tuple[str, datetime]]:
    """Which offices (their codes) changed their plan since then, and when: what is written down of it names the lost bookings."""
    rows = session.execute(
        select(Office.code, AuditEntry.at, AuditEntry.detail)
        .join(Office, Office.id == AuditEntry.office_id)
        .where(AuditEntry.at > since)
    )
    return [(row.code, row.at) for row in rows if "lost_bookings" in row.detail]


def entry_rows(session: Session, office: Office, since: datetime, entry_id: int | None = None) -> list[EntryRow]:
    """The entries of an office for hours from `since` on, by hour; or one of them."""
    rows = session.execute(
        select(CallListEntry, Appointment, Ticket.id, Staff.name)
        .join(Appointment, Appointment.id == CallListEntry.appointment_id)
        .outerjoin(Ticket, Ticket.appointment_id == Appointment.id)
        .outerjoin(Staff, Staff.id == CallListEntry.called_by)
        .where(
            CallListEntry.office_id == office.id,
            CallListEntry.starts_at >= since if entry_id is None else CallListEntry.id == entry_id,
        )
        .options(joinedload(Appointment.service))
        .order_by(CallListEntry.starts_at, CallListEntry.id)
    )
    return [EntryRow(entry, appointment, ticket is not None, caller) for entry, appointment, ticket, caller in rows]


def listed_hours(session: Session, office: Office, appointments: Collection[int]) -> Mapping[tuple[int, datetime], CallListEntry]:
    """The entries of these bookings, by booking (id) and the hour they were listed with."""
    mine = and_(CallListEntry.office_id == office.id, CallListEntry.appointment_id.in_(appointments))
    entries: Sequence[CallListEntry] = session.scalars(select(CallListEntry).where(mine)).all() if appointments else ()
    return {(entry.appointment_id, entry.starts_at): entry for entry in entries}


def entry_by_id(session: Session, entry_id: int, *, lock: bool = False) -> CallListEntry:
    """The entry with this id; with `lock` held until commit. Raises NotFound; whose it is, the caller checks."""
    entry = session.get(CallListEntry, entry_id, with_for_update=lock, populate_existing=True)
    if entry is None:
        raise NotFound()
    return entry
