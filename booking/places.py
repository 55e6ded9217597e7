"""Places in hand: slots of one office locked until commit, from which minutes are given away and to which they come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking import capacity_rules, offers, slot_store
from booking.capacity_rules import PlannedSlot, Use
from booking.offers import Offer, Want
from booking.refusals import SlotTaken
from booking.slot_store import Freed


@dataclass(frozen=True)
class Part:
    """Minutes a visit takes of one slot."""

    slot: PlannedSlot
    minutes: int
    first: bool


@dataclass
class Places:
    """Locked slots (their ids by beginning) and what is used of them now; `freed` is what was given back meanwhile."""

    session: Session
    offer: Offer
    slots: dict[datetime, PlannedSlot]
    ids: dict[datetime, int]
    uses: dict[datetime, list[Use]]
    freed: list[Freed]

    def fit(self, want: Want, window: Sequence[PlannedSlot]) -> list[Part] | None:
        """How the visit would take its minutes of the slots of `window`; None when there is no room."""
        if self.offer.capped(want, window[0], self.uses) <= 0:
            return None
        rooms = [self.offer.room(want, slot, self.uses) for slot in window]
        minutes = capacity_rules.spread(rooms, want.minutes, self.offer.plan.slot_minutes)
        if minutes is None:
            return None
        return [Part(slot, part, first=slot is window[0]) for slot, part in zip(window, minutes, strict=False)]

    def room(self, services: Collection[int], slot: PlannedSlot) -> int:
        """How many minutes a visit for `services` (ids) may still take in a slot in hand."""
        counters = self.offer.plan.counters(services)
        uses = self.uses[slot.starts_at]
        return capacity_rules.room_for(counters, slot, self.offer.plan, uses, self.offer.watched) if counters else 0

    def fit_or_refuse(self, want: Want, window: Sequence[PlannedSlot]) -> list[Part]:
        """As `fit`. Raises SlotTaken with what else is free."""
        parts = self.fit(want, window)
        if parts is None:
            others = offers.alternatives(self.session, self.offer, want, window[0].starts_at)
            raise SlotTaken(alternatives=others, visits=len(want.services))
        return parts

    def give(
        self, services: Collection[int], parts: Sequence[Part], *, appointment: int | None = None, hold: int | None = None
    ) -> None:
        """Write that a booking or a hold uses these parts. Raises SlotTaken when a pool would pass its capacity."""
        for part in parts:
            self._agree([part.slot], services)
            names = self._names(part, services)
            slot = self.ids[part.slot.starts_at]
            caps = [name for name in names if name.startswith("s")]
            groups = [name for name in names if name.startswith("c")]
            if not slot_store.take_minutes(self.session, slot, groups, part.minutes):
                raise SlotTaken()
            if caps and not slot_store.take_minutes(self.session, slot, caps, 1):
                raise SlotTaken()
            self.uses[part.slot.starts_at].append(Use(frozenset(services), part.minutes, part.first))
        slot_store.add_uses(
            self.session,
            [
                {
                    "slot_id": self.ids[part.slot.starts_at],
                    "appointment_id": appointment,
                    "hold_id": hold,
                    "services": capacity_rules.written(services),
                    "minutes": part.minutes,
                    "first": part.first,
                }
                for part in parts
            ],
        )

    def _names(self, part: Part, services: Collection[int]) -> list[str]:
        counters = self.offer.plan.counters(services)
        uses = self.uses[part.slot.starts_at]
        known = capacity_rules.pools(part.slot, self.offer.plan, uses, self._watched(services))
        caps = [capacity_rules.service_key(each) for each in services if each in self.offer.plan.places and part.first]
        return [*capacity_rules.keys_for(counters, known), *caps]

    def _watched(self, services: Collection[int]) -> frozenset[capacity_rules.Counters]:
        return capacity_rules.with_demands(self.offer.watched, [self.offer.plan.counters(services)])

    def agree(self) -> None:
        """Make the pools of all slots in hand what their uses say."""
        self._agree(self.slots.values(), ())

    def _agree(self, slots: Iterable[PlannedSlot], services: Collection[int]) -> None:
        watched = self._watched(services)
        wanted = {
            self.ids[slot.starts_at]: capacity_rules.pools(slot, self.offer.plan, self.uses[slot.starts_at], watched)
            for slot in slots
        }
        slot_store.agree_pools(self.session, wanted)


def in_hand(
    session: Session,
    offer: Offer,
    slots: Iterable[PlannedSlot],
    *,
    freeing: int | None = None,
    freeing_holds: Collection[int] = (),
) -> Places:
    """Lock these slots, and those of the booking or holds that give theirs back, until commit.

    Expired holds and what is given back are gone when it returns. First statement that touches slots in its transaction.
    """
    held = slot_store.planned_of(session, appointment=freeing, holds=freeing_holds) if freeing or freeing_holds else []
    wanted = {slot.starts_at: slot for slot in [*slots, *offer.slots_held(held)]}
    if not wanted:
        return Places(session, offer, {}, {}, {}, [])
    ids = slot_store.lock_slots(session, offer.office, wanted.values())
    slot_store.forget_expired(session, list(ids.values()), offer.now)
    freed = []
    if freeing or freeing_holds:
        freed = slot_store.forget_uses(session, ids, appointment=freeing, holds=freeing_holds)
    uses = offers.used_of(session, offer, wanted.values())
    places = Places(session, offer, wanted, ids, {start: list(of_slot) for start, of_slot in uses.items()}, freed)
    if freed:
        places.agree()
    return places
