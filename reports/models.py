"""What the figures are read from: the times of each visit, worked out once from the rows of its life.

These tables hold nothing that the line does not hold: they may be emptied at any time and are filled again.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class VisitFact(Base):
    """One part of a visit: what was done for one service of a ticket, from waiting for it to leaving the counter.

    Seconds are whole. `waited_s` is the wait to the first call that counts, `served_s` the time served, `hour` and `served_hour`
    the local hours in which each began, `counter_id` and `staff_id` where and by whom it was served last. What is of the whole
    visit stands at part 0 only: `state`, `outcome`, `on_time` (of a punctual booked person; while undecided empty, and not met
    from `on_time_limit_at` on), `error_s` and `held` (the promise against the call).
    """

    __tablename__ = "visit_facts"
    __table_args__ = (Index("ix_visit_facts_office_id_on", "office_id", "on"), Index("ix_visit_facts_on", "on"))

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    on: Mapped[date]
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    hour: Mapped[int]
    served_hour: Mapped[int | None]
    waited_s: Mapped[int | None]
    served_s: Mapped[int | None]
    booked: Mapped[bool]
    state: Mapped[str | None]
    outcome: Mapped[str | None]
    on_time: Mapped[bool | None]
    on_time_limit_at: Mapped[datetime | None]
    error_s: Mapped[int | None]
    held: Mapped[bool | None]


class FactMark(Base):
    """How far the visit facts of an office are worked out: through entry `through_n` of its log.

    Tickets from before the first mark have no entry of their own: they are gone through by id, and `next_id` is where that is,
    up to `until_id`.
    """

    __tablename__ = "fact_marks"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    through_n: Mapped[int] = mapped_column(default=0)
    next_id: Mapped[int] = mapped_column(default=0)
    until_id: Mapped[int] = mapped_column(default=0)
