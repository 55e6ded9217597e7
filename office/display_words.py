"""A display's options in words."""

from __future__ import annotations

from core.i18n import gettext as _


def layout_names() -> dict[str, str]:
    """What each layout of a display is called, for who sets it up."""
    return {
        "wall": _("Bảng lớn ở sảnh chờ"),
        "led": _("Bảng chữ rất to, tương phản cao"),
        "counter": _("Bảng nhỏ tại một quầy"),
        "public": _("Bảng công khai ở nơi khác (nhà văn hóa, chung cư)"),
    }


def engine_names() -> dict[str, str]:
    """What each way to make a call heard is called."""
    return {
        "auto": _("Tự chọn giọng tốt nhất có trên máy"),
        "clips": _("Giọng đã thu sẵn"),
        "espeak": _("Giọng máy của máy chủ"),
        "browser": _("Giọng của trình duyệt"),
        "chime": _("Chỉ có chuông"),
        "off": _("Không phát âm thanh"),
    }


def wrong_option_words(option: str) -> str:
    """What to mend, by the name that WrongOption carries."""
    return {
        "layout": _("Hãy chọn một kiểu bảng trong danh sách."),
        "counter": _("Bảng tại quầy cần số của quầy, ví dụ 3."),
        "fields": _("Hãy chọn nhiều nhất 12 lĩnh vực."),
        "volume": _("Âm lượng là số từ 0 đến 100."),
        "engine": _("Hãy chọn một cách đọc trong danh sách."),
        "quiet": _("Giờ yên lặng cần cả giờ bắt đầu và giờ kết thúc, ví dụ 11:30 và 13:30."),
    }[option]
