"""The sentences of the page that closes a day: handed to the page as data, never written in its script."""

from __future__ import annotations

from core.i18n import gettext as _
from queueing.words import state_name


def fates() -> list[tuple[str, str]]:
    """What became of people, in words, in the order of the count."""
    return [
        ("served", _("Đã phục vụ")),
        ("missing_papers", _("Thiếu giấy, đã hướng dẫn")),
        ("left", _("Đã về")),
        ("cancelled", _("Đã hủy")),
        ("missed", _("Vắng mặt")),
        ("expired", _("Hết ngày")),
        ("carried", _("Phiếu ngày sau")),
    ]


def page() -> dict[str, str]:
    """What the page's script says."""
    return _rows() | _closing() | _said()


def _rows() -> dict[str, str]:
    return {f"state_{state}": state_name(state) for state in ("waiting", "called", "serving", "held", "missed")} | {
        "took": _("lấy số {at}"),
        "booked": _("đặt hẹn {at}"),
        "people": _("{n} người"),
        "priority": _("Ưu tiên"),
        "at_counter": _("quầy {n}"),
        "serve_on": _("Về quầy để gọi"),
        "finish": _("Đã phục vụ xong"),
        "return": _("Đã có mặt: cho trở lại"),
        "carry": _("Phiếu ngày {day}"),
        "cancel": _("Hủy số"),
        "of": _("{action}: {number}"),
        "nobody": _("Mọi số của ngày này đã được quyết định."),
        "left": _("Còn {n} số chưa quyết định"),
    }


def _closing() -> dict[str, str]:
    return {
        "title_today": _("Chốt ngày hôm nay, {day}"),
        "title_past": _("Chốt ngày {day}"),
        "close": _("Chốt ngày"),
        "close_missed": _("Chốt ngày và kết thúc {n} số vắng mặt"),
        "close_past": _("Chốt ngày này: {n} số hết hạn"),
        "closed": _("Đã chốt lúc {at}."),
        "log_end": _("Mã băm cuối nhật ký của ngày (in hoặc chép lại và giữ): {hash}"),
        "still_open": _("Điểm phục vụ đang mở cửa. Vẫn chốt được; ai lấy số sau đó thì ngày tự mở lại."),
        "not_yet": _("Chốt được khi không còn ai đang chờ, đang được gọi, đang phục vụ hay tạm giữ."),
        "past_note": _("Ngày này đã qua nên các số dưới đây không còn trong hàng. Cấp phiếu cho ai vẫn cần, rồi chốt một lần."),
        "places": _("Phiếu cho ngày {day} từ {hour}: đã cấp {used}/{places}."),
        "no_next_day": _("Chưa biết ngày làm việc sau: hãy xem lại giờ làm việc."),
        "past_day": _("Ngày {day} chưa chốt: còn {n} số"),
        "decide": _("Xem và chốt"),
        "today": _("Về hôm nay"),
    }


def _said() -> dict[str, str]:
    return {
        "did_finish": _("Đã hoàn thành {number}."),
        "did_return": _("Số {number} đã trở lại hàng chờ."),
        "did_carry": _("Đã cấp phiếu ngày {day} cho {number}. Phiếu đang in."),
        "did_carry_unprinted": _("Đã cấp phiếu ngày {day} cho {number}. Chưa in được: hãy ghi ngày và số ra giấy."),
        "did_cancel": _("Đã hủy {number}."),
        "did_close": _("Đã chốt ngày."),
        "undone": _("Đã hoàn tác."),
        "undo": _("Hoàn tác"),
        "busy": _("Đang gửi…"),
        "failed": _("Chưa làm được. Hãy thử lại."),
        "no_answer": _("Máy chủ không trả lời. Chưa rõ việc vừa rồi đã xong chưa: hãy xem lại danh sách khi có kết nối."),
        "live_live": _("Trực tiếp"),
        "live_polling": _("Cập nhật chậm"),
        "live_offline": _("Mất kết nối"),
        "lost": _("Mất kết nối với máy chủ. Danh sách này là của {seconds} giây trước; trang tự cập nhật khi có kết nối."),
    }
