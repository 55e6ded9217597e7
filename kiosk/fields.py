"""The fields of work as the tiles show them: a picture, a name in the present language, and what belongs to it.

A field is a text of the office's services; one that is not known here is shown as it is written, with its first services.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import gettext as _
from kiosk.tiles import OTHER
from office.words import field_name

PICTURES = {
    "Chứng thực": "stamp",
    "Hộ tịch": "family",
    "Cư trú": "house",
    "Hộ kinh doanh": "shop",
    "Bảo trợ xã hội": "care",
    "Giảm nghèo": "care",
    "Người có công": "medal",
    "Xây dựng": "build",
    "Đất đai": "land",
    "Giáo dục": "school",
    "Nhận kết quả": "inbox",
    "Bổ sung hồ sơ": "add",
    OTHER: "more",
}
NOTE_SERVICES = 3
"""How many services a tile names: more are not read."""


def picture(field: str) -> str:
    """The symbol of `fields.svg` for a field."""
    return PICTURES.get(field, "paper")


def tile_name(field: str) -> str:
    """What stands on the tile, in the present language."""
    return _("Việc khác") if field == OTHER else field_name(field)


def field_note(field: str, services: Sequence[str]) -> str:
    """What a person finds behind the tile; `services` are the names of its services."""
    known = {
        "Chứng thực": _("Sao y bản chính, chữ ký"),
        "Hộ tịch": _("Khai sinh, kết hôn, khai tử, trích lục"),
        "Cư trú": _("Tạm trú, thường trú, tách hộ"),
        "Hộ kinh doanh": _("Thành lập, thay đổi, tạm ngừng"),
        "Bảo trợ xã hội": _("Trợ cấp hằng tháng, khuyết tật"),
        "Người có công": _("Chế độ cho thân nhân"),
        "Xây dựng": _("Giấy phép xây dựng, số nhà"),
        "Đất đai": _("Giấy chứng nhận, đính chính"),
        "Giáo dục": _("Chuyển trường"),
    }.get(field)
    return known if known is not None else ", ".join(services[:NOTE_SERVICES])
