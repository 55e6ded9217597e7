"""The verbs of paper. Each runs in the caller's transaction and commits nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.events import record
from printer import store
from printer.events import PrinterChanged, PrintJobChanged
from printer.models import Printer, PrintJob
from printer.outcome import WELL, Outcome
from printer.slip import Slip

KIOSK_EXPIRES_IN = timedelta(seconds=30)
EXPIRES_IN = timedelta(minutes=3)
"""How long a slip may still come out (printing.md). A person at a kiosk has left by then; a printer that comes back must not
hand out strangers' slips."""

LEASE = timedelta(seconds=60)
"""How long a worker may take for one job before it counts as dead: drawing
twice over (40 s) and the slowest delivery (15 s) fit."""


class NoSuchPrinter(LookupError):
    """No printer has this key. A fault of the setting-up, not of the person at the kiosk: ask `store.find_printer` first."""


def set_up(
    session: Session, key: str, *, kind: str, address: str, place: str, name: str, width_dots: int, now: datetime
) -> Printer:
    """The printer `key` as described, in service: made, or changed when it is there. Its state is asked anew."""
    printer = store.find_printer(session, key) or Printer(key=key)
    printer.kind, printer.address, printer.place = kind, address, place
    printer.name, printer.width_dots, printer.active = name, width_dots, True
    printer.state, printer.detail, printer.state_since, printer.checked_at = "unknown", "", now, None
    session.add(printer)
    session.flush()
    return printer


def submit(
    session: Session,
    printer_key: str,
    slip: Slip,
    *,
    reference: str,
    kind: str,
    now: datetime,
    expires_in: timedelta = EXPIRES_IN,
) -> PrintJob:
    """Queue `slip`; the row is written with the thing it announces. Raises `NoSuchPrinter`.

    At a printer taken out of service the job is blocked at once, so that the person is told, not kept waiting.
    """
    printer = store.find_printer(session, printer_key)
    if printer is None:
        raise NoSuchPrinter(printer_key)
    job = PrintJob(
        printer=printer,
        kind=kind,
        document=slip.to_dict(),
        reference=reference,
        state="queued" if printer.active else "blocked",
        detail="" if printer.active else "printer out of service",
        reprint=slip.reprint,
        created_at=now,
        expires_at=now + expires_in,
    )
    session.add(job)
    session.flush()
    _tell(session, job)
    return job


def reprint(session: Session, job_id: int, *, now: datetime) -> PrintJob:
    """Queue the same slip once more, marked as a reprint: only ever because a person asked.

    While a copy of it is still on its way, that one is the answer: pressing twice gives one paper. Raises LookupError.
    """
    first = session.get(PrintJob, job_id)
    if first is None:
        raise LookupError(job_id)
    store.lock_printer(session, first.printer_id)
    latest = store.latest_job(session, first.reference)
    if latest is not None and latest.reprint and store.state_now(latest, now) in ("queued", "sending"):
        return latest
    marked = Slip.from_dict({**first.document, "reprint": True})
    return submit(session, first.printer.key, marked, reference=first.reference, kind=first.kind, now=now)


def claim(session: Session, printer_id: int, worker: str, now: datetime) -> PrintJob | None:
    """The next job of this printer for `worker`, in state sending; commit it before the first byte is sent.

    None when nothing waits or a page is under way. What is too old becomes expired, and what a dead worker left in
    sending becomes uncertain: it may be on paper, so it is never sent again by itself. Holds the printer's row.
    """
    printer = store.lock_printer(session, printer_id)
    sweep(session, printer_id, now)
    job = store.next_queued(session, printer_id) if printer.active else None
    if job is None or store.is_sending(session, printer_id):
        return None
    job.state, job.sending_at = "sending", now
    job.claimed_by, job.claimed_until = worker, now + LEASE
    session.flush()
    _tell(session, job)
    return job


def settle(session: Session, job_id: int, outcome: Outcome, now: datetime) -> PrintJob:
    """Write down what became of a claimed job and how its printer is. Holds the printer's row.

    An answer that comes after the job was given up as uncertain still counts: it is the better knowledge.
    """
    job = session.get_one(PrintJob, job_id)
    printer = store.lock_printer(session, job.printer_id)
    session.refresh(job)
    if job.state in ("sending", "uncertain"):
        _finish(session, job, outcome.state, outcome.detail, now)
    if outcome.printer_state is not None:
        _note_state(session, printer, outcome.printer_state, outcome.detail, now)
    return job


def note_printer(session: Session, printer_id: int, state: str, detail: str, now: datetime) -> None:
    """A printer was asked how it is. When it is well again, the blocked jobs that still may come out are queued again."""
    printer = store.lock_printer(session, printer_id)
    _note_state(session, printer, state, detail, now)
    sweep(session, printer_id, now)
    if state not in WELL:
        return
    for job in store.blocked_jobs(session, printer_id):
        job.state, job.detail, job.finished_at = "queued", "", None
        _tell(session, job)


def sweep(session: Session, printer_id: int, now: datetime) -> None:
    """At one printer, give up what is too old and what was claimed for longer than its lease."""
    for job in store.overdue_jobs(session, printer_id, now):
        _finish(session, job, "expired", job.detail, now)
    for job in store.lapsed_jobs(session, printer_id, now):
        _finish(session, job, "uncertain", "the server stopped while sending", now)


def give_up(session: Session, dead_workers: frozenset[str], now: datetime) -> None:
    """What these workers were sending when they died may be on paper or not: uncertain. Holds the printers' rows."""
    for job in store.jobs_claimed_by(session, dead_workers):
        _finish(session, job, "uncertain", "the server stopped while sending", now)


def _finish(session: Session, job: PrintJob, state: str, detail: str, now: datetime) -> None:
    job.state, job.detail, job.finished_at = state, detail[:200], now
    session.flush()
    _tell(session, job)


def _note_state(session: Session, printer: Printer, state: str, detail: str, now: datetime) -> None:
    printer.checked_at = now
    if printer.state == state:
        return
    printer.state, printer.detail, printer.state_since = state, detail[:200], now
    record(session, PrinterChanged(printer.key, printer.place, state))


def _tell(session: Session, job: PrintJob) -> None:
    record(session, PrintJobChanged(job.reference, job.printer.place, job.state))
