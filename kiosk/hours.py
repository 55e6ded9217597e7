"""The hours a kiosk outside the office offers: a service's days and free beginnings, in both languages at once.

Holding, booking and giving back are booking's own calls, with its own refusals: a kiosk is one more way to them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from flask import Blueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from booking import offers, rules, words
from booking.offers import Offer
from booking.rules import OfferedSlot
from core.api import Body, Text, endpoint
from core.i18n import day_words
from core.rights import actor, requires
from core.web import config, local, now
from core.words import nfc
from kiosk.served import served_office
from kiosk.words import in_both_languages
from office.models import Service
from office.store import office_by_code
from queueing.store import policy_of

blueprint = Blueprint("kiosk_hours", __name__)

Both = dict[str, str]
"""The same words in each language of the screens."""


class HoursQuery(Body):
    """A service (code) of one of the kiosk's offices; without `place`, of its own."""

    service: Annotated[Text, Field(min_length=1, max_length=64)]
    place: Annotated[Text | None, Field(max_length=20)] = None


class HourOut(BaseModel):
    """A beginning that is free. `next_day`: handed in so late, the dossier moves on the next working day."""

    starts_at: datetime
    clock: str
    left: int
    next_day: bool


class PartOut(BaseModel):
    """The free hours of the morning, the afternoon, ..."""

    name: Both
    hours: list[HourOut]


class DayOut(BaseModel):
    """A day that may be booked; without hours, `note` says why."""

    on: date
    name: Both
    weekday: Both
    day: str
    note: Both
    parts: list[PartOut]


class HoursOut(BaseModel):
    """The days, the earliest free hour, and how many minutes early and late one may come."""

    days: list[DayOut]
    first: datetime | None
    early: int
    late: int


@blueprint.get("/offices/<office>/kiosk-hours")
@requires("kiosk", "staff")
@endpoint(summary="The free hours of a service, for a kiosk", query=HoursQuery, answers={200: HoursOut})
def kiosk_hours(session: Session, office: str, query: HoursQuery) -> HoursOut:
    """Of all days that may be booked. 422 `not_bookable`, 404 for an office this kiosk does not serve."""
    place = served_office(session, office_by_code(session, office), actor(), query.place)
    offer = offers.load(session, place, now(), config().tz)
    want = offer.want(nfc(query.service))
    slots = offers.all_slots(session, offer, want)
    free = rules.next_free(slot for of_day in slots.values() for slot in of_day)
    policy = policy_of(place, want.service)
    return HoursOut(
        days=_days(offer, want.service, slots, stopped=bool(offer.stop_of(want.services, offer.today))),
        first=local(free.starts_at) if free else None,
        early=int(policy.early),
        late=int(policy.late),
    )


def _days(offer: Offer, service: Service, slots: dict[date, list[OfferedSlot]], *, stopped: bool) -> list[DayOut]:
    tiles = in_both_languages(lambda: words.day_tiles(offer, slots, offer.today, stopped_today=stopped))
    names = in_both_languages(lambda: [day_words(on) for on in slots])
    return [
        DayOut(
            on=on,
            name={lang: of_lang[index] for lang, of_lang in names.items()},
            weekday={lang: of_lang[index].weekday for lang, of_lang in tiles.items()},
            day=tiles["vi"][index].day,
            note={lang: of_lang[index].note for lang, of_lang in tiles.items()},
            parts=_parts(offer, service, of_day),
        )
        for index, (on, of_day) in enumerate(slots.items())
    ]


def _parts(offer: Offer, service: Service, of_day: list[OfferedSlot]) -> list[PartOut]:
    free = [slot for slot in of_day if slot.left > 0]
    named = in_both_languages(lambda: words.parts_of_day(offer, service, free))
    starts = iter(free)
    return [
        PartOut(
            name={lang: parts[index].name for lang, parts in named.items()},
            hours=[
                HourOut(starts_at=local(next(starts).starts_at), clock=tile.clock, left=tile.left, next_day=tile.next_day)
                for tile in part.slots
            ],
        )
        for index, part in enumerate(named["vi"])
    ]
