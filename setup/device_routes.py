"""The devices of an office: added, made of a machine that shows its code, named, set up, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused, Refusal
from core.rights import actor, requires
from core.web import config, now, reading, transaction
from office import actions as offices
from office.display_options import ENGINES, LAYOUTS
from office.display_words import engine_names, layout_names
from office.models import Office
from office.store import devices_of, office_by_code
from office.store import offices as all_offices
from printer import store as printers
from setup import actions, changing, device_forms, forms, parts_store, stop_actions, store, words
from setup.pages import Answer, blueprint, desk
from setup.plan_changes import SetupChange

LIST = ("setup.devices_page", dict[str, Any]())


@blueprint.get("/office/<office>/devices")
@requires("head", "technician")
def devices_page(office: str) -> Answer:
    """All devices, when each was last heard of."""
    with reading() as session:
        return _list(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/devices")
@requires("head", "technician")
def device_sent(office: str) -> Answer:
    """Add a kiosk or a display; with the `code` that a machine shows, that machine becomes it."""
    typed = device_forms.typed(request.form, ())
    try:
        with transaction() as session:
            found = office_by_code(session, office)
            keys = [printer.key for printer in printers.printers_at(session, found.code)]
            made, code = device_forms.new(typed, keys), actions.read_code(typed["code"]) if typed["code"] else None
            actions.add_device(session, found, made, code, desk())
    except Refusal as refusal:
        errors = refusal.errors if isinstance(refusal, FormRefused) else {}
        with reading() as session:
            place = office_by_code(session, office)
            return _list(session, place, typed, errors=errors, refusal=None if errors else refusal), refusal.status
    flash(_waiting_words(made["name"]) if code else _("Đã thêm thiết bị “%(name)s”.", name=made["name"]), "success")
    return redirect(url_for("setup.devices_page", office=office))


@blueprint.get("/office/<office>/devices/<int:device>")
@requires("head", "technician")
def device_page(office: str, device: int) -> Answer:
    """One device, to be set up."""
    with reading() as session:
        return _form(session, office_by_code(session, office), {}, device=device)


@blueprint.post("/office/<office>/devices/<int:device>")
@requires("head", "technician")
def device_changed(office: str, device: int) -> Answer:
    """Another name, place, printer, or options of its kind."""
    with reading() as session:
        fields = stop_actions.fields_of(session, office_by_code(session, office))
    typed = device_forms.typed(request.form, fields)

    def build(session: Session, found: Office) -> SetupChange:
        row = store.device_of(session, found, device)
        keys = [printer.key for printer in printers.printers_at(session, found.code)]
        codes = {place.code for place in all_offices(session)} if typed["offices"] else ()
        part = device_forms.changed(typed, row.kind, keys, fields, codes)
        return SetupChange("device_changed", {f"device:{row.id}": part})

    return changing.change(office, typed, build, _page_of(device), _("Đã lưu thiết bị."), LIST, (f"device:{device}",))


@blueprint.post("/office/<office>/devices/<int:device>/pair")
@requires("head", "technician")
def pair_sent(office: str, device: int) -> Answer:
    """Let the machine that shows `code` become this device. What was it before stays it until then."""
    typed = {"code": request.form.get("code", "")[:30]}
    try:
        with transaction() as session:
            found = office_by_code(session, office)
            row = store.device_of(session, found, device)
            actions.pair_by_code(session, found, row, actions.read_code(typed["code"]), staff_id=actor().id, now=now())
    except FormRefused as refusal:
        with reading() as session:
            return _form(session, office_by_code(session, office), {}, device=device, errors=refusal.errors), refusal.status
    except Refusal as refusal:
        with reading() as session:
            return _form(session, office_by_code(session, office), {}, device=device, refusal=refusal), refusal.status
    flash(_waiting_words(row.name), "success")
    return redirect(url_for("setup.devices_page", office=office))


@blueprint.post("/office/<office>/devices/<int:device>/revoke")
@requires("head", "technician")
def revoke_sent(office: str, device: int) -> Answer:
    """Stop a device that was lost or given away. A second time changes nothing."""

    def build(session: Session, found: Office) -> SetupChange:
        row = store.device_of(session, found, device)
        return SetupChange("device_revoked", {f"device:{row.id}": {"revoked": True}})

    return changing.at_once(office, build, _("Đã thu hồi. Máy đó không còn vào được."), LIST, _page_of(device))


def _waiting_words(name: str) -> str:
    return _("Mã đúng. Máy sẽ là “%(name)s” trong vài giây nữa.", name=name)


def _page_of(device: int) -> changing.Page:
    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return _form(session, found, typed, device=device, **context)

    return page


def _list(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    devices = sorted(devices_of(session, office), key=lambda device: device.revoked_at is not None)
    return render_template(
        "setup/devices.html",
        office=office,
        devices=[(device, words.device_kind(device.kind)) for device in devices],
        kinds=[(kind, words.device_kind(kind)) for kind in forms.DEVICE_KINDS],
        printers=_printers(session, office),
        pair_url=_pair_url(),
        typed=typed,
        today=now().date(),
        **{"errors": {}, "refusal": None} | context,
    )


def _form(session: Session, office: Office, typed: Mapping[str, str], *, device: int, **context: Any) -> str:
    row = store.device_of(session, office, device)
    setup, fields = parts_store.read(session, office), stop_actions.fields_of(session, office)
    return render_template(
        "setup/device.html",
        office=office,
        device=row,
        kind=words.device_kind(row.kind),
        typed=typed or device_forms.shown(setup[f"device:{row.id}"], fields),
        fields=fields,
        printers=_printers(session, office),
        pair_url=_pair_url(),
        layouts=[(layout, layout_names()[layout]) for layout in LAYOUTS],
        engines=[("", _("Như cài đặt của điểm phục vụ")), *((engine, engine_names()[engine]) for engine in ENGINES)],
        base=changing.base_of(setup, f"device:{row.id}"),
        minutes=int(offices.GRANT_LIVES.total_seconds() // 60),
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )


def _pair_url() -> str:
    """As somebody types it at the machine, which need not be where this page is."""
    return config().public_url + url_for("office.pair_shown")


def _printers(session: Session, office: Office) -> list[tuple[str, str]]:
    found = printers.printers_at(session, office.code)
    return [("", words.no_printer()), *((printer.key, printer.name) for printer in found)]
