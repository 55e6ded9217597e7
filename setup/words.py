"""The words of the set-up pages for what the database names in English."""

from __future__ import annotations

from core.i18n import gettext as _


def role(name: str) -> str:
    """A role as colleagues say it."""
    return {
        "officer": _("Cán bộ quầy"),
        "head": _("Trưởng điểm phục vụ"),
        "helper": _("Người hướng dẫn"),
        "technician": _("Kỹ thuật"),
        "city": _("Quản trị thành phố"),
    }[name]


def counter_state(name: str) -> tuple[str, str]:
    """A counter's state, and the tone of its pill."""
    return {"open": (_("Đang mở"), "green"), "paused": (_("Đang tạm ngưng"), "amber"), "closed": (_("Đã đóng"), "plain")}[name]


def counter_plan(planned: bool, *, own_hours: bool) -> str:
    """When a counter is planned to be staffed."""
    if not planned:
        return _("dự kiến không có cán bộ, không tính khi nhận đặt hẹn")
    return _("giờ riêng") if own_hours else _("theo giờ của điểm phục vụ")


def device_kind(name: str) -> str:
    """A kind of device."""
    return {"kiosk": _("Ki-ốt lấy số"), "display": _("Bảng gọi số"), "agent": _("Máy phục vụ in")}[name]


def printer_state(name: str) -> tuple[str, str]:
    """A printer's state, and the tone of its pill."""
    return {
        "ok": (_("Tốt"), "green"),
        "near_end": (_("Sắp hết giấy"), "amber"),
        "paper_out": (_("Hết giấy"), "red"),
        "cover": (_("Nắp đang mở"), "red"),
        "off": (_("Không trả lời"), "red"),
        "unknown": (_("Chưa hỏi máy in"), "plain"),
    }[name]


def no_printer() -> str:
    """A device that prints nothing."""
    return _("Không in")


def job_state(name: str) -> str:
    """What became of a slip."""
    return {
        "queued": _("đang chờ in"),
        "sending": _("đang in"),
        "printed": _("đã in"),
        "handed": _("đã chuyển cho máy in"),
        "blocked": _("chưa in được, máy in đang có lỗi"),
        "uncertain": _("không rõ đã ra giấy chưa"),
        "failed": _("không in được"),
        "expired": _("quá lâu nên đã bỏ"),
    }[name]


def weekdays() -> list[str]:
    """Monday first."""
    return [_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ Nhật")]


def call_state(name: str) -> tuple[str, str]:
    """How somebody of the call list stands, and the tone of the pill."""
    return {
        "open": (_("Cần gọi"), "red"),
        "told": (_("Đã nhắn tin"), "green"),
        "called": (_("Đã gọi"), "green"),
        "moved": (_("Đã dời giờ"), "green"),
        "cancelled": (_("Đã hủy"), "plain"),
        "came": (_("Đã đến"), "green"),
        "over": (_("Đã qua giờ hẹn"), "plain"),
        "kept": (_("Giờ cũ vẫn giữ được"), "green"),
    }[name]
