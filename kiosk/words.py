"""Every sentence of the kiosk, under a key that the page, its script and the API share.

The page carries all of them in both languages, so that one touch turns the whole screen round, without a request and also
while the line to the server is down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import force_locale

from core.i18n import LANGUAGES
from core.i18n import gettext as _

Words = dict[str, str]

Told = tuple[str, dict[str, str]]
"""The key of a sentence of `outcome_words` and its places."""


def in_both_languages(make: Callable[[], Any]) -> dict[str, Any]:
    """What `make` gives in each language of the screens."""
    made = {}
    for lang in LANGUAGES:
        with force_locale(lang):
            made[lang] = make()
    return made


def said(key: str, places: Mapping[str, Any]) -> str:
    """One sentence in the language of the present request, its %(name)s places filled."""
    return outcome_words()[key] % places


def screen_words() -> Words:
    """All sentences of the screens in the present language."""
    return home_words() | choice_words() | booking_words() | result_words() | outcome_words() | trouble_words() | paper_words()


def home_words() -> Words:
    """The first screen and the frame of all."""
    return {
        "place": _("Điểm phục vụ hành chính công"),
        "booked": _("Tôi đã đặt lịch hẹn"),
        "booked_note": _("Đưa mã QR vào khe quét, hoặc chạm để nhập mã"),
        "choose": _("Tôi chưa đặt lịch: chọn việc cần làm"),
        "guide": _("Tôi không biết chọn gì"),
        "guide_note": _("Lấy số để được hướng dẫn"),
        "other": _("Việc khác"),
        "waiting": _("%(n)s người chờ"),
        "waiting_none": _("Không có người chờ"),
        "stopped": _("Hôm nay tạm ngừng"),
        "larger": _("Chữ to hơn"),
        "smaller": _("Chữ vừa"),
        "lower": _("Nút thấp xuống"),
        "upper": _("Nút như cũ"),
        "help": _("Cần người giúp"),
        "back": _("Quay lại"),
        "home_in": _("Về màn hình đầu sau %(n)s giây"),
        "more_time": _("Thêm thời gian"),
        "up": _("Lên"),
        "down": _("Xem thêm"),
        "home_soon": _("Màn hình sắp về trang đầu. Chạm “Thêm thời gian” để ở lại."),
        "scan_kept": _("Mã vừa quét đã được ghi nhận: máy xử lý ngay sau đây."),
        "next_in": _("Mã vừa quét được xử lý sau %(n)s giây"),
        "next_now": _("Xong, xử lý mã vừa quét"),
    }


def choice_words() -> Words:
    """The second touch."""
    return {
        "take": _("Lấy số"),
        "take_priority": _("Lấy số ưu tiên"),
        "take_for": _("Lấy số: %(service)s"),
        "take_priority_for": _("Lấy số ưu tiên: %(service)s"),
        "who_priority": _(
            "Số ưu tiên dành cho người từ 75 tuổi, người khuyết tật nặng, phụ nữ mang thai, người có công. "
            "Không phải đưa giấy tờ tại máy này."
        ),
        "another": _("Việc khác, không có ở trên"),
        "another_note": _("Cán bộ hướng dẫn sẽ giúp chọn đúng việc"),
        "pending": _("Đang lấy số…"),
        "pending_check": _("Đang tìm lịch hẹn…"),
        "pending_again": _("Chưa nhận được trả lời. Máy đang tự thử lại, ông/bà không cần chạm thêm."),
    }


def booking_words() -> Words:
    """Checking in."""
    return {
        "checkin": _("Tôi đã đặt lịch hẹn"),
        "checkin_scan": _("Đưa mã QR trên điện thoại hoặc trên phiếu vào khe quét"),
        "checkin_type": _("Hoặc nhập mã lịch hẹn"),
        "card_scanned": _("Đây là mã trên thẻ căn cước, máy không lưu lại. Xin đưa mã QR của lịch hẹn, hoặc nhập mã lịch hẹn."),
        "checkin_none": _("Mã lịch hẹn chỉ có chữ cái và chữ số. Xin nhập mã rồi chạm “Xác nhận đã đến”."),
        "checkin_signs": _("Mã chỉ có những chữ và số trên các phím này."),
        "checkin_send": _("Xác nhận đã đến"),
        "key_delete": _("Xóa"),
        "checkin_lost": _("Không có mã? Chạm “Cần người giúp”: cán bộ hướng dẫn tìm bằng số điện thoại hoặc tên."),
    }


def result_words() -> Words:
    """The number on the screen."""
    return {
        "your_number": _("Số thứ tự của ông/bà"),
        "priority_badge": _("Ưu tiên"),
        "ahead": _("Trước ông/bà còn"),
        "people": _("%(n)s người"),
        "nobody_ahead": _("Sắp đến lượt ông/bà"),
        "counter": _("Quầy %(n)s"),
        "counter_or": _("Quầy %(first)s hoặc quầy %(last)s"),
        "counters_many": _("Một trong các quầy %(list)s"),
        "counter_later": _("Số quầy hiện trên bảng khi được gọi"),
        "where": _("Quầy phục vụ"),
        "scan_me": _("Quét mã này để theo dõi lượt trên điện thoại"),
        "done": _("Xong, về màn hình đầu"),
        "called_now": _("Mời ông/bà đến ngay quầy %(counter)s"),
        "resumes": _("Gọi từ %(at)s. Số giữ nguyên thứ tự."),
    }


def paper_words() -> Words:
    """Of numbers and of sheets."""
    return print_words() | sheet_words()


def print_words() -> Words:
    """What becomes of the paper, in words; the keys end in the states of a job (printing.md)."""
    keep = _("Phiếu chưa in được. Số vẫn có hiệu lực: hãy chụp lại mã này.")
    return {
        "print_queued": _("Đang in…"),
        "print_sending": _("Đang in…"),
        "print_printed": _("Mời lấy phiếu"),
        "print_handed": _("Phiếu đã gửi đến máy in. Nếu không thấy phiếu, số vẫn có hiệu lực: hãy chụp lại mã này."),
        "print_at": _("Phiếu in ở: %(at)s"),
        "print_blocked": keep,
        "print_paper_out": _("Máy in hết giấy. Số vẫn có hiệu lực: hãy chụp lại mã này."),
        "print_uncertain": _("Nếu không thấy phiếu, số vẫn có hiệu lực: hãy chụp lại mã này."),
        "print_failed": keep,
        "print_expired": keep,
        "print_none": _("Không in phiếu. Hãy nhớ số này hoặc chụp lại mã."),
        "printer_unwell": _("Máy in đang không in được. Ông/bà vẫn lấy số bình thường: số và mã hiện trên màn hình."),
    }


def sheet_words() -> Words:
    """What to bring, on paper and without a number; `sheet_` and a state of a job say what becomes of it."""
    keep = _("Chưa in được. Mời ông/bà hỏi cán bộ hướng dẫn tại cửa.")
    return {
        "sheets": _("In giấy tờ cần mang theo"),
        "sheets_back": _("Lấy số"),
        "sheets_title": _("%(field)s: giấy tờ cần mang theo"),
        "sheets_note": _("Máy in danh sách giấy tờ của việc được chọn. Không lấy số."),
        "sheet": _("In giấy tờ"),
        "sheet_for": _("In giấy tờ cần mang theo: %(service)s"),
        "sheet_queued": _("Đang in…"),
        "sheet_sending": _("Đang in…"),
        "sheet_printed": _("Mời lấy phiếu"),
        "sheet_handed": _("Phiếu đã gửi đến máy in."),
        "sheet_blocked": keep,
        "sheet_uncertain": _("Nếu không thấy phiếu, mời ông/bà hỏi cán bộ hướng dẫn tại cửa."),
    }


def outcome_words() -> Words:
    """How a check-in went."""
    return {
        "outcome_on_time": _("Ông/bà đến đúng giờ hẹn %(slot)s."),
        "outcome_expected": _(
            "Ông/bà đến sớm cho giờ hẹn %(slot)s. Ông/bà sẽ được gọi từ %(call_from)s; có thể được gọi sớm hơn nếu quầy rảnh."
        ),
        "outcome_late": _(
            "Đã quá giờ hẹn %(slot)s (nhận đến %(until)s). Ông/bà vẫn được phục vụ: "
            "xếp hàng cùng người lấy số trực tiếp từ bây giờ."
        ),
        "outcome_waiting": _("Ông/bà đã có số này. Xin chờ đến lượt."),
        "outcome_called": _("Số này đang được gọi. Mời ông/bà đến ngay quầy %(counter)s."),
        "outcome_serving": _("Số này đang được phục vụ tại quầy %(counter)s."),
        "outcome_held": _("Số này đang được tạm giữ. Cán bộ sẽ gọi lại ông/bà."),
        "outcome_returned": _("Số này đã được gọi khi ông/bà vắng mặt. Ông/bà đã được đưa trở lại hàng chờ."),
        "outcome_carried": _("Phiếu từ hôm trước đã được nhận. Ông/bà được gọi trước người lấy số trong ngày."),
    }


def trouble_words() -> Words:
    """What stands in the way, and what to do."""
    return {
        "locked": _("Ngoài giờ phục vụ"),
        "locked_until": _("Máy lấy số mở lại %(when)s."),
        "locked_unknown": _("Xin xem lịch làm việc niêm yết tại điểm phục vụ."),
        "locked_booked": _("Đã có lịch hẹn: ông/bà vẫn xác nhận đến được tại đây."),
        "lost": _("Mất kết nối"),
        "lost_what": _("Máy đang tự nối lại, xin đợi một lát. Nếu cần ngay, mời hỏi cán bộ hướng dẫn tại cửa."),
        "no_answer": _("Máy chưa nhận được trả lời"),
        "no_answer_what": _(
            "Nếu số đã được cấp, chạm “Thử lại” sẽ hiện đúng số đó, không lấy thêm số thứ hai. "
            "Hoặc mời ông/bà hỏi cán bộ hướng dẫn tại cửa."
        ),
        "again": _("Thử lại"),
        "refused": _("Chưa lấy được số"),
        "later": _("Chờ qua giờ nghỉ?"),
        "closing": _("Hôm nay không kịp nữa"),
        "take_all_the_same": _("Vẫn lấy số"),
        "book_hour": _("Hẹn %(when)s"),
        "book_hour_scan": _("Quét mã này bằng điện thoại để hẹn %(when)s"),
        "refused_checkin": _("Chưa xác nhận được lịch hẹn"),
        "take_ordinary": _("Lấy số thường bây giờ"),
        "choose_ordinary": _("Chọn việc để lấy số"),
        "change_hour": _("Đổi giờ"),
        "change_hour_scan": _("Quét mã này bằng điện thoại để đổi giờ hẹn"),
        "change_hour_page": _("Mở trang lịch hẹn trên điện thoại (đường dẫn đã gửi khi đặt lịch), chọn “Đổi giờ”."),
        "type_again": _("Nhập lại mã"),
        "help_title": _("Ở đây cần người giúp"),
        "help_what": _("Xin đứng đợi tại máy và giơ tay: cán bộ hướng dẫn sẽ tới ngay."),
        "help_phone": _("Hoặc gọi %(phone)s."),
    }
