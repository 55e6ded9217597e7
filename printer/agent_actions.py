"""What a print agent does: take a job, tell what became of it, tell how its printer is. Each may be said twice and counts once.

An agent names itself by a word that it made up once and keeps beside its own list of what it has begun. A job it was given and
has not begun is given to it again: the answer was lost on the way, and not one byte was sent.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from core.rights import NotFound
from printer import actions, store
from printer.models import Printer, PrintJob
from printer.outcome import Outcome
from printer.refusals import NoAgentPrinter, WhichPrinter


def printer_of(session: Session, place: str, key: str | None, now: datetime) -> Printer:
    """The printer that an agent of `place` drives: the one it names, or the only one of kind "agent".

    The first agent of a place finds none. It takes the place of the file printer that stood in for a printer, so that the kiosks
    assigned to it print on paper from now on; where that is not the only printer, a new one is set up. Raises `NoAgentPrinter`
    and `WhichPrinter`.
    """
    here = [printer for printer in store.printers_at(session, place) if printer.active]
    agents = [printer for printer in here if printer.kind == "agent"]
    if key:
        found = next((printer for printer in agents if printer.key == key), None)
        if found is None:
            raise NoAgentPrinter(printers=[printer.key for printer in agents])
        return found
    if len(agents) > 1:
        raise WhichPrinter(printers=[printer.key for printer in agents])
    return agents[0] if agents else _first_agent(session, place, here, now)


def _first_agent(session: Session, place: str, here: list[Printer], now: datetime) -> Printer:
    stands_in = here[0] if len(here) == 1 and here[0].kind == "file" else None
    key = stands_in.key if stands_in else f"{place}/agent"
    if stands_in is None and store.find_printer(session, key) is not None:
        raise NoAgentPrinter(printers=[])  # somebody took it out of service, or made it another kind
    name, width = (stands_in.name, stands_in.width_dots) if stands_in else (key, 576)
    return actions.set_up(session, key, kind="agent", address="", place=place, name=name, width_dots=width, now=now)


def worker_name(agent: str) -> str:
    """Under which name an agent claims jobs; no process of the server is called so."""
    return f"agent-{agent}"


def mark_of(job: PrintJob) -> str:
    """What an agent knows a job by: the number alone would mean another job after a backup was put back."""
    return f"{job.id}@{job.created_at.isoformat()}"


def is_to_begin(job: PrintJob, agent: str, begun: Collection[str]) -> bool:
    """Whether this agent was given the job and knows nothing of it."""
    return job.claimed_by == worker_name(agent) and mark_of(job) not in begun


def lease(session: Session, printer: Printer, agent: str, begun: Collection[str], now: datetime) -> PrintJob | None:
    """The next job for this agent, None when nothing waits. Holds the printer's row."""
    store.lock_printer(session, printer.id).agent_seen_at = now
    under_way = store.sending_job(session, printer.id)
    if under_way is not None and is_to_begin(under_way, agent, begun):
        if under_way.expires_at > now:
            under_way.claimed_until = now + actions.LEASE
            return under_way
        actions.give_back(session, under_way, now)
    return actions.claim(session, printer.id, worker_name(agent), now)


def result(session: Session, place: str, job_id: int, mark: str, agent: str, outcome: Outcome, now: datetime) -> str:
    """Write down what became of a job; its state, which is the first thing it was told unless that was uncertain.

    Raises NotFound for a job of another place, and for one that has the number but not the mark.
    """
    job = session.get(PrintJob, job_id)
    if job is None or job.printer.place != place or mark_of(job) != mark:
        raise NotFound()
    if job.claimed_by == worker_name(agent):
        actions.settle(session, job.id, outcome, now)
    return job.state


def report(session: Session, printer: Printer, state: str, detail: str, now: datetime) -> None:
    """The agent asked its printer how it is."""
    store.lock_printer(session, printer.id).agent_seen_at = now
    actions.note_printer(session, printer.id, state, detail, now)
