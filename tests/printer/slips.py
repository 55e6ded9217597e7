"""Slips to print in tests: one of each kind that an office gives, and one where everything is long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from printer.slip import Slip, trial_page

URL = "https://dunggio.example/t/3kF9xQ2mZp7Lw8Rt"

EVERYDAY = Slip(
    office="UBND PHƯỜNG HOÀN KIẾM",
    unit="Điểm phục vụ hành chính công",
    number="A047",
    badge="ƯU TIÊN",
    service="Chứng thực bản sao",
    counters="Quầy 3 hoặc quầy 4",
    people_ahead=12,
    wait="25–35 phút",
    url=URL,
    taken_at="08:47, 23/11/2026",
    notes=("Gọi 3 lần vắng mặt: đến quầy hướng dẫn.", "Mang CCCD và giấy tờ gốc. Lấy số miễn phí."),
    hotline="024 0000 0000",
)

LONG = Slip(
    office="UBND PHƯỜNG VĂN MIẾU - QUỐC TỬ GIÁM",
    unit="Điểm phục vụ hành chính công phường Văn Miếu - Quốc Tử Giám, cơ sở 2",
    number="H208",
    badge="ƯU TIÊN - NGƯỜI KHUYẾT TẬT NẶNG",
    service="Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất trong các trường hợp chuyển nhượng",
    counters="Quầy 1, quầy 2, quầy 3, quầy 4 hoặc quầy 10",
    people_ahead=123,
    wait="1 giờ 25 phút – 2 giờ 10 phút",
    url=URL,
    taken_at="08:47, 23/11/2026",
    notes=("mộttừdàikhôngcókhoảngtrắngnàovàvẫnphảiđượcinratrọnvẹntrêngiấykhổnhỏ",),
    hotline="024 0000 0000",
    reprint=True,
)

BOOKED = replace(EVERYDAY, number="C012", badge="HẸN 09:00", service="Đăng ký khai sinh", people_ahead=0, wait="5–10 phút")

GUIDE = Slip(
    office="UBND PHƯỜNG HOÀN KIẾM",
    unit="Điểm phục vụ hành chính công",
    number="",
    service="Đăng ký khai sinh",
    checklist_title="Giấy tờ cần mang theo",
    checklist=(
        "Giấy chứng sinh (bản chính)",
        "Tờ khai đăng ký khai sinh theo mẫu; có thể khai tại quầy, cán bộ hướng dẫn",
        "Căn cước của cha, mẹ: không phải nộp nếu đã có trong cơ sở dữ liệu",
    ),
    url="https://dunggio.example/o/00070/?service=1.001193",
    notes=("Lệ phí: miễn phí nếu đúng hạn.", "Trả kết quả trong ngày; nộp sau 15:00 thì ngày làm việc sau."),
    taken_at="08:47, 23/11/2026",
    labels={"title": "HƯỚNG DẪN THỦ TỤC", "scan": "Quét mã để đặt lịch hẹn", "taken": "In lúc {at}"},
)

KINDS: Mapping[str, Slip] = {
    "walk-in": replace(EVERYDAY, badge=None),
    "priority": EVERYDAY,
    "booked": BOOKED,
    "transferred": replace(
        EVERYDAY,
        badge="CHUYỂN QUẦY",
        counters="Mời đến quầy 5",
        people_ahead=2,
        wait="10–15 phút",
        notes=("Chuyển từ quầy 3, vẫn tính từ lúc lấy số 08:47.",),
        labels={"taken": "Chuyển lúc 09:05, 23/11/2026"},
    ),
    "reprint": replace(BOOKED, reprint=True),
    "missing papers": replace(
        GUIDE,
        number="C012",
        badge="CÒN THIẾU GIẤY TỜ",
        checklist_title="Còn thiếu 2 giấy tờ",
        checklist=GUIDE.checklist[:2],
        url=URL,
        notes=("Quay lại trong hôm nay, không phải chờ lại từ đầu.",),
        labels={"title": "HƯỚNG DẪN BỔ SUNG", "scan": "Đưa mã này ở ki-ốt hoặc bàn hướng dẫn khi quay lại"},
    ),
    "guide": GUIDE,
    "carried": replace(
        EVERYDAY,
        number="A093",
        badge=None,
        day="Thứ Tư 25/11/2026, từ 08:00",
        people_ahead=None,
        wait=None,
        notes=("Hôm nay không kịp phục vụ. Ngày 25/11 được gọi trước người lấy số mới.", "Quét mã ở ki-ốt khi đến."),
    ),
    "test": trial_page("Máy in ki-ốt", office="Phường Hoàn Kiếm", width=576, at="08:47, 23/11/2026"),
    "long": LONG,
}
"""Every kind of slip that an office gives."""
