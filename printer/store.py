"""Every query and every lock of paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from printer.models import TRIAL, Printer, PrintJob
from printer.outcome import WELL

ASK_WELL = timedelta(seconds=30)
ASK_UNWELL = timedelta(seconds=3)
"""How often an idle printer is asked how it is: often while a person changes the roll."""

AGENT_GONE = timedelta(seconds=25)
"""A print agent asks for work every 10 s at the latest. Shorter than a kiosk's slip may wait: that still reaches the fallback."""

MAY_PRINT = (*WELL, "unknown")
"""States in which a page is tried."""

_AT_PLACE = select(Printer).where(Printer.place == bindparam("place")).order_by(Printer.key)


def find_printer(session: Session, key: str) -> Printer | None:
    """The printer of this key, whether in service or not."""
    return session.scalar(select(Printer).where(Printer.key == key))


def printers_at(session: Session, place: str) -> Sequence[Printer]:
    """The printers of a place, by key."""
    return session.scalars(_AT_PLACE, {"place": place}).all()


def all_printers(session: Session) -> Sequence[Printer]:
    """Every printer, by key."""
    return session.scalars(select(Printer).order_by(Printer.key)).all()


def lock_printer(session: Session, printer_id: int) -> Printer:
    """The printer's row, held until the end of the transaction: who claims or settles at this printer goes one by one.

    Not against new jobs, which only refer to the row (FOR NO KEY UPDATE): printing never holds up the line.
    """
    query = select(Printer).where(Printer.id == printer_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def stand_in(session: Session, printer: Printer) -> Printer | None:
    """The fallback, where `printer` is known not to print and the fallback is not; None otherwise."""
    if (printer.active and printer.state in MAY_PRINT) or printer.fallback_id is None:
        return None
    other = session.get_one(Printer, printer.fallback_id)
    return other if other.active and other.state in MAY_PRINT else None


def state_for_people(session: Session, printer: Printer) -> str:
    """How paper is for whoever prints at `printer`: the state of the fallback, where that prints for it."""
    other = stand_in(session, printer)
    if other is not None:
        return other.state
    return printer.state if printer.active else "off"


def came_out_elsewhere(session: Session, reference: str) -> str | None:
    """The name of the fallback at which the newest job of `reference` comes out; None where its own printer prints it."""
    job = latest_job(session, reference)
    return None if job is None else _elsewhere(job)


def _elsewhere(job: PrintJob) -> str | None:
    return job.printer.name if job.moved_from_id is not None else None


def agent_is_gone(printer: Printer, now: datetime) -> bool:
    """Whether this printer is an agent's that does not ask for work any more."""
    return printer.kind == "agent" and (printer.agent_seen_at is None or printer.agent_seen_at + AGENT_GONE <= now)


def latest_job(session: Session, reference: str) -> PrintJob | None:
    """The newest job of `reference`."""
    return session.scalar(select(PrintJob).where(PrintJob.reference == reference).order_by(PrintJob.id.desc()).limit(1))


def state_of(session: Session, reference: str, now: datetime) -> str | None:
    """The state of the newest job of `reference` at `now`, None when it was never printed."""
    job = latest_job(session, reference)
    return None if job is None else state_now(job, now)


@dataclass(frozen=True)
class Paper:
    """What became of a slip: the state of its job, and the name of the fallback where that prints it."""

    state: str
    elsewhere: str | None


def papers_of(session: Session, references: Iterable[str], now: datetime) -> dict[str, Paper]:
    """The same for many, by reference; those never printed are missing."""
    newest = select(func.max(PrintJob.id)).where(PrintJob.reference.in_(list(references))).group_by(PrintJob.reference)
    jobs = session.scalars(select(PrintJob).where(PrintJob.id.in_(newest)))
    return {job.reference: paper_of(job, now) for job in jobs}


def paper_of(job: PrintJob, now: datetime) -> Paper:
    """The same of one job."""
    return Paper(state_now(job, now), _elsewhere(job))


def first_in_service(session: Session, place: str) -> Printer | None:
    """The printer of a place that prints for who has none of their own: a real one, if there is any."""
    active = [printer for printer in printers_at(session, place) if printer.active]
    return min(active, key=lambda printer: printer.kind == "file", default=None)


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


def queued_jobs(session: Session, printer_id: int) -> Sequence[PrintJob]:
    """The jobs that wait for their turn, oldest first."""
    return session.scalars(select(PrintJob).where(_at(printer_id, "queued")).order_by(PrintJob.id)).all()


def has_queued(session: Session, printer_id: int, now: datetime) -> bool:
    """Whether a job waits that may still come out."""
    return bool(session.scalar(select(exists().where(_at(printer_id, "queued"), PrintJob.expires_at > now))))


def sending_job(session: Session, printer_id: int) -> PrintJob | None:
    """The job whose page is on its way to this printer."""
    return session.scalar(select(PrintJob).where(_at(printer_id, "sending")))


def has_newer(session: Session, job: PrintJob) -> bool:
    """Whether somebody had the same slip printed again since."""
    same = and_(PrintJob.reference == job.reference, PrintJob.kind == job.kind)
    return bool(session.scalar(select(exists().where(same, PrintJob.id > job.id))))


def jobs_of_place(session: Session, place: str, at_most: int) -> Sequence[PrintJob]:
    """The newest jobs of the printers of a place, newest first."""
    query = select(PrintJob).join(Printer, PrintJob.printer_id == Printer.id).where(Printer.place == place)
    return session.scalars(query.order_by(PrintJob.id.desc()).limit(at_most)).all()


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
    queued = exists().where(job, PrintJob.state == "queued")
    to_send = and_(Printer.kind != "agent", queued, ~exists().where(sending))
    gone = or_(Printer.agent_seen_at.is_(None), Printer.agent_seen_at <= now - AGENT_GONE)
    left = and_(Printer.kind == "agent", gone, or_(Printer.state != "off", queued))
    overdue = exists().where(job, PrintJob.state.in_(("queued", "blocked")), PrintJob.expires_at <= now)
    given_up = exists().where(sending, PrintJob.claimed_until <= now)
    due = or_(to_send, left, _to_move(), _to_ask(now, sending))
    query = select(Printer.id).where(or_(overdue, given_up, and_(Printer.active, due)))
    return session.scalars(query.order_by(Printer.id)).all()


def claim_asking(session: Session, printer_id: int, now: datetime) -> Printer | None:
    """The printer, if it is this caller who has to ask it now; no other process will until the next time is due."""
    printer = lock_printer(session, printer_id)
    if not printer.active or printer.kind == "agent":
        return None
    waited = ASK_WELL if printer.state in WELL else ASK_UNWELL
    if is_sending(session, printer_id) or (printer.checked_at is not None and printer.checked_at + waited > now):
        return None
    printer.checked_at = now
    return printer


def spool_age(session: Session, now: datetime) -> float:
    """Seconds that the oldest job has been waiting that could still come out; 0 when none waits."""
    waiting = (PrintJob.state == "queued", PrintJob.expires_at > now)
    oldest = session.scalar(select(func.min(PrintJob.created_at)).where(_at_any_printer(), *waiting))
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


def jobs_on_their_way(session: Session) -> dict[str, float]:
    """How many jobs are queued, sending and blocked, at all printers."""
    live = ("queued", "sending", "blocked")
    counted = select(PrintJob.state, func.count()).where(_at_any_printer(), PrintJob.state.in_(live)).group_by(PrintJob.state)
    return dict.fromkeys(live, 0.0) | {state: float(count) for state, count in session.execute(counted)}


def _at_any_printer() -> ColumnElement[bool]:
    """Says nothing, and leads to the index of printer and state past a million jobs that are done."""
    return PrintJob.printer_id.in_(select(Printer.id))


def _at(printer_id: int, state: str) -> ColumnElement[bool]:
    return and_(PrintJob.printer_id == printer_id, PrintJob.state == state)


def _to_ask(now: datetime, sending: ColumnElement[bool]) -> ColumnElement[bool]:
    well = Printer.state.in_(WELL)
    due = or_(
        Printer.checked_at.is_(None),
        and_(well, Printer.checked_at <= now - ASK_WELL),
        and_(~well, Printer.checked_at <= now - ASK_UNWELL),
    )
    return and_(Printer.kind != "agent", due, ~exists().where(sending))


@cache
def _to_move() -> ColumnElement[bool]:
    """A blocked job waits where the fallback has become well in the meantime.

    Made once: an alias is some 200 objects in circles, and the spool asks at every change of every office.
    """
    other = aliased(Printer)
    well = exists().where(other.id == Printer.fallback_id, other.active, other.state.in_(MAY_PRINT))
    blocked = exists().where(PrintJob.printer_id == Printer.id, PrintJob.state == "blocked", PrintJob.kind != TRIAL)
    return and_(Printer.state.not_in(MAY_PRINT), blocked, well)
