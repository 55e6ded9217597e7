"""The technician's page: `/printers/` finds the office, `/printers/<office>/` shows how its printers are and what came out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.addresses import GREATEST_ID
from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import NotFound, actor, requires
from core.web import local, now, reading, transaction
from core.words import nfc
from office.models import Office
from office.store import office_by_code
from printer import actions as printing
from printer.models import TRIAL, Printer, PrintJob
from printer.store import find_printer
from setup import paper_actions, paper_forms, paper_words, store
from setup.pages import Answer, blueprint, own_or_chosen
from setup.paper_view import paper_of

Change = Callable[[Session, Office], str]


@blueprint.get("/printers/")
@requires("head", "technician")
def printers_start() -> Answer:
    """To the own office; the city administrator chooses one."""
    return own_or_chosen("setup.printers_page")


@blueprint.get("/printers/<office>/")
@requires("head", "technician")
def printers_page(office: str) -> Answer:
    """How each printer is, what to do, and the last slips."""
    with reading() as session:
        return _page(session, office_by_code(session, office))


@blueprint.post("/printers/<office>/add")
@requires("head", "technician")
def printer_add_sent(office: str) -> Answer:
    """A new printer."""

    def change(session: Session, found: Office) -> str:
        form = paper_forms.printer(paper_forms.typed_printer(request.form))
        added = paper_actions.add(session, found, form, staff_id=actor().id, now=now())
        return _("Đã thêm máy in “%(name)s”. Hãy bấm In thử.", name=added.name)

    return _changed(office, change)


@blueprint.post("/printers/<office>/<int:printer>/change")
@requires("head", "technician")
def printer_change_sent(office: str, printer: int) -> Answer:
    """Another name, address or paper."""

    def change(session: Session, found: Office) -> str:
        row = store.printer_of(session, found, printer)
        form = paper_forms.printer(paper_forms.typed_printer(request.form))
        paper_actions.change(session, found, row, form, staff_id=actor().id, now=now())
        return _("Đã đổi máy in “%(name)s”. Hãy bấm In thử.", name=row.name)

    return _changed(office, change, printer=printer)


@blueprint.post("/printers/<office>/<int:printer>/test")
@requires("head", "technician")
def printer_test_sent(office: str, printer: int) -> Answer:
    """A page that shows paper, width and letters."""

    def change(session: Session, found: Office) -> str:
        row = store.printer_of(session, found, printer)
        printing.print_trial(session, row.key, at=local(now()).strftime("%H:%M, %d/%m/%Y"), now=now(), office=found.name)
        return _("Đã gửi trang in thử đến “%(name)s”. Xem dưới đây nó đã ra chưa.", name=row.name)

    return _changed(office, change)


@blueprint.post("/printers/<office>/<int:printer>/fallback")
@requires("head", "technician")
def printer_fallback_sent(office: str, printer: int) -> Answer:
    """Which other printer prints what this one cannot."""

    def change(session: Session, found: Office) -> str:
        row, other = store.printer_of(session, found, printer), _chosen(session, found, request.form.get("fallback", ""))
        if other is not None and other.id == row.id:
            raise FormRefused({"fallback": _("Máy in không dự phòng cho chính nó. Hãy chọn máy khác.")})
        paper_actions.lean(session, found, row, other, staff_id=actor().id, now=now())
        if other is None:
            return _("“%(name)s” không còn máy dự phòng.", name=row.name)
        return _("Khi “%(name)s” không in được, phiếu ra ở “%(other)s”.", name=row.name, other=other.name)

    return _changed(office, change)


@blueprint.post("/printers/<office>/<int:printer>/remove")
@requires("head", "technician")
def printer_remove_sent(office: str, printer: int) -> Answer:
    """Out of service."""

    def change(session: Session, found: Office) -> str:
        row = store.printer_of(session, found, printer)
        left = paper_actions.remove(session, found, row, staff_id=actor().id, now=now())
        if left:
            names = ", ".join(device.name for device in left)
            return _("Đã ngừng dùng “%(name)s”. Từ nay in ở máy khác: %(kiosks)s.", name=row.name, kiosks=names)
        return _("Đã ngừng dùng “%(name)s”.", name=row.name)

    return _changed(office, change)


@blueprint.post("/printers/<office>/<int:printer>/put-back")
@requires("head", "technician")
def printer_put_back_sent(office: str, printer: int) -> Answer:
    """In service again."""

    def change(session: Session, found: Office) -> str:
        row = store.printer_of(session, found, printer)
        paper_actions.put_back(session, found, row, staff_id=actor().id, now=now())
        return _("Dùng lại “%(name)s”. Hãy bấm In thử.", name=row.name)

    return _changed(office, change)


@blueprint.post("/printers/<office>/kiosks/<int:device>")
@requires("head", "technician")
def kiosk_printer_sent(office: str, device: int) -> Answer:
    """Where a kiosk prints."""

    def change(session: Session, found: Office) -> str:
        row, printer = store.device_of(session, found, device), _of_key(session, found, nfc(request.form.get("printer_key", "")))
        paper_actions.assign(session, found, row, printer, staff_id=actor().id, now=now())
        if printer is None:
            return _("“%(kiosk)s” in ở máy in đầu tiên của điểm phục vụ.", kiosk=row.name)
        return _("“%(kiosk)s” in ở “%(printer)s”.", kiosk=row.name, printer=printer.name)

    return _changed(office, change)


@blueprint.post("/printers/<office>/jobs/<int:job>/reprint")
@requires("head", "technician")
def reprint_sent(office: str, job: int) -> Answer:
    """The same slip once more, marked as a reprint; that is written down."""

    def change(session: Session, found: Office) -> str:
        row = session.get(PrintJob, job) if job <= GREATEST_ID else None
        if row is None or row.printer.place != found.code or row.kind == TRIAL:
            raise NotFound()
        if not paper_actions.reprint(session, found, row, staff_id=actor().id, now=now()):
            return _("Phiếu này đang được in rồi, không in thêm bản nữa.")
        return _("Đã gửi in lại, có dòng BẢN IN LẠI trên phiếu.")

    return _changed(office, change)


def _chosen(session: Session, office: Office, typed: str) -> Printer | None:
    """The printer in service that was chosen, None for "none". Raises FormRefused."""
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    printer = session.get(Printer, number)
    if printer is None or printer.place != office.code or not printer.active:
        raise FormRefused({"fallback": _("Hãy chọn một máy in trong danh sách.")})
    return printer


def _of_key(session: Session, office: Office, key: str) -> Printer | None:
    """The printer in service of this key, None for "any". Raises FormRefused."""
    if not key:
        return None
    printer = find_printer(session, key)
    if printer is None or printer.place != office.code or not printer.active:
        raise FormRefused({"printer_key": _("Hãy chọn một máy in trong danh sách.")})
    return printer


def _changed(code: str, change: Change, *, printer: int | None = None) -> Answer:
    """Make the change and go back to the page with its sentence; refused, show the page with what was typed still there.

    `printer` is the one whose form was sent; None: the form of a new one.
    """
    try:
        with transaction() as session:
            sentence = change(session, office_by_code(session, code))
    except FormRefused as refusal:
        with reading() as session:
            typed = paper_forms.typed_printer(request.form)
            context = {"errors": refusal.errors, "typed": typed, "sent_printer": printer}
            return _page(session, office_by_code(session, code), **context), refusal.status
    flash(sentence, "success")
    return redirect(url_for("setup.printers_page", office=code), 303)


def _page(session: Session, office: Office, **context: Any) -> str:
    return render_template(
        "setup/paper.html",
        **{"errors": {}, "typed": {}, "sent_printer": None} | context,
        office=office,
        view=paper_of(session, office, now()),
        kinds=paper_words.kinds(),
        widths=paper_words.widths(),
        address_hint=paper_words.address_hint(),
    )
