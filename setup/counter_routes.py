"""The counters of an office: added, named, retired, and which services each takes in which order of preference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import requires
from core.web import reading
from core.words import nfc
from office.models import Office
from office.store import counters_of, office_by_code
from setup import changing, parts_store, store, words
from setup.change_rules import Part, kind_of, name_of
from setup.forms import NAME_AT_MOST
from setup.pages import Answer, blueprint
from setup.plan_changes import SetupChange

NUMBER_AT_MOST = 999
LAST = 999
"""The place of a service that is taken and has none typed: behind all that have."""
LIST = ("setup.counters_page", dict[str, Any]())


@blueprint.get("/office/<office>/counters")
@requires("head")
def counters_page(office: str) -> Answer:
    """All counters that there are."""
    with reading() as session:
        return _list(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/counters")
@requires("head")
def counter_added(office: str) -> Answer:
    """Add a counter; one that was retired comes back with its number."""
    typed = {name: nfc(request.form.get(name, ""))[:200] for name in ("number", "name")}

    def build(session: Session, found: Office) -> SetupChange:
        setup = parts_store.read(session, found)
        number, name = _number(typed["number"], setup), _name(typed["name"])
        fields = {"name": name, "planned": True, "retired": False}
        if f"counter:{number}" not in setup:
            fields |= {"hours": None, "services": []}
        return SetupChange("counter_added", {f"counter:{number}": fields})

    return changing.at_once(office, build, _("Đã thêm quầy. Hãy chọn dịch vụ mà quầy nhận."), LIST, _list, typed)


@blueprint.get("/office/<office>/counters/<int:counter>")
@requires("head")
def counter_setup_page(office: str, counter: int) -> Answer:
    """A counter's name and what it takes."""
    with reading() as session:
        found = office_by_code(session, office)
        return _form(session, found, {}, counter=counter)


@blueprint.post("/office/<office>/counters/<int:counter>")
@requires("head")
def counter_setup_sent(office: str, counter: int) -> Answer:
    """Change the name and what it takes: `take:<code>` for each service, `place:<code>` for its preference."""
    typed = {"name": nfc(request.form.get("name", ""))[:200]}
    typed |= {nfc(name): nfc(value)[:4] for name, value in request.form.items() if name.startswith(("take:", "place:"))}

    def build(session: Session, found: Office) -> SetupChange:
        row = store.counter_of(session, found, counter)
        setup = parts_store.read(session, found)
        fields = {"name": _name(typed["name"]), "services": _chosen(typed, setup)}
        return SetupChange("counter_changed", {f"counter:{row.number}": fields})

    return changing.change(office, typed, build, _page_of(counter), _("Đã lưu quầy."), LIST, _shown(office, counter))


@blueprint.post("/office/<office>/counters/<int:counter>/retire")
@requires("head")
def counter_retired(office: str, counter: int) -> Answer:
    """There is no such counter any more. Shown with whom it hurts; refused while somebody sits there or is sent there."""

    def build(session: Session, found: Office) -> SetupChange:
        row = store.counter_of(session, found, counter)
        return SetupChange("counter_retired", {f"counter:{row.number}": {"retired": True, "planned": False, "services": []}})

    return changing.change(office, {}, build, _page_of(counter, retiring=True), _("Đã bỏ quầy."), LIST)


def _page_of(counter: int, **more: Any) -> changing.Page:
    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return _form(session, found, typed, counter=counter, **more, **context)

    return page


def _shown(office: str, counter: int) -> tuple[str, ...]:
    """The part that the form is filled in from."""
    with reading() as session:
        return (f"counter:{store.counter_of(session, office_by_code(session, office), counter).number}",)


def _number(typed: str, setup: Mapping[str, Part]) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", typed) or not 1 <= int(typed) <= NUMBER_AT_MOST:
        raise FormRefused({"number": _("Hãy nhập số của quầy, từ 1 đến %(most)s.", most=NUMBER_AT_MOST)})
    present = setup.get(f"counter:{int(typed)}")
    if present is not None and not present["retired"]:
        raise FormRefused({"number": _("Đã có quầy %(n)s. Hãy chọn số khác.", n=int(typed))})
    return int(typed)


def _name(typed: str) -> str:
    if len(typed) > NAME_AT_MOST:
        raise FormRefused({"name": _("Hãy rút gọn tên còn %(most)s ký tự.", most=NAME_AT_MOST)})
    return typed


def _chosen(typed: Mapping[str, str], setup: Mapping[str, Part]) -> list[str]:
    """The services that were ticked, by the places typed; without one, in the office's order behind the others."""
    codes = [name_of(name) for name in setup if kind_of(name) == "service"]
    taken = [code for code in codes if typed.get(f"take:{code}") == "1"]
    places = {code: typed.get(f"place:{code}", "") for code in taken}
    return sorted(taken, key=lambda code: int(places[code]) if re.fullmatch(r"[0-9]{1,3}", places[code]) else LAST)


def _list(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    setup = parts_store.read(session, office)
    lines = []
    for counter in counters_of(session, office):
        part = setup[f"counter:{counter.number}"]
        plan = words.counter_plan(counter.planned, own_hours=part["hours"] is not None)
        fields = list(dict.fromkeys(setup[f"service:{code}"]["field"] for code in part["services"]))
        lines.append((counter, plan, fields, len(part["services"])))
    free = max((counter.number for counter, *_more in lines), default=0) + 1
    context = {"errors": {}, "refusal": None} | context
    return render_template("setup/counters.html", office=office, lines=lines, typed={"number": free} | dict(typed), **context)


def _form(session: Session, office: Office, typed: Mapping[str, str], *, counter: int, **context: Any) -> str:
    row = store.counter_of(session, office, counter)
    setup = parts_store.read(session, office)
    part = setup[f"counter:{row.number}"]
    sent = typed
    if "name" not in typed:
        typed = {"name": part["name"]}
        typed |= {f"take:{code}": "1" for code in part["services"]}
        typed |= {f"place:{code}": str(place) for place, code in enumerate(part["services"], 1)}
    fields: dict[str, list[tuple[str, Part]]] = {}
    for name in setup:
        if kind_of(name) == "service" and (setup[name]["active"] or name_of(name) in part["services"]):
            fields.setdefault(setup[name]["field"], []).append((name_of(name), setup[name]))
    return render_template(
        "setup/counter.html",
        office=office,
        counter=row,
        typed=typed,
        sent=sent,
        fields=fields,
        base=changing.base_of(setup, f"counter:{row.number}"),
        **{"preview": None, "errors": {}, "refusal": None, "retiring": False} | context,
    )
