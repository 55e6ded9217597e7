"""What the set-up forms send, checked: what cannot be used is said beside its field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import nfc
from office.hours import DayException, Weekly, WeeklySpan
from setup.rules import HoursMistyped, read_day, read_week
from setup.words import weekdays

NOTICE_AT_MOST = 200
NAME_AT_MOST = 60
REASON_AT_MOST = 120
EVERYTHING_TYPED = "*"
"""What the form sends for all fields: an empty choice is nobody's choice."""
DAYS_AHEAD = 366
"""How far ahead a day of its own can be set: a wrong year is noticed."""
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


def counter_plan(sent: Mapping[str, str]) -> tuple[bool, Weekly | None]:
    """Whether a counter is planned to be staffed, and its own week (None: the office's hours). Raises FormRefused."""
    planned = sent.get("planned") == "1"
    if sent.get("own") != "1":
        return planned, None
    own = week(typed_week(sent))
    if not any(own.days):
        raise FormRefused(
            {"day0": _("Hãy viết giờ riêng của quầy cho ít nhất một ngày. Nếu quầy không có người, hãy bỏ dấu “Có cán bộ”.")}
        )
    return planned, own


def stop(sent: Mapping[str, str], fields: Collection[str]) -> tuple[str, str]:
    """What stops today ("" for everything, else one of `fields`) and why. Raises FormRefused."""
    typed, reason = nfc(sent.get("field", "")), nfc(sent.get("reason", ""))
    errors = {}
    if typed != EVERYTHING_TYPED and typed not in fields:
        errors["field"] = _("Hãy chọn lĩnh vực, hoặc toàn bộ điểm phục vụ.")
    if not 2 <= len(reason) <= REASON_AT_MOST:
        errors["reason"] = _("Hãy ghi lý do cho người dân biết, nhiều nhất %(most)s ký tự.", most=REASON_AT_MOST)
    if errors:
        raise FormRefused(errors)
    return "" if typed == EVERYTHING_TYPED else typed, reason


def typed_day(sent: Mapping[str, str]) -> dict[str, str]:
    """The form of a single day as typed."""
    return {name: nfc(sent.get(name, ""))[:200] for name in ("on", "kind", "hours", "note")}


def special_day(typed: Mapping[str, str], today: date) -> DayException:
    """A day that is closed or open at other hours, from `today` on. Raises FormRefused."""
    errors: dict[str, str] = {}
    on = _day(typed["on"], today)
    if on is None:
        errors["on"] = _("Hãy chọn một ngày từ hôm nay trở đi, trong vòng một năm.")
    spans = () if typed["kind"] == "closed" else _spans(typed["hours"])
    if typed["kind"] not in ("closed", "hours"):
        errors["kind"] = _("Hãy chọn nghỉ cả ngày hoặc làm việc giờ khác.")
    elif typed["kind"] == "hours" and not spans:
        errors["hours"] = _("Hãy viết giờ như 08:00-11:30, 13:30-17:00, không chồng nhau.")
    if len(typed["note"]) > NAME_AT_MOST:
        errors["note"] = _("Hãy rút gọn lý do còn %(most)s ký tự.", most=NAME_AT_MOST)
    if on is None or errors:
        raise FormRefused(errors)
    return DayException(on, spans, note=typed["note"])


def _day(typed: str, today: date) -> date | None:
    try:
        on = date.fromisoformat(typed)
    except ValueError:
        return None
    return on if today <= on <= today + timedelta(days=DAYS_AHEAD) else None


def _spans(typed: str) -> tuple[WeeklySpan, ...]:
    """None for what cannot be read."""
    try:
        return read_day(typed)
    except ValueError:
        return ()
