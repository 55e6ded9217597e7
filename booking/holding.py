"""A slot kept while somebody types name and phone. Never commits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import offers, slot_store
from booking.capacity_rules import written
from booking.events import PlacesChanged
from booking.models import Hold
from booking.offers import Want
from booking.places import Part, Places, in_hand
from booking.refusals import TooManyHolds
from core.events import record
from office.models import Office

HOLDS_OF_ADDRESS = 60
"""Live holds of one network address: a full hall behind one address still types at ease, a program cannot take a day away."""


@dataclass(frozen=True)
class Holder:
    """Who holds, as keyed hashes: a device (empty for a program without one) and the network address it comes from."""

    device: str
    address: str


def hold_slot(
    session: Session,
    office: Office,
    services: tuple[str, ...],
    starts_at: datetime,
    *,
    holder: Holder,
    now: datetime,
    tz: ZoneInfo,
) -> Hold:
    """Keep a place for a visit for `services` (codes) from that slot on, for the office's `hold_minutes`.

    A device holds one place: what it held before, at whichever office, is given back in the same moment. Locks the device and
    the address, then the slots, until commit. Raises NotBookable, NotTogether, SlotPast, SlotUnknown, SlotTaken, TooManyHolds.
    """
    slot_store.lock_holders(session, holder.device, holder.address)
    slot_store.end_holds_elsewhere(session, office, holder.device, now)
    before = slot_store.holds_of(session, office, holder.device)
    if slot_store.live_holds_of_address(session, holder.address, now, apart_from=before) >= HOLDS_OF_ADDRESS:
        raise TooManyHolds()
    offer = offers.load(session, office, now, tz)
    want = offer.want(*services)
    window = offer.window_at(want, starts_at)
    places = in_hand(session, offer, window, freeing_holds=before)
    parts = places.fit_or_refuse(want, window)
    expires_at = now + timedelta(minutes=offer.settings.hold_minutes)
    hold = keep(session, places, want, parts, kind="typing", expires_at=expires_at, holder=holder)
    record(session, PlacesChanged(office.code))
    return hold


def release_hold(session: Session, office: Office, token: str, *, now: datetime, tz: ZoneInfo) -> None:
    """Give a typing hold back, at once; one that is gone already, or another kind, changes nothing."""
    hold = slot_store.hold_by_token(session, token)
    if hold is not None and hold.office_id == office.id and hold.kind == "typing":
        in_hand(session, offers.load(session, office, now, tz), (), freeing_holds=[hold.id])
        record(session, PlacesChanged(office.code))


def keep(
    session: Session,
    places: Places,
    want: Want,
    parts: list[Part],
    *,
    kind: str,
    expires_at: datetime,
    holder: Holder | None = None,
) -> Hold:
    """Write a hold of these parts of slots in hand."""
    hold = Hold(
        office_id=places.offer.office.id,
        kind=kind,
        token=secrets.token_urlsafe(16),
        services=written(want.ids),
        starts_at=parts[0].slot.starts_at,
        minutes=sum(part.minutes for part in parts),
        holder=holder.device if holder else "",
        address=holder.address if holder else "",
        created_at=places.offer.now,
        expires_at=expires_at,
    )
    session.add(hold)
    session.flush()
    places.give(want.ids, parts, hold=hold.id)
    return hold
