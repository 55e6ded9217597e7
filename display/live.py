"""What the board and a ticket's page show: one snapshot for the socket, the JSON call and the first load.

The models are the guard that nothing else gets out: what is not a field here is dropped, and no field holds a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.assets import release
from core.realtime import Feed, Snapshot
from core.rights import NotFound
from core.web import config, local, now
from display.heard import on_heard
from display.rating import Rated, rated
from display.voice_board import Reader, Said, Voice, reader_of
from office import store as office_store
from office.models import Office
from office.words import stopped_words
from queueing import store, views
from queueing.forecasts import forecasts
from queueing.models import Ticket


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
    """The number a counter is busy with: called to it, or being served; and the field of work it is for."""

    number: str
    counter: int
    state: str
    field: str


class CounterNow(BaseModel):
    """A counter: open, paused (back at `back_at`, where its officer said so) or closed, and the fields of work it takes."""

    number: int
    state: str
    back_at: datetime | None
    fields: list[str]


class FieldWaiting(BaseModel):
    """How many people wait for the services of one field."""

    field: str
    waiting: int


class StopSaid(BaseModel):
    """A field of work ("" for everything) that gives no numbers today, why, and the sentence the hall reads."""

    field: str
    reason: str
    sentence: str


class Board(BaseModel):
    """The public board of an office at `now`, by the server's clock: numbers and counters, never a person.

    `recent` has each person once, the newest call first. `resumes_at` is when calling goes on, before opening and over a break
    in which no counter works. `notice` is the head's, until `notice_until`; `guidance` are texts that are shown in turn.
    `release` is the version of the screens' own files: a screen with another one loads itself again.
    """

    version: int
    now: datetime
    office: str
    now_serving: list[Serving]
    recent: list[RecentCall]
    waiting: int
    waiting_by_field: list[FieldWaiting]
    open_counters: list[int]
    counters: list[CounterNow]
    stops: list[StopSaid]
    resumes_at: datetime | None
    voice: Voice
    notice: str
    notice_until: datetime | None
    guidance: list[str]
    release: str


class Wait(BaseModel):
    """A forecast in minutes from now."""

    median: int
    low: int
    high: int


class Paper(BaseModel):
    """What became of the slip: a state of its print job, or null when none was printed; `at` names the printer it comes out
    at, where that is not the one it was meant for.
    """

    state: str | None
    at: str | None


class TicketNow(BaseModel):
    """Where a ticket stands at `now`, by the server's clock. `times` is how often it has been called to `counter`.

    `wait` is the forecast of a waiting ticket. Where a break comes before the call, or may, it ends at `after_break` or
    `perhaps_after_break`; a booked person before the hour is called `call_about` then.
    `call_from` is when a waiting booking is called at the earliest, but for an idle counter; `missing_papers` what a visit
    ended without. `resumes_at` is when calling goes on, before opening and over a break. A slip for another day is good
    `carried_on` that day, from `carried_from_at`, and has become the ticket with the token `continued` there. `rating` is
    there once the visit is over.
    """

    version: int
    now: datetime
    id: int
    number: str
    state: str
    service: str
    service_name: str
    people_ahead: int | None
    wait: Wait | None
    after_break: datetime | None
    perhaps_after_break: datetime | None
    call_about: datetime | None
    counter: int | None
    counters: list[int]
    slot_at: datetime | None
    call_from: datetime | None
    arrived_at: datetime
    called_at: datetime | None
    times: int
    missing_papers: list[str]
    print: Paper
    on: date
    resumes_at: datetime | None
    carried_on: date | None
    carried_from_at: datetime | None
    continued: str | None
    rating: Rated | None


def board_of(session: Session, office: Office) -> Board:
    """The present board, with the sentences its voice says. All instants are on the office's clock."""
    view = views.board_view(session, office, now(), config().tz) | _told(office)
    reader = reader_of(session, office)
    recent = [call | {"speech": _said(reader, call), **_local(call, "called_at", "last_called_at")} for call in view["recent"]]
    said = [stop | {"sentence": stopped_words(stop["field"], stop["reason"])} for stop in view["stops"]]
    counters = [counter | _local(counter, "back_at") for counter in view["counters"]]
    made = {"recent": recent, "stops": said, "counters": counters, "voice": reader.voice()}
    return Board.model_validate(view | made | _local(view, "now", "resumes_at", "notice_until"))


def _told(office: Office) -> dict[str, Any]:
    """What the head has written for the hall. A notice whose time is over is none, whether or not anybody took it away."""
    until = office.notice_until
    holds = until is None or now() < until
    return {
        "notice": office.notice if holds else "",
        "notice_until": until.isoformat() if until and holds else None,
        "guidance": [str(told) for told in office.guidance or ()],
        "release": release(),
    }


def tickets_of(session: Session, office: Office, tickets: Sequence[Ticket]) -> dict[str, TicketNow]:
    """Tickets of an office as their people are sent them, by token, with the forecast; instants on the office's clock."""
    forecast = forecasts().at(session, office, now(), config().tz)
    present = views.ticket_views(session, office, tickets, now(), config().tz, forecast)
    given = rated(session, tickets)
    return {
        token: TicketNow.model_validate(view | _local(view, *_INSTANTS) | {"now": local(now()), "rating": given.get(token)})
        for token, view in present.items()
    }


_INSTANTS = (
    "after_break", "perhaps_after_break", "call_about",
    "slot_at", "call_from", "arrived_at", "called_at", "resumes_at", "carried_from_at")


def _said(reader: Reader, call: Mapping[str, Any]) -> list[Said]:
    return reader.call(call["number"], call["counter"], call["lang"])


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
    present = tickets_of(session, office_store.office_by_code(session, office), watched)
    return {token: ticket.model_dump(mode="json") for token, ticket in present.items()}


BOARD = Feed("/board", "office", ("anyone",), _office_code, _boards, hears={"heard": on_heard}, urgent=True, hands=8)
TICKET = Feed(
    "/ticket", "token", ("anyone",), _office_of_token, _tickets, provisional=lambda office: forecasts().is_behind(office)
)
