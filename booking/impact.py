"""Which booked hours a changed plan could not keep: what the head of an office is shown before saving it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking import call_store, impact_rules, offers
from booking.capacity_rules import PlannedSlot
from booking.free_hours import FreeHours
from booking.impact_rules import OwnedUse
from booking.models import Appointment
from booking.offers import Offer
from booking.reach import by_message
from office.models import Office


@dataclass(frozen=True)
class Impact:
    """What a plan would do to the bookings to come. `offer` is the office with that plan; lists are by hour.

    `lost` are those whose hour it could not keep and the present plan can; `kept_again` the other way round.
    """

    offer: Offer
    lost: tuple[Appointment, ...]
    kept_again: tuple[Appointment, ...]

    @property
    def fingerprint(self) -> str:
        """The mark of exactly these lost hours: what somebody has seen."""
        return impact_rules.fingerprint((each.id, each.starts_at) for each in self.lost)


@dataclass(frozen=True)
class LostHour:
    """A booking that could not be kept, with the free hours of the new plan nearest to it.

    `by_message`: its person can be told by a message; else somebody has to call.
    """

    appointment: Appointment
    by_message: bool
    proposals: Sequence[datetime]


def measure(session: Session, would_be: Offer, present: Offer | None = None) -> Impact:
    """What the plan of `would_be` does to bookings, compared with the plan of now: `present`, read when it is not given.

    Who lost the hour by an earlier change loses it again when it was only full then and is closed now.
    """
    uses = _booked(session, would_be)
    if not uses:
        return Impact(would_be, (), ())
    present = present or offers.load(session, would_be.office, would_be.now, would_be.tz)
    before, after = _hurt(present, uses), _hurt(would_be, uses)
    twice = [each for each in uses if each.owner in before & after]
    again = _impossible(would_be, twice) - _impossible(present, twice)
    bookings = call_store.coming(session, would_be.office, would_be.now)
    lost = tuple(each for each in bookings if each.id in (after - before) | again)
    return Impact(would_be, lost, tuple(each for each in bookings if each.id in before - after))


def hurt_by(session: Session, offer: Offer) -> frozenset[int]:
    """The ids of the bookings that do not fit into the plan of `offer`."""
    return _hurt(offer, _booked(session, offer))


def _booked(session: Session, offer: Offer) -> list[OwnedUse]:
    return [each for each in call_store.owned_uses(session, offer.office, offer.now) if each.owner is not None]


def _hurt(offer: Offer, uses: Sequence[OwnedUse]) -> frozenset[int]:
    stopped = _stopped(offer, uses)
    going_on = [each for each in uses if each.owner not in stopped]
    return stopped | impact_rules.hurt(_slots(offer, going_on), offer.plan, going_on)


def _impossible(offer: Offer, uses: Sequence[OwnedUse]) -> frozenset[int]:
    return _stopped(offer, uses) | impact_rules.impossible(_slots(offer, uses), offer.plan, uses)


def _stopped(offer: Offer, uses: Sequence[OwnedUse]) -> frozenset[int]:
    """Whose visit is for a field that is stopped on its day."""
    if not offer.stops:
        return frozenset()
    by_id = {service.id: service for service in offer.services.values()}

    def holds(each: OwnedUse) -> bool:
        services = [by_id[service] for service in each.use.services if service in by_id]
        return offer.stop_of(services, offer.office_day(each.starts_at)) is not None

    return frozenset(each.owner for each in uses if each.owner is not None and holds(each))


def _slots(offer: Offer, uses: Sequence[OwnedUse]) -> list[PlannedSlot]:
    """The slots of all days that anything is booked on, and of the days after: a visit may go on past midnight."""
    days = {offer.office_day(each.starts_at) for each in uses}
    days |= {on + timedelta(days=1) for on in days}
    return [slot for on in sorted(days) for slot in offer.slots(on)]


def lost_hours(session: Session, impact: Impact, channel: str | None) -> list[LostHour]:
    """The lost hours of `impact` with proposals. `channel` is the channel that reaches phones; None: there is none."""
    free = FreeHours(session, impact.offer) if impact.lost else None
    return [LostHour(each, by_message(each, channel), free.near(each) if free else ()) for each in impact.lost]


def lock_coming(session: Session, office: Office, now: datetime) -> None:
    """Hold every booking of an office whose hour is to come, until commit. Before the office's row is locked."""
    call_store.lock_coming(session, office, now)


def lock_lost(session: Session, lost: Collection[Appointment]) -> None:
    """Hold these bookings until commit. Before the office's row is locked (docs/rooms.md, order of locks)."""
    call_store.lock_appointments(session, [each.id for each in lost])
