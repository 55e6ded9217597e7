"""The three steps as pages. What was typed (name, phone) never stands in an address: it travels in the forms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking import limits, offers, phone_codes, rules, slot_store, store, words
from booking.forms import MOST_PEOPLE, typed_phone
from booking.models import Appointment
from booking.nearby import nearby_offices
from booking.offers import Offer, Want
from booking.refusals import CodeNeeded, CodeTooSoon, NotBookable, NotTogether, SlotUnknown
from core.i18n import day_words
from core.pages import TooMany
from core.refusals import Refusal
from core.web import config, local, now, reading, transaction
from core.words import fold
from queueing.store import policy_of

Page = tuple[str, int]


PERSONAL = ("name", "phone", "consent")
COMMON_AT_MOST = 8
"""What fits above the fold of a telephone and can be read through at a glance."""


@dataclass(frozen=True)
class Typed:
    """What the person has chosen and typed so far, as sent. `people` are (name, service code) of who comes along."""

    service: str = ""
    at: str = ""
    name: str = ""
    phone: str = ""
    consent: str = ""
    key: str = ""
    hold: str = ""
    phone_code: str = ""
    people: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, sent: MultiDict[str, str]) -> Typed:
        """From a query or a form; nothing is judged here. Who asks for another code has not typed one."""
        texts = {name: words.legible(sent.get(name, ""))[:400] for name in cls.__dataclass_fields__ if name != "people"}
        texts["phone_code"] = "" if "resend" in sent else texts["phone_code"]
        names, services = sent.getlist("person"), sent.getlist("person_service")
        rows = zip_longest(names, services[:MOST_PEOPLE], fillvalue="")
        people = ((words.legible(name)[:160], words.legible(service)[:80]) for name, service in rows)
        return cls(**texts, people=tuple(person for person in people if person[1]))

    def with_another(self) -> Typed:
        """The same with a row for one more person, for the same service until another is chosen."""
        return replace(self, people=(*self.people, ("", self.service))[:MOST_PEOPLE])

    def without(self, index: str) -> Typed:
        """The same without one of the rows; as it is when there is no such row."""
        return replace(self, people=tuple(person for place, person in enumerate(self.people) if str(place) != index))

    def held(self, hold: str) -> Typed:
        """The same with the hold that keeps its slot."""
        return replace(self, hold=hold)

    @property
    def codes(self) -> tuple[str, ...]:
        """The services of everybody, by code; the main one first."""
        return (self.service, *(service for _name, service in self.people))

    @property
    def personal(self) -> bool:
        """Whether there is something that may travel in forms only."""
        return any(getattr(self, name) for name in PERSONAL) or any(name for name, _service in self.people)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What goes along to another step, in the order of the form."""
        own = [(name, getattr(self, name)) for name in ("service", "hold", *PERSONAL) if getattr(self, name)]
        people = [pair for name, service in self.people for pair in (("person", name), ("person_service", service))]
        return own + people

    @property
    def address(self) -> dict[str, Any]:
        """What may stand in an address: nothing personal."""
        return {"service": self.service, "hold": self.hold or None, "person_service": [service for _name, service in self.people]}

    @property
    def asked(self) -> bytes:
        """What makes two presses of one button the same request. A hold or a code is only a means to it."""
        return repr((self.service, self.at, self.name, self.phone, self.consent, self.people)).encode()


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
    common = [service for service in found if service.common and offer.is_bookable(service)][:COMMON_AT_MOST]
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
        stops=words.stops_today(offer),
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def time_step(session: Session, offer: Offer, typed: Typed, refusal: Refusal | None = None) -> Page:
    """Step 2; or step 1 when it is the service that is wrong."""
    try:
        want = offer.want(*typed.codes)
    except NotBookable as wrong:
        return service_step(offer, wrong if request.values.get("service") else refusal)
    except NotTogether as wrong:
        return confirm_step(session, offer, typed, refusal=wrong)
    context = times(session, offer, want, request.values.get("day") or typed.at[:10])
    page = render_template("booking/times.html", step=2, typed=typed, refusal=refusal, **context)
    return page, refusal.status if refusal else 200


def confirm_step(
    session: Session, offer: Offer, typed: Typed, errors: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Page:
    """Step 3; or an earlier one when the service or the hour cannot be had (any more)."""
    try:
        want = offer.want(typed.service)
        together = refusal if isinstance(refusal, NotTogether) else None
        window = offer.window_at(want if together else offer.want(*typed.codes), instant(typed.at))
    except NotTogether as apart:
        return confirm_step(session, offer, typed, errors, apart)
    except Refusal as wrong:
        return time_step(session, offer, typed, wrong)
    starts_at = local(window[0].starts_at)
    page = render_template(
        "booking/confirm.html",
        step=3,
        office=offer.office,
        office_name=offer.office.name,
        settings=offer.settings,
        policy=policy_of(offer.office, want.service),
        service=want.service,
        companions=[service for service in offer.services.values() if offer.plan.counters([want.service.id, service.id])],
        # A new key for every page shown: only pressing twice on one page is the same request.
        typed=replace(typed, at=words.wall(starts_at), key=secrets.token_urlsafe(16)),
        hour=words.hour_words(starts_at),
        next_day=rules.answered_next_day(starts_at, want.service.same_day),
        hold=live_hold(session, offer, typed.hold, starts_at),
        most_people=MOST_PEOPLE,
        code_asked=code_asked(typed, refusal),
        errors=errors or {},
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def send_code(office: str, typed: Typed, asked: Refusal) -> Refusal:
    """Send the code this office asks for, in a transaction of its own, when the form came without one.

    Gives what the page then says: that the code is `asked` for, or that too many were, or what is wrong with the wish, for
    which no code is sent. One sent a moment ago is still good: only who asked for another is told to wait.
    """
    if typed.phone_code:
        return asked
    try:
        with reading() as session:
            load(session, office).want(*typed.codes)
        limits.count_code()
        with transaction() as session:
            place = store.published_office(session, office)
            phone_codes.send_code(session, place, typed_phone(typed.phone), now=now(), secret=config().secret_key)
    except CodeTooSoon as too_soon:
        return too_soon if "resend" in request.form else asked
    except (TooMany, NotBookable, NotTogether) as wrong:
        return wrong
    return asked


def code_asked(typed: Typed, refusal: Refusal | None) -> bool:
    """Whether the page shows the field for the code."""
    return bool(typed.phone_code) or isinstance(refusal, CodeNeeded | CodeTooSoon | TooMany)


@dataclass(frozen=True)
class Held:
    """A slot that is kept: until when (wall clock), and for how many more seconds."""

    until: datetime
    seconds: int


def live_hold(session: Session, offer: Offer, token: str, starts_at: datetime) -> Held | None:
    """The hold this token stands for, while it keeps this very hour."""
    hold = slot_store.hold_by_token(session, token)
    if hold is None or hold.office_id != offer.office.id or hold.starts_at != starts_at or hold.expires_at <= offer.now:
        return None
    return Held(local(hold.expires_at), int((hold.expires_at - offer.now).total_seconds()))


def times(session: Session, offer: Offer, want: Want, wanted: str, moving: Appointment | None = None) -> dict[str, Any]:
    """What the choice of day and hour shows for the local day `wanted` (ISO), else for the next one with a place.

    When a booking is `moving`, its own minutes count, and the hour it holds is not offered again.
    """
    service = want.service
    slots = offers.all_slots(session, offer, want, apart_from=moving.id if moving else None)
    if moving:
        slots = {on: [slot for slot in of_day if slot.starts_at != moving.starts_at] for on, of_day in slots.items()}
    free = rules.next_free(slot for of_day in slots.values() for slot in of_day)
    chosen = next((on for on in slots if on.isoformat() == wanted), None)
    chosen = chosen or (local(free.starts_at).date() if free else offer.today)
    chosen_full = bool(slots[chosen]) and not any(slot.left for slot in slots[chosen])
    parts = words.parts_of_day(offer, service, slots[chosen])
    stopped = words.stopped(offer, want.services, offer.today)
    next_day = words.next_working_day(offer, chosen) if any(s.next_day for part in parts for s in part.slots) else None
    return {
        "office": offer.office,
        "office_name": offer.office.name,
        "service": service,
        "policy": policy_of(offer.office, service),
        "days": words.day_tiles(offer, slots, chosen, stopped_today=bool(stopped)),
        "chosen": day_words(chosen),
        "chosen_on": chosen.isoformat(),
        "full": chosen_full,
        "stopped": stopped,
        "nearby": _nearby(session, offer, want, chosen) if chosen_full and moving is None else [],
        "parts": parts,
        "free": (words.wall(local(free.starts_at)), words.hour_words(local(free.starts_at))) if free else None,
        "next_day": day_words(next_day) if next_day else None,
    }


def _nearby(session: Session, offer: Offer, want: Want, on: date) -> list[dict[str, str]]:
    """Other offices where this procedure can be done sooner, as the page shows them: the same day if any, else whenever."""
    found = nearby_offices(session, offer.office, want.service, on) or nearby_offices(session, offer.office, want.service)
    return [
        {
            "code": place.code,
            "name": place.name,
            "address": place.address,
            "service": place.url_service_code,
            "when": words.hour_words(local(place.next_free)),
        }
        for place in found
    ]
