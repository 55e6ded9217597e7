"""The office's own words as screens and paper say them."""

from __future__ import annotations

from core.i18n import choose_language
from core.i18n import gettext as _
from office.plans import AnyService


def service_name(service: AnyService, lang: str | None = None) -> str:
    """The service in `lang`, else in the language of the request; in Vietnamese where nobody has named it in another."""
    return service.name_en if (lang or choose_language()) == "en" and service.name_en else service.name


def field_name(field: str) -> str:
    """A field of work in the language of the request; one that is not known here as the office wrote it."""
    return {
        "Chứng thực": _("Chứng thực"),
        "Hộ tịch": _("Hộ tịch"),
        "Cư trú": _("Cư trú"),
        "Hộ kinh doanh": _("Hộ kinh doanh"),
        "Bảo trợ xã hội": _("Bảo trợ xã hội"),
        "Giảm nghèo": _("Giảm nghèo"),
        "Người có công": _("Người có công"),
        "Xây dựng": _("Xây dựng"),
        "Đất đai": _("Đất đai"),
        "Giáo dục": _("Giáo dục"),
        "Nhận kết quả": _("Nhận kết quả"),
        "Bổ sung hồ sơ": _("Bổ sung hồ sơ"),
        "Hỏi / hướng dẫn": _("Hỏi / hướng dẫn"),
    }.get(field, field)


def stopped_words(field: str, reason: str) -> str:
    """What the public is told of a stop: the field ("" for everything), that it is for today, and why."""
    if field:
        return _("Hôm nay tạm ngừng nhận lĩnh vực %(field)s: %(reason)s.", field=field_name(field), reason=reason.rstrip("."))
    return _("Hôm nay điểm phục vụ tạm ngừng nhận hồ sơ: %(reason)s.", reason=reason.rstrip("."))
