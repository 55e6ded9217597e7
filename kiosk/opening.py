"""When numbers are given, and in words when they will be again."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.i18n import day_words
from core.i18n import gettext as _
from office.hours import kiosk_open, local_day, next_opening
from office.models import Office
from office.plans import plan_of
from office.settings import Settings


def is_taking(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> bool:
    """Whether the office gives numbers now: while open, and from the set minutes before."""
    return kiosk_open(plan_of(session, office, tz).hours, now, Settings.of(office.settings).numbers_before)


def next_taking(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> datetime | None:
    """When numbers are given again; None when no opening is known."""
    opens_at = next_opening(plan_of(session, office, tz).hours, now)
    return opens_at - timedelta(minutes=Settings.of(office.settings).numbers_before) if opens_at else None


def moment_words(instant: datetime, now: datetime, tz: ZoneInfo) -> str:
    """An instant ahead as people say it: "lúc 07:30 hôm nay", "lúc 07:30 thứ Hai 23/11"."""
    at = instant.astimezone(tz)
    if at.date() == local_day(now, tz):
        return _("lúc %(clock)s hôm nay", clock=f"{at:%H:%M}")
    return _("lúc %(clock)s %(day)s", clock=f"{at:%H:%M}", day=day_words(at.date()))
