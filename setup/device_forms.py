"""A device as its form sends it: what it is, where it stands, and what its room lets be set for one machine."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import nfc
from office.display_options import DisplayOptions, WrongOption, read_options
from office.display_words import wrong_option_words
from setup.change_rules import Part
from setup.forms import DEVICE_KINDS, NAME_AT_MOST

SCREEN_MM = (100, 3000)
OFFICES_AT_MOST = 12
_TEXTS = ("name", "kind", "printer_key", "screen_mm", "offices")
_DISPLAY = ("layout", "counter", "volume", "engine", "quiet_from", "quiet_until")
_OFFICE_CODE = re.compile(r"[\w.-]{1,20}")


def typed(sent: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """The form as typed; `field:<n>` are the fields of work that a display counts, by their place in `fields`."""
    found = {name: nfc(sent.get(name, ""))[:200] for name in (*_TEXTS, *_DISPLAY, "code")}
    found["on_site"] = "1" if sent.get("on_site") == "1" else ""
    return found | {f"field:{place}": "1" for place in range(len(fields)) if sent.get(f"field:{place}") == "1"}


def shown(part: Part, fields: Sequence[str]) -> dict[str, str]:
    """A device as its form shows it."""
    options = DisplayOptions.of(part["options"])
    found = {name: "" if part.get(name) is None else str(part[name]) for name in ("name", "kind", "printer_key", "screen_mm")}
    found |= {name: "" if getattr(options, name) is None else str(getattr(options, name)) for name in _DISPLAY[:4]}
    found |= {"quiet_from": options.quiet[0] if options.quiet else "", "quiet_until": options.quiet[1] if options.quiet else ""}
    found |= {f"field:{place}": "1" for place, field in enumerate(fields) if field in options.fields}
    offices = part["options"].get("offices")
    found["offices"] = " ".join(map(str, offices)) if isinstance(offices, list) else ""
    return found | {"on_site": "1" if part["on_site"] else ""}


def new(typed: Mapping[str, str], printers: Collection[str]) -> Part:
    """A device to be added. Raises FormRefused."""
    errors: dict[str, str] = {}
    if typed["kind"] not in DEVICE_KINDS:
        errors["kind"] = _("Hãy chọn loại thiết bị.")
    made = _everywhere(typed, printers, errors)
    if errors:
        raise FormRefused(errors)
    return made | {"kind": typed["kind"], "screen_mm": None, "options": {}, "revoked": False}


def changed(
    typed: Mapping[str, str], kind: str, printers: Collection[str], fields: Sequence[str], offices: Collection[str]
) -> Part:
    """What is set of a device of this kind; `offices` are the codes there are. Raises FormRefused."""
    errors: dict[str, str] = {}
    made = _everywhere(typed, printers, errors)
    if kind == "kiosk":
        made["screen_mm"] = _screen(typed["screen_mm"], errors)
        made["options"] = _kiosk_options(typed, offices, errors)
    elif kind == "display":
        made["options"] = _display_options(typed, fields, errors)
    if errors:
        raise FormRefused(errors)
    return made


def _everywhere(typed: Mapping[str, str], printers: Collection[str], errors: dict[str, str]) -> Part:
    if not 1 <= len(typed["name"]) <= NAME_AT_MOST:
        errors["name"] = _("Hãy đặt tên cho thiết bị, nhiều nhất %(most)s ký tự.", most=NAME_AT_MOST)
    if typed["printer_key"] and typed["printer_key"] not in printers:
        errors["printer_key"] = _("Hãy chọn một máy in trong danh sách.")
    return {"name": typed["name"], "on_site": typed["on_site"] == "1", "printer_key": typed["printer_key"] or None}


def _screen(text: str, errors: dict[str, str]) -> int | None:
    low, high = SCREEN_MM
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text) or not low <= int(text) <= high:
        errors["screen_mm"] = _("Hãy nhập bề rộng màn hình từ %(low)s đến %(high)s mm.", low=low, high=high)
        return None
    return int(text)


def _kiosk_options(typed: Mapping[str, str], offices: Collection[str], errors: dict[str, str]) -> dict[str, Any]:
    codes = list(dict.fromkeys(typed["offices"].replace(",", " ").split()))
    unknown = [code for code in codes if not _OFFICE_CODE.fullmatch(code) or code not in offices]
    if unknown or len(codes) > OFFICES_AT_MOST:
        errors["offices"] = _(
            "Hãy nhập mã của nhiều nhất %(most)s điểm phục vụ, cách nhau bằng dấu cách. Mã không có: %(codes)s.",
            most=OFFICES_AT_MOST, codes=", ".join(unknown[:3]) or "–",
        )  # fmt: skip
        return {}
    return {"offices": codes} if codes else {}


def _display_options(typed: Mapping[str, str], fields: Sequence[str], errors: dict[str, str]) -> dict[str, Any]:
    chosen = [field for place, field in enumerate(fields) if typed.get(f"field:{place}")]
    try:
        return read_options({name: typed[name] for name in _DISPLAY}, chosen).stored()
    except WrongOption as wrong:
        where = {"quiet": "quiet_from"}.get(wrong.option, wrong.option)
        errors[where] = wrong_option_words(wrong.option)
        return {}
