"""What an office offers to be booked, put together from its plan and from what is booked already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import rules, store
from booking.refusals import NotBookable, NotTogether, SlotPast, SlotUnknown
from booking.rules import OfferedSlot, PlannedCounter, PlannedSlot
from office.hours import Hours, local_day, open_spans
from office.models import Office, Service
from office.settings import Settings
from office.store import counter_hours_of, hours_of, services_of, skills_of


@dataclass(frozen=True)
class Offer:
    """The bookable side of one office at `now`, loaded once for a page or a call.

    `services` are the active services by code, `counters` what each counter takes (bookable services only) and when.
    """

    office: Office
    now: datetime
    tz: ZoneInfo
    settings: Settings
    hours: Hours
    services: dict[str, Service]
    counters: tuple[tuple[frozenset[int], Hours], ...]

    @property
    def today(self) -> date:
        """The office's own day."""
        return local_day(self.now, self.tz)

    @property
    def days(self) -> list[date]:
        """The local days that may be booked."""
        return rules.bookable_days(self.today, self.settings.book_days)

    def is_bookable(self, service: Service) -> bool:
        """Whether hours of this service can be booked: it is published so and a counter takes it."""
        return service.bookable and service.id in self._pools

    def bookable(self, code: str) -> Service:
        """The service with this code. Raises NotBookable."""
        service = self.services.get(code)
        if service is None or not self.is_bookable(service):
            raise NotBookable()
        return service

    def pool(self, service: Service) -> str:
        """Where the minutes of a bookable service are counted."""
        return rules.pool_key(self._pools[service.id])

    def plan(self, service: Service, on: date) -> list[PlannedSlot]:
        """The slots of this service's pool on a local day, by plan."""
        pool = self._pools[service.id]
        spans = [(services, tuple(open_spans(hours, on))) for services, hours in self.counters if services & pool]
        return rules.plan(
            [PlannedCounter(services, counter_spans) for services, counter_spans in spans],
            pool,
            slot_minutes=self.settings.slot_minutes,
            share=self.settings.bookable_share,
            longest=max(other.minutes for other in self.services.values() if other.id in pool),
        )

    def planned_at(self, service: Service, starts_at: datetime) -> PlannedSlot:
        """The planned slot that begins then. Raises SlotPast once it has begun, SlotUnknown when there is none."""
        if starts_at <= self.now:
            raise SlotPast()
        # Compared before it is converted: the year 9999 has no other time zone.
        if starts_at >= self.now + timedelta(days=self.settings.book_days + 2):
            raise SlotUnknown()
        on = local_day(starts_at, self.tz)
        instant = starts_at.astimezone(UTC)
        slots = self.plan(service, on) if on in self.days else []
        for slot in slots:
            if slot.starts_at == instant:
                return slot
        raise SlotUnknown()

    @property
    def _pools(self) -> dict[int, frozenset[int]]:
        return rules.pools(services for services, _hours in self.counters)


def load(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> Offer:
    """The offer of this office."""
    services = services_of(session, office)
    bookable = {service.id for service in services if service.bookable}
    skills, hours = skills_of(session, office), hours_of(session, office, tz)
    counter_hours = counter_hours_of(session, office, hours)
    return Offer(
        office=office,
        now=now,
        tz=tz,
        settings=Settings.of(office.settings),
        hours=hours,
        services={service.code: service for service in services},
        counters=tuple((frozenset(taken) & bookable, counter_hours[counter]) for counter, taken in skills.items()),
    )


def day_slots(session: Session, offer: Offer, service: Service, on: date, minutes: int | None = None) -> list[OfferedSlot]:
    """The slots of a local day that have not started, with the places left for this service (or for `minutes` at once).

    Empty for a day that may not be booked.
    """
    if on not in offer.days:
        return []
    planned = offer.plan(service, on)
    booked = store.booked_minutes(session, offer.office, offer.pool(service), [slot.starts_at for slot in planned])
    return rules.offered(planned, booked, minutes or service.minutes, offer.now)


def all_slots(session: Session, offer: Offer, service: Service, minutes: int | None = None) -> dict[date, list[OfferedSlot]]:
    """The same for every day that may be booked."""
    return {on: day_slots(session, offer, service, on, minutes) for on in offer.days}


def alternatives(session: Session, offer: Offer, service: Service, wanted: datetime, minutes: int) -> list[str]:
    """The beginnings to offer instead of a taken one: RFC 3339, the office's wall clock."""
    free = [slot for slots in all_slots(session, offer, service, minutes).values() for slot in slots]
    return [slot.starts_at.astimezone(offer.tz).isoformat() for slot in rules.alternatives(free, wanted)]


def one_pool(offer: Offer, services: Sequence[Service]) -> None:
    """Raise NotTogether unless these services are done by the same counters."""
    if len({offer.pool(service) for service in services}) > 1:
        raise NotTogether()
