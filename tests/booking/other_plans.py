"""An office's offer as it would be with another plan, told in few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import offers
from booking.offers import Offer
from office.hours import Hours, Weekly, for_counter, local_day
from office.models import Office
from office.settings import Settings
from office.stops import Stopped, said
from office.store import counter_hours_of, counters_of, hours_of, services_of, skills_of


def offer_with(
    session: Session,
    office: Office,
    *,
    hours: Hours | None = None,
    planned: Mapping[int, bool] | None = None,
    own: Mapping[int, Weekly | None] | None = None,
    stopped: tuple[Stopped, ...] | None = None,
    now: datetime,
    tz: ZoneInfo,
) -> Offer:
    """The office's offer as it would be with other hours, with counters (id) planned to be staffed or not, with other weekly
    hours of counters (None: the office's), or with other fields stopped today."""
    whole = hours_of(session, office, tz) if hours is None else hours
    staffed = {counter.id: counter.planned for counter in counters_of(session, office)} | dict(planned or {})
    plans = counter_hours_of(session, office, whole) | {key: for_counter(whole, week) for key, week in (own or {}).items()}
    working = [counter for counter, is_planned in staffed.items() if is_planned]
    skills = {counter: taken for counter, taken in skills_of(session, office).items() if counter in working}
    settings, services = Settings.of(office.settings), services_of(session, office)
    stops = said(session, office, local_day(now, tz)) if stopped is None else stopped
    return offers.assemble(office, now, tz, settings, whole, services, skills, {key: plans[key] for key in working}, stops)
