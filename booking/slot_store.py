"""Every query and every lock of slots: what is used of them, their pools, holds.

A slot's row is locked before anything of it is given away or taken back, several in the order of their time; expired holds
leave under that lock. The pools' rows are made to agree with the uses there, and then minutes are added by guarded updates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from booking.capacity_rules import PlannedSlot, Pool, Use, read_services
from booking.models import Hold, Slot, SlotPool, SlotUse, WaitingEntry
from core.database import insert_or
from office.models import Office

Uses = Mapping[datetime, Sequence[Use]]
"""What is used of slots, by their beginning (aware UTC)."""


@dataclass(frozen=True)
class Freed:
    """Minutes of one slot that an owner had until now."""

    starts_at: datetime
    use: Use


def uses_between(
    session: Session, office: Office, first: datetime, last: datetime, now: datetime, apart_from: int | None = None
) -> Uses:
    """What bookings and live holds use of slots that begin from `first` until before `last`, without the booking `apart_from`."""
    live = or_(SlotUse.hold_id.is_(None), Hold.expires_at > now)
    rows = session.execute(
        select(Slot.starts_at, SlotUse.services, SlotUse.minutes, SlotUse.first)
        .join(SlotUse, SlotUse.slot_id == Slot.id)
        .outerjoin(Hold, Hold.id == SlotUse.hold_id)
        .where(
            Slot.office_id == office.id,
            Slot.starts_at >= first,
            Slot.starts_at < last,
            live,
            or_(SlotUse.appointment_id.is_(None), SlotUse.appointment_id != (apart_from or 0)),
        )
    )
    uses: dict[datetime, list[Use]] = {}
    for row in rows:
        uses.setdefault(row.starts_at, []).append(Use(read_services(row.services), row.minutes, row.first))
    return uses


def lock_slots(session: Session, office: Office, slots: Iterable[PlannedSlot]) -> dict[datetime, int]:
    """The ids of these slots by their beginning, each made if need be and locked until commit, in the order of their time.

    One statement: an insert that touches the row it finds locks it, so nobody gives away the same minutes meanwhile.
    """
    rows = [
        {"office_id": office.id, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
        for slot in sorted(slots, key=lambda slot: slot.starts_at)
    ]
    statement = insert_or(session, Slot).values(rows)
    locked = statement.on_conflict_do_update(
        index_elements=["office_id", "starts_at"], set_={"ends_at": statement.excluded.ends_at}
    ).returning(Slot.starts_at, Slot.id)
    return {row.starts_at: row.id for row in session.execute(locked)}


def planned_of(
    session: Session, *, appointment: int | None = None, holds: Collection[int] = ()
) -> list[tuple[datetime, datetime]]:
    """From when to when the slots last that a booking or some holds take minutes from."""
    owner = SlotUse.appointment_id == appointment if appointment is not None else SlotUse.hold_id.in_(holds)
    rows = session.execute(select(Slot.starts_at, Slot.ends_at).join(SlotUse, SlotUse.slot_id == Slot.id).where(owner))
    return [(row.starts_at, row.ends_at) for row in rows]


def forget_expired(session: Session, slots: Collection[int], now: datetime) -> None:
    """Take what expired holds used of these locked slots."""
    expired = select(Hold.id).where(Hold.expires_at <= now)
    session.execute(delete(SlotUse).where(SlotUse.slot_id.in_(slots), SlotUse.hold_id.in_(expired)))


def forget_uses(
    session: Session, slots: Mapping[datetime, int], *, appointment: int | None = None, holds: Collection[int] = ()
) -> list[Freed]:
    """Take what a booking or some holds used of these locked slots; the holds are gone with it."""
    owner = SlotUse.appointment_id == appointment if appointment is not None else SlotUse.hold_id.in_(holds)
    gone = session.execute(
        delete(SlotUse)
        .where(SlotUse.slot_id.in_(slots.values()), owner)
        .returning(SlotUse.slot_id, SlotUse.services, SlotUse.minutes, SlotUse.first)
    ).all()
    if holds:
        session.execute(delete(Hold).where(Hold.id.in_(holds)))
    begins = {slot: starts_at for starts_at, slot in slots.items()}
    freed = [Freed(begins[row.slot_id], Use(read_services(row.services), row.minutes, row.first)) for row in gone]
    return sorted(freed, key=lambda each: each.starts_at)


def agree_pools(session: Session, wanted: Mapping[int, Mapping[str, Pool]]) -> None:
    """Make the pools of locked slots (by slot id) what they should be; writes only where they differ."""
    rows = session.execute(
        select(SlotPool.slot_id, SlotPool.pool, SlotPool.capacity, SlotPool.booked).where(SlotPool.slot_id.in_(wanted))
    )
    known = {(row.slot_id, row.pool): Pool(row.capacity, row.booked) for row in rows}
    right = {(slot, name): pool for slot, pools in wanted.items() for name, pool in pools.items()}
    for slot, name in known.keys() - right.keys():
        session.execute(delete(SlotPool).where(SlotPool.slot_id == slot, SlotPool.pool == name))
    for (slot, name), pool in right.items():
        if (slot, name) in known and known[slot, name] != pool:
            here = and_(SlotPool.slot_id == slot, SlotPool.pool == name)
            session.execute(update(SlotPool).where(here).values(capacity=pool.capacity, booked=pool.booked))
    missing = [
        {"slot_id": slot, "pool": name, "capacity": pool.capacity, "booked": pool.booked}
        for (slot, name), pool in right.items()
        if (slot, name) not in known
    ]
    if missing:
        session.execute(insert(SlotPool), missing)


def take_minutes(session: Session, slot: int, pools: Collection[str], minutes: int) -> bool:
    """Add `minutes` to what is booked of all these pools of a slot, unless one would pass its capacity; says whether it was done.

    One guarded statement, never a look before the leap: when it is not done for all, the caller's transaction is rolled back.
    """
    taken = session.execute(
        update(SlotPool)
        .where(SlotPool.slot_id == slot, SlotPool.pool.in_(pools), SlotPool.booked + minutes <= SlotPool.capacity)
        .values(booked=SlotPool.booked + minutes)
        .execution_options(synchronize_session=False)
        .returning(SlotPool.pool)
    )
    return len(taken.all()) == len(pools)


def add_uses(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Write who uses what of which slot."""
    session.execute(insert(SlotUse), [dict(row) for row in rows])


def minutes_of(session: Session, slots: Mapping[datetime, int], appointment: int) -> dict[datetime, int]:
    """How many minutes a booking uses of each of these locked slots, by their beginning and in order."""
    begins = {slot: starts_at for starts_at, slot in slots.items()}
    rows = session.execute(select(SlotUse.slot_id, SlotUse.minutes).where(SlotUse.appointment_id == appointment))
    return dict(sorted((begins[row.slot_id], row.minutes) for row in rows))


def set_minutes(session: Session, slot: int, appointment: int, minutes: int) -> None:
    """Let a booking use this many minutes of a locked slot; none takes its row away."""
    mine = (SlotUse.slot_id == slot, SlotUse.appointment_id == appointment)
    session.execute(update(SlotUse).where(*mine).values(minutes=minutes) if minutes else delete(SlotUse).where(*mine))


def hold_by_token(session: Session, token: str | None) -> Hold | None:
    """The hold this token stands for, live or not."""
    if not token or "\0" in token:
        return None
    return session.scalar(select(Hold).where(Hold.token == token))


def lock_holders(session: Session, *holders: str) -> None:
    """Let nobody else hold for these devices and addresses (hashed) until commit: how many holds they have is counted, not kept.

    In the order given, before any slot is locked; an empty one is nobody. On SQLite whoever writes is alone already.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    for holder in filter(None, holders):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(holder, 0))))


def end_holds_elsewhere(session: Session, office: Office, holder: str, now: datetime) -> None:
    """Let the typing holds of a device (hashed) at other offices end now; what they used goes when its slots are next locked."""
    there = (Hold.holder == holder, Hold.office_id != office.id, Hold.kind == "typing", Hold.expires_at > now)
    if holder:
        session.execute(update(Hold).where(*there).values(expires_at=now))


def holds_of(session: Session, office: Office, holder: str) -> list[int]:
    """The typing holds of a device (hashed) at an office, expired ones too."""
    typing = (Hold.office_id == office.id, Hold.holder == holder, Hold.kind == "typing")
    return list(session.scalars(select(Hold.id).where(*typing))) if holder else []


def live_holds_of_address(session: Session, address: str, now: datetime, apart_from: Collection[int] = ()) -> int:
    """How many live typing holds an address (hashed) has, besides those that are just being given back."""
    live = (Hold.address == address, Hold.kind == "typing", Hold.expires_at > now, Hold.id.not_in(apart_from))
    return session.execute(select(func.count()).select_from(Hold).where(*live)).scalar_one()


def forget_long_expired(session: Session, before: datetime, limit: int) -> int:
    """Throw away up to `limit` holds that ended before then, with what they used; gives how many.

    Their pools are put right when their slots are next locked; until then they only say too much is booked. Offers stay as
    long as somebody's entry points at them: SQLite gives the id of a deleted hold to the next one, a stranger's. It locks no
    slots, so it waits for nobody who has: what a booking is just taking away is left to the next time.
    """
    offered = select(WaitingEntry.hold_id).where(WaitingEntry.hold_id.is_not(None))
    old = select(Hold.id).where(Hold.expires_at <= before, Hold.id.not_in(offered)).order_by(Hold.id).limit(limit)
    ids = list(session.scalars(old.with_for_update(skip_locked=True)))
    uses = select(SlotUse.id).where(SlotUse.hold_id.in_(ids)).with_for_update(skip_locked=True)
    session.execute(delete(SlotUse).where(SlotUse.id.in_(list(session.scalars(uses)))))
    unused = Hold.id.not_in(select(SlotUse.hold_id).where(SlotUse.hold_id.in_(ids)))
    gone = session.execute(delete(Hold).where(Hold.id.in_(ids), unused).returning(Hold.id))
    return len(gone.all())
