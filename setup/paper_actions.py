"""What a technician changes at the printers of an office. Each is written into the audit; none commits."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.words import fold
from office import actions as offices
from office import store as office_store
from office.models import Device, Office
from printer import actions as printing
from printer import store as printers
from printer.models import Printer, PrintJob
from setup.paper_forms import PrinterForm


def add(session: Session, office: Office, form: PrinterForm, *, staff_id: int | None, now: datetime) -> Printer:
    """A new printer of this office, under a key made from its name."""
    printer = _described(session, _free_key(session, office, form.name), office, form, now)
    _write_down(session, "printer_added", office, printer, staff_id, now)
    return printer


def change(session: Session, office: Office, printer: Printer, form: PrinterForm, *, staff_id: int | None, now: datetime) -> None:
    """The printer as described; its kiosks and its slips stay with it."""
    printers.lock_printer(session, printer.id)
    _described(session, printer.key, office, form, now)
    _write_down(session, "printer_changed", office, printer, staff_id, now)


def remove(session: Session, office: Office, printer: Printer, *, staff_id: int | None, now: datetime) -> list[Device]:
    """Out of service. The kiosks that printed there print at the office's first printer from now on: those are given."""
    printing.take_out(session, printer, now)
    left = [device for device in office_store.devices_of(session, office) if device.printer_key == printer.key]
    for device in left:
        device.printer_key = None
    _write_down(session, "printer_removed", office, printer, staff_id, now)
    return left


def put_back(session: Session, office: Office, printer: Printer, *, staff_id: int | None, now: datetime) -> None:
    """In service again."""
    printing.put_back(session, printer, now)
    _write_down(session, "printer_put_back", office, printer, staff_id, now)


def lean(
    session: Session, office: Office, printer: Printer, fallback: Printer | None, *, staff_id: int | None, now: datetime
) -> None:
    """What `printer` cannot print, `fallback` prints. Raises ValueError for the printer itself."""
    printing.set_fallback(session, printer, fallback)
    offices.audit(
        session, "printer_fallback", now, office_id=office.id, staff_id=staff_id, printer=printer.key,
        fallback=fallback.key if fallback else None,
    )  # fmt: skip


def assign(
    session: Session, office: Office, device: Device, printer: Printer | None, *, staff_id: int | None, now: datetime
) -> None:
    """Where a kiosk prints; None: at the office's first printer in service."""
    device.printer_key = printer.key if printer else None
    offices.audit(
        session, "kiosk_printer", now, office_id=office.id, staff_id=staff_id, device=device.id, printer=device.printer_key
    )


def reprint(session: Session, office: Office, job: PrintJob, *, staff_id: int | None, now: datetime) -> bool:
    """The same slip once more, marked, and who asked for it written down; False where one is on its way already."""
    again = printing.reprint(session, job.id, now=now)
    made = again.reprint and again.created_at == now
    if made:
        offices.audit(
            session, "slip_reprinted", now, office_id=office.id, staff_id=staff_id, job=again.id, of=job.id,
            reference=job.reference,
        )  # fmt: skip
    return made


def _described(session: Session, key: str, office: Office, form: PrinterForm, now: datetime) -> Printer:
    return printing.set_up(
        session, key, kind=form.kind, address=form.address, place=office.code, name=form.name, width_dots=form.width_dots, now=now
    )


def _free_key(session: Session, office: Office, name: str) -> str:
    stem = f"{office.code}/{re.sub(r'[^a-z0-9]+', '-', fold(name)).strip('-')[:40] or 'may-in'}"
    taken = set(session.scalars(select(Printer.key).where(Printer.key.startswith(stem, autoescape=True))))
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, 10_000))) if key not in taken)


def _write_down(session: Session, what: str, office: Office, printer: Printer, staff_id: int | None, now: datetime) -> None:
    offices.audit(session, what, now, office_id=office.id, staff_id=staff_id, printer=printer.key, kind=printer.kind)
