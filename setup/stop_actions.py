"""Stopping a field today and lifting it: what the pages and the JSON calls share. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.call_list import Told
from core.i18n import gettext as _
from office import stops
from office.hours import local_day
from office.models import Office, Stop
from office.store import services_of
from office.words import field_name
from queueing.day_store import waiting_of_field
from setup import plan_actions
from setup.forms import EVERYTHING_TYPED
from setup.plan_actions import Desk
from setup.plan_changes import StopChange, StopLift


@dataclass(frozen=True)
class StopLine:
    """A stop as the head sees it: its name, why, since when, and how many people of it still wait and are served on."""

    id: int
    field: str
    name: str
    reason: str
    from_at: datetime
    waiting: int


def change(field: str, reason: str, desk: Desk, tz: ZoneInfo) -> StopChange:
    """The stop of a field ("" for everything) from now to the end of the office's day."""
    return StopChange(field, reason, desk.now, desk.staff_id, local_day(desk.now, tz))


def stop(session: Session, office: Office, field: str, reason: str, desk: Desk) -> tuple[Stop, Told]:
    """Stop it at once, whoever's hour is lost by it. Raises AlreadyStopped."""
    made = change(field, reason, desk, desk.tz)
    told = plan_actions.save(session, office, made, seen=None, desk=desk)
    return next(each for each in stops.live(session, office, made.on) if each.field == field), told


def lift(session: Session, office: Office, row: Stop, desk: Desk) -> None:
    """Take a stop back, and tell those who were told by a message that their hour is kept after all."""
    if row.lifted_at is None:
        plan_actions.save(session, office, StopLift(row, desk.now), seen=None, desk=desk)


def waiting(session: Session, office: Office, field: str, now: datetime, tz: ZoneInfo) -> int:
    """How many people wait for a field ("" for all): they stay in the line."""
    return waiting_of_field(session, office, field, local_day(now, tz))


def fields_of(session: Session, office: Office) -> Sequence[str]:
    """The fields of the office's services, in its own order."""
    return list(dict.fromkeys(service.field for service in services_of(session, office)))


def lines(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> list[StopLine]:
    """What is stopped today."""
    return [
        StopLine(row.id, row.field, name_of(row.field), row.reason, row.from_at, waiting(session, office, row.field, now, tz))
        for row in stops.live(session, office, local_day(now, tz))
    ]


def name_of(field: str) -> str:
    """A field in words, everything too."""
    return field_name(field) if field else _("Toàn bộ điểm phục vụ")


def choices(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> list[tuple[str, str]]:
    """What may be stopped, as a form offers it: nothing is chosen at first."""
    stopped = {row.field for row in stops.live(session, office, local_day(now, tz))}
    fields = [(field, field_name(field)) for field in fields_of(session, office) if field not in stopped]
    everything = [] if "" in stopped else [(EVERYTHING_TYPED, name_of(""))]
    return [("", _("Chọn lĩnh vực")), *fields, *everything]
