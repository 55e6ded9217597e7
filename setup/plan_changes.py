"""The changes of plan a head may make: the office's week, a counter's hours or staffing, a single day, what stops today.

Each knows the office as it would be and how it is written down; `setup.plan_actions` shows whom it hurts and saves it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.impact import offer_with
from booking.offers import Offer
from office import stops
from office.hours import DayException, Weekly, local_day
from office.models import Office, Stop
from office.refusals import AlreadyStopped
from office.stops import Stopped
from office.store import day_exception, hours_of
from setup import store


class PlanChange(Protocol):
    """A change that has not been saved."""

    @property
    def what(self) -> str:
        """What the audit calls it."""
        ...

    def detail(self) -> dict[str, Any]:
        """What the audit keeps of it: plain data, nothing personal."""
        ...

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office's offer with the change made."""
        ...

    def save(self, session: Session, office: Office) -> None:
        """Write it."""
        ...


@dataclass(frozen=True)
class WeekChange:
    """Other weekly hours of the office."""

    week: Weekly
    what = "hours_changed"

    def detail(self) -> dict[str, Any]:
        """The hours as they are typed."""
        return {"hours": self.week.written()}

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office with these hours."""
        hours = replace(hours_of(session, office, tz), weekly=self.week)
        return offer_with(session, office, hours=hours, now=now, tz=tz)

    def save(self, session: Session, office: Office) -> None:
        """In place of the present hours."""
        store.replace_weekly_hours(session, office, self.week)


@dataclass(frozen=True)
class CounterChange:
    """Whether a counter (id) is planned to be staffed, and its own weekly hours; `own` None means the office's."""

    counter: int
    planned: bool
    own: Weekly | None
    what = "counter_hours_changed"

    def detail(self) -> dict[str, Any]:
        """The counter's id and plan."""
        return {"counter": self.counter, "planned": self.planned, "hours": self.own.written() if self.own else None}

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office with this counter planned so."""
        planned, own = {self.counter: self.planned}, {self.counter: self.own}
        return offer_with(session, office, planned=planned, own=own, now=now, tz=tz)

    def save(self, session: Session, office: Office) -> None:
        """In place of the counter's present plan."""
        store.counter_of(session, office, self.counter).planned = self.planned
        store.replace_weekly_hours(session, office, self.own, counter_id=self.counter)


@dataclass(frozen=True)
class DayChange:
    """One day that is closed, or open at other hours than its weekday. It replaces what was said of the day before."""

    day: DayException
    what = "day_changed"

    def detail(self) -> dict[str, Any]:
        """The date and its hours."""
        return {"on": self.day.on.isoformat(), "hours": [str(span) for span in self.day.spans or ()]}

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office with this day."""
        hours = hours_of(session, office, tz)
        hours = replace(hours, exceptions={**hours.exceptions, self.day.on: self.day})
        return offer_with(session, office, hours=hours, now=now, tz=tz)

    def save(self, session: Session, office: Office) -> None:
        """In place of what the office said of that day."""
        store.put_day(session, office, self.day)


@dataclass(frozen=True)
class DayRemoval:
    """A day of the office's own becomes like its weekday again, or a holiday of the city's."""

    on: date
    what = "day_removed"

    def detail(self) -> dict[str, Any]:
        """The date."""
        return {"on": self.on.isoformat()}

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office without this day."""
        hours, of_city = hours_of(session, office, tz), store.city_day(session, self.on)
        exceptions = {on: day for on, day in hours.exceptions.items() if on != self.on}
        if of_city is not None:
            exceptions[self.on] = day_exception(of_city)
        return offer_with(session, office, hours=replace(hours, exceptions=exceptions), now=now, tz=tz)

    def save(self, session: Session, office: Office) -> None:
        """Take the day away."""
        store.remove_day(session, office, self.on)


@dataclass(frozen=True)
class StopChange:
    """A field of work, or everything (""), stops for the rest of today."""

    field: str
    reason: str
    from_at: datetime
    staff_id: int | None
    on: date
    what = "stopped"

    def detail(self) -> dict[str, Any]:
        """The field and the reason, which the public is told."""
        return {"on": self.on.isoformat(), "field": self.field, "reason": self.reason}

    @property
    def stopped(self) -> Stopped:
        """The stop as plain data."""
        return Stopped(self.field, self.reason, self.on)

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office with this field stopped. Raises AlreadyStopped."""
        present = stops.said(session, office, self.on)
        if any(stop.field == self.field for stop in present):
            raise AlreadyStopped(field=self.field)
        return offer_with(session, office, stopped=(*present, self.stopped), now=now, tz=tz)

    def save(self, session: Session, office: Office) -> None:
        """Say it."""
        stops.put(session, office, self.stopped, staff_id=self.staff_id, now=self.from_at)


@dataclass(frozen=True)
class StopLift:
    """A stop is taken back: numbers and hours are given again."""

    stop: Stop
    now: datetime
    what = "stop_lifted"

    def detail(self) -> dict[str, Any]:
        """What was stopped."""
        return {"on": self.stop.on.isoformat(), "field": self.stop.field}

    def would_be(self, session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
        """The office without this stop."""
        present = stops.live(session, office, local_day(now, tz))
        left = tuple(stops.as_said(stop) for stop in present if stop.id != self.stop.id)
        return offer_with(session, office, stopped=left, now=now, tz=tz)

    def save(self, session: Session, office: Office) -> None:
        """Take it back; a second time changes nothing."""
        stops.lift(session, self.stop, self.now)
