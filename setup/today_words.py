"""The words of the head's page of today, for its script; named places stand in braces."""

from __future__ import annotations

from core.i18n import gettext as _
from setup import words as setup_words


def today_words() -> dict[str, str]:
    """Every sentence the script may need."""
    return {**_page(), **_counter(), **_doing()}


def alarm_words() -> dict[str, tuple[str, str]]:
    """Of each alarm what is wrong and what to do. Printers and machines have one for each kind (see alarm_rules)."""
    return {
        "nobody_open": (_("Có người chờ mà chưa quầy nào mở."), _("Mở một quầy, hoặc thông báo ở sảnh bao giờ mở.")),
        "wait_long": (
            _("Số {about} đã chờ {long}."),
            _("Mở thêm quầy nhận dịch vụ đó, hoặc chuyển cán bộ từ quầy đang rảnh."),
        ),
        "counter_silent": (
            _("Quầy {about} mở mà {long} không có ai dùng máy."),
            _("Hỏi cán bộ; nếu quầy bỏ trống, giải phóng để số ở đó trở lại hàng."),
        ),
        "pause_over": (_("Quầy {about} quá giờ trở lại {long}."), _("Gọi cán bộ về quầy, hoặc cho người khác vào thay.")),
        "held_long": (_("Số {about} bị tạm giữ {long}."), _("Nhắc quầy gọi lại hoặc kết thúc số đó.")),
        **_printer_alarms(),
        "machine_silent:kiosk": (
            _("Ki-ốt “{about}” im lặng {long}."),
            _("Xem máy có điện, có mạng không; trong lúc chờ, lấy số ở bàn hướng dẫn."),
        ),
        "machine_silent:display": (
            _("Bảng “{about}” im lặng {long}."),
            _("Xem bảng có điện, có mạng không; trong lúc chờ, cán bộ gọi bằng lời."),
        ),
        "machine_silent:agent": (
            _("Máy phục vụ in “{about}” im lặng {long}."),
            _("Xem máy tính cạnh máy in có bật không; số vẫn cấp, xem trên màn hình."),
        ),
    }


def _printer_alarms() -> dict[str, tuple[str, str]]:
    replaced = _("Máy khác đang in thay: số vẫn ra giấy. Sửa khi rảnh tay.")
    return {
        "printer:paper_out": (_("Máy in “{about}” hết giấy."), _("Thay cuộn giấy; phiếu đang chờ sẽ tự in.")),
        "printer:cover": (_("Máy in “{about}” đang mở nắp."), _("Đóng nắp máy; phiếu đang chờ sẽ tự in.")),
        "printer:off": (
            _("Máy in “{about}” không trả lời."),
            _("Xem máy có điện, có dây không; số vẫn hiện trên màn hình ki-ốt."),
        ),
        "printer:near_end": (_("Máy in “{about}” sắp hết giấy."), _("Để sẵn một cuộn giấy bên cạnh.")),
        "printer:paper_out_replaced": (_("Máy in “{about}” hết giấy."), replaced),
        "printer:cover_replaced": (_("Máy in “{about}” đang mở nắp."), replaced),
        "printer:off_replaced": (_("Máy in “{about}” không trả lời."), replaced),
    }


def _page() -> dict[str, str]:
    kinds = {f"kind_{kind}": setup_words.device_kind(kind) for kind in ("kiosk", "display", "agent")}
    printers = ("ok", "near_end", "paper_out", "cover", "off", "unknown")
    return kinds | {f"printer_{state}": setup_words.printer_state(state)[0] for state in printers} | {
        "live_live": _("Trực tiếp"),
        "live_polling": _("Cập nhật mỗi 5 giây"),
        "live_offline": _("Mất kết nối, số liệu từ {age} giây trước"),
        "calm": _("Mọi việc đang ổn."),
        "calm_closed": _("Ngoài giờ làm việc: không có gì phải lo."),
        "alarms": _("{n} việc cần để ý"),
        "open_now": _("Đang mở cửa"),
        "opens_at": _("Đóng cửa, mở lại {at}"),
        "closed": _("Đóng cửa"),
        "minutes": _("{n} phút"),
        "hours": _("{n} giờ"),
        "days": _("{n} ngày"),
        "nobody": _("Không ai"),
        "none": _("Không có"),
        "overdue": _("{n} người quá giờ hẹn chưa đến"),
        "of": _("{open} trong {all}"),
        "since": _("từ {at}"),
        "silent": _("Im lặng từ {at}"),
        "never": _("Chưa từng trả lời"),
        "well": _("Tốt"),
        "replaced": _("máy khác in thay"),
        "see_printers": _("Xem máy in"),
    }


def _counter() -> dict[str, str]:
    return {
        "counter": _("Quầy {n}"),
        "state_open": _("Đang mở"),
        "state_paused": _("Đang tạm ngưng"),
        "state_closed": _("Đã đóng"),
        "free": _("Chưa phục vụ ai"),
        "called": _("đang gọi, {n} phút"),
        "serving": _("phục vụ {n} phút"),
        "back_at": _("Trở lại lúc {at}"),
        "counter_silent": _("Im lặng {n} phút"),
        "open": _("Mở quầy này"),
        "move": _("Chuyển cán bộ"),
        "release": _("Giải phóng"),
        "open_more": _("Mở thêm quầy"),
        "release_counter": _("Giải phóng quầy {n}"),
    }


def _doing() -> dict[str, str]:
    return {
        "seat_free": _("{name} (chưa ngồi quầy nào)"),
        "seat_elsewhere": _("{name} (đang ở quầy {n})"),
        "seat_opens": _("Mở quầy {n} cho {name}."),
        "seat_moves": _("Chuyển {name} từ quầy {from} sang quầy {n}. Quầy {from} sẽ đóng."),
        "seat_busy": _("Quầy {from} đang có người: chờ xong người đó rồi mới chuyển được."),
        "do_open": _("Mở quầy {n}"),
        "do_move": _("Chuyển sang quầy {n}"),
        "release_number": _("Số {number} trở lại hàng với giờ cũ. Quầy {n} sẽ đóng."),
        "release_nobody": _("Quầy {n} sẽ đóng."),
        "opened": _("Đã mở quầy {n}."),
        "moved": _("Đã chuyển sang quầy {n}."),
        "released": _("Đã giải phóng quầy {n}."),
        "told": _("Bảng ở sảnh đang hiện thông báo."),
        "untold": _("Đã gỡ thông báo."),
        "told_until": _("Hiện đến {at}"),
        "told_always": _("Hiện đến khi gỡ"),
        "failed": _("Chưa làm được. Hãy thử lại."),
        "no_answer": _("Máy chủ không trả lời. Hãy thử lại."),
    }
