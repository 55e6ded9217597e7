"""Every query and every lock of paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from printer.models import Printer, PrintJob
from printer.outcome import WELL

ASK_WELL = timedelta(seconds=30)
ASK_UNWELL = timedelta(seconds=3)
"""How often an idle printer is asked how it is: often while a person changes the roll."""


def find_printer(session: Session, key: str) -> Printer | None:
    """The printer of this key, whether in service or not."""
    return session.scalar(select(Printer).where(Printer.key == key))


def printers_at(session: Session, place: str) -> Sequence[Printer]:
    """The printers of a place, by key."""
    return session.scalars(select(Printer).where(Printer.place == place).order_by(Printer.key)).all()


def all_printers(session: Session) -> Sequence[Printer]:
    """Every printer, by key."""
    return session.scalars(select(Printer).order_by(Printer.key)).all()


def lock_printer(session: Session, printer_id: int) -> Printer:
    """The printer's row, held until the end of the transaction: who claims or settles at this printer goes one by one.

    Not against new jobs, which only refer to the row (FOR NO KEY UPDATE): printing never holds up the line.
    """
    query = select(Printer).where(Printer.id == printer_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def latest_job(session: Session, reference: str) -> PrintJob | None:
    """The newest job of `reference`."""
    return session.scalar(select(PrintJob).where(PrintJob.reference == reference).order_by(PrintJob.id.desc()).limit(1))


def state_of(session: Session, reference: str, now: datetime) -> str | None:
    """The state of the newest job of `reference` at `now`, None when it was never printed."""
    job = latest_job(session, reference)
    return None if job is None else state_now(job, now)


def states_of(session: Session, references: Iterable[str], now: datetime) -> dict[str, str]:
    """The same for many, by reference; those never printed are missing."""
    newest = select(func.max(PrintJob.id)).where(PrintJob.reference.in_(list(references))).group_by(PrintJob.reference)
    jobs = session.scalars(select(PrintJob).where(PrintJob.id.in_(newest)))
    return {job.reference: state_now(job, now) for job in jobs}


def first_in_service(session: Session, place: str) -> Printer | None:
    """The printer of a place that prints for who has none of their own."""
    return next((printer for printer in printers_at(session, place) if printer.active), None)


def state_now(job: PrintJob, now: datetime) -> str:
    """The job's state, expired as soon as it is too old, whether or not the spool has noticed."""
    return "expired" if job.state in ("queued", "blocked") and job.expires_at <= now else job.state


def next_queued(session: Session, printer_id: int) -> PrintJob | None:
    """The oldest waiting job, by id: slips come out in the order the numbers were given. Ask under `lock_printer`."""
    query = select(PrintJob).where(_at(printer_id, "queued")).order_by(PrintJob.id).limit(1)
    return session.scalar(query, execution_options={"populate_existing": True})


def is_sending(session: Session, printer_id: int) -> bool:
    """Whether a page is on its way to this printer."""
    return bool(session.scalar(select(exists().where(_at(printer_id, "sending")))))


def blocked_jobs(session: Session, printer_id: int) -> Sequence[PrintJob]:
    """The jobs of which nothing was sent, oldest first."""
    return session.scalars(select(PrintJob).where(_at(printer_id, "blocked")).order_by(PrintJob.id)).all()


def overdue_jobs(session: Session, printer_id: int, now: datetime) -> Sequence[PrintJob]:
    """The jobs that must not come out any more."""
    waiting = PrintJob.state.in_(("queued", "blocked"))
    return session.scalars(
        select(PrintJob).where(PrintJob.printer_id == printer_id, waiting, PrintJob.expires_at <= now).order_by(PrintJob.id)
    ).all()


def lapsed_jobs(session: Session, printer_id: int, now: datetime) -> Sequence[PrintJob]:
    """The jobs in sending whose lease is over."""
    return session.scalars(select(PrintJob).where(_at(printer_id, "sending"), PrintJob.claimed_until <= now)).all()


def jobs_claimed_by(session: Session, workers: frozenset[str]) -> Sequence[PrintJob]:
    """The jobs in sending of these workers, their printers' rows locked in the order of id."""
    claimed = and_(PrintJob.state == "sending", PrintJob.claimed_by.in_(workers))
    for printer_id in session.scalars(select(PrintJob.printer_id).where(claimed).order_by(PrintJob.printer_id)).all():
        lock_printer(session, printer_id)
    return session.scalars(select(PrintJob).where(claimed)).all()


def sending_workers(session: Session) -> frozenset[str]:
    """The workers that say they are sending something."""
    names = session.scalars(select(PrintJob.claimed_by).where(PrintJob.state == "sending"))
    return frozenset(name for name in names if name)


def printers_with_work(session: Session, now: datetime) -> Sequence[int]:
    """The printers in service at which something is to be done: a job to send, to give up, or the printer to be asked."""
    job = PrintJob.printer_id == Printer.id
    sending = and_(job, PrintJob.state == "sending")
    to_send = and_(exists().where(job, PrintJob.state == "queued"), ~exists().where(sending))
    overdue = exists().where(job, PrintJob.state.in_(("queued", "blocked")), PrintJob.expires_at <= now)
    given_up = exists().where(sending, PrintJob.claimed_until <= now)
    query = select(Printer.id).where(Printer.active, or_(to_send, overdue, given_up, _to_ask(now, sending)))
    return session.scalars(query.order_by(Printer.id)).all()


def claim_asking(session: Session, printer_id: int, now: datetime) -> Printer | None:
    """The printer, if it is this caller who has to ask it now; no other process will until the next time is due."""
    printer = lock_printer(session, printer_id)
    waited = ASK_WELL if printer.state in WELL else ASK_UNWELL
    if is_sending(session, printer_id) or (printer.checked_at is not None and printer.checked_at + waited > now):
        return None
    printer.checked_at = now
    return printer


def spool_age(session: Session, now: datetime) -> float:
    """Seconds that the oldest job has been waiting that could still come out; 0 when none waits."""
    oldest = session.scalar(select(func.min(PrintJob.created_at)).where(PrintJob.state == "queued", PrintJob.expires_at > now))
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


def _at(printer_id: int, state: str) -> ColumnElement[bool]:
    return and_(PrintJob.printer_id == printer_id, PrintJob.state == state)


def _to_ask(now: datetime, sending: ColumnElement[bool]) -> ColumnElement[bool]:
    well = Printer.state.in_(WELL)
    due = or_(
        Printer.checked_at.is_(None),
        and_(well, Printer.checked_at <= now - ASK_WELL),
        and_(~well, Printer.checked_at <= now - ASK_UNWELL),
    )
    return and_(due, ~exists().where(sending))
