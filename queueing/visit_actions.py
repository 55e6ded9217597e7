"""How a visit goes on and ends: what is still to be done, where a person goes after this counter, and what came of it.

Each locks the office's line first, never commits, and tells the screens through `OfficeChanged`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import Actor, NotFound
from office.models import Service
from office.plans import plan_of
from queueing import change_store, line_log, store
from queueing.actions import PAPERS_MISSING
from queueing.changes import audit_ticket, move, remember, state_after
from queueing.lifecycle_rules import goes_on, minutes_left
from queueing.models import Ticket

Outcome = Literal["served", "papers_missing", "left"]


def set_further(session: Session, ticket: Ticket, services: Sequence[Service], *, actor: Actor, now: datetime) -> Ticket:
    """What is still to be done after the present service, in order; all of it each time.

    Raises WrongState, FormRefused for a service named twice, NotFound for another office's.
    """
    office, ticket = store.locked_ticket(session, ticket)
    state_after(ticket, "further")
    if any(service.office_id != office.id for service in services):
        raise NotFound()
    wanted = [service.id for service in services]
    if len({ticket.service_id, *wanted}) <= len(wanted):
        raise FormRefused({"services": _("Mỗi việc chỉ ghi một lần, và không ghi lại việc đang làm.")})
    if wanted != ticket.further:
        remember(session, ticket, "further", counter_id=ticket.counter_id, now=now)
        ticket.further = wanted
        ticket.version += 1
        audit_ticket(session, "further", ticket, actor=actor, now=now, services=[service.code for service in services])
    session.flush()
    return ticket


def finish(
    session: Session,
    ticket: Ticket,
    *,
    actor: Actor,
    now: datetime,
    outcome: Outcome = "served",
    missing_papers: Sequence[str] = (),
    dossier_code: str | None = None,
    all_done: bool = False,
) -> Ticket:
    """This counter has done its part. Who has something to do elsewhere goes back to the line for it, with number and hour.

    With `missing_papers` the visit ends with "hướng dẫn bổ sung", and may be reopened once today; `all_done` ends it though
    something was left. Raises WrongState.
    """
    _office, ticket = store.locked_ticket(session, ticket)
    end_at_counter(
        session, ticket, PAPERS_MISSING if missing_papers else outcome, actor=actor, now=now,
        missing_papers=missing_papers, dossier_code=dossier_code, all_done=all_done,
    )  # fmt: skip
    return ticket


def end_at_counter(
    session: Session,
    ticket: Ticket,
    outcome: str,
    *,
    actor: Actor,
    now: datetime,
    missing_papers: Sequence[str] = (),
    dossier_code: str | None = None,
    all_done: bool = False,
) -> None:
    """`finish` for who has locked the line."""
    left, done_here = ticket.counter_id, _done_here(session, ticket)
    goes_further = outcome == "served" and not all_done
    following, rest = goes_on(ticket.further, done_here) if goes_further else (None, [])
    state = state_after(ticket, "finish" if following is None else "go_on")
    verb, minutes = ("finish", None) if following is None else ("go_on", ticket.minutes)
    remember(session, ticket, verb, counter_id=left, now=now, minutes=minutes)
    call = store.present_of(session, ticket).call
    if call is not None and call.answered_at is None and call.withdrawn_at is None:
        call.answered_at = now
    ticket.missing_papers, ticket.dossier_code = list(missing_papers), dossier_code or ticket.dossier_code
    if following is not None:
        _take_up(session, ticket, following, rest, done_here)
    else:
        ticket.outcome = outcome
        ticket.further = [] if outcome == "served" else ticket.further
    move(session, ticket, state, actor=actor, now=now, why=outcome if following is None else "further", seen_at=left)


def _done_here(session: Session, ticket: Ticket) -> Sequence[int]:
    """The services of the counter where somebody is served, or was before being held."""
    if not ticket.further:
        return ()
    stretch = store.present_of(session, ticket).stretch
    counter_id = ticket.counter_id or (stretch.counter_id if stretch else None)
    plan = plan_of(session, store.office_of_ticket(session, ticket), line_log.tz_of(session))
    return plan.skills.get(counter_id or 0, ())


def _take_up(session: Session, ticket: Ticket, following: int, rest: list[int], done_here: Sequence[int]) -> None:
    done = {ticket.service_id, *(service for service in ticket.further if service in done_here)}
    minutes = change_store.minutes_of(session, {*done, following})
    ticket.minutes = minutes_left(ticket.minutes, sum(minutes[each] for each in done), minutes[following])
    ticket.service_id, ticket.further, ticket.for_counter_id = following, rest, None
