"""A ward in which things are done by few words: `ward.take("A")`, `ward.call(1)`, `ward.pass_minutes(5)`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.rights import Actor
from office.models import Counter, Service, Staff
from queueing import actions, counter_actions, people_actions, visit_actions
from queueing.checkin_rules import Booking, check_in
from queueing.models import Call, Ticket, TicketInterval
from queueing.store import policy_of
from tests import builders

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NINE = datetime(2026, 11, 23, 9, tzinfo=HANOI)


class Ward:
    """Counters 1 and 2 take A and B, counter 3 takes C; open from 8 to 12 and from 13:30 to 17 o'clock; one officer each."""

    def __init__(self, session: Session, **office: Any) -> None:
        self.session = session
        self.now = NINE
        options = {"skills": {1: "AB", 2: "AB", 3: "C"}, "hours": builders.WARD_HOURS} | office
        self.office = builders.make_office(session, **options)
        self.officers = [builders.make_staff(session, self.office, f"canbo{number}") for number in (1, 2, 3)]
        self.services = {s.prefix: s for s in session.scalars(select(Service).where(Service.office_id == self.office.id))}
        self._bookings = 0

    def counter(self, number: int) -> Counter:
        return next(counter for counter in self.office.counters if counter.number == number)

    def officer(self, number: int) -> Actor:
        return Actor(kind="staff", id=self.officers[number - 1].id, role="officer", office=self.office.code)

    @property
    def actor(self) -> Actor:
        return self.officer(1)

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def open(self, *numbers: int) -> None:
        for number in numbers:
            counter_actions.open_counter(self.session, self.counter(number), staff_id=self.officers[number - 1].id, now=self.now)

    def take(self, service: str = "A", **more: Any) -> Ticket:
        return actions.take_ticket(
            self.session, self.office, self.services[service], now=self.now, tz=HANOI, source="kiosk", actor=self.actor, **more
        )

    def check_in(self, clock: str, service: str = "A", **more: Any) -> Ticket:
        """Somebody with a booking at `clock` ("09:15") of today comes now."""
        hour, minute = map(int, clock.split(":"))
        slot_at = NINE.replace(hour=hour, minute=minute)
        arrival = check_in(Booking(slot_at), policy_of(self.office), self.now, HANOI)
        self._bookings += 1
        ticket, _new = actions.take_booked_ticket(
            self.session, self.office, self.services[service], appointment_id=more.pop("appointment_id", self._bookings),
            slot_at=slot_at, arrival=arrival.outcome, due_at=arrival.due_at, now=self.now, tz=HANOI, source="kiosk",
            actor=self.actor, **{"minutes": self.services[service].minutes} | more,
        )  # fmt: skip
        return ticket

    def call(self, number: int) -> Call | None:
        return counter_actions.call_next(self.session, self.counter(number), actor=self.officer(number), now=self.now, tz=HANOI)

    def call_as(self, counter: Counter, staff: Staff) -> Call | None:
        """Call the next at a counter, as whoever sits there."""
        actor = Actor(kind="staff", id=staff.id, role="officer", office=self.office.code)
        return counter_actions.call_next(self.session, counter, actor=actor, now=self.now, tz=HANOI)

    def called(self, number: int) -> str | None:
        """Call the next at a counter; its number."""
        call = self.call(number)
        return call.ticket.label if call else None

    def do(self, verb: str, ticket: Ticket, **more: Any) -> Ticket:
        """A verb of the line or of the counter with this ticket."""
        module = next(module for module in (counter_actions, visit_actions, people_actions, actions) if hasattr(module, verb))
        done: Ticket = getattr(module, verb)(self.session, ticket, actor=self.actor, now=self.now, **more)
        return done

    def life(self, ticket: Ticket) -> list[str]:
        """The states the ticket has been through."""
        rows = self.session.scalars(
            select(TicketInterval).where(TicketInterval.ticket_id == ticket.id).order_by(TicketInterval.id)
        ).all()
        assert [row.to_at for row in rows[:-1]] == [row.from_at for row in rows[1:]], "no gap and no overlap in a life"
        assert rows[-1].to_at is None
        return [row.state for row in rows]
