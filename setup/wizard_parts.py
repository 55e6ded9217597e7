"""What each step of the first run makes of an office's set-up, and what its form shows. Every step is a SetupChange.

A step that was done before changes only what was changed in it: services that were switched off one by one, and what a counter
takes of a field, stay as they were made elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import nfc
from office.hours import OFFICE_HOURS, Weekly
from office.models import Procedure, Service, Staff
from setup import demo, guard_rules, service_forms, staff_actions, wizard_rules
from setup.change_rules import HOURS, OFFICE, Part, Parts, kind_of, name_of
from setup.demo_ward import GENERAL
from setup.parts_store import SERVICE_FIELDS
from setup.plan_changes import SetupChange, week_part
from setup.rules import read_day
from setup.wizard_rules import COUNTERS_AT_MOST, COUNTERS_USUAL

LINE_AT_MOST = 200
ROWS_OF_PEOPLE = 8
EVERYWHERE = tuple(general.code for general in GENERAL)
"""Services that every counter takes, so nobody is without a way out."""


def typed(step: str, sent: Mapping[str, str]) -> dict[str, str]:
    """The form of a step as typed."""
    if step == "unit":
        return {name: nfc(sent.get(name, ""))[:400] for name in ("address", "hotline", "technician")}
    if step == "fields":
        return {nfc(name)[:200]: "1" for name in sent if name.startswith("field:")}
    if step == "counters":
        ticks = {nfc(name)[:200]: "1" for name in sent if name.startswith("take:")}
        return {"number": nfc(sent.get("number", ""))[:4]} | ticks
    if step == "hours":
        return {"usual": nfc(sent.get("usual", ""))[:200], "saturday": "1" if sent.get("saturday") == "1" else ""}
    if step == "people":
        names = [f"{name}:{row}" for row in range(ROWS_OF_PEOPLE) for name in ("name", "role")]
        return {name: nfc(sent.get(name, ""))[:100] for name in names}
    return {}


# --- the unit ---------------------------------------------------------------------------------------------------------


def unit_change(typed: Mapping[str, str]) -> SetupChange:
    """Where the office is and whom people call. Raises FormRefused."""
    errors = {name: _("Hãy rút gọn còn %(most)s ký tự.", most=LINE_AT_MOST) for name in typed if len(typed[name]) > LINE_AT_MOST}
    if not typed["address"]:
        errors["address"] = _("Hãy ghi địa chỉ để người dân biết đến đâu.")
    if errors:
        raise FormRefused(errors)
    return SetupChange("texts_changed", {OFFICE: dict(typed)})


# --- the fields of work -----------------------------------------------------------------------------------------------


def fields_of(setup: Mapping[str, Part], procedures: Sequence[Procedure]) -> dict[str, list[Part]]:
    """What the office offers or could offer, by field; each service as it is, or as the catalogue proposes it."""
    found: dict[str, list[Part]] = {}
    for code, part in proposed(setup, procedures).items():
        if code not in EVERYWHERE:
            found.setdefault(part["field"], []).append(part)
    return found


def proposed(setup: Mapping[str, Part], procedures: Sequence[Procedure]) -> dict[str, Part]:
    """Every service by its code: the office's own, then those of the catalogue that it has not."""
    found = {name_of(name): dict(part) for name, part in setup.items() if kind_of(name) == "service"}
    last = max((part["position"] for part in found.values()), default=-1)
    whole = dict(setup)
    for service in demo.catalogue_services(procedures):
        if service.code in found:
            continue
        last += 1
        part = _part_of(service) | {"position": last}
        against = guard_rules.prefix_against({**whole, f"service:{service.code}": part}, f"service:{service.code}")
        if against is not None:
            part["prefix"] = service_forms.proposed_prefix(whole, part["field"])
        found[service.code] = whole[f"service:{service.code}"] = part
    return found


def _part_of(service: Service) -> Part:
    given = {name: getattr(service, name) for name in SERVICE_FIELDS}
    usual: Part = {"documents": [], "fee": "", "processing_time": "", "bookable": True, "same_day": False, "active": True}
    code = service.code if service.code not in EVERYWHERE else None
    return {name: usual.get(name) if value is None else value for name, value in given.items()} | {"procedure": code}


def shown_fields(setup: Mapping[str, Part], fields: Mapping[str, Sequence[Part]]) -> dict[str, str]:
    """The fields that the office offers; all of them where it offers nothing yet."""
    offered = {part["field"] for _code, part in wizard_rules.active_services(setup)}
    return {f"field:{field}": "1" for field in fields if not offered or field in offered}


def fields_change(typed: Mapping[str, str], setup: Mapping[str, Part], procedures: Sequence[Procedure]) -> SetupChange:
    """The fields that were ticked are offered, others are not. Raises FormRefused."""
    fields = fields_of(setup, procedures)
    wanted = {field for field in fields if f"field:{field}" in typed}
    if not wanted:
        raise FormRefused({"fields": _("Hãy chọn ít nhất một lĩnh vực mà điểm phục vụ nhận.")})
    offered = {part["field"] for _code, part in wizard_rules.active_services(setup)}
    parts: Parts = {}
    for code, part in proposed(setup, procedures).items():
        name, field = f"service:{code}", part["field"]
        if name not in setup:
            if field in wanted or code in EVERYWHERE:
                parts[name] = part
        elif field in wanted and field not in offered:
            parts[name] = {"active": True}
        elif field in fields and field not in wanted and part["active"]:
            parts[name] = {"active": False}
    return SetupChange("services_chosen", parts)


# --- the counters -----------------------------------------------------------------------------------------------------


def loads(setup: Mapping[str, Part]) -> dict[str, float]:
    """How much each field has to do, as far as the catalogue knows: the minutes of what is asked for often. An estimate."""
    found: dict[str, float] = {}
    for code, part in wizard_rules.active_services(setup):
        if code not in EVERYWHERE:
            found[part["field"]] = found.get(part["field"], 1) + (part["minutes"] if part["common"] else 0)
    return found


def shown_counters(setup: Mapping[str, Part], number: int | None = None) -> dict[str, str]:
    """The counters as they are, with a proposal for what none takes; with `number` (or where there are none) a new spread."""
    present, weights = wizard_rules.counters(setup), loads(setup)
    if number is not None or not any(part["services"] for part in present.values()):
        numbers = numbers_of(present, number or len(present) or COUNTERS_USUAL)
        taken = wizard_rules.spread(weights, numbers)
    else:
        numbers = list(present)
        field_of = {code: part["field"] for code, part in wizard_rules.active_services(setup) if code not in EVERYWHERE}
        taken = {n: list(dict.fromkeys(field_of[c] for c in part["services"] if c in field_of)) for n, part in present.items()}
        untaken = {field: load for field, load in weights.items() if not any(field in fields for fields in taken.values())}
        for n, fields in wizard_rules.spread(untaken, numbers).items():
            taken[n] += fields
    ticks = {f"take:{n}:{field}": "1" for n, fields in taken.items() for field in fields}
    return {"number": str(len(numbers))} | ticks


def numbers_of(present: Mapping[int, Part], count: int) -> list[int]:
    """The numbers of so many counters: those there are first, then the next free ones."""
    free = (number for number in range(1, 1000) if number not in present)
    kept = list(present)[:count]
    return sorted([*kept, *(next(free) for _more in range(count - len(kept)))])


def counters_change(typed: Mapping[str, str], setup: Mapping[str, Part]) -> SetupChange:
    """So many counters, each with the fields that were ticked; those there are too many of are gone. Raises FormRefused."""
    present, fields = wizard_rules.counters(setup), loads(setup)
    numbers = numbers_of(present, count_of(typed))
    errors = {}
    parts: Parts = {f"counter:{n}": {"retired": True, "planned": False, "services": []} for n in present if n not in numbers}
    for n in numbers:
        ticked = [field for field in fields if f"take:{n}:{field}" in typed]
        if not ticked:
            errors[f"take-{n}"] = _("Quầy %(n)s: hãy chọn ít nhất một lĩnh vực, hoặc giảm số quầy.", n=n)
        parts[f"counter:{n}"] = _counter(setup, setup.get(f"counter:{n}"), ticked)
    if errors:
        raise FormRefused(errors)
    return SetupChange("counters_chosen", parts)


def count_of(typed: Mapping[str, str]) -> int:
    """How many counters were typed. Raises FormRefused."""
    if not re.fullmatch(r"[0-9]{1,2}", typed["number"]) or not 1 <= int(typed["number"]) <= COUNTERS_AT_MOST:
        raise FormRefused({"number": _("Hãy nhập số quầy, từ 1 đến %(most)s.", most=COUNTERS_AT_MOST)})
    return int(typed["number"])


def _counter(setup: Mapping[str, Part], present: Part | None, ticked: Sequence[str]) -> Part:
    """What is taken of a field already stays as it is; a field that is new at the counter is taken whole."""
    kept = list(present["services"]) if present else []
    known = {code: part["field"] for code, part in wizard_rules.active_services(setup)}
    has = {known[code] for code in kept if code in known}
    services = [code for code in kept if code not in known or code in EVERYWHERE or known[code] in ticked]
    services += [code for code, field in known.items() if field in ticked and field not in has]
    if not kept:
        services += [code for code in EVERYWHERE if code in known]
    made: Part = {"services": services}
    if present is None or present["retired"]:
        made |= {"planned": True, "retired": False}
    return made if present is not None else made | {"name": "", "hours": None}


# --- the hours --------------------------------------------------------------------------------------------------------


def shown_hours(setup: Mapping[str, Part]) -> dict[str, str] | None:
    """The usual day and Saturday; the usual hours where there are none, None for a week that needs a page of its own."""
    week = Weekly.parse(setup[HOURS]) if setup[HOURS] else OFFICE_HOURS
    usual = wizard_rules.usual_day(week)
    return {"usual": usual[0], "saturday": "1" if usual[1] else ""} if usual else None


def hours_change(typed: Mapping[str, str]) -> SetupChange:
    """Monday to Friday alike, and Saturday morning if ticked. Raises FormRefused."""
    try:
        day = read_day(typed["usual"])
    except ValueError:
        day = ()
    if not day:
        raise FormRefused({"usual": _("Hãy viết giờ như 08:00-11:30, 13:30-17:00, không chồng nhau.")})
    return SetupChange("hours_changed", {HOURS: week_part(wizard_rules.usual_week(day, saturday=typed["saturday"] == "1"))})


# --- the people -------------------------------------------------------------------------------------------------------


def people(session: Session, typed: Mapping[str, str], setup: Mapping[str, Part]) -> dict[str, Part]:
    """Those whose names were typed, by the user name proposed for each. Raises FormRefused."""
    here = {part["name"] for name, part in setup.items() if kind_of(name) == "staff" and part["active"]}
    taken = set(session.scalars(select(Staff.username)))
    made: dict[str, Part] = {}
    errors: dict[str, str] = {}
    for row in range(ROWS_OF_PEOPLE):
        name = typed[f"name:{row}"]
        if not name:
            continue
        username = wizard_rules.username_of(name, taken | set(made))
        try:
            fields = staff_actions.fields({"name": name, "role": typed[f"role:{row}"], "may_pick": "1"})
        except FormRefused as refused:
            errors |= {f"{field}:{row}": sentence for field, sentence in refused.errors.items()}
            continue
        if name in here:
            errors[f"name:{row}"] = _("%(name)s đã có trong danh sách. Người trùng tên thì ghi thêm tên đệm hoặc số.", name=name)
        here.add(name)
        made[username] = fields | {"active": True}
    if errors:
        raise FormRefused(errors)
    return made


def shown_people(rows: int) -> dict[str, str]:
    """Empty rows: officers, and last somebody for the door."""
    roles = ["officer"] * (rows - 1) + ["helper"]
    return {f"role:{row}": role for row, role in enumerate(roles)} | {f"name:{row}": "" for row in range(rows)}
