"""The verbs of a ticket as JSON calls, and the bookings of today for the helper at the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import TypeVar

from flask import Blueprint
from sqlalchemy.orm import Session

from booking.masks import masked_phone
from booking.models import Appointment
from booking.store import ticket_of
from core.api import Body, endpoint
from core.rights import NotFound, Who, actor, ensure_office, requires
from core.web import config, local, now
from counter import actions as together
from counter import bodies, finding, lines, slips
from counter.refusals import NothingToPrint
from counter.shapes import BookingFound, BookingOpened, LineTicket, Printed
from office import store as offices
from office.actions import audit
from office.models import Counter, Office, Service
from office.words import service_name
from queueing import actions, counter_actions, paper_numbers, store, visit_actions
from queueing.lifecycle_rules import OPEN
from queueing.models import Ticket
from queueing.refusals import NotYourCounter

blueprint = Blueprint("ticket_api", __name__)

B = TypeVar("B", bound=Body)
Run = Callable[[Session, Office, Ticket, B], object]

OFFICERS: tuple[Who, ...] = ("officer", "head")
WITH_HELPER: tuple[Who, ...] = ("officer", "head", "helper")


def _verb(name: str, summary: str, body: type[B], run: Run[B], who: tuple[Who, ...] = OFFICERS) -> None:
    """Register POST /tickets/{id}/{name}: `run` does it, the answer is the ticket as it is afterwards."""

    def view(session: Session, ticket: int, body: B) -> LineTicket:
        office, found = _ticket(session, ticket)
        if who == OFFICERS:
            _refuse_anothers(session, store.locked_ticket(session, found)[1])
        run(session, office, found, body)
        return lines.one(session, found, now())

    named = requires(*who)(endpoint(summary=summary, body=body, answers={200: LineTicket})(view))
    rule = f"/tickets/<int:ticket>/{name}"
    blueprint.add_url_rule(rule, endpoint=name.replace("-", "_"), view_func=named, methods=["POST"])


def _ticket(session: Session, ticket_id: int) -> tuple[Office, Ticket]:
    ticket, office = store.ticket_with_office(session, ticket_id)
    ensure_office(office.code)
    return office, ticket


def _refuse_anothers(session: Session, ticket: Ticket) -> None:
    """Who stands at a counter is the business of the officer there, and of the head."""
    if ticket.state in OPEN and ticket.counter_id is not None:
        counter = store.counter_in_hand(session, ticket.counter_id)
        if finding.is_anothers(counter):
            raise NotYourCounter(counter=counter.number)


def _plainly(action: Callable[..., object]) -> Run[bodies.Nothing]:
    return lambda session, office, ticket, body: action(session, ticket, actor=actor(), now=now())


def _hold(session: Session, office: Office, ticket: Ticket, body: bodies.Hold) -> None:
    counter_actions.hold(session, ticket, why=body.why, actor=actor(), now=now())


def _resume(session: Session, office: Office, ticket: Ticket, body: bodies.Resume) -> None:
    """At the counter that is named, else at the officer's own; a helper sends the person back to the line."""
    counter = _counter(session, office, body.counter) or offices.seat_of(session, actor().id)
    counter_actions.resume(session, ticket, actor=actor(), now=now(), counter=counter)


def _transfer(session: Session, office: Office, ticket: Ticket, body: bodies.Transfer) -> None:
    counter = _counter(session, office, body.counter)
    service = _service(session, office, body.service) if body.service else None
    actions.transfer(session, ticket, actor=actor(), now=now(), service=service, counter=counter)


def _return(session: Session, office: Office, ticket: Ticket, body: bodies.Nothing) -> None:
    actions.return_ticket(session, ticket, actor=actor(), now=now(), tz=config().tz)


def _finish(session: Session, office: Office, ticket: Ticket, body: bodies.Finish) -> None:
    papers = [paper for paper in body.missing_papers if paper]
    visit_actions.finish(
        session, ticket, actor=actor(), now=now(), missing_papers=papers, dossier_code=body.dossier_code, all_done=body.all
    )
    if papers:
        slips.print_guide(session, office, ticket, now())


def _further(session: Session, office: Office, ticket: Ticket, body: bodies.Further) -> None:
    services = [_service(session, office, code) for code in body.services]
    visit_actions.set_further(session, ticket, services, actor=actor(), now=now())


def _change_service(session: Session, office: Office, ticket: Ticket, body: bodies.ChangeService) -> None:
    service = _service(session, office, body.service)
    actions.change_service(session, ticket, service, actor=actor(), now=now())


def _not_the_person(session: Session, office: Office, ticket: Ticket, body: bodies.Nothing) -> None:
    together.not_the_person(session, ticket, actor=actor(), now=now(), secret=config().secret_key)


def _people(session: Session, office: Office, ticket: Ticket, body: bodies.Absent) -> None:
    together.set_absent(session, ticket, body.absent, actor=actor(), now=now(), tz=config().tz)


def _mark(session: Session, office: Office, ticket: Ticket, body: bodies.Mark) -> None:
    """Without any member the call means what its name says: priority."""
    if body.needs_help is not None:
        actions.mark_needs_help(session, ticket, body.needs_help, now=now())
    if body.priority is not None or body.needs_help is None:
        actions.set_priority(session, ticket, body.priority is not False, actor=actor(), now=now())


_verb("recall", "Say the number again", bodies.Nothing, _plainly(counter_actions.recall))
_verb("serve", "The called person is here", bodies.Nothing, _plainly(counter_actions.serve))
_verb("absent", "Nobody answered the call", bodies.Nothing, _plainly(counter_actions.absent))
_verb("hold", "Put somebody aside; the place is kept", bodies.Hold, _hold)
_verb("resume", "Go on with somebody who was put aside", bodies.Resume, _resume, WITH_HELPER)
_verb("transfer", "Send somebody to another service, another counter, or back to the line", bodies.Transfer, _transfer)
_verb("return", "Bring a missed person back, or one who fetched the missing papers", bodies.Nothing, _return, WITH_HELPER)
_verb("finish", "The visit is over, or ends with the papers that are missing", bodies.Finish, _finish)
_verb("further", "What is still to be done after the present service, in order", bodies.Further, _further, WITH_HELPER)
_verb("undo", "Take back the last change of a ticket", bodies.Nothing, _plainly(together.undo), WITH_HELPER)
_verb("cancel", "Give a number up", bodies.Nothing, _plainly(actions.cancel), WITH_HELPER)
_verb("service", "Another service, the same number and place", bodies.ChangeService, _change_service, WITH_HELPER)
_verb("wrong-person", "Somebody else came with this booking: a walk-in from now on", bodies.Nothing, _not_the_person, WITH_HELPER)
_verb("people", "Who of a booking's people did not come", bodies.Absent, _people, WITH_HELPER)
_verb("priority", "Set or remove priority; mark that somebody needs help", bodies.Mark, _mark, WITH_HELPER)


@blueprint.post("/tickets/<int:ticket>/reprint")
@requires(*WITH_HELPER)
@endpoint(summary="Print the ticket's slip once more", body=bodies.Nothing, answers={200: Printed})
def reprint(session: Session, ticket: int, body: bodies.Nothing) -> Printed:
    """The same number, marked as a reprint; pressing twice gives one paper."""
    _office, found = _ticket(session, ticket)
    state = slips.print_again(session, found, now())
    if state is None:
        raise NothingToPrint(number=found.label)
    return Printed(state=state)


@blueprint.post("/offices/<office>/tickets/handwritten")
@requires(*WITH_HELPER)
@endpoint(
    summary="Enter numbers that were written by hand during an outage",
    body=bodies.HandwrittenNumbers,
    answers={201: list[LineTicket]},
)
def enter_handwritten(session: Session, office: str, body: bodies.HandwrittenNumbers) -> tuple[list[LineTicket], int]:
    """All or none, in the order sent; `number_taken` names a number that somebody has."""
    place = offices.office_by_code(session, office)
    services = {code: _service(session, place, code) for code in dict.fromkeys(each.service for each in body.tickets)}
    papers = [_paper(each, services[each.service]) for each in body.tickets]
    made = paper_numbers.enter_handwritten(session, place, papers, actor=actor(), now=now(), tz=config().tz)
    return lines.several(session, place, made, now()), 201


def _paper(sent: bodies.Handwritten, service: Service) -> paper_numbers.Handwritten:
    letters = sent.number.rstrip("0123456789")
    hour, minute = map(int, sent.taken_at.split(":"))
    number = int(sent.number.removeprefix(letters))
    return paper_numbers.Handwritten(letters.upper(), number, service, time(hour, minute), sent.priority)


# --- the bookings of today, for the door ------------------------------------------------------------------------------


@blueprint.post("/offices/<office>/bookings/find")
@requires(*WITH_HELPER)
@endpoint(summary="Find a booking of today; masked", body=bodies.Search, answers={200: list[BookingFound]}, keep_answer=False)
def find_bookings(session: Session, office: str, body: bodies.Search) -> list[BookingFound]:
    """By code, phone or its last digits, or name without marks. A POST: names and phones in an address end up in logs."""
    place = offices.office_by_code(session, office)
    found = finding.find(session, place, body.q, now=now(), tz=config().tz)
    return [_found(session, each) for each in found]


@blueprint.post("/offices/<office>/bookings/<int:booking>/open")
@requires(*WITH_HELPER)
@endpoint(
    summary="Open one booking: who it is; written down", body=bodies.Nothing, answers={200: BookingOpened}, keep_answer=False
)
def open_booking(session: Session, office: str, booking: int, body: bodies.Nothing) -> BookingOpened:
    """The log names the booking and who opened it, never the person."""
    place = offices.office_by_code(session, office)
    found = finding.opened(session, place, booking)
    audit(session, "booking_opened", now(), office_id=place.id, staff_id=actor().id, booking=found.id)
    ticket, services = ticket_of(session, found), store.services_by_id(session, place).values()
    present = ticket.people if ticket else 1 + len(found.people)
    everybody = lines.people_of(found, present, services, str)
    whole = _found(session, found).model_dump() | {"name": found.name, "phone": found.phone}
    return BookingOpened(**whole, code=found.code, everybody=everybody)


def _found(session: Session, booking: Appointment) -> BookingFound:
    ticket = ticket_of(session, booking)
    return BookingFound(
        id=booking.id,
        starts_at=local(booking.starts_at),
        service=service_name(booking.service),
        name=lines.masked(booking.name),
        phone=masked_phone(booking.phone),
        people=1 + len(booking.people),
        number=ticket.label if ticket else None,
    )


def _counter(session: Session, office: Office, counter_id: int | None) -> Counter | None:
    if counter_id is None:
        return None
    counter = offices.counter_by_id(session, counter_id)
    if counter.office_id != office.id:
        raise NotFound()
    return counter


def _service(session: Session, office: Office, code: str) -> Service:
    return offices.service_by_code(session, office, code)
