"""The log in the words of the office: what each entry is called, how a person came, and the sentence of a whole entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from core.i18n import gettext as _
from queueing.log_rules import Entry
from queueing.words import reason_sentence


def what_words(what: str) -> str:
    """What an entry is called."""
    known = {
        "taken": _("Vào hàng chờ"),
        "called": _("Gọi"),
        "recalled": _("Gọi lại"),
        "served": _("Phục vụ"),
        "unanswered": _("Gọi sớm, chưa đến"),
        "absent": _("Vắng mặt"),
        "held": _("Tạm giữ"),
        "resumed": _("Tiếp tục"),
        "transferred": _("Chuyển"),
        "went_on": _("Sang việc tiếp theo"),
        "returned": _("Trở lại hàng chờ"),
        "released": _("Quầy im lặng, về hàng chờ"),
        "handed_over": _("Bàn giao quầy"),
        "finished": _("Hoàn thành"),
        "cancelled": _("Hủy"),
        "carried": _("Phiếu ngày sau"),
        "expired": _("Hết ngày"),
        "undone": _("Hoàn tác"),
        "wrong_person": _("Không đúng người"),
        "service": _("Đổi dịch vụ"),
        "priority": _("Đổi ưu tiên"),
        "people": _("Đổi số người"),
        "further": _("Ghi việc làm tiếp"),
        "counter_opened": _("Mở quầy"),
        "counter_paused": _("Tạm ngưng quầy"),
        "counter_closed": _("Đóng quầy"),
        "day_closed": _("Chốt ngày"),
        "policy": _("Quy tắc gọi"),
        "hours_changed": _("Đổi giờ làm việc"),
        "counter_hours_changed": _("Đổi giờ của quầy"),
        "day_changed": _("Đổi giờ một ngày"),
        "day_removed": _("Bỏ giờ riêng một ngày"),
        "service_added": _("Thêm dịch vụ"),
        "service_changed": _("Đổi dịch vụ của điểm phục vụ"),
        "counter_added": _("Thêm quầy"),
        "counter_changed": _("Đổi dịch vụ của quầy"),
        "counter_retired": _("Bỏ quầy"),
        "staff_added": _("Thêm người"),
        "staff_changed": _("Đổi vai trò, quyền của người làm việc"),
        "staff_left": _("Cho nghỉ"),
        "staff_back": _("Cho trở lại làm việc"),
        "settings_changed": _("Đổi cài đặt"),
        "setup_undone": _("Hoàn tác thay đổi thiết lập"),
        "stopped": _("Đóng đột xuất"),
        "stop_lifted": _("Mở lại"),
    }
    return known.get(what, what)


def hand_words() -> str:
    """The mark of a move by hand, in a word."""
    return _("BẰNG TAY")


def day_heading(office: str, on: date) -> str:
    """What stands above a day of the log."""
    return _("Nhật ký hàng chờ của %(office)s, ngày %(day)s", office=office, day=f"{on:%d/%m/%Y}")


def came_words(detail: Mapping[str, Any], tz: tzinfo) -> str:
    """How somebody came into the line, by the entry that tells of it: "đặt hẹn 09:00, đến đúng giờ", "lấy số tại ki-ốt"."""
    arrival, slot_at = detail.get("arrival"), detail.get("slot_at")
    if isinstance(slot_at, str):
        hour = _clock(slot_at, tz)
        if arrival == "late":
            return _("đặt hẹn %(hour)s, đến muộn", hour=hour)
        return _("đặt hẹn %(hour)s", hour=hour)
    if arrival == "carried":
        return _("phiếu từ hôm trước")
    places = {
        "kiosk": _("lấy số tại ki-ốt"),
        "counter": _("lấy số tại quầy"),
        "door": _("người hướng dẫn lấy số"),
        "phone": _("báo đã đến bằng điện thoại"),
        "paper": _("số viết tay"),
    }
    return places.get(str(detail.get("how", "")), _("lấy số"))


def sentence(entry: Entry, tz: tzinfo) -> str:
    """What an entry says besides its time, number and counter; empty when its name says all."""
    detail = entry.detail
    if entry.what == "called":
        return _called(detail, tz)
    if entry.what == "taken":
        due_at = detail.get("due_at")
        came = came_words(detail, tz)
        return _("%(came)s, tính từ %(hour)s", came=came, hour=_clock(due_at, tz)) if isinstance(due_at, str) else came
    if entry.what == "priority":
        return _("Đặt ưu tiên") if detail.get("priority") else _("Bỏ ưu tiên")
    if entry.what == "undone":
        return _("Hoàn tác việc: %(verb)s", verb=what_words(_VERBS.get(detail.get("verb", ""), "")))
    if entry.what == "policy":
        return _policy(detail.get("rules", {}))
    change: Mapping[str, Any] = detail.get("change", {})
    why = str(detail.get("why") or change.get("reason") or "")
    return "" if why in _PLAIN_WHY else why


def _policy(rules: Mapping[str, Any]) -> str:
    """The policy of an office: what decides whom the rule calls."""
    modes = {"strict": _("gọi trước"), "interleaved": _("xen kẽ"), "all": _("trước cả người đặt hẹn")}
    try:
        return _(
            "đến sớm %(early)s, muộn %(late)s, gọi trước giờ hẹn %(lead)s phút; chờ quá %(guard)s phút thì được gọi xen sau"
            " %(ratio)s lượt hẹn; ưu tiên %(mode)s (%(interleave)s)",
            mode=modes.get(rules["priority"], rules["priority"]),
            **{name: rules[name] for name in ("early", "late", "lead", "guard", "ratio", "interleave")},
        )
    except KeyError:  # the policy of another version
        return ", ".join(f"{name} {value}" for name, value in rules.items())


def _called(detail: Mapping[str, Any], tz: tzinfo) -> str:
    call: Mapping[str, Any] = detail.get("call", {})
    try:
        told = reason_sentence(call["reason"], call["params"], tz)
    except KeyError:  # a reason of another version: its code says it
        told = str(call.get("reason", ""))
    instead = detail.get("instead")
    return _("%(reason)s (theo thứ tự là %(instead)s)", reason=told, instead=instead) if instead else told


_VERBS = {
    "call": "called", "take": "called", "serve": "served", "absent": "absent", "hold": "held", "resume": "resumed",
    "transfer": "transferred", "return": "returned", "finish": "finished", "go_on": "went_on", "cancel": "cancelled",
    "not_the_person": "wrong_person", "change_service": "service", "further": "further", "release": "released",
    "carry": "carried", "expire": "expired",
}  # fmt: skip
"""What a verb is called in the log."""
_PLAIN_WHY = frozenset(
    {"transferred", "further", "counter_silent", "handed_over", "wrong_person", "missed", "returned", "served", "carried"}
)
"""Reasons that the program gives, and that the name of the entry says already."""


def _clock(text: str, tz: tzinfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(tz):%H:%M}"
