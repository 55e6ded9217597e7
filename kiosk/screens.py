"""What the kiosk's page carries from the start, so that every touch but the last needs no server."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from booking.forms import CODE_ALPHABET
from core.i18n import LANGUAGES
from core.rights import Actor
from kiosk.fields import field_note, picture, tile_name
from kiosk.outside_words import outside_words
from kiosk.served import bookable, offices_of
from kiosk.tiles import OTHER, Offer, Tile, tiles
from kiosk.words import in_both_languages, screen_words
from office.models import Device, Office, Service
from office.store import services_of
from office.words import field_name, service_name
from queueing.wait_words import script_words as wait_words

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}
"""Each in its own language, whatever the screen's."""


def page_data(session: Session, office: Office, actor: Actor) -> dict[str, Any]:
    """Words in both languages, tiles, services and addresses, for this kiosk or member of staff.

    Outside the office `places` are those it books for, each with what is an office's own; the first of them, or the office
    itself, stands in the data too. `revision` changes with any of them: the page is loaded again.
    """
    device = session.get(Device, actor.id) if actor.kind == "device" else None
    served = [] if actor.on_site else offices_of(session, office, actor)
    places = [_place(session, each) | _booking(session, each) for each in served]
    places = [place for place in places if place["bookable"]] or places[:1]
    data: dict[str, Any] = {
        **(places[0] if places else _place(session, office)),
        "office": office.code,
        "places": places,
        "words": in_both_languages(lambda: _script_words(on_site=actor.on_site)),
        "wait_words": in_both_languages(wait_words),
        "languages": LANGUAGE_NAMES,
        "keys": CODE_ALPHABET,
        "screen_mm": device.screen_mm if device else None,
        "on_site": actor.on_site,
        "urls": _addresses(office.code),
    }
    return data | {"revision": hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]}


def _place(session: Session, office: Office) -> dict[str, Any]:
    services = services_of(session, office)
    guide = guide_of(services)
    offered = [service for service in services if service is not guide]
    by_code = {service.code: service for service in services}
    return {
        "place": office.code,
        "name": office.name,
        "hotline": office.hotline,
        "services": {s.code: {lang: service_name(s, lang) for lang in LANGUAGES} for s in services},
        "tiles": [_tile(tile, by_code) for tile in tiles(Offer(s.code, s.field, s.common) for s in offered)],
        "guide": guide.code if guide else None,
        "papers": [service.code for service in services if service.documents],
    }


def _booking(session: Session, office: Office) -> dict[str, Any]:
    """What is needed for booking besides: which services, and the addresses of booking's own calls."""
    calls = f"/api/v1/offices/{office.code}"
    return {
        "address": office.address,
        "bookable": bookable(session, office),
        "book": {name: f"{calls}/{name}" for name in ("holds", "appointments", "phone-codes")},
    }


def guide_of(services: Sequence[Service]) -> Service | None:
    """The service for who does not know what to choose ("Hỏi / hướng dẫn"): no procedure, and its name says guidance."""
    return next((s for s in services if s.procedure_id is None and "huong dan" in s.folded), None)


def _script_words(*, on_site: bool) -> dict[str, str]:
    """The sentences with their places as the scripts fill them: {n} instead of %(n)s."""
    sentences = screen_words() if on_site else screen_words() | outside_words()
    return {key: re.sub(r"%\((\w+)\)s", r"{\1}", sentence) for key, sentence in sentences.items()}


def _tile(tile: Tile, by_code: Mapping[str, Service]) -> dict[str, Any]:
    services = [by_code[offer.code] for offer in tile.services]
    # What is behind "other" is named by its fields: their first services would say nothing about the rest.
    fields = list(dict.fromkeys(service.field for service in services))
    notes = in_both_languages(
        lambda: (
            ", ".join(field_name(name) for name in fields) if tile.field == OTHER else field_note(tile.field, _names(services))
        )
    )
    return {
        "icon": picture(tile.field),
        "name": in_both_languages(lambda: tile_name(tile.field)),
        "note": notes,
        "services": [offer.code for offer in tile.services],
    }


def _names(services: Sequence[Service]) -> list[str]:
    return [service.name for service in services]


def _addresses(office: str) -> dict[str, str]:
    return {
        "state": f"/api/v1/offices/{office}/kiosk",
        "tickets": f"/api/v1/offices/{office}/tickets",
        "checkins": f"/api/v1/offices/{office}/check-ins",
        "sheets": f"/api/v1/offices/{office}/guide-sheets",
        "hours": f"/api/v1/offices/{office}/kiosk-hours",
        "slips": f"/api/v1/offices/{office}/booking-slips",
        "board": f"/api/v1/offices/{office}/board",
        "ticket": "/api/v1/tickets/",
        "qr": f"/kiosk/{office}/qr/",
    }
