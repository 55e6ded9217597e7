"""The sentences the console draws with, and those it shares with the tablet (`door_words`): translated here, handed to the page
as data, never written in a script."""

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


def choices() -> dict[str, list[str] | list[int]]:
    """What the console's dialogs offer; `minutes`: for how long a counter usually rests."""
    return {"hold": hold_reasons(), "pause": pause_reasons(), "call": call_reasons(), "minutes": [5, 10, 15, 30, 60]}


def keys() -> list[tuple[str, str]]:
    """The keys of the console and what they do; a second name of a key stands after a blank."""
    return [
        ("N", _("Xong, gọi người tiếp theo")),
        ("S", _("Bắt đầu phục vụ người được gọi")),
        ("R", _("Gọi lại")),
        ("V A", _("Vắng mặt")),
        ("G", _("Tạm giữ")),
        ("C", _("Chuyển dịch vụ hoặc quầy")),
        ("X F", _("Hoàn thành, chưa gọi tiếp")),
        ("H", _("Hoàn thành, ghi mã hồ sơ")),
        ("T", _("Thiếu giấy: hướng dẫn một lần")),
        ("L", _("Làm thêm thủ tục, giữ nguyên số")),
        ("K W", _("Cấp số cho người đứng tại quầy")),
        ("I", _("In giấy tờ cần mang theo")),
        ("P", _("Tạm ngưng, hoặc mở lại quầy")),
        ("B", _("Bàn giao quầy cho người khác")),
        ("M", _("Mở tên người đặt hẹn; mỗi lần mở được ghi lại")),
        ("D", _("Không đúng người đặt hẹn")),
        ("Z", _("Hoàn tác, trong 30 giây")),
        ("/", _("Tìm một số trong mọi danh sách")),
        ("↓ ↑", _("Đi trong hàng chờ; Enter mở số đang chọn")),
        ("1-9", _("Chọn lý do hoặc việc trong hộp thoại")),
        ("?", _("Bảng này")),
    ]


def shared() -> dict[str, str]:
    """What both screens say."""
    return {
        "waited": _("chờ {minutes}′"),
        "priority": _("Ưu tiên"),
        "needs_help": _("Cần hỗ trợ"),
        "counter": _("Quầy"),
        "service": _("Dịch vụ"),
        "took": _("Đã cấp số {number}. Phiếu đang in."),
        "took_unprinted": _("Đã cấp số {number}. Chưa in được phiếu: hãy ghi số ra giấy cho người dân."),
        "not_printed": _("Chưa in được phiếu: hãy ghi số ra giấy."),
        "sheet_printing": _("Phiếu hướng dẫn đang in."),
        "sheet_printing_at": _("Phiếu hướng dẫn đang in ở: {at}."),
        "sheet_unprinted": _("Máy in không sẵn sàng: phiếu hướng dẫn chưa in được."),
        "failed": _("Chưa làm được. Hãy thử lại."),
        "no_answer": _("Máy chủ không trả lời. Chưa rõ việc vừa rồi đã xong chưa: hãy xem lại hàng chờ khi có kết nối."),
        "live_live": _("Trực tiếp"),
        "live_polling": _("Cập nhật chậm"),
        "live_offline": _("Mất kết nối"),
        "lost": _("Mất kết nối với máy chủ. Hàng chờ trên màn hình là của {seconds} giây trước và có thể đã thay đổi."),
        "state_open": _("Sẵn sàng"),
        "state_paused": _("Đang tạm ngưng"),
        "state_closed": _("Đã đóng"),
        "bring_back": _("Trở lại"),
        "bring_back_long": _("Đã có mặt: cho trở lại hàng chờ"),
        "arrived": _("Đến lúc"),
        "cancel_this": _("Hủy số này"),
        "priority_on": _("Đánh dấu ưu tiên"),
        "priority_off": _("Bỏ ưu tiên"),
        "help_on": _("Đánh dấu cần hỗ trợ"),
        "help_off": _("Bỏ dấu cần hỗ trợ"),
        "undone": _("Đã hoàn tác."),
        "people": _("{n} người"),
        "visit_one": _("Người đặt hẹn"),
        "visit_many": _("{n} người đến theo lịch hẹn"),
        "not_come": _("Không đến"),
        "wrong_person": _("Không đúng người đặt hẹn"),
        "missed_row": _("{times} lần · {at}"),
        "stopped_field": _("Lĩnh vực {field} tạm dừng: {reason}."),
        "stopped_all": _("Điểm phục vụ tạm dừng: {reason}."),
        "none_found": _("Không có số hay dịch vụ nào như vậy."),
        "no_service": _("Không có dịch vụ nào tên như vậy."),
        "nobody_missed": _("Không có ai vắng mặt."),
    }


def console() -> dict[str, str]:
    """What the console says besides."""
    return shared() | _serving() | _heard() | _next_press() | _sorry() | _lists() | _counters()


def _heard() -> dict[str, str]:
    """Whether the hall saw and heard a call: a half of the boards and a half of the voice (queueing/hearing_rules.py)."""
    return {
        "heard_both": _("{board}, {voice}"),
        "heard_board_shown": _("bảng: đã hiện"),
        "heard_board_partly": _("bảng: đã hiện {shown}/{of}"),
        "heard_board_not_yet": _("bảng: chưa hiện"),
        "heard_board_asleep": _("bảng: đang ngủ"),
        "heard_board_lost": _("bảng: mất kết nối"),
        "heard_board_unpaired": _("Chưa ghép bảng gọi số nào nên không biết sảnh đã thấy chưa."),
        "heard_voice_said": _("loa: đã đọc"),
        "heard_voice_chimed": _("loa: chỉ có chuông"),
        "heard_voice_not_yet": _("loa: chưa"),
        "heard_voice_quiet": _("loa: giờ yên lặng"),
        "heard_voice_off": _("loa: đang tắt"),
        "heard_ask": _("mời gọi bằng lời"),
    }


def _serving() -> dict[str, str]:
    return {
        "ticket_called": _("Đang gọi"),
        "ticket_serving": _("Đang phục vụ"),
        "serving_facts": _("Gọi {at} · {times} lần · chờ {waited} phút"),
        "called_facts": _("Gọi {at} · {times} lần"),
        "clock_called": _("từ lúc gọi"),
        "clock_serving": _("đang phục vụ"),
        "idle_title": _("Chưa có ai chờ quầy này"),
        "idle_note": _("Khi có người lấy số, số sẽ hiện ở đây. Cấp số cho người đứng tại quầy bằng phím K."),
        "free_title": _("Quầy đang rảnh"),
        "free_note": _("Có người đang chờ: bấm N để gọi."),
        "sending_call": _("Đang gọi {number}…"),
        "further_left": _("Sau đó: {services}"),
        "upcoming": _("Tiếp theo"),
        "papers_of": _("Giấy tờ: {papers}"),
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
        "printer_replaced": _("{said}, máy khác in thay"),
    }


def _next_press() -> dict[str, str]:
    return {
        "done_next": _("Xong, gọi tiếp {number}"),
        "done_nobody": _("Xong {number}"),
        "go_on_next": _("{present} đi tiếp, gọi {number}"),
        "goes_on": _("{number} chờ làm tiếp: {service}. Số giữ nguyên."),
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
    }


def _sorry() -> dict[str, str]:
    """Why something cannot be done now."""
    return {
        "none_called": _("Quầy chưa gọi số nào. Bấm N để gọi người tiếp theo."),
        "already_serving": _("Quầy đang phục vụ {number}."),
        "finish_first": _("Quầy đang phục vụ {number}: hãy xong hoặc tạm giữ số đó trước."),
        "recall_wait": _("Gọi lại được sau {seconds} giây nữa."),
        "counter_paused": _("Quầy đang tạm ngưng. Bấm P để mở lại."),
        "may_not_pick": _("Ông/bà chưa được giao quyền gọi ngoài thứ tự. Hãy nhờ người quản lý."),
        "serve_finish_first": _("Phục vụ ngay được khi quầy đã xong số {number}."),
        "serve_counter_paused": _("Phục vụ ngay được khi quầy mở lại."),
        "serve_may_not_pick": _("Có người đang chờ: chỉ người được giao quyền gọi ngoài thứ tự mới phục vụ ngay được."),
        "serve_logged": _("Phục vụ ngay là gọi trước những người đang chờ, và được ghi lại."),
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
        "resume": _("Tiếp tục"),
        "resume_long": _("Mời trở lại quầy này"),
        "call_this": _("Gọi số này ngay"),
        "hold_this": _("Tạm giữ"),
        "reason": _("Thứ tự"),
        "further_facts": _("Làm thêm"),
        "held_row": _("{why} · {minutes}′"),
        "held_long": _("{why} · {minutes}′, quá lâu"),
        "state_of_missed": _("vắng mặt"),
        "state_of_held": _("tạm giữ"),
        "state_of_called": _("đang gọi"),
        "state_of_serving": _("tại quầy"),
    }


def _counters() -> dict[str, str]:
    """About the other counters and the whole office."""
    return {
        "no_counters": _("Điểm phục vụ chỉ có quầy này."),
        "paused_for": _("Tạm ngưng: {reason}"),
        "back_at": _("{why}, đến {at}"),
        "silent_for": _("im lặng {minutes} phút"),
        "calling_there": _("đang gọi {number}"),
        "serving_there": _("đang phục vụ {number}"),
        "waiting_there": _("{n} người chờ"),
        "any_counter": _("Quầy nào nhận dịch vụ này cũng được"),
        "release": _("Giải phóng quầy"),
        "release_ticket": _("Máy ở quầy này không báo gì nữa. Số {number} trở lại hàng chờ với lượt cũ, và quầy được đóng."),
        "release_empty": _("Máy ở quầy này không báo gì nữa. Quầy được đóng."),
        "sits_at": _("đang ngồi quầy {counter}: cần rời quầy đó trước"),
        "sits_nowhere": _("chưa ngồi quầy nào"),
        "nobody_else": _("Không có cán bộ nào khác ở điểm phục vụ này."),
        "undecided_day": _("Ngày {day} còn {n} số chưa quyết định."),
    }
