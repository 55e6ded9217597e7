"""What a head may change: the set-up in any of its parts, and what stops today.

Each knows what would become of the office's hours and how it is written down; `setup.plan_actions` shows whom it hurts, saves
it and writes it into the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import offers
from booking.offers import Offer
from office import stops
from office.changes import record_change
from office.hours import DayException, Weekly, local_day
from office.models import Office, OfficeChange, Stop
from office.refusals import AlreadyStopped
from office.stops import Stopped
from setup import guards, parts_store, parts_writing, would_be
from setup.change_rules import HOURS, Difference, Part, difference, merged


@dataclass(frozen=True)
class Desk:
    """By whom, when and where it is done. `channel` is the channel that reaches phones; None: there is none.

    `city`: it is a city administrator, who may leave an office without a head.
    """

    staff_id: int | None
    now: datetime
    tz: ZoneInfo
    public_url: str
    channel: str | None
    city: bool = False


@dataclass(frozen=True)
class Look:
    """What a change would do. `offer` is the office with it, None when no hour depends on it; `before` and `setup` its parts.

    `present` is the office as it is, where that was put together anyway.
    """

    offer: Offer | None
    difference: Difference = field(default_factory=lambda: Difference({}, {}))
    setup: Mapping[str, Part] = field(default_factory=dict)
    before: Mapping[str, Part] = field(default_factory=dict)
    nothing: bool = False
    """The office is like this already."""
    present: Offer | None = None


class PlanChange(Protocol):
    """A change that has not been saved."""

    @property
    def what(self) -> str:
        """What the audit and the log call it."""
        ...

    def look(self, session: Session, office: Office, desk: Desk) -> Look:
        """What it would do now. Raises what stands against it."""
        ...

    def save(self, session: Session, office: Office, look: Look, desk: Desk) -> Mapping[str, Any]:
        """Write what was looked at. Holds the office's row. Gives what the audit keeps: plain data, nothing personal."""
        ...

    def of_the_line(self, look: Look) -> Mapping[str, Any]:
        """What the log of the line tells of it; nothing when no rule of the line depends on it."""
        ...


@dataclass(frozen=True)
class SetupChange:
    """Other words, services, counters, hours, people, machines: `wanted` are the parts as they shall be (see change_rules).

    `undoes` is the change that this one takes back.
    """

    what: str
    wanted: Mapping[str, Part | None]
    undoes: OfficeChange | None = None

    def look(self, session: Session, office: Office, desk: Desk) -> Look:
        """The difference to the set-up of now, and the offer after it. Raises what a guard says."""
        present = parts_store.read(session, office)
        change = difference(present, self.wanted_of(present, desk))
        after = merged(present, change)
        guards.check(session, office, present, after, change, city=desk.city)
        if not change.touches_plan:
            return Look(None, change, after, present, nothing=not change)
        as_is, with_it = would_be.two_offers(session, office, (present, after), desk.now, desk.tz)
        return Look(with_it, change, after, present, present=as_is)

    def wanted_of(self, present: Mapping[str, Part], desk: Desk) -> Mapping[str, Part | None]:
        """The parts as they shall be of an office that is set up like `present`."""
        return self.wanted

    def save(self, session: Session, office: Office, look: Look, desk: Desk) -> Mapping[str, Any]:
        """Write the parts, and the change into the history."""
        guards.make_room(session, office, look.difference, staff_id=desk.staff_id, now=desk.now)
        parts_writing.write(session, office, look.before, look.difference, desk.now)
        made = record_change(
            session,
            office,
            self.what,
            look.difference.before,
            look.difference.after,
            staff_id=desk.staff_id,
            now=desk.now,
            undoes=self.undoes,
        )
        return {"change": made.n}

    def of_the_line(self, look: Look) -> Mapping[str, Any]:
        """The fields that a rule of the line depends on."""
        return look.difference.of_the_line()


def week_change(week: Weekly) -> SetupChange:
    """Other weekly hours of the office."""
    return SetupChange("hours_changed", {HOURS: week_part(week)})


def week_part(week: Weekly) -> Part:
    """The hours of a week, each weekday named."""
    return dict.fromkeys("0123456") | week.written()


def counter_hours_change(number: int, planned: bool, own: Weekly | None) -> SetupChange:
    """Whether a counter is planned to be staffed, and its own weekly hours; None means the office's."""
    fields = {"planned": planned, "hours": own.written() if own is not None else None}
    return SetupChange("counter_hours_changed", {f"counter:{number}": fields})


def day_change(day: DayException) -> SetupChange:
    """One day that is closed, works at other hours or like another weekday, in place of what the office said of it before."""
    return SetupChange("day_changed", {f"day:{day.on.isoformat()}": parts_store.day_part(day)})


def day_removal(on: date) -> SetupChange:
    """A day of the office's own becomes like its weekday again, or what the city says of it."""
    return SetupChange("day_removed", {f"day:{on.isoformat()}": None})


@dataclass(frozen=True)
class StopChange:
    """A field of work, or everything (""), stops for the rest of today."""

    field: str
    reason: str
    from_at: datetime
    staff_id: int | None
    on: date
    what = "stopped"

    @property
    def stopped(self) -> Stopped:
        """The stop as plain data."""
        return Stopped(self.field, self.reason, self.on)

    def look(self, session: Session, office: Office, desk: Desk) -> Look:
        """The office with this field stopped. Raises AlreadyStopped."""
        present = stops.said(session, office, self.on)
        if any(stop.field == self.field for stop in present):
            raise AlreadyStopped(field=self.field)
        return Look(_with_stops(session, office, (*present, self.stopped), desk))

    def save(self, session: Session, office: Office, look: Look, desk: Desk) -> Mapping[str, Any]:
        """Say it."""
        stops.put(session, office, self.stopped, staff_id=self.staff_id, now=self.from_at)
        return self.of_the_line(look)

    def of_the_line(self, look: Look) -> Mapping[str, Any]:
        """The field and the reason, which the public is told."""
        return {"on": self.on.isoformat(), "field": self.field, "reason": self.reason}


@dataclass(frozen=True)
class StopLift:
    """A stop is taken back: numbers and hours are given again."""

    stop: Stop
    now: datetime
    what = "stop_lifted"

    def look(self, session: Session, office: Office, desk: Desk) -> Look:
        """The office without this stop."""
        present = stops.live(session, office, local_day(desk.now, desk.tz))
        left = tuple(stops.as_said(stop) for stop in present if stop.id != self.stop.id)
        return Look(_with_stops(session, office, left, desk))

    def save(self, session: Session, office: Office, look: Look, desk: Desk) -> Mapping[str, Any]:
        """Take it back; a second time changes nothing."""
        stops.lift(session, self.stop, self.now)
        return self.of_the_line(look)

    def of_the_line(self, look: Look) -> Mapping[str, Any]:
        """What was stopped."""
        return {"on": self.stop.on.isoformat(), "field": self.stop.field}


def _with_stops(session: Session, office: Office, said: Sequence[Stopped], desk: Desk) -> Offer:
    return replace(offers.load(session, office, desk.now, desk.tz), stops=tuple(said))
