"""Where a freed place goes: first to the waiting list of its day, then it rests for a moment nobody knows, then to everybody.

Nobody gains by watching for cancellations, and a place is never offered to two. Never commits.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import rules, telling
from booking.capacity_rules import Use, places_by_cap, written
from booking.holding import keep
from booking.models import Hold, WaitingEntry
from booking.offers import Want
from booking.places import Part, Places
from booking.rules import Waiting
from core.refusals import Refusal
from office.models import Office

GRACE = timedelta(seconds=60)
"""How much longer than the offer its place is kept, so that it goes to the next in line and not to whoever looks first."""

TRIED_AT_ONCE = 5

_chance = secrets.SystemRandom().random


def pass_on(session: Session, places: Places, *, public_url: str, passed_by: int | None = None) -> None:
    """Give what `places` took back to whoever waits for that day, first in line first; the rest comes up again later.

    From the office's `offers_until` minutes before the slot it is simply free. `passed_by` is how many offers somebody had
    who let this one pass: it goes on to those with fewer, or two who never answer would keep it from everybody for ever.
    """
    offer = places.offer
    freed = {each.starts_at: each.use for each in places.freed if each.starts_at > offer.now}
    if not freed:
        return
    starts_at = min(freed)
    budget = {begin: use.minutes for begin, use in freed.items()}
    for entry in entries_in_line(session, offer.office, offer.office_day(starts_at)):
        if budget[starts_at] <= 0:
            break
        if passed_by is not None and entry.offers >= passed_by:
            continue
        for part in offer_place(session, places, entry, starts_at, public_url=public_url) or ():
            budget[part.slot.starts_at] = budget.get(part.slot.starts_at, 0) - part.minutes
    _rest(session, places, {begin: minutes for begin, minutes in budget.items() if minutes > 0}, freed)


def offer_place(
    session: Session, places: Places, entry: WaitingEntry, starts_at: datetime, *, public_url: str
) -> list[Part] | None:
    """Offer a slot in hand to somebody who waits; None when it does not suit them, is too near, or they got another just now."""
    offer, settings = places.offer, places.offer.settings
    ends = rules.offer_ends(offer.now, starts_at, settings.offer_minutes, settings.offers_until)
    found = _fitting(places, entry, starts_at) if ends else None
    if ends is None or found is None:
        return None
    want, parts = found
    if not _claimed(session, entry):
        return None
    hold = keep(session, places, want, parts, kind="offer", expires_at=ends + GRACE)
    entry.state, entry.hold_id, entry.offered_until, entry.offers = "offered", hold.id, ends, entry.offers + 1
    session.flush()
    telling.tell_offered(session, offer, entry, ends, starts_at, public_url)
    return parts


def entries_in_line(session: Session, office: Office, on: date) -> list[WaitingEntry]:
    """Who waits for a day without an offer, in the order in which places are offered."""
    waiting = (WaitingEntry.office_id == office.id, WaitingEntry.on == on, WaitingEntry.state == "waiting")
    entries = {entry.id: entry for entry in session.scalars(select(WaitingEntry).where(*waiting))}
    order = rules.in_line(Waiting(entry.id, entry.offers, entry.created_at) for entry in entries.values())
    return [entries[each.id] for each in order]


def lapsed(session: Session, now: datetime) -> list[int]:
    """Whose offers are over."""
    over = (WaitingEntry.state == "offered", WaitingEntry.offered_until <= now)
    return list(session.scalars(select(WaitingEntry.id).where(*over).order_by(WaitingEntry.offered_until)))


def first_in_line(session: Session, today: date) -> list[int]:
    """Of each office and day from `today` on, who would be offered a place first, and a few after them: a place may not suit.

    Only who had no offer yet: what they let pass is everybody's, or it would be offered to them again and again.
    """
    no_offer_yet = (WaitingEntry.state == "waiting", WaitingEntry.offers == 0, WaitingEntry.on >= today)
    waiting = select(WaitingEntry).where(*no_offer_yet)
    lines: dict[tuple[int, date], list[Waiting]] = {}
    for entry in session.scalars(waiting):
        lines.setdefault((entry.office_id, entry.on), []).append(Waiting(entry.id, entry.offers, entry.created_at))
    return [each.id for line in lines.values() for each in rules.in_line(line)[:TRIED_AT_ONCE]]


def still_waiting(session: Session, entry_id: int) -> WaitingEntry | None:
    """The entry, while it has no offer."""
    entry = session.get(WaitingEntry, entry_id)
    return entry if entry is not None and entry.state == "waiting" else None


def _fitting(places: Places, entry: WaitingEntry, starts_at: datetime) -> tuple[Want, list[Part]] | None:
    try:
        want = places.offer.want(entry.service.code)
        window = places.offer.window_at(want, starts_at)
    except Refusal:
        return None
    in_hand = list(takewhile(lambda slot: slot.starts_at in places.slots, window))
    parts = places.fit(want, in_hand) if in_hand else None
    return (want, parts) if parts else None


def _claimed(session: Session, entry: WaitingEntry) -> bool:
    """Whether this person is still without an offer; the row is held until commit, so that only one place is offered.

    Who is being offered another place, or leaves, at this moment is passed over: with slots in hand nobody waits for an entry,
    because whoever holds an entry may be waiting for a slot.
    """
    mine = select(WaitingEntry.id).where(WaitingEntry.id == entry.id, WaitingEntry.state == "waiting")
    return session.scalar(mine.with_for_update(skip_locked=True)) is not None


def _rest(session: Session, places: Places, minutes: dict[datetime, int], freed: dict[datetime, Use]) -> None:
    """Keep what nobody was offered from coming up at once: the minutes, and the place of a service with a cap."""
    offer, settings = places.offer, places.offer.settings
    services = freed[min(freed)].services
    parts = []
    for begin in sorted(minutes):
        slot, capped = places.slots[begin], places_by_cap(services, offer.plan, places.uses[begin])
        if room := places.room(services, slot):
            parts.append(Part(slot, min(minutes[begin], room), first=freed[begin].first and capped > 0))
    if not parts:
        return
    starts_at = parts[0].slot.starts_at
    ends = rules.rest_ends(offer.now, starts_at, settings.freed_rest_minutes, settings.offers_until, _chance())
    if ends is None:
        return
    hold = Hold(
        office_id=offer.office.id,
        kind="resting",
        token=secrets.token_urlsafe(16),
        services=written(services),
        starts_at=starts_at,
        minutes=sum(part.minutes for part in parts),
        created_at=offer.now,
        expires_at=ends,
    )
    session.add(hold)
    session.flush()
    places.give(services, parts, hold=hold.id)
