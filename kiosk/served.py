"""Which offices a kiosk books hours for: inside an office its own, outside those that its options name.

One kiosk in a culture house serves several wards, and a ward has kiosks in several houses. None of them gives numbers: that
is asked of `Actor.on_site`, never of this list.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from booking.offers import load
from core.rights import Actor, NotFound
from core.web import config, now
from office.models import Device, Office
from office.store import office_by_code

OPTION = "offices"
"""The option of a device outside an office: the codes of the offices it books for, in the order in which they are shown."""

MOST_OFFICES = 12
"""More names are not looked through on one screen."""


def offices_of(session: Session, office: Office, actor: Actor) -> list[Office]:
    """The offices this kiosk of `office` books for: those its options name, as far as they publish hours; else its own."""
    if actor.kind != "device" or actor.on_site:
        return [office]
    device = session.get(Device, actor.id)
    named = device.options.get(OPTION) if device is not None else None
    codes = list(dict.fromkeys(str(code) for code in named))[:MOST_OFFICES] if isinstance(named, list) else []
    found = [place for place in (_published(session, code) for code in codes) if place is not None]
    return found or [office]


def served_office(session: Session, office: Office, actor: Actor, code: str | None) -> Office:
    """The one of these offices with this code; without a code, `office`. Raises NotFound."""
    if not code or code == office.code:
        return office
    found = next((place for place in offices_of(session, office, actor) if place.code == code), None)
    if found is None:
        raise NotFound()
    return found


def bookable(session: Session, office: Office) -> list[str]:
    """The codes of the services whose hours can be booked; none where the office publishes no hours."""
    if not office.published:
        return []
    offer = load(session, office, now(), config().tz)
    return [code for code, service in offer.services.items() if offer.is_bookable(service)]


def _published(session: Session, code: str) -> Office | None:
    try:
        place = office_by_code(session, code)
    except NotFound:
        return None
    return place if place.published else None
