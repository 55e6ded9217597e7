"""The words of the fleet: what is wrong with a machine, since when, and how its page is filtered and ordered."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.i18n import gettext as _
from core.web import local
from setup import words
from setup.fleet_view import FleetLine


def fault_words(line: FleetLine) -> tuple[str, str]:
    """What is wrong, and the tone of its pill."""
    fault = line.fault
    if fault is None:
        return _("Tốt"), "green"
    if line.kind == "printer":
        state = words.printer_state(fault.code)[0]
        return (_("%(state)s, máy khác in thay", state=state) if line.replaced else state), fault.tone
    if fault.code == "silent":
        return (_("Im lặng") if line.heard_at else _("Chưa từng trả lời")), fault.tone
    if fault.code == "clock":
        return _("Đồng hồ lệch %(n)s", n=_long(timedelta(milliseconds=abs(line.ahead_ms or 0)))), fault.tone
    return _("Trang cũ, chưa tải lại"), fault.tone


def since_words(since: datetime | None, now: datetime) -> str:
    """Since when, and how long that is."""
    if since is None:
        return ""
    at = local(since)
    wall = at.strftime("%H:%M") if at.date() == local(now).date() else at.strftime("%H:%M %d/%m/%Y")
    return _("từ %(at)s (%(long)s)", at=wall, long=_long(now - since))


def filters() -> list[tuple[str, str]]:
    """The kinds of fault."""
    return [
        ("", _("Mọi lỗi")),
        ("silent", _("Máy im lặng")),
        ("printer", _("Máy in")),
        ("clock", _("Đồng hồ sai")),
        ("outdated", _("Trang cũ")),
    ]


def orders() -> list[tuple[str, str]]:
    """The orders of the offices."""
    return [("faults", _("Nhiều lỗi trước")), ("since", _("Hỏng lâu trước")), ("name", _("Theo tên"))]


def _long(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 120:
        return _("%(n)s giây", n=seconds)
    if seconds < 2 * 3600:
        return _("%(n)s phút", n=seconds // 60)
    if seconds < 2 * 86_400:
        return _("%(n)s giờ", n=seconds // 3600)
    return _("%(n)s ngày", n=seconds // 86_400)
