"""What the demo ward is, as plain data: an invented day-to-day of a real unit. Everybody in it is made up."""

from __future__ import annotations

from dataclasses import dataclass

OFFICE_CODE = "00070"
"""Phường Hoàn Kiếm."""

PREFIXES = {
    "Chứng thực": "A",
    "Hộ tịch": "H",
    "Cư trú": "C",
    "Hộ kinh doanh": "K",
    "Bảo trợ xã hội": "T",
    "Giảm nghèo": "G",
    "Người có công": "U",
    "Xây dựng": "X",
    "Đất đai": "E",
    "Giáo dục": "S",
}
"""The letter of each field's numbers, in the order of the screens. No I, O, Q; of B, D, P and of M, N at most one, and not
L beside N, because they sound alike when called out."""

OTHER_PREFIX = "Z"
"""For a field of the catalogue that is not in PREFIXES."""


@dataclass(frozen=True)
class General:
    """A service that is no procedure, and a field of its own. `minutes` is an estimate, as for procedures."""

    code: str
    name: str
    name_en: str
    prefix: str
    minutes: int
    bookable: bool


GENERAL = (
    General("ket-qua", "Nhận kết quả", "Collect a result", "R", 5, True),
    General("bo-sung", "Bổ sung hồ sơ", "Hand in missing papers", "L", 8, True),
    General("hoi", "Hỏi / hướng dẫn", "Questions and guidance", "V", 5, False),
)
"""Every counter takes them, so nobody is without a way out."""

COUNTERS: dict[int, tuple[str, ...]] = {
    1: ("Chứng thực", "Cư trú"),
    2: ("Hộ tịch",),
    3: ("Chứng thực", "Hộ tịch"),
    4: ("Cư trú",),
    5: (),
}
"""The fields of each counter besides the general services. No counter takes everything, and every field has two counters."""

REST_COUNTERS = (2, 5)
"""They take every field that no other counter takes."""

SETTINGS = {"last_number_rule": False, "bookable_share": 85}
"""85 % of a quarter of an hour at two counters are 25 or 26 minutes a slot: two bookings of the longest service (30 minutes,
going on in the next slots). All five counters have 63 or 64 minutes for the general services: 13 of 5 minutes. So every slot
holds 2 to 20 places for every service."""

ADDRESS = "Số 1 Phố Mẫu (địa chỉ thử)"
HOTLINE = "1022"
NOTICE = "Đây là điểm phục vụ thử nghiệm: số thứ tự và lịch hẹn ở đây không có giá trị."
PRINTER_KEY = f"{OFFICE_CODE}/kiosk-1"
PRINTER_FOLDER = "demo-kiosk"


@dataclass(frozen=True)
class Person:
    """Somebody who signs in."""

    username: str
    name: str
    role: str


STAFF = (
    Person("canbo1", "Nguyễn Thị Thử", "officer"),
    Person("canbo2", "Trần Văn Mẫu", "officer"),
    Person("canbo3", "Lê Thị Ví Dụ", "officer"),
    Person("canbo4", "Phạm Văn Giả Định", "officer"),
    Person("canbo5", "Hoàng Thị Minh Họa", "officer"),
    Person("truong", "Vũ Văn Trưởng", "head"),
    Person("huongdan", "Đặng Thị Hướng Dẫn", "helper"),
    Person("kythuat", "Bùi Văn Kỹ Thuật", "technician"),
    Person("quantri", "Đỗ Thị Quản Trị", "city"),
)
