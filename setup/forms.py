"""What the set-up forms send, checked: what cannot be used is said beside its field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import nfc
from office.hours import Weekly
from setup.rules import HoursMistyped, read_week
from setup.words import weekdays

NOTICE_AT_MOST = 200
NAME_AT_MOST = 60
DEVICE_KINDS = ("kiosk", "display")
"""What a browser can become; the print agent is a program and gets its token from the command line."""


@dataclass(frozen=True)
class DeviceForm:
    """A new device as typed."""

    kind: str
    name: str
    on_site: bool
    printer_key: str | None


def notice(sent: Mapping[str, str]) -> str:
    """The notice of the lobby, one line. Raises FormRefused."""
    typed = nfc(sent.get("notice", ""))
    if len(typed) > NOTICE_AT_MOST:
        raise FormRefused(
            {"notice": _("Thông báo dài %(n)s ký tự; hãy rút gọn còn %(most)s.", n=len(typed), most=NOTICE_AT_MOST)}
        )
    return typed


def device(sent: Mapping[str, str], printer_keys: Collection[str]) -> DeviceForm:
    """A new device; its printer is one of `printer_keys` or none. Raises FormRefused."""
    errors = {}
    kind, name, printer_key = sent.get("kind", ""), nfc(sent.get("name", "")), sent.get("printer_key", "")
    if kind not in DEVICE_KINDS:
        errors["kind"] = _("Hãy chọn loại thiết bị.")
    if not 1 <= len(name) <= NAME_AT_MOST:
        errors["name"] = _("Hãy đặt tên cho thiết bị, nhiều nhất %(most)s ký tự.", most=NAME_AT_MOST)
    if printer_key and printer_key not in printer_keys:
        errors["printer_key"] = _("Hãy chọn một máy in trong danh sách.")
    if errors:
        raise FormRefused(errors)
    return DeviceForm(kind, name, sent.get("on_site") == "1", printer_key or None)


def typed_week(sent: Mapping[str, str]) -> dict[int, str]:
    """The hours form as typed, by weekday."""
    return {weekday: nfc(sent.get(f"day{weekday}", ""))[:200] for weekday in range(7)}


def week(typed: Mapping[int, str]) -> Weekly:
    """The week that was typed. Raises FormRefused."""
    try:
        return read_week(typed)
    except HoursMistyped as mistyped:
        names = weekdays()
        errors = {
            f"day{weekday}": _(
                "%(day)s: hãy viết giờ như 08:00-11:30, 13:30-17:00, không chồng nhau; để trống nếu nghỉ.", day=names[weekday]
            )
            for weekday in mistyped.weekdays
        }
        raise FormRefused(errors) from mistyped
