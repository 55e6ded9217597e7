"""A ticket and the board as everybody may see them. Plain data: JSON as it stands, instants as RFC 3339 text, no name.

Each is read in the caller's transaction and carries `version`, the office's `seq` at that moment. What staff see is in
line_views.py.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from office import store as office_store
from office.models import Office
from printer.store import states_of
from queueing import store
from queueing.hall import Hall, text
from queueing.lifecycle_rules import OPEN
from queueing.models import Call, Ticket

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


def ticket_views(session: Session, office: Office, tickets: Sequence[Ticket], now: datetime, tz: ZoneInfo) -> dict[str, View]:
    """The same for many tickets of one office, by token: hundreds of telephones cost as many queries as one."""
    hall = Hall(session, office, now, tz)
    calls = store.latest_calls(session, [ticket.id for ticket in tickets if ticket.state in (*OPEN, "missed")])
    printed = states_of(session, [print_reference(ticket.id) for ticket in tickets], now)
    return {
        ticket.token: _ticket(hall, ticket, calls.get(ticket.id), printed.get(print_reference(ticket.id))) for ticket in tickets
    }


def _ticket(hall: Hall, ticket: Ticket, call: Call | None, printed: str | None) -> View:
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
        "wait": None,
        "counter": hall.number_of(ticket.counter_id),
        "counters": hall.may_go_to(ticket),
        "slot_at": text(ticket.slot_at),
        "call_from": text(hall.call_from.get(ticket.id) if ticket.state == "waiting" else None),
        "arrived_at": text(ticket.arrived_at),
        "called_at": text(call.called_at if call else None),
        "times": call.times if call else 0,
        "missing_papers": ticket.missing_papers if ticket.state == "done" else [],
        "print": {"state": printed},
    }


# --- the board, for everybody -----------------------------------------------------------------------------------------


def board_view(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> View:
    """The lobby's board: numbers, counters and counts, never a name, a reason or a group."""
    hall = Hall(session, office, now, tz)
    tickets = store.live_tickets(session, office, hall.days)
    waiting = Tally(hall.services[ticket.service_id].field for ticket in tickets if ticket.state == "waiting")
    offered = (service.field for service in office_store.services_of(session, office))
    return {
        "version": office.seq,
        "now": text(now),
        "office": office.code,
        "now_serving": [
            {"number": ticket.label, "counter": hall.number_of(ticket.counter_id), "state": ticket.state}
            for ticket in sorted(tickets, key=lambda ticket: hall.number_of(ticket.counter_id) or 0)
            if ticket.state in OPEN
        ],
        "recent": _recent(hall),
        "waiting": sum(waiting.values()),
        "waiting_by_field": [{"field": field, "waiting": waiting.get(field, 0)} for field in dict.fromkeys([*offered, *waiting])],
        "open_counters": [counter.number for counter in hall.counters if counter.state == "open"],
    }


def _recent(hall: Hall) -> list[View]:
    calls = sorted(hall.calls, key=lambda call: (call.last_called_at, call.id), reverse=True)[:RECENT_CALLS]
    tickets = store.tickets_by_id(hall.session, [call.ticket_id for call in calls])
    return [
        {
            "call_id": call.id,
            "number": tickets[call.ticket_id].label,
            "lang": tickets[call.ticket_id].lang,
            "counter": hall.number_of(call.counter_id),
            "called_at": text(call.called_at),
            "last_called_at": text(call.last_called_at),
            "times": call.times,
            "service": hall.services[tickets[call.ticket_id].service_id].name,
            "field": hall.services[tickets[call.ticket_id].service_id].field,
        }
        for call in calls
    ]
