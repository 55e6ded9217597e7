"""The sentences of the line, Vietnamese and translated. A public screen never shows a reason: it may name a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from core.i18n import gettext as _


def reason_sentence(code: str, params: Mapping[str, Any], tz: tzinfo) -> str:
    """Why somebody is called now, for the officer; hours on the office's clock. `params` may come from stored JSON."""
    told = {name: _told(value, tz) for name, value in params.items()}
    return _REASONS[code](params) % told


def state_name(state: str) -> str:
    """A ticket's state in words."""
    return {
        "waiting": _("đang chờ"),
        "called": _("đang được gọi"),
        "serving": _("đang được phục vụ"),
        "held": _("tạm giữ"),
        "missed": _("vắng mặt"),
        "done": _("đã xong"),
        "cancelled": _("đã hủy"),
        "expired": _("đã hết ngày"),
    }[state]


def done_sentence(verb: str, number: str) -> str:
    """What was just done with a number, beside the button that takes it back."""
    return _DONE[verb]() % {"number": number}


_DONE: dict[str, Callable[[], str]] = {
    "call": lambda: _("Đã gọi %(number)s."),
    "serve": lambda: _("Đã bắt đầu phục vụ %(number)s."),
    "absent": lambda: _("Đã ghi %(number)s vắng mặt."),
    "hold": lambda: _("Đã tạm giữ %(number)s."),
    "resume": lambda: _("Đã tiếp tục %(number)s."),
    "transfer": lambda: _("Đã chuyển %(number)s."),
    "return": lambda: _("Đã cho %(number)s trở lại hàng chờ."),
    "finish": lambda: _("Đã hoàn thành %(number)s."),
    "go_on": lambda: _("Đã xong %(number)s ở quầy này, người dân đi tiếp."),
    "take": lambda: _("Đã cấp %(number)s và phục vụ tại quầy."),
    "further": lambda: _("Đã ghi việc làm tiếp của %(number)s."),
    "change_service": lambda: _("Đã đổi dịch vụ của %(number)s."),
    "release": lambda: _("Đã đưa %(number)s trở lại hàng chờ."),
    "cancel": lambda: _("Đã hủy %(number)s."),
    "not_the_person": lambda: _("Đã ghi %(number)s không đúng người."),
    "carry": lambda: _("Đã cấp phiếu ngày sau cho %(number)s."),
    "expire": lambda: _("Đã kết thúc %(number)s vì hết ngày."),
}
"""The sentence of each verb: only the one that is wanted is translated."""

_REASONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "booked": lambda p: _("đặt hẹn %(slot_at)s, đến %(arrived_at)s"),
    "booked_later": lambda p: _("đặt hẹn %(slot_at)s, đã đến, gọi từ %(call_from)s"),
    "booked_overdue": lambda p: _("đặt hẹn %(slot_at)s, đã quá giờ hẹn"),
    "guard": lambda p: _("chờ đã %(minutes)s phút, đến lượt người chờ lâu"),
    "priority": lambda p: _("ưu tiên, sau %(after)s người thường") if p["after"] else _("ưu tiên"),
    "priority_first": lambda p: _("ưu tiên, gọi trước"),
    "walk_in": lambda p: _("theo giờ lấy số %(due_at)s"),
    "late": lambda p: _("đặt hẹn %(slot_at)s, đến muộn lúc %(arrived_at)s"),
    "wrong_person": lambda p: _("không đúng người đặt hẹn, tính từ %(due_at)s"),
    "transferred": lambda p: (
        _("chuyển từ quầy %(from_counter)s, giữ giờ %(due_at)s") if p["from_counter"] else _("đã chuyển, giữ giờ %(due_at)s")
    ),
    "missed": lambda p: _("vắng mặt đã trở lại, tính từ %(due_at)s"),
    "returned": lambda p: _("bổ sung giấy tờ, giữ giờ %(due_at)s"),
    "carried": lambda p: _("phiếu từ hôm trước, tính từ %(due_at)s"),
    "early": lambda p: _("đặt hẹn %(slot_at)s, đến sớm; quầy đang rảnh"),
    "arrival": lambda p: _("theo giờ đến %(arrived_at)s"),
    "by_hand": lambda p: _("gọi ngoài thứ tự: %(why)s"),
}
"""The sentence of each reason of queueing.rules, of `by_hand`, and of `booked_later` (a place in the line, not a call)."""


def _told(value: Any, tz: tzinfo) -> Any:
    if isinstance(value, str) and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    return _hour(value, tz) if isinstance(value, datetime) else value


@lru_cache(maxsize=10_000)
def _hour(instant: datetime, tz: tzinfo) -> str:
    """Remembered, as every snapshot of a line says the same hours again."""
    return f"{instant.astimezone(tz):%H:%M}"
