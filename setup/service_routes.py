"""The services an office publishes by the hour: listed in its order, changed, added from the catalogue or as its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import NotFound, requires
from core.web import local, now, reading
from core.words import nfc
from office.models import Office, Procedure
from office.store import office_by_code, procedures
from setup import changing, parts_store, service_forms
from setup.change_rules import Part, kind_of, name_of
from setup.pages import Answer, blueprint
from setup.plan_changes import SetupChange

MOST_FOUND = 40
"""Procedures on one page of the catalogue."""
LIST = ("setup.services_page", dict[str, Any]())


@blueprint.get("/office/<office>/services")
@requires("head")
def services_page(office: str) -> Answer:
    """All services in their order, those that are switched off too."""
    with reading() as session:
        return _list(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/services/order")
@requires("head")
def service_order_sent(office: str) -> Answer:
    """Move a service (`code`) up, down or to the top (`move`)."""

    def build(session: Session, found: Office) -> SetupChange:
        setup = parts_store.read(session, found)
        codes = [name_of(name) for name in _in_order(setup)]
        order = service_forms.reordered(codes, request.form.get("code", ""), request.form.get("move", ""))
        return SetupChange("services_ordered", {f"service:{code}": {"position": place} for place, code in enumerate(order)})

    return changing.at_once(office, build, _("Đã đổi thứ tự."), LIST, _list)


@blueprint.get("/office/<office>/services/add")
@requires("head")
def catalogue_page(office: str) -> Answer:
    """The procedures of the catalogue that the office does not offer yet, those that hold what was typed (`q`)."""
    text = nfc(request.args.get("q", ""))[:100]
    with reading() as session:
        found = office_by_code(session, office)
        known = procedures(session, local(now()).date())
        hits = service_forms.found_in(known, text, parts_store.read(session, found))
        return render_template("setup/catalogue.html", office=found, q=text, hits=hits[:MOST_FOUND], more=len(hits) - MOST_FOUND)


@blueprint.get("/office/<office>/services/new")
@requires("head")
def new_service_page(office: str) -> Answer:
    """The form of a new service: of a procedure of the catalogue (`procedure`, its code), or of its own."""
    with reading() as session:
        found = office_by_code(session, office)
        setup = parts_store.read(session, found)
        code = request.args.get("procedure", "")
        part = service_forms.of_procedure(_procedure(session, code), setup) if code else service_forms.blank(setup)
        return _form(session, found, service_forms.shown(part))


@blueprint.post("/office/<office>/services/new")
@requires("head")
def new_service_sent(office: str) -> Answer:
    """Add a service, last in the list, to the counters that were ticked."""
    typed = service_forms.typed(request.form)

    def build(session: Session, found: Office) -> SetupChange:
        if typed["procedure"]:
            _procedure(session, typed["procedure"])
        return SetupChange("service_added", service_forms.new(typed, parts_store.read(session, found)))

    return changing.change(office, typed, build, _form, _("Đã thêm dịch vụ."), LIST)


@blueprint.get("/office/<office>/services/<code>")
@requires("head")
def service_page(office: str, code: str) -> Answer:
    """A service, to be changed."""
    with reading() as session:
        found = office_by_code(session, office)
        part = _service(parts_store.read(session, found), code)
        return _form(session, found, service_forms.shown(part), code=code)


@blueprint.post("/office/<office>/services/<code>")
@requires("head")
def service_sent(office: str, code: str) -> Answer:
    """Change a service. What hurts no booking is saved at once."""
    typed = service_forms.typed(request.form)

    def build(session: Session, found: Office) -> SetupChange:
        _service(parts_store.read(session, found), code)
        return SetupChange("service_changed", {f"service:{code}": service_forms.fields(typed)})

    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return _form(session, found, typed, code=code, **context)

    return changing.change(office, typed, build, page, _("Đã lưu dịch vụ."), LIST, (f"service:{code}",))


def _service(setup: Mapping[str, Part], code: str) -> Part:
    part = setup.get(f"service:{code}")
    if part is None:
        raise NotFound()
    return part


def _procedure(session: Session, code: str) -> Procedure:
    found = next((each for each in procedures(session, local(now()).date()) if each.code == code), None)
    if found is None:
        raise NotFound()
    return found


def _in_order(setup: Mapping[str, Part]) -> list[str]:
    """The services' parts; they are read in their order."""
    return [name for name in setup if kind_of(name) == "service"]


def _list(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    setup = parts_store.read(session, office)
    lines = [(name_of(name), setup[name]) for name in _in_order(setup)]
    takers: dict[str, list[str]] = {code: [] for code, _part in lines}
    for name, part in setup.items():
        if kind_of(name) == "counter" and not part["retired"]:
            for code in part["services"]:
                takers[code].append(name_of(name))
    context = {"errors": {}, "refusal": None} | context
    return render_template("setup/services.html", office=office, lines=lines, takers=takers, **context)


def _form(session: Session, office: Office, typed: Mapping[str, str], *, code: str = "", **context: Any) -> str:
    setup = parts_store.read(session, office)
    here = [name for name, part in setup.items() if kind_of(name) == "counter" and not part["retired"]]
    known = list(dict.fromkeys(setup[name]["field"] for name in _in_order(setup)))
    letters = sorted({setup[name]["prefix"] for name in _in_order(setup) if setup[name]["active"]})
    return render_template(
        "setup/service.html",
        office=office,
        typed=typed,
        code=code,
        base=changing.base_of(setup, f"service:{code}"),
        counters=[(name_of(name), setup[name]["name"]) for name in here],
        fields=known,
        letters=letters,
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )
