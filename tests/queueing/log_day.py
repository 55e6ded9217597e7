"""A small day of an office with everything its log is looked at for: each press is a transaction of its own, as in life.

By n: 1 policy, 2 counter 1 opens, 3-5 the numbers A001, B001 and the booking A002, 6-9 A002 is called, recalled, served and A001
given priority, 10 A002 finished, 11 B001 called by hand, 12 finished, 13 A001 called, 14 taken back, 15 cancelled, 16 day closed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from office.models import Office, Service, Staff
from queueing import counter_actions, day_actions, line_log, log_store
from queueing.log_check import check
from queueing.log_rules import Entry
from queueing.models import Ticket, TicketInterval
from tests.queueing.ward import HANOI, NINE, Ward

OFFICE, DAY = "00070", "2026-11-23"
ENTRIES = 16
WHY = "có trẻ nhỏ"


class Again(Ward):
    """The same ward in a later transaction."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, NINE
        self.office = session.scalars(select(Office).where(Office.code == OFFICE)).one()
        self.officers = list(session.scalars(select(Staff).where(Staff.username.like("canbo%")).order_by(Staff.id)))
        self.services = {s.prefix: s for s in session.scalars(select(Service).where(Service.office_id == self.office.id))}
        self._bookings = 0

    def ticket(self, label: str) -> Ticket:
        return self.session.scalars(select(Ticket).where(Ticket.label == label)).one()


def by_hand(ward: Again) -> None:
    counter, ticket = ward.counter(1), ward.ticket("B001")
    counter_actions.call_ticket(ward.session, counter, ticket, reason=WHY, actor=ward.officer(1), now=ward.now)


def close(ward: Again) -> None:
    day_actions.close_day(
        ward.session, ward.office, date.fromisoformat(DAY), expire_missed=False, actor=ward.actor, now=ward.now, tz=HANOI
    )


PRESSES: tuple[Callable[[Again], object], ...] = (
    lambda ward: ward.open(1),
    lambda ward: ward.take(),
    lambda ward: ward.take("B"),
    lambda ward: ward.check_in("09:05"),
    lambda ward: ward.call(1),
    lambda ward: ward.do("recall", ward.ticket("A002")),
    lambda ward: ward.do("serve", ward.ticket("A002")),
    lambda ward: ward.do("set_priority", ward.ticket("A001"), priority=True),
    lambda ward: ward.do("finish", ward.ticket("A002")),
    by_hand,
    lambda ward: ward.do("finish", ward.ticket("B001")),
    lambda ward: ward.call(1),
    lambda ward: ward.do("undo", ward.ticket("A001")),
    lambda ward: ward.do("cancel", ward.ticket("A001")),
    close,
)


def make_day(db: Database) -> None:
    """A press every half minute from nine o'clock on: what was done last can still be taken back."""
    with db.transaction() as session:
        Ward(session)
    for nth, press in enumerate(PRESSES):
        with db.transaction() as session:
            ward = Again(session)
            ward.now = NINE + timedelta(seconds=30 * nth)
            press(ward)


# --- a log before its commit -------------------------------------------------------------------------------------------


def log_of(ward: Ward) -> list[Entry]:
    """The log as a commit would leave it."""
    line_log.write_noted(ward.session)
    return list(log_store.all_entries(ward.session, ward.office))


def whats(ward: Ward) -> list[str]:
    return [entry.what for entry in log_of(ward) if entry.what not in ("policy", "counter_opened")]


def found(ward: Ward) -> list[str]:
    line_log.write_noted(ward.session)
    return [finding.sentence for finding in check(ward.session, ward.office).findings]


def untold(ward: Ward) -> set[int]:
    """The stretches of tickets' lives that no entry tells of."""
    told = {entry.detail.get("interval") for entry in log_of(ward)}
    return set(ward.session.scalars(select(TicketInterval.id))) - told


def served(ward: Ward) -> Ticket:
    ticket = ward.take()
    ward.call(1)
    return ward.do("serve", ticket)


def called(ward: Ward) -> Ticket:
    ticket = ward.take()
    ward.call(1)
    return ticket
