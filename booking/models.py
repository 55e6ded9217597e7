"""Tables of the booked hours: slots with their counter-minutes, appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from office.models import Office, Service

LIVE = "state = 'booked'"


class Slot(Base):
    """Counter-minutes that may be booked from `starts_at`, in one pool of counters that share services.

    `booked` never passes `capacity`: bookings add by a conditional update, and the CHECK is the last guard. A row is made
    when its slot is first booked; until then the capacity is computed from the planned hours.
    """

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("office_id", "starts_at", "pool"),
        CheckConstraint("booked >= 0 AND booked <= capacity", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    pool: Mapped[str]
    capacity: Mapped[int]
    booked: Mapped[int] = mapped_column(default=0)


class Appointment(Base):
    """A booked visit. `code` is what a person can say or type, `token` the secret of its page.

    The limits are constraints: `(phone, on, nth)` and `(phone, on, field)` are unique among live bookings, and `nth` is the
    lowest free ordinal up to the limit, so two requests at once cannot both pass.
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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
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
    consent_at: Mapped[datetime]
    created_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)
