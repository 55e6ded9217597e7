"""What the kiosk greys out: services of a field that is stopped today, with the words why, in both languages."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from sqlalchemy.orm import Session

from kiosk.words import in_both_languages
from office import stops
from office.models import Office
from office.stops import EVERYTHING, Stopped
from office.store import services_of
from office.words import stopped_words


class StoppedToday(TypedDict):
    """By service code, and in one when everything is stopped."""

    stopped: dict[str, dict[str, str]]
    all_stopped: dict[str, str] | None


def stopped_today(session: Session, office: Office, today: date) -> StoppedToday:
    """What gives no numbers today at this office."""
    said = stops.said(session, office, today)
    words = {stop.field: _words(stop) for stop in said}
    covered = {service.code: stops.covering(said, [service.field], today) for service in services_of(session, office)}
    return {
        "stopped": {code: words[stop.field] for code, stop in covered.items() if stop is not None},
        "all_stopped": words.get(EVERYTHING),
    }


def _words(stop: Stopped) -> dict[str, str]:
    return in_both_languages(lambda: stopped_words(stop.field, stop.reason))
