"""The sentences of a kiosk outside the office: how an hour is booked, and what is said where nobody of the office is near.

It never speaks of taking a number: there is none to be had where it stands.
"""

from __future__ import annotations

from core.i18n import gettext as _
from kiosk.words import Words


def outside_words() -> Words:
    """What is added to the words of the screens, and what replaces them."""
    return _instead() | _choosing() | _telling() | _booked()


def _instead() -> Words:
    nobody = _("Chưa in được. Thông tin vẫn có trên màn hình: hãy chụp lại.")
    return {
        "choose": _("Ông/bà cần làm việc gì?"),
        "guide_note": _("Gọi điện để được hướng dẫn"),
        "help_title": _("Ở đây không có cán bộ của điểm phục vụ"),
        "help_what": _("Xin hỏi người trông coi nơi này, hoặc gọi điện cho điểm phục vụ."),
        "help_phone": _("Điện thoại: %(phone)s."),
        "lost_what": _("Máy đang tự nối lại, xin đợi một lát. Có thể đặt lịch hẹn bằng điện thoại của ông/bà."),
        "no_answer_what": _("Nếu lịch hẹn đã được đặt, chạm “Thử lại” sẽ hiện đúng lịch hẹn đó, không đặt thêm lần thứ hai."),
        "refused": _("Chưa đặt được"),
        "refused_checkin": _("Xác nhận đã đến tại điểm phục vụ"),
        "printer_unwell": _("Máy in đang không in được. Ông/bà vẫn đặt lịch được: mã hiện trên màn hình, hãy chụp lại."),
        "sheet_blocked": nobody,
        "sheet_uncertain": nobody,
        "print_handed": _("Phiếu đã gửi đến máy in. Nếu không thấy phiếu, hãy chụp lại mã này."),
        "print_blocked": nobody,
        "print_paper_out": _("Máy in hết giấy. Hãy chụp lại mã này."),
        "print_uncertain": _("Nếu không thấy phiếu, hãy chụp lại mã này."),
        "print_failed": nobody,
        "print_expired": nobody,
        "print_none": _("Ở đây không in phiếu. Hãy chụp lại mã này hoặc ghi lại mã lịch hẹn."),
    }


def _choosing() -> Words:
    return {
        "book_at": _("Đặt lịch hẹn"),
        "book_note": _("Máy này không cấp số. Đến đúng giờ hẹn và xác nhận tại điểm phục vụ."),
        "places": _("Ông/bà cần đến điểm phục vụ nào?"),
        "other_place": _("Đổi nơi"),
        "pick_hour": _("Chọn giờ"),
        "pick_hour_for": _("Chọn giờ: %(service)s"),
        "not_bookable": _("Việc này không đặt giờ trước: đến điểm phục vụ để làm."),
        "pending_hours": _("Đang tìm giờ còn chỗ…"),
        "pending_hold": _("Đang giữ chỗ…"),
        "pending_book": _("Đang đặt lịch hẹn…"),
        "hours": _("Ông/bà đến lúc nào?"),
        "soonest": _("Sớm nhất còn chỗ"),
        "pick": _("Chọn"),
        "left": _("còn %(n)s chỗ"),
        "next_day": _("trả hôm sau"),
        "no_hours": _("Ngày này không còn giờ nào để đặt. Mời ông/bà chọn ngày khác."),
        "no_days": _("Các ngày tới đã hết chỗ. Mời ông/bà xem lại vào ngày mai: mỗi ngày có thêm một ngày mới."),
        "another_hour": _("Chọn giờ khác"),
        "chosen_hour": _("%(day)s, %(clock)s"),
    }


def _telling() -> Words:
    return {
        "ask_name": _("Họ và tên của ông/bà"),
        "ask_name_note": _("Có thể đưa mã QR trên thẻ căn cước vào khe quét để điền tên. Máy chỉ lấy tên, không lưu gì khác."),
        "ask_phone": _("Số điện thoại của ông/bà"),
        "ask_phone_note": _("Để điểm phục vụ gọi hoặc nhắn tin nếu lịch hẹn thay đổi."),
        "ask_pin": _("Mã xác nhận"),
        "ask_pin_note": _("Mã gồm 6 chữ số, vừa gửi đến số điện thoại của ông/bà."),
        "new_pin": _("Nhận mã mới"),
        "pin_sent": _("Đã gửi mã mới."),
        "name_wrong": _("Xin nhập họ và tên."),
        "phone_wrong": _("Số điện thoại chưa đúng. Xin nhập đủ 10 chữ số, ví dụ 0912 345 678."),
        "pin_wrong": _("Xin nhập mã xác nhận đã gửi đến số điện thoại của ông/bà."),
        "agree_wrong": _("Xin đánh dấu vào ô đồng ý để điểm phục vụ được dùng tên và số điện thoại cho lịch hẹn này."),
        "onwards": _("Tiếp tục"),
        "agree": _("Đặt lịch hẹn này?"),
        "agree_notice": _("Thông báo xử lý dữ liệu cá nhân"),
        "agree_what": _("Tôi đồng ý để %(office)s dùng họ tên và số điện thoại đã nhập cho lịch hẹn này."),
        "agree_send": _("Đặt lịch hẹn"),
        "held_until": _("Đang giữ chỗ này cho ông/bà đến %(until)s."),
        "what": _("Việc"),
        "when": _("Giờ hẹn"),
        "at": _("Nơi hẹn"),
        "who": _("Người đến"),
        "phone": _("Điện thoại"),
        "key_space": _("Cách"),
        "tone_acute": _("Dấu sắc"),
        "tone_grave": _("Dấu huyền"),
        "tone_hook": _("Dấu hỏi"),
        "tone_tilde": _("Dấu ngã"),
        "tone_dot": _("Dấu nặng"),
    }


def _booked() -> Words:
    return {
        "booked_title": _("Đã giữ chỗ cho ông/bà"),
        "booked_code": _("Mã lịch hẹn"),
        "booked_window": _("Đến trong khoảng %(first)s–%(last)s."),
        "booked_scan": _("Quét mã này để giữ lịch hẹn trên điện thoại"),
        "booked_keep": _("Khi đến điểm phục vụ, đưa mã này vào khe quét, hoặc đọc mã lịch hẹn."),
        "checkin_there": _("Lịch hẹn được xác nhận tại điểm phục vụ khi ông/bà đến. Ở đây không phải làm gì thêm."),
    }
