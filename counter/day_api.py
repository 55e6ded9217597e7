"""The end of a day as JSON calls: who is not decided yet, a slip for another day, closing the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import BaseModel, BeforeValidator
from sqlalchemy.orm import Session

from core.api import Body, endpoint
from core.rights import actor, ensure_office, requires
from core.web import config, local, now
from counter import bodies, day_slips, lines
from counter.shapes import DayLeft, LineTicket
from office.hours import is_open, local_day
from office.models import Office
from office.settings import Settings
from office.store import hours_of, office_by_code
from queueing import day_actions, day_rules, day_store, store
from queueing.log_rules import in_groups

blueprint = Blueprint("day_api", __name__, url_prefix="/api/v1")

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
"""Days before and after are typing errors, and some databases and calendars do not know them."""


def _read_day(sent: object) -> object:
    """A day as it is written, "2026-11-23"; nothing else is guessed to be one."""
    if sent is None or not isinstance(sent, str) or len(sent) != 10:
        return sent if sent is None else ""
    day = date.fromisoformat(sent)
    if not EARLIEST <= day <= LATEST:
        raise ValueError("no day of an office")
    return day


Day = Annotated[date | None, BeforeValidator(_read_day)]


class DayAsked(Body):
    """Which day; today when not said."""

    on: Day = None


class DayClose(Body):
    """Which day is closed (today when not said).

    `missed` "expire": whoever missed the call and has not come back expires with it; on a day that is over, whoever is left.
    """

    on: Day = None
    missed: Literal["expire"] | None = None


class SlipPrinted(BaseModel):
    """How the paper is: the state of the slip's job, or "none", and of the printer."""

    state: str
    printer: str


class CarriedTicket(LineTicket):
    """A ticket whose person is served on `carried_on`."""

    print: SlipPrinted


class Decided(BaseModel):
    """What became of the people of a day."""

    served: int
    missing_papers: int
    left: int
    cancelled: int
    missed: int
    expired: int
    carried: int


class CarryPlaces(BaseModel):
    """How many slips may be given for the next working day, and how many were."""

    places: int
    used: int


class DayShown(BaseModel):
    """A day of the office. `over`: its tickets stand in no line any more; `open_now`: the office is open (asked of today).

    `log_end` is the hash the day's log ended with when it was closed, in groups; "" before.
    `next_day` is the day a slip given now is good for, from `next_opens_at`; None when no opening is known.
    """

    version: int
    on: date
    today: date
    over: bool
    open_now: bool
    closed_at: datetime | None
    log_end: str
    undecided: list[LineTicket]
    decided: Decided
    next_day: date | None
    next_opens_at: datetime | None
    carry: CarryPlaces
    past: list[DayLeft]


@blueprint.get("/offices/<office>/day")
@requires("officer", "head")
@endpoint(summary="A day: who is not decided yet, and what became of the others", query=DayAsked, answers={200: DayShown})
def day(session: Session, office: str, query: DayAsked) -> DayShown:
    """Today, or a day that was forgotten."""
    return shown(session, office_by_code(session, office), query.on, now())


@blueprint.post("/tickets/<int:ticket>/carry")
@requires("officer", "head", "helper")
@endpoint(
    summary="A slip for the next working day instead of being served today", body=bodies.Nothing, answers={200: CarriedTicket}
)
def carry(session: Session, ticket: int, body: bodies.Nothing) -> CarriedTicket:
    """The slip is printed. 409 `carry_full` when the quota of that day is used up."""
    found = store.ticket_by_id(session, ticket)
    office = store.office_of_ticket(session, found)
    ensure_office(office.code)
    day_actions.carry(session, found, actor=actor(), now=now(), tz=config().tz)
    state, printer = day_slips.print_carried(session, office, found, now())
    ticket_now = lines.one(session, found, now())
    return CarriedTicket(**dict(ticket_now), print=SlipPrinted(state=state, printer=printer))


@blueprint.post("/offices/<office>/day/close")
@requires("officer", "head")
@endpoint(summary="Close a day", body=DayClose, answers={200: DayShown})
def close(session: Session, office: str, body: DayClose) -> DayShown:
    """409 `undecided` names the numbers nobody has decided on; closed twice, the first time counts."""
    found = office_by_code(session, office)
    on = body.on or local_day(now(), config().tz)
    expire = body.missed == "expire"
    day_actions.close_day(session, found, on, expire_missed=expire, actor=actor(), now=now(), tz=config().tz)
    return shown(session, found, on, now())


def shown(session: Session, office: Office, on: date | None, at: datetime) -> DayShown:
    """A day of the office as it is; today when not said."""
    hours, today = hours_of(session, office, config().tz), local_day(at, config().tz)
    on = min(on or today, today)
    closing = day_store.closing_of(session, office, on)
    slip_day = day_rules.carry_day(hours, on, at)
    opens_at = day_rules.first_opening(hours, slip_day) if slip_day else None
    return DayShown(
        version=office.seq,
        on=on,
        today=today,
        over=on < min(store.line_days(hours, at)),
        open_now=is_open(hours, at),
        closed_at=local(closing.closed_at) if closing else None,
        log_end=in_groups(closing.log_hash) if closing else "",
        undecided=lines.several(session, office, day_store.undecided(session, office, on), at),
        decided=Decided.model_validate(day_rules.count_fates(day_store.ends_of(session, office, on))),
        past=[DayLeft(on=each, undecided=n) for each, n in day_store.undecided_before(session, office, today).items()],
        next_day=slip_day,
        next_opens_at=local(opens_at) if opens_at else None,
        carry=_places(session, office, slip_day),
    )


def _places(session: Session, office: Office, on: date | None) -> CarryPlaces:
    most = Settings.of(office.settings).carry_quota
    places, used = day_store.carry_places(session, office, on, most) if on else (0, 0)
    return CarryPlaces(places=places, used=used)
