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

    `revision` changes with any of them: the page is loaded again.
    """
    device = session.get(Device, actor.id) if actor.kind == "device" else None
    services = services_of(session, office)
    guide = guide_of(services)
    offered = [service for service in services if service is not guide]
    by_code = {service.code: service for service in services}
    data: dict[str, Any] = {
        "office": office.code,
        "hotline": office.hotline,
        "words": in_both_languages(_script_words),
        "wait_words": in_both_languages(wait_words),
        "languages": LANGUAGE_NAMES,
        "services": {s.code: {lang: service_name(s, lang) for lang in LANGUAGES} for s in services},
        "tiles": [_tile(tile, by_code) for tile in tiles(Offer(s.code, s.field, s.common) for s in offered)],
        "guide": guide.code if guide else None,
        "papers": [service.code for service in services if service.documents],
        "keys": CODE_ALPHABET,
        "screen_mm": device.screen_mm if device else None,
        "on_site": actor.on_site,
        "urls": _addresses(office.code),
    }
    return data | {"revision": hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]}


def guide_of(services: Sequence[Service]) -> Service | None:
    """The service for who does not know what to choose ("Hỏi / hướng dẫn"): no procedure, and its name says guidance."""
    return next((s for s in services if s.procedure_id is None and "huong dan" in s.folded), None)


def _script_words() -> dict[str, str]:
    """The sentences with their places as the scripts fill them: {n} instead of %(n)s."""
    return {key: re.sub(r"%\((\w+)\)s", r"{\1}", sentence) for key, sentence in screen_words().items()}


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
        "board": f"/api/v1/offices/{office}/board",
        "ticket": "/api/v1/tickets/",
        "qr": f"/kiosk/{office}/qr/",
    }
