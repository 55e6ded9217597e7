"""What the set-up forms send, checked: what cannot be used is said beside its field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def notice(sent: Mapping[str, str]) -> str:
    """The notice of the lobby, one line. Raises FormRefused."""
    typed = nfc(sent.get("notice", ""))
    if len(typed) > NOTICE_AT_MOST:
        raise FormRefused(
            {"notice": _("Thông báo dài %(n)s ký tự; hãy rút gọn còn %(most)s.", n=len(typed), most=NOTICE_AT_MOST)}
        )
    return typed


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
    return {name: nfc(sent.get(name, ""))[:200] for name in ("on", "kind", "hours", "as_weekday", "note")}


def special_day(typed: Mapping[str, str], today: date) -> DayException | date:
    """A day that is closed, open at other hours or like another weekday, from `today` on; as usual: just the date.

    Raises FormRefused.
    """
    errors: dict[str, str] = {}
    kind, on = typed["kind"], day_ahead(typed["on"], today)
    spans = _spans(typed["hours"]) if kind == "hours" else ()
    like = int(typed["as_weekday"]) if typed["as_weekday"] in tuple("0123456") else None
    if on is None:
        errors["on"] = _("Hãy chọn một ngày từ hôm nay trở đi, trong vòng một năm.")
    if kind not in ("usual", "closed", "hours", "works_as"):
        errors["kind"] = _("Hãy chọn ngày đó nghỉ, làm như thường lệ, làm giờ khác hay làm bù.")
    elif kind == "hours" and not spans:
        errors["hours"] = _("Hãy viết giờ như 08:00-11:30, 13:30-17:00, không chồng nhau.")
    elif kind == "works_as" and like is None:
        errors["as_weekday"] = _("Hãy chọn làm bù theo giờ của thứ nào.")
    if len(typed["note"]) > NAME_AT_MOST:
        errors["note"] = _("Hãy rút gọn lý do còn %(most)s ký tự.", most=NAME_AT_MOST)
    if on is None or errors:
        raise FormRefused(errors)
    if kind == "usual":
        return on
    return DayException(on, None if kind == "works_as" else spans, like if kind == "works_as" else None, note=typed["note"])


def day_ahead(typed: str, today: date) -> date | None:
    """The day that was typed, if it is one that can be set."""
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
