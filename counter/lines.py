"""The whole line as officers and helpers see it: one snapshot for the socket, the JSON call and the first load.

No name of a person in the line is in it: bookings that are still expected are given by hour and service only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.store import live_on
from core.web import config, local
from counter.shapes import (
    Called,
    ExpectedVisit,
    Line,
    LineCounter,
    LineTicket,
    NextTicket,
    PrinterShown,
    Seated,
    ServiceShown,
    Undo,
    Why,
)
from office import store as offices
from office.hours import local_day
from office.models import Counter, Office, Service
from printer.store import printers_at
from queueing import store
from queueing.checkin_rules import still_expected
from queueing.lifecycle_rules import OPEN
from queueing.models import Call, Ticket
from queueing.order_rules import Line as Rule
from queueing.order_rules import Place
from queueing.rules import Reason
from queueing.words import done_sentence, reason_sentence

PRINTER_STATES = ("paper_out", "cover", "off", "unknown", "near_end", "ok")
"""The worst first: an office with several printers is told of the one that needs somebody."""


ONE_PRESS = timedelta(seconds=3)
"""What changed at one counter within this time was one press of the officer's ("done, call the next")."""


def snapshot(session: Session, office: Office, now: datetime) -> Line:
    """The line as it is; read in one transaction, with the office's version."""
    shown = _Shown.of(session, office, now)
    tickets = [shown.ticket(each) for each in shown.tickets.values()]
    order = {place.who.id: rank for rank, place in enumerate(shown.places)}
    return Line(
        version=office.seq,
        now=local(now),
        counters=shown.counters(),
        waiting=sorted((t for t in tickets if t.state == "waiting"), key=lambda t: order.get(t.id, len(order))),
        missed=sorted((t for t in tickets if t.state == "missed"), key=lambda t: t.state_at, reverse=True),
        held=sorted((t for t in tickets if t.state == "held"), key=lambda t: t.state_at),
        expected=shown.expected(),
        printer=shown.printer(),
    )


def one(session: Session, office: Office, ticket: Ticket, now: datetime) -> LineTicket:
    """One ticket as it is, decided or not."""
    return _Shown.of(session, office, now).ticket(ticket)


def called(session: Session, office: Office, call: Call, now: datetime) -> Called:
    """Who was called by `call`, and why."""
    ticket = one(session, office, call.ticket, now)
    assert ticket.reason is not None
    return Called(ticket=ticket, reason=ticket.reason)


@dataclass(frozen=True)
class _Shown:
    """What was read for one snapshot."""

    session: Session
    office: Office
    now: datetime
    tz: ZoneInfo
    rule: Rule
    places: Sequence[Place]
    tickets: Mapping[int, Ticket]
    calls: Mapping[int, Call]
    services: Mapping[int, ServiceShown]
    changed: Sequence[Ticket]

    @classmethod
    def of(cls, session: Session, office: Office, now: datetime) -> _Shown:
        tz = config().tz
        days = store.line_days(offices.hours_of(session, office, tz), now)
        rule = store.load_line(session, office, now, tz)
        services = session.scalars(select(Service).where(Service.office_id == office.id))
        return cls(
            session=session,
            office=office,
            now=now,
            tz=tz,
            rule=rule,
            places=rule.order(),
            tickets={each.id: each for each in store.live_tickets(session, office, days)},
            calls={call.ticket_id: call for call in store.calls_of(session, office, days)},
            services={each.id: _service(each) for each in services},
            changed=store.changed_since(session, office, now - timedelta(seconds=rule.policy.undo_s)),
        )

    def ticket(self, ticket: Ticket) -> LineTicket:
        call = self.calls.get(ticket.id)
        waiting = next((who for who in self.rule.waiting if who.id == ticket.id), None)
        return LineTicket(
            id=ticket.id,
            number=ticket.label,
            state=ticket.state,
            state_at=local(ticket.state_at),
            service=self.services[ticket.service_id],
            kind=ticket.kind,
            arrival=ticket.arrival,
            slot_at=_local(ticket.slot_at),
            arrived_at=local(ticket.arrived_at),
            due_at=local(ticket.due_at),
            priority=ticket.priority,
            needs_help=ticket.needs_help,
            lang=ticket.lang,
            people=ticket.people,
            counter=ticket.counter_id,
            for_counter=waiting.only_counter if waiting else None,
            called_at=_local(call.called_at if call else None),
            called_again_at=_local(call.last_called_at if call else None),
            first_called_at=_local(ticket.first_called_at),
            times=call.times if call else 0,
            waited=int((call.called_at - ticket.arrived_at).total_seconds() // 60) if call else None,
            reason=self._reason(ticket, call),
            why=store.intervals_of(self.session, ticket)[-1].why if ticket.state == "held" else "",
        )

    def counters(self) -> list[LineCounter]:
        skills = offices.skills_of(self.session, self.office)
        names = {staff.id: staff.name for staff in offices.staff_of(self.session, self.office)}
        at_counter = {t.counter_id: t for t in self.tickets.values() if t.state in OPEN}
        return [
            LineCounter(
                id=counter.id,
                number=counter.number,
                name=counter.name,
                state=counter.state,
                state_at=_local(counter.state_at),
                pause_reason=counter.pause_reason,
                services=[self.services[each].code for each in skills.get(counter.id, ())],
                staff=Seated(id=counter.staff_id, name=names.get(counter.staff_id, "")) if counter.staff_id else None,
                ticket=self.ticket(at_counter[counter.id]) if counter.id in at_counter else None,
                next=self._next(counter),
                undo=self._undo(counter),
            )
            for counter in offices.counters_of(self.session, self.office)
        ]

    def expected(self) -> list[ExpectedVisit]:
        bookings = live_on(self.session, self.office, local_day(self.now, self.tz))
        here = set(
            self.session.scalars(select(Ticket.appointment_id).where(Ticket.appointment_id.in_([each.id for each in bookings])))
        )
        return [
            ExpectedVisit(starts_at=local(each.starts_at), service=self.services[each.service_id])
            for each in bookings
            if each.id not in here and still_expected(each.starts_at, self.rule.policy, self.now)
        ]

    def printer(self) -> PrinterShown | None:
        states = {printer.state for printer in printers_at(self.session, self.office.code) if printer.active}
        worst = next((state for state in PRINTER_STATES if state in states), None)
        return PrinterShown(state=worst) if worst else None

    def _reason(self, ticket: Ticket, call: Call | None) -> Why | None:
        if ticket.state in OPEN and call is not None:
            return self._why(Reason(call.reason, call.params))
        place = next((place for place in self.places if place.who.id == ticket.id), None)
        return self._why(place.choice.reason) if place else None

    def _why(self, reason: Reason) -> Why:
        return Why(code=reason.code, sentence=reason_sentence(reason.code, reason.params, self.tz))

    def _next(self, counter: Counter) -> NextTicket | None:
        choice = self.rule.next_call(counter.id)
        if choice is None:
            return None
        return NextTicket(id=choice.ticket, number=self.tickets[choice.ticket].label, reason=self._why(choice.reason))

    def _undo(self, counter: Counter) -> Undo | None:
        """The last press at this counter: "done, next" changed two tickets at once, so both go back, the later first."""
        done = [each for each in self.changed if each.undo and each.undo["counter"] == counter.id]
        done.sort(key=lambda each: (_done_at(each), (each.undo or {})["verb"] == "call"), reverse=True)
        if not done or self.now - _done_at(done[0]) > timedelta(seconds=self.rule.policy.undo_s):
            return None
        last = _done_at(done[0])
        together = [each for each in done if last - _done_at(each) <= ONE_PRESS]
        sentences = [done_sentence((each.undo or {})["verb"], each.label) for each in reversed(together)]
        until = last + timedelta(seconds=self.rule.policy.undo_s)
        return Undo(tickets=[each.id for each in together], until=local(until), sentence=" ".join(sentences))


def _done_at(ticket: Ticket) -> datetime:
    return datetime.fromisoformat((ticket.undo or {})["at"])


def _service(service: Service) -> ServiceShown:
    documents = [str(each) for each in service.documents]
    return ServiceShown(code=service.code, name=service.name, minutes=service.minutes, documents=documents)


def _local(instant: datetime | None) -> datetime | None:
    return None if instant is None else local(instant)
