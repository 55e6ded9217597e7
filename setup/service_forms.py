"""A service of an office as its form sends it: what it is called, asks for and takes, and which counters take it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import fold, nfc
from office.models import Procedure
from setup import guard_rules
from setup.change_rules import Part, kind_of, name_of
from setup.demo import is_same_day

NAME_AT_MOST = 200
FIELD_AT_MOST = 60
FEE_AT_MOST = 200
DOCUMENTS_AT_MOST = 30
MINUTES_AT_MOST = 240
PLACES_AT_MOST = 99
_TEXTS = ("name", "name_en", "field", "prefix", "minutes", "fee", "processing_time", "early", "late", "places", "procedure")
_TICKS = ("bookable", "common", "same_day", "active")
_FREE_LETTERS = "ACHKEGTUVXZRSFJYLWBM"
"""Tried in this order for a field that has no letter yet; of those that sound alike one stands first."""
_CODE = re.compile(r"[^a-z0-9]+")


def typed(sent: Mapping[str, str]) -> dict[str, str]:
    """The form as typed; the documents keep their lines, `take:<number>` are the counters of a new service."""
    found = {name: nfc(sent.get(name, ""))[:400] for name in _TEXTS}
    found |= {name: "1" if sent.get(name) == "1" else "" for name in _TICKS}
    lines = [nfc(line)[:300] for line in sent.get("documents", "")[:20_000].splitlines()]
    found["documents"] = "\n".join(line for line in lines if line)
    found["prefix"] = found["prefix"].upper()
    return found | {name: "1" for name in sent if re.fullmatch(r"take:\d{1,4}", name)}


def shown(part: Part) -> dict[str, str]:
    """A service as its form shows it."""
    found = {name: "" if part.get(name) is None else str(part[name]) for name in _TEXTS}
    found |= {name: "1" if part[name] else "" for name in _TICKS}
    return found | {"documents": "\n".join(part["documents"])}


def fields(typed: Mapping[str, str]) -> Part:
    """The service as it shall be, without its place in the list. Raises FormRefused."""
    errors: dict[str, str] = {}
    figures = {
        "minutes": _figure(typed, "minutes", 1, MINUTES_AT_MOST, errors, empty=False),
        "early": _figure(typed, "early", 0, MINUTES_AT_MOST, errors),
        "late": _figure(typed, "late", 0, MINUTES_AT_MOST, errors),
        "places": _figure(typed, "places", 0, PLACES_AT_MOST, errors),
    }
    documents = [line for line in typed["documents"].split("\n") if line]
    if not 1 <= len(typed["name"]) <= NAME_AT_MOST:
        errors["name"] = _("Hãy nhập tên dịch vụ, nhiều nhất %(most)s ký tự.", most=NAME_AT_MOST)
    if len(typed["name_en"]) > NAME_AT_MOST:
        errors["name_en"] = _("Hãy rút gọn còn %(most)s ký tự.", most=NAME_AT_MOST)
    if not 1 <= len(typed["field"]) <= FIELD_AT_MOST:
        errors["field"] = _("Hãy nhập lĩnh vực, nhiều nhất %(most)s ký tự.", most=FIELD_AT_MOST)
    for name in ("fee", "processing_time"):
        if len(typed[name]) > FEE_AT_MOST:
            errors[name] = _("Hãy rút gọn còn %(most)s ký tự.", most=FEE_AT_MOST)
    if len(documents) > DOCUMENTS_AT_MOST:
        errors["documents"] = _("Hãy ghi nhiều nhất %(most)s loại giấy tờ, mỗi loại một dòng.", most=DOCUMENTS_AT_MOST)
    if not guard_rules.is_prefix(typed["prefix"]):
        errors["prefix"] = _("Chữ của số là một hoặc hai chữ cái A đến Z, trừ I, O và Q vì dễ nhầm với số.")
    if errors:
        raise FormRefused(errors)
    texts = {name: typed[name] for name in ("name", "name_en", "field", "prefix", "fee", "processing_time")}
    return texts | figures | {name: typed[name] == "1" for name in _TICKS} | {"documents": documents}


def new(typed: Mapping[str, str], setup: Mapping[str, Part]) -> dict[str, Part | None]:
    """The parts of a new service: itself, last in the list, and the counters that take it. Raises FormRefused."""
    made = fields(typed) | {"procedure": typed["procedure"] or None}
    places = [part["position"] for name, part in setup.items() if kind_of(name) == "service"]
    code = typed["procedure"] or _own_code(typed["name"], {name_of(name) for name in setup if kind_of(name) == "service"})
    if f"service:{code}" in setup:
        raise FormRefused({"name": _("Điểm phục vụ đã có dịch vụ này. Hãy sửa dịch vụ đó, hoặc bật lại nếu đang tắt.")})
    parts: dict[str, Part | None] = {f"service:{code}": made | {"position": max(places, default=-1) + 1}}
    for name, part in setup.items():
        if kind_of(name) == "counter" and not part["retired"] and typed.get(f"take:{name_of(name)}"):
            parts[name] = {"services": [*part["services"], code]}
    return parts


def of_procedure(procedure: Procedure, setup: Mapping[str, Part]) -> Part:
    """A service for a procedure of the catalogue, to be looked through."""
    return blank(setup, procedure.field) | {
        "procedure": procedure.code,
        "name": procedure.name,
        "minutes": procedure.counter_minutes,
        "documents": list(procedure.documents),
        "fee": procedure.fee,
        "processing_time": procedure.processing_time,
        "common": procedure.common,
        "same_day": is_same_day(procedure),
    }


def blank(setup: Mapping[str, Part], field: str = "") -> Part:
    """A service of which nothing is known but perhaps its field."""
    figures = dict.fromkeys(("early", "late", "places", "procedure"))
    texts = {"name": "", "name_en": "", "fee": "", "processing_time": "", "field": field}
    ticks = {"bookable": True, "common": False, "same_day": False, "active": True}
    return figures | texts | ticks | {"minutes": 15, "documents": [], "prefix": proposed_prefix(setup, field)}


def proposed_prefix(setup: Mapping[str, Part], field: str) -> str:
    """The letter of the field, or the first that is free and sounds like no other; "" when there is none."""
    services = [part for name, part in setup.items() if kind_of(name) == "service" and part["active"]]
    own = next((part["prefix"] for part in services if part["field"] == field), None)
    if own is not None:
        return str(own)
    used = {part["prefix"] for part in services}
    free = (letter for letter in _FREE_LETTERS if letter not in used)
    return next((letter for letter in free if not any(guard_rules.sound_alike(letter, each) for each in used)), "")


def reordered(codes: Sequence[str], code: str, move: str) -> list[str]:
    """The order of the services after one was moved up, down or to the top; the same for a move there is not."""
    order = list(codes)
    if code not in order:
        return order
    place = order.index(code)
    target = {"up": max(place - 1, 0), "down": min(place + 1, len(order) - 1), "top": 0}.get(move, place)
    order.insert(target, order.pop(place))
    return order


def found_in(procedures: Iterable[Procedure], text: str, setup: Mapping[str, Part]) -> list[Procedure]:
    """The procedures that the office does not offer yet and whose name, field or code holds what was typed."""
    wanted = fold(text)
    return [
        each
        for each in procedures
        if f"service:{each.code}" not in setup and wanted in fold(f"{each.name} {each.field} {each.code}")
    ]


def _own_code(name: str, taken: set[str]) -> str:
    code = _CODE.sub("-", fold(name)).strip("-")[:40] or "dich-vu"
    number, made = 2, code
    while made in taken:
        number, made = number + 1, f"{code}-{number}"
    return made


def _figure(
    typed: Mapping[str, str], name: str, low: int, high: int, errors: dict[str, str], *, empty: bool = True
) -> Any:
    text = typed[name]
    if not text and empty:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text) or not low <= int(text) <= high:
        errors[name] = _("Hãy nhập số từ %(low)s đến %(high)s.", low=low, high=high)
        return None
    return int(text)
