"""The verbs of paper. Each runs in the caller's transaction and commits nothing. What print agents do is in agent_actions.py."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.events import record
from printer import store
from printer.events import PrinterChanged, PrintJobChanged
from printer.models import TRIAL, Printer, PrintJob
from printer.outcome import WELL, Outcome
from printer.slip import Slip, trial_page

KIOSK_EXPIRES_IN = timedelta(seconds=30)
EXPIRES_IN = timedelta(minutes=3)
"""How long a slip may still come out (printing.md). A person at a kiosk has left by then; a printer that comes back must not
hand out strangers' slips."""

LEASE = timedelta(seconds=60)
"""How long a worker may take for one job before it counts as dead: drawing
twice over (40 s) and the slowest delivery (15 s) fit."""

OUT_OF_SERVICE = "printer out of service"


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


def set_fallback(session: Session, printer: Printer, fallback: Printer | None) -> None:
    """What `printer` cannot print, `fallback` prints from now on. Raises ValueError for itself or a printer of another place."""
    if fallback is not None and (fallback.id == printer.id or fallback.place != printer.place):
        raise ValueError("a fallback is another printer of the same place")
    store.lock_printer(session, printer.id).fallback_id = None if fallback is None else fallback.id
    session.flush()


def take_out(session: Session, printer: Printer, now: datetime) -> None:
    """Out of service: its waiting jobs go to its fallback, or are blocked, so their people are told; no printer leans on it."""
    store.lock_printer(session, printer.id).active = False
    for leaning in store.printers_at(session, printer.place):
        if leaning.fallback_id == printer.id:
            leaning.fallback_id = None
    _block_queued(session, printer, OUT_OF_SERVICE, now)
    move_blocked(session, printer, now)


def put_back(session: Session, printer: Printer, now: datetime) -> None:
    """In service again; it is asked how it is before anything is said of it."""
    store.lock_printer(session, printer.id).active = True
    printer.state, printer.detail, printer.state_since, printer.checked_at = "unknown", "", now, None


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
    """`submit_to` for who knows the printer by its key. Raises `NoSuchPrinter`."""
    meant = store.find_printer(session, printer_key)
    if meant is None:
        raise NoSuchPrinter(printer_key)
    return submit_to(session, meant, slip, reference=reference, kind=kind, now=now, expires_in=expires_in)


def submit_to(
    session: Session,
    meant: Printer,
    slip: Slip,
    *,
    reference: str,
    kind: str,
    now: datetime,
    expires_in: timedelta = EXPIRES_IN,
) -> PrintJob:
    """Queue `slip`; the row is written with the thing it announces.

    Where the printer is known not to print and has a fallback that does, the job goes there at once. At a printer taken out of
    service it is blocked at once, so that the person is told, not kept waiting.
    """
    printer = store.stand_in(session, meant) or meant
    job = PrintJob(
        printer=printer,
        moved_from_id=None if printer is meant else meant.id,
        kind=kind,
        document=slip.to_dict(),
        reference=reference,
        state="queued" if printer.active else "blocked",
        detail="" if printer.active else OUT_OF_SERVICE,
        reprint=slip.reprint,
        created_at=now,
        expires_at=now + expires_in,
    )
    session.add(job)
    session.flush()
    _tell(session, job)
    return job


def reference_of_trial(printer: Printer) -> str:
    """Under which reference a printer's test pages are printed."""
    return f"test:{printer.key}"


def print_trial(session: Session, key: str, *, at: str, now: datetime, office: str = "") -> PrintJob:
    """Queue a test page at the printer `key`, and at no other: no fallback prints it. Raises `NoSuchPrinter`."""
    printer = store.find_printer(session, key)
    if printer is None:
        raise NoSuchPrinter(key)
    slip = trial_page(printer.name, office=office or printer.place, width=printer.width_dots, at=at)
    job = PrintJob(printer=printer, kind=TRIAL, document=slip.to_dict(), reference=reference_of_trial(printer), created_at=now)
    job.state = "queued" if printer.active else "blocked"
    job.detail, job.reprint, job.expires_at = "" if printer.active else OUT_OF_SERVICE, False, now + EXPIRES_IN
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
    if latest is not None and latest.kind == first.kind and store.state_now(latest, now) in ("queued", "sending"):
        return latest
    marked = Slip.from_dict({**first.document, "reprint": True})
    meant = session.get_one(Printer, first.moved_from_id) if first.moved_from_id is not None else first.printer
    return submit(session, meant.key, marked, reference=first.reference, kind=first.kind, now=now)


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
    move_blocked(session, printer, now)
    return job


def note_printer(session: Session, printer_id: int, state: str, detail: str, now: datetime) -> None:
    """A printer was asked how it is. When it is well again, the blocked jobs that still may come out are queued again."""
    printer = store.lock_printer(session, printer_id)
    _note_state(session, printer, state, detail, now)
    sweep(session, printer_id, now)
    move_blocked(session, printer, now)
    if state in WELL:
        for job in _still_wanted(session, printer, now):
            _queue_again(session, job)


def move_blocked(session: Session, printer: Printer, now: datetime) -> None:
    """What cannot come out here comes out at the fallback, if that is well: only jobs of which not one byte was sent.

    Holds the printer's row; of the other's queue it only adds to the end, as `submit` does.
    """
    stand_in = store.stand_in(session, printer)
    if stand_in is None:
        return
    for job in _still_wanted(session, printer, now):
        if job.kind != TRIAL:
            job.printer, job.moved_from_id = stand_in, job.moved_from_id or printer.id
            _queue_again(session, job)


def _still_wanted(session: Session, printer: Printer, now: datetime) -> list[PrintJob]:
    """The blocked jobs of this printer that may come out. One that somebody had printed again meanwhile may not."""
    wanted = []
    for job in store.blocked_jobs(session, printer.id):
        if job.expires_at > now and not store.has_newer(session, job):
            wanted.append(job)
        else:
            _finish(session, job, "expired", job.detail, now)
    return wanted


def _queue_again(session: Session, job: PrintJob) -> None:
    job.state, job.detail, job.finished_at = "queued", "", None
    job.claimed_by, job.claimed_until, job.sending_at = None, None, None
    session.flush()
    _tell(session, job)


def _block_queued(session: Session, printer: Printer, detail: str, now: datetime) -> None:
    for job in store.queued_jobs(session, printer.id):
        _finish(session, job, "blocked", detail, now)


def tend(session: Session, printer_id: int, now: datetime) -> None:
    """Look after a printer that prints nothing now: what is too old, an agent that is gone, and what its fallback can take."""
    printer = store.lock_printer(session, printer_id)
    sweep(session, printer_id, now)
    if store.agent_is_gone(printer, now):
        _note_state(session, printer, "off", "no print agent is connected", now)
        _block_queued(session, printer, printer.detail, now)
    move_blocked(session, printer, now)


def give_back(session: Session, job: PrintJob, now: datetime) -> None:
    """A claimed job of which surely nothing was sent, too old to come out."""
    _finish(session, job, "expired", job.detail, now)


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
