"""What the hall and the office's page say: the notice with its end, texts of guidance in turn, address and telephone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import requires
from core.web import config, local, now, reading
from core.words import nfc
from office.models import Office
from office.store import office_by_code
from setup import changing, forms, parts_store
from setup.change_rules import OFFICE, Part
from setup.pages import Answer, blueprint
from setup.plan_changes import SetupChange

GUIDANCE_AT_MOST = 12
TEXT_AT_MOST = 200
_LINES = ("address", "hotline", "technician")


@blueprint.get("/office/<office>/texts")
@requires("head")
def texts_page(office: str) -> Answer:
    """The texts as they are."""
    with reading() as session:
        found = office_by_code(session, office)
        return _form(session, found, {})


@blueprint.post("/office/<office>/texts")
@requires("head")
def texts_sent(office: str) -> Answer:
    """Other texts; they touch no booking."""
    typed = {name: nfc(request.form.get(name, ""))[:400] for name in ("notice", "until", *_LINES)}
    lines = [nfc(line)[:400] for line in request.form.get("guidance", "")[:20_000].splitlines()]
    typed["guidance"] = "\n".join(line for line in lines if line)

    def build(session: Session, found: Office) -> SetupChange:
        return SetupChange("texts_changed", {OFFICE: _read(typed, now())})

    return changing.change(office, typed, build, _form, _("Đã lưu các lời nhắn."), ("setup.texts_page", {}), (OFFICE,))


def _read(typed: Mapping[str, str], at: datetime) -> Part:
    errors: dict[str, str] = {}
    until = _until(typed["until"])
    guidance = [line for line in typed["guidance"].split("\n") if line]
    if len(typed["notice"]) > forms.NOTICE_AT_MOST:
        errors["notice"] = _("Hãy rút gọn còn %(most)s ký tự.", most=forms.NOTICE_AT_MOST)
    if typed["until"] and (until is None or until <= at):
        errors["until"] = _("Hãy chọn ngày giờ sau bây giờ, hoặc để trống.")
    if len(guidance) > GUIDANCE_AT_MOST or any(len(line) > TEXT_AT_MOST for line in guidance):
        errors["guidance"] = _("Nhiều nhất %(lines)s dòng, mỗi dòng %(most)s ký tự.", lines=GUIDANCE_AT_MOST, most=TEXT_AT_MOST)
    for name in _LINES:
        if len(typed[name]) > TEXT_AT_MOST:
            errors[name] = _("Hãy rút gọn còn %(most)s ký tự.", most=TEXT_AT_MOST)
    if errors:
        raise FormRefused(errors)
    texts: Part = {name: typed[name] for name in ("notice", *_LINES)}
    return texts | {"guidance": guidance, "notice_until": until.isoformat() if until and typed["notice"] else None}


def _until(typed: str) -> datetime | None:
    """A wall-clock time of the office, as aware UTC; None for what cannot be read."""
    try:
        wall = datetime.fromisoformat(typed)
    except ValueError:
        return None
    if wall.tzinfo is not None or not 2000 <= wall.year < 2100:
        return None
    return wall.replace(tzinfo=config().tz).astimezone(now().tzinfo)


def _form(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    setup = parts_store.read(session, office)
    shown = {name: str(setup[OFFICE][name]) for name in ("notice", *_LINES)}
    shown["until"] = f"{local(office.notice_until):%Y-%m-%dT%H:%M}" if office.notice_until else ""
    shown["guidance"] = "\n".join(office.guidance)
    over = bool(office.notice and office.notice_until and office.notice_until <= now())
    return render_template(
        "setup/texts.html",
        office=office,
        typed=typed or shown,
        over=over,
        base=changing.base_of(setup, OFFICE),
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )
