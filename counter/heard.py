"""Whether the hall saw and heard the calls of an office: what the officers' consoles follow beside the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import endpoint
from core.realtime import Feed, Snapshot
from core.rights import requires
from core.web import config, now
from office.models import Office
from office.store import office_by_code
from queueing import hearing
from queueing.hearing_rules import alive_at

blueprint = Blueprint("counter_heard", __name__, url_prefix="/api/v1")


class HeardDisplay(BaseModel):
    """A paired display: whether it is heard of, its page is seen, and its sound: "on", "muted", "quiet", "blocked" or "none"."""

    id: int
    name: str
    alive: bool
    awake: bool
    sound: str


class HeardTold(BaseModel):
    """What an officer is told from `from_at` on: of the boards, of the voice, and whether to call aloud (`ask`)."""

    from_at: datetime
    board: str
    voice: str
    ask: bool


class HeardCall(BaseModel):
    """A call whose person is on the way. `shown` of the `of` displays it concerns have drawn it; `how` is the most heard.

    `told` is in the order of time: the last whose time has come holds.
    """

    call_id: int
    ticket: int
    times: int
    drawn_at: datetime | None
    spoken_at: datetime | None
    how: str | None
    shown: int
    of: int
    told: list[HeardTold]


class HeardNow(BaseModel):
    """The displays of an office and its present calls at `now`."""

    version: int
    now: datetime
    displays: list[HeardDisplay]
    calls: list[HeardCall]


def heard_now(session: Session, office: Office) -> HeardNow:
    """What the displays of an office have said until now."""
    at = now()
    displays = [
        HeardDisplay(
            id=each.id,
            name=each.name,
            alive=alive_at(each.said_at, at),
            awake=bool(each.state.get("awake", True)),
            sound=str(each.state.get("sound", "none")),
        )
        for each in hearing.displays(session, office)
    ]
    calls = [_call(each) for each in hearing.calls_now(session, office, at, config().tz)]
    return HeardNow(version=office.seq, now=at, displays=displays, calls=calls)


def _call(said: hearing.CallNow) -> HeardCall:
    told = [HeardTold(from_at=each.from_at, board=each.board, voice=each.voice, ask=each.ask) for each in said.told]
    return HeardCall(
        call_id=said.call.id, ticket=said.call.ticket_id, times=said.call.times, drawn_at=said.drawn_at,
        spoken_at=said.spoken_at, how=said.how, shown=said.shown, of=said.of, told=told,
    )  # fmt: skip


@blueprint.get("/offices/<office>/heard")
@requires("staff")
@endpoint(summary="Whether the hall saw and heard the present calls", answers={200: HeardNow})
def heard(session: Session, office: str) -> HeardNow:
    """What the socket `/heard` sends."""
    return heard_now(session, office_by_code(session, office))


def _office_of(session: Session, key: str) -> str | None:
    return session.scalar(select(Office.code).where(Office.code == key))


def _snapshots(session: Session, office: str, keys: Sequence[str]) -> Mapping[str, Snapshot]:
    return dict.fromkeys(keys, heard_now(session, office_by_code(session, office)).model_dump(mode="json"))


HEARD = Feed("/heard", "office", ("staff",), _office_of, _snapshots)
