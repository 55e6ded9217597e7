"""What the printers' page shows of an office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from office import store as office_store
from office.models import Device, Office
from printer import store as printers
from printer.models import TRIAL, Printer, PrintJob
from setup import paper_words

JOBS_SHOWN = 30


@dataclass(frozen=True)
class PrinterLine:
    """A printer in service: how it is, what to do, which other one prints for it, and how many slips wait."""

    printer: Printer
    kind: str
    state: tuple[str, str]
    advice: str
    fallbacks: Sequence[tuple[str, str]]
    waiting: int


@dataclass(frozen=True)
class JobLine:
    """A slip: number, sort, where and when, what became of it; `may_reprint` once nothing of it is on its way."""

    job: PrintJob
    number: str
    kind: str
    printer: str
    meant_for: str | None
    state: str
    tone: str
    hint: str
    may_reprint: bool


@dataclass(frozen=True)
class Paper:
    """The page's data; texts are in the language of the request."""

    lines: Sequence[PrinterLine]
    resting: Sequence[Printer]
    kiosks: Sequence[Device]
    options: Sequence[tuple[str, str]]
    jobs: Sequence[JobLine]


def paper_of(session: Session, office: Office, now: datetime) -> Paper:
    """Everything the page of `office` shows at `now`."""
    known = printers.printers_at(session, office.code)
    active = [printer for printer in known if printer.active]
    names = {printer.id: printer.name for printer in known}
    kinds = dict(paper_words.kinds())
    devices = office_store.devices_of(session, office)
    return Paper(
        lines=[_line(session, printer, kinds[printer.kind], active) for printer in active],
        resting=[printer for printer in known if not printer.active],
        kiosks=[device for device in devices if device.kind == "kiosk" and device.revoked_at is None],
        options=[(printer.key, printer.name) for printer in active],
        jobs=[_job(job, names, now) for job in printers.jobs_of_place(session, office.code, JOBS_SHOWN)],
    )


def _line(session: Session, printer: Printer, kind: str, active: Sequence[Printer]) -> PrinterLine:
    return PrinterLine(
        printer=printer,
        kind=kind,
        state=paper_words.condition(printer),
        advice=paper_words.advice(printer),
        fallbacks=[(str(other.id), other.name) for other in active if other.id != printer.id],
        waiting=len(printers.queued_jobs(session, printer.id)),
    )


def _job(job: PrintJob, names: dict[int, str], now: datetime) -> JobLine:
    state = printers.state_now(job, now)
    words, tone, hint = paper_words.job_words(job, state)
    return JobLine(
        job=job,
        number=str(job.document.get("number") or ""),
        kind=paper_words.slip_kind(job.kind),
        printer=names[job.printer_id],
        meant_for=names.get(job.moved_from_id) if job.moved_from_id is not None else None,
        state=words,
        tone=tone,
        hint=hint,
        may_reprint=state not in ("queued", "sending") and job.kind != TRIAL,
    )
