"""One office at one moment, read as far as it is asked for: what every view of the line is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.i18n import choose_language
from office.hours import Hours, open_spans
from office.models import Counter, Office
from office.plans import Plan, PlannedService, plan_of
from office.words import service_name
from queueing import line_store, store
from queueing.day_rules import resumes_at
from queueing.line_store import AnyRow, CallRow
from queueing.models import Ticket
from queueing.order_rules import Line, Place, ahead_of_each
from queueing.rules import CounterView
from queueing.waiting_rules import Span


@dataclass(frozen=True)
class Hall:
    """One office at one moment; what is not asked for is not read."""

    session: Session
    office: Office
    now: datetime
    tz: ZoneInfo

    @cached_property
    def line(self) -> Line:
        """What the rule sees."""
        calls, counters, busy = self.calls, self.counters, self.at_counters
        return line_store.line_of(
            self.session, self.office, self.now, self.plan, calls=calls, counters=counters, busy=busy
        )

    @cached_property
    def at_counters(self) -> Sequence[AnyRow]:
        """The tickets that are called or served."""
        return line_store.at_counters(self.session, self.office)

    @cached_property
    def order(self) -> Sequence[Place]:
        """The waiting in calling order."""
        return self.line.order()

    @cached_property
    def ahead(self) -> Mapping[int, int]:
        """People ahead by ticket."""
        open_now = {counter.id for counter in self.line.counters}
        closed = [CounterView(c.id, tuple(self.skills.get(c.id, ()))) for c in self.counters if c.id not in open_now]
        return ahead_of_each(self.order, self.line.counters, closed)

    @cached_property
    def call_from(self) -> Mapping[int, datetime]:
        """From when waiting bookings are called, by ticket."""
        return {who.id: who.call_from(self.line.policy) for who in self.line.waiting if who.booked}

    @cached_property
    def counters(self) -> Sequence[Counter]:
        """Every counter by number."""
        return store.counters_of(self.session, self.office)

    @cached_property
    def plan(self) -> Plan:
        """What of the office changes seldom."""
        return plan_of(self.session, self.office, self.tz)

    @property
    def skills(self) -> Mapping[int, Sequence[int]]:
        """The services each counter takes."""
        return self.plan.skills

    @property
    def services(self) -> Mapping[int, PlannedService]:
        """Every service by id, also one that is no longer offered."""
        return self.plan.services

    @cached_property
    def calls(self) -> Sequence[CallRow]:
        """The calls of the present days, oldest first."""
        return line_store.calls_of(self.session, self.office, self.days)

    @cached_property
    def days(self) -> list[date]:
        """The days whose tickets stand in the line."""
        return store.line_days(self.hours, self.now)

    def told(self, service_id: int) -> Mapping[str, Any]:
        """What is told of a service in the language of the request."""
        known = self._told.get(service_id)
        if known is None:
            service = self.services[service_id]
            known = self._told[service_id] = {
                "code": service.code,
                "name": service_name(service, self._language),
                "field": service.field,
                "minutes": service.minutes,
                "documents": service.documents,
            }
        return known

    @cached_property
    def _language(self) -> str:
        return choose_language()

    @cached_property
    def _told(self) -> dict[int, Mapping[str, Any]]:
        return {}

    @cached_property
    def opening(self) -> Sequence[Span]:
        """The open hours of the present days."""
        return store.opening_of(self.hours, self.days)

    @property
    def hours(self) -> Hours:
        """When the office is open."""
        return self.plan.hours

    @cached_property
    def sent_to(self) -> Mapping[int, int]:
        """The counter of those who were sent to one that is not closed, by ticket."""
        return {who.id: who.only_counter for who in self.line.waiting if who.only_counter is not None}

    @cached_property
    def counter_hours(self) -> Mapping[int, Hours]:
        """When each counter is planned to be there."""
        return self.plan.counter_hours(self.counters)

    def resumes_at(self, services: Collection[int] | None = None) -> datetime | None:
        """When calling goes on, before opening and over a break; for these services (ids), or for any. None while it does.

        Counters may break in turns: where one is open, or is planned to be, the line goes on.
        """
        taking = [c for c in self.counters if services is None or set(services) & set(self.skills.get(c.id, ()))]
        if any(counter.state == "open" for counter in taking):
            return None
        hours = [self.counter_hours[counter.id] for counter in taking if counter.planned] or [self.hours]
        spans = (Span(span.opens_at, span.closes_at) for each in hours for day in self.days for span in open_spans(each, day))
        return resumes_at(spans, self.now)

    def number_of(self, counter_id: int | None) -> int | None:
        """A counter's number."""
        return None if counter_id is None else self._numbers.get(counter_id)

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        return {counter.id: counter.number for counter in self.counters}

    def may_go_to(self, ticket: Ticket) -> list[int]:
        """The numbers of the counters a ticket may be called to: the open ones, or all that take it when none is open."""
        if ticket.counter_id is not None:
            return [number for number in [self.number_of(ticket.counter_id)] if number]
        if ticket.id in self.sent_to:
            return [number for number in [self.number_of(self.sent_to[ticket.id])] if number]
        taking = [c for c in self.counters if ticket.service_id in self.skills.get(c.id, ())]
        return [c.number for c in taking if c.state == "open"] or [c.number for c in taking]


def text(instant: datetime | None) -> str | None:
    """An instant as RFC 3339 text."""
    return instant.isoformat() if instant is not None else None
