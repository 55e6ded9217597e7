"""The sentences the console and the tablet draw with: translated here, handed to the page as data, never written in a script."""

from __future__ import annotations

from core.i18n import gettext as _


def hold_reasons() -> list[str]:
    """Why people are asked to wait aside; the keys 1-9 choose them in this order."""
    return [_("đi photo"), _("điền tờ khai"), _("nộp lệ phí"), _("chờ xác minh"), _("nghe điện thoại")]


def pause_reasons() -> list[str]:
    """Why a counter rests."""
    return [_("nghỉ giải lao"), _("nghỉ trưa"), _("họp"), _("xử lý hồ sơ")]


def call_reasons() -> list[str]:
    """Why somebody is called out of order."""
    return [_("người yếu, cần giúp"), _("đã được hướng dẫn quay lại"), _("nhầm dịch vụ"), _("theo yêu cầu của người quản lý")]


def keys() -> list[tuple[str, str]]:
    """The keys of the console and what they do."""
    return [
        ("N", _("Xong, gọi người tiếp theo")),
        ("S", _("Bắt đầu phục vụ người được gọi")),
        ("R", _("Gọi lại")),
        ("V", _("Vắng mặt")),
        ("G", _("Tạm giữ")),
        ("C", _("Chuyển dịch vụ hoặc quầy")),
        ("X", _("Hoàn thành, chưa gọi tiếp")),
        ("T", _("Thiếu giấy: hướng dẫn một lần")),
        ("K", _("Cấp số cho người đứng tại quầy")),
        ("P", _("Tạm nghỉ, hoặc mở lại quầy")),
        ("Z", _("Hoàn tác, trong 30 giây")),
        ("1-9", _("Chọn lý do trong hộp thoại")),
        ("?", _("Bảng này")),
    ]


def shared() -> dict[str, str]:
    """What both screens say."""
    return {
        "waited": _("chờ {minutes}′"),
        "minutes": _("{minutes}′"),
        "priority": _("Ưu tiên"),
        "needs_help": _("Cần hỗ trợ"),
        "counter": _("Quầy"),
        "service": _("Dịch vụ"),
        "took": _("Đã cấp số {number}."),
        "failed": _("Chưa làm được. Hãy thử lại."),
        "no_answer": _("Máy chủ không trả lời. Chưa rõ việc vừa rồi đã xong chưa: hãy xem lại hàng chờ khi có kết nối."),
        "live_live": _("Trực tiếp"),
        "live_polling": _("Cập nhật chậm"),
        "live_offline": _("Mất kết nối"),
        "lost": _("Mất kết nối với máy chủ. Hàng chờ trên màn hình là của {seconds} giây trước và có thể đã thay đổi."),
        "state_open": _("Sẵn sàng"),
        "state_paused": _("Tạm nghỉ"),
        "state_closed": _("Đóng"),
        "paused_for": _("Tạm nghỉ: {reason}"),
        "bring_back": _("Trở lại"),
        "cancel_this": _("Hủy số này"),
        "priority_on": _("Đánh dấu ưu tiên"),
        "priority_off": _("Bỏ ưu tiên"),
        "missed_row": _("gọi {times} lần, {at}"),
        "nobody_missed": _("Không có ai vắng mặt."),
    }


def console() -> dict[str, str]:
    """What the console says besides."""
    return shared() | _serving() | _next_press() | _lists()


def _serving() -> dict[str, str]:
    return {
        "ticket_called": _("Đang gọi"),
        "ticket_serving": _("Đang phục vụ"),
        "serving_facts": _("Gọi {at} · {times} lần · chờ {waited} phút"),
        "clock_called": _("từ lúc gọi"),
        "clock_serving": _("đang phục vụ"),
        "idle_title": _("Chưa có ai chờ quầy này"),
        "idle_note": _("Khi có người lấy số, số sẽ hiện ở đây. Cấp số cho người đứng tại quầy bằng phím K."),
        "free_title": _("Quầy đang rảnh"),
        "free_note": _("Có người đang chờ: bấm N để gọi."),
        "paused_title": _("Quầy đang tạm nghỉ"),
        "paused_note": _("Không số nào được gọi đến quầy này cho đến khi mở lại."),
        "absent_suggested": _("đã gọi {times} lần"),
        "after_seconds": _("sau {seconds} giây"),
        "undo_in": _("Hoàn tác ({seconds} giây)"),
        "pause": _("Tạm nghỉ"),
        "printer_ok": _("Máy in: tốt"),
        "printer_low": _("Máy in: sắp hết giấy"),
        "printer_blocked": _("Máy in: cần xem lại"),
        "printer_unknown": _("Máy in: chưa rõ"),
    }


def _next_press() -> dict[str, str]:
    return {
        "done_next": _("Xong, gọi tiếp {number}"),
        "done_nobody": _("Xong {number}"),
        "call_next": _("Gọi {number}"),
        "nobody_here": _("Chưa có ai chờ quầy này"),
        "nobody_note": _("Số mới sẽ tự hiện ra, không cần tải lại trang."),
        "nobody_called": _("Không còn ai chờ quầy này."),
        "serve": _("Bắt đầu phục vụ {number}"),
        "serve_note": _("khi người dân đã đến quầy"),
        "open_again": _("Mở lại quầy"),
        "open_again_note": _("Quầy nhận người trở lại."),
        "busy": _("Đang gửi…"),
        "none_called": _("Quầy chưa gọi số nào. Bấm N để gọi người tiếp theo."),
        "already_serving": _("Quầy đang phục vụ {number}."),
        "recall_wait": _("Gọi lại được sau {seconds} giây nữa."),
        "counter_paused": _("Quầy đang tạm nghỉ. Bấm P để mở lại."),
        "nothing_to_undo": _("Không có việc nào để hoàn tác: chỉ hoàn tác được trong 30 giây."),
    }


def _lists() -> dict[str, str]:
    return {
        "next_why": _("Tiếp theo: {reason}"),
        "nobody_office": _("Không có ai đang chờ."),
        "nobody_held": _("Không có ai tạm giữ."),
        "nobody_expected": _("Không còn lịch hẹn hôm nay."),
        "no_counters": _("Điểm phục vụ chỉ có quầy này."),
        "not_here": _("chưa đến"),
        "resume": _("Tiếp tục"),
        "resume_long": _("Mời trở lại quầy này"),
        "bring_back_long": _("Đã có mặt: cho trở lại hàng chờ"),
        "call_this": _("Gọi số này ngay"),
        "hold_this": _("Tạm giữ"),
        "any_counter": _("Quầy nào nhận dịch vụ này cũng được"),
        "arrived": _("Đến lúc"),
        "reason": _("Thứ tự"),
    }
