"""Changing how an office is set up: looked at with the bookings it hurts, saved, written into its history, taken back.

The one way for every change, an undo too. Never commits. No booking is cancelled by it: whoever loses the hour is told by a
message or called (booking.call_list).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from booking import call_list, impact
from booking.call_list import Told
from booking.events import BookingsChanged, PlanChanged
from booking.impact import Impact, LostHour
from core.events import record
from office import actions as offices
from office import store as office_store
from office.changes import change_of, undone_by
from office.models import Office
from queueing import line_log
from setup import parts_store
from setup.change_rules import Difference, moved_on
from setup.change_words import part_words
from setup.plan_changes import Desk, Look, PlanChange, SetupChange
from setup.refusals import HoursTouchMore, MovedOn, NotUndoable, UndoneAlready

__all__ = ["Desk", "Preview", "preview", "save", "undo"]

NOBODY_TOLD = Told(0, 0)


@dataclass(frozen=True)
class Preview:
    """What a change does: whose hours it loses, how many lost ones it brings back (`kept_again`), and the mark of just this."""

    lost: list[LostHour]
    seen: str
    kept_again: int
    look: Look


def preview(session: Session, office: Office, change: PlanChange, desk: Desk) -> Preview:
    """What the head is shown before saving. Raises what stands against the change."""
    look = change.look(session, office, desk)
    found = _measured(session, look)
    lost = impact.lost_hours(session, found, desk.channel) if found else []
    return Preview(lost, _mark(look, found), len(found.kept_again) if found else 0, look)


def save(session: Session, office: Office, change: PlanChange, *, seen: str | None, desk: Desk) -> Told:
    """Put the change in place, and tell or list everybody whose hour it loses.

    `seen` is the mark of what the head was shown; raises HoursTouchMore when it would do something else by now. None: whatever
    it does, for what cannot wait until somebody has looked. Holds the bookings to come, then the office's row: of two who save at
    once the second sees what the first has done.
    """
    # All of them: which ones it hurts is known under the lock of the office, and then it is too late to lock a booking.
    impact.lock_coming(session, office, desk.now)
    office_store.lock_office(session, office)
    # What was read before the locks may have changed while they were waited for.
    session.expire_all()
    look = change.look(session, office, desk)
    found = _measured(session, look)
    if seen is not None and seen != _mark(look, found):
        raise HoursTouchMore()
    if look.nothing:
        return NOBODY_TOLD
    detail = change.save(session, office, look, desk)
    _write_down(session, office, change, look, desk, detail, found)
    if found is None:
        return NOBODY_TOLD
    record(session, BookingsChanged(office.code))
    record(session, PlanChanged(office.code))
    return call_list.record_lost(session, found, channel=desk.channel, public_url=desk.public_url)


def undo(session: Session, office: Office, n: int) -> SetupChange:
    """The change that takes change `n` back: looked at and saved like any other.

    Raises NotFound, UndoneAlready, NotUndoable, and MovedOn when what it changed was changed again since.
    """
    done = change_of(session, office, n)
    if undone_by(session, office, [done]):
        raise UndoneAlready()
    change = Difference(done.before, done.after)
    if not undoable(change):
        raise NotUndoable()
    present = parts_store.read(session, office)
    part = moved_on(present, change)
    if part is not None:
        raise MovedOn(place=part_words(part, present))
    return SetupChange("setup_undone", change.back.after, undoes=done)


def undoable(change: Difference) -> bool:
    """Whether it can be taken back at all: a token that was revoked is gone."""
    return not any(name == "revoked" and after for _part, name, _before, after in change.fields())


def _measured(session: Session, look: Look) -> Impact | None:
    return impact.measure(session, look.offer, look.present) if look.offer is not None else None


def _mark(look: Look, found: Impact | None) -> str:
    lost = found.fingerprint if found is not None else ""
    return hashlib.sha256(f"{lost} {look.difference.mark}".encode()).hexdigest()[:16] if look.difference else lost


def _write_down(
    session: Session,
    office: Office,
    change: PlanChange,
    look: Look,
    desk: Desk,
    detail: Mapping[str, Any],
    found: Impact | None,
) -> None:
    told = change.of_the_line(look)
    if told:
        line_log.note(session, change.what, office_id=office.id, at=desk.now, staff=desk.staff_id, change=told)
    more: dict[str, Any] = {"lost_bookings": [each.id for each in found.lost]} if found is not None else {}
    offices.audit(session, change.what, desk.now, office_id=office.id, staff_id=desk.staff_id, **detail, **more)
