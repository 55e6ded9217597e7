"""Stops as JSON calls: what stops today, said and lifted by the head."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core.api import Body, Text, endpoint
from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import ensure_office, requires
from core.web import config, local, now
from office import stops
from office.models import Office, Stop
from office.store import office_by_code, office_by_id
from setup import stop_actions
from setup.api import blueprint
from setup.forms import REASON_AT_MOST
from setup.pages import desk


class StopIn(Body):
    """Which field stops for the rest of today (empty: everything), and why; the public is told the reason."""

    field: Annotated[Text, Field(max_length=60)] = ""
    reason: Annotated[Text, Field(min_length=2, max_length=REASON_AT_MOST)]


class NoMembers(Body):
    """A call that says all in its address."""


class StopOut(BaseModel):
    """A stop. `waiting` people of it were in the line and stay there; of the booked ones `told` got a message, `to_call` are on
    the call list.
    """

    id: int
    field: str
    reason: str
    from_at: datetime
    lifted_at: datetime | None
    waiting: int
    told: int = 0
    to_call: int = 0


@blueprint.get("/offices/<office>/stops")
@requires("head")
@endpoint(summary="What is stopped today", answers={200: list[StopOut]})
def list_stops(session: Session, office: str) -> list[StopOut]:
    """In the order they were said; none that was lifted."""
    found = office_by_code(session, office)
    return [_shown(session, found, row) for row in stops.live(session, found, local(now()).date())]


@blueprint.post("/offices/<office>/stops")
@requires("head")
@endpoint(summary="Stop a field, or everything, for the rest of today", body=StopIn, answers={201: StopOut})
def stop(session: Session, office: str, body: StopIn) -> tuple[StopOut, int]:
    """No more numbers and hours; who is booked is told or listed to be called, who waits stays. 409 `already_stopped`."""
    found = office_by_code(session, office)
    if body.field and body.field not in stop_actions.fields_of(session, found):
        raise FormRefused({"field": _("Hãy chọn lĩnh vực, hoặc toàn bộ điểm phục vụ.")})
    row, told = stop_actions.stop(session, found, body.field, body.reason, desk())
    return _shown(session, found, row).model_copy(update={"told": told.by_message, "to_call": told.to_call}), 201


@blueprint.post("/stops/<int:stop>/lift")
@requires("head")
@endpoint(summary="Give numbers and hours again", body=NoMembers, answers={200: StopOut})
def lift(session: Session, stop: int, body: NoMembers) -> StopOut:
    """Twice is the same as once."""
    row = stops.stop_by_id(session, stop)
    found = office_by_id(session, row.office_id)
    ensure_office(found.code)
    stop_actions.lift(session, found, row, desk())
    return _shown(session, found, row)


def _shown(session: Session, office: Office, row: Stop) -> StopOut:
    return StopOut(
        id=row.id,
        field=row.field,
        reason=row.reason,
        from_at=local(row.from_at),
        lifted_at=local(row.lifted_at) if row.lifted_at else None,
        waiting=stop_actions.waiting(session, office, row.field, now(), config().tz),
    )
