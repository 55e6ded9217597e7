"""The words of the first run: what each step is called and what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import gettext as _


@dataclass(frozen=True)
class StepWords:
    """A step's name, the question it asks, and what its answer is used for."""

    name: str
    question: str
    purpose: str


def steps() -> dict[str, StepWords]:
    """By step."""
    return {
        "unit": StepWords(
            _("Đơn vị"),
            _("Đây có đúng là nơi bạn thiết lập không?"),
            _("Địa chỉ và điện thoại hiện ở trang đặt hẹn và trên phiếu, để người dân biết đến đâu và hỏi ai."),
        ),
        "fields": StepWords(
            _("Lĩnh vực"),
            _("Điểm phục vụ nhận những lĩnh vực nào?"),
            _("Thủ tục, số phút tại quầy và giấy tờ cần mang lấy từ danh mục; sau này sửa từng thủ tục được."),
        ),
        "counters": StepWords(
            _("Quầy"),
            _("Có mấy quầy, mỗi quầy nhận gì?"),
            _("Số được gọi về quầy nhận lĩnh vực đó. Mỗi lĩnh vực nên có hai quầy, để một quầy nghỉ thì vẫn có người nhận."),
        ),
        "hours": StepWords(
            _("Giờ làm việc"),
            _("Mở cửa lúc nào?"),
            _("Lịch hẹn và số chỉ được cấp trong giờ này. Ngày lễ của thành phố đã có sẵn trong lịch."),
        ),
        "people": StepWords(
            _("Cán bộ"),
            _("Ai ngồi quầy, ai hướng dẫn ở cửa?"),
            _("Chỉ cần họ tên: mỗi người nhận một liên kết để tự đặt mật khẩu. Không ai khác biết mật khẩu đó."),
        ),
        "devices": StepWords(
            _("Thiết bị"),
            _("Máy lấy số và bảng gọi số nào đặt ở đây?"),
            _("Trên mỗi máy mở trang ghép; máy hiện một mã 8 ký tự, chép mã đó vào đây là xong."),
        ),
        "printer": StepWords(
            _("Máy in"),
            _("Có máy in phiếu không?"),
            _("Không có máy in vẫn làm việc được: số hiện trên màn hình ki-ốt và trên điện thoại."),
        ),
        "publish": StepWords(
            _("Công bố"),
            _("Mở cho người dân đặt hẹn?"),
            _("Từ lúc công bố, người dân tìm thấy nơi này ở trang thành phố và đặt hẹn được. Ngừng công bố lúc nào cũng được."),
        ),
    }
