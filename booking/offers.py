"""What an office offers to be booked, put together from its plan and from what is booked already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import capacity_rules, rules, slot_store
from booking.capacity_rules import Counters, Plan, PlannedSlot
from booking.refusals import NotBookable, NotTogether, SlotPast, SlotUnknown
from booking.rules import OfferedSlot
from office import stops
from office.hours import Hours, local_day, open_spans
from office.models import Office, Service
from office.refusals import FieldStopped
from office.settings import Settings
from office.stops import Stopped
from office.store import counter_hours_of, counters_of, hours_of, services_of, skills_of


@dataclass(frozen=True)
class Want:
    """A visit that is asked for: its services (the first is the main one), for how many counter-minutes, and who could do it."""

    services: tuple[Service, ...]
    minutes: int
    counters: Counters

    @property
    def service(self) -> Service:
        """What the person who books comes for."""
        return self.services[0]

    @property
    def ids(self) -> frozenset[int]:
        """The services' ids."""
        return frozenset(service.id for service in self.services)


@dataclass(frozen=True)
class Offer:
    """The bookable side of one office at `now`, loaded once for a page or a call.

    `services` are the active services by code, `counters` the hours of every counter (id) that is planned to be staffed, `stops`
    what is stopped today.
    """

    office: Office
    now: datetime
    tz: ZoneInfo
    settings: Settings
    hours: Hours
    services: dict[str, Service]
    counters: dict[int, Hours]
    plan: Plan
    watched: frozenset[Counters]
    stops: tuple[Stopped, ...] = ()
    _days: dict[date, list[PlannedSlot]] = field(default_factory=dict, compare=False)

    @property
    def today(self) -> date:
        """The office's own day."""
        return local_day(self.now, self.tz)

    @property
    def days(self) -> list[date]:
        """The local days that may be booked."""
        local_now = self.now.astimezone(self.tz)
        return rules.days_open(local_now, self.settings.book_days, time.fromisoformat(self.settings.book_from))

    def office_day(self, instant: datetime) -> date:
        """The office's own day of an instant."""
        return local_day(instant, self.tz)

    def is_bookable(self, service: Service) -> bool:
        """Whether hours of this service can be booked: it is published so and a counter takes it."""
        return service.bookable and service.id in self.plan.skills

    def bookable(self, code: str) -> Service:
        """The service with this code. Raises NotBookable."""
        service = self.services.get(code)
        if service is None or not self.is_bookable(service):
            raise NotBookable()
        return service

    def stop_of(self, services: Iterable[Service], on: date) -> Stopped | None:
        """What stops a visit for these services on a local day."""
        return stops.covering(self.stops, (service.field for service in services), on)

    def want(self, *codes: str) -> Want:
        """A visit for these services, by code, at one counter. Raises NotBookable, NotTogether."""
        services = tuple(self.bookable(code) for code in codes)
        counters = self.plan.counters([service.id for service in services])
        if not counters:
            raise NotTogether()
        return Want(services, sum(service.minutes for service in services), counters)

    def slots(self, on: date) -> list[PlannedSlot]:
        """All slots of a local day by plan, whatever may be booked."""
        if on not in self._days:
            spans = {counter: open_spans(hours, on) for counter, hours in self.counters.items()}
            self._days[on] = capacity_rules.day_slots(spans, self.settings.slot_minutes)
        return self._days[on]

    def slot_at(self, starts_at: datetime, ends_at: datetime) -> PlannedSlot:
        """The slot that begins then, as it is planned now; one without minutes when there is none any more."""
        on = local_day(starts_at, self.tz)
        known = (slot for slot in self.slots(on) if slot.starts_at == starts_at)
        return next(known, PlannedSlot(starts_at, ends_at, {}, {}))

    def slots_held(self, held: Iterable[tuple[datetime, datetime]]) -> list[PlannedSlot]:
        """The slots from when to when, as they are planned now."""
        return [self.slot_at(starts_at, ends_at) for starts_at, ends_at in held]

    def windows(self, want: Want, on: date) -> list[list[PlannedSlot]]:
        """For each beginning of this visit on a local day: the slots it may take, the first one being where it begins.

        None where one of its services is stopped.
        """
        of_day = [] if self.stop_of(want.services, on) else self.slots(on)
        # A round-the-clock office does not stop at midnight.
        onwards = [*of_day, *self.slots(on + timedelta(days=1))]
        windows = (
            capacity_rules.window(onwards, index, want.counters, self.plan, want.minutes) for index in range(len(of_day))
        )
        return [window for window in windows if window]

    def window_at(self, want: Want, starts_at: datetime) -> list[PlannedSlot]:
        """The slots of a visit that begins then.

        Raises SlotPast once it has begun, FieldStopped, and SlotUnknown when there is none.
        """
        if starts_at <= self.now:
            raise SlotPast()
        # Compared before it is converted: the year 9999 has no other time zone.
        if starts_at >= self.now + timedelta(days=self.settings.book_days + 2):
            raise SlotUnknown()
        on, instant = local_day(starts_at, self.tz), starts_at.astimezone(UTC)
        stop = self.stop_of(want.services, on)
        if stop is not None:
            raise FieldStopped(field=stop.field, reason=stop.reason)
        windows = self.windows(want, on) if on in self.days else []
        for window in windows:
            if window[0].starts_at == instant:
                return window
        raise SlotUnknown()

    def room(self, want: Want, slot: PlannedSlot, uses: slot_store.Uses) -> int:
        """How many minutes of this visit fit into a slot."""
        used = uses.get(slot.starts_at, ())
        return capacity_rules.room_for(want.counters, slot, self.plan, used, self.watched)

    def capped(self, want: Want, start: PlannedSlot, uses: slot_store.Uses) -> int:
        """How many more visits like this may begin in a slot by the caps of its services."""
        used = uses.get(start.starts_at, ())
        return capacity_rules.places_by_cap(want.ids, self.plan, used)


def load(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
    """The offer of this office."""
    settings = Settings.of(office.settings)
    services, hours = services_of(session, office), hours_of(session, office, tz)
    planned = {counter.id for counter in counters_of(session, office) if counter.planned}
    taken = {counter: ids for counter, ids in skills_of(session, office).items() if counter in planned}
    own_hours = counter_hours_of(session, office, hours)
    stopped = stops.said(session, office, local_day(now, tz))
    return assemble(office, now, tz, settings, hours, services, taken, {key: own_hours[key] for key in planned}, stopped)


def assemble(
    office: Office,
    now: datetime,
    tz: ZoneInfo,
    settings: Settings,
    hours: Hours,
    services: Sequence[Service],
    skills: dict[int, tuple[int, ...]],
    counters: dict[int, Hours],
    stopped: tuple[Stopped, ...] = (),
) -> Offer:
    """The offer of an office with these services, skills (services by counter), hours and stops: as it is, or as it would be."""
    takers: dict[int, set[int]] = {}
    for counter, ids in skills.items():
        for service_id in ids:
            takers.setdefault(service_id, set()).add(counter)
    # Also those that cannot be booked any more: hours of them that were booked before are kept, and take their minutes.
    able = {service.id: frozenset(takers[service.id]) for service in services if service.id in takers}
    places = {service.id: service.places for service in services if service.places is not None and service.id in able}
    plan = Plan(able, settings.bookable_share, settings.slot_minutes, places)
    by_code = {service.code: service for service in services}
    return Offer(office, now, tz, settings, hours, by_code, counters, plan, capacity_rules.groups(able.values()), stopped)


def day_slots(
    session: Session, offer: Offer, want: Want, on: date, *, apart_from: int | None = None
) -> list[OfferedSlot]:
    """The slots of a local day that have not started, with the places left for this visit; full ones stay, with none left.

    `apart_from` is a booking that is moving: its own minutes count as free. Empty for a day that may not be booked.
    """
    return slots_of_days(session, offer, want, [on], apart_from=apart_from)[on]


def all_slots(session: Session, offer: Offer, want: Want, *, apart_from: int | None = None) -> dict[date, list[OfferedSlot]]:
    """The same for every day that may be booked."""
    return slots_of_days(session, offer, want, offer.days, apart_from=apart_from)


def slots_of_days(
    session: Session, offer: Offer, want: Want, days: Iterable[date], *, apart_from: int | None = None
) -> dict[date, list[OfferedSlot]]:
    """The same for these days."""
    windows = {on: offer.windows(want, on) if on in offer.days else [] for on in days}
    coming = {on: [window for window in of_day if window[0].starts_at > offer.now] for on, of_day in windows.items()}
    slots = {slot.starts_at: slot for of_day in coming.values() for window in of_day for slot in window}
    uses = used_of(session, offer, slots.values(), apart_from=apart_from)
    rooms: dict[datetime, int] = {}

    def left(window: Sequence[PlannedSlot]) -> int:
        for slot in window:
            if slot.starts_at not in rooms:
                rooms[slot.starts_at] = offer.room(want, slot, uses)
        of_window = [rooms[slot.starts_at] for slot in window]
        places = capacity_rules.places_left(of_window, want.minutes, offer.plan.slot_minutes)
        return min(places, offer.capped(want, window[0], uses))

    return {
        on: [OfferedSlot(window[0].starts_at, window[0].ends_at, left(window)) for window in of_day]
        for on, of_day in coming.items()
    }


def used_of(
    session: Session, offer: Offer, slots: Collection[PlannedSlot], *, apart_from: int | None = None
) -> slot_store.Uses:
    """What is used of these slots now, by their beginning; without the minutes of the booking `apart_from`."""
    if not slots:
        return {}
    first, last = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    booked = slot_store.uses_between(session, offer.office, first, last, offer.now, apart_from)
    return capacity_rules.gathered(slots, booked)


def alternatives(session: Session, offer: Offer, want: Want, wanted: datetime) -> list[str]:
    """The beginnings to offer instead of a taken one: RFC 3339, the office's wall clock. Of the same day, if there are enough."""
    own_day = local_day(wanted, offer.tz)
    same_day = rules.alternatives(day_slots(session, offer, want, own_day), wanted)
    if len(same_day) < rules.ALTERNATIVES:
        others = [slot for slots in all_slots(session, offer, want).values() for slot in slots]
        same_day = rules.alternatives(others, wanted)
    return [slot.starts_at.astimezone(offer.tz).isoformat() for slot in same_day]
