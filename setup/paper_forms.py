"""What the printers' page sends, checked: what cannot be used is said beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import nfc
from printer.devices import open_device
from printer.models import PRINTER_KINDS, WIDTHS
from setup.forms import NAME_AT_MOST
from setup.paper_words import address_wrong

ADDRESS_AT_MOST = 200


@dataclass(frozen=True)
class PrinterForm:
    """A printer as typed."""

    name: str
    kind: str
    address: str
    width_dots: int


def typed_printer(sent: Mapping[str, str]) -> dict[str, str]:
    """The form as typed."""
    return {name: nfc(sent.get(name, ""))[:300] for name in ("name", "kind", "address", "width")}


def printer(typed: Mapping[str, str]) -> PrinterForm:
    """A new or changed printer. Raises FormRefused."""
    errors = {}
    if not 1 <= len(typed["name"]) <= NAME_AT_MOST:
        errors["name"] = _("Hãy đặt tên cho máy in, nhiều nhất %(most)s ký tự.", most=NAME_AT_MOST)
    if typed["kind"] not in PRINTER_KINDS:
        errors["kind"] = _("Hãy chọn cách nối máy in.")
    elif not _address_fits(typed["kind"], typed["address"]):
        errors["address"] = address_wrong(typed["kind"])
    if typed["width"] not in map(str, WIDTHS):
        errors["width"] = _("Hãy chọn khổ giấy.")
    if errors:
        raise FormRefused(errors)
    return PrinterForm(typed["name"], typed["kind"], typed["address"], int(typed["width"]))


def _address_fits(kind: str, address: str) -> bool:
    if len(address) > ADDRESS_AT_MOST:
        return False
    if kind == "agent":
        return not address
    try:
        open_device(kind, address, "a", Path("printed"))
    except ValueError:
        return False
    return True
