"""The booking desk of a small office for tests: the verbs with few words, and what the rows say, counted by hand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import actions, holding, offers, waiting_actions
from booking.actions import Wish
from booking.forms import Companion, Visitor, visitor
from booking.holding import Holder
from booking.models import Appointment, Hold, Slot, SlotPool, SlotUse, WaitingEntry
from booking.waiting_actions import Patience
from office.models import Office

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MORNINGS = {weekday: [(480, 600)] for weekday in range(5)}
"""Monday to Friday, 8:00-10:00."""
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=HANOI)
URL = "https://vidu.test"

_phones = itertools.count(1)


def at(clock: str, day: int = 23) -> datetime:
    """An instant of November 2026, by the office's wall clock."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI)


def somebody(phone: str | None = None) -> Visitor:
    """An invented person: with a phone nobody had before, when none is said."""
    return visitor("Nguyễn Thị Thử", phone or f"09123{next(_phones):05}", True)


@dataclass
class Desk:
    """One office in one session; `now` moves only when told. `booked` are the bookings of a day that was filled, by hour."""

    session: Session
    office: Office
    now: datetime = field(default=NOW)
    booked: list[Appointment] = field(default_factory=list)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    # --- verbs

    def book(
        self, starts_at: datetime, service: str = "A", *with_services: str, phone: str | None = None, **wish: Any
    ) -> Appointment:
        people = tuple(Companion("Trần Văn Thử", each) for each in with_services)
        asked = Wish(service, starts_at, somebody(phone), people=people, **wish)
        made = actions.book(self.session, self.office, asked, now=self.now, tz=HANOI, public_url=URL)
        self.session.flush()
        return made

    def move(self, made: Appointment, starts_at: datetime, *, by_office: bool = False) -> Appointment:
        moved = actions.move(self.session, made.token, starts_at, now=self.now, tz=HANOI, public_url=URL, by_office=by_office)
        self.session.flush()
        return moved

    def cancel(self, made: Appointment) -> Appointment:
        gone = actions.cancel(self.session, made.token, now=self.now, tz=HANOI, public_url=URL)
        self.session.flush()
        return gone

    def hold(self, starts_at: datetime, *services: str, device: str = "", address: str = "address") -> Hold:
        return holding.hold_slot(
            self.session, self.office, services or ("A",), starts_at,
            holder=Holder(device, address), now=self.now, tz=HANOI,
        )  # fmt: skip

    def release(self, hold: Hold) -> None:
        holding.release_hold(self.session, self.office, hold.token, now=self.now, tz=HANOI)

    def join(self, day: int = 23, service: str = "A", phone: str | None = None, **patience: Any) -> WaitingEntry:
        asked = Patience(service, at("00:00", day).date(), somebody(phone), **patience)
        return waiting_actions.join(self.session, self.office, asked, now=self.now, tz=HANOI, public_url=URL)

    def accept(self, entry: WaitingEntry) -> Appointment:
        made = waiting_actions.accept(self.session, entry.token, now=self.now, tz=HANOI, public_url=URL)
        self.session.flush()
        return made

    def leave(self, entry: WaitingEntry) -> WaitingEntry:
        return waiting_actions.leave(self.session, entry.token, now=self.now, tz=HANOI, public_url=URL)

    def lapse(self, entry: WaitingEntry) -> None:
        waiting_actions.lapse(self.session, entry.id, now=self.now, tz=HANOI, public_url=URL)

    def offer_free(self, entry: WaitingEntry) -> bool:
        return waiting_actions.offer_free(self.session, entry, now=self.now, tz=HANOI, public_url=URL)

    # --- what is seen

    def left(self, starts_at: datetime, *services: str) -> int:
        """The places shown for a visit that begins then."""
        offer = offers.load(self.session, self.office, self.now, HANOI)
        slots = offers.day_slots(self.session, offer, offer.want(*(services or ("A",))), starts_at.date())
        return next(slot.left for slot in slots if slot.starts_at == starts_at)

    def fill(self, starts_at: datetime, service: str = "A") -> list[Appointment]:
        """Book all places of a slot."""
        return [self.book(starts_at, service) for _place in range(self.left(starts_at, service))]

    def fill_day(self, day: int = 23, service: str = "A") -> list[Appointment]:
        """Book all places of a day."""
        offer = offers.load(self.session, self.office, self.now, HANOI)
        slots = offers.day_slots(self.session, offer, offer.want(service), at("00:00", day).date())
        self.booked = [made for slot in slots for made in self.fill(slot.starts_at.astimezone(HANOI), service)]
        return self.booked

    # --- what the rows say

    def parts(self, owner: Appointment | Hold) -> list[tuple[str, int]]:
        """From which slots a booking or a hold takes how many minutes."""
        mine = SlotUse.appointment_id == owner.id if isinstance(owner, Appointment) else SlotUse.hold_id == owner.id
        rows = self.session.execute(
            select(Slot.starts_at, SlotUse.minutes).join(Slot, Slot.id == SlotUse.slot_id).where(mine).order_by(Slot.starts_at)
        )
        return [(f"{row.starts_at.astimezone(HANOI):%H:%M}", row.minutes) for row in rows]

    def pools(self, starts_at: datetime) -> dict[str, tuple[int, int]]:
        """Booked and capacity of the pools of a slot, the counters by number instead of id."""
        numbers = {counter.id: counter.number for counter in self.office.counters}
        rows = self.session.execute(
            select(SlotPool.pool, SlotPool.booked, SlotPool.capacity).join(Slot, Slot.id == SlotPool.slot_id)
            .where(Slot.office_id == self.office.id, Slot.starts_at == starts_at)
        )  # fmt: skip
        return {_numbered(row.pool, numbers): (row.booked, row.capacity) for row in rows}

    def holds(self, kind: str) -> Sequence[Hold]:
        """The holds of a kind, live or not."""
        kept = select(Hold).where(Hold.office_id == self.office.id, Hold.kind == kind).order_by(Hold.id)
        return self.session.scalars(kept).all()


def _numbered(pool: str, numbers: dict[int, int]) -> str:
    if not pool.startswith("c"):
        return pool
    return "c" + ".".join(str(number) for number in sorted(numbers[int(counter)] for counter in pool[1:].split(".")))
