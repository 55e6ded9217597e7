"""What the board and a ticket's page show: one snapshot for the socket, the JSON call and the first load.

The models are the guard that nothing else gets out: what is not a field here is dropped, and no field holds a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.realtime import Feed, Snapshot
from core.rights import NotFound
from core.web import config, local, now
from display import announce
from office import store as office_store
from office.models import Office
from queueing import store, views


class Said(BaseModel):
    """A sentence and the language it is said in."""

    lang: announce.Language
    text: str


class RecentCall(BaseModel):
    """A number called to a counter; `times` grows when it is called again, at `last_called_at`. `speech` is said in order."""

    call_id: int
    number: str
    counter: int
    service: str
    field: str
    called_at: datetime
    last_called_at: datetime
    times: int
    speech: list[Said]


class Serving(BaseModel):
    """The number a counter is busy with: called to it, or being served."""

    number: str
    counter: int
    state: str


class FieldWaiting(BaseModel):
    """How many people wait for the services of one field."""

    field: str
    waiting: int


class Board(BaseModel):
    """The public board of an office at `now`, by the server's clock: numbers and counters, never a person."""

    version: int
    now: datetime
    office: str
    now_serving: list[Serving]
    recent: list[RecentCall]
    waiting: int
    waiting_by_field: list[FieldWaiting]
    open_counters: list[int]


class Wait(BaseModel):
    """A forecast in minutes from now."""

    median: int
    low: int
    high: int


class Paper(BaseModel):
    """What became of the slip: a state of its print job, or null when none was printed."""

    state: str | None


class TicketNow(BaseModel):
    """Where a ticket stands. `times` is how often it has been called to `counter`.

    `call_from` is when a waiting booking is called at the earliest, but for an idle counter; `missing_papers` what a visit
    ended without.
    """

    version: int
    id: int
    number: str
    state: str
    service: str
    service_name: str
    people_ahead: int | None
    wait: Wait | None
    counter: int | None
    counters: list[int]
    slot_at: datetime | None
    call_from: datetime | None
    arrived_at: datetime
    called_at: datetime | None
    times: int
    missing_papers: list[str]
    print: Paper


def board_of(session: Session, office: Office) -> Board:
    """The present board, with the sentences its voice says. All instants are on the office's clock."""
    view = views.board_view(session, office, now(), config().tz)
    recent = [call | {"speech": _said(call), **_local(call, "called_at", "last_called_at")} for call in view["recent"]]
    return Board.model_validate(view | {"recent": recent} | _local(view, "now"))


def ticket_of(view: Mapping[str, Any]) -> TicketNow:
    """A ticket of queueing.views as its person is sent it, instants on the office's clock."""
    return TicketNow.model_validate(dict(view) | _local(view, "slot_at", "call_from", "arrived_at", "called_at"))


def _said(call: Mapping[str, Any]) -> list[Said]:
    """Vietnamese always, for the whole hall follows the calls; English after it for who took the number in English."""
    languages: tuple[announce.Language, ...] = ("vi", "en") if call["lang"] == "en" else ("vi",)
    return [Said(lang=lang, text=announce.sentence(call["number"], str(call["counter"]), lang)) for lang in languages]


def _local(view: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    return {name: local(datetime.fromisoformat(view[name])) if view[name] else None for name in names}


# --- feeds --------------------------------------------------------------------------------------------------------


def _office_code(session: Session, code: str) -> str | None:
    try:
        return office_store.office_by_code(session, code).code
    except NotFound:
        return None


def _boards(session: Session, office: str, keys: Sequence[str]) -> dict[str, Snapshot]:
    board = board_of(session, office_store.office_by_code(session, office)).model_dump(mode="json")
    return dict.fromkeys(keys, board)


def _office_of_token(session: Session, token: str) -> str | None:
    try:
        return store.office_of_ticket(session, store.ticket_by_token(session, token)).code
    except NotFound:
        return None


def _tickets(session: Session, office: str, keys: Sequence[str]) -> dict[str, Snapshot]:
    watched = store.tickets_by_token(session, keys)
    present = views.ticket_views(session, office_store.office_by_code(session, office), watched, now(), config().tz)
    return {token: ticket_of(view).model_dump(mode="json") for token, view in present.items()}


BOARD = Feed("/board", "office", ("anyone",), _office_code, _boards)
TICKET = Feed("/ticket", "token", ("anyone",), _office_of_token, _tickets)
