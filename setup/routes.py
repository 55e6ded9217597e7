"""The set-up page: `/office/` finds the office, `/office/<office>/` shows it and changes its machines, notice and publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.qr import qr_svg
from core.refusals import FormRefused, Refusal
from core.rights import actor, requires
from core.web import config, local, now, reading, transaction
from core.words import nfc
from office.models import Office
from office.store import office_by_code
from printer import store as printers
from printer.actions import print_trial
from setup import actions, forms, store
from setup.overview import overview
from setup.pages import Answer, blueprint, own_or_chosen
from setup.refusals import DeviceRevoked, NothingToPublish


@blueprint.get("/office/")
@requires("head", "technician")
def start() -> Answer:
    """To the own office; the city administrator chooses one."""
    return own_or_chosen("setup.office_page")


@blueprint.get("/office/<office>/")
@requires("head", "technician")
def office_page(office: str) -> Answer:
    """The office at a glance, with what may be changed."""
    with reading() as session:
        return _page(session, office_by_code(session, office))


@blueprint.post("/office/<office>/notice")
@requires("head")
def notice_sent(office: str) -> Answer:
    """Change the text of the lobby."""

    def change(session: Session, found: Office) -> str:
        actions.set_notice(session, found, forms.notice(request.form), staff_id=actor().id, now=now())
        return _("Đã đổi thông báo ở sảnh.")

    return _changed(office, change)


@blueprint.post("/office/<office>/publish")
@requires("head")
def publish_sent(office: str) -> Answer:
    """Open or close the office for bookings."""
    published = request.form.get("published") == "1"

    def change(session: Session, found: Office) -> str:
        actions.publish(session, found, published, staff_id=actor().id, now=now(), tz=config().tz)
        if published:
            return _("Đã công bố. Người dân tìm thấy điểm phục vụ này ở trang thành phố.")
        return _("Đã ngừng công bố. Không nhận lịch hẹn mới; lịch đã hẹn vẫn giữ.")

    return _changed(office, change)


@blueprint.post("/office/<office>/devices")
@requires("head", "technician")
def device_sent(office: str) -> Answer:
    """Add a kiosk or a display."""

    def change(session: Session, found: Office) -> str:
        keys = [printer.key for printer in printers.printers_at(session, found.code)]
        form = forms.device(request.form, keys)
        device = actions.add_device(session, found, **vars(form), staff_id=actor().id, now=now())
        return _("Đã thêm thiết bị “%(name)s”. Bấm Ghép để lấy mã cho máy đó.", name=device.name)

    return _changed(office, change)


@blueprint.post("/office/<office>/devices/<int:device>/pair")
@requires("head", "technician")
def pair_sent(office: str, device: int) -> Answer:
    """Show a code that works once; it is not stored readable, so it is shown only here."""
    try:
        with transaction() as session:
            found = office_by_code(session, office)
            row = store.device_of(session, found, device)
            code = actions.offer_pairing(session, found, row, staff_id=actor().id, now=now())
    except DeviceRevoked as refusal:
        return _refused(office, refusal)
    link = config().public_url + url_for("office.pair", code=code)
    return render_template("setup/pairing.html", office=found, device=row, code=code, link=link, picture=qr_svg(link))


@blueprint.post("/office/<office>/devices/<int:device>/revoke")
@requires("head", "technician")
def revoke_sent(office: str, device: int) -> Answer:
    """Stop a device that was lost or given away."""

    def change(session: Session, found: Office) -> str:
        row = store.device_of(session, found, device)
        actions.revoke(session, found, row, staff_id=actor().id, now=now())
        return _("Đã thu hồi “%(name)s”. Máy đó không còn vào được.", name=row.name)

    return _changed(office, change)


@blueprint.post("/office/<office>/printers/<int:printer>/test")
@requires("head", "technician")
def test_print_sent(office: str, printer: int) -> Answer:
    """Print a slip that is nobody's number."""

    def change(session: Session, found: Office) -> str:
        row = store.printer_of(session, found, printer)
        print_trial(session, row.key, at=local(now()).strftime("%H:%M, %d/%m/%Y"), now=now(), office=found.name)
        return _("Đã gửi phiếu in thử đến “%(name)s”. Nếu giấy không ra, hãy xem trạng thái máy in dưới đây.", name=row.name)

    return _changed(office, change)


def _changed(code: str, change: Callable[[Session, Office], str]) -> Answer:
    """Make the change and go back to the page with its sentence; refused, show the page with what was typed still there."""
    try:
        with transaction() as session:
            sentence = change(session, office_by_code(session, code))
    except (FormRefused, NothingToPublish) as refusal:
        return _refused(code, refusal)
    flash(sentence, "success")
    return redirect(url_for("setup.office_page", office=code))


def _refused(code: str, refusal: Refusal) -> tuple[str, int]:
    errors = refusal.errors if isinstance(refusal, FormRefused) else {}
    typed = {name: nfc(value) for name, value in request.form.items()}
    with reading() as session:
        page = _page(session, office_by_code(session, code), refusal=refusal, errors=errors, typed=typed)
        return page, refusal.status


def _page(session: Session, office: Office, **context: Any) -> str:
    return render_template(
        "setup/office.html",
        **{"refusal": None, "errors": {}, "typed": {}} | context,
        office=office,
        view=overview(session, office, now(), config().tz),
        may_change=actor().may(("head",)),
    )
