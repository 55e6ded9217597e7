"""The first run: eight short questions, after which an office works. Each may be left and taken up again (see wizard_rules)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.i18n import gettext as _
from core.refusals import FormRefused, Refusal
from core.rights import NotFound, requires
from core.web import local, now, reading, transaction
from core.words import nfc
from office.models import Office
from office.store import office_by_code, procedures, staff_of
from setup import actions as machines
from setup import changing, device_forms, paper_actions, paper_forms, parts_store, plan_actions, staff_actions
from setup import wizard_parts as parts
from setup import wizard_rules as rules
from setup.change_rules import OFFICE, kind_of
from setup.forms import DEVICE_KINDS
from setup.pages import Answer, blueprint, desk, own_or_chosen
from setup.plan_changes import SetupChange
from setup.wizard_pages import drawn, links_page, progress_of, sent_machines
from setup.words import device_kind

PAPER_WIDTH = "576"


@blueprint.get("/office/start")
@requires("head")
def wizard_start() -> Answer:
    """To the first run of the own office; the city administrator chooses one of all units."""
    return own_or_chosen("setup.wizard_page")


@blueprint.get("/office/<office>/start")
@requires("head")
def wizard_page(office: str) -> Answer:
    """Go on where the office is."""
    with reading() as session:
        step = rules.where_to_go_on(progress_of(session, office_by_code(session, office)))
    return redirect(url_for("setup.wizard_step", office=office, step=step))


@blueprint.get("/office/<office>/start/<step>")
@requires("head")
def wizard_step(office: str, step: str) -> Answer:
    """One step, filled in from how the office is set up."""
    _known(step)
    with reading() as session:
        return drawn(session, office_by_code(session, office), {}, step=step)


@blueprint.post("/office/<office>/start/<step>")
@requires("head")
def wizard_sent(office: str, step: str) -> Answer:
    """Save a step and go on (or `back`). What hurts a booking is shown first; in an office nobody can book nothing does."""
    _known(step)
    if step in _WITHOUT_PREVIEW:
        return _WITHOUT_PREVIEW[step](office)
    typed = parts.typed(step, request.form)
    if step == "counters" and request.form.get("spread"):
        return _spread(office, typed)

    def build(session: Session, found: Office) -> SetupChange:
        return _change(session, found, step, typed)

    words = _("Đã lưu. Bước tiếp theo.") if not request.form.get("back") else _("Đã lưu.")
    return changing.change(office, typed, build, _page_of(step), words, _next(step), first_run=True)


def _change(session: Session, office: Office, step: str, typed: Mapping[str, str]) -> SetupChange:
    setup = parts_store.read(session, office)
    if step == "unit":
        return parts.unit_change(typed)
    if step == "fields":
        return parts.fields_change(typed, setup, procedures(session, local(now()).date()))
    return parts.counters_change(typed, setup) if step == "counters" else parts.hours_change(typed)


def _spread(code: str, typed: Mapping[str, str]) -> Answer:
    """Show the fields spread anew over so many counters; nothing is saved."""
    with reading() as session:
        found = office_by_code(session, code)
        try:
            shown = parts.shown_counters(parts_store.read(session, found), parts.count_of(typed))
        except FormRefused as refusal:
            return drawn(session, found, typed, step="counters", errors=refusal.errors), refusal.status
        return drawn(session, found, shown, step="counters")


def _people_sent(code: str) -> Answer:
    """Add those whose names were typed, and show the link of each: here and never again."""
    typed = parts.typed("people", request.form)
    if not any(typed[name] for name in typed if name.startswith("name:")):
        return _on("people", code)
    try:
        with transaction() as session:
            found = office_by_code(session, code)
            made = parts.people(session, typed, parts_store.read(session, found))
            wanted = {f"staff:{username}": part for username, part in made.items()}
            plan_actions.save(session, found, SetupChange("staff_added", wanted), seen=None, desk=desk())
            new = [member for member in staff_of(session, found) if member.username in made]
            links = [(member, staff_actions.invite(session, found, member, desk())) for member in new]
            return links_page(session, found, links)
    except Refusal as refusal:
        return _refused(code, "people", typed, refusal)


def _devices_sent(code: str) -> Answer:
    """Each machine whose code was typed becomes a device."""
    typed = sent_machines(request.form)
    if not any(typed.values()):
        return _on("devices", code)
    names: list[str] = []
    try:
        with transaction() as session:
            found = office_by_code(session, code)
            for kind in DEVICE_KINDS:
                if typed[kind]:
                    names.append(_add_machine(session, found, kind, typed[kind]))
    except Refusal as refusal:
        return _refused(code, "devices", typed, refusal)
    flash(_("Mã đúng. Trong vài giây nữa máy sẽ là: %(names)s.", names=", ".join(names)), "success")
    return _on("devices", code)


def _add_machine(session: Session, office: Office, kind: str, code: str) -> str:
    try:
        read = machines.read_code(code)
    except FormRefused as refusal:
        raise FormRefused({kind: refusal.errors["code"]}) from refusal
    present = parts_store.read(session, office)
    number = 1 + sum(kind_of(name) == "device" and part["kind"] == kind for name, part in present.items())
    name = f"{device_kind(kind)} {number}"
    made = device_forms.new(device_forms.typed({"kind": kind, "name": name, "on_site": "1"}, ()), ())
    machines.add_device(session, office, made, read, desk())
    return name


def _printer_sent(code: str) -> Answer:
    """Add a printer of the local network; other kinds have a page of their own."""
    address = nfc(request.form.get("address", ""))[:300]
    if not address:
        return _on("printer", code)
    sent = {"name": _("Máy in phiếu"), "kind": "network", "address": address, "width": PAPER_WIDTH}
    try:
        with transaction() as session:
            found = office_by_code(session, code)
            form = paper_forms.printer(paper_forms.typed_printer(sent))
            paper_actions.add(session, found, form, staff_id=desk().staff_id, now=now())
    except Refusal as refusal:
        return _refused(code, "printer", {"address": address}, refusal)
    flash(_("Đã thêm máy in. Có thể in thử ở trang Máy in."), "success")
    return _on("printer", code)


def _publish_sent(code: str) -> Answer:
    """Publish the office: the last step, and the list of what may be done next."""
    if request.form.get("back"):
        return _on("publish", code)

    def build(session: Session, found: Office) -> SetupChange:
        return SetupChange("published", {OFFICE: {"published": True}})

    words = _("Đã công bố. Người dân tìm thấy điểm phục vụ này ở trang thành phố.")
    return changing.at_once(code, build, words, _next("publish"), _page_of("publish"))


_WITHOUT_PREVIEW: Mapping[str, Callable[[str], Answer]] = {
    "people": _people_sent,
    "devices": _devices_sent,
    "printer": _printer_sent,
    "publish": _publish_sent,
}
"""The steps that touch no booking."""


def _known(step: str) -> None:
    if step not in rules.STEPS:
        raise NotFound()


def _next(step: str) -> changing.Where:
    by = -1 if request.form.get("back") else 1
    return "setup.wizard_step", {"step": rules.beside(step, by)}


def _on(step: str, code: str) -> Response:
    view, more = _next(step)
    return redirect(url_for(view, office=code, **more))


def _refused(code: str, step: str, typed: Mapping[str, str], refusal: Refusal) -> Answer:
    errors = refusal.errors if isinstance(refusal, FormRefused) else {}
    with reading() as session:
        found = office_by_code(session, code)
        page = drawn(session, found, typed, step=step, errors=errors, refusal=None if errors else refusal)
        return page, refusal.status


def _page_of(step: str) -> changing.Page:
    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return drawn(session, found, typed, step=step, **context)

    return page

