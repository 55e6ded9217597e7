"""A change of the set-up in words: one line for each thing that changed, as the preview and the history show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext

from core.i18n import gettext as _
from core.web import local
from office import settings_words
from office.display_words import engine_names, layout_names
from office.hours import WeeklySpan
from setup import words
from setup.change_rules import Difference, Part, kind_of, name_of

LONGEST = 80
"""Signs of a value that are shown: a checklist may have thousands."""


_LABELS = {
    "name": lazy_gettext("tên"),
    "name_en": lazy_gettext("tên tiếng Anh"),
    "field": lazy_gettext("lĩnh vực"),
    "prefix": lazy_gettext("chữ của số"),
    "minutes": lazy_gettext("số phút tại quầy"),
    "documents": lazy_gettext("giấy tờ cần mang"),
    "fee": lazy_gettext("lệ phí"),
    "processing_time": lazy_gettext("thời gian giải quyết"),
    "bookable": lazy_gettext("đặt hẹn được"),
    "common": lazy_gettext("hay dùng"),
    "same_day": lazy_gettext("trả trong ngày, nhắc mốc 15 giờ"),
    "early": lazy_gettext("đến sớm, phút"),
    "late": lazy_gettext("đến muộn, phút"),
    "places": lazy_gettext("chỗ mỗi khung giờ"),
    "active": lazy_gettext("đang nhận"),
    "procedure": lazy_gettext("thủ tục"),
    "planned": lazy_gettext("dự kiến có cán bộ"),
    "hours": lazy_gettext("giờ riêng"),
    "role": lazy_gettext("vai trò"),
    "may_pick": lazy_gettext("được gọi khác thứ tự"),
    "on_site": lazy_gettext("đặt trong điểm phục vụ"),
    "printer_key": lazy_gettext("máy in"),
    "screen_mm": lazy_gettext("bề rộng màn hình, mm"),
    "options": lazy_gettext("tùy chọn"),
    "kind": lazy_gettext("loại"),
    "address": lazy_gettext("địa chỉ"),
    "hotline": lazy_gettext("điện thoại"),
    "technician": lazy_gettext("người kỹ thuật cần gọi"),
    "notice": lazy_gettext("thông báo"),
    "notice_until": lazy_gettext("thông báo đến lúc"),
    "guidance": lazy_gettext("lời hướng dẫn"),
    "published": lazy_gettext("công bố"),
}
"""Fields by name. Lazy: a template names thousands of fields, and one of thirty names is wanted each time."""


def lines(change: Difference, setup: Mapping[str, Part]) -> list[str]:
    """What `change` does, a line for each; `setup` names what is not part of it."""
    known = dict(setup)
    for parts in (change.before, change.after):
        for part, fields in parts.items():
            known[part] = (known.get(part) or {}) | (fields or {})
    found: list[str] = []
    for part in change.after:
        place = part_words(part, known)
        found += [f"{place}: {line}" for line in _part_lines(part, change, known)]
    return found


def part_words(part: str, setup: Mapping[str, Part]) -> str:
    """A part of the set-up in words."""
    kind, name = kind_of(part), name_of(part)
    own = setup.get(part) or {}
    if kind == "counter":
        return _("Quầy %(n)s", n=name)
    if kind == "service":
        return _("Dịch vụ “%(name)s”", name=own.get("name", name))
    if kind == "staff":
        return _("Nhân sự %(name)s", name=own.get("name", name))
    if kind == "device":
        return _("Thiết bị “%(name)s”", name=own.get("name", name))
    if kind == "day":
        return _("Ngày %(day)s", day=f"{date.fromisoformat(name):%d/%m/%Y}")
    return {"office": _("Điểm phục vụ"), "settings": _("Cài đặt"), "hours": _("Giờ làm việc")}[kind]


def _part_lines(part: str, change: Difference, known: Mapping[str, Part]) -> list[str]:
    before, after = change.before[part], change.after[part]
    kind = kind_of(part)
    if kind == "day":
        return [_day(after) if after is not None else _("bỏ, lại như thường lệ hoặc theo lịch nghỉ của thành phố")]
    if before is None and after is not None:
        return [_("thêm mới"), *_skills([], after.get("services") or [], known)]
    if after is None:
        return [_("bỏ hẳn")]
    found: list[str] = []
    for name, value in after.items():
        was = (before or {}).get(name)
        if kind == "counter" and name == "services":
            found += _skills(was or [], value, known)
        else:
            found.append(_field(kind, name, was, value))
    return found


def _skills(before: Sequence[str], after: Sequence[str], known: Mapping[str, Part]) -> list[str]:
    def named(codes: Sequence[str]) -> str:
        names = [str((known.get(f"service:{code}") or {}).get("name", code)) for code in codes]
        first, more = ", ".join(names[:3]), len(names) - 3
        return _("%(names)s và %(n)s dịch vụ khác", names=first, n=more) if more > 0 else first

    added, taken = [code for code in after if code not in before], [code for code in before if code not in after]
    found = []
    if added:
        found.append(_("thêm dịch vụ %(names)s", names=named(added)))
    if taken:
        found.append(_("bỏ dịch vụ %(names)s", names=named(taken)))
    if not found and list(before) != list(after):
        found.append(_("đổi thứ tự dịch vụ"))
    return found


def _field(kind: str, name: str, before: Any, after: Any) -> str:
    if kind == "counter" and name == "retired":
        return _("bỏ quầy") if after else _("dùng lại quầy")
    if kind == "staff" and name == "active":
        return _("trở lại làm việc") if after else _("nghỉ, không đăng nhập được nữa")
    if kind == "device" and name == "revoked":
        return _("thu hồi")
    if kind == "service" and name == "position":
        return _("đổi chỗ trong danh sách")
    if kind == "settings":
        label = settings_words.by_name()[name].label if name in settings_words.by_name() else name
        default = _("mặc định")
        was, becomes = (settings_words.value_words(name, value) if value is not None else default for value in (before, after))
        return _("%(label)s %(was)s → %(becomes)s", label=label, was=was, becomes=becomes)
    label = _label(kind, name)
    was, becomes = _value(kind, name, before), _value(kind, name, after)
    return _("%(label)s %(was)s → %(becomes)s", label=label, was=was, becomes=becomes)


def _label(kind: str, name: str) -> str:
    if kind == "hours":
        return words.weekdays()[int(name)]
    return str(_LABELS.get(name, name))


def _value(kind: str, name: str, value: Any) -> str:
    if kind == "hours":
        return ", ".join(value) if value else _("nghỉ")
    if value is None or value == "" or value == []:
        return _("theo mức chung") if name in ("early", "late", "hours") else _("để trống")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if name == "role":
        return words.role(value)
    if name == "notice_until":
        return f"{local(datetime.fromisoformat(value)):%H:%M %d/%m/%Y}"
    if name == "hours":
        return "; ".join(f"{words.weekdays()[int(day)]} {', '.join(spans)}" for day, spans in sorted(value.items()))
    if name == "options":
        return _options(value)
    text = "; ".join(str(each) for each in value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _options(options: Mapping[str, Any]) -> str:
    names = layout_names() | engine_names()
    said = [", ".join(map(str, value)) if isinstance(value, list) else names.get(value, str(value)) for value in options.values()]
    return "; ".join(said) or _("để trống")


def _day(part: Part) -> str:
    spans = ", ".join(str(WeeklySpan(opens, closes)) for opens, closes in part["spans"])
    if part["as_weekday"] is not None:
        like = _("làm bù như %(weekday)s", weekday=words.weekdays()[part["as_weekday"]])
        said = f"{like} {spans}" if spans else like
    else:
        said = spans or _("nghỉ cả ngày")
    return f"{said} ({part['name']})" if part["name"] else said
