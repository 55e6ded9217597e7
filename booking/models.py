"""Tables of the booked hours: slots with their counter-minutes, appointments, holds, the waiting list, people to be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, one_of
from office.models import Office, Service

LIVE = "state = 'booked' AND erased_at IS NULL"
KEPT = "erased_at IS NULL"
WAITING_LIVE = "state IN ('waiting', 'offered')"
HOLD_KINDS = ("typing", "offer", "resting")
WAITING_STATES = ("waiting", "offered", "accepted", "left")


class Slot(Base):
    """A stretch of an office's day that bookings take minutes from: the row that is locked before anything of it is given away.

    It is made when the slot is first used; how much may be booked in it stands in its pools.
    """

    __tablename__ = "slots"
    __table_args__ = (UniqueConstraint("office_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SlotPool(Base):
    """What one slot may give away of one pool: counter-minutes of a group of counters, or places of one service.

    `pool` names it as `booking.rules` does: "c1.4" are counters 1 and 4, "s12" is service 12 with a cap of its own. `booked`
    never passes `capacity`: bookings and holds add by a conditional update, and the CHECK is the last guard. A booking takes
    its minutes in every pool that contains all counters that could serve it.
    """

    __tablename__ = "slot_pools"
    __table_args__ = (CheckConstraint("booked >= 0 AND booked <= capacity", name="capacity"),)

    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"), primary_key=True)
    pool: Mapped[str] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    booked: Mapped[int] = mapped_column(default=0)


class SlotUse(Base):
    """The minutes one booking or one hold takes in one slot; a long visit has a row in each of its consecutive slots.

    `services` are the ids of what is wanted ("12" or "7.12"), from which follows which counters can serve it. `first` marks
    the slot in which the visit begins.
    """

    __tablename__ = "slot_uses"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name="owner"),
        UniqueConstraint("slot_id", "appointment_id"),
        UniqueConstraint("slot_id", "hold_id"),
        Index("ix_slot_uses_appointment_id", "appointment_id"),
        Index("ix_slot_uses_hold_id", "hold_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))
    services: Mapped[str]
    minutes: Mapped[int]
    first: Mapped[bool]


class Hold(Base):
    """Minutes kept for a while, until `expires_at`, which is judged when it is read.

    `kind`: 'typing' while somebody types name and phone; 'offer' while somebody of the waiting list may accept; 'resting' when
    a place was given back and comes up again at a moment nobody knows. `holder` and `address` are keyed hashes of the device and
    its network address: a device holds one slot, an address not many.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint(one_of("kind", HOLD_KINDS), name="kind"),
        Index("ix_holds_holder_expires_at", "holder", "expires_at"),
        Index("ix_holds_address_expires_at", "address", "expires_at"),
        Index("ix_holds_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    services: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    holder: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Appointment(Base):
    """A booked visit. `code` is what a person can say or type, `token` the secret of its page.

    The limits are constraints: `(phone, on, nth)` and `(phone, on, field)` are unique among live bookings, and `nth` is the
    lowest free ordinal up to the limit, so two requests at once cannot both pass. `people` come along ([{name, service}],
    a household or further procedures of the same person); `minutes` are those of all together. `moved_from_at` is the hour
    the office moved it from: who did not hear of it is on time then, too. `device` is a keyed hash. `erased_at` says that
    name and phone are gone.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        CheckConstraint("state IN ('booked', 'cancelled')", name="state"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("nth >= 1", name="nth"),
        Index(
            "uq_appointments_phone_on_nth",
            "phone",
            "on",
            "nth",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "uq_appointments_phone_on_field",
            "phone",
            "on",
            "field",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index("ix_appointments_office_id_on", "office_id", "on"),
        Index("ix_appointments_on", "on"),
        Index("ix_appointments_kept", "on", sqlite_where=text(KEPT), postgresql_where=text(KEPT)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    on: Mapped[date]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    field: Mapped[str]
    nth: Mapped[int]
    code: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_folded: Mapped[str]
    phone: Mapped[str]
    people: Mapped[list[Any]] = mapped_column(default=list)
    lang: Mapped[str] = mapped_column(default="vi")
    state: Mapped[str] = mapped_column(default="booked")
    device: Mapped[str] = mapped_column(default="")
    consent_at: Mapped[datetime]
    created_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]
    moved_from_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)


class WaitingEntry(Base):
    """Somebody who waits for any hour of a full day. A phone waits once a day at an office.

    A place offered is a hold (`hold_id`) that is theirs to accept until `offered_until`; who did not answer keeps waiting
    behind those who had no offer yet (`offers` counts). `appointment_id` is the booking it became.
    """

    __tablename__ = "waiting_entries"
    __table_args__ = (
        CheckConstraint(one_of("state", WAITING_STATES), name="state"),
        CheckConstraint("(state = 'offered') = (hold_id IS NOT NULL)", name="offer"),
        Index(
            "uq_waiting_entries_office_id_on_phone",
            "office_id",
            "on",
            "phone",
            unique=True,
            sqlite_where=text(WAITING_LIVE),
            postgresql_where=text(WAITING_LIVE),
        ),
        Index("ix_waiting_entries_on_state", "on", "state"),
        Index("ix_waiting_entries_kept", "on", sqlite_where=text(KEPT), postgresql_where=text(KEPT)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    on: Mapped[date]
    name: Mapped[str]
    phone: Mapped[str]
    lang: Mapped[str] = mapped_column(default="vi")
    device: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="waiting")
    offers: Mapped[int] = mapped_column(default=0)
    hold_id: Mapped[int | None] = mapped_column(unique=True)
    offered_until: Mapped[datetime | None]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    consent_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)


class CallListEntry(Base):
    """A booking whose person must be told by telephone that its hour cannot be kept as planned, at most once a booking and hour.

    `starts_at` is the hour it was booked for. Open until somebody called (`called_at`, `called_by`), or the booking was moved,
    cancelled or checked in meanwhile, which is judged when the list is read.
    """

    __tablename__ = "call_list"
    __table_args__ = (UniqueConstraint("appointment_id", "starts_at"), Index("ix_call_list_office_id", "office_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    starts_at: Mapped[datetime]
    why: Mapped[str]
    listed_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    called_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    appointment: Mapped[Appointment] = relationship(viewonly=True)


class PhoneMark(Base):
    """A booking of this phone that somebody else came with: counted against the phone at every office (by keyed hash)."""

    __tablename__ = "phone_marks"
    __table_args__ = (UniqueConstraint("appointment_id"), Index("ix_phone_marks_phone_hash", "phone_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str]
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    marked_at: Mapped[datetime]


class PhoneCode(Base):
    """The code sent to a phone before a booking, where the office asks for it. Kept hashed, until it is used or out of time."""

    __tablename__ = "phone_codes"
    __table_args__ = (CheckConstraint("tries_left >= 0", name="tries"),)

    phone_hash: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[str]
    tries_left: Mapped[int]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
