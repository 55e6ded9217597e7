"""The words of the printers' page: how each printer is, what to do about it, and what became of each slip."""

from __future__ import annotations

from core.i18n import gettext as _
from printer.models import TELL_NOTHING, Printer, PrintJob
from setup.words import job_state, printer_state


def kinds() -> list[tuple[str, str]]:
    """The kinds of printers, as a technician knows them."""
    return [
        ("network", _("Mạng LAN (có địa chỉ IP)")),
        ("agent", _("Qua máy phục vụ in (máy in ở xa máy chủ)")),
        ("usb", _("USB cắm vào máy chủ")),
        ("serial", _("Cổng COM của máy chủ")),
        ("cups", _("Hàng đợi CUPS của máy chủ")),
        ("win32raw", _("Máy in Windows của máy chủ")),
        ("file", _("Thư mục ảnh (không có máy in)")),
    ]


def widths() -> list[tuple[str, str]]:
    """The widths of paper."""
    return [
        ("576", _("Giấy 80 mm (576 điểm)")),
        ("512", _("Giấy 80 mm, đầu in 180 dpi (512 điểm)")),
        ("384", _("Giấy 58 mm (384 điểm)")),
    ]


def condition(printer: Printer) -> tuple[str, str]:
    """How a printer is, and the tone of its pill. "Well" is said only of one that tells of its paper."""
    if not printer.active:
        return _("Đã ngừng dùng"), "plain"
    if printer.state == "ok" and printer.kind in TELL_NOTHING:
        return _("Đã nối"), "plain"
    return printer_state(printer.state)


def advice(printer: Printer) -> str:
    """What to do now; nothing when there is nothing to do."""
    if printer.state == "off":
        return _off(printer)
    if printer.state == "ok":
        silent = printer.kind in TELL_NOTHING
        return _("Máy loại này không báo được hết giấy hay mở nắp: hãy nhìn cuộn giấy mỗi sáng.") if silent else ""
    return {
        "near_end": _("Chuẩn bị cuộn giấy mới và thay lúc vắng người; máy vẫn in được."),
        "paper_out": _("Mở nắp, lắp cuộn giấy mới, đóng nắp. Phiếu nào người lấy còn đứng đợi sẽ tự in ra."),
        "cover": _("Đóng nắp cho đến khi nghe tiếng khớp. Phiếu nào người lấy còn đứng đợi sẽ tự in ra."),
        "unknown": _("Đang hỏi máy in. Nếu vài giây sau vẫn chưa rõ, hãy bấm In thử."),
    }[printer.state]


def _off(printer: Printer) -> str:
    if printer.kind == "agent":
        if printer.detail == "no print agent is connected":
            return _("Máy phục vụ in không kết nối: xem máy tính đó có bật, có mạng và có chạy dịch vụ dung-gio-agent không.")
        return _("Máy phục vụ in có kết nối nhưng máy in không trả lời: bật máy in, xem dây nối giữa hai máy.")
    return {
        "network": _("Bật máy in, cắm lại dây mạng, rồi so địa chỉ IP với trang máy in tự in ra khi giữ nút FEED lúc bật."),
        "usb": _("Bật máy in, cắm lại dây USB; mã máy phải đúng như lệnh lsusb cho biết."),
        "serial": _("Bật máy in, cắm lại dây COM; tốc độ phải giống tốc độ đặt trên máy in."),
        "cups": _("Xem hàng đợi in của máy chủ: tên có đúng không, có bị tạm dừng không."),
        "win32raw": _("Xem tên máy in trong Windows, và máy in có bị tạm dừng không."),
        "file": _("Máy chủ không ghi được vào thư mục ảnh: ổ đĩa đầy hoặc thiếu quyền."),
    }[printer.kind]


def job_words(job: PrintJob, state: str) -> tuple[str, str, str]:
    """What became of a slip, the tone of its pill, and what to do."""
    tone = {"printed": "green", "handed": "green", "queued": "plain", "sending": "plain", "expired": "plain"}.get(state, "amber")
    hint = {
        "uncertain": _("Hỏi người lấy số đã có phiếu chưa, rồi mới in lại."),
        "handed": _("Máy in loại này không xác nhận: hãy nhìn xem giấy đã ra chưa."),
        "failed": _("Phiếu này không vẽ được; số vẫn có hiệu lực trên màn hình."),
    }.get(state, "")
    return job_state(state), tone, hint


def slip_kind(name: str) -> str:
    """What sort of slip a job prints."""
    return {
        "ticket": _("Phiếu số"),
        "guide": _("Hướng dẫn bổ sung"),
        "sheet": _("Phiếu hướng dẫn"),
        "carried": _("Phiếu ngày sau"),
        "test": _("In thử"),
    }.get(name, _("Phiếu"))


def address_hint() -> str:
    """How each kind's address is written."""
    return _("LAN: 192.168.1.50. USB: 04b8:0202. COM: /dev/ttyUSB0?baud=115200. CUPS, Windows: tên máy in. Khác: để trống.")


def address_wrong(kind: str) -> str:
    """An address that this kind of printer cannot have."""
    return {
        "network": _("Hãy ghi địa chỉ IP hoặc tên máy, có thể thêm cổng: 192.168.1.50:9100."),
        "usb": _("Hãy ghi mã USB như lệnh lsusb cho biết, ví dụ 04b8:0202."),
        "serial": _("Hãy ghi cổng và tốc độ, ví dụ /dev/ttyUSB0?baud=115200."),
        "file": _("Thư mục phải nằm trong thư mục in của máy chủ; để trống cũng được."),
        "agent": _("Máy in qua máy phục vụ in không có địa chỉ ở đây: hãy để trống."),
    }.get(kind, _("Hãy ghi đúng tên máy in như hệ thống cho biết."))
