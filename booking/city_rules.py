"""What can be booked next at an office, and what is near it. Pure: the plan and the uses of one office in, beginnings out.

It asks less than `booking.offers`, for many offices: whether anything at all can still be booked. Services of one length that
the same counters take are tried once, the shortest first: where a longer visit fits, a shorter one nearly always does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from booking import capacity_rules, rules
from booking.capacity_rules import Counters, Plan, PlannedSlot, Use
from office.hours import Hours, OpenSpan, local_day, next_opening, open_spans
from office.settings import Settings

OVER_MIDNIGHT = timedelta(hours=6)
"""How far into the next day a visit may last that begins late in a round-the-clock office."""


@dataclass(frozen=True)
class Bookable:
    """A service: by id, with its planned minutes. Not `offered`: its hours can be booked no more, those that were are kept."""

    id: int
    minutes: int
    offered: bool = True


@dataclass(frozen=True)
class Visit:
    """A visit that is tried: for one service (id), its minutes, and who could do it."""

    service: int
    minutes: int
    counters: Counters


@dataclass(frozen=True)
class OfficePlan:
    """The bookable side of one office: what `booking.offers.Offer` is, without names and papers.

    `counters` are the hours of the planned counters by id; `visits` those that are tried, `stopped` the services (ids) that are
    not given on a day, and `visits_then` what is tried on such a day.
    """

    id: int
    settings: Settings
    hours: Hours
    counters: Mapping[int, Hours]
    plan: Plan
    watched: frozenset[Counters]
    visits: tuple[Visit, ...]
    stopped: Mapping[date, frozenset[int]] = field(default_factory=dict)
    visits_then: Mapping[date, tuple[Visit, ...]] = field(default_factory=dict)

    def trying(self, visit: Visit) -> OfficePlan:
        """The same, asked for one visit only."""
        then = {on: () if visit.service in services else (visit,) for on, services in self.stopped.items()}
        return replace(self, visits=(visit,), visits_then=then)

    def visits_on(self, on: date) -> tuple[Visit, ...]:
        """What is tried on a local day."""
        return self.visits_then.get(on, self.visits)

    def days(self, now: datetime) -> list[date]:
        """The local days that may be booked at `now`."""
        book_from = time.fromisoformat(self.settings.book_from)
        return rules.days_open(now.astimezone(self.hours.tz), self.settings.book_days, book_from)

    def slots(self, on: date) -> list[PlannedSlot]:
        """All slots of a local day by plan."""
        spans = {counter: open_spans(hours, on) for counter, hours in self.counters.items()}
        return capacity_rules.day_slots(spans, self.settings.slot_minutes)


@dataclass(frozen=True)
class Doors:
    """When an office is open: the `spans` of the day it was looked up on and of the day after, and the opening after those."""

    spans: tuple[OpenSpan, ...]
    opens_later: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether they are open at `now`."""
        return any(span.opens_at <= now < span.closes_at for span in self.spans)

    def opens_at(self, now: datetime) -> datetime | None:
        """The next opening after `now`, as far as it is known."""
        coming = [*(span.opens_at for span in self.spans), self.opens_later]
        return min((opening for opening in coming if opening and opening > now), default=None)


def doors(hours: Hours, now: datetime) -> Doors:
    """The doors of an office with these hours, good until the end of the next day."""
    today = local_day(now, hours.tz)
    spans = (*open_spans(hours, today), *open_spans(hours, today + timedelta(days=1)))
    return Doors(spans, None if any(span.opens_at > now for span in spans) else next_opening(hours, now))


def plan_of(
    office_id: int,
    settings: Settings,
    hours: Hours,
    counters: Mapping[int, Hours],
    services: Iterable[Bookable],
    skills: Mapping[int, Counters],
    places: Mapping[int, int],
    stopped: Mapping[date, frozenset[int]] | None = None,
) -> OfficePlan:
    """The plan of an office. `skills` are the planned counters of each service, `places` the caps that are set, `stopped` the
    services that are not given on a day."""
    taken = [service for service in services if skills.get(service.id)]
    able = {service.id: skills[service.id] for service in taken}
    caps = {service: most for service, most in places.items() if service in able}
    plan = Plan(able, settings.bookable_share, settings.slot_minutes, caps)
    then = {
        on: _tried((service for service in taken if service.id not in ids), plan) for on, ids in (stopped or {}).items()
    }
    watched = capacity_rules.groups(able.values())
    return OfficePlan(office_id, settings, hours, counters, plan, watched, _tried(taken, plan), stopped or {}, then)


def _tried(services: Iterable[Bookable], plan: Plan) -> tuple[Visit, ...]:
    """One visit of each length at each group of counters, the shortest first, and each with a cap: of that there may be no more
    while others fit. Only the shortest is not enough: a longer one may look further for its minutes (`capacity_rules.window`),
    past slots of which hardly anything is left.
    """
    different: dict[tuple[Counters, int, int], Visit] = {}
    for service in (each for each in services if each.offered):
        visit = Visit(service.id, service.minutes, plan.skills[service.id])
        different.setdefault((visit.counters, visit.minutes, service.id if service.id in plan.places else 0), visit)
    return tuple(sorted(different.values(), key=lambda visit: visit.minutes))


def beginnings(
    place: OfficePlan, on: date, uses: Mapping[datetime, Sequence[Use]], now: datetime, known_until: datetime, most: int
) -> list[datetime]:
    """The first `most` beginnings of a local day, after `now`, at which one of the visits can still be booked.

    `uses` are those of slots that begin before `known_until`; nothing that would last longer is offered.
    """
    of_day, visits = place.slots(on), place.visits_on(on)
    # A round-the-clock office does not stop at midnight.
    goes_on = bool(of_day) and of_day[-1].ends_at.astimezone(place.hours.tz).date() > on
    onwards = [*of_day, *place.slots(on + timedelta(days=1))] if goes_on else of_day
    used = capacity_rules.gathered(onwards, uses)
    found: list[datetime] = []
    for index, slot in enumerate(of_day):
        if len(found) == most:
            break
        if slot.starts_at > now and any(_fits(place, visit, onwards, index, used, known_until) for visit in visits):
            found.append(slot.starts_at)
    return found


def _fits(
    place: OfficePlan,
    visit: Visit,
    slots: Sequence[PlannedSlot],
    index: int,
    used: Mapping[datetime, Sequence[Use]],
    known_until: datetime,
) -> bool:
    def room(slot: PlannedSlot) -> int:
        return capacity_rules.room_for(visit.counters, slot, place.plan, used[slot.starts_at], place.watched)

    if room(slots[index]) <= 0:  # where much is taken, nearly all are turned away here
        return False
    window = capacity_rules.window(slots, index, visit.counters, place.plan, visit.minutes)
    if not window or window[-1].ends_at > known_until:
        return False
    if not capacity_rules.places_by_cap([visit.service], place.plan, used[window[0].starts_at]):
        return False
    rooms = [room(slot) for slot in window]
    return capacity_rules.spread(rooms, visit.minutes, place.plan.slot_minutes) is not None


def nearest(own: str, units: Mapping[int, str]) -> list[int]:
    """The offices (ids) of `units` (their unit codes), those near the unit `own` first.

    Near is by code: the statistics office numbered the units district by district, so neighbours have codes close to each
    other, and our data has no coordinates. It is a neighbourhood, not a distance. Codes that are no numbers come last.
    """
    here = int(own) if own.isdecimal() else None

    def apart(office: int) -> tuple[int, str, int]:
        code = units[office]
        far = abs(int(code) - here) if here is not None and code.isdecimal() else 10**9
        return far, code, office

    return sorted(units, key=apart)
