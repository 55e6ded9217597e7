"""Tables of the line: tickets and their states, calls, numbers, what was promised, the day's end and its log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, one_of
from office.models import Service

STATES = ("waiting", "called", "serving", "held", "missed", "done", "cancelled", "expired")
WRONG_PERSON: Final = "wrong_person"
"""The `arrival` of a ticket, and why it waits, when somebody else came with the booking."""
HEARD_HOW = ("voice", "chime", "none")
OPEN_AT_COUNTER = "state IN ('called', 'serving')"
UNDECIDED = "state IN ('waiting', 'called', 'serving', 'held', 'missed')"


class NumberCounter(Base):
    """The last number given for a prefix on a day of an office: the locked row that numbers come from."""

    __tablename__ = "number_counters"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Ticket(Base):
    """A person's (or household's) place in the line of one office on one day.

    `kind` is 'booked' or 'walk_in'; a booked person who came too late is a walk-in with `arrival` 'late', and who came with
    somebody else's booking one with 'wrong_person'. `slot_at` is the hour a booking was met by. `due_at` is when it is due
    by the rule; `arrived_at` when it was taken or checked in. `appointment_id` points at the booking it was
    made from, at most one ticket a booking; it has no foreign key because the line does not know bookings.
    `people` is how many are served in one go and `minutes` how long that is planned to take at the counter, for all of them
    together. `further` are the ids of the services still to be done after the present one, in order: the ticket passes from
    counter to counter without a new number. `cycle` counts how often a missed person came back. `version` grows with every
    change of the row. `carried_on` is the day a slip given at the close of this day is good for, and `carried_from_id` on that
    day's ticket the one it continues, at most once.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("office_id", "on", "prefix", "number"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("kind IN ('booked', 'walk_in')", name="kind"),
        CheckConstraint("people >= 1 AND minutes >= 1", name="people"),
        CheckConstraint("(state IN ('called', 'serving')) <= (counter_id IS NOT NULL)", name="at_counter"),
        CheckConstraint("state <> 'done' OR outcome IS NOT NULL", name="outcome"),
        Index(
            "uq_tickets_one_open_per_counter",
            "counter_id",
            unique=True,
            sqlite_where=text(OPEN_AT_COUNTER),
            postgresql_where=text(OPEN_AT_COUNTER),
        ),
        Index("ix_tickets_office_id_on_state", "office_id", "on", "state"),
        Index("ix_tickets_office_id_state_at", "office_id", "state_at"),
        # Whoever asks what is not decided yet, of whatever day, does not walk through years of visits that are over.
        Index(
            "ix_tickets_undecided",
            "office_id",
            "on",
            "state",  # SQLite would rather take an index of all days that has every column asked for
            sqlite_where=text(UNDECIDED),
            postgresql_where=text(UNDECIDED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    prefix: Mapped[str]
    number: Mapped[int]
    label: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    kind: Mapped[str]
    arrival: Mapped[str | None]
    slot_at: Mapped[datetime | None]
    appointment_id: Mapped[int | None] = mapped_column(unique=True)
    arrived_at: Mapped[datetime]
    due_at: Mapped[datetime]
    priority: Mapped[bool] = mapped_column(default=False)
    needs_help: Mapped[bool] = mapped_column(default=False)
    lang: Mapped[str] = mapped_column(default="vi")
    source: Mapped[str]
    people: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    state_at: Mapped[datetime]
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    for_counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    first_called_at: Mapped[datetime | None]
    further: Mapped[list[Any]] = mapped_column(default=list)
    cycle: Mapped[int] = mapped_column(default=0)
    carried_on: Mapped[date | None]
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), unique=True)
    outcome: Mapped[str | None]
    missing_papers: Mapped[list[Any]] = mapped_column(default=list)
    dossier_code: Mapped[str | None]
    undo: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)

    service: Mapped[Service] = relationship(viewonly=True)


class TicketInterval(Base):
    """One stretch of a ticket's life in one state: who put it there, where, from when to when, and why.

    `to_at` is empty for the present one. All waiting and service times are computed from these rows.
    """

    __tablename__ = "ticket_intervals"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("to_at >= from_at", name="order"),
        Index("ix_ticket_intervals_ticket_id", "ticket_id"),
        Index(
            "uq_ticket_intervals_one_present",
            "ticket_id",
            unique=True,
            sqlite_where=text("to_at IS NULL"),
            postgresql_where=text("to_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    state: Mapped[str]
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(default="")


class Call(Base):
    """One person called to one counter: the rule's tier and reason, how often and when it was said, how it was answered.

    The guard's turns are derived from these rows. `answered_at` is set when the person came (serving or done) and
    `withdrawn_at` when the call was undone, missed or the ticket went elsewhere.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_office_id_on", "office_id", "on"),
        Index("ix_calls_ticket_id", "ticket_id"),
        CheckConstraint("times >= 1", name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    called_at: Mapped[datetime]
    last_called_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    tier: Mapped[str]
    reason: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship(viewonly=True)


class CallHeard(Base):
    """That one display drew a call (for the `times`-th time it was said) and said it aloud, as the display itself reports.

    `how` is what was heard: a voice, the chime only, or nothing (muted, quiet hours, no sound allowed).
    """

    __tablename__ = "calls_heard"
    __table_args__ = (
        CheckConstraint(one_of("how", HEARD_HOW), name="how"),
        CheckConstraint("(how = 'none') <= (spoken_at IS NULL)", name="spoken"),
    )

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    times: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    drawn_at: Mapped[datetime]
    spoken_at: Mapped[datetime | None]
    how: Mapped[str] = mapped_column(default="none")


class Rating(Base):
    """How a person rated a visit that is over, once a ticket: 5 is "Rất hài lòng", 1 "Rất không hài lòng".

    Evidence for the ward, not the official index of satisfaction (domain.md).
    """

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        Index("ix_ratings_office_id_on", "office_id", "on"),
        Index("ix_ratings_on", "on"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    score: Mapped[int]
    at: Mapped[datetime]


class Promise(Base):
    """What a person was told when the ticket was made: minutes from `told_at` until the call, and the range of 80 %.

    A ticket that nobody could forecast (no counter planned) has no row. Reports compare it with the first call.
    """

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("0 <= low AND low <= median AND median <= high", name="range"),
        Index("ix_promises_office_id_on", "office_id", "on"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    told_at: Mapped[datetime]
    median: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]


class DayClosing(Base):
    """That a day of an office was closed: every ticket of it is decided. `log_hash` is where the day's log ended then."""

    __tablename__ = "day_closings"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    log_hash: Mapped[str] = mapped_column(default="")


class CarryQuota(Base):
    """How many slips for the day `on` were given at the close of earlier days, out of `places`: the row that guards them."""

    __tablename__ = "carry_quotas"
    __table_args__ = (CheckConstraint("used >= 0 AND used <= places", name="places"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]
    places: Mapped[int]


class LogEntry(Base):
    """One line of an office's log: what was done in its line, chained to the line before by `hash`.

    `n` counts from 1 through all days of the office without a gap. `detail` has numbers of tickets and counters and ids of
    staff, never a person. How the hash is made stands in log_rules.py.
    """

    __tablename__ = "line_log"
    __table_args__ = (UniqueConstraint("office_id", "n"), Index("ix_line_log_office_id_on", "office_id", "on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    n: Mapped[int]
    on: Mapped[date]
    at: Mapped[datetime]
    what: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hash: Mapped[str]
