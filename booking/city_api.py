"""What a portal reads of the city: the offices as JSON (contract.md) and as a feed (Atom, RFC 4287)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask import Blueprint, Response, render_template
from pydantic import BaseModel
from sqlalchemy.orm import Session

from booking import city_store, city_words
from booking.city import Place, city
from core.api import endpoint
from core.i18n import choose_language
from core.rights import requires
from core.sharing import shared
from core.web import config, local, now, reading

blueprint = Blueprint("city_api", __name__)


class OfficeOut(BaseModel):
    """An office that publishes hours.

    `next_free` is the earliest hour at which any of its services can still be booked, true to within a minute; null when
    there is none, and for some seconds after the server was started.
    """

    code: str
    name: str
    address: str
    open_now: bool
    waiting: int
    next_free: datetime | None
    url: str
    services_url: str


@blueprint.get("/api/v1/offices")
@shared
@requires("anyone")
@endpoint(summary="Published offices", answers={200: list[OfficeOut]})
def list_offices(session: Session) -> list[OfficeOut]:
    """All offices that publish hours: open or not, how many people wait there now, and the next free hour."""
    return [_office(place, config().public_url) for place in _published(session)]


@blueprint.get("/feed.atom")
@shared
@requires("anyone")
def feed() -> Response:
    """The same as a feed that any portal can read, an entry an office; `updated` is since when it has been so."""
    with reading() as session:
        places = _published(session)
    site, language = config().public_url, choose_language()
    entries = [_entry(place, place.changed_at, site, language) for place in places]
    updated = max((place.changed_at for place in places), default=now())
    xml = render_template("booking/feed.xml", entries=entries, updated=updated, site=site)
    return Response(xml, mimetype="application/atom+xml")


@lru_cache(maxsize=8192)
def _entry(place: Place, changed_at: datetime, site: str, _language: str) -> str:
    """An office in the feed, kept as long as nothing of it changes."""
    return render_template("booking/entry.xml", place=place, changed_at=changed_at, summary=city_words.summary(place), site=site)


def _published(session: Session) -> list[Place]:
    return city().places(session, city_store.listed(session, published_only=True))


def _office(place: Place, site: str) -> OfficeOut:
    return OfficeOut(
        code=place.code,
        name=place.name,
        address=place.address,
        open_now=place.open_now,
        waiting=place.waiting,
        next_free=local(place.free) if place.free else None,
        url=f"{site}/o/{place.code}/",
        services_url=f"{site}/api/v1/offices/{place.code}/services",
    )
