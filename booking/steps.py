"""The three steps as pages. What was typed (name, phone) never stands in an address: it travels in the forms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from booking import offers, rules, store, words
from booking.models import Appointment
from booking.offers import Offer
from booking.refusals import NotBookable, SlotUnknown
from core.i18n import day_words
from core.refusals import Refusal
from core.web import config, local, now
from core.words import fold
from office.models import Service
from queueing.store import policy_of

Page = tuple[str, int]


@dataclass(frozen=True)
class Typed:
    """What the person has chosen and typed so far, as sent."""

    service: str = ""
    at: str = ""
    name: str = ""
    phone: str = ""
    consent: str = ""
    key: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Typed:
        """From a query or a form; nothing is judged here."""
        return cls(**{name: words.legible(sent.get(name, ""))[:400] for name in cls.__dataclass_fields__})

    @property
    def personal(self) -> dict[str, str]:
        """What is carried along in forms only."""
        return {name: value for name, value in asdict(self).items() if name in ("name", "phone", "consent") and value}

    @property
    def asked(self) -> bytes:
        """What makes two presses of one button the same request."""
        return "\n".join(asdict(replace(self, key="")).values()).encode()


def load(session: Session, office: str) -> Offer:
    """The offer of the published office with this code, now. Raises OfficeUnknown."""
    return offers.load(session, store.published_office(session, office), now(), config().tz)


def instant(at: str) -> datetime:
    """The beginning of a slot as an address carries it. Raises SlotUnknown."""
    try:
        parsed = datetime.fromisoformat(at)
    except ValueError as error:
        raise SlotUnknown() from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=config().tz)


def service_step(offer: Offer, refusal: Refusal | None = None) -> Page:
    """Step 1, with `?q=` already applied for browsers without scripts."""
    typed = words.legible(request.args.get("q", ""))[:80]
    searched = {s.code: fold(f"{s.name} {s.name_en} {s.field}") for s in offer.services.values()}
    found = [s for s in offer.services.values() if words.matches(searched[s.code], typed)]
    common = [service for service in found if service.common and offer.is_bookable(service)]
    page = render_template(
        "booking/services.html",
        step=1,
        office=offer.office,
        office_name=offer.office.name,
        is_bookable=offer.is_bookable,
        common=common,
        groups=words.grouped([service for service in found if service not in common]),
        searched=searched,
        typed=typed,
        chosen=request.values.get("service", ""),
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def time_step(session: Session, offer: Offer, typed: Typed, refusal: Refusal | None = None) -> Page:
    """Step 2; or step 1 when it is the service that is wrong."""
    try:
        service = offer.bookable(typed.service)
    except NotBookable as wrong:
        return service_step(offer, wrong if request.values.get("service") else refusal)
    context = times(session, offer, service, request.values.get("day") or typed.at[:10])
    page = render_template("booking/times.html", step=2, typed=typed, refusal=refusal, service=service, **context)
    return page, refusal.status if refusal else 200


def confirm_step(
    session: Session, offer: Offer, typed: Typed, errors: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Page:
    """Step 3; or an earlier one when the service or the hour cannot be had (any more)."""
    try:
        service = offer.bookable(typed.service)
        starts_at = local(offer.planned_at(service, instant(typed.at)).starts_at)
    except Refusal as wrong:
        return time_step(session, offer, typed, wrong)
    page = render_template(
        "booking/confirm.html",
        step=3,
        office=offer.office,
        office_name=offer.office.name,
        settings=offer.settings,
        policy=policy_of(offer.office, service),
        service=service,
        # A new key for every page shown: only pressing twice on one page is the same request.
        typed=replace(typed, at=words.wall(starts_at), key=secrets.token_urlsafe(16)),
        hour=words.hour_words(starts_at),
        next_day=rules.answered_next_day(starts_at, service.same_day),
        errors=errors or {},
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def times(session: Session, offer: Offer, service: Service, wanted: str, moving: Appointment | None = None) -> dict[str, Any]:
    """What the choice of day and hour shows for the local day `wanted` (ISO), else for the next one with a place.

    When a booking is `moving`, its own minutes count, and the hour it holds is not offered again.
    """
    slots = offers.all_slots(session, offer, service, moving.minutes if moving else None)
    if moving:
        slots = {on: [slot for slot in of_day if slot.starts_at != moving.starts_at] for on, of_day in slots.items()}
    free = rules.next_free(slot for of_day in slots.values() for slot in of_day)
    chosen = next((on for on in slots if on.isoformat() == wanted), None)
    chosen = chosen or (local(free.starts_at).date() if free else offer.today)
    parts = words.parts_of_day(offer, service, slots[chosen])
    next_day = words.next_working_day(offer, chosen) if any(s.next_day for part in parts for s in part.slots) else None
    return {
        "office": offer.office,
        "office_name": offer.office.name,
        "policy": policy_of(offer.office, service),
        "days": words.day_tiles(offer, slots, chosen),
        "chosen": day_words(chosen),
        "parts": parts,
        "free": (words.wall(local(free.starts_at)), words.hour_words(local(free.starts_at))) if free else None,
        "next_day": day_words(next_day) if next_day else None,
    }
