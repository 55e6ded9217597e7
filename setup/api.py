"""The call list as JSON calls: who is to be called because the office changed its plan."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from pydantic import AwareDatetime, BaseModel, StrictBool
from sqlalchemy.orm import Session

from booking import call_list
from booking.call_list import ToCall
from booking.call_store import entry_by_id
from booking.models import CallListEntry
from core.api import Body, endpoint
from core.rights import Who, actor, ensure_office, requires
from core.web import config, local, now
from office.models import Office
from office.store import office_by_code, office_by_id
from setup.call_lines import masked

blueprint = Blueprint("setup_api", __name__, url_prefix="/api/v1")

CALLERS: tuple[Who, ...] = ("head", "helper", "officer")


class CallEntry(BaseModel):
    """Somebody whose hour the office cannot keep; the name is masked (`/offices/{office}/bookings/{booking}/open` opens it).

    `state`: open, told, called, moved, cancelled, came, over or kept. `starts_at` is the hour that was booked, `proposals` are
    free hours near it. `message_failed`: a message was tried first.
    """

    id: int
    booking: int
    state: str
    starts_at: datetime
    service: str
    code: str
    name: str
    phone: str
    people: int
    message_failed: bool
    called_at: datetime | None
    called_by: str | None
    proposals: list[datetime]


class CalledIn(Body):
    """False takes the tick back."""

    called: StrictBool = True


class CallMoveIn(Body):
    """The hour agreed on the telephone."""

    starts_at: AwareDatetime


@blueprint.get("/offices/<office>/call-list")
@requires(*CALLERS)
@endpoint(summary="Who is to be called because their hour is lost", answers={200: list[CallEntry]})
def list_calls(session: Session, office: str) -> list[CallEntry]:
    """Those nobody has told yet, by the hour they booked."""
    found = call_list.entries(session, office_by_code(session, office), now=now(), tz=config().tz)
    return [_shown(each) for each in found if each.state == "open"]


@blueprint.post("/call-list/<int:entry>/called")
@requires(*CALLERS)
@endpoint(summary="Tick or untick that somebody called", body=CalledIn, answers={200: CallEntry})
def called(session: Session, entry: int, body: CalledIn) -> CallEntry:
    """Ticked twice, the first one counts."""
    office, found = _entry(session, entry, lock=True)
    call_list.set_called(session, found, body.called, staff_id=actor().id, now=now())
    return _one(session, office, found)


@blueprint.post("/call-list/<int:entry>/move")
@requires(*CALLERS)
@endpoint(summary="Move the booking to the hour agreed", body=CallMoveIn, answers={200: CallEntry})
def move(session: Session, entry: int, body: CallMoveIn) -> CallEntry:
    """Its person is on time at the old hour, too. Refused like any move, and with `not_listed_any_more`."""
    office, found = _entry(session, entry)
    call_list.move(
        session, found, body.starts_at, staff_id=actor().id, now=now(), tz=config().tz, public_url=config().public_url
    )
    return _one(session, office, found)


def _entry(session: Session, entry_id: int, *, lock: bool = False) -> tuple[Office, CallListEntry]:
    entry = entry_by_id(session, entry_id, lock=lock)
    office = office_by_id(session, entry.office_id)
    ensure_office(office.code)
    return office, entry


def _one(session: Session, office: Office, entry: CallListEntry) -> CallEntry:
    session.flush()
    [found] = call_list.entries(session, office, now=now(), tz=config().tz, only=entry.id)
    return _shown(found)


def _shown(each: ToCall) -> CallEntry:
    entry, booked = each.entry, each.appointment
    return CallEntry(
        id=entry.id,
        booking=booked.id,
        state=each.state,
        starts_at=local(entry.starts_at),
        service=booked.service.code,
        code=booked.code,
        name=masked(booked),
        phone=booked.phone,
        people=1 + len(booked.people),
        message_failed=each.message_failed,
        called_at=local(entry.called_at) if entry.called_at else None,
        called_by=each.caller,
        proposals=[local(at) for at in each.proposals],
    )
