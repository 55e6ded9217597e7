"""The whole line as staff see it, with the reason of every place. Plain data: JSON as it stands, instants as RFC 3339 text.

Officers' own names are in it (who sits at which counter), so it is never shown in public; nobody else's are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from office import store as office_store
from office.models import Office, Staff
from office.plans import AnyService
from office.words import service_name
from queueing import line_store, store
from queueing.hall import Hall, text
from queueing.lifecycle_rules import OPEN, absent_from, may_undo, recall_from
from queueing.models import WRONG_PERSON, Call, Ticket
from queueing.order_rules import Place
from queueing.policy import Policy
from queueing.rules import Reason, own_reason
from queueing.silence import heard_at, left_alone
from queueing.waiting_rules import Span, waited_open_minutes
from queueing.words import done_sentence, reason_sentence

View = dict[str, Any]
AnyTicket = Ticket | line_store.AnyRow


def line_view(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> View:
    """The whole line: who waits in calling order and why, who is missed and held, and every counter with its next."""
    hall = Hall(session, office, now, tz)
    tickets = {ticket.id: ticket for ticket in line_store.live_tickets(session, office, hall.days)}
    reasons = {place.who.id: _place_reason(hall, place) for place in hall.order}
    latest = store.latest_calls(session, tickets.keys() & {call.ticket_id for call in hall.calls})
    # The rule has read the stretches of those who wait.
    waits: dict[int, Sequence[Span]] = {who.id: who.spans for who in hall.line.waiting}
    lives = store.lives_of(session, tickets.keys() - waits.keys())

    def shown(ticket: AnyTicket) -> View:
        life = lives.get(ticket.id, ())
        known = hall.line.standing.get(ticket.id)
        if known is not None and not known.who.booked:
            waited = int(known.waited)
        else:
            waited = _waited(hall, ticket, waits.get(ticket.id) or _waits(life))
        return _line_ticket(hall, ticket, latest.get(ticket.id), reasons.get(ticket.id), waited, _held_why(ticket, life))

    here = {ticket.counter_id: shown(ticket) for ticket in tickets.values() if ticket.state in OPEN}
    return {
        "version": office.seq,
        "now": text(now),
        "office": office.code,
        "waiting": [shown(tickets[place.who.id]) | {"people_ahead": hall.ahead[place.who.id]} for place in hall.order],
        "missed": [shown(ticket) for ticket in tickets.values() if ticket.state == "missed"],
        "held": [shown(ticket) for ticket in tickets.values() if ticket.state == "held"],
        "counters": _counters(hall, here, tickets),
    }


def counters_view(session: Session, office: Office, now: datetime, tz: ZoneInfo) -> list[View]:
    """Every counter: its services, who sits there, its ticket, the next it would call, and what may be taken back there."""
    counters: list[View] = line_view(session, office, now, tz)["counters"]
    return counters


def line_ticket_view(session: Session, ticket: Ticket, now: datetime, tz: ZoneInfo) -> View:
    """One ticket as staff see it: what every action of staff answers."""
    return line_ticket_views(session, store.office_of_ticket(session, ticket), [ticket], now, tz)[0]


def line_ticket_views(session: Session, office: Office, tickets: Sequence[Ticket], now: datetime, tz: ZoneInfo) -> list[View]:
    """The same for many tickets of one office, in their order."""
    hall = Hall(session, office, now, tz)
    ids = [ticket.id for ticket in tickets]
    calls, lives = store.calls_in_hand(session, ids), store.lives_of(session, ids)
    waiting = {ticket.id for ticket in tickets if ticket.state == "waiting"}
    reasons = {place.who.id: _place_reason(hall, place) for place in hall.order if place.who.id in waiting} if waiting else {}

    def shown(ticket: Ticket) -> View:
        life = lives[ticket.id]
        waited = _waited(hall, ticket, _waits(life))
        return _line_ticket(hall, ticket, calls.get(ticket.id), reasons.get(ticket.id), waited, _held_why(ticket, life))

    return [shown(ticket) | {"version": office.seq, "token": ticket.token} for ticket in tickets]


def call_reason(call: Call, tz: ZoneInfo) -> View:
    """Why a call was made: `{code, sentence}`."""
    return {"code": call.reason, "sentence": reason_sentence(call.reason, call.params, tz)}


def _line_ticket(hall: Hall, ticket: AnyTicket, call: Call | None, reason: View | None, waited: int, why: str) -> View:
    return {
        "id": ticket.id,
        "number": ticket.label,
        "state": ticket.state,
        "state_at": text(ticket.state_at),
        "service": hall.told(ticket.service_id),
        "kind": ticket.kind,
        "arrival": ticket.arrival,
        "people": ticket.people,
        "minutes": ticket.minutes,
        "appointment": ticket.appointment_id if ticket.arrival != WRONG_PERSON else None,
        "slot_at": text(ticket.slot_at),
        "arrived_at": text(ticket.arrived_at),
        "due_at": text(ticket.due_at),
        "priority": ticket.priority,
        "needs_help": ticket.needs_help,
        "lang": ticket.lang,
        "reason": reason or (call_reason(call, hall.tz) if call else None),
        "waited": waited,
        "called_at": text(call.called_at if call else None),
        "first_called_at": text(ticket.first_called_at),
        "times": call.times if call else 0,
        "attempts": ticket.attempts,
        "why": why,
        "for_counter": hall.sent_to.get(ticket.id) if ticket.for_counter_id is not None else None,
        "outcome": ticket.outcome,
        "missing_papers": ticket.missing_papers,
        "further": [_named(hall.services[each]) for each in ticket.further if each in hall.services],
        "carried_on": ticket.carried_on.isoformat() if ticket.carried_on else None,
        "dossier_code": ticket.dossier_code,
    } | _while_called(hall, ticket, call)


def _named(service: AnyService) -> View:
    return {"code": service.code, "name": service_name(service)}


def _while_called(hall: Hall, ticket: AnyTicket, call: Call | None) -> View:
    """From when the number may be said again and its absence is suggested: the screens count, the rules say from when."""
    if ticket.state != "called" or call is None:
        return {"recall_from": None, "absent_from": None}
    policy = store.policy_of(hall.office)
    return {
        "recall_from": text(recall_from(call.last_called_at, policy)),
        "absent_from": text(absent_from(call.times, call.called_at, policy)),
    }


def _place_reason(hall: Hall, place: Place) -> View:
    """Why somebody stands there, in words that are true now: what the rule will say later is not said yet."""
    reason, who = place.choice.reason, place.who
    if who.booked and who.slot_at is not None and who.call_from(hall.line.policy) > hall.now:
        reason = Reason("booked_later", {"slot_at": who.slot_at, "call_from": who.call_from(hall.line.policy)})
    elif place.about_at > hall.now and reason.code == "guard":
        reason = own_reason(who)
    elif place.about_at > hall.now and reason.code == "booked_overdue":
        reason = Reason("booked", reason.params)
    return {"code": reason.code, "sentence": reason_sentence(reason.code, reason.params, hall.tz)}


def _waits(life: Sequence[store.Stretch]) -> Sequence[Span]:
    return [Span(each.from_at, each.to_at) for each in life if each.state == "waiting"]


def _waited(hall: Hall, ticket: AnyTicket, waits: Sequence[Span]) -> int:
    spans = [Span(max(each.start, ticket.due_at), each.end) for each in waits]
    return int(waited_open_minutes(spans, hall.opening, hall.now))


def _held_why(ticket: AnyTicket, life: Sequence[store.Stretch]) -> str:
    return life[-1].why if ticket.state == "held" else ""


def _counters(hall: Hall, here: Mapping[int | None, View], tickets: Mapping[int, AnyTicket]) -> list[View]:
    staff = {person.id: person for person in office_store.staff_of(hall.session, hall.office)}
    undo = _undo_by_counter(hall)
    views = []
    for counter in hall.counters:
        choice = hall.line.next_call(counter.id)
        next_one = choice and {
            "id": choice.ticket,
            "number": tickets[choice.ticket].label,
            "reason": {
                "code": choice.reason.code,
                "sentence": reason_sentence(choice.reason.code, choice.reason.params, hall.tz),
            },
        }
        views.append(
            {
                "id": counter.id,
                "number": counter.number,
                "name": counter.name,
                "state": counter.state,
                "pause_reason": counter.pause_reason,
                "back_at": text(counter.back_at),
                "seen_at": text(heard_at(counter)) if counter.state != "closed" else None,
                "silent": left_alone(hall.office, counter, hall.now),
                "staff": _person(staff.get(counter.staff_id or 0), counter.staff_id),
                "services": [hall.services[service].code for service in hall.skills.get(counter.id, ())],
                "ticket": here.get(counter.id),
                "next": next_one,
                "undo": undo.get(counter.id),
            }
        )
    return views


def _person(person: Staff | None, staff_id: int | None) -> View | None:
    if staff_id is None:
        return None
    return {"id": staff_id, "name": person.name if person else ""}


def _undo_by_counter(hall: Hall) -> dict[int, View]:
    """What may be taken back at each counter: everything of its last press, the latest change first."""
    policy = hall.line.policy
    presses: dict[int, list[tuple[datetime, bool, line_store.AnyRow]]] = defaultdict(list)
    for ticket in line_store.changed_since(hall.session, hall.office, hall.now - timedelta(seconds=policy.undo_s)):
        note = ticket.undo
        done_at = datetime.fromisoformat(note["at"]) if note else None
        if note and done_at and note["counter"] is not None and may_undo(done_at, policy, hall.now):
            # A call goes back before the finish that made room for it, also when both are of one instant.
            presses[note["counter"]].append((done_at, note["verb"] == "call", ticket))
    return {counter: _undo(changes, policy) for counter, changes in presses.items()}


def _undo(changes: list[tuple[datetime, bool, line_store.AnyRow]], policy: Policy) -> View:
    changes.sort(key=lambda change: change[:2], reverse=True)
    last, called, _ticket = changes[0]
    # "Done, call the next" is one press and one instant; whatever else a fast officer did before is a press of its own.
    before = (changes[1][2].undo or {}).get("verb") if called and len(changes) > 1 and changes[1][0] == last else None
    both = before in ("finish", "go_on")
    tickets = [ticket for _at, _call, ticket in changes[: 2 if both else 1]]
    sentences = [done_sentence(ticket.undo["verb"], ticket.label) for ticket in reversed(tickets) if ticket.undo]
    return {
        "tickets": [ticket.id for ticket in tickets],
        "until": text(last + timedelta(seconds=policy.undo_s)),
        "sentence": " ".join(sentences),
    }
