"""What a board tells those who are elsewhere: how long each field takes now, and which hour can be booked next.

Apart from the board: a call must not wait for a forecast, and a culture house asks once a minute only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from booking.city import city
from booking.city_store import Listed
from core.i18n import day_words
from core.i18n import gettext as _
from core.web import config, local, now
from office import store as office_store
from office.hours import local_day
from office.models import Office, Service
from queueing.forecast_rules import Wait
from queueing.forecasts import forecasts
from queueing.prospects import Foreseen
from queueing.wait_words import wait_said


class FieldOutlook(BaseModel):
    """How long somebody would wait who took a number of this field now, in words; "" where nothing is known."""

    field: str
    wait: str


class Outlook(BaseModel):
    """What is worth knowing before one comes: waits by field, and the next free hour with its words ("" for none)."""

    fields: list[FieldOutlook]
    next_free: datetime | None
    next_free_words: str


def outlook_of(session: Session, office: Office) -> Outlook:
    """The outlook of this moment, by what the forecast and the city page know already. Ask in a reading only."""
    joining = forecasts().at(session, office, now(), config().tz).prospect.joining
    fields: dict[str, list[Service]] = {}
    for service in office_store.services_of(session, office):
        fields.setdefault(service.field, []).append(service)
    free = _next_free(session, office)
    return Outlook(
        fields=[
            FieldOutlook(field=field, wait=_words([joining[each.id] for each in services if each.id in joining]))
            for field, services in fields.items()
        ],
        next_free=free,
        next_free_words=_free_words(free) if free else "",
    )


def _words(waits: Sequence[Wait]) -> str:
    """One range for a whole field: from the shortest that any of its services may take to the longest."""
    if not waits:
        return ""
    widest = Wait(max(each.median for each in waits), min(each.low for each in waits), max(each.high for each in waits))
    said = wait_said(Foreseen(widest), config().tz)
    return f"{said.label} {said.value}" if said else ""


def _next_free(session: Session, office: Office) -> datetime | None:
    """The earliest hour that can still be booked here; None when the office publishes none, or none is known to be free."""
    if not office.published:
        return None
    listed = Listed(office.id, office.code, office.name, office.address, office.folded, office.published)
    (place,) = city().places(session, [listed])
    return local(place.free) if place.free else None


def _free_words(free: datetime) -> str:
    if local_day(free, config().tz) == local_day(now(), config().tz):
        return _("%(time)s hôm nay", time=f"{free:%H:%M}")
    return _("%(time)s, %(day)s", time=f"{free:%H:%M}", day=day_words(free.date()))
