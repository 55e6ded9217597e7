"""The sentences the tablet at the door draws with: translated here, handed to the page as data, never written in a script."""

from __future__ import annotations

from core.i18n import gettext as _
from counter.words import shared


def door() -> dict[str, str]:
    """What the tablet at the door says."""
    return shared() | _found() | _given() | _changed() | _by_hand()


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
        "comes_now": _("đúng lúc"),
        "comes_early": _("còn {span} nữa"),
        "comes_late": _("đã qua {span}"),
        "span_minutes": _("{n} phút"),
        "span_hours": _("{n} giờ {m} phút"),
        "take_instead": _("Lấy số thường bây giờ"),
        "change_hour": _("Đổi giờ"),
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
        "wait_of": _("Dự kiến chờ {low}–{high} phút."),
        "go_to": _("Quầy {counters}."),
        "outcome_on_time": _("Đúng giờ hẹn"),
        "outcome_expected": _("Đến sớm"),
        "outcome_late": _("Đến muộn"),
        "outcome_already": _("Đã xác nhận trước đó"),
        "outcome_returned": _("Đã trở lại hàng chờ"),
        "reprint": _("In lại phiếu"),
        "reprinted": _("Đã gửi lệnh in lại."),
    }


def _changed() -> dict[str, str]:
    return {
        "resume_line": _("Xong việc: cho trở lại hàng chờ"),
        "change_service": _("Đổi dịch vụ"),
        "carry_this": _("Hẹn sang ngày làm việc tới"),
        "did_return": _("Số {number} đã trở lại hàng chờ."),
        "did_service": _("Đã đổi dịch vụ của số {number}."),
        "did_save": _("Đã ghi cho số {number}."),
        "did_wrong_person": _("Đã ghi số {number} không đúng người: xếp hàng như người lấy số từ bây giờ."),
        "did_carry": _("Số {number} có phiếu cho ngày làm việc tới."),
        "did_cancel": _("Đã hủy số {number}."),
    }


def _by_hand() -> dict[str, str]:
    """About numbers written by hand."""
    return {
        "hand_number_of": _("Số, dòng {n}"),
        "hand_time_of": _("Giờ lấy số, dòng {n}"),
        "hand_service_of": _("Dịch vụ, dòng {n}"),
        "hand_drop": _("Bỏ dòng {n}"),
        "hand_choose": _("Chọn dịch vụ"),
        "hand_no_letter": _("Không dịch vụ nào có chữ này"),
        "hand_save": _("Ghi {n} số vào hàng chờ"),
        "hand_save_none": _("Chưa có số nào"),
        "hand_wrong": _("Chưa ghi được số nào: {n} dòng cần sửa. Những gì đã nhập vẫn còn."),
        "hand_number": _("Viết số như trên giấy, ví dụ A037."),
        "hand_prefix": _("Không dịch vụ nào ở đây có số bắt đầu bằng chữ này."),
        "hand_twice": _("Số này đã có ở một dòng trên."),
        "hand_time": _("Viết giờ lấy số, ví dụ 09:12."),
        "hand_later": _("Giờ này chưa đến."),
        "hand_service": _("Chọn dịch vụ của người này."),
        "hand_done": _("Đã ghi {n} số vào hàng chờ."),
        "hand_cleared": _("Đã xóa các dòng đã nhập."),
    }
