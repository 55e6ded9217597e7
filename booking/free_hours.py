"""The free hours of an office's plan that are nearest to a booking's own: for a whole list of bookings at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking import call_store, capacity_rules
from booking.actions import want_of
from booking.capacity_rules import Counters, PlannedSlot, Use
from booking.impact_rules import OwnedUse, SlotFinder
from booking.models import Appointment
from booking.offers import Offer, Want
from booking.rules import ALTERNATIVES
from core.refusals import Refusal


class FreeHours:
    """What is booked is read once; rooms and windows are worked out once for all bookings of a kind.

    The same answers as `booking.offers.day_slots(..., apart_from=)` gives, of all days that may be booked.
    """

    def __init__(self, session: Session, offer: Offer) -> None:
        self._offer = offer
        # A visit that begins in the last bookable day's last slot may end on the next.
        days = [*offer.days, *(on + timedelta(days=1) for on in offer.days[-1:])]
        slots = [slot for on in days for slot in offer.slots(on)]
        self._uses: dict[datetime, list[OwnedUse]] = {slot.starts_at: [] for slot in slots}
        finder = SlotFinder(slots)
        for each in call_store.owned_uses(session, offer.office, offer.now):
            index = finder.index(each.starts_at)
            if index is not None:
                self._uses[slots[index].starts_at].append(each)
        self._own = {(each.owner, slot) for slot, of_slot in self._uses.items() for each in of_slot}
        self._rooms: dict[tuple[Counters, datetime], int] = {}
        self._windows: dict[tuple[Counters, int], list[list[PlannedSlot]]] = {}

    def near(self, appointment: Appointment) -> list[datetime]:
        """Up to three beginnings, by time, to which the booking could move; none when no counter takes its services.

        The nearest of its own day; then of the nearest days, and of those the nearest by the clock: who chose nine in the
        morning is offered nine in the morning.
        """
        try:
            want = want_of(self._offer, appointment)
        except Refusal:
            return []
        found: list[datetime] = []
        for window in sorted(self._beginnings(want), key=lambda window: self._distance(window[0], appointment.starts_at)):
            if window[0].starts_at != appointment.starts_at and self._fits(want, window, appointment.id):
                found.append(window[0].starts_at)
            if len(found) == ALTERNATIVES:
                break
        return sorted(found)

    def _distance(self, slot: PlannedSlot, wanted: datetime) -> tuple[int, timedelta]:
        days = abs((self._offer.office_day(slot.starts_at) - self._offer.office_day(wanted)).days)
        apart = abs(slot.starts_at - wanted)
        # Not the hours between, but those between the two clocks.
        return days, abs(apart - timedelta(days=days))

    def _beginnings(self, want: Want) -> list[list[PlannedSlot]]:
        kind = (want.counters, want.minutes)
        if kind not in self._windows:
            windows = (window for on in self._offer.days for window in self._offer.windows(want, on))
            self._windows[kind] = [window for window in windows if window[0].starts_at > self._offer.now]
        return self._windows[kind]

    def _fits(self, want: Want, window: list[PlannedSlot], booking: int) -> bool:
        begun = self._others(window[0], booking)
        if capacity_rules.places_by_cap(want.ids, self._offer.plan, begun) <= 0:
            return False
        rooms = [self._room(want.counters, slot, booking) for slot in window]
        return capacity_rules.spread(rooms, want.minutes, self._offer.plan.slot_minutes) is not None

    def _room(self, counters: Counters, slot: PlannedSlot, booking: int) -> int:
        """The minutes left, those of the booking itself being free."""
        if (booking, slot.starts_at) in self._own:
            return self._counted(counters, slot, booking)
        known = (counters, slot.starts_at)
        if known not in self._rooms:
            self._rooms[known] = self._counted(counters, slot, booking)
        return self._rooms[known]

    def _counted(self, counters: Counters, slot: PlannedSlot, booking: int) -> int:
        plan, watched = self._offer.plan, self._offer.watched
        return capacity_rules.room_for(counters, slot, plan, self._others(slot, booking), watched)

    def _others(self, slot: PlannedSlot, booking: int) -> list[Use]:
        return [each.use for each in self._uses[slot.starts_at] if each.owner != booking]
