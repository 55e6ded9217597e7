"""Slips to print in tests: an everyday one, and one where everything is long."""

from __future__ import annotations

from printer.slip import Slip

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
