"""Printers and the jobs in front of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, one_of

PRINTER_KINDS = ("file", "network", "usb", "serial", "cups", "win32raw", "agent")
TELL_NOTHING = ("usb", "serial", "cups", "win32raw")
"""Kinds that take a page and can say nothing of paper: their slips are `handed`, and "ok" means connected."""

PRINTER_STATES = ("ok", "near_end", "paper_out", "cover", "off", "unknown")
WIDTHS = (576, 512, 384)
TRIAL = "test"
"""The kind of a test page: it shows one printer, so it never moves to another."""

JOB_STATES = ("queued", "sending", "printed", "blocked", "uncertain", "handed", "failed", "expired")


class Printer(Base):
    """A printer: where it stands, how it is reached, and how it was when last asked."""

    __tablename__ = "printers"
    __table_args__ = (
        CheckConstraint(one_of("kind", PRINTER_KINDS), name="kind"),
        CheckConstraint(one_of("state", PRINTER_STATES), name="state"),
        CheckConstraint(one_of("width_dots", WIDTHS), name="width_dots"),
        CheckConstraint("fallback_id <> id", name="fallback"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """What the callers call it, e.g. "00070/kiosk-1"."""
    place: Mapped[str] = mapped_column(String(40), index=True)
    """Whose printer it is: a text of the callers."""
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(255), default="")
    """As `devices.open_device` reads it. file: a folder below the server's printing folder, empty: made from the key; agent:
    empty, the agent knows."""
    width_dots: Mapped[int] = mapped_column(default=576)
    active: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(16), default="unknown")
    detail: Mapped[str] = mapped_column(String(200), default="")
    state_since: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    """When it was last asked how it is, by whichever process."""
    fallback_id: Mapped[int | None] = mapped_column(ForeignKey("printers.id"))
    """The printer of the same place that prints what this one cannot, as long as nothing of it was sent."""
    agent_seen_at: Mapped[datetime | None]
    """kind agent: when its agent last asked for work."""


class PrintJob(Base):
    """One slip on its way to paper, written in the transaction of the thing it announces."""

    __tablename__ = "print_jobs"
    __table_args__ = (
        CheckConstraint(one_of("state", JOB_STATES), name="state"),
        # The last guard: two pages sent to one printer at once come out mixed.
        Index(
            "uq_print_jobs_one_sending",
            "printer_id",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index("ix_print_jobs_printer_id_state", "printer_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printers.id"))
    kind: Mapped[str] = mapped_column(String(16))
    """What sort of slip, e.g. "ticket" or "test"."""
    document: Mapped[dict[str, Any]]
    """The slip (`printer.slip.Slip.to_dict`)."""
    reference: Mapped[str] = mapped_column(String(80), index=True)
    """What it belongs to, e.g. "ticket:123"."""
    state: Mapped[str] = mapped_column(String(16), default="queued")
    detail: Mapped[str] = mapped_column(String(200), default="")
    reprint: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sending_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None]
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("printers.id"))
    """The printer it was meant for, where a fallback prints it."""

    printer: Mapped[Printer] = relationship(lazy="joined", innerjoin=True, foreign_keys=[printer_id])
