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
        ("P", _("Tạm ngưng, hoặc mở lại quầy")),
        ("M", _("Mở tên người đặt hẹn; mỗi lần mở được ghi lại")),
        ("D", _("Không đúng người đặt hẹn")),
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
        "took": _("Đã cấp số {number}. Phiếu đang in."),
        "took_unprinted": _("Đã cấp số {number}. Chưa in được phiếu: hãy ghi số ra giấy cho người dân."),
        "not_printed": _("Chưa in được phiếu: hãy ghi số ra giấy."),
        "failed": _("Chưa làm được. Hãy thử lại."),
        "no_answer": _("Máy chủ không trả lời. Chưa rõ việc vừa rồi đã xong chưa: hãy xem lại hàng chờ khi có kết nối."),
        "live_live": _("Trực tiếp"),
        "live_polling": _("Cập nhật chậm"),
        "live_offline": _("Mất kết nối"),
        "lost": _("Mất kết nối với máy chủ. Hàng chờ trên màn hình là của {seconds} giây trước và có thể đã thay đổi."),
        "state_open": _("Sẵn sàng"),
        "state_paused": _("Đang tạm ngưng"),
        "state_closed": _("Đã đóng"),
        "paused_for": _("Tạm ngưng: {reason}"),
        "bring_back": _("Trở lại"),
        "bring_back_long": _("Đã có mặt: cho trở lại hàng chờ"),
        "arrived": _("Đến lúc"),
        "cancel_this": _("Hủy số này"),
        "priority_on": _("Đánh dấu ưu tiên"),
        "priority_off": _("Bỏ ưu tiên"),
        "undone": _("Đã hoàn tác."),
        "people": _("{n} người"),
        "visit_one": _("Người đặt hẹn"),
        "visit_many": _("{n} người đến theo lịch hẹn"),
        "not_come": _("Không đến"),
        "wrong_person": _("Không đúng người đặt hẹn"),
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
        "paused_title": _("Quầy đang tạm ngưng"),
        "paused_note": _("Không số nào được gọi đến quầy này cho đến khi mở lại."),
        "absent_suggested": _("đã gọi {times} lần"),
        "after_seconds": _("sau {seconds} giây"),
        "undo_in": _("Hoàn tác ({seconds} giây)"),
        "pause": _("Tạm ngưng"),
        "printer_ok": _("Máy in: tốt"),
        "printer_near_end": _("Máy in: sắp hết giấy"),
        "printer_paper_out": _("Máy in: hết giấy"),
        "printer_cover": _("Máy in: nắp đang mở"),
        "printer_off": _("Máy in: không trả lời"),
        "printer_unknown": _("Máy in: chưa rõ"),
    }


def _next_press() -> dict[str, str]:
    return {
        "done_next": _("Xong, gọi tiếp {number}"),
        "done_nobody": _("Xong {number}"),
        "call_next": _("Gọi {number}"),
        "call_nobody": _("Gọi người tiếp theo"),
        "nobody_here": _("Chưa có ai chờ quầy này"),
        "nobody_called": _("Không còn ai chờ quầy này."),
        "serve": _("Bắt đầu {number}"),
        "serve_note": _("khi người dân đã đến quầy"),
        "open_again": _("Mở lại quầy"),
        "open_again_note": _("Quầy nhận người trở lại."),
        "busy": _("Đang gửi…"),
        "papers_printing": _("Đã ghi thiếu giấy. Phiếu hướng dẫn đang in."),
        "papers_unprinted": _("Máy in không sẵn sàng: hãy ghi các giấy tờ còn thiếu ra giấy cho người dân."),
        "none_called": _("Quầy chưa gọi số nào. Bấm N để gọi người tiếp theo."),
        "already_serving": _("Quầy đang phục vụ {number}."),
        "recall_wait": _("Gọi lại được sau {seconds} giây nữa."),
        "counter_paused": _("Quầy đang tạm ngưng. Bấm P để mở lại."),
        "no_booking": _("Số này không đi theo lịch hẹn nên không có tên để đối chiếu."),
        "names_shown": _("Tên đang hiện đủ."),
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
        "call_this": _("Gọi số này ngay"),
        "hold_this": _("Tạm giữ"),
        "any_counter": _("Quầy nào nhận dịch vụ này cũng được"),
        "reason": _("Thứ tự"),
    }


def door() -> dict[str, str]:
    """What the tablet at the door says besides."""
    return shared() | _found() | _given() | _changed()


def _found() -> dict[str, str]:
    return {
        "found": _("Tìm thấy {n} lịch hẹn. Bấm để mở."),
        "found_none": _(
            "Không có lịch hẹn nào hôm nay khớp. Hãy thử mã lịch hẹn, 3 số cuối điện thoại hoặc tên. Nếu không có, hãy cấp số."
        ),
        "has_number": _("Đã có số {number}"),
        "open_booking": _("Mở"),
        "hour": _("Giờ hẹn"),
        "phone": _("Điện thoại"),
        "code": _("Mã lịch hẹn"),
        "waiting_now": _("{n} người chờ"),
        "list_waiting": _("Đang chờ ({n})"),
        "list_missed": _("Vắng mặt ({n})"),
        "list_held": _("Tạm giữ ({n})"),
        "none_waiting": _("Không có ai đang chờ."),
        "none_missed": _("Không có ai vắng mặt."),
        "none_held": _("Không có ai tạm giữ."),
    }


def _given() -> dict[str, str]:
    return {
        "given": _("Số thứ tự"),
        "ahead": _("Trước người này còn {n} người."),
        "go_to": _("Quầy {counters}."),
        "outcome_on_time": _("Đúng giờ hẹn"),
        "outcome_expected": _("Đến sớm: được gọi khi gần giờ hẹn, hoặc sớm hơn nếu quầy rảnh"),
        "outcome_late": _("Đến muộn: vào hàng chờ như người lấy số"),
        "outcome_already": _("Đã xác nhận trước đó"),
        "outcome_returned": _("Đã trở lại hàng chờ"),
        "reprint": _("In lại phiếu"),
        "reprinted": _("Đã gửi lệnh in lại."),
    }


def _changed() -> dict[str, str]:
    return {
        "change_service": _("Đổi dịch vụ"),
        "help_on": _("Đánh dấu cần hỗ trợ"),
        "help_off": _("Bỏ dấu cần hỗ trợ"),
        "did_return": _("Số {number} đã trở lại hàng chờ."),
        "did_service": _("Đã đổi dịch vụ của số {number}."),
        "did_save": _("Đã ghi cho số {number}."),
        "did_wrong_person": _("Đã ghi số {number} không đúng người: xếp hàng như người lấy số từ bây giờ."),
        "did_cancel": _("Đã hủy số {number}."),
    }
