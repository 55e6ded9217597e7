"""The officers' JSON calls: the counters, the line, and every verb of a ticket. Each press is one action of the line."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from core.api import endpoint
from core.rights import NotFound, actor, ensure_office, requires
from core.web import config, now
from counter import bodies, finding, lines, slips, ticket_api
from counter.shapes import Called, Line, LineCounter, LineTicket, StaffShown
from office import store as offices
from office.models import Counter, Office
from queueing import counter_actions, desk_actions, store
from queueing.forecasts import Forecast, forecasts
from queueing.hall import Hall
from queueing.promises import promise, wait_of_walk_in
from queueing.refusals import NotYourCounter

blueprint = Blueprint("counter_api", __name__, url_prefix="/api/v1")
blueprint.register_blueprint(ticket_api.blueprint)


@blueprint.get("/offices/<office>/line")
@requires("officer", "head", "helper")
@endpoint(summary="The whole line with order and reasons", answers={200: Line})
def line(session: Session, office: str) -> Line:
    """What the socket `/line` sends."""
    return lines.snapshot(session, offices.office_by_code(session, office), now())


@blueprint.get("/offices/<office>/counters")
@requires("staff")
@endpoint(summary="The counters of an office and whom they serve", answers={200: list[LineCounter]})
def counters(session: Session, office: str) -> list[LineCounter]:
    """The same counters as in the line."""
    return lines.counters(session, offices.office_by_code(session, office), now())


@blueprint.post("/counters/<int:counter>/open")
@requires("officer", "head")
@endpoint(summary="Sit down at a counter, or end its pause", body=bodies.OpenCounter, answers={200: LineCounter})
def open_counter(session: Session, counter: int, body: bodies.OpenCounter) -> LineCounter:
    """An officer has one open counter: a second one is refused with `other_counter_open`, unless `move` is true."""
    office, place = _counter(session, counter)
    counter_actions.open_counter(session, place, staff_id=actor().id or 0, now=now(), move=body.move)
    return _shown(session, office, place)


@blueprint.post("/counters/<int:counter>/pause")
@requires("officer", "head")
@endpoint(summary="Let a counter rest", body=bodies.PauseCounter, answers={200: LineCounter})
def pause_counter(session: Session, counter: int, body: bodies.PauseCounter) -> LineCounter:
    """Refused with `counter_busy` while somebody is there. `minutes`: when the officer means to be back."""
    office, place = _own_counter(session, counter)
    counter_actions.pause_counter(session, place, reason=body.reason, minutes=body.minutes, now=now(), actor=actor())
    return _shown(session, office, place)


@blueprint.post("/counters/<int:counter>/close")
@requires("officer", "head")
@endpoint(summary="Leave a counter", body=bodies.Nothing, answers={200: LineCounter})
def close_counter(session: Session, counter: int, body: bodies.Nothing) -> LineCounter:
    """Refused with `counter_busy` while somebody is there."""
    office, place = _own_counter(session, counter)
    counter_actions.close_counter(session, place, now=now(), actor=actor())
    return _shown(session, office, place)


@blueprint.post("/counters/<int:counter>/call-next")
@requires("officer", "head")
@endpoint(
    summary="Finish whoever is at the counter and call the next by the rule",
    body=bodies.Nothing,
    answers={200: Called, 204: None},
)
def call_next(session: Session, counter: int, body: bodies.Nothing) -> Called | None:
    """204 when nobody this counter takes is callable."""
    _office, place = _own_counter(session, counter)
    call = counter_actions.call_next(session, place, actor=actor(), now=now(), tz=config().tz)
    return None if call is None else lines.called(session, call, now())


@blueprint.post("/counters/<int:counter>/call")
@requires("officer", "head")
@endpoint(summary="Call somebody out of order, for a reason", body=bodies.CallOutOfTurn, answers={200: Called})
def call_ticket(session: Session, counter: int, body: bodies.CallOutOfTurn) -> Called:
    """A right (`may_not_pick`) that wants a reason, which is kept in the log of the office."""
    office, place = _own_counter(session, counter)
    ticket = store.ticket_by_id(session, body.ticket)
    if ticket.office_id != office.id:
        raise NotFound()
    call = counter_actions.call_ticket(session, place, ticket, reason=body.reason, actor=actor(), now=now())
    return lines.called(session, call, now())


def _before_number(session: Session, counter: int, body: bodies.TakeAtDesk) -> Forecast | None:
    """The forecast for a number that joins the line; who is served at once waits for nobody."""
    return None if body.serve else forecasts().at(session, _counter(session, counter)[0], now(), config().tz, giving=True)


@blueprint.post("/counters/<int:counter>/take")
@requires("officer", "head")
@endpoint(
    summary="A number for a walk-in who stands at the desk",
    body=bodies.TakeAtDesk,
    answers={200: LineTicket},
    before=_before_number,
)
def take_at_desk(session: Session, counter: int, body: bodies.TakeAtDesk, known: Forecast | None) -> LineTicket:
    """Served there at once, before whoever waits: a right (`may_not_pick`); or in the line, with a slip."""
    office, place = _own_counter(session, counter)
    service = offices.service_by_code(session, office, body.service)
    ticket = desk_actions.take_at_desk(
        session, place, service, priority=body.priority, reason=body.reason, serve=body.serve,
        actor=actor(), now=now(), tz=config().tz,
    )  # fmt: skip
    if known is not None:
        wait = wait_of_walk_in(Hall(session, office, now(), config().tz), ticket, known.prospect)
        slips.print_number(session, office, ticket, promise(session, ticket, known.prospect, wait, now()), now())
    return lines.one(session, ticket, now())


@blueprint.post("/counters/<int:counter>/alive")
@requires("officer", "head")
@endpoint(summary="The console of this counter is there", body=bodies.Nothing, answers={204: None}, keep_answer=False)
def alive(session: Session, counter: int, body: bodies.Nothing) -> None:
    """Sent every minute: a counter whose console is not heard of can be released."""
    _office, place = _counter(session, counter)
    _refuse_anothers(place)
    desk_actions.hear(session, place, actor=actor(), now=now())


@blueprint.post("/counters/<int:counter>/release")
@requires("officer", "head")
@endpoint(summary="Close a counter that has fallen silent", body=bodies.Nothing, answers={200: LineCounter})
def release(session: Session, counter: int, body: bodies.Nothing) -> LineCounter:
    """Whoever is there goes back to the line with the old hour. Refused with `counter_not_silent` otherwise."""
    office, place = _counter(session, counter)
    desk_actions.release(session, place, actor=actor(), now=now())
    return _shown(session, office, place)


@blueprint.post("/counters/<int:counter>/hand-over")
@requires("officer", "head")
@endpoint(summary="Pass a counter to another officer, with who is there", body=bodies.HandOver, answers={200: LineCounter})
def hand_over(session: Session, counter: int, body: bodies.HandOver) -> LineCounter:
    """Refused with `other_counter_open` when that officer sits somewhere else."""
    office, place = _own_counter(session, counter)
    desk_actions.hand_over(session, place, body.staff, actor=actor(), now=now())
    return _shown(session, office, place)


@blueprint.get("/offices/<office>/staff")
@requires("officer", "head")
@endpoint(summary="Who may sit at a counter, and who does", answers={200: list[StaffShown]})
def staff(session: Session, office: str) -> list[StaffShown]:
    """Active officers and heads of the office, by name."""
    return lines.staff(session, offices.office_by_code(session, office))


def _counter(session: Session, counter_id: int) -> tuple[Office, Counter]:
    counter, office = offices.counter_with_office(session, counter_id)
    ensure_office(office.code)
    return office, counter


def _own_counter(session: Session, counter_id: int) -> tuple[Office, Counter]:
    """A counter that nobody sits at is refused by the action; one of somebody else only a head may touch.

    The line is locked before it is asked who sits there: it may have been handed over a moment ago.
    """
    _office, counter = _counter(session, counter_id)
    office, counter = store.locked_counter(session, counter)
    _refuse_anothers(counter)
    return office, counter


def _refuse_anothers(counter: Counter) -> None:
    if counter.staff_id is not None and finding.is_anothers(counter):
        raise NotYourCounter(counter=counter.number)


def _shown(session: Session, office: Office, counter: Counter) -> LineCounter:
    return next(each for each in lines.counters(session, office, now()) if each.id == counter.id)
