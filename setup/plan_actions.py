"""Changing when an office and its counters are there: shown with the bookings it hurts, then saved. Never commits.

No booking is cancelled by it: whoever loses the hour is told by a message or called (booking.call_list).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking import call_list, impact
from booking.call_list import Told
from booking.events import BookingsChanged, PlanChanged
from booking.impact import LostHour
from core.events import record
from office import actions as offices
from office import store as office_store
from office.models import Office
from queueing import line_log
from setup.plan_changes import PlanChange
from setup.refusals import HoursTouchMore


@dataclass(frozen=True)
class Desk:
    """By whom, when and where it is done. `channel` is the channel that reaches phones; None: there is none."""

    staff_id: int | None
    now: datetime
    tz: ZoneInfo
    public_url: str
    channel: str | None


@dataclass(frozen=True)
class Preview:
    """Whose hours a change loses, and the mark of exactly this list. `kept_again`: how many lost hours it brings back."""

    lost: list[LostHour]
    seen: str
    kept_again: int


def preview(session: Session, office: Office, change: PlanChange, desk: Desk) -> Preview:
    """What the head is shown before saving."""
    found = impact.measure(session, change.would_be(session, office, desk.now, desk.tz))
    return Preview(impact.lost_hours(session, found, desk.channel), found.fingerprint, len(found.kept_again))


def save(session: Session, office: Office, change: PlanChange, *, seen: str | None, desk: Desk) -> Told:
    """Put the change in place, and tell or list everybody whose hour it loses.

    `seen` is the mark of the list the head was shown; raises HoursTouchMore when it is another list by now. None: whoever it
    hurts, for what cannot wait until somebody has looked. Holds those bookings, then the office's row: of two who save at once
    the second sees what the first has done.
    """
    impact.lock_lost(session, impact.measure(session, change.would_be(session, office, desk.now, desk.tz)).lost)
    office_store.lock_office(session, office)
    # What was read before the locks may have changed while they were waited for.
    session.expire_all()
    found = impact.measure(session, change.would_be(session, office, desk.now, desk.tz))
    if seen is not None and found.fingerprint != seen:
        raise HoursTouchMore()
    change.save(session, office)
    line_log.note(session, change.what, office_id=office.id, at=desk.now, staff=desk.staff_id, change=change.detail())
    record(session, BookingsChanged(office.code))
    record(session, PlanChanged(office.code))
    lost = [each.id for each in found.lost]
    offices.audit(
        session, change.what, desk.now, office_id=office.id, staff_id=desk.staff_id, **change.detail(), lost_bookings=lost
    )
    return call_list.record_lost(session, found, channel=desk.channel, public_url=desk.public_url)
