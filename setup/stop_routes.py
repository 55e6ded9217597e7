""" "Đóng đột xuất": what stops today, said and lifted. Shown before it is saved, like the other changes of plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused, Refusal
from core.rights import NotFound, requires
from core.web import config, local, now, reading, transaction
from core.words import nfc
from office import stops
from office.models import Office
from office.refusals import AlreadyStopped
from office.store import office_by_code
from setup import forms, plan_actions, stop_actions
from setup.call_lines import lost_line
from setup.pages import Answer, blueprint, desk, saved
from setup.refusals import HoursTouchMore


@blueprint.get("/office/<office>/stops")
@requires("head")
def stops_page(office: str) -> Answer:
    """What is stopped today, and the form to stop something."""
    with reading() as session:
        return _page(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/stops")
@requires("head")
def stops_sent(office: str) -> Answer:
    """First show whose hour is lost and how many wait; stop it when the head has seen exactly that (`seen`)."""
    typed, seen = _typed(), request.form.get("seen")
    try:
        if seen is None:
            return _previewed(office, typed)
        with transaction() as session:
            found = office_by_code(session, office)
            change = stop_actions.change(*_asked(session, found, typed), desk(), config().tz)
            told = plan_actions.save(session, found, change, seen=seen, desk=desk())
    except HoursTouchMore as refusal:
        return _previewed(office, typed, refusal), refusal.status
    except (FormRefused, AlreadyStopped) as refusal:
        with reading() as session:
            errors = refusal.errors if isinstance(refusal, FormRefused) else {}
            refused = None if errors else refusal
            return _page(session, office_by_code(session, office), typed, errors=errors, refusal=refused), refusal.status
    return saved(office, told, _("Đã đóng. Ki-ốt, bảng ở sảnh và trang đặt lịch đã báo cho người dân."), "setup.stops_page")


@blueprint.post("/office/<office>/stops/<int:stop>/lift")
@requires("head")
def stop_lifted(office: str, stop: int) -> Answer:
    """Give numbers and hours again. Twice is the same as once."""
    with transaction() as session:
        found, row = office_by_code(session, office), stops.stop_by_id(session, stop)
        if row.office_id != found.id:
            raise NotFound()
        stop_actions.lift(session, found, row, desk())
    flash(_("Đã mở lại. Số và giờ hẹn hôm nay lại được cấp như thường."), "success")
    return redirect(url_for("setup.stops_page", office=office), 303)


def _typed() -> dict[str, str]:
    return {name: nfc(request.form.get(name, ""))[:400] for name in ("field", "reason")}


def _asked(session: Session, office: Office, typed: Mapping[str, str]) -> tuple[str, str]:
    return forms.stop(typed, stop_actions.fields_of(session, office))


def _previewed(code: str, typed: Mapping[str, str], refusal: Refusal | None = None) -> str:
    with reading() as session:
        found = office_by_code(session, code)
        field, reason = _asked(session, found, typed)
        preview = plan_actions.preview(session, found, stop_actions.change(field, reason, desk(), config().tz), desk())
        waiting = stop_actions.waiting(session, found, field, now(), config().tz)
        lost = [lost_line(each) for each in preview.lost]
        return _page(session, found, typed, preview=preview, lost=lost, refusal=refusal, waiting=waiting)


def _page(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    context = {"preview": None, "errors": {}, "refusal": None, "waiting": 0} | context
    lines = stop_actions.lines(session, office, now(), config().tz)
    return render_template(
        "setup/stops.html",
        office=office,
        typed=typed,
        stops=lines,
        today=local(now()).date(),
        choices=stop_actions.choices(session, office, now(), config().tz),
        most=forms.REASON_AT_MOST,
        **context,
    )
