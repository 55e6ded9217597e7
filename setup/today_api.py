"""The head's JSON calls of today: how it stands, who sits where, and what the hall is told for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StrictBool
from sqlalchemy.orm import Session

from core.api import Body, Id, Text, endpoint
from core.rights import actor, ensure_office, requires
from core.web import now
from office.store import counter_with_office, office_by_code
from setup import plan_actions, today_actions
from setup.api import blueprint
from setup.change_rules import OFFICE
from setup.forms import NOTICE_AT_MOST
from setup.pages import desk
from setup.plan_changes import SetupChange
from setup.today_shapes import TodayNow
from setup.today_view import today

LONGEST_NOTICE = 24 * 60


class SeatIn(Body):
    """Who sits at the counter from now on (the id of an officer). `move`: away from where that officer sits now."""

    staff: Id
    move: StrictBool = False


class NoticeIn(Body):
    """What the hall is told for so many minutes; an empty text takes away what it is told."""

    notice: Annotated[Text, Field(max_length=NOTICE_AT_MOST)] = ""
    minutes: Annotated[int, Field(strict=True, ge=5, le=LONGEST_NOTICE)] = 60


@blueprint.get("/offices/<office>/today")
@requires("head")
@endpoint(summary="The office today, as its head sees it", answers={200: TodayNow})
def today_now(session: Session, office: str) -> TodayNow:
    """What the socket `/today` sends."""
    return today(session, office_by_code(session, office), now())


@blueprint.post("/counters/<int:counter>/seat")
@requires("head")
@endpoint(summary="Seat an officer at a counter, or move one there", body=SeatIn, answers={200: TodayNow})
def seat(session: Session, counter: int, body: SeatIn) -> TodayNow:
    """Refused with `counter_taken`, with `other_counter_open` unless `move` is true, and with `counter_busy`."""
    place, office = counter_with_office(session, counter)
    ensure_office(office.code)
    today_actions.seat(session, place, body.staff, move=body.move, actor=actor(), now=now())
    return today(session, office, now())


@blueprint.post("/offices/<office>/notice")
@requires("head")
@endpoint(summary="Tell the hall something for a while", body=NoticeIn, answers={200: TodayNow})
def tell_hall(session: Session, office: str, body: NoticeIn) -> TodayNow:
    """A change of the set-up like any other: it has a version, and can be undone. The boards show it at once."""
    found = office_by_code(session, office)
    until = (now() + timedelta(minutes=body.minutes)).isoformat() if body.notice else None
    change = SetupChange("notice_changed", {OFFICE: {"notice": body.notice, "notice_until": until}})
    plan_actions.save(session, found, change, seen=None, desk=desk())
    return today(session, found, now())
