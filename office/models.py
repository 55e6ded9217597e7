"""Tables of the office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, one_of

ROLES = ("officer", "head", "helper", "technician", "city")
DEVICE_KINDS = ("kiosk", "display", "agent")
COUNTER_STATES = ("closed", "open", "paused")


class Office(Base):
    """A place with counters: a ward or commune, or a further branch of one.

    Every unit of the city is a row from the start; `published` says that it shows hours and takes bookings.
    `notice` is the line in the lobby and on the office's page, gone after `notice_until`; `guidance` are texts that the lobby
    shows in turn. `technician` is whom the city calls when a machine there is broken.
    `seq` numbers every change of the office's line: it is the version of its boards and, being updated first, the lock
    of its line (see `office.store.lock_office`). `plan_mark` is another one after every change of what seldom changes (services,
    skills, hours, special days): a process that keeps those looks here whether they still hold (see office/plans.py).
    """

    __tablename__ = "offices"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    unit_code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    hotline: Mapped[str] = mapped_column(default="")
    notice: Mapped[str] = mapped_column(default="")
    notice_until: Mapped[datetime | None]
    guidance: Mapped[list[Any]] = mapped_column(default=list)
    technician: Mapped[str] = mapped_column(default="")
    published: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seq: Mapped[int] = mapped_column(default=0)
    plan_mark: Mapped[str] = mapped_column(default="")

    services: Mapped[list[Service]] = relationship(order_by="Service.position", viewonly=True)
    counters: Mapped[list[Counter]] = relationship(order_by="Counter.number", viewonly=True)


class Procedure(Base):
    """A procedure of the national catalogue, valid from a day to a day, with its source.

    `counter_minutes` is an estimate: nobody is shown it as a fact.
    """

    __tablename__ = "procedures"
    __table_args__ = (UniqueConstraint("code", "valid_from"), CheckConstraint("counter_minutes > 0", name="minutes"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    field: Mapped[str]
    agency: Mapped[str]
    processing_time: Mapped[str]
    documents: Mapped[list[Any]] = mapped_column(default=list)
    fee: Mapped[str]
    counter_minutes: Mapped[int]
    common: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Service(Base):
    """What one office offers at its counters: a procedure, or a thing that is none (results, supplements, questions).

    `prefix` is the letter of its numbers; `minutes` the planned time at the counter; `same_day` marks procedures whose
    dossiers move on the next working day when handed in after 15:00. `early` and `late` are its own minutes of tolerance
    around a booked hour; none means the office's. `places` is how many bookings of it one slot takes at most, whatever the
    counters could do; none means as many as they can.
    """

    __tablename__ = "services"
    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("length(prefix) BETWEEN 1 AND 2", name="prefix"),
        CheckConstraint("early >= 0 AND late >= 0", name="tolerance"),
        CheckConstraint("places >= 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    code: Mapped[str]
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedures.id"))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    folded: Mapped[str]
    field: Mapped[str]
    prefix: Mapped[str]
    minutes: Mapped[int]
    documents: Mapped[list[Any]] = mapped_column(default=list)
    fee: Mapped[str] = mapped_column(default="")
    processing_time: Mapped[str] = mapped_column(default="")
    bookable: Mapped[bool] = mapped_column(default=True)
    common: Mapped[bool] = mapped_column(default=False)
    same_day: Mapped[bool] = mapped_column(default=False)
    early: Mapped[int | None]
    late: Mapped[int | None]
    places: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class Counter(Base):
    """A counter, and who sits at it now. One officer has at most one open counter: the unique staff_id says so.

    `planned` false: nobody is planned to sit there, so no minutes of it are offered for booking; it may be opened all the same.
    `retired`: there is no such counter any more; its row stays for who was served there, and for its number to come back.
    `back_at` is when its officer said a pause would end. `seen_at` is when its console was last heard of: an open counter that is
    not heard of for minutes is silent, which is decided when it is read.
    """

    __tablename__ = "counters"
    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        CheckConstraint(one_of("state", COUNTER_STATES), name="state"),
        CheckConstraint("(state = 'closed') = (staff_id IS NULL)", name="staffed"),
        CheckConstraint("back_at IS NULL OR state = 'paused'", name="back"),
        CheckConstraint("NOT retired OR (state = 'closed' AND NOT planned)", name="retired"),
        UniqueConstraint("staff_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    planned: Mapped[bool] = mapped_column(default=True)
    retired: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="closed")
    pause_reason: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state_at: Mapped[datetime | None]
    idle_at: Mapped[datetime | None]
    back_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]

    skills: Mapped[list[CounterService]] = relationship(order_by="CounterService.position", viewonly=True)


class CounterService(Base):
    """A service a counter takes; `position` is the counter's own order of preference, which only breaks ties."""

    __tablename__ = "counter_services"

    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class WeeklyHours(Base):
    """One span of a weekday (0 = Monday) in minutes after local midnight; of a counter, or of the office when none."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="span"),
        Index("ix_weekly_hours_office_id", "office_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]


class SpecialDay(Base):
    """A day that is not like its weekday: closed (holiday or otherwise) when `spans` is empty, else open in `spans`.

    `spans` is [[opens, closes], ...] in minutes after local midnight, or null on an extra working day that uses the hours of
    the weekday in `as_weekday`. A row without office is the city's and holds where the office says nothing else.
    """

    __tablename__ = "special_days"
    __table_args__ = (UniqueConstraint("office_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    name: Mapped[str]
    holiday: Mapped[bool] = mapped_column(default=False)
    spans: Mapped[list[Any]] = mapped_column(default=list)
    as_weekday: Mapped[int | None]


class Stop(Base):
    """ "Đóng đột xuất": no more numbers and hours today for one field, or for everything when `field` is empty.

    It holds from `from_at` to the end of the day `on`, or until it is lifted (`lifted_at`). `reason` is shown to the public.
    """

    __tablename__ = "stops"
    __table_args__ = (
        Index("ix_stops_office_id_on", "office_id", "on"),
        Index(
            "uq_stops_one_at_a_time",
            "office_id",
            "on",
            "field",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    field: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    from_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]


class Staff(Base):
    """Someone who signs in. City administrators have no office; everybody else has exactly one.

    `epoch` is part of the signed session: raising it signs the person out everywhere. `may_pick` is the right to call
    somebody out of order; a head has it always.
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("(role = 'city') = (office_id IS NULL)", name="office"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    may_pick: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Invitation(Base):
    """A link with which somebody sets the first password, or a new one, once and before `expires_at`. Stored hashed."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class EndedSignIn(Base):
    """A sign-in that was ended by signing out, by the hash of the mark in its cookie. Kept as long as the cookie would live.

    The cookie is signed and not stored: without this row a copy of it would go on being good.
    """

    __tablename__ = "ended_sign_ins"

    mark: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Base):
    """A bearer token of a staff member, stored as a SHA-256 of 32 random bytes: nothing to guess, nothing to stretch."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Device(Base):
    """A kiosk, display or print agent of an office, known by its token (stored hashed) until that is revoked.

    `on_site` false: it stands outside the office (a culture house) and never makes a callable number. `printer_key`
    names the printer of a kiosk. `screen_mm` is the screen's width, so that 20 mm on the glass are 20 mm. `options` are what
    its room lets be set for one device: layout, voice and quiet hours of a display, the offices a kiosk outside books for.
    """

    __tablename__ = "devices"
    __table_args__ = (CheckConstraint(one_of("kind", DEVICE_KINDS), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    printer_key: Mapped[str | None]
    screen_mm: Mapped[int | None]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    paired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class DeviceReport(Base):
    """What a device last said of itself, and when: plain data of its room (voice on or muted, version drawn, clock ahead by ms).

    One row a device, written over: it is silent when `at` is old, which is decided when it is read.
    """

    __tablename__ = "device_reports"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    at: Mapped[datetime]
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Pairing(Base):
    """A short code that turns one browser into a device, once, before `expires_at`. Stored hashed."""

    __tablename__ = "pairings"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    code_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OfficeChange(Base):
    """One change of how an office is set up: what it was (`before`) and became (`after`), by whom and when.

    `n` counts from 1 in each office without a gap: it is the version of its set-up. `undoes_id` is the change that this one took
    back, at most once each.
    """

    __tablename__ = "office_changes"
    __table_args__ = (UniqueConstraint("office_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    n: Mapped[int]
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    what: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("office_changes.id"), unique=True)


class AuditEntry(Base):
    """Who did what that a head may ask about later: sign-ins, pairings, settings, out-of-order calls. Never personal data."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_office_id_at", "office_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    what: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
