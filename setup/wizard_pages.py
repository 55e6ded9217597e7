"""Draws the steps of the first run: each from what the office's set-up says, or from what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from core.qr import qr_svg
from core.web import config, local, now
from core.words import nfc
from office import invitations
from office.models import Office, Staff
from office.store import devices_of, procedures, staff_of
from printer import store as printers
from setup import guard_rules, parts_store, wizard_words, words
from setup import wizard_parts as parts
from setup import wizard_rules as rules
from setup.change_rules import OFFICE, Part
from setup.forms import DEVICE_KINDS
from setup.wizard_rules import Step


def progress_of(session: Session, office: Office) -> list[Step]:
    """How far the office is."""
    return rules.progress(parts_store.read(session, office), printers=len(_printers(session, office)))


def sent_machines(sent: Mapping[str, str]) -> dict[str, str]:
    """The codes that were typed, by kind of device."""
    return {kind: nfc(sent.get(kind, ""))[:30] for kind in DEVICE_KINDS}


def drawn(session: Session, office: Office, typed: Mapping[str, str], *, step: str, **context: Any) -> str:
    """A step; `typed` is what was sent, nothing for the step as it is."""
    setup = parts_store.read(session, office)
    steps = rules.progress(setup, printers=len(_printers(session, office)))
    shown, more = _SHOWN[step](session, office, setup, typed)
    return render_template(
        f"setup/wizard_{step}.html",
        office=office,
        step=step,
        steps=steps,
        place=rules.STEPS.index(step) + 1,
        before=rules.beside(step, -1) if step != rules.STEPS[0] else None,
        after=rules.beside(step, 1),
        may_wait=rules.MAY_WAIT,
        step_words=wizard_words.steps(),
        typed=shown,
        sent=typed,
        **more,
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )


def links_page(session: Session, office: Office, links: Sequence[tuple[Staff, str]]) -> str:
    """The links of new people, to hand over or to print: each is shown once."""
    made = []
    for member, token in links:
        link = config().public_url + url_for("office.invite", token=token)
        picture = qr_svg(link).replace(' id="qr-path"', "")  # several stand on this page, and an id stands once
        made.append((member, words.role(member.role), link, picture))
    return render_template(
        "setup/wizard_links.html",
        office=office,
        links=made,
        days=invitations.INVITATION_LIVES.days,
        after=rules.beside("people", 1),
    )


Shown = tuple[Mapping[str, str], dict[str, Any]]
"""What stands in the fields of a step, and what its page needs besides."""


def _printers(session: Session, office: Office) -> list[Any]:
    return [printer for printer in printers.printers_at(session, office.code) if printer.active]


def _unit(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    own = {name: str(setup[OFFICE][name]) for name in ("address", "hotline", "technician")}
    return typed or own, {}


def _fields(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    fields = parts.fields_of(setup, procedures(session, local(now()).date()))
    return typed or parts.shown_fields(setup, fields), {"fields": fields}


def _counters(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    shown = typed or parts.shown_counters(setup)
    number = shown.get("number", "")
    count = int(number) if number.isascii() and number.isdigit() and 0 < int(number) <= rules.COUNTERS_AT_MOST else 0
    present = rules.counters(setup)
    lines = [(n, present.get(n, {}).get("name", "")) for n in parts.numbers_of(present, count)]
    return shown, {"lines": lines, "fields": list(parts.loads(setup)), "most": rules.COUNTERS_AT_MOST}


def _hours(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    usual = parts.shown_hours(setup)
    return typed or usual or {}, {"simple": bool(typed) or usual is not None}


def _people(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    here = [(member, words.role(member.role)) for member in staff_of(session, office) if member.active]
    roles = [(role, words.role(role)) for role in guard_rules.OFFICE_ROLES]
    sent = [row for row in range(parts.ROWS_OF_PEOPLE) if typed.get(f"name:{row}")]
    rows = min(max(len(rules.counters(setup)) + 1, 3, *(row + 1 for row in sent)), parts.ROWS_OF_PEOPLE)
    more = {"people": here, "no_password": parts_store.NO_PASSWORD, "roles": roles, "rows": rows}
    return typed or parts.shown_people(rows), more


def _devices(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    here = [(device, words.device_kind(device.kind)) for device in devices_of(session, office) if device.revoked_at is None]
    return typed, {"devices": here, "pair_url": config().public_url + url_for("office.pair_shown")}


def _printer(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    return typed, {"printers": _printers(session, office)}


def _publish(session: Session, office: Office, setup: Mapping[str, Part], typed: Mapping[str, str]) -> Shown:
    ready = guard_rules.ready_to_publish(setup)
    services = list(rules.active_services(setup))
    return typed, {
        "ready": ready,
        "public_url": config().public_url,
        "services": len(services),
        "counters": len(rules.counters(setup)),
        "untaken": list(guard_rules.untaken(setup)),
        "people": sum(member.active for member in staff_of(session, office)),
    }


_SHOWN = {
    "unit": _unit,
    "fields": _fields,
    "counters": _counters,
    "hours": _hours,
    "people": _people,
    "devices": _devices,
    "printer": _printer,
    "publish": _publish,
}
