"""A ticket and the board as everybody may see them. Plain data: JSON as it stands, instants as RFC 3339 text, no name.

Each is read in the caller's transaction and carries `version`, the office's `seq` at that moment. What staff see is in
line_views.py.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from office import stops
from office.hours import local_day
from office.models import Counter, Office
from printer.store import Paper, papers_of
from queueing import day_rules, day_store, line_store, store
from queueing.forecasts import Forecast
from queueing.hall import Hall, text
from queueing.lifecycle_rules import OPEN, State
from queueing.models import Call, Ticket
from queueing.prospects import Foreseen

View = dict[str, Any]
RECENT_CALLS = 12
"""How many of the last calls a board is sent: a 4K wall shows no more."""


def print_reference(ticket_id: int) -> str:
    """Under which reference the slips of a ticket are printed."""
    return f"ticket:{ticket_id}"


# --- one ticket -------------------------------------------------------------------------------------------------------


def ticket_view(session: Session, ticket: Ticket, now: datetime, tz: ZoneInfo) -> View:
    """A ticket as its person and the kiosk see it: where it stands, where to go, what became of the paper."""
    office = store.office_of_ticket(session, ticket)
    return ticket_views(session, office, [ticket], now, tz)[ticket.token]


def ticket_views(
    session: Session,
    office: Office,
    tickets: Sequence[Ticket],
    now: datetime,
    tz: ZoneInfo,
    forecast: Forecast | None = None,
) -> dict[str, View]:
    """The same for many tickets of one office, by token: hundreds of telephones cost as many queries as one.

    `forecast` says how long each waits; it is made outside of any write transaction (queueing.forecasts), else left out.
    """
    hall = Hall(session, office, now, tz)
    calls = store.latest_calls(session, [ticket.id for ticket in tickets if ticket.state in (*OPEN, "missed")])
    printed = papers_of(session, [print_reference(ticket.id) for ticket in tickets], now)
    followed = day_store.tokens_of_continuing(session, [ticket.id for ticket in tickets if ticket.carried_on is not None])
    return {
        ticket.token: _ticket(hall, ticket, calls.get(ticket.id), printed.get(print_reference(ticket.id)))
        | _edges(hall, ticket, followed.get(ticket.id))
        | (foreseen_view(forecast.foreseen(ticket, hall.call_from.get(ticket.id), now)) if forecast else {})
        for ticket in tickets
    }


def new_ticket_view(hall: Hall, ticket: Ticket) -> View:
    """The same of a ticket that this transaction has made: nobody has called it, and no paper of it is under way."""
    return _ticket(hall, ticket, None, None) | _edges(hall, ticket, None)


def foreseen_view(foreseen: Foreseen) -> View:
    """A forecast as it is sent: whole minutes from now, and the instants that go with it."""
    wait = foreseen.wait
    return {
        "wait": {"median": wait.median, "low": wait.low, "high": wait.high} if wait else None,
        "after_break": text(foreseen.after_break),
        "perhaps_after_break": text(foreseen.perhaps_after_break),
        "call_about": text(foreseen.call_about),
    }


def _ticket(hall: Hall, ticket: Ticket, call: Call | None, paper: Paper | None) -> View:
    service = hall.services[ticket.service_id]
    return {
        "version": hall.office.seq,
        "id": ticket.id,
        "number": ticket.label,
        "token": ticket.token,
        "state": ticket.state,
        "service": service.code,
        "service_name": service.name,
        "priority": ticket.priority,
        "people": ticket.people,
        "people_ahead": hall.ahead.get(ticket.id) if ticket.state == "waiting" else None,
        **foreseen_view(Foreseen()),
        "counter": hall.number_of(ticket.counter_id),
        "counters": hall.may_go_to(ticket),
        "slot_at": text(ticket.slot_at),
        "call_from": text(hall.call_from.get(ticket.id) if ticket.state == "waiting" else None),
        "arrived_at": text(ticket.arrived_at),
        "called_at": text(call.called_at if call else None),
        "times": call.times if call else 0,
        "missing_papers": ticket.missing_papers if ticket.state == "done" else [],
        "print": paper_view(paper),
    }


def paper_view(paper: Paper | None) -> View:
    """What became of a slip, or that none was printed."""
    return {"state": paper.state if paper else None, "at": paper.elsewhere if paper else None}


def _edges(hall: Hall, ticket: Ticket, followed_by: str | None) -> View:
    """What the day's edges mean for a ticket: a past day's has expired, over a break calling goes on later, a slip has its day.

    `continued` is the token of the ticket that the slip became.
    """
    state = day_rules.state_shown(cast(State, ticket.state), ticket.on, hall.days)
    opening = day_rules.first_opening(hall.hours, ticket.carried_on) if ticket.carried_on else None
    return {
        "state": state,
        "on": ticket.on.isoformat(),
        "resumes_at": text(hall.resumes_at([ticket.service_id])) if state == "waiting" else None,
        "carried_on": ticket.carried_on.isoformat() if ticket.carried_on else None,
        "carried_from_at": text(opening),
        "continued": followed_by,
    }


# --- the board, for everybody -----------------------------------------------------------------------------------------


def board_view(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> View:
    """The lobby's board: numbers, counters and counts, never a name, a reason or a group."""
    hall = Hall(session, office, now, tz)
    tickets = line_store.shown_tickets(session, office, hall.days)
    waiting = Tally(hall.services[ticket.service_id].field for ticket in tickets if ticket.state == "waiting")
    offered = (service.field for service in hall.plan.offered)
    return {
        "version": office.seq,
        "now": text(now),
        "office": office.code,
        "now_serving": [
            {
                "number": ticket.label,
                "counter": hall.number_of(ticket.counter_id),
                "state": ticket.state,
                "field": hall.services[ticket.service_id].field,
            }
            for ticket in sorted(tickets, key=lambda ticket: hall.number_of(ticket.counter_id) or 0)
            if ticket.state in OPEN
        ],
        "recent": _recent(hall),
        "waiting": sum(waiting.values()),
        "waiting_by_field": [{"field": field, "waiting": waiting.get(field, 0)} for field in dict.fromkeys([*offered, *waiting])],
        "open_counters": [counter.number for counter in hall.counters if counter.state == "open"],
        "counters": [_counter(hall, counter) for counter in hall.counters],
        "stops": [
            {"field": stop.field, "reason": stop.reason, "from_at": text(stop.from_at)}
            for stop in stops.live(session, office, local_day(now, tz))
        ],
        "resumes_at": text(hall.resumes_at()),
    }


def _counter(hall: Hall, counter: Counter) -> View:
    """A counter with the fields of work it takes, in its own order, and when it means to be back from a pause."""
    taken = (hall.services[service].field for service in hall.skills.get(counter.id, ()) if service in hall.services)
    fields = list(dict.fromkeys(taken))
    return {"number": counter.number, "state": counter.state, "back_at": text(counter.back_at), "fields": fields}


def _recent(hall: Hall) -> list[View]:
    """The last people called, each once, with the newest call: a person called again elsewhere has one place to go to.

    After them whoever has still to come, however many were called since: a display that was away says those it missed.
    """
    newest: dict[int, Any] = {}
    for call in line_store.recent_calls(hall.session, hall.office, hall.days):
        newest.setdefault(call.ticket_id, call)
    shown = [call for place, call in enumerate(newest.values()) if place < RECENT_CALLS or call.state == "called"]
    return [
        {
            "call_id": call.id,
            "number": call.label,
            "lang": call.lang,
            "counter": hall.number_of(call.counter_id),
            "called_at": text(call.called_at),
            "last_called_at": text(call.last_called_at),
            "times": call.times,
            "service": hall.services[call.service_id].name,
            "field": hall.services[call.service_id].field,
        }
        for call in shown
    ]
