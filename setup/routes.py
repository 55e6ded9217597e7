"""The set-up page: `/office/` finds the office, `/office/<office>/` shows it at a glance and leads to everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import actor, requires
from core.web import config, local, now, reading, transaction
from core.words import nfc
from office.models import Office
from office.store import office_by_code
from printer.actions import print_trial
from setup import changing, forms, store
from setup.change_rules import OFFICE
from setup.overview import overview
from setup.pages import Answer, blueprint, own_or_chosen
from setup.plan_changes import SetupChange

HERE = ("setup.office_page", dict[str, Any]())


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
        return _page(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/notice")
@requires("head")
def notice_sent(office: str) -> Answer:
    """Change the text of the lobby, without an end; the page of the texts can set one."""
    typed = {"notice": nfc(request.form.get("notice", ""))}

    def build(session: Session, found: Office) -> SetupChange:
        return SetupChange("notice_changed", {OFFICE: {"notice": forms.notice(typed), "notice_until": None}})

    return changing.at_once(office, build, _("Đã đổi thông báo ở sảnh."), HERE, _page, typed)


@blueprint.post("/office/<office>/publish")
@requires("head")
def publish_sent(office: str) -> Answer:
    """Open or close the office for bookings; bookings made before stay. Refused for an office that has nothing to offer."""
    published = request.form.get("published") == "1"

    def build(session: Session, found: Office) -> SetupChange:
        return SetupChange("published" if published else "unpublished", {OFFICE: {"published": published}})

    opened = _("Đã công bố. Người dân tìm thấy điểm phục vụ này ở trang thành phố.")
    closed = _("Đã ngừng công bố. Không nhận lịch hẹn mới; lịch đã hẹn vẫn giữ.")
    return changing.at_once(office, build, opened if published else closed, HERE, _page)


@blueprint.post("/office/<office>/printers/<int:printer>/test")
@requires("head", "technician")
def test_print_sent(office: str, printer: int) -> Answer:
    """Print a slip that is nobody's number."""
    with transaction() as session:
        found = office_by_code(session, office)
        row = store.printer_of(session, found, printer)
        print_trial(session, row.key, at=local(now()).strftime("%H:%M, %d/%m/%Y"), now=now(), office=found.name)
    flash(
        _("Đã gửi phiếu in thử đến “%(name)s”. Nếu giấy không ra, hãy xem trạng thái máy in dưới đây.", name=row.name), "success"
    )
    return redirect(url_for("setup.office_page", office=office))


def _page(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    return render_template(
        "setup/office.html",
        **{"refusal": None, "errors": {}} | context,
        typed=typed,
        office=office,
        view=overview(session, office, now(), config().tz),
        may_change=actor().may(("head",)),
    )
